//! Where a change cuts into the text.

use std::ops::Range;

use super::render::Layout;
use super::scalar::{Value, quote};
use super::tree::{Entry, Kind, Node, Style};

/// Keys in the order the AWS toolkit writes them, so that a missing key is
/// put where a reader expects it.
const ORDER: &[&str] = &[
    "default_agent",
    "agents",
    "name",
    "entrypoint",
    "platform",
    "container_runtime",
    "aws",
    "execution_role",
    "execution_role_auto_create",
    "account",
    "region",
    "ecr_repository",
    "ecr_auto_create",
    "network_configuration",
    "protocol_configuration",
    "observability",
    "bedrock_agentcore",
    "agent_id",
    "agent_arn",
    "agent_session_id",
    "codebuild",
    "authorizer_configuration",
    "customJWTAuthorizer",
    "discoveryUrl",
    "allowedClients",
    "allowedAudience",
    "allowedScopes",
    "oauth_configuration",
];

/// Replaces a range of bytes.
#[derive(Debug)]
pub(super) struct Splice {
    range: Range<usize>,
    with: String,
}

impl Splice {
    fn new(range: Range<usize>, with: impl Into<String>) -> Self {
        Self {
            range,
            with: with.into(),
        }
    }
}

/// Makes the replacements; `None` when a range is not in the text.
pub(super) fn apply(text: &str, mut splices: Vec<Splice>) -> Option<String> {
    splices.sort_by_key(|splice| splice.range.start);
    let mut changed = String::with_capacity(text.len());
    let mut done = 0;
    for splice in splices {
        changed.push_str(text.get(done..splice.range.start)?);
        changed.push_str(&splice.with);
        done = splice.range.end;
    }
    changed.push_str(text.get(done..)?);
    Some(changed)
}

/// Works out splices; `None` where the layout does not allow one.
pub(super) struct Editor<'a> {
    pub(super) text: &'a str,
    pub(super) layout: Layout,
}

impl Editor<'_> {
    /// Puts a value at a path of keys, creating those that are missing.
    pub(super) fn set(&self, root: &Node, path: &[&str], value: &Value) -> Option<Vec<Splice>> {
        let mut node = root;
        let mut holder: Option<&Entry> = None;
        let mut in_brackets = false;
        let mut keys = path;
        while let Some((key, rest)) = keys.split_first() {
            if let Kind::Map { entries, flow } = &node.kind {
                in_brackets |= *flow;
                let Some(entry) = entries.iter().find(|entry| entry.key == *key) else {
                    return self.insert(node, key, &nest(rest, value));
                };
                holder = Some(entry);
                node = &entry.value;
                keys = rest;
            } else if node.is_null() {
                let filled = nest(keys, value);
                return match holder {
                    Some(holder) => self.replace(holder, in_brackets, &filled),
                    None => Some(vec![self.append(&filled)?]),
                };
            } else {
                return None;
            }
        }
        self.replace(holder?, in_brackets, value)
    }

    /// Takes a key away with its lines.
    pub(super) fn remove(&self, root: &Node, path: &[&str]) -> Option<Vec<Splice>> {
        let (key, parents) = path.split_last()?;
        let Some(Kind::Map { entries, flow }) = root.at(parents).map(|node| &node.kind) else {
            return Some(Vec::new());
        };
        let Some(index) = entries.iter().position(|entry| entry.key == *key) else {
            return Some(Vec::new());
        };
        let entry = entries.get(index)?;
        let end = content_end(entry);
        match (flow, entries.len()) {
            (_, 1) => None,
            (false, _) => {
                self.margin(entry.key_start)?;
                let lines = self.line_start(entry.key_start)..self.line_after(end);
                Some(vec![Splice::new(lines, "")])
            }
            (true, _) => {
                let range = match index.checked_sub(1).and_then(|before| entries.get(before)) {
                    Some(before) => content_end(before)..end,
                    None => entry.key_start..entries.get(index + 1)?.key_start,
                };
                Some(vec![Splice::new(range, "")])
            }
        }
    }

    /// A missing key goes behind the last one that comes before it in [`ORDER`].
    fn insert(&self, map: &Node, key: &str, value: &Value) -> Option<Vec<Splice>> {
        let Kind::Map { entries, flow } = &map.kind else {
            return None;
        };
        // Keys without a place in the order, and ours, come last.
        let before = match rank_of(key) {
            Some(rank) => entries
                .iter()
                .rfind(|entry| rank_of(&entry.key).is_some_and(|other| other < rank)),
            None => entries.last(),
        };
        if *flow {
            let pair = Value::Map(vec![(key.to_owned(), value.clone())]).flow();
            let pair = pair.trim_start_matches('{').strip_suffix('}')?.to_owned();
            let splice = match (before, entries.first()) {
                (Some(before), _) => Splice::new(at(content_end(before)), format!(", {pair}")),
                (None, Some(first)) => Splice::new(at(first.key_start), format!("{pair}, ")),
                (None, None) => Splice::new(at(map.start + 1), pair),
            };
            return Some(vec![splice]);
        }
        let indent = self.margin(entries.first()?.key_start)?;
        let lines = self.layout.entry(key, value, indent);
        Some(vec![match before {
            Some(before) => self.lines_after(content_end(before), &lines),
            None => Splice::new(at(self.line_start(entries.first()?.key_start)), lines),
        }])
    }

    fn append(&self, value: &Value) -> Option<Splice> {
        let Value::Map(entries) = value else {
            return None;
        };
        let lines: String = entries
            .iter()
            .map(|(key, value)| self.layout.entry(key, value, 0))
            .collect();
        Some(self.lines_after(self.text.len(), &lines))
    }

    fn replace(&self, holder: &Entry, in_brackets: bool, value: &Value) -> Option<Vec<Splice>> {
        let old = &holder.value;
        if value.is(old) {
            return Some(Vec::new());
        }
        let has_brackets = matches!(
            old.kind,
            Kind::List { flow: true, .. } | Kind::Map { flow: true, .. }
        );
        match (&old.kind, value) {
            (Kind::Map { .. }, Value::Map(_)) => None,
            (Kind::List { items, flow: false }, Value::List(texts)) if !texts.is_empty() => {
                self.replace_items(items, texts)
            }
            _ if in_brackets || has_brackets => {
                Some(vec![self.replace_inline(holder, value.flow())?])
            }
            (Kind::Scalar { style, .. }, _) => match value.inline(*style) {
                Some(inline) => Some(vec![self.replace_inline(holder, inline)?]),
                None => self.replace_by_block(holder, value),
            },
            _ => self.collapse(holder, value.inline(Style::Plain)?),
        }
    }

    /// Writes over a value that stands on its key's line.
    fn replace_inline(&self, holder: &Entry, with: String) -> Option<Splice> {
        let old = &holder.value;
        let colon = self.colon(holder)?;
        let is_block = matches!(
            old.kind,
            Kind::Scalar {
                style: Style::Block,
                ..
            }
        );
        if old.start == old.end {
            return Some(Splice::new(at(colon + 1), format!(" {with}")));
        }
        if is_block {
            let end = self.trimmed(old.end);
            return Some(Splice::new(colon + 1..end, format!(" {with}")));
        }
        Some(Splice::new(old.start..old.end, with))
    }

    /// Turns a scalar into a list or mapping on the lines below its key.
    fn replace_by_block(&self, holder: &Entry, value: &Value) -> Option<Vec<Splice>> {
        let indent = self.margin(holder.key_start)?;
        let colon = self.colon(holder)?;
        let old_end = self.trimmed(holder.value.end.max(colon + 1));
        let lines = self.layout.below(value, indent);
        Some(vec![
            Splice::new(colon + 1..old_end, ""),
            self.lines_after(old_end, &lines),
        ])
    }

    /// Turns a block collection into a value on its key's line.
    fn collapse(&self, holder: &Entry, with: String) -> Option<Vec<Splice>> {
        let colon = self.colon(holder)?;
        let below = self.line_after(colon)..self.line_after(content_end(holder));
        if holder.value.start < below.start {
            return None;
        }
        Some(vec![
            Splice::new(at(colon + 1), format!(" {with}")),
            Splice::new(below, ""),
        ])
    }

    /// Changes the items of a block list that differ, and no line of the others.
    fn replace_items(&self, items: &[Node], texts: &[String]) -> Option<Vec<Splice>> {
        let is = |(item, text): &(&Node, &String)| Value::Text((*text).clone()).is(item);
        let head = items.iter().zip(texts).take_while(is).count();
        let most = items.len().min(texts.len()) - head;
        let tail = items
            .iter()
            .rev()
            .zip(texts.iter().rev())
            .take(most)
            .take_while(is)
            .count();
        let old = items.get(head..items.len() - tail)?;
        let new = texts.get(head..texts.len() - tail)?;
        if old.len() == new.len() {
            return old
                .iter()
                .zip(new)
                .map(|(item, text)| match &item.kind {
                    Kind::Scalar { style, .. }
                        if *style != Style::Block && item.start < item.end =>
                    {
                        let text = quote(text, *style);
                        Some(Splice::new(item.start..item.end, text))
                    }
                    _ => None,
                })
                .collect();
        }
        let indent = self.dash(items.first()?)?;
        let lines: String = new
            .iter()
            .map(|text| self.layout.item(text, indent))
            .collect();
        let splice = match (old.first(), old.last(), head.checked_sub(1)) {
            (Some(first), Some(last), _) => {
                self.dash(first)?;
                let range = self.line_start(first.start)..self.line_after(self.trimmed(last.end));
                Splice::new(range, lines)
            }
            (_, _, Some(before)) => self.lines_after(self.trimmed(items.get(before)?.end), &lines),
            _ => Splice::new(at(self.line_start(items.first()?.start)), lines),
        };
        Some(vec![splice])
    }

    /// Puts lines below the line of a place.
    fn lines_after(&self, place: usize, lines: &str) -> Splice {
        let place = self.line_after(place);
        let ended = self
            .text
            .get(..place)
            .is_none_or(|before| before.is_empty() || before.ends_with('\n'));
        if ended {
            Splice::new(at(place), lines)
        } else {
            Splice::new(at(place), format!("{}{lines}", self.layout.newline()))
        }
    }

    /// The colon behind a key; `None` for `? key` on a line of its own.
    fn colon(&self, entry: &Entry) -> Option<usize> {
        let behind = self.text.get(entry.key_end..)?;
        let spaces = behind.len() - behind.trim_start_matches(' ').len();
        behind
            .get(spaces..)?
            .starts_with(':')
            .then_some(entry.key_end + spaces)
    }

    /// How many spaces stand before a place; `None` when anything else does.
    fn margin(&self, place: usize) -> Option<usize> {
        let before = self.text.get(self.line_start(place)..place)?;
        let before = before.trim_start_matches('\u{feff}');
        before
            .bytes()
            .all(|byte| byte == b' ')
            .then_some(before.len())
    }

    /// The column of an item's dash, when nothing else stands before it.
    fn dash(&self, item: &Node) -> Option<usize> {
        let before = self.text.get(self.line_start(item.start)..item.start)?;
        let margin = before.trim_end_matches(' ').strip_suffix('-')?;
        margin
            .bytes()
            .all(|byte| byte == b' ')
            .then_some(margin.len())
    }

    fn line_start(&self, place: usize) -> usize {
        let before = self.text.get(..place).unwrap_or_default();
        before.rfind('\n').map_or(0, |newline| newline + 1)
    }

    /// Where the line after the one of `place` begins, or the end of the text.
    fn line_after(&self, place: usize) -> usize {
        let rest = self.text.get(place..).unwrap_or_default();
        rest.find('\n')
            .map_or(self.text.len(), |newline| place + newline + 1)
    }

    /// A place, moved back over blank space and newlines.
    fn trimmed(&self, place: usize) -> usize {
        self.text
            .get(..place)
            .map_or(place, |before| before.trim_end().len())
    }
}

fn at(place: usize) -> Range<usize> {
    place..place
}

fn content_end(entry: &Entry) -> usize {
    entry.value.end.max(entry.key_end)
}

fn rank_of(key: &str) -> Option<usize> {
    ORDER.iter().position(|known| *known == key)
}

/// The value below the missing keys that lead to it.
fn nest(keys: &[&str], value: &Value) -> Value {
    keys.iter().rev().fold(value.clone(), |inner, key| {
        Value::Map(vec![((*key).to_owned(), inner)])
    })
}
