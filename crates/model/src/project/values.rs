//! Typed reading of nodes, with errors that name file, line and key.

use std::str::FromStr;

use super::ProjectError;
use super::scalar::read_bool;
use super::tree::{Kind, Node, Style};
use crate::name::NameError;

/// A key path and what stands there. Null and absent are the same: no node.
#[derive(Debug, Clone)]
pub(super) struct Field<'a> {
    file: &'a str,
    path: Vec<String>,
    /// The line of the value, or of the nearest key above it that exists.
    line: usize,
    node: Option<&'a Node>,
}

impl<'a> Field<'a> {
    /// The whole file.
    pub(super) fn root(file: &'a str, root: &'a Node) -> Self {
        Self {
            file,
            path: Vec::new(),
            line: root.line,
            node: Some(root).filter(|node| !node.is_null()),
        }
    }

    /// The field of a key below this one.
    ///
    /// # Errors
    /// When this field holds something else than a mapping.
    pub(super) fn get(&self, key: &str) -> Result<Self, ProjectError> {
        let mut path = self.path.clone();
        path.push(key.to_owned());
        let entry = match self.node {
            None => None,
            Some(node) if matches!(node.kind, Kind::Map { .. }) => node.entry(key),
            Some(node) => {
                return Err(self.error(format!(
                    "is {}; a mapping of keys is wanted",
                    node.describe()
                )));
            }
        };
        Ok(Self {
            file: self.file,
            path,
            line: entry.map_or(self.line, |entry| entry.line),
            node: entry
                .map(|entry| &entry.value)
                .filter(|value| !value.is_null()),
        })
    }

    /// Whether a value stands here.
    pub(super) fn is_set(&self) -> bool {
        self.node.is_some()
    }

    /// Whether a mapping stands here.
    pub(super) fn is_mapping(&self) -> bool {
        self.node
            .is_some_and(|node| matches!(node.kind, Kind::Map { .. }))
    }

    /// The keys of the mapping that stands here.
    ///
    /// # Errors
    /// When something else stands here.
    pub(super) fn keys(&self) -> Result<Vec<&'a str>, ProjectError> {
        match self.node {
            None => Ok(Vec::new()),
            Some(Node {
                kind: Kind::Map { entries, .. },
                ..
            }) => Ok(entries.iter().map(|entry| entry.key.as_str()).collect()),
            Some(node) => Err(self.error(format!(
                "is {}; a mapping of keys is wanted",
                node.describe()
            ))),
        }
    }

    /// The text that stands here.
    ///
    /// # Errors
    /// When a list or a mapping stands here.
    pub(super) fn text(&self) -> Result<Option<&'a str>, ProjectError> {
        match self.node {
            None => Ok(None),
            Some(Node {
                kind: Kind::Scalar { text, .. },
                ..
            }) => Ok(Some(text)),
            Some(node) => {
                Err(self.error(format!("is {}; a single value is wanted", node.describe())))
            }
        }
    }

    /// The text that stands here, checked by its type.
    ///
    /// # Errors
    /// When it does not have the type's shape.
    pub(super) fn parsed<T: FromStr<Err = NameError>>(&self) -> Result<Option<T>, ProjectError> {
        self.text()?
            .map(|text| text.parse().map_err(|error| self.name_error(&error)))
            .transpose()
    }

    /// The truth value that stands here.
    ///
    /// # Errors
    /// When something else than `true` or `false` stands here.
    pub(super) fn bool(&self) -> Result<Option<bool>, ProjectError> {
        match self.node {
            None => Ok(None),
            Some(Node {
                kind:
                    Kind::Scalar {
                        text,
                        style: Style::Plain,
                    },
                ..
            }) if read_bool(text).is_some() => Ok(read_bool(text)),
            Some(node) => {
                let seen = match &node.kind {
                    Kind::Scalar { text, .. } => format!("'{text}'"),
                    _ => node.describe().to_owned(),
                };
                Err(self.error(format!(
                    "{seen} is not valid: true or false, without quotes"
                )))
            }
        }
    }

    /// The texts of the list that stands here; empty where none does.
    ///
    /// # Errors
    /// When something else stands here, or an item is not a single value.
    pub(super) fn list(&self) -> Result<Vec<String>, ProjectError> {
        let items = match self.node {
            None => return Ok(Vec::new()),
            Some(Node {
                kind: Kind::List { items, .. },
                ..
            }) => items,
            Some(node) => {
                return Err(self.error(format!("is {}; a list is wanted", node.describe())));
            }
        };
        items
            .iter()
            .map(|item| match &item.kind {
                Kind::Scalar { text, .. } if !item.is_null() && !text.trim().is_empty() => {
                    Ok(text.clone())
                }
                _ => Err(ProjectError {
                    line: Some(item.line),
                    ..self.error(format!(
                        "an item is {}; a text is wanted",
                        if item.is_null() {
                            "null"
                        } else if matches!(item.kind, Kind::Scalar { .. }) {
                            "empty"
                        } else {
                            item.describe()
                        }
                    ))
                }),
            })
            .collect()
    }

    /// The field's error, with file, line and key.
    pub(super) fn error(&self, message: impl Into<String>) -> ProjectError {
        ProjectError {
            file: self.file.to_owned(),
            line: Some(self.line),
            key: self.path.join("."),
            message: message.into(),
        }
    }

    /// The error of a value that does not have the shape of its kind.
    pub(super) fn name_error(&self, error: &NameError) -> ProjectError {
        self.error(format!("'{}' is not valid: {}", error.value, error.rule))
    }
}

/// The word nearest to a misspelt one, when one is near.
pub(super) fn nearest<'a>(
    word: &str,
    candidates: impl IntoIterator<Item = &'a str>,
) -> Option<&'a str> {
    candidates
        .into_iter()
        .map(|candidate| (distance(word, candidate), candidate))
        .filter(|(distance, candidate)| *distance <= candidate.chars().count().div_ceil(2))
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// Levenshtein's distance, without regard to case.
fn distance(left: &str, right: &str) -> usize {
    // A key longer than this is not a misspelling of one of ours.
    let right: Vec<char> = right.to_lowercase().chars().collect();
    let mut row: Vec<usize> = (0..=right.len()).collect();
    for (index, l) in left.to_lowercase().chars().take(100).enumerate() {
        let mut next = Vec::with_capacity(row.len());
        next.push(index + 1);
        for ((r, above), diagonal) in right.iter().zip(row.iter().skip(1)).zip(&row) {
            let beside = next.last().copied().unwrap_or(usize::MAX - 1);
            let changed = diagonal + usize::from(l != *r);
            next.push(changed.min(beside + 1).min(above + 1));
        }
        row = next;
    }
    row.last().copied().unwrap_or(0)
}
