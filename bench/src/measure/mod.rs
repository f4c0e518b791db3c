//! A file for each thing that is measured.

pub(crate) mod calls;
pub(crate) mod memory;
pub(crate) mod pages;
pub(crate) mod sessions;
pub(crate) mod tokens;
pub(crate) mod up;
