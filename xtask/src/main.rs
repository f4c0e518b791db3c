//! `cargo xtask`: everything CI runs, from one command.

mod arguments;
mod bench;
mod checks;
mod clients;
mod process;
mod report;
mod test;

use std::process::ExitCode;

use crate::arguments::{Action, USAGE, parse};
use crate::process::Workspace;

fn main() -> ExitCode {
    let workspace = Workspace::of_this_crate();
    match parse(std::env::args().skip(1)) {
        Ok(Action::Help) => {
            report::say(USAGE);
            ExitCode::SUCCESS
        }
        Ok(Action::List) => {
            test::list(&workspace);
            ExitCode::SUCCESS
        }
        Ok(Action::Bench) => bench::run(&workspace, std::env::args().skip(2)),
        Ok(Action::Test(selection)) => test::run(&workspace, &selection),
        Err(message) => {
            report::complain(&format!("error: {message}\n{USAGE}"));
            ExitCode::from(2)
        }
    }
}
