//! The binary from outside.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "helpers of tests fail by panicking, as tests do"
)]

mod api;
mod app;
mod audit;
mod bed;
mod configure;
mod demo;
mod door;
mod foreign;
mod journeys;
mod key;
mod listening;
mod login;
mod person;
mod serve;
mod story;
mod token;
mod up;
mod user;
