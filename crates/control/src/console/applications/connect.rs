//! What to type where, so that an application is used.

use shukuba_model::wire::{ApplicationView, RuntimeView};
use shukuba_model::{ApplicationKind, Preset};

use crate::{Control, ControlError};

/// What stands for a secret that is not known any more.
const SECRET: &str = "SECRET";
/// The port that Claude Code is told to listen on; any free one does.
const CALLBACK_PORT: u16 = 8765;

/// What to type.
pub(super) struct Connect {
    /// Whether it is for the form of Claude's connectors.
    pub(super) is_claude: bool,
    /// Whether Claude's network cannot reach this server at its address.
    pub(super) out_of_reach: bool,
    /// The addresses of the runtimes that people log in to.
    pub(super) addresses: Vec<String>,
    /// Commands that use it.
    pub(super) commands: Vec<String>,
}

impl Connect {
    /// For an application; `secret` where it is shown now.
    ///
    /// # Errors
    /// When the runtimes cannot be read.
    pub(super) async fn of(
        control: &Control,
        application: &ApplicationView,
        secret: Option<&str>,
    ) -> Result<Self, ControlError> {
        let is_for = |preset: Preset| {
            let wanted = preset.redirect_uris();
            let has = |uri| application.redirect_uris.contains(uri);
            !wanted.is_empty() && wanted.iter().all(has)
        };
        let is_claude = is_for(Preset::Claude);
        let is_claude_code =
            application.kind == ApplicationKind::Connector && is_for(Preset::ClaudeCode);
        let mut runtimes = Vec::new();
        if is_claude || is_claude_code {
            runtimes = control.runtimes().await?;
            runtimes.retain(|runtime| runtime.login);
        }
        let mut commands = Vec::new();
        if is_claude_code {
            let line = |runtime: &RuntimeView| claude_code(application, secret, runtime);
            commands.extend(runtimes.iter().map(line));
        }
        if application.kind == ApplicationKind::MachineToMachine && has_secret(application) {
            commands.push(curl(control, application, secret));
        }
        Ok(Self {
            is_claude,
            out_of_reach: !control.parts().public_url.starts_with("https://"),
            addresses: runtimes
                .into_iter()
                .map(|runtime| runtime.endpoint)
                .collect(),
            commands,
        })
    }
}

/// Whether an application proves itself by a secret.
pub(super) fn has_secret(application: &ApplicationView) -> bool {
    application
        .auth_method
        .is_some_and(shukuba_model::AuthMethod::has_secret)
}

fn claude_code(
    application: &ApplicationView,
    secret: Option<&str>,
    runtime: &RuntimeView,
) -> String {
    format!(
        "MCP_CLIENT_SECRET={} claude mcp add --transport http --client-id {} --client-secret --callback-port {CALLBACK_PORT} {} {}",
        secret.unwrap_or(SECRET),
        application.client_id,
        runtime.name,
        runtime.endpoint,
    )
}

fn curl(control: &Control, application: &ApplicationView, secret: Option<&str>) -> String {
    format!(
        "curl -u {}:{} -d grant_type=client_credentials {}/oauth/token",
        application.client_id,
        secret.unwrap_or(SECRET),
        control.parts().public_url,
    )
}
