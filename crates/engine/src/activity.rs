//! What is going on in a runtime, in figures.

use shukuba_model::wire::StartFailure;

/// What is going on in a runtime now.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Activity {
    /// How many instances run or start.
    pub instances: usize,
    /// How many of them still start.
    pub starting: usize,
    /// How many sessions lead to them.
    pub sessions: usize,
    /// Why the last instance that was started did not come up; `None` once
    /// another did, or another version serves.
    pub last_failure: Option<StartFailure>,
}
