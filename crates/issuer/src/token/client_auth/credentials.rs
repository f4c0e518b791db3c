//! Credentials as a request presents them: one way, never two.

use base64::Engine as _;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use http::header::AUTHORIZATION;
use http::{HeaderMap, HeaderValue};
use zeroize::Zeroizing;

use crate::oauth_error::OAuthError;
use crate::token::form::{Form, decode_component, shortened};

/// Clients that leave the padding out are understood as well.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// The one type of client assertion (RFC 7523 section 2.2).
const ASSERTION_TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// Who a request says it is from, and how it means to prove that.
pub(super) enum Presented<'a> {
    /// A client id alone.
    Id(&'a str),
    /// A client id and a secret.
    Secret(IdAndSecret),
    /// A signed assertion, and the client id when it is named beside it.
    Assertion {
        /// The assertion.
        assertion: &'a str,
        /// The id in the body.
        client_id: Option<&'a str>,
    },
}

/// A client id and secret as they were presented.
#[derive(PartialEq, Eq)]
pub(super) struct IdAndSecret {
    pub(super) client_id: String,
    pub(super) secret: Zeroizing<String>,
    /// Whether they came in the `Authorization` header.
    pub(super) basic: bool,
}

impl<'a> Presented<'a> {
    /// Reads the credentials of a request.
    pub(super) fn of(headers: &HeaderMap, form: &'a Form) -> Result<Self, OAuthError> {
        let mut values = headers.get_all(AUTHORIZATION).iter();
        let header = values.next();
        if values.next().is_some() {
            return Err(OAuthError::request(
                "The request has several Authorization headers; send one.",
            ));
        }
        if form.get("client_assertion").is_some() || form.get("client_assertion_type").is_some() {
            return from_assertion(header, form);
        }
        match header {
            Some(value) if !is_stray(value, form) => from_header(value, form),
            _ => from_body(form),
        }
    }
}

/// An access token is no credential of a client. Inspector 0.22 sends its last one along
/// with every request, so it is passed over where the body says who the client is.
fn is_stray(header: &HeaderValue, form: &Form) -> bool {
    let scheme = header.as_bytes().split(|byte| *byte == b' ').next();
    scheme.is_some_and(|scheme| scheme.eq_ignore_ascii_case(b"bearer"))
        && form.get("client_id").is_some()
}

fn from_assertion<'a>(
    header: Option<&HeaderValue>,
    form: &'a Form,
) -> Result<Presented<'a>, OAuthError> {
    if header.is_some() || form.get("client_secret").is_some() {
        return Err(OAuthError::request(
            "The client came with an assertion and with a secret; use one way.",
        ));
    }
    match (
        form.get("client_assertion_type"),
        form.get("client_assertion"),
    ) {
        (Some(ASSERTION_TYPE), Some(assertion)) => Ok(Presented::Assertion {
            assertion,
            client_id: form.get("client_id"),
        }),
        _ => Err(super::invalid_client(
            format!(
                "A client assertion comes as client_assertion with client_assertion_type={ASSERTION_TYPE} (RFC 7523 section 2.2)."
            ),
            false,
        )),
    }
}

fn from_body(form: &Form) -> Result<Presented<'_>, OAuthError> {
    let Some(client_id) = form.get("client_id") else {
        return Err(super::invalid_client(
            "Missing client_id: send the client id and secret, by Basic or as client_id and client_secret in the body; a public client sends its client_id alone.",
            false,
        ));
    };
    Ok(match form.get("client_secret") {
        None => Presented::Id(client_id),
        Some(secret) => Presented::Secret(IdAndSecret {
            client_id: client_id.to_owned(),
            secret: Zeroizing::new(secret.to_owned()),
            basic: false,
        }),
    })
}

fn from_header<'a>(value: &HeaderValue, form: &Form) -> Result<Presented<'a>, OAuthError> {
    if form.get("client_secret").is_some() {
        return Err(OAuthError::request(
            "The client secret came both in the Authorization header and in the body; use one way.",
        ));
    }
    let presented = parse_basic(value.as_bytes()).ok_or_else(|| {
        super::invalid_client(
            "The Authorization header is not 'Basic' with the base64 of 'client_id:client_secret', both form-encoded (RFC 6749 section 2.3.1).",
            true,
        )
    })?;
    match form.get("client_id") {
        Some(other) if other != presented.client_id => Err(OAuthError::request(format!(
            "The body names the client '{}', the Authorization header another one.",
            shortened(other)
        ))),
        _ => Ok(Presented::Secret(presented)),
    }
}

/// Parses `Basic …` as RFC 6749 section 2.3.1 defines it: id and secret are
/// form-encoded before they are joined by a colon. `None` for anything else.
pub(super) fn parse_basic(header: &[u8]) -> Option<IdAndSecret> {
    let header = std::str::from_utf8(header).ok()?;
    let (scheme, credentials) = header.trim().split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let decoded = Zeroizing::new(BASE64.decode(credentials.trim_start()).ok()?);
    let (client_id, secret) = std::str::from_utf8(&decoded).ok()?.split_once(':')?;
    let client_id = decode_component(client_id).ok()?;
    let secret = Zeroizing::new(decode_component(secret).ok()?);
    if client_id.is_empty() || secret.is_empty() {
        return None;
    }
    Some(IdAndSecret {
        client_id,
        secret,
        basic: true,
    })
}

#[cfg(test)]
mod tests {
    use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
    use proptest::prelude::*;

    use super::*;

    fn basic(userinfo: &str) -> String {
        format!("Basic {}", BASE64.encode(userinfo))
    }

    proptest! {
        #[test]
        fn o08_any_other_authorization_header_is_refused(header in prop::collection::vec(any::<u8>(), 0..200)) {
            // Random bytes hardly ever spell the scheme.
            prop_assume!(!header.to_ascii_lowercase().starts_with(b"basic"));
            prop_assert!(parse_basic(&header).is_none());
        }

        #[test]
        fn any_decoded_credentials_parse_or_are_refused(userinfo in prop::collection::vec(any::<u8>(), 0..200)) {
            let header = format!("Basic {}", BASE64.encode(userinfo));
            if let Some(presented) = parse_basic(header.as_bytes()) {
                prop_assert!(!presented.client_id.is_empty() && !presented.secret.is_empty());
            }
        }

        #[test]
        fn id_and_secret_come_back_whatever_they_hold(id in ".{1,20}", secret in ".{1,40}") {
            let encode = |text: &str| utf8_percent_encode(text, NON_ALPHANUMERIC).to_string();
            let header = basic(&format!("{}:{}", encode(&id), encode(&secret)));
            let presented = parse_basic(header.as_bytes()).unwrap();
            prop_assert_eq!(&presented.client_id, &id);
            prop_assert_eq!(presented.secret.as_str(), secret.as_str());
        }
    }

    #[test]
    fn the_scheme_is_case_insensitive_and_padding_optional() {
        for header in [
            "basic YTpi",
            "BASIC YTpi",
            "Basic  YTpi",
            "Basic YTpiYw",
            "Basic YTpiYw==",
        ] {
            assert!(parse_basic(header.as_bytes()).is_some(), "{header}");
        }
    }

    #[test]
    fn t10_broken_credentials_are_no_credentials() {
        for header in [
            "Basic".to_owned(),
            "Basic ".to_owned(),
            "Basic %%%".to_owned(),
            "Bearer YTpi".to_owned(),
            basic("no colon"),
            basic("a:%zz"),
            basic("%:b"),
            basic(":secret"),
            basic("id:"),
            "Basic /////w==".to_owned(),
        ] {
            assert!(parse_basic(header.as_bytes()).is_none(), "{header}");
        }
    }
}
