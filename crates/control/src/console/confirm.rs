//! What is asked before something ends.

use askama::Template;

use super::shell::Shell;

/// The list that something is in.
pub(super) struct List {
    pub(super) page: &'static str,
    pub(super) title: &'static str,
}

/// The question, with what the end means.
#[derive(Template)]
#[template(path = "console/confirm.html")]
pub(super) struct Confirm {
    pub(super) shell: Shell,
    pub(super) list: List,
    /// What is to end, and its page.
    pub(super) name: String,
    pub(super) link: String,
    pub(super) title: String,
    /// What it means.
    pub(super) what: Vec<String>,
    /// Where the answer is sent, and what it carries.
    pub(super) action: String,
    pub(super) hidden: Vec<(&'static str, String)>,
    pub(super) submit: &'static str,
    pub(super) cancel: &'static str,
}
