//! The languages of pages, and which of them a reader gets.

use http::HeaderMap;
use http::header::ACCEPT_LANGUAGE;

use crate::cookie_pairs;

/// A language pages are written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Language {
    /// English.
    #[default]
    English,
    /// Japanese.
    Japanese,
}

impl Language {
    /// The cookie that keeps a choice.
    pub const COOKIE: &str = "shukuba_language";

    /// Its BCP 47 tag.
    pub fn tag(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::Japanese => "ja",
        }
    }

    /// The other one.
    pub fn other(self) -> Self {
        match self {
            Self::English => Self::Japanese,
            Self::Japanese => Self::English,
        }
    }

    /// The language that a tag names: by its first part, whatever region follows.
    pub fn of_tag(tag: &str) -> Option<Self> {
        let primary = tag.split('-').next().unwrap_or_default();
        [Self::English, Self::Japanese]
            .into_iter()
            .find(|language| primary.eq_ignore_ascii_case(language.tag()))
    }

    /// The language for the reader of these headers: of their choice (cookie),
    /// else of their browser (`Accept-Language`), else English.
    pub fn of(headers: &HeaderMap) -> Self {
        chosen(headers)
            .or_else(|| preferred(text(headers, ACCEPT_LANGUAGE)))
            .unwrap_or_default()
    }
}

fn text(headers: &HeaderMap, name: http::HeaderName) -> &str {
    headers
        .get(name)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default()
}

/// With the prefix or without it: whoever sets the cookie changes a language.
fn chosen(headers: &HeaderMap) -> Option<Language> {
    cookie_pairs(headers).find_map(|(name, value)| {
        let name = name.strip_prefix("__Host-").unwrap_or(name);
        (name == Language::COOKIE).then(|| Language::of_tag(value))?
    })
}

/// The heaviest language we have (RFC 9110 section 12.5.4); the first of equals.
fn preferred(header: &str) -> Option<Language> {
    let mut best: Option<(Language, f32)> = None;
    for range in header.split(',').take(32) {
        let (tag, parameters) = range.split_once(';').unwrap_or((range, ""));
        let Some(language) = Language::of_tag(tag.trim()) else {
            continue;
        };
        let weight = match parameters.trim().strip_prefix("q=") {
            Some(weight) => weight.trim().parse().unwrap_or(0.0),
            None => 1.0,
        };
        if weight > best.map_or(0.0, |(_, weight)| weight) {
            best = Some((language, weight));
        }
    }
    best.map(|(language, _)| language)
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;
    use http::header::COOKIE;

    use super::*;

    #[test]
    fn the_browser_chooses_the_language_by_weight() {
        for (header, expected) in [
            ("ja", Some(Language::Japanese)),
            ("ja-JP,ja;q=0.9,en;q=0.8", Some(Language::Japanese)),
            ("en-US,ja;q=0.9", Some(Language::English)),
            ("de, ja;q=0.1", Some(Language::Japanese)),
            ("en;q=0.2, JA;q=0.3", Some(Language::Japanese)),
            ("ja;q=0", None),
            ("ja;q=x", None),
            ("jav", None),
            ("*", None),
            ("", None),
        ] {
            assert_eq!(preferred(header), expected, "{header}");
        }
    }

    #[test]
    fn a_choice_outweighs_the_browser() {
        let mut headers = HeaderMap::new();
        headers.insert(ACCEPT_LANGUAGE, HeaderValue::from_static("en"));
        for cookie in ["a=b; shukuba_language=ja", "__Host-shukuba_language=ja"] {
            headers.insert(COOKIE, HeaderValue::from_static(cookie));
            assert_eq!(Language::of(&headers), Language::Japanese);
        }
        headers.insert(COOKIE, HeaderValue::from_static("shukuba_language=xx"));
        assert_eq!(Language::of(&headers), Language::English);
    }
}
