//! The negative cases of docs/reference/negative-cases.md that are told as
//! request and answer: over a socket, against a whole server, a row each.

mod assertions;
mod authorize;
pub(crate) mod bed;
pub(crate) mod consent;
mod door;
mod ledger;
mod operations;
mod registration;
mod revocation;
pub(crate) mod row;
mod token;
