//! What the engine promises, tried with real processes.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::exit,
    clippy::print_stdout,
    reason = "helpers of tests fail by panicking, as tests do; fixtures are programs"
)]

mod activity;
mod bootstrap;
mod building;
mod failures;
mod fixture;
mod leftovers;
mod lifecycle;
mod sessions;
mod smoke;
mod unpacking;
