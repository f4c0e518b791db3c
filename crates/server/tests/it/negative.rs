//! The negative cases of docs/reference/negative-cases.md that are told as
//! request and answer: over a socket, against a whole server, a row each.

mod assertions;
mod authorize;
mod bed;
mod consent;
mod door;
mod ledger;
mod operations;
mod registration;
mod revocation;
mod row;
mod token;
