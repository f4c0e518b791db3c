//! What every step came to, a line each, and the last line that counts them.
#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a report is what this program is for"
)]

use std::process::ExitCode;
use std::time::{Duration, Instant};

/// What a step came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// It passed.
    Ok,
    /// It could not be tried on this machine, and why.
    Skipped(String),
    /// It did not pass, and what was seen.
    Failed(String),
}

/// The outcomes so far. Each is printed as it comes.
pub(crate) struct Report {
    strict: bool,
    passed: usize,
    failed: usize,
    skipped: usize,
}

impl Report {
    /// An empty report. Where `CI` is set a skip is a failure: there, every
    /// tool is expected to be had.
    pub(crate) fn new() -> Self {
        Self::with_strictness(std::env::var_os("CI").is_some_and(|value| !value.is_empty()))
    }

    fn with_strictness(strict: bool) -> Self {
        Self {
            strict,
            passed: 0,
            failed: 0,
            skipped: 0,
        }
    }

    /// Runs a step and takes down its outcome.
    pub(crate) fn step(&mut self, name: &str, run: impl FnOnce() -> Outcome) {
        eprintln!("... {name}");
        let began = Instant::now();
        let outcome = run();
        self.record(name, began.elapsed(), outcome);
    }

    /// Takes down the outcome of a step that has been run.
    pub(crate) fn record(&mut self, name: &str, elapsed: Duration, outcome: Outcome) {
        let outcome = self.judged(outcome);
        let seconds = elapsed.as_secs_f64();
        match outcome {
            Outcome::Ok => {
                self.passed += 1;
                println!("{name:<40} {seconds:>6.1} s  ok");
            }
            Outcome::Skipped(reason) => {
                self.skipped += 1;
                println!("{name:<40} {seconds:>6.1} s  skipped ({reason})");
            }
            Outcome::Failed(seen) => {
                self.failed += 1;
                println!("{name:<40} {seconds:>6.1} s  FAILED");
                println!("{}", indented(&seen));
            }
        }
    }

    /// Prints the last line; the exit code says whether all went well.
    pub(crate) fn finish(self) -> ExitCode {
        println!("{}", self.summary());
        if self.failed == 0 {
            ExitCode::SUCCESS
        } else {
            ExitCode::FAILURE
        }
    }

    fn judged(&self, outcome: Outcome) -> Outcome {
        match outcome {
            Outcome::Skipped(reason) if self.strict => Outcome::Failed(format!(
                "skipped, which is a failure where CI is set: {reason}"
            )),
            other => other,
        }
    }

    fn summary(&self) -> String {
        format!(
            "{} passed, {} failed, {} skipped",
            self.passed, self.failed, self.skipped
        )
    }
}

/// Prints a line that is no outcome.
pub(crate) fn say(line: &str) {
    println!("{line}");
}

/// Prints what is wrong with the command line.
pub(crate) fn complain(line: &str) {
    eprintln!("{line}");
}

fn indented(text: &str) -> String {
    let lines: Vec<String> = text.lines().map(|line| format!("    {line}")).collect();
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counted(strict: bool) -> String {
        let mut report = Report::with_strictness(strict);
        for outcome in [
            Outcome::Ok,
            Outcome::Ok,
            Outcome::Skipped("no browser".to_owned()),
            Outcome::Failed("2 + 3 = 6".to_owned()),
        ] {
            report.record("a step", Duration::ZERO, outcome);
        }
        report.summary()
    }

    #[test]
    fn the_last_line_counts_every_outcome() {
        assert_eq!(counted(false), "2 passed, 1 failed, 1 skipped");
    }

    #[test]
    fn where_ci_is_set_a_skip_is_a_failure() {
        assert_eq!(counted(true), "2 passed, 2 failed, 0 skipped");
    }
}
