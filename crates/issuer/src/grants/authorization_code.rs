//! `authorization_code` (RFC 6749 section 4.1.3, RFC 7636 section 4.5): the
//! code from a redirect becomes the first tokens of a grant, once.

use aws_lc_rs::constant_time::verify_slices_are_equal;
use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use shukuba_model::Client;
use shukuba_store::{Secret, StoredCode};

use crate::Issuer;
use crate::grants::Issued;
use crate::grants::person::{self, Person, Wanted};
use crate::oauth_error::OAuthError;
use crate::token::form::Form;

/// Why the grant of a replayed code is revoked.
const REPLAYED: &str = "authorization code replayed";

pub(crate) async fn issue(
    issuer: &Issuer,
    client: &Client,
    form: &Form,
) -> Result<Issued, OAuthError> {
    let code = Secret::presented(form.required("code")?);
    let verifier = verifier(form)?;
    let now = issuer.0.clock.now();
    let stored = issuer.0.store.code(&code).await?.ok_or_else(unknown)?;
    if stored.grant.client_id != client.id {
        return Err(unknown());
    }
    if stored.consumed_at.is_some() {
        return Err(replayed(issuer, &stored).await?);
    }
    usable(&stored, form, now)?;
    let person = Person::of(issuer, client, &stored.grant, form).await?;
    let Some(verifier) = verifier else {
        return Err(OAuthError::grant(
            "Missing code_verifier: this code was asked for with a code_challenge, so it is redeemed with its verifier (RFC 7636 section 4.5).",
        ));
    };
    if !verifies(verifier, &stored.challenge) {
        return Err(burned(issuer, &code, now).await?);
    }
    let first = person::first_tokens(issuer, client, &stored.grant, &person, now);
    // First consumed and kept, then minted: a code can never give tokens twice,
    // whatever fails in between.
    let redeemed = issuer.0.store.redeem_code(&code, &first, now);
    if !redeemed.await? {
        return Err(replayed(issuer, &stored).await?);
    }
    let wanted = Wanted {
        client,
        grant: &stored.grant,
        person: &person,
        scope: &stored.grant.scope,
        nonce: stored.nonce.as_deref(),
        refresh_token: first.refresh.as_ref().map(|refresh| &refresh.token),
    };
    person::issued(issuer, &wanted, now)
}

/// The `code_verifier`, in the form RFC 7636 section 4.1 gives it.
fn verifier(form: &Form) -> Result<Option<&str>, OAuthError> {
    let unreserved =
        |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~');
    match form.get("code_verifier") {
        Some(verifier)
            if !(43..=128).contains(&verifier.len()) || !verifier.bytes().all(unreserved) =>
        {
            Err(OAuthError::request(
                "code_verifier must have 43 to 128 of the characters A-Z a-z 0-9 - . _ ~ (RFC 7636 section 4.1).",
            ))
        }
        verifier => Ok(verifier),
    }
}

/// What leaves the code as it is: its end, and where it was sent.
fn usable(stored: &StoredCode, form: &Form, now: i64) -> Result<(), OAuthError> {
    if now >= stored.expires_at {
        return Err(OAuthError::grant(
            "The code has expired; it is good for a minute. Log in again.",
        ));
    }
    if !stored.grant.is_live(now) {
        return Err(OAuthError::grant(
            "What this code stands for was taken back. Log in again.",
        ));
    }
    // Clients of OAuth 2.1 do not repeat it (section 10.2): the verifier proves more.
    match form.get("redirect_uri") {
        Some(other) if other != stored.redirect_uri.as_str() => Err(OAuthError::grant(
            "redirect_uri is not the one of the authorization request, byte for byte (RFC 6749 section 4.1.3).",
        )),
        _ => Ok(()),
    }
}

fn verifies(verifier: &str, challenge: &str) -> bool {
    let computed = URL_SAFE_NO_PAD.encode(digest(&SHA256, verifier.as_bytes()));
    verify_slices_are_equal(computed.as_bytes(), challenge.as_bytes()).is_ok()
}

/// Whoever has the code and not its verifier is not who asked for it.
async fn burned(issuer: &Issuer, code: &Secret, now: i64) -> Result<OAuthError, OAuthError> {
    issuer.0.store.burn_code(code, now).await?;
    tracing::warn!("a code came with a wrong verifier and was ended");
    Ok(OAuthError::grant(
        "code_verifier does not belong to the code_challenge of this code. The code is void now: log in again.",
    ))
}

/// A code that comes twice was stolen, by the first or by the second (OAuth
/// 2.1 section 7.5.3): everything it gave is taken back.
async fn replayed(issuer: &Issuer, stored: &StoredCode) -> Result<OAuthError, OAuthError> {
    let grant = &stored.grant;
    issuer.revoke_grant(&grant.id, REPLAYED).await?;
    tracing::warn!(client_id = %grant.client_id, grant_id = grant.id, "an authorization code was replayed");
    Ok(OAuthError::grant(
        "The code was used before. What it gave has been taken back, since a code that comes twice may be stolen: log in again.",
    ))
}

fn unknown() -> OAuthError {
    OAuthError::grant("The code is unknown, or was given to another client. Log in again.")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn t21_the_example_of_rfc_7636_appendix_b_verifies_and_nothing_else_does() {
        let verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
        let challenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
        assert!(verifies(verifier, challenge));
        assert!(!verifies(challenge, challenge));
        assert!(!verifies(verifier, ""), "no challenge is no permission");
    }
}
