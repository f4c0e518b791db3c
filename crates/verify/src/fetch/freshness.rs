//! How long a fetched document may be used without asking again (RFC 9111
//! section 4.2), within bounds of our own.

use std::time::{Duration, SystemTime};

use reqwest::header::{AGE, CACHE_CONTROL, DATE, EXPIRES, HeaderMap, HeaderName};

/// However short a document asks to be kept: a login is several requests.
const SHORTEST: Duration = Duration::from_secs(60);
/// However long a document asks to be kept: a withdrawn one must not live on.
const LONGEST: Duration = Duration::from_secs(24 * 60 * 60);
/// When a document says nothing.
const UNSAID: Duration = Duration::from_secs(5 * 60);

/// How long the document of an answer is fresh, from 60 s to 24 h. `now` stands
/// in for a missing `Date`.
pub(super) fn fresh_for(headers: &HeaderMap, now: SystemTime) -> Duration {
    let lifetime = said_lifetime(headers, now).unwrap_or(UNSAID);
    let age = text(headers, &AGE)
        .and_then(seconds)
        .unwrap_or(Duration::ZERO);
    lifetime.saturating_sub(age).clamp(SHORTEST, LONGEST)
}

fn said_lifetime(headers: &HeaderMap, now: SystemTime) -> Option<Duration> {
    let mut max_age: Option<Duration> = None;
    for directive in headers
        .get_all(CACHE_CONTROL)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
    {
        let (name, value) = directive.split_once('=').unwrap_or((directive, ""));
        match name.trim().to_ascii_lowercase().as_str() {
            "no-store" | "no-cache" => return Some(Duration::ZERO),
            "max-age" => {
                // What cannot be read is stale (RFC 9111 section 4.2.1).
                let age = seconds(value.trim().trim_matches('"')).unwrap_or(Duration::ZERO);
                max_age = Some(max_age.map_or(age, |earlier| earlier.min(age)));
            }
            _ => {}
        }
    }
    if max_age.is_some() {
        return max_age;
    }
    let expires = text(headers, &EXPIRES)?;
    let Ok(expires) = httpdate::parse_http_date(expires) else {
        return Some(Duration::ZERO);
    };
    let date = text(headers, &DATE)
        .and_then(|date| httpdate::parse_http_date(date).ok())
        .unwrap_or(now);
    Some(expires.duration_since(date).unwrap_or(Duration::ZERO))
}

fn text<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a str> {
    headers.get(name)?.to_str().ok()
}

/// A count of seconds; one too large to count is as long as can be.
fn seconds(text: &str) -> Option<Duration> {
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    digits.then(|| Duration::from_secs(text.parse().unwrap_or(u64::MAX)))
}

#[cfg(test)]
mod tests {
    use reqwest::header::HeaderValue;

    use super::*;

    const DAY: u64 = 86_400;
    const DATED: (&str, &str) = ("date", "Sun, 06 Nov 1994 08:49:37 GMT");

    fn fresh(headers: &[(&'static str, &str)]) -> u64 {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.append(*name, HeaderValue::from_str(value).unwrap());
        }
        let now = httpdate::parse_http_date(DATED.1).unwrap();
        fresh_for(&map, now).as_secs()
    }

    #[test]
    fn c16_what_a_document_asks_for_is_kept_within_a_minute_and_a_day() {
        for (value, expected) in [
            ("max-age=0", 60),
            ("max-age=59", 60),
            ("max-age=600", 600),
            ("public, Max-Age=\"600\"", 600),
            ("max-age=1000000000", DAY),
            ("max-age=99999999999999999999999999", DAY),
            ("max-age=-1", 60),
            ("max-age=soon", 60),
            ("max-age=600, max-age=300", 300),
            ("no-store", 60),
            ("no-cache, max-age=600", 60),
            ("private", 300),
        ] {
            assert_eq!(fresh(&[("cache-control", value)]), expected, "{value}");
        }
        assert_eq!(fresh(&[]), 300);
        let lines = [("cache-control", "public"), ("cache-control", "max-age=90")];
        assert_eq!(fresh(&lines), 90);
    }

    #[test]
    fn c16_expires_counts_from_date_and_the_past_is_stale() {
        let later = ("expires", "Sun, 06 Nov 1994 09:49:37 GMT");
        assert_eq!(fresh(&[DATED, later]), 3600);
        assert_eq!(fresh(&[later]), 3600);
        assert_eq!(fresh(&[later, ("cache-control", "max-age=70")]), 70);
        for past in ["0", "Sun, 06 Nov 1994 08:49:36 GMT", "yesterday"] {
            assert_eq!(fresh(&[DATED, ("expires", past)]), 60, "{past}");
        }
    }

    #[test]
    fn the_time_spent_in_caches_on_the_way_is_taken_off() {
        let hour = ("cache-control", "max-age=3600");
        assert_eq!(fresh(&[hour, ("age", "600")]), 3000);
        assert_eq!(fresh(&[hour, ("age", "99999")]), 60);
        assert_eq!(fresh(&[hour, ("age", "-7")]), 3600);
    }
}
