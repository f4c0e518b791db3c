//! The rules that only tokens of our own issuer have: whose they are, and
//! whether they were taken back.

use shukuba_model::LoginAllow;
use shukuba_model::revocation::TokenMarks;

use crate::claims::Claims;
use crate::entry::is_of_machine;
use crate::refusal::quoted;
use crate::rules::Case;
use crate::trace::{Rule, Trace};
use crate::wording;

impl Case<'_> {
    /// Shows why this entry judges. It was picked already.
    pub(crate) fn entry(&self, claims: &Claims, trace: &mut Trace) {
        if !self.is_own() {
            trace.skip(Rule::Entry, None);
            return;
        }
        let whose = if is_of_machine(claims) {
            "an application's"
        } else {
            "a person's"
        };
        let seen = format!("{}, {whose}", subject(claims));
        trace.pass(
            Rule::Entry,
            seen,
            Some(format!("judged by {}", self.entry.name)),
        );
    }

    /// Whether the token, its grant, its client or its user was revoked.
    pub(crate) fn revocation(&self, claims: &Claims, trace: &mut Trace) {
        let Some(revocations) = self.revoked else {
            trace.skip(Rule::Revoked, None);
            return;
        };
        let marks = TokenMarks {
            grant: claims.grant_id.as_deref(),
            token: claims.jti.as_deref(),
            client: claims.client_id.as_deref().or(claims.azp.as_deref()),
            subject: claims.sub.as_deref(),
            issued_at: claims.iat,
        };
        match revocations.find(&marks) {
            None => trace.pass(Rule::Revoked, "no revocation names it".to_owned(), None),
            Some(by) => trace.fail(Rule::Revoked, wording::revoked(by, claims), None),
        }
    }

    /// Whether the entry lets this person in.
    pub(crate) fn user(&self, claims: &Claims, trace: &mut Trace) {
        let Some(allow) = self.entry.login else {
            trace.skip(Rule::User, None);
            return;
        };
        let name = claims.username.as_deref();
        let expected = match allow {
            LoginAllow::All => "any user of this server".to_owned(),
            LoginAllow::Users(names) => format!("username is one of: {}", names.join(", ")),
        };
        let admitted = match allow {
            LoginAllow::All => claims.sub.is_some(),
            LoginAllow::Users(names) => {
                claims.sub.is_some() && names.iter().any(|one| Some(one.as_str()) == name)
            }
        };
        if admitted {
            let seen = name.map_or_else(
                || subject(claims),
                |name| format!("username = {}", quoted(name)),
            );
            trace.pass(Rule::User, seen, Some(expected));
        } else {
            trace.fail(Rule::User, wording::other_user(name), Some(expected));
        }
    }
}

fn subject(claims: &Claims) -> String {
    claims.sub.as_deref().map_or_else(
        || "no sub".to_owned(),
        |sub| format!("sub = {}", quoted(sub)),
    )
}
