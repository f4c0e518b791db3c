//! `configure list` and `configure set-default`.

use shukuba_model::RuntimeName;
use shukuba_model::project::ProjectFile;

use crate::failure::Failure;
use crate::project::{Project, write_whole};
use crate::ui;

/// Lists the agents of the project file; the default one is starred.
///
/// # Errors
/// When there is no file, or it cannot be read.
pub(super) fn list() -> Result<(), Failure> {
    let (_, file) = project()?.into_file();
    let default = file.default_agent()?;
    let mut rows = Vec::new();
    for name in file.agent_names()? {
        let marker = if default.as_ref() == Some(&name) {
            "*"
        } else {
            ""
        };
        rows.push(row(&file, name, marker));
    }
    ui::table(&["", "NAME", "ENTRY POINT", "REGION", "ID"], &rows);
    Ok(())
}

/// An agent that cannot be read is listed with the reason: the others count.
fn row(file: &ProjectFile, name: String, marker: &str) -> Vec<String> {
    match file.agent(Some(&name)) {
        Ok(agent) => {
            let id = agent
                .agent_id
                .map_or_else(|| "not launched".to_owned(), |id| id.to_string());
            let region = agent.region.unwrap_or_default().to_string();
            vec![marker.to_owned(), name, agent.entrypoint, region, id]
        }
        Err(error) => {
            ui::note(error.to_string());
            vec![marker.to_owned(), name, "not valid".to_owned()]
        }
    }
}

/// Makes an agent the default one.
///
/// # Errors
/// When there is no such agent, or the file cannot be written.
pub(super) fn set_default(name: &RuntimeName) -> Result<(), Failure> {
    let (path, mut file) = project()?.into_file();
    file.set_default(name)?;
    write_whole(&path, file.text())?;
    ui::note(format!("{name} is the default agent of {}", path.display()));
    Ok(())
}

fn project() -> Result<Project, Failure> {
    Project::of_current_directory()?.ok_or_else(|| {
        Failure::failed("there is no project file here").hint("write one with `shukuba configure`")
    })
}
