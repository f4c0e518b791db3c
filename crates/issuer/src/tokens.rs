//! Access tokens: what they say and how they are signed.

pub(crate) mod mint;
pub(crate) mod profile;
