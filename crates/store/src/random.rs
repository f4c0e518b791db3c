//! Random identifiers and secrets.

use shukuba_model::{ClientId, RuntimeId, RuntimeName};

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
const LETTERS_AND_DIGITS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

/// Fills `bytes` from the system's random source.
#[expect(
    clippy::expect_used,
    reason = "aws-lc aborts rather than give weak randomness; there is no way to go on without any"
)]
pub(crate) fn fill(bytes: &mut [u8]) {
    aws_lc_rs::rand::fill(bytes).expect("the system's random source works");
}

/// `length` random characters of base64url's alphabet, six bits each.
pub(crate) fn url_safe(length: usize) -> String {
    from_alphabet(length, ALPHABET)
}

/// `length` random letters and digits, for what people type.
pub(crate) fn letters_and_digits(length: usize) -> String {
    from_alphabet(length, LETTERS_AND_DIGITS)
}

/// Bytes as base64url text.
pub(crate) fn encode(bytes: &[u8]) -> String {
    use base64::Engine as _;
    base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(bytes)
}

/// A new user id.
#[expect(
    clippy::expect_used,
    reason = "letters and digits after the prefix are a user id by its definition"
)]
pub fn new_user_id() -> shukuba_model::UserId {
    format!("user_{}", from_alphabet(20, LETTERS_AND_DIGITS))
        .parse()
        .expect("letters and digits are a user id")
}

/// A new id for a grant.
pub fn new_grant_id() -> String {
    format!("grant_{}", from_alphabet(24, LETTERS_AND_DIGITS))
}

/// A new user code (RFC 8628 section 6.1): eight consonants, so that it spells
/// no word and no letter looks like another, without its dash; 34 bits.
pub fn new_user_code() -> String {
    from_alphabet(8, b"BCDFGHJKLMNPQRSTVWXZ")
}

/// A new `client_id`: 32 random letters and digits, as Auth0's.
#[expect(
    clippy::expect_used,
    reason = "32 letters and digits are a client id by its definition"
)]
pub fn new_client_id() -> ClientId {
    from_alphabet(32, LETTERS_AND_DIGITS)
        .parse()
        .expect("letters and digits are a client id")
}

/// A new id for a runtime: its name and ten random letters and digits, as
/// AgentCore's.
#[expect(
    clippy::expect_used,
    reason = "ten letters and digits are the suffix of a runtime id by its definition"
)]
pub fn new_runtime_id(name: &RuntimeName) -> RuntimeId {
    let suffix = from_alphabet(RuntimeId::SUFFIX_LENGTH, LETTERS_AND_DIGITS);
    RuntimeId::new(name, &suffix).expect("letters and digits are a suffix")
}

/// Takes random bytes and keeps those that fall into a whole number of
/// alphabets, so that every character is equally likely.
fn from_alphabet(length: usize, alphabet: &[u8]) -> String {
    let usable = 256 - 256 % alphabet.len();
    let mut text = String::with_capacity(length);
    while text.len() < length {
        let mut bytes = [0; 64];
        fill(&mut bytes);
        let characters = bytes
            .iter()
            .map(|byte| usize::from(*byte))
            .filter(|byte| *byte < usable)
            .filter_map(|byte| alphabet.get(byte % alphabet.len()))
            .map(|byte| char::from(*byte));
        text.extend(characters.take(length - text.len()));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_have_their_length_and_differ() {
        let (one, other) = (new_client_id(), new_client_id());
        assert_eq!(one.as_str().len(), 32);
        assert_ne!(one, other);
        assert_eq!(url_safe(43).len(), 43);
    }
}
