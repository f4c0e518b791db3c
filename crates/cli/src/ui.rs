//! The terminal: data goes to stdout, everything else to stderr.

#![expect(clippy::print_stderr, reason = "the one place that prints")]

use std::io::Write as _;
use std::process::ExitCode;

use crate::failure::Failure;

/// A line of data, for a person or the next program.
pub(crate) fn data(line: impl AsRef<str>) {
    // A closed pipe (`shukuba list | head`) is the reader's choice, not an error.
    drop(writeln!(std::io::stdout(), "{}", line.as_ref()));
}

/// A line about what is going on.
pub(crate) fn note(line: impl AsRef<str>) {
    eprintln!("{}", line.as_ref());
}

/// A prompt that leaves the cursor on its line.
pub(crate) fn prompt(text: &str) {
    eprint!("{text}");
    drop(std::io::stderr().flush());
}

/// Pretty JSON as data.
pub(crate) fn json(value: &impl serde::Serialize) {
    match serde_json::to_string_pretty(value) {
        Ok(text) => data(text),
        Err(error) => note(format!("error: the answer does not serialise: {error}")),
    }
}

/// Prints what went wrong and what to do; gives the exit code.
pub(crate) fn print_failure(failure: &Failure) -> ExitCode {
    anstream::eprintln!("\x1b[1;31merror:\x1b[0m {failure}");
    for line in failure.detail_lines() {
        anstream::eprintln!("  \x1b[2m{line}\x1b[0m");
    }
    for hint in failure.hint_lines() {
        anstream::eprintln!("\x1b[1;36mhint:\x1b[0m {hint}");
    }
    ExitCode::from(failure.exit_code())
}

/// Prints clap's own message: help to stdout with 0, a usage error to stderr with 2.
pub(crate) fn print_usage(error: &clap::Error) -> ExitCode {
    drop(error.print());
    if error.use_stderr() {
        ExitCode::from(2)
    } else {
        ExitCode::SUCCESS
    }
}

/// A time for a person, in UTC; `-` for one that no calendar has.
pub(crate) fn time(seconds: i64) -> String {
    jiff::Timestamp::from_second(seconds).map_or_else(
        |_| "-".to_owned(),
        |time| time.strftime("%Y-%m-%d %H:%M").to_string(),
    )
}

/// Left-aligned columns, two spaces apart.
pub(crate) fn table(header: &[&str], rows: &[Vec<String>]) {
    let mut widths: Vec<usize> = header.iter().map(|cell| cell.chars().count()).collect();
    for row in rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = (*width).max(cell.chars().count());
        }
    }
    let line = |cells: &mut dyn Iterator<Item = &str>| {
        let mut text = String::new();
        for (width, cell) in widths.iter().zip(cells) {
            text.push_str(cell);
            text.extend(std::iter::repeat_n(' ', width - cell.chars().count() + 2));
        }
        text.trim_end().to_owned()
    };
    data(line(&mut header.iter().copied()));
    for row in rows {
        data(line(&mut row.iter().map(String::as_str)));
    }
}
