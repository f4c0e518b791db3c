//! The search field of long lists.

use shukuba_pages::shown::fill;
use url::form_urlencoded::byte_serialize;

use super::texts::ListTexts;

/// The longest text that is searched for, in characters.
const LONGEST: usize = 100;

/// The field, and what was typed.
pub(super) struct Search {
    pub(super) t: &'static ListTexts,
    /// Where the form leads.
    pub(super) action: &'static str,
    /// What else the form carries: a name and a value.
    pub(super) carried: Option<(&'static str, &'static str)>,
    /// The list without a search.
    pub(super) all: String,
    pub(super) hint: &'static str,
    /// What is searched for; empty where nothing is.
    pub(super) text: String,
}

impl Search {
    /// What was typed, as it is searched for.
    pub(super) fn read(typed: &str) -> String {
        typed.trim().chars().take(LONGEST).collect()
    }

    /// What is searched for, if anything is.
    pub(super) fn wanted(text: &str) -> Option<&str> {
        Some(text).filter(|text| !text.is_empty())
    }

    /// What an address says of the search; empty where there is none.
    pub(super) fn query(text: &str) -> String {
        match Self::wanted(text) {
            Some(text) => format!("&q={}", byte_serialize(text.as_bytes()).collect::<String>()),
            None => String::new(),
        }
    }

    /// That nothing was found.
    pub(super) fn none(&self) -> String {
        fill(self.t.none, &[("text", &self.text)])
    }
}
