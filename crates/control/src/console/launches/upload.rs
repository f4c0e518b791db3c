//! The form that carries files. Nothing of it is kept before its first field
//! proves who sent it.

use std::collections::BTreeMap;
use std::path::Path;

use axum::extract::multipart::{Field, MultipartError};
use axum::extract::{FromRequest, Multipart, Request};
use axum::response::{IntoResponse as _, Response};
use shukuba_engine::{Packed, Packer};

use super::form::Fields;
use crate::Control;
use crate::console::act::operator;
use crate::console::trouble::{Kind, Trouble};
use crate::console::visit::Visit;

/// The most files of a form.
pub(super) const MOST_FILES: usize = 200;
/// The most bytes of all files of a form, which lie in memory until packed.
pub(super) const MOST_BYTES: usize = 32 * 1024 * 1024;
/// The most bytes of a form: those of the largest upload at all. What is above
/// [`MOST_BYTES`] is read to its end without being kept, so that it is answered
/// by an explanation and not by a broken connection.
pub(in crate::console) const MOST_BODY: usize = 256 * 1024 * 1024;
/// The most bytes of a field that is no file.
const MOST_TEXT: usize = 16 * 1024;
/// The longest path of a file.
const LONGEST_PATH: usize = 240;

/// A form of an operator, with the files it carries.
pub(in crate::console) struct Upload {
    /// Who sent it.
    pub(super) visit: Visit,
    /// What was typed.
    pub(super) fields: Fields,
    /// The files.
    pub(super) files: Files,
}

/// Files by their paths.
#[derive(Default)]
pub(super) struct Files {
    kept: BTreeMap<String, Vec<u8>>,
    bytes: usize,
    /// What is wrong with them, the first thing only.
    pub(super) wrong: Option<Wrong>,
}

/// What is wrong with the files.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Wrong {
    /// More than [`MOST_FILES`].
    TooMany,
    /// More than [`MOST_BYTES`].
    TooLarge,
    /// A name that is no path inside a project.
    Name(String),
    /// Two files of one name.
    Twice(String),
}

impl FromRequest<Control> for Upload {
    type Rejection = Response;

    async fn from_request(request: Request, control: &Control) -> Result<Self, Response> {
        let (mut parts, body) = request.into_parts();
        let visit = operator(&mut parts, control).await?;
        let language = visit.language;
        let refusal = |kind| Trouble::of(language, kind).into_response();
        let request = Request::from_parts(parts, body);
        // What is no form of ours has no proof either.
        let Ok(mut form) = Multipart::from_request(request, control).await else {
            return Err(refusal(Kind::Forged));
        };
        let csrf = match form.next_field().await {
            Ok(Some(field)) if field.name() == Some("csrf") && field.file_name().is_none() => {
                text(field).await.unwrap_or_default()
            }
            _ => None,
        };
        let proven = csrf.is_some_and(|csrf| visit.is_proven_by(&csrf));
        if !proven {
            return Err(refusal(Kind::Forged));
        }
        match rest(form).await {
            Ok(Some((fields, files))) => Ok(Self {
                visit,
                fields,
                files,
            }),
            Ok(None) | Err(_) => Err(refusal(Kind::Unreadable)),
        }
    }
}

/// What follows the proof; `None` where a field is no text.
async fn rest(mut form: Multipart) -> Result<Option<(Fields, Files)>, MultipartError> {
    let mut fields = Fields::default();
    let mut files = Files::default();
    while let Some(field) = form.next_field().await? {
        if let Some(name) = field.file_name() {
            let name = name.to_owned();
            files.read(name, field).await?;
            continue;
        }
        let name = field.name().unwrap_or_default().to_owned();
        let Some(value) = text(field).await? else {
            return Ok(None);
        };
        fields.take(&name, value);
    }
    Ok(Some((fields, files)))
}

async fn text(mut field: Field<'_>) -> Result<Option<String>, MultipartError> {
    let mut bytes = Vec::new();
    while let Some(chunk) = field.chunk().await? {
        if bytes.len() + chunk.len() > MOST_TEXT {
            return Ok(None);
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(String::from_utf8(bytes).ok())
}

impl Files {
    async fn read(&mut self, name: String, mut field: Field<'_>) -> Result<(), MultipartError> {
        let mut content = Vec::new();
        while let Some(chunk) = field.chunk().await? {
            self.bytes += chunk.len();
            if self.bytes > MOST_BYTES {
                self.wrong.get_or_insert(Wrong::TooLarge);
            }
            // What is refused anyway is read to its end and not kept.
            if self.wrong.is_none() {
                content.extend_from_slice(&chunk);
            }
        }
        // A field for files in which none was chosen.
        if !(name.is_empty() && content.is_empty()) {
            self.keep(&name, content);
        }
        Ok(())
    }

    fn keep(&mut self, name: &str, content: Vec<u8>) {
        if self.wrong.is_some() {
            return;
        }
        self.wrong = match path_in_project(name) {
            None => Some(Wrong::Name(name.to_owned())),
            Some(path) if self.kept.contains_key(path) => Some(Wrong::Twice(name.to_owned())),
            Some(_) if self.kept.len() >= MOST_FILES => Some(Wrong::TooMany),
            Some(path) => {
                self.kept.insert(path.to_owned(), content);
                None
            }
        };
    }

    /// Whether there is none.
    pub(super) fn is_empty(&self) -> bool {
        self.kept.is_empty()
    }

    /// Whether they are one packed project.
    pub(super) fn is_archive(&self) -> bool {
        let mut names = self.kept.keys();
        let first = names.next();
        names.next().is_none()
            && first.is_some_and(|name| name.ends_with(".tar.gz") || name.ends_with(".tgz"))
    }

    /// Whether one has that path.
    pub(super) fn has(&self, path: &str) -> bool {
        self.kept.contains_key(path)
    }

    /// Packs them; a project that is packed already stays as it is.
    ///
    /// # Errors
    /// When a path cannot be written into a tar.
    pub(super) fn pack(self) -> std::io::Result<Packed> {
        if self.is_archive() {
            let archive = self.kept.into_values().next().unwrap_or_default();
            return Ok(Packed::of_archive(archive));
        }
        let mut packer = Packer::default();
        for (path, content) in &self.kept {
            packer.add(Path::new(path), content, content.starts_with(b"#!"))?;
        }
        packer.finish()
    }
}

/// A file's path, when it stays inside a project and is plain to read.
pub(super) fn path_in_project(name: &str) -> Option<&str> {
    let plain = !name.is_empty()
        && name.len() <= LONGEST_PATH
        && !name
            .chars()
            .any(|letter| letter.is_control() || letter == '\\');
    let inside = name
        .split('/')
        .all(|part| !matches!(part, "" | "." | "..") && part.trim() == part);
    (plain && inside).then_some(name)
}

#[cfg(test)]
mod tests {
    use std::path::Component;

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn names_that_lead_out_of_a_project_are_refused() {
        let long = "a".repeat(LONGEST_PATH + 1);
        for name in [
            "",
            "/etc/passwd",
            "../up.py",
            "a/../../up.py",
            "a//b",
            "./a",
            "a\\b",
            "C:\\a",
            "a\nb",
            "a\0b",
            "a/",
            "..",
            &long,
        ] {
            assert_eq!(path_in_project(name), None, "{name:?}");
        }
        for name in ["mcp_server.py", "tools/add.py", ".env.example", "読む.md"] {
            assert_eq!(path_in_project(name), Some(name));
        }
    }

    #[test]
    fn files_are_bounded_and_none_is_taken_for_another() {
        let mut files = Files::default();
        for number in 0..=MOST_FILES {
            files.keep(&number.to_string(), Vec::new());
        }
        assert_eq!(files.wrong, Some(Wrong::TooMany));
        assert_eq!(files.kept.len(), MOST_FILES);
        let mut files = Files::default();
        files.keep("a.py", b"1".to_vec());
        files.keep("a.py", b"2".to_vec());
        assert_eq!(files.wrong, Some(Wrong::Twice("a.py".to_owned())));
    }

    proptest! {
        #[test]
        fn whatever_a_file_is_called_it_lands_inside(name in "[a./\\\\\\x00-\\x1f ~]{0,12}|.{0,40}") {
            if let Some(path) = path_in_project(&name) {
                prop_assert!(!path.chars().any(char::is_control));
                let plain = |part| matches!(part, Component::Normal(_));
                prop_assert!(Path::new(path).components().all(plain));
                let mut packer = Packer::default();
                prop_assert!(packer.add(Path::new(path), b"", false).is_ok());
            }
        }
    }
}
