//! What was asked for.

/// How to use it.
pub(crate) const USAGE: &str = "\
cargo xtask test                 everything CI runs: checks, tests, and the story with real clients
cargo xtask test --fast          fmt, clippy and cargo test
cargo xtask test --only STEP     one step and what it needs; may be repeated
cargo xtask test --list          the steps
cargo xtask test --update-docs   also write the recorded transcript and the screenshot anew
cargo xtask bench                what it costs, as ratios; --write docs/benchmarks.md, --quick";

/// A parsed command line.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Action {
    /// Show how to use it.
    Help,
    /// Name the steps.
    List,
    /// Measure; the rest of the line is the bench's own.
    Bench,
    /// Run steps.
    Test(Selection),
}

/// Which steps of `test` are run, and how.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Selection {
    /// Only what needs no client and no build beyond the tests'.
    pub(crate) fast: bool,
    /// Only these steps; all when empty.
    pub(crate) only: Vec<String>,
    /// Write recorded outputs anew instead of comparing with them.
    pub(crate) update_docs: bool,
}

/// Reads the command line.
///
/// # Errors
/// What is wrong with it.
pub(crate) fn parse(mut words: impl Iterator<Item = String>) -> Result<Action, String> {
    match words.next().as_deref() {
        Some("test") => {}
        Some("bench") => return Ok(Action::Bench),
        None | Some("help" | "--help" | "-h") => return Ok(Action::Help),
        Some(other) => return Err(format!("there is no command '{other}'")),
    }
    let mut selection = Selection::default();
    while let Some(word) = words.next() {
        match word.as_str() {
            "--fast" => selection.fast = true,
            "--update-docs" => selection.update_docs = true,
            "--only" => {
                let step = words.next().ok_or("--only takes the name of a step")?;
                selection.only.push(step);
            }
            "--list" => return Ok(Action::List),
            "--help" | "-h" => return Ok(Action::Help),
            other => return Err(format!("test has no option '{other}'")),
        }
    }
    if selection.fast && !selection.only.is_empty() {
        return Err("--fast and --only exclude each other".to_owned());
    }
    Ok(Action::Test(selection))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(line: &str) -> Result<Action, String> {
        parse(line.split_whitespace().map(str::to_owned))
    }

    #[test]
    fn steps_are_selected_by_name_and_repeatedly() {
        let Ok(Action::Test(selection)) = parsed("test --only fmt --only demo --update-docs")
        else {
            panic!("a test run was asked for");
        };
        assert_eq!(selection.only, ["fmt", "demo"]);
        assert!(selection.update_docs && !selection.fast);
    }

    #[test]
    fn what_is_not_understood_is_named() {
        assert!(parsed("tset").unwrap_err().contains("tset"));
        assert!(parsed("test --slow").unwrap_err().contains("--slow"));
        assert!(parsed("test --only").unwrap_err().contains("--only"));
        assert!(parsed("test --fast --only fmt").is_err());
        assert_eq!(parsed("").unwrap(), Action::Help);
    }
}
