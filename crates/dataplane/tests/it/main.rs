//! The data plane over real sockets, in front of real instances.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "helpers of tests fail the test that calls them"
)]

mod addresses;
mod bed;
mod challenge;
mod disconnect;
mod forward;
mod lifecycle;
mod login;
mod sessions;
mod streaming;

/// Not a test of its own: the engine starts this binary with this name to get
/// a fixture server.
#[test]
fn fixture_process() {
    shukuba_testkit::fixture::run_if_child();
}
