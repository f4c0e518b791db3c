//! What a call of a tool was answered with, fit to be shown.

use http::StatusCode;
use serde_json::Value;
use shukuba_mcp::{Called, Unanswered};
use shukuba_pages::shown::{clean, fill, line};

use crate::console::texts::ToolTexts;

/// How much of an answer is shown, in characters, and how many of its parts.
const LONGEST: usize = 100_000;
const LONGEST_LINE: usize = 4_000;
const MOST_PARTS: usize = 200;
const LONGEST_WORD: usize = 100;

/// A part of a tool's result.
pub(super) enum Part {
    /// Its text.
    Text(String),
    /// What it is, where it is not text.
    Other(String),
}

/// The answer.
pub(super) struct Answer {
    pub(super) title: String,
    /// Whether the tool did what it was asked to.
    pub(super) good: bool,
    pub(super) took: Option<String>,
    pub(super) parts: Vec<Part>,
    pub(super) structured: Option<String>,
    /// What was refused or went wrong, in the words of who did.
    pub(super) message: Option<String>,
    /// What to do.
    pub(super) hint: Option<&'static str>,
    /// Whether the door refused the token.
    pub(super) refused: bool,
    /// All of it, as it came.
    pub(super) raw: Option<String>,
}

impl Answer {
    pub(super) fn of(t: &ToolTexts, said: &Result<Called, Unanswered>) -> Self {
        match said {
            Ok(called) => Self::of_result(t, called),
            Err(unanswered) => Self::of_failure(t, unanswered),
        }
    }

    fn of_result(t: &ToolTexts, called: &Called) -> Self {
        let result = &called.result;
        let failed = result.get("isError").and_then(Value::as_bool) == Some(true);
        // MCP 2026-07-28: a result may ask for more before there is one.
        let kind = result.get("resultType").and_then(Value::as_str);
        let unfinished = kind.is_some_and(|kind| kind != "complete");
        let content = result.get("content").and_then(Value::as_array);
        let parts = content.into_iter().flatten().take(MOST_PARTS);
        let took = called.took.as_millis().to_string();
        let (title, hint) = match (failed, unfinished) {
            (_, true) => (t.unfinished, Some(t.unfinished_hint)),
            (true, false) => (t.tool_failed, None),
            (false, false) => (t.answered, None),
        };
        let structured = result.get("structuredContent");
        Self {
            title: title.to_owned(),
            good: !failed && !unfinished,
            took: Some(fill(t.took, &[("ms", &took)])),
            parts: parts.map(|part| Part::of(t, part)).collect(),
            structured: structured.map(pretty),
            message: None,
            hint,
            refused: false,
            raw: Some(pretty(result)),
        }
    }

    fn of_failure(t: &ToolTexts, unanswered: &Unanswered) -> Self {
        let (title, message, status) = match unanswered {
            Unanswered::Transport(what) => (t.no_answer, what.clone(), None),
            Unanswered::NotMcp { status, text, .. } => {
                let said = format!("HTTP {}. {text}", status.as_u16());
                (t.not_mcp, said, Some(*status))
            }
            Unanswered::Refused {
                status,
                code,
                message,
                ..
            } => {
                let refused = [StatusCode::UNAUTHORIZED, StatusCode::FORBIDDEN].contains(status);
                match refused {
                    true => (t.refused, message.clone(), Some(*status)),
                    false => (t.error, format!("{code}: {message}"), Some(*status)),
                }
            }
        };
        let is = |wanted: StatusCode| status == Some(wanted);
        let refused = is(StatusCode::UNAUTHORIZED) || is(StatusCode::FORBIDDEN);
        Self {
            title: title.to_owned(),
            good: false,
            took: None,
            parts: Vec::new(),
            structured: None,
            message: Some(clean(&message, LONGEST_LINE)),
            hint: Some(if refused { t.refused_hint } else { t.see_log }),
            refused,
            raw: None,
        }
    }
}

impl Part {
    /// A content block (MCP 2025-06-18 `server/tools`).
    fn of(t: &ToolTexts, block: &Value) -> Self {
        let word = |key: &str| {
            let text = block.get(key).and_then(Value::as_str);
            clean(text.unwrap_or_default(), LONGEST_WORD)
        };
        let kind = word("type");
        if kind == "text" {
            let text = block.get("text").and_then(Value::as_str);
            return Self::Text(lines(text.unwrap_or_default()));
        }
        let data = block.get("data").and_then(Value::as_str);
        // Base64 has four characters for three bytes.
        let bytes = data.map_or(0, |data| data.len() / 4 * 3);
        let named = match kind.as_str() {
            "resource_link" => word("uri"),
            "resource" => {
                let uri = block.pointer("/resource/uri").and_then(Value::as_str);
                clean(uri.unwrap_or_default(), LONGEST_WORD)
            }
            _ => word("mimeType"),
        };
        let size = match data {
            Some(_) => fill(t.bytes, &[("count", &bytes.to_string())]),
            None => String::new(),
        };
        let facts = [kind, named, size];
        let facts: Vec<&str> = facts
            .iter()
            .map(String::as_str)
            .filter(|fact| !fact.is_empty())
            .collect();
        Self::Other(facts.join(" · "))
    }
}

pub(super) fn pretty(value: &Value) -> String {
    lines(&serde_json::to_string_pretty(value).unwrap_or_default())
}

/// Several lines, without what does not show.
pub(super) fn lines(text: &str) -> String {
    let mut shown = String::new();
    for one in text.lines() {
        if shown.len() > LONGEST {
            shown.push('…');
            break;
        }
        if !shown.is_empty() {
            shown.push('\n');
        }
        shown.push_str(&line(one, LONGEST_LINE));
    }
    shown
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use serde_json::json;
    use shukuba_pages::Language;

    use super::*;
    use crate::console::texts;

    fn answered(result: Value) -> Answer {
        let called = Called {
            result,
            took: Duration::from_millis(7),
        };
        Answer::of(texts::tools(Language::English), &Ok(called))
    }

    #[test]
    fn texts_are_shown_and_other_parts_are_named() {
        let answer = answered(json!({
            "content": [
                {"type": "text", "text": "5\n\u{202e}six"},
                {"type": "image", "mimeType": "image/png", "data": "AAAAAAAA"},
                {"type": "resource_link", "uri": "file:///x"},
                {"type": "resource", "resource": {"uri": "file:///y"}},
                "nothing",
            ],
            "structuredContent": {"result": 5},
        }));
        let parts: Vec<&str> = answer
            .parts
            .iter()
            .map(|part| match part {
                Part::Text(text) | Part::Other(text) => text.as_str(),
            })
            .collect();
        let wanted = [
            "5\nsix",
            "image · image/png · 6 bytes",
            "resource_link · file:///x",
            "resource · file:///y",
            "",
        ];
        assert_eq!(parts, wanted);
        assert_eq!(answer.structured.as_deref(), Some("{\n  \"result\": 5\n}"));
        assert!(answer.good);
        assert!(answer.took.unwrap().contains('7'));
    }

    #[test]
    fn a_tool_that_fails_or_asks_for_more_did_not_do_it() {
        assert!(!answered(json!({"isError": true, "content": []})).good);
        let unfinished = answered(json!({"resultType": "input_required"}));
        assert!(!unfinished.good && unfinished.hint.is_some());
        assert!(answered(json!({"resultType": "complete"})).good);
    }

    #[test]
    fn a_long_answer_is_cut() {
        let text = "x\n".repeat(LONGEST);
        let answer = answered(json!({"content": [{"type": "text", "text": text}]}));
        let Part::Text(shown) = &answer.parts[0] else {
            panic!("no text");
        };
        assert!(shown.len() < LONGEST + 10 && shown.ends_with('…'));
    }
}
