//! `cargo xtask test`: the steps in their order.

use std::process::ExitCode;

use crate::arguments::Selection;
use crate::checks::{BUILD, CHECKS};
use crate::clients::{self, Installation};
use crate::process::Workspace;
use crate::report::{self, Report};

/// Names every step and what it shows.
pub(crate) fn list(workspace: &Workspace) {
    for check in CHECKS {
        report::say(&format!("{:<40} {}", check.name, check.about));
    }
    for (name, about) in clients::steps(workspace) {
        report::say(&format!("{name:<40} {about}"));
    }
}

/// Runs the selected steps and reports each.
pub(crate) fn run(workspace: &Workspace, selection: &Selection) -> ExitCode {
    let is_check = |name: &String| CHECKS.iter().any(|check| check.name == name);
    let stories: Vec<String> = selection
        .only
        .iter()
        .filter(|name| !is_check(name))
        .cloned()
        .collect();
    if let Some(unknown) = unknown_step(workspace, &stories) {
        report::complain(&format!(
            "error: there is no step '{unknown}'; --list names them"
        ));
        return ExitCode::from(2);
    }
    let everything = selection.only.is_empty();
    let plays_clients = !selection.fast && (everything || !stories.is_empty());
    let installation = (plays_clients && everything).then(|| Installation::begin(workspace));

    let mut report = Report::new();
    for check in CHECKS {
        let named = selection.only.iter().any(|name| name == check.name);
        let needed = check.name == BUILD && plays_clients;
        if named || needed || (everything && (check.fast || !selection.fast)) {
            report.step(check.name, || (check.run)(workspace));
        }
    }
    if let Some(installation) = installation {
        installation.finish();
    }
    if plays_clients {
        clients::play(workspace, &stories, selection.update_docs, &mut report);
    }
    report.finish()
}

fn unknown_step<'a>(workspace: &Workspace, stories: &'a [String]) -> Option<&'a String> {
    if stories.is_empty() {
        return None;
    }
    let known = clients::steps(workspace);
    stories
        .iter()
        .find(|name| known.iter().all(|(step, _)| step != *name))
}
