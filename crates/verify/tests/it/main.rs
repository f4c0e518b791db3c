//! The verifier against fake providers over real HTTP on loopback. Tests named
//! `rNN_…` are the negative cases of a resource server, by their numbers.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::string_slice,
    reason = "tests fail by panicking"
)]

mod cache;
mod claims;
mod discovery;
mod explain;
mod header;
mod login;
mod own;
mod provider_trouble;
mod public_fetch;
mod seed;
mod signature;
mod support;
