//! How values are written as YAML.

use super::tree::{Kind, Node, Style};

/// A value to write.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Value {
    Null,
    Bool(bool),
    Text(String),
    List(Vec<String>),
    Map(Vec<(String, Self)>),
}

impl Value {
    /// A text, or null where there is none.
    pub(super) fn text_or_null(text: Option<impl Into<String>>) -> Self {
        text.map_or(Self::Null, |text| Self::Text(text.into()))
    }

    /// A mapping in the order of the pairs.
    pub(super) fn map<const N: usize>(pairs: [(&str, Self); N]) -> Self {
        Self::Map(
            pairs
                .into_iter()
                .map(|(key, value)| (key.to_owned(), value))
                .collect(),
        )
    }

    /// Whether a node reads as this value already.
    pub(super) fn is(&self, node: &Node) -> bool {
        match (self, &node.kind) {
            (Self::Null, _) => node.is_null(),
            (Self::Bool(wanted), Kind::Scalar { text, style }) => {
                *style == Style::Plain && read_bool(text) == Some(*wanted)
            }
            (Self::Text(wanted), Kind::Scalar { text, .. }) => wanted == text && !node.is_null(),
            (Self::List(wanted), Kind::List { items, .. }) => {
                wanted.len() == items.len()
                    && wanted.iter().zip(items).all(
                        |(wanted, item)| matches!(&item.kind, Kind::Scalar { text, .. } if wanted == text && !item.is_null()),
                    )
            }
            (Self::Map(wanted), Kind::Map { entries, .. }) => {
                wanted.len() == entries.len()
                    && wanted.iter().zip(entries).all(|((key, value), entry)| {
                        *key == entry.key && value.is(&entry.value)
                    })
            }
            _ => false,
        }
    }

    /// The value on one line, where it can stand on one without brackets:
    /// scalars and empty collections.
    pub(super) fn inline(&self, style: Style) -> Option<String> {
        match self {
            Self::Null => Some("null".to_owned()),
            Self::Bool(value) => Some(value.to_string()),
            Self::Text(text) => Some(quote(text, style)),
            Self::List(items) if items.is_empty() => Some("[]".to_owned()),
            Self::Map(entries) if entries.is_empty() => Some("{}".to_owned()),
            Self::List(_) | Self::Map(_) => None,
        }
    }

    /// The value with brackets, for places inside brackets.
    pub(super) fn flow(&self) -> String {
        match self {
            Self::List(items) => {
                let items: Vec<String> = items.iter().map(|item| quote_in_flow(item)).collect();
                format!("[{}]", items.join(", "))
            }
            Self::Map(entries) => {
                let entries: Vec<String> = entries
                    .iter()
                    .map(|(key, value)| format!("{}: {}", quote_in_flow(key), value.flow()))
                    .collect();
                format!("{{{}}}", entries.join(", "))
            }
            Self::Text(text) => quote_in_flow(text),
            Self::Null => "null".to_owned(),
            Self::Bool(value) => value.to_string(),
        }
    }
}

/// A boolean as YAML 1.2 spells it.
pub(super) fn read_bool(text: &str) -> Option<bool> {
    match text {
        "true" | "True" | "TRUE" => Some(true),
        "false" | "False" | "FALSE" => Some(false),
        _ => None,
    }
}

/// A text as a scalar that every YAML reader takes for that text, in the
/// wanted style where the text allows it.
pub(super) fn quote(text: &str, style: Style) -> String {
    let printable = text
        .chars()
        .all(|c| !c.is_control() && c != '\u{feff}' && !is_line_break(c));
    match style {
        _ if !printable => double_quoted(text),
        Style::Double => double_quoted(text),
        Style::Plain | Style::Block if is_plain(text) => text.to_owned(),
        _ => format!("'{}'", text.replace('\'', "''")),
    }
}

fn quote_in_flow(text: &str) -> String {
    // A colon or a question mark is unremarkable in block text, but readers
    // disagree about both inside brackets.
    let style = if text.contains([':', '?']) {
        Style::Single
    } else {
        Style::Plain
    };
    quote(text, style)
}

/// Whether a text can stand without quotes and is still a string to YAML 1.1
/// (what the AWS toolkit reads with) and 1.2. Errs on the side of quoting.
fn is_plain(text: &str) -> bool {
    const WORDS: [&str; 11] = [
        "null", "true", "false", "yes", "no", "on", "off", "y", "n", "inf", "nan",
    ];
    let starts_well = text
        .chars()
        .next()
        .is_some_and(|first| first.is_ascii_alphabetic() || matches!(first, '/' | '_'));
    let allowed = |c: char| c.is_ascii_alphanumeric() || "_-./:@+%~=?".contains(c);
    starts_well
        && text.chars().all(allowed)
        && !text.ends_with(':')
        && !WORDS.contains(&text.to_ascii_lowercase().as_str())
        || is_id_that_begins_with_a_digit(text)
}

/// Whether a text such as `3MVG9abc` is letters and digits that no YAML reader
/// takes for a number or a time.
fn is_id_that_begins_with_a_digit(text: &str) -> bool {
    text.starts_with(|first: char| ('1'..='9').contains(&first))
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric())
        && text
            .bytes()
            .any(|byte| byte.is_ascii_alphabetic() && !byte.eq_ignore_ascii_case(&b'e'))
}

fn is_line_break(c: char) -> bool {
    matches!(c, '\u{85}' | '\u{2028}' | '\u{2029}')
}

fn double_quoted(text: &str) -> String {
    let mut quoted = String::from("\"");
    for c in text.chars() {
        match c {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            '\n' => quoted.push_str("\\n"),
            '\t' => quoted.push_str("\\t"),
            '\r' => quoted.push_str("\\r"),
            c if c.is_control() || c == '\u{feff}' || is_line_break(c) => {
                quoted.push_str(&format!("\\u{:04X}", u32::from(c)));
            }
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}
