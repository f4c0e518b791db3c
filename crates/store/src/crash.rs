//! Named points at which a test stops the process as a power cut would, to see
//! what the database holds then. Nothing of it is in a build without the
//! feature `crash-points`.

use std::sync::OnceLock;

static POINT: OnceLock<String> = OnceLock::new();

/// Every point, in the order in which each is passed.
pub const POINTS: [&str; 12] = [
    "code-begun",
    "code-consumed",
    "code-refresh-kept",
    "code-committed",
    "rotation-begun",
    "rotation-consumed",
    "rotation-successor-kept",
    "rotation-committed",
    "device-begun",
    "device-consumed",
    "device-refresh-kept",
    "device-committed",
];

/// Lets this process end at the named point, once and for all.
pub fn stop_at(point: &str) {
    POINT.get_or_init(|| point.to_owned());
}

/// Ends the process when a test asked for it here.
pub(crate) fn point(name: &str) {
    if POINT.get().is_some_and(|asked| asked == name) {
        std::process::abort();
    }
}
