//! The machine-to-machine application of a runtime that `up` serves. Its
//! secret must be shown again on the next start, so it lies in `up.json`.

use std::collections::BTreeMap;
use std::path::Path;

use serde::{Deserialize, Serialize};
use shukuba_model::ApiIdentifier;
use shukuba_model::wire::{
    ApplicationCreate, ApplicationCreated, ApplicationView, RuntimeView, TokenIssued,
};

use crate::applications;
use crate::client::Client;
use crate::commands::{invoke, token};
use crate::failure::Failure;

/// An application that the runtime's rules let in.
pub(super) struct Credentials {
    /// Its name.
    pub(super) name: String,
    /// Its client id.
    pub(super) client_id: String,
    /// Its secret, when it is one that `up` made.
    pub(super) client_secret: Option<String>,
}

impl Credentials {
    /// A token for the runtime.
    pub(super) async fn token(&self, client: &Client) -> Result<TokenIssued, Failure> {
        token::get::from_server(client, &self.client_id, None).await
    }
}

/// What `up` remembers, by runtime id.
#[derive(Default, Serialize, Deserialize)]
struct Remembered {
    applications: BTreeMap<String, RememberedApplication>,
}

#[derive(Clone, Serialize, Deserialize)]
struct RememberedApplication {
    client_id: String,
    client_secret: String,
}

/// The file in the data directory that `up` remembers secrets in.
pub(super) const FILE: &str = "up.json";

/// Finds or makes the application; `None` when the runtime's rules, set by its
/// project file, let no application of this server in.
pub(super) async fn for_runtime(
    client: &Client,
    data_dir: &Path,
    runtime: &RuntimeView,
) -> Result<Option<Credentials>, Failure> {
    let path = data_dir.join(FILE);
    let mut remembered = read(&path)?;
    let applications = applications::registered(client).await?;
    let secret_of = |application: &ApplicationView| {
        let mut known = remembered.applications.values();
        known
            .find(|known| known.client_id == application.client_id.as_str())
            .map(|known| known.client_secret.clone())
    };
    if let Some(found) = invoke::admitted_application(&applications, runtime) {
        return Ok(Some(Credentials {
            name: found.name.clone(),
            client_id: found.client_id.to_string(),
            client_secret: secret_of(found),
        }));
    }
    let Some(api) = own_api(client, runtime).await? else {
        return Ok(None);
    };
    let created = create(client, runtime, api, &applications).await?;
    let application = RememberedApplication {
        client_id: created.application.client_id.to_string(),
        client_secret: created.client_secret.clone().unwrap_or_default(),
    };
    remembered
        .applications
        .insert(runtime.id.to_string(), application);
    write(&path, &remembered)?;
    Ok(Some(Credentials {
        name: created.application.name,
        client_id: created.application.client_id.to_string(),
        client_secret: created.client_secret,
    }))
}

/// The API whose tokens the runtime takes from any of our applications.
async fn own_api(client: &Client, runtime: &RuntimeView) -> Result<Option<ApiIdentifier>, Failure> {
    let rules = &runtime.authorizer;
    let ours = rules.discovery_url.as_str().starts_with(client.server());
    if !ours || !rules.allowed_clients.is_empty() {
        return Ok(None);
    }
    let apis: Vec<shukuba_model::wire::ApiView> = client.get("/api/v1/apis").await?;
    let named = apis.into_iter().map(|api| api.identifier);
    let allowed = |api: &ApiIdentifier| {
        rules
            .allowed_audience
            .iter()
            .any(|audience| audience == api.as_str())
    };
    Ok(named.into_iter().find(allowed))
}

async fn create(
    client: &Client,
    runtime: &RuntimeView,
    api: ApiIdentifier,
    applications: &[ApplicationView],
) -> Result<ApplicationCreated, Failure> {
    let taken = |name: &String| {
        let mut known = applications.iter();
        known.any(|application| application.name == *name)
    };
    // Another port is another API, which wants another application.
    let numbered = (2..).map(|number: u32| format!("{}-{number}", runtime.name));
    let mut names = std::iter::once(runtime.name.to_string()).chain(numbered);
    let name = names.find(|name| !taken(name)).unwrap_or_default();
    let body = ApplicationCreate::machine(name, vec![api]);
    client.post("/api/v1/applications", &body).await
}

fn read(path: &Path) -> Result<Remembered, Failure> {
    match std::fs::read(path) {
        Ok(text) => serde_json::from_slice(&text).map_err(|error| {
            Failure::failed(format!("{} cannot be read: {error}", path.display()))
                .hint("delete it: `up` then makes a new application")
        }),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(Remembered::default()),
        Err(error) => Err(Failure::failed(format!(
            "{} cannot be read: {error}",
            path.display()
        ))),
    }
}

fn write(path: &Path, remembered: &Remembered) -> Result<(), Failure> {
    let text = serde_json::to_vec_pretty(remembered)
        .map_err(|error| Failure::failed(format!("{FILE} does not serialise: {error}")))?;
    shukuba_server::write_private(path, &text).map_err(|error| Failure::failed(error.to_string()))
}
