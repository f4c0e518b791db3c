//! The sentences about people and applications of our own issuer.

use shukuba_model::revocation::RevokedBy;

use super::{LAUNCH, NEW_TOKEN};
use crate::claims::Claims;
use crate::entry::is_of_machine;
use crate::refusal::{Draft, Reason, Refusal, quoted};

const LOGIN_IS_OFF: &str = "OAuth authorization failed: Logging in is off for this runtime, and the token was given to a person.";
const LOGIN_ONLY: &str = "OAuth authorization failed: This runtime takes people who log in, and the token was given to an application.";
const USER: &str =
    "OAuth authorization failed: The person who logged in is not let in to this runtime.";
const REVOKED: &str = "OAuth authorization failed: The token has been revoked.";

const LOG_IN_AGAIN: &str =
    "log in again (most clients do so by themselves; in others, sign out and connect anew)";

/// A token of ours that no entry of the runtime judges.
pub(crate) fn no_entry(claims: &Claims) -> Box<Refusal> {
    let sub = claims.sub.as_deref().unwrap_or_default();
    let seen = format!("sub = {}", quoted(sub));
    if is_of_machine(claims) {
        return Draft::new(Reason::Entry, LOGIN_ONLY)
            .detail(format!(
                "Its 'sub' = {} is an application of this server's own issuer, which no customJWTAuthorizer of this runtime names.",
                quoted(sub)
            ))
            .claim("sub")
            .seen(seen)
            .expected("a token that this server gave to a person")
            .fix("give the client the runtime's address and no token, and log in when it asks")
            .fix(format!(
                "name this server's discovery URL and the application in customJWTAuthorizer (shukuba configure) {LAUNCH}"
            ))
            .refuse();
    }
    Draft::new(Reason::Entry, LOGIN_IS_OFF)
        .detail(format!(
            "Its 'sub' = {} is a person's; allowedClients lets applications in, never the people who use them.",
            quoted(sub)
        ))
        .claim("sub")
        .seen(seen)
        .expected("a token that an application got for itself")
        .fix(format!(
            "turn logging in on (shukuba configure asks for it; it writes 'login: true' under 'shukuba:' of the agent) {LAUNCH}"
        ))
        .fix("use the token of an allowed application (shukuba token get)")
        .refuse()
}

/// A person whom `login.allow` does not name.
pub(crate) fn other_user(name: Option<&str>) -> Box<Refusal> {
    let draft = Draft::new(Reason::User, USER)
        .claim("username")
        .expected("a user whom login.allow of this runtime names");
    let Some(name) = name.map(quoted) else {
        return draft
            .detail("The token does not say whom it speaks for.")
            .seen("no username")
            .fix(LOG_IN_AGAIN)
            .refuse();
    };
    draft
        .detail(format!(
            "The token speaks for 'username' = {name}, whom login.allow of this runtime does not name."
        ))
        .seen(format!("username = {name}"))
        .fix(format!(
            "add {name} to 'allow' under 'login:' under 'shukuba:' of the agent {LAUNCH}"
        ))
        .fix("log in as a user who is named there")
        .refuse()
}

/// A token that was good until somebody took it back.
pub(crate) fn revoked(by: RevokedBy, claims: &Claims) -> Box<Refusal> {
    let draft = Draft::new(Reason::Revoked, REVOKED);
    match by {
        RevokedBy::Grant => draft
            .detail("The consent it rests on was taken back: by its person, by the operator, or because a refresh token was used twice.")
            .claim("grant_id")
            .seen("a revoked grant")
            .fix(LOG_IN_AGAIN),
        RevokedBy::Token => draft
            .detail("This one token was taken back.")
            .claim("jti")
            .seen("a revoked jti")
            .fix(NEW_TOKEN),
        RevokedBy::Client(at) => {
            let client = claims.client_id.as_deref().or(claims.azp.as_deref());
            let client = quoted(client.unwrap_or_default());
            draft
                .detail(format!("Its client {client} was revoked at {at}; what was issued to it until then is dead."))
                .claim("client_id")
                .seen(format!("client {client}, revoked at {at}"))
                .fix(NEW_TOKEN)
        }
        RevokedBy::User(at) => draft
            .detail(format!("Its user was signed out everywhere, reset or removed at {at}; what was issued until then is dead."))
            .claim("sub")
            .seen(format!("a user revoked at {at}"))
            .fix(LOG_IN_AGAIN),
    }
    .expected("a token that nobody has taken back")
    .refuse()
}
