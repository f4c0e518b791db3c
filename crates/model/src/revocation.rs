//! What of our own issuer's tokens is dead before its time.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

/// Everything that was revoked and of which a live token may still be about.
/// Cheap to clone; read without a lock.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Revocations(Arc<Revoked>);

/// The sets behind [`Revocations`].
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Revoked {
    /// Grants, by the claim `grant_id`: one consent of a person to a client.
    pub grants: HashSet<String>,
    /// Single tokens, by `jti`.
    pub tokens: HashSet<String>,
    /// Clients, with the time of their revocation in seconds since 1970:
    /// tokens issued until then, that second included, are dead.
    pub clients: HashMap<String, i64>,
    /// Users by id, as with clients.
    pub users: HashMap<String, i64>,
}

/// What a token says that a revocation may be about.
#[derive(Debug, Clone, Copy, Default)]
pub struct TokenMarks<'a> {
    /// Its `grant_id`.
    pub grant: Option<&'a str>,
    /// Its `jti`.
    pub token: Option<&'a str>,
    /// Its client.
    pub client: Option<&'a str>,
    /// Its `sub`.
    pub subject: Option<&'a str>,
    /// Its `iat`. A token without one is as old as can be.
    pub issued_at: Option<i64>,
}

/// What was revoked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RevokedBy {
    /// The grant: the person took the consent back, or a stolen refresh token
    /// was used.
    Grant,
    /// This one token.
    Token,
    /// The client, at this time.
    Client(i64),
    /// The user, at this time.
    User(i64),
}

impl Revocations {
    /// Publishes `revoked`.
    pub fn new(revoked: Revoked) -> Self {
        Self(Arc::new(revoked))
    }

    /// What makes a token dead, if anything does.
    pub fn find(&self, marks: &TokenMarks<'_>) -> Option<RevokedBy> {
        let revoked = &*self.0;
        let named = |set: &HashSet<String>, id: Option<&str>| id.is_some_and(|id| set.contains(id));
        let since = |map: &HashMap<String, i64>, id: Option<&str>| {
            let issued_at = marks.issued_at.unwrap_or(i64::MIN);
            id.and_then(|id| map.get(id).copied())
                .filter(|revoked_at| issued_at <= *revoked_at)
        };
        if named(&revoked.grants, marks.grant) {
            return Some(RevokedBy::Grant);
        }
        if named(&revoked.tokens, marks.token) {
            return Some(RevokedBy::Token);
        }
        since(&revoked.clients, marks.client)
            .map(RevokedBy::Client)
            .or_else(|| since(&revoked.users, marks.subject).map(RevokedBy::User))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_client_or_user_that_was_revoked_kills_what_was_issued_until_then() {
        let at = |id: &str| HashMap::from([(id.to_owned(), 100)]);
        let revocations = Revocations::new(Revoked {
            clients: at("c"),
            users: at("u"),
            ..Revoked::default()
        });
        for (client, subject, issued_at, expected) in [
            ("c", "u", Some(100), Some(RevokedBy::Client(100))),
            ("c", "x", Some(101), None),
            ("x", "u", Some(99), Some(RevokedBy::User(100))),
            ("x", "u", None, Some(RevokedBy::User(100))),
            ("u", "c", Some(0), None),
        ] {
            let marks = TokenMarks {
                client: Some(client),
                subject: Some(subject),
                issued_at,
                ..TokenMarks::default()
            };
            assert_eq!(revocations.find(&marks), expected, "{marks:?}");
        }
    }

    #[test]
    fn a_grant_and_a_token_are_found_by_their_own_ids_only() {
        let revocations = Revocations::new(Revoked {
            grants: HashSet::from(["g".to_owned()]),
            tokens: HashSet::from(["t".to_owned()]),
            ..Revoked::default()
        });
        let find = |grant, token| {
            revocations.find(&TokenMarks {
                grant,
                token,
                issued_at: Some(i64::MAX),
                ..TokenMarks::default()
            })
        };
        assert_eq!(find(Some("g"), None), Some(RevokedBy::Grant));
        assert_eq!(find(None, Some("t")), Some(RevokedBy::Token));
        assert_eq!(find(Some("t"), Some("g")), None);
        assert_eq!(find(None, None), None);
    }
}
