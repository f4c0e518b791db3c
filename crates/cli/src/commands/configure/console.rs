//! Questions and answers, a line each, on a terminal or through a pipe.

use std::io::BufRead;

use crate::failure::Failure;
use crate::ui;

/// What the dialogue talks to.
pub(super) trait Console {
    /// Shows a question with the answer that Enter gives, and reads the answer;
    /// empty when Enter was pressed.
    ///
    /// # Errors
    /// When there are no more answers.
    fn ask(&mut self, question: &str, default: Option<&str>) -> Result<String, Failure>;

    /// Shows a line.
    fn say(&mut self, line: &str);
}

/// The process's own standard input and standard error.
pub(super) struct Terminal;

impl Console for Terminal {
    fn ask(&mut self, question: &str, default: Option<&str>) -> Result<String, Failure> {
        ui::prompt(&render(question, default));
        let mut line = String::new();
        if std::io::stdin().lock().read_line(&mut line)? == 0 {
            ui::note("");
            return Err(out_of_answers());
        }
        Ok(line.trim().to_owned())
    }

    fn say(&mut self, line: &str) {
        ui::note(line);
    }
}

/// A question as it is shown, with the answer that Enter gives in brackets.
pub(super) fn render(question: &str, default: Option<&str>) -> String {
    match default {
        Some(default) => format!("{question} [{default}]: "),
        None => format!("{question}: "),
    }
}

/// The input ended in the middle of the dialogue.
pub(super) fn out_of_answers() -> Failure {
    Failure::failed("the input ended before the last question was answered; nothing was written")
        .hint("answer in a terminal, or use flags and --non-interactive")
}
