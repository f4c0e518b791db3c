//! Values as pages show them.

use jiff::Timestamp;

/// A time for people and for programs.
#[derive(Debug, Clone)]
pub(super) struct Time {
    /// As people read it, in UTC.
    pub(super) shown: String,
    /// As programs read it (RFC 3339).
    pub(super) machine: String,
}

impl Time {
    /// Of seconds since 1970.
    pub(super) fn of_seconds(seconds: i64) -> Self {
        Self::of_millis(seconds.saturating_mul(1000))
    }

    /// Of milliseconds since 1970.
    pub(super) fn of_millis(milliseconds: i64) -> Self {
        let time = Timestamp::from_millisecond(milliseconds).unwrap_or_default();
        Self {
            shown: time.strftime("%Y-%m-%d %H:%M UTC").to_string(),
            machine: time.strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
        }
    }
}
