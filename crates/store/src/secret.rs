//! Random values that are handed out once and kept as a hash.

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::hmac;
use zeroize::Zeroizing;

use crate::{Store, random};

/// A random value in clear: a code, a refresh token, a session, a link. Its
/// hash is in the database, itself nowhere.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(Zeroizing<String>);

impl Secret {
    /// 258 random bits behind `prefix`, which secret scanners can find.
    pub fn generate(prefix: &str) -> Self {
        Self(Zeroizing::new(format!("{prefix}{}", random::url_safe(43))))
    }

    /// A value as it was presented.
    pub fn presented(text: &str) -> Self {
        Self(Zeroizing::new(text.to_owned()))
    }

    /// The value itself, to be shown or sent.
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// What the database keeps: SHA-256, enough for what cannot be guessed.
    pub fn hash(&self) -> Vec<u8> {
        digest(&SHA256, self.0.as_bytes()).as_ref().to_vec()
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret(..)")
    }
}

impl Store {
    /// A value derived from `text` that nobody without the master key can
    /// compute, and that comes out the same again: CSRF tokens, the successor
    /// of a refresh token.
    pub fn derive(&self, purpose: &str, text: &str) -> Secret {
        let tag = hmac::sign(
            &self.derivation_key,
            format!("{purpose}\0{text}").as_bytes(),
        );
        Secret(Zeroizing::new(random::encode(tag.as_ref())))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_shows_itself_only_when_asked() {
        let secret = Secret::generate("skc_");
        assert!(secret.reveal().starts_with("skc_"));
        assert!(!format!("{secret:?}").contains(secret.reveal()));
        assert_eq!(secret.hash(), Secret::presented(secret.reveal()).hash());
    }
}
