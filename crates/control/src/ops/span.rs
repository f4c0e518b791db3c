//! A span of time that is asked for.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use shukuba_pages::shown::clean;

use crate::ControlError;

/// The longest text that an answer repeats, in characters.
const LONGEST: usize = 60;

/// A span of time, without an end where none is named.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Span {
    /// Its first second, since 1970.
    pub(crate) since: Option<i64>,
    /// The first second after it, since 1970.
    pub(crate) until: Option<i64>,
}

/// Why no span was asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum NoSpan {
    /// What stands in `since` or `until`, made fit to show, is no time.
    NoTime(&'static str, String),
    /// It would end before it begins.
    Backwards,
}

impl Span {
    /// Reads its ends. Empty ones are none.
    ///
    /// # Errors
    /// When one of them is no time, or they are the wrong way round.
    pub(crate) fn parse(since: &str, until: &str) -> Result<Self, NoSpan> {
        let end = |name, text: &str| match text.trim() {
            "" => Ok(None),
            text => match second(text) {
                Some(second) => Ok(Some(second)),
                None => Err(NoSpan::NoTime(name, clean(text, LONGEST))),
            },
        };
        let span = Self {
            since: end("since", since)?,
            until: end("until", until)?,
        };
        match (span.since, span.until) {
            (Some(since), Some(until)) if since >= until => Err(NoSpan::Backwards),
            _ => Ok(span),
        }
    }
}

impl From<NoSpan> for ControlError {
    fn from(no: NoSpan) -> Self {
        let (message, hint) = match no {
            NoSpan::NoTime(name, text) => (
                format!("{name} is '{text}', which is no time"),
                "write it in UTC as 2026-11-29T16:15, with its offset as 2026-11-29T16:15:00+09:00 (in an address, %2B stands for +), or in seconds since 1970; a date alone means its first second",
            ),
            NoSpan::Backwards => (
                "until is not later than since, so that nothing is between them".to_owned(),
                "since is the first second of the span, until the first one after it",
            ),
        };
        Self::Invalid {
            message,
            hint: Some(hint.to_owned()),
        }
    }
}

/// A time in seconds since 1970: such a number, a time with an offset, or else
/// one in UTC.
fn second(text: &str) -> Option<i64> {
    if let Ok(second) = text.parse() {
        return Some(second);
    }
    // Names of time zones are not known here, and would be passed over.
    if text.contains('[') {
        return None;
    }
    let with_offset = text.parse::<Timestamp>();
    let time = with_offset.or_else(|error| match text.get(10..) {
        // Where an offset is wrong, it is not to be passed over.
        Some(time) if time.contains(['+', '-', 'z', 'Z']) => Err(error),
        _ => {
            let time = text.parse::<DateTime>()?;
            TimeZone::UTC.to_timestamp(time)
        }
    });
    Some(time.ok()?.as_second())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_time_is_refused_and_never_taken_for_another() {
        for wrong in [
            "yesterday",
            "1700000000.5",
            "99999999999999999999",
            "2026-13-01",
            "2026-02-30T00:00",
            "2026-11-29T25:00",
            "2026-11-29T16:15 09:00",
            "2026-11-29T16:15+99:00",
            "2026-11-29T16:15-99",
            "2026-11-29T16:15Zulu",
            "2026-11-29T16:15[Asia/Tokyo]",
            "2026-11-29T16:15+09:00[Asia/Tokyo]",
            "16:15",
            "29.11.2026",
            "２０２６-11-29",
            "-999999999999-01-01",
        ] {
            let of = |name| Err(NoSpan::NoTime(name, wrong.to_owned()));
            assert_eq!(Span::parse(wrong, ""), of("since"), "{wrong}");
            assert_eq!(Span::parse("", wrong), of("until"), "{wrong}");
        }
        let hostile = format!("{}\u{202e}", "x".repeat(100));
        let Err(NoSpan::NoTime(_, told)) = Span::parse(&hostile, "") else {
            panic!("{hostile}");
        };
        assert_eq!(told, format!("{}…", "x".repeat(60)));
    }

    #[test]
    fn times_are_in_utc_or_have_an_offset() {
        const SECOND: i64 = 1_795_968_900;
        for (text, second) in [
            ("2026-11-29T16:15", SECOND),
            ("2026-11-29 16:15", SECOND),
            (" 2026-11-29T16:15:00\n", SECOND),
            ("2026-11-29T16:15:01.999", SECOND + 1),
            ("2026-11-29T16:15:00Z", SECOND),
            ("2026-11-30T01:15:00+09:00", SECOND),
            ("2026-11-29T11:15-05:00", SECOND),
            ("2026-11-29", SECOND - 58_500),
            ("2026-11-29T16", SECOND - 900),
            ("1795968900", SECOND),
            ("20261129", 20_261_129),
            ("1970-01-01T00:00", 0),
            ("1969-12-31T23:59:59", -1),
        ] {
            let since = Span {
                since: Some(second),
                until: None,
            };
            assert_eq!(Span::parse(text, " "), Ok(since), "{text}");
        }
        assert_eq!(Span::parse("", ""), Ok(Span::default()));
    }

    #[test]
    fn a_span_does_not_end_before_it_has_begun() {
        let (one, other) = ("2026-11-29T16:15", "2026-11-29T16:16");
        assert!(Span::parse(one, other).is_ok());
        for (since, until) in [(one, one), (other, one)] {
            assert_eq!(Span::parse(since, until), Err(NoSpan::Backwards));
        }
    }
}
