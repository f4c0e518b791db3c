//! The form of a launch: what was typed, what it means, and what is wrong with it.

use shukuba_model::wire::{
    ApiView, ApplicationView, LaunchRequest, LaunchSource, ListedSource, RuntimeView,
};
use shukuba_model::{AccountId, ApiIdentifier, LoginAllow, Region, RuntimeName};
use shukuba_pages::shown::{clean, fill};

use super::upload::{Files, MOST_BYTES, MOST_FILES, Wrong, path_in_project};
use crate::console::problems::{Problems, lines};
use crate::console::texts::LaunchTexts;
use crate::ops::clients::ClientPage;
use crate::{Control, ControlError};

/// What is started where nothing else is typed.
const ENTRYPOINT: &str = "mcp_server.py";
/// How many applications are suggested.
const APPLICATIONS: u32 = 100;
/// The longest id of a client.
const LONGEST_CLIENT: usize = 2048;

/// What was typed.
#[derive(Clone, Default)]
pub(super) struct Fields {
    /// The runtime that gets a version; empty for a new one.
    pub(super) runtime: String,
    pub(super) name: String,
    pub(super) entrypoint: String,
    /// The identifier of an API; empty for one of the runtime's own.
    pub(super) api: String,
    /// Client ids, one a line.
    pub(super) clients: String,
    pub(super) login: bool,
}

impl Fields {
    /// Takes a field of the form.
    pub(super) fn take(&mut self, name: &str, value: String) {
        match name {
            "runtime" => self.runtime = value,
            "name" => self.name = value,
            "entrypoint" => self.entrypoint = value,
            "api" => self.api = value,
            "clients" => self.clients = value,
            "login" => self.login = value == "on",
            _ => {}
        }
    }
}

/// The form as it is shown.
pub(super) struct Form {
    t: &'static LaunchTexts,
    pub(super) fields: Fields,
    pub(super) problems: Problems,
    pub(super) apis: Vec<ApiView>,
    pub(super) applications: Vec<ApplicationView>,
    /// The runtime that gets a version.
    pub(super) of: Option<RuntimeView>,
}

impl Form {
    /// With what was typed, and what can be picked.
    pub(super) async fn new(
        control: &Control,
        t: &'static LaunchTexts,
        fields: Fields,
    ) -> Result<Self, ControlError> {
        let of = match fields.runtime.as_str() {
            "" => None,
            name => Some(control.runtime(name).await?),
        };
        let page = ClientPage {
            source: ListedSource::Registered,
            after: None,
            search: None,
            limit: APPLICATIONS,
        };
        Ok(Self {
            t,
            fields,
            problems: Problems::default(),
            apis: control.apis().await?,
            applications: control.applications(&page).await?,
            of,
        })
    }

    /// What suits most.
    pub(super) fn fresh(runtime: String) -> Fields {
        Fields {
            runtime,
            entrypoint: ENTRYPOINT.to_owned(),
            login: true,
            ..Fields::default()
        }
    }

    /// What is wrong with a field.
    pub(super) fn problem(&self, field: &str) -> Option<&str> {
        self.problems.of(field)
    }

    /// The name of what is launched, or a problem noted.
    pub(super) async fn name(
        &mut self,
        control: &Control,
    ) -> Result<Option<RuntimeName>, ControlError> {
        if let Some(runtime) = &self.of {
            return Ok(Some(runtime.name.clone()));
        }
        let Ok(name) = self.fields.name.trim().parse::<RuntimeName>() else {
            self.problems.note("name", self.t.name_rule);
            return Ok(None);
        };
        match control.runtime(name.as_str()).await {
            Err(ControlError::NotFound(_)) => Ok(Some(name)),
            Err(error) => Err(error),
            Ok(_) => {
                let text = fill(self.t.name_taken, &[("name", name.as_str())]);
                self.problems.note("name", text);
                Ok(None)
            }
        }
    }

    /// Notes what is wrong with the files and the entry point.
    pub(super) fn judge_files(&mut self, files: &Files) {
        let t = self.t;
        let wrong = files.wrong.as_ref().map(|wrong| match wrong {
            Wrong::TooMany => fill(t.too_many, &[("count", &MOST_FILES.to_string())]),
            Wrong::TooLarge => {
                let megabytes = (MOST_BYTES / 1024 / 1024).to_string();
                fill(t.too_large, &[("size", &megabytes)])
            }
            Wrong::Name(name) => fill(t.bad_file, &[("file", &clean(name, 80))]),
            Wrong::Twice(name) => fill(t.twice, &[("file", &clean(name, 80))]),
        });
        let entrypoint = self.fields.entrypoint.trim().to_owned();
        if let Some(text) = wrong {
            self.problems.note("files", text);
        } else if files.is_empty() {
            self.problems.note("files", t.no_files);
        } else if path_in_project(&entrypoint).is_none() {
            self.problems.note("entrypoint", t.entrypoint_rule);
        } else if !files.is_archive() && !files.has(&entrypoint) {
            let file = clean(&entrypoint, 80);
            self.problems
                .note("entrypoint", fill(t.entrypoint_missing, &[("file", &file)]));
        }
    }

    /// The launch, or problems noted.
    pub(super) async fn request(
        &mut self,
        control: &Control,
        sha256: &str,
    ) -> Result<Option<LaunchRequest>, ControlError> {
        let source = LaunchSource::Bundle {
            sha256: sha256.to_owned(),
            entrypoint: self.fields.entrypoint.trim().to_owned(),
            requirements_file: None,
        };
        let (authorizer, login, login_allow) = match &self.of {
            Some(runtime) => (
                Some(runtime.authorizer.clone()),
                runtime.login,
                runtime.login_allow.clone(),
            ),
            None => {
                let Some(authorizer) = self.rules(control).await? else {
                    return Ok(None);
                };
                (authorizer, self.fields.login, LoginAllow::default())
            }
        };
        Ok(Some(LaunchRequest {
            source,
            region: Region::default(),
            account: AccountId::default(),
            agent_id: None,
            authorizer,
            login,
            login_allow,
            reuse_unchanged: true,
        }))
    }

    /// Who may call: `Some(None)` is the runtime's own API, `None` a problem noted.
    async fn rules(
        &mut self,
        control: &Control,
    ) -> Result<Option<Option<shukuba_model::wire::AuthorizerSettings>>, ControlError> {
        let clients: Vec<String> = lines(&self.fields.clients).map(str::to_owned).collect();
        let readable =
            |id: &String| id.len() <= LONGEST_CLIENT && !id.contains(char::is_whitespace);
        if !clients.iter().all(readable) {
            self.problems.note("clients", self.t.clients_rule);
            return Ok(None);
        }
        if self.fields.api.is_empty() {
            if clients.is_empty() {
                return Ok(Some(None));
            }
            self.problems.note("api", self.t.api_for_clients);
            return Ok(None);
        }
        let api = self.fields.api.parse::<ApiIdentifier>().ok();
        let api = api.filter(|api| self.apis.iter().any(|one| one.identifier == *api));
        let Some(api) = api else {
            self.problems.note("api", self.t.api_rule);
            return Ok(None);
        };
        Ok(Some(Some(control.rules_of_api(&api, clients).await?)))
    }
}
