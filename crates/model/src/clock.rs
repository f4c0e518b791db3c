//! The time, as a value that tests can set.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

/// Tells the time in seconds since 1970 (JWT's `NumericDate`).
#[derive(Clone)]
pub struct Clock(Source);

#[derive(Clone)]
enum Source {
    System,
    Fixed(Arc<AtomicI64>),
}

impl Clock {
    /// The machine's clock.
    pub fn system() -> Self {
        Self(Source::System)
    }

    /// A clock that stands at `seconds` until [`Clock::advance`] moves it.
    pub fn fixed(seconds: i64) -> Self {
        Self(Source::Fixed(Arc::new(AtomicI64::new(seconds))))
    }

    /// Seconds since 1970.
    pub fn now(&self) -> i64 {
        match &self.0 {
            Source::System => SystemTime::now()
                .duration_since(UNIX_EPOCH)
                .map_or(0, |elapsed| {
                    i64::try_from(elapsed.as_secs()).unwrap_or(i64::MAX)
                }),
            Source::Fixed(seconds) => seconds.load(Ordering::Relaxed),
        }
    }

    /// Moves a fixed clock; the system's clock is left alone.
    pub fn advance(&self, seconds: i64) {
        if let Source::Fixed(now) = &self.0 {
            now.fetch_add(seconds, Ordering::Relaxed);
        }
    }
}

impl Default for Clock {
    fn default() -> Self {
        Self::system()
    }
}

impl std::fmt::Debug for Clock {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Clock({})", self.now())
    }
}
