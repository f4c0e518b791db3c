//! Changes of single values; every other byte stays as it was.
//!
//! A change is worked out as splices of the text, from the places of the
//! nodes. Whether it did what was asked, and nothing else, is not assumed:
//! [`change`] parses the outcome and compares.

use super::ProjectError;
use super::render::Layout;
use super::scalar::Value;
use super::splice::{Editor, apply};
use super::tree::{self, Entry, Kind, Node};

/// What to do at a path of keys.
#[derive(Debug, Clone, Copy)]
pub(super) enum Change<'a> {
    /// Put this value there, creating the keys that are missing.
    Set(&'a Value),
    /// Take the key away, if it is there.
    Remove,
}

/// Makes one change and gives the new text with its tree. A mapping is merged:
/// keys it does not name stay. A null is not written where nothing stands.
///
/// # Errors
/// When the file is laid out in a way that does not let this one value change.
pub(super) fn change(
    file: &str,
    text: &str,
    root: &Node,
    path: &[&str],
    change: Change<'_>,
) -> Result<(String, Node), ProjectError> {
    if let Change::Set(Value::Map(entries)) = change
        && root
            .at(path)
            .is_some_and(|node| matches!(node.kind, Kind::Map { .. }))
    {
        return merge(file, text, root, path, entries);
    }
    if matches!(change, Change::Set(Value::Null)) && root.at(path).is_none() {
        // Absent and null read the same.
        return Ok((text.to_owned(), root.clone()));
    }
    let editor = Editor {
        text,
        layout: Layout::of(text, root),
    };
    let splices = match change {
        Change::Set(value) => editor.set(root, path, value),
        Change::Remove => editor.remove(root, path),
    };
    let refused = || cannot_change(file, root, path);
    let changed = apply(text, splices.ok_or_else(refused)?).ok_or_else(refused)?;
    let tree = tree::parse(file, &changed).map_err(|_| refused())?;
    let done = match change {
        Change::Set(value) => tree.at(path).is_some_and(|node| value.is(node)),
        Change::Remove => tree.at(path).is_none(),
    };
    if done && same_beside(root, &tree, path) {
        Ok((changed, tree))
    } else {
        Err(refused())
    }
}

fn merge(
    file: &str,
    text: &str,
    root: &Node,
    path: &[&str],
    entries: &[(String, Value)],
) -> Result<(String, Node), ProjectError> {
    let mut state = (text.to_owned(), root.clone());
    for (key, value) in entries {
        let mut path = path.to_vec();
        path.push(key);
        state = change(file, &state.0, &state.1, &path, Change::Set(value))?;
    }
    Ok(state)
}

fn cannot_change(file: &str, root: &Node, path: &[&str]) -> ProjectError {
    let line = (0..=path.len())
        .rev()
        .filter_map(|depth| root.at(path.get(..depth)?))
        .map(|node| node.line)
        .next();
    ProjectError {
        file: file.to_owned(),
        line,
        key: path.join("."),
        message: "the file is laid out in a way that does not let this value be changed alone: \
                  change it by hand"
            .to_owned(),
    }
}

/// Whether two trees read the same everywhere but at a path. Keys on the way
/// to it may be new on the right; nulls on the way may have become mappings.
fn same_beside(left: &Node, right: &Node, path: &[&str]) -> bool {
    let Some((key, rest)) = path.split_first() else {
        return true;
    };
    let others = |node: &Node| match &node.kind {
        Kind::Map { entries, .. } => Some(
            entries
                .iter()
                .filter(|entry| entry.key != *key)
                .cloned()
                .collect::<Vec<Entry>>(),
        ),
        _ if node.is_null() => Some(Vec::new()),
        _ => None,
    };
    let (Some(left_others), Some(right_others)) = (others(left), others(right)) else {
        return false;
    };
    let same_others = left_others.len() == right_others.len()
        && left_others
            .iter()
            .zip(&right_others)
            .all(|(l, r)| l.key == r.key && same(&l.value, &r.value));
    same_others
        && match (left.entry(key), right.entry(key)) {
            (Some(l), Some(r)) => same_beside(&l.value, &r.value, rest),
            _ => true,
        }
}

fn same(left: &Node, right: &Node) -> bool {
    match (&left.kind, &right.kind) {
        (Kind::Scalar { text: l, style: a }, Kind::Scalar { text: r, style: b }) => {
            l == r && a == b
        }
        (Kind::List { items: l, .. }, Kind::List { items: r, .. }) => {
            l.len() == r.len() && l.iter().zip(r).all(|(l, r)| same(l, r))
        }
        (Kind::Map { entries: l, .. }, Kind::Map { entries: r, .. }) => {
            l.len() == r.len()
                && l.iter()
                    .zip(r)
                    .all(|(l, r)| l.key == r.key && same(&l.value, &r.value))
        }
        _ => false,
    }
}
