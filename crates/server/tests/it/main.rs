//! A whole server in this process, over HTTP.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "helpers of tests fail by panicking, as tests do"
)]

mod administration;
mod apis;
mod applications;
mod audit;
mod browsers;
mod calls;
mod clients;
mod console;
mod console_actor;
mod console_apis;
mod console_applications;
mod console_hostile;
mod console_house;
