//! The sentences of refusals. Those in AgentCore's own words are kept to the
//! letter, because people search for them.

use crate::claims::Claims;
use crate::discovery::DiscoveryError;
use crate::jws::FormatError;
use crate::keys::{Algorithm, AlgorithmError};
use crate::refusal::{Draft, Reason, Refusal, quoted};
use crate::rules::{Case, ignores_azp};

mod people;

pub(crate) use people::{no_entry, other_user, revoked};

/// AgentCore's sentence for a client that is not allowed.
pub(crate) const CLIENT: &str =
    "OAuth authorization failed: Claim 'client_id' value mismatch with configuration.";
/// AgentCore's sentence for a wrong audience.
pub(crate) const AUDIENCE: &str =
    "OAuth authorization failed: Claim 'aud' value mismatch with configuration.";
/// AgentCore's sentence for what is no token.
pub(crate) const UNPARSABLE: &str = "OAuth authorization failed: Failed to parse token";

pub(crate) const EXPIRED: &str = "OAuth authorization failed: The token has expired.";
pub(crate) const NO_EXPIRY: &str = "OAuth authorization failed: The token never expires.";
pub(crate) const NOT_YET_VALID: &str = "OAuth authorization failed: The token is not valid yet.";
pub(crate) const SCOPE: &str =
    "OAuth authorization failed: The token lacks a scope that this runtime demands.";
pub(crate) const NOT_AN_ACCESS_TOKEN: &str =
    "OAuth authorization failed: The token is not an access token.";
const BOUND: &str = "OAuth authorization failed: The token is bound to a key of its sender.";
const ISSUER: &str =
    "OAuth authorization failed: The token comes from an issuer that this runtime does not accept.";
const ALGORITHM: &str =
    "OAuth authorization failed: The token's signature algorithm is not accepted.";
const SIGNATURE: &str = "OAuth authorization failed: The token's signature is not valid.";
const UNKNOWN_KEY: &str =
    "OAuth authorization failed: The token is signed with a key that its issuer does not publish.";
const UNAVAILABLE: &str = "OAuth authorization failed: The token cannot be checked at the moment.";

/// What to do when only another token helps.
pub(crate) const NEW_TOKEN: &str =
    "get a new token (shukuba token get, or your provider's token endpoint) and send that";
const LAUNCH: &str = "in the project file and launch again";

/// What is no signed JWT.
pub(crate) fn unparsable(error: FormatError) -> Box<Refusal> {
    let draft = Draft::new(Reason::MalformedToken, UNPARSABLE)
        .seen(error.detail.clone())
        .expected("a signed JWT in compact form")
        .detail(error.detail);
    match error.fix {
        Some(fix) => draft.fix(fix).refuse(),
        None => draft.fix(NEW_TOKEN).refuse(),
    }
}

/// An `alg` that is never verified.
pub(crate) fn algorithm(name: &str, error: AlgorithmError) -> Box<Refusal> {
    let detail = match error {
        AlgorithmError::Unsigned => {
            "The token says alg = none: it is not signed, so anyone could have written it."
                .to_owned()
        }
        AlgorithmError::Symmetric => format!(
            "The token says alg = {}, a shared-secret algorithm: whoever could check it could also forge it.",
            quoted(name)
        ),
        AlgorithmError::Unknown => format!(
            "The token says alg = {}, which this server does not know.",
            quoted(name)
        ),
    };
    Draft::new(Reason::Algorithm, ALGORITHM)
        .detail(detail)
        .seen(format!("alg = {}", quoted(name)))
        .expected(algorithms())
        .fix("have the issuer sign the API's tokens with RS256 or ES256")
        .refuse()
}

/// The algorithms that are verified, in words.
pub(crate) fn algorithms() -> String {
    let names: Vec<&str> = Algorithm::ALL.iter().map(|one| one.as_str()).collect();
    format!("one of {}", names.join(", "))
}

/// An `iss` that picks no entry. `known` are the issuers of the entries.
pub(crate) fn other_issuer(iss: Option<&str>, known: &[String]) -> Box<Refusal> {
    let Some(iss) = iss else {
        return Draft::new(Reason::Issuer, ISSUER)
            .detail("The token carries no 'iss', so nobody vouches for it.")
            .claim("iss")
            .seen("no iss")
            .fix(NEW_TOKEN)
            .refuse();
    };
    let mut detail = format!("The token carries 'iss' = {}.", quoted(iss));
    if known.iter().any(|one| only_a_slash_apart(one, iss)) {
        detail.push_str(" It differs from the configured issuer only by the slash at its end; issuers are compared byte for byte.");
    } else if known.is_empty() {
        detail.push_str(" No issuer is configured for this runtime.");
    }
    Draft::new(Reason::Issuer, ISSUER)
        .detail(detail)
        .claim("iss")
        .seen(format!("iss = {}", quoted(iss)))
        .expected("the issuer of one of the runtime's entries, byte for byte")
        .fix("get a token from the authorization server that the runtime's resource metadata names")
        .fix(format!("set the discovery URL of this issuer {LAUNCH}"))
        .refuse()
}

/// A provider that cannot be asked. The cause goes to the log and to
/// explanations, not to the caller.
pub(crate) fn unavailable() -> Box<Refusal> {
    Draft::new(Reason::ProviderUnavailable, UNAVAILABLE)
        .detail("The issuer's discovery document or keys cannot be had, so nothing can be said about the token itself.")
        .claim("iss")
        .fix("try again in a few seconds; whoever runs this server finds the cause in its log")
        .refuse()
}

/// The cause of [`unavailable`], for whoever runs the server.
pub(crate) fn unavailable_cause(errors: &[DiscoveryError]) -> String {
    let causes: Vec<String> = errors.iter().map(ToString::to_string).collect();
    format!(
        "a discovery document that can be had; but {}",
        causes.join("; ")
    )
}

/// A signature the named key did not make.
pub(crate) fn forged(kid: Option<&str>) -> Box<Refusal> {
    Draft::new(Reason::Signature, SIGNATURE)
        .detail(format!(
            "The key it names ({}) did not sign these bytes: the token was changed on its way, cut off, or forged.",
            kid_text(kid)
        ))
        .seen(kid_text(kid))
        .expected("a signature by a key that the issuer publishes")
        .fix(NEW_TOKEN)
        .refuse()
}

/// A key the issuer does not publish.
pub(crate) fn unknown_key(kid: Option<&str>) -> Box<Refusal> {
    Draft::new(Reason::UnknownKey, UNKNOWN_KEY)
        .detail(format!(
            "No published key fits {}: the key was withdrawn, or another issuer made the token.",
            kid_text(kid)
        ))
        .seen(kid_text(kid))
        .expected("a key that the issuer publishes")
        .fix(NEW_TOKEN)
        .refuse()
}

/// A key that is published for other algorithms.
pub(crate) fn key_of_other_algorithm(algorithm: Algorithm, usable: &str) -> Box<Refusal> {
    let name = algorithm.as_str();
    Draft::new(Reason::Algorithm, ALGORITHM)
        .detail(format!(
            "The token says alg = {name}, but the key it names is for {usable}."
        ))
        .seen(format!("alg = {name}"))
        .expected(format!("the algorithm of the key: {usable}"))
        .fix(NEW_TOKEN)
        .refuse()
}

fn kid_text(kid: Option<&str>) -> String {
    kid.map_or_else(
        || "no kid".to_owned(),
        |kid| format!("kid = {}", quoted(kid)),
    )
}

/// A token that only its holder may send, with a proof that a bearer cannot give.
pub(crate) fn bound_to_a_key() -> Box<Refusal> {
    Draft::new(Reason::TokenType, BOUND)
        .detail("It carries 'cnf': only whoever proves to hold that key may use it (DPoP or mutual TLS), and this server does not check such proofs yet.")
        .claim("cnf")
        .seen("cnf")
        .expected("a bearer token")
        .fix("turn sender constraining (proof of possession) off for the API and get a new token")
        .refuse()
}

/// A token that names neither a subject nor a client.
pub(crate) fn nobody() -> Box<Refusal> {
    Draft::new(Reason::Client, CLIENT)
        .detail("The token carries neither 'sub' nor a claim that names its client, so it speaks for nobody.")
        .claim("client_id")
        .seen("no sub, no client_id")
        .fix("set the token profile of the API to RFC 9068, which demands both")
        .refuse()
}

/// A client that is named as it should be, but is not allowed.
pub(crate) fn other_client(claim: &'static str, client: &str) -> Box<Refusal> {
    let client = quoted(client);
    Draft::new(Reason::Client, CLIENT)
        .detail(format!(
            "The token carries '{claim}' = {client}, which is not an allowed client of this runtime."
        ))
        .claim(claim)
        .seen(format!("{claim} = {client}"))
        .expected("an allowed client of this runtime")
        .fix(format!("add {client} to allowedClients {LAUNCH}"))
        .fix("use a token of an allowed client")
        .refuse()
}

/// A client that is named in a claim the entry does not look at, or not at all.
pub(crate) fn client_elsewhere(case: &Case<'_>, claims: &Claims) -> Box<Refusal> {
    let looked_at = case.entry.client_claim.claims().join("' or '");
    let draft = Draft::new(Reason::Client, CLIENT)
        .claim("client_id")
        .expected(format!("an allowed client in '{looked_at}'"));
    if ignores_azp(case.entry.client_claim)
        && let Some(client) = &claims.azp
    {
        return azp_instead(case, claims, client, draft);
    }
    let elsewhere = ["cid", "appid"]
        .into_iter()
        .find_map(|claim| Some((claim, claims.client(claim)?)));
    let fix = "have the provider put the client into 'client_id', as RFC 9068 says";
    match elsewhere {
        Some((claim, client)) => draft
            .detail(format!(
                "The token carries no '{looked_at}'; it names its client in '{claim}' = {}.",
                quoted(client)
            ))
            .seen(format!("{claim} = {}, no client_id", quoted(client))),
        None => draft
            .detail(format!("The token carries no '{looked_at}'."))
            .seen(format!(
                "no {}",
                case.entry.client_claim.claims().join(", no ")
            )),
    }
    .fix(fix)
    .refuse()
}

/// The seed's case: the token names its client as Auth0's own profile does.
fn azp_instead(case: &Case<'_>, claims: &Claims, client: &str, draft: Draft) -> Box<Refusal> {
    let mut detail = format!(
        "The token carries no 'client_id'; it carries 'azp' = {}, as Auth0's own token profile does.",
        quoted(client)
    );
    if !case.entry.allowed_clients.iter().any(|one| one == client) {
        detail
            .push_str(" That client is not an allowed one either: add it to allowedClients, too.");
    }
    draft
        .detail(detail)
        .seen(format!("azp = {}, no client_id", quoted(client)))
        .fix(profile_fix(case, claims))
        .fix(format!(
            "set 'client_claim: auth0' under 'shukuba:' of the agent {LAUNCH}"
        ))
        .refuse()
}

fn profile_fix(case: &Case<'_>, claims: &Claims) -> String {
    let api = api_identifier(case, claims);
    match (case.is_own(), api) {
        (true, Some(identifier)) => format!(
            "set the profile of the API to RFC 9068 (shukuba api update {} --profile rfc9068) and get a new token",
            shell_word(identifier)
        ),
        (true, None) => {
            "set the profile of the API to RFC 9068 (shukuba api update IDENTIFIER --profile rfc9068) and get a new token".to_owned()
        }
        (false, _) => {
            let place = if case.preset.is_some_and(|hint| hint.provider == "Auth0") {
                "Auth0's"
            } else {
                "the provider's"
            };
            format!("set the API's JSON Web Token profile to RFC 9068 in {place} settings and get a new token")
        }
    }
}

/// The API a token of ours is for: the value of `aud` that is no address of the runtime.
fn api_identifier<'c>(case: &Case<'_>, claims: &'c Claims) -> Option<&'c str> {
    let mut values = claims.aud.iter().flatten();
    let mut others = values
        .clone()
        .filter(|aud| !case.audiences.contains(aud))
        .chain(values.by_ref());
    others.next().map(String::as_str)
}

/// A value as one word of a shell command.
fn shell_word(value: &str) -> String {
    let plain = value
        .bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || b"-_./:@%+=,".contains(&byte));
    if plain && !value.is_empty() && !value.starts_with('-') {
        value.to_owned()
    } else {
        format!("'{}'", value.replace('\'', r"'\''"))
    }
}

/// An `aud` that names nothing allowed, or none at all.
pub(crate) fn other_audience(case: &Case<'_>, claims: &Claims) -> Box<Refusal> {
    let draft = Draft::new(Reason::Audience, AUDIENCE)
        .claim("aud")
        .expected("an allowed audience of this runtime, byte for byte");
    let Some(aud) = &claims.aud else {
        return no_audience(case, claims, draft);
    };
    let seen = list("aud", aud);
    let detail = format!("The token carries {seen}, which names no allowed audience.");
    let slash = aud.iter().find(|aud| {
        let mut allowed = case.accepted();
        allowed.any(|one| only_a_slash_apart(one, aud))
    });
    let launch = format!("add the value to allowedAudience {LAUNCH}");
    let Some(aud) = slash else {
        return draft
            .detail(detail)
            .seen(seen)
            .fix("ask the issuer for a token of this runtime's API ('audience' or 'resource' parameter, to the letter)")
            .fix(launch)
            .refuse();
    };
    let (has, wanted) = if aud.ends_with('/') {
        ("ends in a slash", "without the slash at its end")
    } else {
        ("does not end in a slash", "with a slash at its end")
    };
    let aud = quoted(aud);
    draft
        .detail(format!(
            "{detail} The only difference is the slash: {aud} {has}, and audiences are compared byte for byte."
        ))
        .seen(format!("{seen}, which {has}"))
        .fix(format!("ask the issuer for a token of the API {wanted}"))
        .fix(launch)
        .refuse()
}

fn no_audience(case: &Case<'_>, claims: &Claims, draft: Draft) -> Box<Refusal> {
    let cognito = claims.token_use.is_some()
        || case.preset.is_some_and(|hint| hint.provider == "Cognito")
        || case.entry.client_claim == shukuba_model::ClientClaim::Cognito;
    let draft = draft.seen("no aud");
    if cognito {
        return draft
            .detail("The token carries no 'aud': Cognito's access tokens have none.")
            .fix(format!(
                "leave allowedAudience empty, name the clients in allowedClients {LAUNCH}"
            ))
            .refuse();
    }
    draft
        .detail("The token carries no 'aud', so it could be for anyone.")
        .fix("have the issuer put the API's identifier into 'aud' (Keycloak: an audience mapper; others: the 'audience' or 'resource' parameter)")
        .refuse()
}

/// A claim with a list of values, in words.
pub(crate) fn list(claim: &str, values: &[String]) -> String {
    let shown: Vec<String> = values.iter().take(8).map(|one| quoted(one)).collect();
    let more = if values.len() > shown.len() {
        ", …"
    } else {
        ""
    };
    match values {
        [] => format!("an empty '{claim}'"),
        _ => format!("'{claim}' = {}{more}", shown.join(", ")),
    }
}

/// A duration in the largest unit that has at least two of it, in words.
pub(crate) fn duration(seconds: i64) -> String {
    match seconds {
        172_800.. => format!("{} days", seconds / 86_400),
        7_200.. => format!("{} hours", seconds / 3_600),
        120.. => format!("{} minutes", seconds / 60),
        _ => format!("{seconds} s"),
    }
}

fn only_a_slash_apart(one: &str, other: &str) -> bool {
    one.strip_suffix('/') == Some(other) || other.strip_suffix('/') == Some(one)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_identifier_is_one_word_of_the_command_that_is_advised() {
        assert_eq!(shell_word("https://api.example/"), "https://api.example/");
        assert_eq!(shell_word("a;rm"), "'a;rm'");
        assert_eq!(shell_word("a'b"), r"'a'\''b'");
        assert_eq!(shell_word("-x"), "'-x'");
        assert_eq!(shell_word(""), "''");
    }

    #[test]
    fn values_are_a_slash_apart_only_by_the_last_character() {
        assert!(only_a_slash_apart("https://a", "https://a/"));
        assert!(only_a_slash_apart("https://a/", "https://a"));
        for (one, other) in [
            ("https://a", "https://a"),
            ("https://a", "https://a//"),
            ("a/b", "ab"),
        ] {
            assert!(!only_a_slash_apart(one, other), "{one} {other}");
        }
    }
}
