//! What is in a token, without judging it.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;
use shukuba_pages::shown::escape;

use super::shown::Time;
use super::texts::TokenTexts;

/// How many levels are set in further than the one around them: what is deeper
/// would be all margin.
const MOST_LEVELS: usize = 16;

/// A token's header and claims.
pub(super) struct Decoded {
    /// In the token's own order and spelling, a line for each member.
    pub(super) header: String,
    pub(super) claims: String,
    /// When it ends, and how long that is from now.
    pub(super) ends: Option<Ends>,
    /// Its `iss`.
    pub(super) issuer: String,
    /// Its `aud`.
    pub(super) audiences: Vec<String>,
    /// Its `client_id`.
    pub(super) client: Option<String>,
}

/// The end of a token.
pub(super) struct Ends {
    /// Seconds since 1970.
    pub(super) at: i64,
    pub(super) time: Time,
    /// How long it lives from now on, in words.
    pub(super) left: String,
}

impl Decoded {
    /// The parts of a signed JWT; `None` where it is none. `now` is seconds
    /// since 1970.
    pub(super) fn of(t: &TokenTexts, token: &str, now: i64) -> Option<Self> {
        let mut parts = token.split('.');
        let (header, _) = json(parts.next()?)?;
        let (text, claims) = json(parts.next()?)?;
        let (Some(_signature), None) = (parts.next(), parts.next()) else {
            return None;
        };
        let ends = claims.get("exp").and_then(Value::as_i64).map(|at| Ends {
            at,
            time: Time::of_millis(at.saturating_mul(1000)),
            left: left(t, at.saturating_sub(now)),
        });
        Some(Self {
            header: escape(&indented(&header)),
            ends,
            issuer: texts(claims.get("iss")).pop().unwrap_or_default(),
            audiences: texts(claims.get("aud")),
            client: texts(claims.get("client_id")).pop(),
            claims: escape(&indented(&text)),
        })
    }
}

/// The text of a part, and the object that it is.
fn json(part: &str) -> Option<(String, Value)> {
    let text = String::from_utf8(URL_SAFE_NO_PAD.decode(part).ok()?).ok()?;
    let value: Value = serde_json::from_str(&text).ok()?;
    value.is_object().then_some((text, value))
}

/// JSON with a line for each member, each as it is written: a parsed object has
/// lost their order, and which of two with one name stood where.
fn indented(json: &str) -> String {
    let mut lines = String::with_capacity(json.len() * 2);
    let mut depth: usize = 0;
    let (mut in_string, mut after_backslash, mut just_opened) = (false, false, false);
    let line = |lines: &mut String, depth: usize| {
        lines.push('\n');
        (0..depth.min(MOST_LEVELS)).for_each(|_| lines.push_str("  "));
    };
    for c in json.chars() {
        if in_string {
            lines.push(c);
            in_string = c != '"' || after_backslash;
            after_backslash = c == '\\' && !after_backslash;
            continue;
        }
        if c.is_ascii_whitespace() {
            continue;
        }
        let closes = matches!(c, '}' | ']');
        depth = depth.saturating_sub(usize::from(closes));
        if just_opened != closes {
            line(&mut lines, depth);
        }
        just_opened = matches!(c, '{' | '[');
        depth += usize::from(just_opened);
        in_string = c == '"';
        lines.push(c);
        match c {
            ',' => line(&mut lines, depth),
            ':' => lines.push(' '),
            _ => {}
        }
    }
    lines
}

fn texts(claim: Option<&Value>) -> Vec<String> {
    let of = |value: &Value| value.as_str().map(str::to_owned);
    match claim {
        Some(Value::Array(several)) => several.iter().filter_map(of).collect(),
        Some(one) => of(one).into_iter().collect(),
        None => Vec::new(),
    }
}

/// A span of seconds as a clock shows it; the script goes on with it.
fn left(t: &TokenTexts, seconds: i64) -> String {
    if seconds <= 0 {
        return t.ended.to_owned();
    }
    let (minutes, seconds) = (seconds / 60, seconds % 60);
    let (hours, minutes) = (minutes / 60, minutes % 60);
    let (days, hours) = (hours / 24, hours % 24);
    let clock = format!("{hours:02}:{minutes:02}:{seconds:02}");
    match days {
        0 => clock,
        days => format!("{days} {} {clock}", t.day),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::console::texts;
    use shukuba_pages::Language;

    #[test]
    fn a_signed_jwt_is_decoded_and_nothing_else() {
        let t = texts::tokens(Language::English);
        let encode = |text: &str| URL_SAFE_NO_PAD.encode(text);
        let header = encode(r#"{"alg":"RS256"}"#);
        let claims = encode(r#"{"iss":"i","aud":["a","b"],"exp":90061}"#);
        let token = format!("{header}.{claims}.c2ln");
        let decoded = Decoded::of(t, &token, 0).unwrap();
        assert_eq!((decoded.issuer.as_str(), decoded.audiences.len()), ("i", 2));
        assert_eq!(decoded.ends.unwrap().left, "1 d 01:01:01");
        for other in [
            "opaque".to_owned(),
            format!("{header}.{claims}"),
            format!("{token}.x.y"),
            format!("{header}.{}.c2ln", encode("[]")),
        ] {
            assert!(Decoded::of(t, &other, 0).is_none(), "{other}");
        }
    }

    fn claims(text: &str) -> Option<String> {
        let t = texts::tokens(Language::English);
        let encode = |text: &str| URL_SAFE_NO_PAD.encode(text);
        let token = format!(
            "{}.{}.c2ln",
            encode(r#"{"typ":"JWT","alg":"RS256"}"#),
            encode(text)
        );
        let decoded = Decoded::of(t, &token, 0)?;
        assert_eq!(
            decoded.header,
            "{\n  \"typ\": \"JWT\",\n  \"alg\": \"RS256\"\n}"
        );
        Some(decoded.claims)
    }

    #[test]
    fn what_is_no_json_is_not_shown_as_if_it_were() {
        for wrong in [
            "{\"a\":1",
            "{\"a\":1}}",
            "{\"a\" 1}",
            "{\"a\":\"\u{7}\"}",
            "{'a':1}",
        ] {
            assert_eq!(claims(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn claims_stand_in_the_tokens_own_order_and_spelling() {
        let text = " {\"sub\":\"z\",\t\"aud\" : [\"b\",\n\"a\"],\"exp\":1e3,\"o\":{\"z\":{},\"y\":[],\"x\":[{\"k\":1.50}]},\"sub\":\"a\"}\n";
        let shown = [
            "{",
            "  \"sub\": \"z\",",
            "  \"aud\": [",
            "    \"b\",",
            "    \"a\"",
            "  ],",
            "  \"exp\": 1e3,",
            "  \"o\": {",
            "    \"z\": {},",
            "    \"y\": [],",
            "    \"x\": [",
            "      {",
            "        \"k\": 1.50",
            "      }",
            "    ]",
            "  },",
            "  \"sub\": \"a\"",
            "}",
        ];
        assert_eq!(claims(text).unwrap(), shown.join("\n"));
        assert_eq!(claims("{ }").unwrap(), "{}");
    }

    #[test]
    fn strings_stay_as_they_are_written_and_hide_nothing() {
        let written = r#"{"a":"{\"b\": [1,2]}\\","c\u0041":"\u202e, \ud83d\ude00"}"#;
        let shown = [
            "{",
            r#"  "a": "{\"b\": [1,2]}\\","#,
            r#"  "c\u0041": "\u202e, \ud83d\ude00""#,
            "}",
        ];
        assert_eq!(claims(written).unwrap(), shown.join("\n"));
        let hidden = claims("{\"a\u{200b}\":\"x\u{202e}y\u{e0041}宿\"}").unwrap();
        assert_eq!(
            hidden,
            "{\n  \"a\\u200b\": \"x\\u202ey\\udb40\\udc41宿\"\n}"
        );
    }

    #[test]
    fn what_is_nested_deeply_takes_little_more_room() {
        let deep = format!("{{\"a\":{}1{}}}", "[".repeat(100), "]".repeat(100));
        let shown = claims(&deep).unwrap();
        assert_eq!(shown.lines().count(), 203);
        assert!(shown.len() < 203 * (2 * MOST_LEVELS + 4), "{}", shown.len());
    }
}
