//! Every value of the agent, from the flags, the file, the dialogue or a
//! default, in that order.

use std::path::Path;

use shukuba_model::RuntimeName;
use shukuba_model::project::{Agent, AgentDraft, ProjectFile};
use shukuba_model::wire::AuthorizerSettings;

use super::arguments::Flags;
use super::checks;
use super::console::Console;
use super::dialogue::Dialogue;
use super::provider::{Provider, Suggestions};
use crate::commands::status::logging_in;
use crate::failure::Failure;

/// What is known before anything is asked.
pub(super) struct Setting<'a> {
    /// The project's directory.
    pub(super) directory: &'a Path,
    /// Its file, where there is one.
    pub(super) file: Option<&'a ProjectFile>,
    /// What our own issuer would answer.
    pub(super) suggestions: &'a Suggestions,
}

/// Settles every value; asks for what flags do not say, unless told not to.
///
/// # Errors
/// When a flag's value is not allowed, an answer is missing, or the file's
/// agent cannot be read.
pub(super) async fn settle<C: Console, P: Provider>(
    flags: Flags,
    setting: &Setting<'_>,
    console: &mut C,
    provider: &P,
) -> Result<AgentDraft, Failure> {
    let ask = !flags.non_interactive;
    let mut dialogue = Dialogue { console, provider };
    let entrypoint = entrypoint(&flags, setting, &mut dialogue)?;
    let name = match &flags.name {
        Some(name) => name.clone(),
        None => name(setting, &entrypoint)?,
    };
    let known = known_agent(setting.file, &name)?;
    let known = known.as_ref();
    dialogue.console.say(&format!(
        "Configuring the runtime {name}, which starts {entrypoint}"
    ));

    let execution_role = match &flags.execution_role {
        Some(role) => Some(checks::execution_role(role).map_err(Failure::usage)?),
        None => match known.and_then(|known| known.execution_role.as_deref()) {
            known if ask => dialogue.execution_role(known)?,
            known => known.map(str::to_owned),
        },
    };
    let requirements_file = requirements(&flags, setting, &entrypoint, known, &mut dialogue)?;
    let authorizer = match &flags.authorizer_config {
        Some(json) => Some(given_authorizer(json, known, provider).await?),
        None if ask => {
            let known = known.and_then(|known| known.authorizer.as_ref());
            dialogue.authorizer(known, setting.suggestions).await?
        }
        None => known.and_then(|known| known.authorizer.clone()),
    };
    let login = match known.and_then(|known| known.own.login) {
        _ if flags.login => true,
        known if ask => dialogue.login(known)?,
        known => known.unwrap_or(false),
    };
    let login_allow = known
        .map(|known| known.own.login_allow.clone())
        .unwrap_or_default();
    Ok(AgentDraft {
        name,
        entrypoint,
        region: flags
            .region
            .or_else(|| known?.region.clone())
            .unwrap_or_default(),
        account: flags
            .account
            .or_else(|| known?.account.clone())
            .unwrap_or_default(),
        execution_role,
        requirements_file,
        authorizer,
        login,
        login_allow,
    })
}

fn entrypoint<C: Console, P: Provider>(
    flags: &Flags,
    setting: &Setting<'_>,
    dialogue: &mut Dialogue<'_, C, P>,
) -> Result<String, Failure> {
    if let Some(file) = &flags.entrypoint {
        return checks::file_of_project(setting.directory, file).map_err(|why| {
            Failure::usage(why).hint("-e names the file to start, relative to this directory")
        });
    }
    let wanted = flags.name.as_ref().map(RuntimeName::as_str);
    let known = setting.file.and_then(|file| file.agent(wanted).ok());
    let known = known.and_then(|agent| {
        checks::file_of_project(setting.directory, Path::new(&agent.entrypoint)).ok()
    });
    match known {
        Some(known) if flags.non_interactive => Ok(known),
        None if flags.non_interactive => {
            Err(Failure::usage("no entry point is named").hint("name the file to start with -e"))
        }
        known => dialogue.entrypoint(setting.directory, known.as_deref()),
    }
}

/// The name of the file's agent with that entry point, else the entry point's own.
fn name(setting: &Setting<'_>, entrypoint: &str) -> Result<RuntimeName, Failure> {
    let names = match setting.file {
        Some(file) => file.agent_names()?,
        None => Vec::new(),
    };
    let starts_the_same = |agent: &Agent| {
        checks::file_of_project(setting.directory, Path::new(&agent.entrypoint))
            .is_ok_and(|file| file == entrypoint)
    };
    names
        .iter()
        .filter_map(|name| setting.file?.agent(Some(name)).ok())
        .find(starts_the_same)
        .map(|agent| agent.name)
        .or_else(|| checks::suggested_name(setting.directory, entrypoint))
        .ok_or_else(|| {
            Failure::usage(format!("{entrypoint} suggests no name for the runtime"))
                .hint("name it with -n: a letter, then letters, digits and underscores")
        })
}

/// The agent the file already has under this name. One that is not valid is an
/// error: to write over what cannot be read would hide it.
fn known_agent(file: Option<&ProjectFile>, name: &RuntimeName) -> Result<Option<Agent>, Failure> {
    let Some(file) = file else {
        return Ok(None);
    };
    if file
        .agent_names()?
        .iter()
        .any(|known| known == name.as_str())
    {
        return Ok(Some(file.agent(Some(name.as_str()))?));
    }
    Ok(None)
}

/// Only Python has requirements.
fn requirements<C: Console, P: Provider>(
    flags: &Flags,
    setting: &Setting<'_>,
    entrypoint: &str,
    known: Option<&Agent>,
    dialogue: &mut Dialogue<'_, C, P>,
) -> Result<Option<String>, Failure> {
    let known = known.and_then(|known| known.own.requirements_file.as_deref());
    if let Some(file) = &flags.requirements_file {
        let file = checks::requirements_file(setting.directory, file).map_err(Failure::usage)?;
        return Ok(Some(file).filter(|file| known.is_some() || file != checks::USUAL_REQUIREMENTS));
    }
    let python = Path::new(entrypoint)
        .extension()
        .is_some_and(|extension| extension == "py");
    if python && !flags.non_interactive {
        return dialogue.requirements_file(setting.directory, known);
    }
    Ok(known.map(str::to_owned))
}

async fn given_authorizer<P: Provider>(
    json: &str,
    known: Option<&Agent>,
    provider: &P,
) -> Result<AuthorizerSettings, Failure> {
    let client_claim = known
        .and_then(|known| known.own.client_claim)
        .unwrap_or_default();
    let settings = checks::authorizer_config(json, client_claim)
        .map_err(|why| Failure::usage(format!("--authorizer-config is not valid: {why}")))?;
    provider
        .facts(&settings.discovery_url)
        .await
        .map_err(Failure::failed)?;
    Ok(settings)
}

/// What was written, and what comes next.
pub(super) fn summary(draft: &AgentDraft, path: &Path) -> Vec<String> {
    let file = path
        .file_name()
        .unwrap_or(path.as_os_str())
        .to_string_lossy();
    let mut lines = vec![
        String::new(),
        format!("{} is configured in {file}", draft.name),
        format!("  entry point   {}", draft.entrypoint),
        format!("  region        {}", draft.region),
        format!("  account       {}", draft.account),
        "  protocol      MCP".to_owned(),
    ];
    match &draft.authorizer {
        Some(settings) => {
            lines.push(format!("  authorizer    {}", settings.discovery_url));
            lines.push(format!(
                "  client IDs    {}",
                listed(&settings.allowed_clients)
            ));
            lines.push(format!(
                "  audience      {}",
                listed(&settings.allowed_audience)
            ));
        }
        None => {
            lines
                .push("  authorizer    this server's own issuer, the runtime's own API".to_owned());
        }
    }
    lines.push(format!(
        "  login         {}",
        logging_in(draft.login, &draft.login_allow)
    ));
    lines.push("Next: shukuba launch".to_owned());
    lines
}

fn listed(values: &[String]) -> String {
    if values.is_empty() {
        "any".to_owned()
    } else {
        values.join(", ")
    }
}
