//! What is wrong with a form, field by field.

/// What is wrong with a field.
pub(super) struct Problem {
    /// The field's id.
    pub(super) field: &'static str,
    /// What to do.
    pub(super) text: String,
}

/// Everything that is wrong with a form, in the order of its fields.
#[derive(Default)]
pub(super) struct Problems(Vec<Problem>);

impl Problems {
    /// Adds what is wrong with a field.
    pub(super) fn note(&mut self, field: &'static str, text: impl Into<String>) {
        let text = text.into();
        self.0.push(Problem { field, text });
    }

    /// Adds what is wrong with the first field of the form.
    pub(super) fn note_first(&mut self, field: &'static str, text: impl Into<String>) {
        let text = text.into();
        self.0.insert(0, Problem { field, text });
    }

    /// What is wrong with a field.
    pub(super) fn of(&self, field: &str) -> Option<&str> {
        let found = self.0.iter().find(|problem| problem.field == field)?;
        Some(&found.text)
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
