//! What all pages share: the languages they are written in, what strangers
//! wrote made fit to be shown, the headers that keep them to themselves, and
//! files served under addresses that change with them.
//!
//! The pages of a login (issuer) and the console (control) both stand on this,
//! and on nothing of each other.

mod asset;
mod cookies;
mod guard;
mod language;
pub mod shown;

pub use asset::Asset;
pub use cookies::pairs as cookie_pairs;
pub use guard::{Guard, Popup};
pub use language::Language;

/// The colours of all pages in light and dark, as CSS custom properties.
pub const PALETTE: &str = include_str!("palette.css");
