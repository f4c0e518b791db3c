//! Who reads a page, and in which language.

use http::HeaderMap;
use http::header::ACCEPT;
use shukuba_pages::Language;

use super::texts::{ENGLISH, JAPANESE, Texts};

/// The language and the frame of a page.
#[derive(Debug, Clone)]
pub(crate) struct Frame {
    /// What the person reads.
    pub(crate) language: Language,
    /// Where forms of the page may lead besides here: the source expression of
    /// a client's redirect URI, which browsers hold against `form-action`.
    pub(crate) form_target: Option<String>,
    /// Whether a program reads, which wants JSON and no page.
    pub(crate) program: bool,
}

impl Frame {
    /// The frame for the reader of these headers.
    pub(crate) fn of(headers: &HeaderMap) -> Self {
        let accept = headers
            .get(ACCEPT)
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default();
        Self {
            language: Language::of(headers),
            form_target: None,
            program: accept.contains("application/json") && !accept.contains("text/html"),
        }
    }

    /// Every sentence in the reader's language.
    pub(crate) fn texts(&self) -> &'static Texts {
        match self.language {
            Language::English => &ENGLISH,
            Language::Japanese => &JAPANESE,
        }
    }
}
