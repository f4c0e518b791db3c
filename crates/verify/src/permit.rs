//! What a verified request may do, as a value that only this crate can make.

use std::fmt::Write as _;
use std::sync::atomic::{AtomicBool, Ordering};

use aws_lc_rs::digest;
use shukuba_model::RuntimeId;

/// Who a verified request speaks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Principal {
    /// The token's `iss`.
    pub issuer: String,
    /// The token's `sub`; empty when it has none.
    pub subject: String,
    /// The client, from the claims the entry's `client_claim` names; empty when there is none.
    pub client: String,
    key: String,
}

impl Principal {
    /// Joins the three parts and computes [`Principal::key`].
    pub fn new(issuer: String, subject: String, client: String) -> Self {
        let mut context = digest::Context::new(&digest::SHA256);
        for part in [&issuer, &subject, &client] {
            // A length before each part, because a claim may hold any separator.
            context.update(&part.len().to_be_bytes());
            context.update(part.as_bytes());
        }
        let key =
            context
                .finish()
                .as_ref()
                .iter()
                .fold(String::with_capacity(64), |mut hex, byte| {
                    // Writing to a String cannot fail.
                    let _ = write!(hex, "{byte:02x}");
                    hex
                });
        Self {
            issuer,
            subject,
            client,
            key,
        }
    }

    /// SHA-256 of issuer, subject and client, in lower-case hex: stands for
    /// the principal where its parts must not show.
    pub fn key(&self) -> &str {
        &self.key
    }
}

/// Proof that a request was verified. Only [`crate::Verifier::check`] makes one.
#[derive(Debug)]
pub struct Permit {
    pub(crate) principal: Principal,
    pub(crate) runtime: RuntimeId,
    pub(crate) entry: String,
    pub(crate) expires_at: i64,
    pub(crate) used: AtomicBool,
}

impl Permit {
    /// Who the request speaks for.
    pub fn principal(&self) -> &Principal {
        &self.principal
    }

    /// The runtime that may be called.
    pub fn runtime(&self) -> &RuntimeId {
        &self.runtime
    }

    /// The name of the authorizer's entry that let the request in.
    pub fn entry(&self) -> &str {
        &self.entry
    }

    /// The token's `exp`, seconds since 1970.
    pub fn expires_at(&self) -> i64 {
        self.expires_at
    }

    /// Whether nobody asked this before: true once for each permit, which
    /// stands for one token for as long as it is remembered.
    pub fn is_used_first(&self) -> bool {
        // Looked at before it is written, so that processors share the line.
        !self.used.load(Ordering::Relaxed) && !self.used.swap(true, Ordering::Relaxed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_key_of_a_principal_tells_apart_parts_that_concatenate_alike() {
        let key = |a: &str, b: &str, c: &str| {
            Principal::new(a.into(), b.into(), c.into())
                .key()
                .to_owned()
        };
        assert_eq!(key("i", "s", "c"), key("i", "s", "c"));
        assert_ne!(key("i", "s\0c", ""), key("i", "s", "c"));
        assert_ne!(key("is", "", "c"), key("i", "s", "c"));
        assert_eq!(key("i", "s", "c").len(), 64);
    }
}
