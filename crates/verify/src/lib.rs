//! Who is calling? A token and its issuer's keys in, a permit or a refusal that explains itself out.
//!
//! [`Verifier::check`] judges the `Authorization` header of a request and
//! [`Verifier::explain`] shows the same judgement rule by rule; both come from
//! one evaluator, so they cannot differ. Everything this crate fetches goes
//! through one [`fetch::GuardedClient`].

mod assertion;
mod bearer;
mod claims;
pub mod discovery;
mod entry;
pub mod fetch;
mod issuers;
mod judgement;
mod jws;
mod keys;
mod people;
mod permit;
mod refusal;
mod rules;
mod trace;
mod verified;
mod verifier;
mod wording;

pub use assertion::{
    ASSERTION_ALGORITHMS, AssertionError, AssertionUse, ClientAssertion, Signature,
};
pub use discovery::{DiscoveryError, PresetHint, ProviderFacts};
pub use permit::{Permit, Principal};
pub use refusal::{Reason, Refusal};
pub use verifier::{CheckRequest, Verifier, VerifierSettings};
