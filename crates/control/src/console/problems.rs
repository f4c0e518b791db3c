//! What is wrong with a form, field by field.

use std::borrow::Cow;

use shukuba_pages::Language;

use super::phrases;

/// What is wrong with a field.
pub(super) struct Problem {
    /// The field's id.
    pub(super) field: Cow<'static, str>,
    /// What to do.
    pub(super) text: String,
}

impl Problem {
    pub(super) fn new(field: impl Into<Cow<'static, str>>, text: impl Into<String>) -> Self {
        Self {
            field: field.into(),
            text: text.into(),
        }
    }
}

/// Everything that is wrong with a form, in the order of its fields.
#[derive(Default)]
pub(super) struct Problems(Vec<Problem>);

impl Problems {
    /// Adds what is wrong with a field.
    pub(super) fn note(&mut self, field: impl Into<Cow<'static, str>>, text: impl Into<String>) {
        self.0.push(Problem::new(field, text));
    }

    /// Adds what is wrong with the first field of the form.
    pub(super) fn note_first(
        &mut self,
        field: impl Into<Cow<'static, str>>,
        text: impl Into<String>,
    ) {
        self.0.insert(0, Problem::new(field, text));
    }

    /// What is wrong with a field.
    pub(super) fn of(&self, field: &str) -> Option<&str> {
        let found = self.0.iter().find(|problem| problem.field == field)?;
        Some(&found.text)
    }

    /// The same, where an operation or a value said it in English.
    pub(super) fn said(mut self, language: Language) -> Self {
        for problem in &mut self.0 {
            problem.text = phrases::said(language, &problem.text);
        }
        self
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &Problem> {
        self.0.iter()
    }
}

impl From<Problem> for Problems {
    fn from(only: Problem) -> Self {
        Self(vec![only])
    }
}

/// The values of a field that takes one on each line.
pub(super) fn lines(text: &str) -> impl Iterator<Item = &str> {
    let lines = text.lines().map(str::trim);
    lines.filter(|line| !line.is_empty())
}
