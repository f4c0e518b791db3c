//! Access tokens: what they say and how they are signed.

pub(crate) mod id_token;
pub(crate) mod mint;
pub(crate) mod own;
pub(crate) mod profile;
