//! YAML text to nodes that know where they stand in it.

use saphyr_parser::{Event, Marker, Parser, ScalarStyle, Span, StrInput};

use super::ProjectError;

/// A project file is written by people; more than this is a mistake.
const MAX_BYTES: usize = 1024 * 1024;
const MAX_DEPTH: usize = 64;

/// A value and its place: bytes `start..end` of the text. A block collection
/// has no brackets; its `start` is that of its first entry, its `end` that of its last.
#[derive(Debug, Clone)]
pub(super) struct Node {
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) line: usize,
    pub(super) kind: Kind,
}

/// What a node holds.
#[derive(Debug, Clone)]
pub(super) enum Kind {
    Scalar { text: String, style: Style },
    List { items: Vec<Node>, flow: bool },
    Map { entries: Vec<Entry>, flow: bool },
}

/// A key with its value.
#[derive(Debug, Clone)]
pub(super) struct Entry {
    pub(super) key: String,
    pub(super) key_start: usize,
    pub(super) key_end: usize,
    pub(super) line: usize,
    pub(super) value: Node,
}

/// How a scalar is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Style {
    Plain,
    Single,
    Double,
    Block,
}

impl Node {
    /// Whether the value is null: left out, `~`, or `null` without quotes.
    pub(super) fn is_null(&self) -> bool {
        matches!(&self.kind, Kind::Scalar { text, style: Style::Plain }
            if matches!(text.as_str(), "" | "~" | "null" | "Null" | "NULL"))
    }

    /// The entry of a mapping that has this key.
    pub(super) fn entry(&self, key: &str) -> Option<&Entry> {
        match &self.kind {
            Kind::Map { entries, .. } => entries.iter().find(|entry| entry.key == key),
            _ => None,
        }
    }

    /// The value at a path of keys.
    pub(super) fn at(&self, path: &[&str]) -> Option<&Self> {
        path.iter()
            .try_fold(self, |node, key| node.entry(key).map(|entry| &entry.value))
    }

    /// What the value is, for a message.
    pub(super) fn describe(&self) -> &'static str {
        match &self.kind {
            _ if self.is_null() => "null",
            Kind::Scalar { .. } => "a single value",
            Kind::List { .. } => "a list",
            Kind::Map { .. } => "a mapping of keys",
        }
    }
}

/// Parses one document; an empty text is a null node.
///
/// # Errors
/// When the text is not YAML, uses what a project file may not (anchors,
/// aliases, tags, several documents, keys that are not words), is too large or
/// too deep, or names a key twice.
pub(super) fn parse(file: &str, text: &str) -> Result<Node, ProjectError> {
    if text.len() > MAX_BYTES {
        return Err(ProjectError {
            file: file.to_owned(),
            line: None,
            key: String::new(),
            message: format!(
                "the file has {} bytes; at most {MAX_BYTES} are read",
                text.len()
            ),
        });
    }
    let mut builder = Builder {
        file,
        offsets: char_offsets(text),
        stack: Vec::new(),
        root: None,
        documents: 0,
    };
    let mut parser: Parser<'_, StrInput<'_>> = Parser::new_from_str(text);
    while let Some(event) = parser.next_event() {
        let (event, span) =
            event.map_err(|error| builder.error(*error.marker(), yaml_problem(error.info())))?;
        builder.take(event, span)?;
    }
    Ok(builder.root.unwrap_or(Node {
        start: text.len(),
        end: text.len(),
        line: 1,
        kind: Kind::Scalar {
            text: String::new(),
            style: Style::Plain,
        },
    }))
}

fn yaml_problem(info: &str) -> String {
    format!("the text is not valid YAML: {info}")
}

fn char_offsets(text: &str) -> Vec<usize> {
    text.char_indices()
        .map(|(offset, _)| offset)
        .chain(std::iter::once(text.len()))
        .collect()
}

struct Builder<'a> {
    file: &'a str,
    /// The parser counts characters; nodes count bytes.
    offsets: Vec<usize>,
    stack: Vec<Frame>,
    root: Option<Node>,
    documents: usize,
}

/// A collection whose end has not come yet.
struct Frame {
    start: usize,
    line: usize,
    flow: bool,
    parts: Parts,
}

enum Parts {
    List(Vec<Node>),
    Map(Vec<Entry>, Option<PendingKey>),
}

struct PendingKey {
    key: String,
    start: usize,
    end: usize,
    line: usize,
}

impl Builder<'_> {
    fn take(&mut self, event: Event<'_>, span: Span) -> Result<(), ProjectError> {
        match event {
            Event::DocumentStart(_) => self.begin_document(span),
            Event::Alias(_) => Err(self.error(
                span.start,
                "an alias (*) is not supported here: write the value out",
            )),
            Event::Scalar(text, style, anchor, tag) => {
                self.refuse_properties(span, anchor, tag.is_some())?;
                self.scalar(text.into_owned(), style, span)
            }
            Event::SequenceStart(anchor, tag) => {
                self.refuse_properties(span, anchor, tag.is_some())?;
                self.open(span, Parts::List(Vec::new()))
            }
            Event::MappingStart(anchor, tag) => {
                self.refuse_properties(span, anchor, tag.is_some())?;
                self.open(span, Parts::Map(Vec::new(), None))
            }
            Event::SequenceEnd | Event::MappingEnd => self.close(span),
            _ => Ok(()),
        }
    }

    fn begin_document(&mut self, span: Span) -> Result<(), ProjectError> {
        self.documents += 1;
        if self.documents > 1 {
            return Err(self.error(
                span.start,
                "a second YAML document begins here; a project file has one",
            ));
        }
        Ok(())
    }

    fn refuse_properties(
        &self,
        span: Span,
        anchor: usize,
        tagged: bool,
    ) -> Result<(), ProjectError> {
        let what = match (anchor != 0, tagged) {
            (true, _) => "an anchor (&)",
            (_, true) => "a tag (!)",
            _ => return Ok(()),
        };
        Err(self.error(
            span.start,
            format!("{what} is not supported here: write the plain value"),
        ))
    }

    fn scalar(&mut self, text: String, style: ScalarStyle, span: Span) -> Result<(), ProjectError> {
        let (start, end) = (
            self.offset(span.start),
            self.offset(span.end).max(self.offset(span.start)),
        );
        if let Some(Frame {
            parts: Parts::Map(_, pending @ None),
            ..
        }) = self.stack.last_mut()
        {
            *pending = Some(PendingKey {
                key: text,
                start,
                end,
                line: span.start.line(),
            });
            return Ok(());
        }
        let style = match style {
            ScalarStyle::Plain => Style::Plain,
            ScalarStyle::SingleQuoted => Style::Single,
            ScalarStyle::DoubleQuoted => Style::Double,
            ScalarStyle::Literal | ScalarStyle::Folded => Style::Block,
        };
        self.add(Node {
            start,
            end,
            line: span.start.line(),
            kind: Kind::Scalar { text, style },
        })
    }

    fn open(&mut self, span: Span, parts: Parts) -> Result<(), ProjectError> {
        if matches!(
            self.stack.last(),
            Some(Frame {
                parts: Parts::Map(_, None),
                ..
            })
        ) {
            return Err(self.error(span.start, "a key must be a single word or string"));
        }
        if self.stack.len() >= MAX_DEPTH {
            return Err(self.error(
                span.start,
                format!("more than {MAX_DEPTH} levels of nesting"),
            ));
        }
        self.stack.push(Frame {
            start: self.offset(span.start),
            line: span.start.line(),
            flow: span.end.index() > span.start.index(),
            parts,
        });
        Ok(())
    }

    fn close(&mut self, span: Span) -> Result<(), ProjectError> {
        let Some(frame) = self.stack.pop() else {
            return Ok(());
        };
        let Frame {
            start, line, flow, ..
        } = frame;
        let (kind, last) = match frame.parts {
            Parts::List(items) => {
                let last = items.last().map(|item| item.end);
                (Kind::List { items, flow }, last)
            }
            Parts::Map(entries, _) => {
                let last = entries
                    .last()
                    .map(|entry| entry.value.end.max(entry.key_end));
                (Kind::Map { entries, flow }, last)
            }
        };
        let end = if flow {
            self.offset(span.end)
        } else {
            last.unwrap_or(start)
        };
        self.add(Node {
            start,
            end,
            line,
            kind,
        })
    }

    fn add(&mut self, node: Node) -> Result<(), ProjectError> {
        let Some(frame) = self.stack.last_mut() else {
            self.root = Some(node);
            return Ok(());
        };
        match &mut frame.parts {
            Parts::List(items) => items.push(node),
            Parts::Map(entries, pending) => {
                let Some(key) = pending.take() else {
                    return Ok(());
                };
                if let Some(first) = entries.iter().find(|entry| entry.key == key.key) {
                    let message = format!("the key stands already on line {}", first.line);
                    return Err(self.duplicate(&key, message));
                }
                entries.push(Entry {
                    key: key.key,
                    key_start: key.start,
                    key_end: key.end,
                    line: key.line,
                    value: node,
                });
            }
        }
        Ok(())
    }

    fn duplicate(&self, key: &PendingKey, message: String) -> ProjectError {
        let mut path: Vec<&str> = self
            .stack
            .iter()
            .filter_map(|frame| match &frame.parts {
                Parts::Map(_, Some(pending)) => Some(pending.key.as_str()),
                _ => None,
            })
            .collect();
        path.push(&key.key);
        ProjectError {
            file: self.file.to_owned(),
            line: Some(key.line),
            key: path.join("."),
            message,
        }
    }

    fn error(&self, at: Marker, message: impl Into<String>) -> ProjectError {
        ProjectError {
            file: self.file.to_owned(),
            line: Some(at.line()),
            key: String::new(),
            message: message.into(),
        }
    }

    fn offset(&self, at: Marker) -> usize {
        let end = self.offsets.last().copied().unwrap_or(0);
        self.offsets.get(at.index()).copied().unwrap_or(end)
    }
}
