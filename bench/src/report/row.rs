//! A row of the table: a number and its budget.

use std::fmt::Write as _;

use crate::sample::Spread;

/// A measured thing and what it may be.
pub(super) struct Row {
    what: String,
    budget: Option<Budget>,
    found: Spread,
    unit: &'static str,
}

/// What a number may be.
#[derive(Clone, Copy)]
pub(super) enum Budget {
    Under(f64),
    AtLeast(f64),
}

impl Budget {
    fn holds(self, value: f64) -> bool {
        match self {
            Self::Under(limit) => value < limit,
            Self::AtLeast(limit) => value >= limit,
        }
    }

    fn words(self, unit: &str) -> String {
        match self {
            Self::Under(limit) => format!("under {limit}{unit}"),
            Self::AtLeast(limit) => format!("at least {limit}{unit}"),
        }
    }
}

impl Row {
    pub(super) fn new(
        what: impl Into<String>,
        budget: Option<Budget>,
        found: Spread,
        unit: &'static str,
    ) -> Self {
        Self {
            what: what.into(),
            budget,
            found,
            unit,
        }
    }

    fn missed(&self) -> bool {
        self.budget
            .is_some_and(|budget| !budget.holds(self.found.median))
    }

    pub(super) fn line(&self) -> String {
        let Self {
            what,
            budget,
            found,
            unit,
        } = self;
        let budget_words = budget.map_or_else(|| "none".to_owned(), |budget| budget.words(unit));
        let verdict = match budget {
            None => "",
            Some(_) if self.missed() => "**missed**",
            Some(_) => "kept",
        };
        let Spread { median, low, high } = *found;
        let range = if high > low {
            format!("{} to {}", rounded(low), rounded(high))
        } else {
            String::new()
        };
        format!(
            "| {what} | {budget_words} | {}{unit} | {range} | {verdict} |\n",
            rounded(median)
        )
    }
}

/// What was missed, in plain words.
pub(super) fn misses(rows: &[Row]) -> String {
    let missed: Vec<&Row> = rows.iter().filter(|row| row.missed()).collect();
    if missed.is_empty() {
        return "\nEvery budget was kept in this run.\n".to_owned();
    }
    let mut text = "\nMissed in this run:\n".to_owned();
    for Row {
        what,
        budget,
        found,
        unit,
    } in missed
    {
        let budget = budget.map(|budget| budget.words(unit)).unwrap_or_default();
        let _ = writeln!(
            text,
            "- {what}: {}{unit}, the budget is {budget}.",
            rounded(found.median)
        );
    }
    text
}

/// Three significant digits, as far as a reader gains from them.
pub(super) fn rounded(value: f64) -> String {
    match value.abs() {
        size if size >= 100.0 => format!("{value:.0}"),
        size if size >= 10.0 => format!("{value:.1}"),
        _ => format!("{value:.2}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(budget: Budget, median: f64) -> Row {
        Row::new(
            "x",
            Some(budget),
            Spread {
                median,
                low: median,
                high: median + 1.0,
            },
            " ms",
        )
    }

    #[test]
    fn a_missed_budget_is_said_in_its_row_and_below_the_table() {
        let rows = [
            row(Budget::Under(10.0), 12.34),
            row(Budget::AtLeast(0.7), 0.7),
        ];
        assert!(
            rows[0]
                .line()
                .ends_with("| under 10 ms | 12.3 ms | 12.3 to 13.3 | **missed** |\n")
        );
        assert!(rows[1].line().ends_with("| kept |\n"));
        assert_eq!(
            misses(&rows),
            "\nMissed in this run:\n- x: 12.3 ms, the budget is under 10 ms.\n"
        );
    }

    #[test]
    fn a_budget_itself_is_not_under_it() {
        assert!(row(Budget::Under(1.0), 1.0).missed());
        assert!(!row(Budget::Under(1.0), 0.999).missed());
    }
}
