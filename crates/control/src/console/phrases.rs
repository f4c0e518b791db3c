//! Sentences that the administration API, the terminal and the door give in
//! English, in the language of a page. They are known by their English text, with
//! `{}` for what it is about; what is not known stays as it came.

mod door;
mod launching;
mod names;
mod operations;

use shukuba_model::wire::Problem;
use shukuba_pages::Language;

use crate::ControlError;

/// An English sentence with gaps, `{}`, and the Japanese one, in which `{0}` is
/// what stood in the first gap. A gap that ends with `~` is a sentence itself.
type Phrase = (&'static str, &'static str);

/// In the order in which a sentence is looked for.
const TABLES: [&[Phrase]; 5] = [
    operations::PHRASES,
    door::PHRASES,
    names::PHRASES,
    launching::PHRASES,
    &WIDEST,
];
/// Those that would be found for others as well.
const WIDEST: [Phrase; 2] = [
    ("{}, which {}", "{0} ({1~})"),
    ("{} failed: {}.", "{0~} に失敗しました: {1~}。"),
];

/// How deep sentences stand within sentences.
const DEEPEST: usize = 3;

/// A text of an operation or of the door, in that language.
pub(super) fn said(language: Language, text: &str) -> String {
    match language {
        Language::English => text.to_owned(),
        Language::Japanese => japanese(text, DEEPEST),
    }
}

/// What an operation could not do, in that language.
pub(super) fn problem(language: Language, error: &ControlError) -> Problem {
    said_of(language, error.problem())
}

/// A problem in that language.
pub(super) fn said_of(language: Language, problem: Problem) -> Problem {
    Problem {
        message: said(language, &problem.message),
        hint: problem.hint.map(|hint| said(language, &hint)),
        error: problem.error,
    }
}

/// The same in one text.
pub(super) fn in_one(language: Language, error: &ControlError) -> String {
    let problem = problem(language, error);
    match (language, problem.hint) {
        (_, None) => problem.message,
        (Language::English, Some(hint)) => format!("{}: {hint}", problem.message),
        (Language::Japanese, Some(hint)) => format!("{}。{hint}", problem.message),
    }
}

fn japanese(text: &str, depth: usize) -> String {
    let mut known = TABLES.into_iter().flatten();
    let found = known.find_map(|(english, japanese)| Some((captured(english, text)?, japanese)));
    match found {
        Some((values, japanese)) => filled(japanese, &values, depth),
        None => text.to_owned(),
    }
}

/// What stands in the gaps of a pattern, where a text has its form.
fn captured<'t>(pattern: &str, text: &'t str) -> Option<Vec<&'t str>> {
    let mut parts = pattern.split("{}");
    let mut rest = text.strip_prefix(parts.next()?)?;
    let mut values = Vec::new();
    let mut parts = parts.peekable();
    while let Some(part) = parts.next() {
        if parts.peek().is_none() {
            values.push(rest.strip_suffix(part)?);
            return Some(values);
        }
        let (value, after) = rest.split_once(part)?;
        values.push(value);
        rest = after;
    }
    rest.is_empty().then_some(values)
}

/// A sentence with its gaps filled: `{0}`, or `{0~}` for what is translated too.
fn filled(sentence: &str, values: &[&str], depth: usize) -> String {
    let mut filled = String::with_capacity(sentence.len());
    let mut rest = sentence;
    while let Some((before, after)) = rest.split_once('{') {
        filled.push_str(before);
        let (gap, after) = after.split_once('}').unwrap_or((after, ""));
        let (number, nested) = match gap.strip_suffix('~') {
            Some(number) => (number, true),
            None => (gap, false),
        };
        let value = number.parse().ok().and_then(|at: usize| values.get(at));
        let value = value.copied().unwrap_or_default();
        if nested && depth > 0 {
            filled.push_str(&japanese(value, depth - 1));
        } else {
            filled.push_str(value);
        }
        rest = after;
    }
    filled.push_str(rest);
    filled
}

#[cfg(test)]
mod tests;
