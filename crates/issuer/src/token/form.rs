//! `application/x-www-form-urlencoded` parameters, parsed once and strictly.

use std::borrow::Cow;

use percent_encoding::percent_decode_str;

use crate::oauth_error::OAuthError;

/// More parameters than any honest request has.
const MOST_PARAMETERS: usize = 64;

/// RFC 8707 section 2 allows this one to be repeated.
const REPEATABLE: &str = "resource";

/// The parameters of a request, each name at most once but for `resource`.
pub(crate) struct Form(Vec<(String, String)>);

impl Form {
    /// Parses a body. Pairs without a name are ignored.
    pub(crate) fn parse(body: &[u8]) -> Result<Self, OAuthError> {
        let (form, repeated) = Self::parse_noting_repeated(body)?;
        match repeated.first() {
            None => Ok(form),
            Some(name) => Err(OAuthError::request(format!(
                "The parameter '{}' came more than once; send each one once.",
                shortened(name)
            ))),
        }
    }

    /// Parses a body and names the parameters that came more than once and must
    /// not: the authorization endpoint has to know where to say so.
    pub(crate) fn parse_noting_repeated(body: &[u8]) -> Result<(Self, Vec<String>), OAuthError> {
        let body = std::str::from_utf8(body)
            .map_err(|_| OAuthError::request("The body is not text; a form is ASCII."))?;
        let mut parameters: Vec<(String, String)> = Vec::new();
        let mut repeated = Vec::new();
        for pair in body.split('&').filter(|pair| !pair.is_empty()) {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            let (name, value) = (decode_component(name)?, decode_component(value)?);
            if name.is_empty() {
                continue;
            }
            if parameters.len() == MOST_PARAMETERS {
                return Err(OAuthError::request(format!(
                    "The request has more than {MOST_PARAMETERS} parameters."
                )));
            }
            if name != REPEATABLE && parameters.iter().any(|(known, _)| *known == name) {
                repeated.push(name.clone());
            }
            parameters.push((name, value));
        }
        Ok((Self(parameters), repeated))
    }

    /// The value of a parameter. An empty value counts as none (OAuth 2.1 section 3.1).
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.all(name).next()
    }

    /// The value of a parameter that must be there.
    pub(crate) fn required(&self, name: &str) -> Result<&str, OAuthError> {
        self.get(name)
            .ok_or_else(|| OAuthError::request(format!("Missing required parameter: {name}.")))
    }

    /// Every value of a repeatable parameter that is not empty.
    pub(crate) fn all<'a>(&'a self, name: &str) -> impl Iterator<Item = &'a str> {
        self.0
            .iter()
            .filter(move |(known, value)| known == name && !value.is_empty())
            .map(|(_, value)| value.as_str())
    }

    /// Every parameter, in the order they came.
    #[cfg(any(test, feature = "fuzzing"))]
    pub(crate) fn into_parameters(self) -> Vec<(String, String)> {
        self.0
    }
}

/// Decodes one name or value: `+` is a space, `%XX` a byte of UTF-8.
pub(crate) fn decode_component(text: &str) -> Result<String, OAuthError> {
    let fail = |what: &str| {
        OAuthError::request(format!(
            "'{}' is not form-encoded: {what}.",
            shortened(text)
        ))
    };
    let spaced = text.replace('+', " ");
    if !escapes_are_whole(&spaced) {
        return Err(fail("a '%' must be followed by two hexadecimal digits"));
    }
    percent_decode_str(&spaced)
        .decode_utf8()
        .map(Cow::into_owned)
        .map_err(|_| fail("the escaped bytes are not UTF-8"))
}

fn escapes_are_whole(text: &str) -> bool {
    text.split('%').skip(1).all(|after| {
        let mut bytes = after.bytes();
        let mut hex = || bytes.next().is_some_and(|byte| byte.is_ascii_hexdigit());
        hex() && hex()
    })
}

/// What a message repeats of a value that a stranger chose.
pub(crate) fn shortened(text: &str) -> String {
    const MOST: usize = 80;
    let mut short: String = text.chars().take(MOST).collect();
    if text.chars().nth(MOST).is_some() {
        short.push_str("...");
    }
    short
}

#[cfg(test)]
mod tests {
    use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
    use proptest::prelude::*;

    use super::*;

    fn encode(text: &str) -> String {
        utf8_percent_encode(text, NON_ALPHANUMERIC).to_string()
    }

    proptest! {
        #[test]
        fn o08_any_body_parses_or_is_refused_and_never_panics(body in prop::collection::vec(any::<u8>(), 0..400)) {
            if let Err(error) = Form::parse(&body) {
                prop_assert!(matches!(error, OAuthError::InvalidRequest(_)));
            }
        }

        #[test]
        fn what_was_encoded_comes_back(
            pairs in prop::collection::btree_map("[^\u{0}]{1,12}", any::<String>(), 0..8)
        ) {
            let body: Vec<String> = pairs
                .iter()
                .map(|(name, value)| format!("{}={}", encode(name), encode(value)))
                .collect();
            let form = Form::parse(body.join("&").as_bytes()).unwrap();
            for (name, value) in &pairs {
                let expected = (!value.is_empty()).then_some(value.as_str());
                prop_assert_eq!(form.get(name), expected);
            }
        }

        #[test]
        fn what_is_taken_is_read_as_the_url_standard_reads_it(body in "[a-z=&%+0-9A-F]{0,60}") {
            if let Ok(form) = Form::parse(body.as_bytes()) {
                let expected: Vec<_> = url::form_urlencoded::parse(body.as_bytes())
                    .into_owned()
                    .filter(|(name, _)| !name.is_empty())
                    .collect();
                prop_assert_eq!(form.into_parameters(), expected);
            }
        }

        #[test]
        fn a_repeated_name_is_refused_however_it_is_spelled(name in "[a-z_]{1,12}", one: String, other: String) {
            prop_assume!(name != REPEATABLE);
            let escaped: String = name.bytes().map(|byte| format!("%{byte:02X}")).collect();
            let body = format!("{name}={}&{escaped}={}", encode(&one), encode(&other));
            prop_assert!(Form::parse(body.as_bytes()).is_err());
        }
    }

    #[test]
    fn plus_is_a_space_and_an_empty_value_is_none() {
        let form = Form::parse(b"scope=a+b%2Bc&audience=&flag&&=x").unwrap();
        assert_eq!(form.get("scope"), Some("a b+c"));
        assert_eq!(form.get("audience"), None);
        assert_eq!(form.get("flag"), None);
    }

    #[test]
    fn resource_may_be_repeated_rfc_8707_section_2() {
        let form = Form::parse(b"resource=https://a&resource=https://b").unwrap();
        let resources: Vec<_> = form.all("resource").collect();
        assert_eq!(resources, ["https://a", "https://b"]);
    }

    #[test]
    fn broken_escapes_and_too_many_parameters_are_refused() {
        for bad in ["a=%", "a=%4", "a=%zz", "%=a", "a=%FF", "a=%E2%82"] {
            assert!(Form::parse(bad.as_bytes()).is_err(), "{bad}");
        }
        let many: Vec<String> = (0..65).map(|n| format!("p{n}=1")).collect();
        assert!(Form::parse(many.join("&").as_bytes()).is_err());
        assert!(Form::parse(many[..64].join("&").as_bytes()).is_ok());
    }
}
