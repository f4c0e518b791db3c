//! Proof Key for Code Exchange: S256, always (OAuth 2.1 section 4.1.1).

use crate::authorize::failure::Failure;
use crate::token::form::{Form, shortened};

/// The `code_challenge` of a request (RFC 7636 section 4.2).
pub(crate) fn challenge(form: &Form) -> Result<String, Failure> {
    let challenge = form.get("code_challenge").ok_or_else(|| {
        Failure::request(
            "Missing required parameter: code_challenge. Every client of this server uses PKCE with code_challenge_method=S256.",
        )
    })?;
    match form.get("code_challenge_method") {
        Some("S256") => {}
        Some(other) => {
            return Err(Failure::request(format!(
                "The code_challenge_method '{}' is not taken here; send S256.",
                shortened(other)
            )));
        }
        // The default of RFC 7636 is 'plain', which protects nothing here.
        None => {
            return Err(Failure::request(
                "Missing required parameter: code_challenge_method. Send S256.",
            ));
        }
    }
    let unreserved =
        |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~');
    if (43..=128).contains(&challenge.len()) && challenge.bytes().all(unreserved) {
        Ok(challenge.to_owned())
    } else {
        Err(Failure::request(
            "code_challenge must be the base64url SHA-256 of the verifier: 43 to 128 of the characters A-Z a-z 0-9 - . _ ~.",
        ))
    }
}
