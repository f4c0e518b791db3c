//! A row of the table: a case by its number, a request, and what must come back.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::Value;
use shukuba_testkit::raw::RawAnswer;
use url::Url;

use super::bed::{CALLBACK, PUBLIC};

/// A request, byte for byte but for `Host` and the length.
#[derive(Clone)]
pub(crate) struct Ask {
    pub(crate) method: &'static str,
    pub(crate) target: String,
    pub(crate) headers: Vec<(&'static str, Vec<u8>)>,
    pub(crate) body: Vec<u8>,
    /// The address it comes from; one of its own for each row when `None`.
    pub(crate) from: Option<&'static str>,
}

impl Ask {
    pub(crate) fn new(method: &'static str, target: impl Into<String>) -> Self {
        Self {
            method,
            target: target.into(),
            headers: Vec::new(),
            body: Vec::new(),
            from: None,
        }
    }

    pub(crate) fn get(target: impl Into<String>) -> Self {
        Self::new("GET", target)
    }

    /// A form that is sent to `target`.
    pub(crate) fn form(target: &str, body: impl Into<String>) -> Self {
        let mut ask = Self::new("POST", target);
        ask.body = body.into().into_bytes();
        ask.header("Content-Type", "application/x-www-form-urlencoded")
    }

    /// A document that is sent to `target`.
    pub(crate) fn json(method: &'static str, target: impl Into<String>, body: &Value) -> Self {
        let mut ask = Self::new(method, target);
        ask.body = body.to_string().into_bytes();
        ask.header("Content-Type", "application/json")
    }

    pub(crate) fn header(mut self, name: &'static str, value: impl AsRef<[u8]>) -> Self {
        self.headers.push((name, value.as_ref().to_vec()));
        self
    }

    pub(crate) fn bearer(self, token: &str) -> Self {
        self.header("Authorization", format!("Bearer {token}"))
    }

    pub(crate) fn basic(self, id: &str, secret: &str) -> Self {
        let userinfo = STANDARD.encode(format!("{id}:{secret}"));
        self.header("Authorization", format!("Basic {userinfo}"))
    }

    pub(crate) fn cookies(self, cookies: &str) -> Self {
        self.header("Cookie", cookies)
    }

    pub(crate) fn from(mut self, address: &'static str) -> Self {
        self.from = Some(address);
        self
    }
}

/// What is wrong with an answer, if anything is.
type Check = Box<dyn Fn(&RawAnswer) -> Result<(), String> + Send + Sync>;

/// A case, or a step of one: rows of a number are sent in their order.
pub(crate) struct Row {
    pub(crate) number: &'static str,
    pub(crate) ask: Ask,
    pub(crate) check: Check,
}

pub(crate) fn row(number: &'static str, ask: Ask, check: Check) -> Row {
    Row { number, ask, check }
}

fn must(holds: bool, what: impl FnOnce() -> String) -> Result<(), String> {
    if holds { Ok(()) } else { Err(what()) }
}

/// That status, whatever else.
pub(crate) fn status(expected: u16) -> Check {
    that(move |answer| {
        must(answer.status() == expected, || {
            format!("not {expected}: {}", answer.text())
        })
    })
}

/// Whatever the test says.
pub(crate) fn that(
    check: impl Fn(&RawAnswer) -> Result<(), String> + Send + Sync + 'static,
) -> Check {
    Box::new(check)
}

/// That status, and a header that holds a text.
pub(crate) fn with_header(expected: u16, name: &'static str, part: &'static str) -> Check {
    that(move |answer| {
        status(expected)(answer)?;
        let value = answer.header(name).unwrap_or_default();
        must(value.contains(part), || format!("{name} is '{value}'"))
    })
}

/// That status, and a body that is exactly this text.
pub(crate) fn body(expected: u16, text: &'static str) -> Check {
    that(move |answer| {
        status(expected)(answer)?;
        must(answer.text() == text, || answer.text())
    })
}

/// An OAuth error for a program, readable from any origin.
pub(crate) fn error(expected: u16, code: &'static str) -> Check {
    refusal(expected, code, Some("*"))
}

/// An OAuth error for a program that is no page's script.
pub(crate) fn unshared_error(expected: u16, code: &'static str) -> Check {
    refusal(expected, code, None)
}

/// An error that is never stored (T38), in the characters of RFC 6749 section
/// 5.2 (T40), without a token.
fn refusal(expected: u16, code: &'static str, origin: Option<&'static str>) -> Check {
    that(move |answer| {
        status(expected)(answer)?;
        let told = json(answer)?;
        must(told["error"] == code, || format!("not {code}: {told}"))?;
        must(answer.header("cache-control") == Some("no-store"), || {
            "it may be stored".to_owned()
        })?;
        must(
            answer.header("access-control-allow-origin") == origin,
            || "another origin may read it, or may not".to_owned(),
        )?;
        let description = told["error_description"].as_str().unwrap_or_default();
        let allowed = |c: char| matches!(c, '\x20'..='\x21' | '\x23'..='\x5b' | '\x5d'..='\x7e');
        must(
            !description.is_empty() && description.chars().all(allowed),
            || format!("the description: {description}"),
        )?;
        must(told.get("access_token").is_none(), || told.to_string())
    })
}

/// A page for a person, which leads nowhere.
pub(crate) fn page(expected: u16) -> Check {
    that(move |answer| {
        status(expected)(answer)?;
        let html = answer.header("content-type").unwrap_or_default();
        must(html.contains("text/html"), || {
            format!("'{html}' is no page")
        })?;
        must(answer.header("location").is_none(), || {
            "it redirects".to_owned()
        })?;
        must(answer.header("cache-control") == Some("no-store"), || {
            "it may be stored".to_owned()
        })
    })
}

/// An error that goes back to the client by a redirect, with `state` and our `iss`.
pub(crate) fn sent_back(by: u16, code: &'static str) -> Check {
    that(move |answer| {
        let members = redirected(answer, by)?;
        let member = |name: &str| {
            let found = members.iter().filter(|(known, _)| known == name);
            found.map(|(_, value)| value.as_str()).collect::<Vec<_>>()
        };
        must(member("error") == [code], || format!("{members:?}"))?;
        must(member("state") == ["the state"], || format!("{members:?}"))?;
        must(member("iss") == [PUBLIC], || format!("{members:?}"))?;
        must(member("code").is_empty(), || "there is a code".to_owned())
    })
}

/// The members of a redirect to the client.
pub(crate) fn redirected(answer: &RawAnswer, by: u16) -> Result<Vec<(String, String)>, String> {
    status(by)(answer)?;
    let location = answer.header("location").unwrap_or_default();
    let url = Url::parse(location).map_err(|error| format!("'{location}': {error}"))?;
    let mut address = url.clone();
    address.set_query(None);
    must(address.as_str() == CALLBACK, || location.to_owned())?;
    Ok(url.query_pairs().into_owned().collect())
}

/// A refusal at the door: a challenge with the way to the metadata, and the
/// error code where there is one.
pub(crate) fn challenged(expected: u16, code: Option<&'static str>) -> Check {
    that(move |answer| {
        status(expected)(answer)?;
        let challenge = answer.header("www-authenticate").unwrap_or_default();
        must(challenge.starts_with("Bearer "), || challenge.to_owned())?;
        let metadata = format!("resource_metadata=\"{PUBLIC}/.well-known/");
        must(challenge.contains(&metadata), || challenge.to_owned())?;
        match code {
            None => must(!challenge.contains("error="), || challenge.to_owned()),
            Some(code) => {
                let code = format!("error=\"{code}\"");
                must(challenge.contains(&code), || challenge.to_owned())
            }
        }
    })
}

pub(crate) fn json(answer: &RawAnswer) -> Result<Value, String> {
    serde_json::from_slice(&answer.body).map_err(|error| format!("{error}: {}", answer.text()))
}

/// A query or a form.
pub(crate) fn encoded(pairs: &[(&str, &str)]) -> String {
    let encode = |text: &str| utf8_percent_encode(text, NON_ALPHANUMERIC).to_string();
    let pairs: Vec<String> = pairs
        .iter()
        .map(|(name, value)| format!("{}={}", encode(name), encode(value)))
        .collect();
    pairs.join("&")
}
