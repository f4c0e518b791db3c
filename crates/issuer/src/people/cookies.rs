//! Cookies. Where the issuer is https their names begin with `__Host-`, which
//! no other host and no http page can set (RFC 6265bis section 4.1.3.2).

use http::{HeaderMap, HeaderValue};
use shukuba_pages::cookie_pairs;

use crate::Issuer;

/// The longest a cookie may live, in seconds.
pub(super) const YEAR: i64 = 365 * 86_400;

/// The value of a cookie; the first, when it came more than once.
pub(super) fn read<'a>(issuer: &Issuer, headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let (prefix, _) = manner(issuer);
    cookie_pairs(headers)
        .find_map(|(known, value)| (known.strip_prefix(prefix)? == name).then_some(value))
}

/// Sets a cookie for `seconds`. Lax, as a browser comes here from a client's
/// page, and forms are guarded by tokens of their own.
///
/// The value is a token of the characters a cookie may hold; one that is not
/// would empty the cookie.
pub(super) fn set(issuer: &Issuer, name: &str, value: &str, seconds: i64) -> HeaderValue {
    let (prefix, secure) = manner(issuer);
    let text = format!(
        "{prefix}{name}={value}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Lax{secure}"
    );
    HeaderValue::from_str(&text).unwrap_or_else(|_| HeaderValue::from_static(""))
}

/// Takes a cookie away.
pub(super) fn clear(issuer: &Issuer, name: &str) -> HeaderValue {
    set(issuer, name, "", 0)
}

fn manner(issuer: &Issuer) -> (&'static str, &'static str) {
    if issuer.0.settings.issuer.starts_with("https://") {
        ("__Host-", "; Secure")
    } else {
        // Browsers keep no Secure cookie of an http page.
        ("", "")
    }
}
