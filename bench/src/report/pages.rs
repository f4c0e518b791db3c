//! The section about the console.

use std::fmt::Write as _;

use crate::filled::{APPLICATIONS, AUDIT, RUNTIMES};
use crate::measure::pages::Pages;
use crate::report::row::rounded;

/// What a page may take, in milliseconds.
const BUDGET: f64 = 50.0;
const TITLE: &str = "\n## The console's pages\n";

/// The section, in Markdown.
pub(crate) fn section(pages: &Pages) -> String {
    let Pages {
        file,
        pages,
        rounds,
    } = pages;
    let mut text = format!(
        "{TITLE}With {RUNTIMES} runtimes, {APPLICATIONS} applications and {AUDIT} entries of the audit log; from the \
         request to the last byte, {rounds} times each. The budget is {BUDGET} ms at the 99th percentile.\n\n\
         | page | p50 | p99 | under {BUDGET} ms? | p50, times the stylesheet | size |\n\
         | --- | --- | --- | --- | --- | --- |\n"
    );
    let mut row = |name: &str, p50: f64, p99: f64, size: &str| {
        let kept = if p99 / 1000.0 < BUDGET {
            "yes"
        } else {
            "**no**"
        };
        // Writing to a String cannot fail.
        let _ = writeln!(
            text,
            "| {name} | {} ms | {} ms | {kept} | {}× | {size} |",
            rounded(p50 / 1000.0),
            rounded(p99 / 1000.0),
            rounded(p50 / file.p50)
        );
    };
    for page in pages {
        let size = format!("{} KiB", page.bytes.div_ceil(1024));
        row(page.name, page.times.p50, page.times.p99, &size);
    }
    row("for comparison: the stylesheet", file.p50, file.p99, "");
    text
}

/// A report with this section in the place of its own; before the last one where
/// it has none.
pub(crate) fn replaced(report: &str, section: &str, last: &str) -> String {
    let (before, rest) = match report.split_once(TITLE) {
        Some((before, old)) => {
            let end = old.find("\n## ").unwrap_or(old.len());
            (before, old.get(end..).unwrap_or_default())
        }
        None => report.split_at(report.find(last).unwrap_or(report.len())),
    };
    format!("{before}{section}{rest}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_section_is_replaced_or_put_before_the_last_and_the_rest_stays() {
        let section = format!("{TITLE}new\n");
        let without = "# All\n\n## One\n1\n\n## Last\n2\n";
        let with = replaced(without, &section, "\n## Last");
        assert_eq!(
            with,
            format!("# All\n\n## One\n1\n{TITLE}new\n\n## Last\n2\n")
        );
        assert_eq!(replaced(&with, &section, "\n## Last"), with);
    }
}
