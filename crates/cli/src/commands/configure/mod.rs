//! `shukuba configure`: writes a project's file, by dialogue or by flags.

mod arguments;
mod checks;
mod console;
mod dialogue;
mod listing;
mod provider;
#[cfg(test)]
mod scripted;
mod settle;

pub(crate) use arguments::{ConfigureArgs, normalise_arguments};

use std::path::PathBuf;

use shukuba_model::project::{AgentDraft, NEW_FILE_NAME, ProjectFile};

use self::arguments::{ConfigureCommand, Flags};
use self::console::Terminal;
use self::provider::{Online, Suggestions};
use crate::failure::Failure;
use crate::project::{Project, write_whole};
use crate::{Global, ui};

/// Runs the dialogue, or one of the verbs.
///
/// # Errors
/// When the file cannot be read or written, or an answer is missing or not allowed.
pub(crate) async fn run(global: &Global, args: ConfigureArgs) -> Result<(), Failure> {
    match args.command {
        Some(ConfigureCommand::List) => listing::list(),
        Some(ConfigureCommand::SetDefault { name }) => listing::set_default(&name),
        None => configure(global, args.flags).await,
    }
}

async fn configure(global: &Global, flags: Flags) -> Result<(), Failure> {
    for note in flags.ignored.notes() {
        ui::note(note);
    }
    let directory = std::env::current_dir()?;
    let existing = Project::of_directory(&directory)?.map(Project::into_file);
    let (suggestions, unasked) = if flags.non_interactive || flags.authorizer_config.is_some() {
        (Suggestions::default(), None)
    } else {
        Suggestions::of_server(global).await
    };
    if let Some(why) = unasked {
        ui::note(why);
    }
    let setting = settle::Setting {
        directory: &directory,
        file: existing.as_ref().map(|(_, file)| file),
        suggestions: &suggestions,
    };
    let draft = settle::settle(flags, &setting, &mut Terminal, &Online::new()).await?;
    let path = write(existing, directory.join(NEW_FILE_NAME), &draft)?;
    settle::summary(&draft, &path).iter().for_each(ui::note);
    Ok(())
}

/// Writes into the file that is there, else a new one.
fn write(
    existing: Option<(PathBuf, ProjectFile)>,
    new: PathBuf,
    draft: &AgentDraft,
) -> Result<PathBuf, Failure> {
    let (path, text) = match existing {
        Some((path, mut file)) => {
            file.configure(draft)?;
            (path, file.text().to_owned())
        }
        None => {
            let file = ProjectFile::create(NEW_FILE_NAME, draft)?;
            (new, file.text().to_owned())
        }
    };
    write_whole(&path, &text)?;
    Ok(path)
}
