//! How many entries of a list one answer has.

use crate::ControlError;

/// The most entries of one answer.
pub(crate) const MOST: u32 = 1000;

/// How many when nothing is asked.
pub(crate) fn default_limit() -> u32 {
    100
}

/// The size of a page as it was asked for. What cannot be given is refused
/// rather than changed: whoever counts on it would take a part for the whole.
///
/// # Errors
/// [`ControlError::Invalid`] when it is 0 or more than [`MOST`].
pub(crate) fn limit(asked: u32) -> Result<u32, ControlError> {
    if (1..=MOST).contains(&asked) {
        return Ok(asked);
    }
    Err(ControlError::Invalid {
        message: format!("limit is {asked}, but one answer has 1 to {MOST} entries"),
        hint: Some(
            "ask for the rest by another request, after or before the last entry".to_owned(),
        ),
    })
}
