//! New lines in the manner of the file they join.

use super::scalar::{Value, quote};
use super::tree::{Kind, Node, Style};

/// How a file is laid out: its line ends, its indentation, where its dashes stand.
#[derive(Debug, Clone, Copy)]
pub(super) struct Layout {
    newline: &'static str,
    /// Spaces a nested mapping is moved in by.
    step: usize,
    /// Spaces a list's dashes are moved in by.
    dash: usize,
}

impl Layout {
    /// The AWS toolkit's: two spaces, dashes below their key.
    pub(super) const TOOLKIT: Self = Self {
        newline: "\n",
        step: 2,
        dash: 0,
    };

    /// The layout of a file, as its first nested mapping and first list show it.
    pub(super) fn of(text: &str, root: &Node) -> Self {
        let newline = match text.find('\n').and_then(|end| text.get(..end)) {
            Some(line) if line.ends_with('\r') => "\r\n",
            _ => "\n",
        };
        Self {
            newline,
            step: find(text, root, Wanted::Map)
                .unwrap_or(Self::TOOLKIT.step)
                .max(1),
            dash: find(text, root, Wanted::List).unwrap_or(Self::TOOLKIT.dash),
        }
    }

    /// What ends a line.
    pub(super) fn newline(&self) -> &'static str {
        self.newline
    }

    /// The lines of a key and its value.
    pub(super) fn entry(&self, key: &str, value: &Value, indent: usize) -> String {
        let margin = " ".repeat(indent);
        let key = quote(key, Style::Plain);
        match value.inline(Style::Plain) {
            Some(inline) => format!("{margin}{key}: {inline}{}", self.newline),
            None => format!(
                "{margin}{key}:{}{}",
                self.newline,
                self.below(value, indent)
            ),
        }
    }

    /// The lines of a list or mapping whose key stands at `indent`.
    pub(super) fn below(&self, value: &Value, indent: usize) -> String {
        match value {
            Value::List(items) => items
                .iter()
                .map(|item| self.item(item, indent + self.dash))
                .collect(),
            Value::Map(entries) => entries
                .iter()
                .map(|(key, value)| self.entry(key, value, indent + self.step))
                .collect(),
            _ => String::new(),
        }
    }

    /// The line of a list's item whose dash stands at `indent`.
    pub(super) fn item(&self, text: &str, indent: usize) -> String {
        format!(
            "{}- {}{}",
            " ".repeat(indent),
            quote(text, Style::Plain),
            self.newline
        )
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Wanted {
    Map,
    List,
}

/// How far the first block collection of a kind is moved in from its key.
fn find(text: &str, node: &Node, wanted: Wanted) -> Option<usize> {
    let Kind::Map {
        entries,
        flow: false,
    } = &node.kind
    else {
        return None;
    };
    entries.iter().find_map(|entry| {
        let key = column(text, entry.key_start)?;
        let own = match (&entry.value.kind, wanted) {
            (
                Kind::Map {
                    entries,
                    flow: false,
                },
                Wanted::Map,
            ) => column(text, entries.first()?.key_start),
            (Kind::List { items, flow: false }, Wanted::List) => dash_column(text, items.first()?),
            _ => None,
        };
        own.and_then(|column| column.checked_sub(key))
            .or_else(|| find(text, &entry.value, wanted))
    })
}

fn column(text: &str, place: usize) -> Option<usize> {
    let before = text.get(..place)?;
    Some(before.len() - before.rfind('\n').map_or(0, |newline| newline + 1))
}

fn dash_column(text: &str, item: &Node) -> Option<usize> {
    let before = text.get(..item.start)?;
    column(text, before.trim_end_matches(' ').strip_suffix('-')?.len())
}
