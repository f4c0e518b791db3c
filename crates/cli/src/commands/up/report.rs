//! What `up` prints and writes once calls are answered.

use std::path::{Path, PathBuf};
use std::time::Duration;

use serde_json::json;
use shukuba_model::paste::{claude_add, claude_add_header, inspector};
use shukuba_model::wire::RuntimeView;
use shukuba_server::Server;

use super::credentials::{self, Credentials};
use super::smoke::SmokeCall;
use crate::commands::first_person::Person;
use crate::failure::Failure;
use crate::paste::{HelperSource, claude_add_json};
use crate::ui;

/// The facts of a served runtime.
pub(super) struct Report {
    server: String,
    data_dir: PathBuf,
    program: PathBuf,
    runtime: RuntimeView,
    access: Access,
}

/// The ways in.
pub(super) struct Access {
    /// The person who logs in, where people may.
    pub(super) person: Option<Person>,
    /// The application, where one is let in.
    pub(super) credentials: Option<Credentials>,
    /// The call that was made with it.
    pub(super) smoke: Option<SmokeCall>,
}

impl Report {
    /// Gathers them.
    pub(super) fn new(
        server: &Server,
        data_dir: PathBuf,
        runtime: RuntimeView,
        access: Access,
    ) -> Result<Self, Failure> {
        let program = std::env::current_exe()?;
        Ok(Self {
            server: server.public_url().to_owned(),
            data_dir,
            program,
            runtime,
            access,
        })
    }

    /// At most 20 lines, the answer of the first call last.
    pub(super) fn print(&self, elapsed: Duration) {
        let runtime = &self.runtime;
        ui::data(format!("MCP endpoint          {}", runtime.endpoint));
        ui::data(format!("AgentCore style       {}", runtime.invocation_url));
        ui::data(format!(
            "OpenID configuration  {}",
            self.openid_configuration()
        ));
        ui::data(format!("isolation             {}", runtime.isolation));
        if runtime.login {
            self.print_login();
        }
        match (&self.access.credentials, &self.access.smoke) {
            (Some(credentials), Some(smoke)) => self.print_access(credentials, smoke),
            _ => {
                ui::data(
                    "The project file lets no application of this server in, so nothing was called:",
                );
                ui::data(format!(
                    "callers bring tokens of {}",
                    runtime.authorizer.discovery_url
                ));
            }
        }
        ui::note(format!(
            "Ready in {:.1} s; Ctrl-C ends it.",
            elapsed.as_secs_f64()
        ));
    }

    fn print_login(&self) {
        let runtime = &self.runtime;
        match &self.access.person {
            Some(person) if person.login_link.is_some() => person.print_link(),
            Some(person) => ui::data(format!("log in as             {}", person.name)),
            None => ui::data("log in as             one of `shukuba user list`"),
        }
        ui::data("Claude Code, which then logs in by itself with `/mcp`:");
        ui::data(format!(
            "  {}",
            claude_add(runtime.name.as_str(), &runtime.endpoint)
        ));
    }

    fn print_access(&self, credentials: &Credentials, smoke: &SmokeCall) {
        let name = self.runtime.name.as_str();
        let endpoint = &self.runtime.endpoint;
        let secret = match credentials.client_secret {
            Some(_) => format!("in {}", self.data_dir.join(credentials::FILE).display()),
            None => "shown when the application was created".to_owned(),
        };
        ui::data(format!(
            "client id             {}  (secret: {secret})",
            credentials.client_id
        ));
        ui::data("Without a login, with tokens of that application that renew themselves:");
        ui::data(format!(
            "  {}",
            claude_add_json(name, endpoint, &self.helper(credentials))
        ));
        ui::data(format!(
            "Or with this one token, which ends in {} s:",
            smoke.token.expires_in
        ));
        ui::data(format!(
            "  {}",
            claude_add_header(name, endpoint, &smoke.token.access_token)
        ));
        ui::data(format!(
            "  {}",
            inspector(endpoint, &smoke.token.access_token)
        ));
        ui::data(smoke.line());
    }

    fn helper<'a>(&'a self, credentials: &'a Credentials) -> HelperSource<'a> {
        HelperSource {
            program: &self.program,
            server: &self.server,
            data_dir: &self.data_dir,
            app: &credentials.name,
        }
    }

    fn openid_configuration(&self) -> String {
        format!("{}/.well-known/openid-configuration", self.server)
    }

    /// The facts for another program; they hold secrets, so the file is private.
    pub(super) fn write_json(&self, path: &Path) -> Result<(), Failure> {
        let runtime = &self.runtime;
        let token = self.access.smoke.as_ref().map(|smoke| &smoke.token);
        let credentials = self.access.credentials.as_ref();
        let person = self.access.person.as_ref();
        let facts = json!({
            "endpoint": runtime.endpoint,
            "invocation_url": runtime.invocation_url,
            "runtime_arn": runtime.arn,
            "issuer": self.server,
            "openid_configuration": self.openid_configuration(),
            "client_id": credentials.map(|credentials| &credentials.client_id),
            "client_secret": credentials.and_then(|credentials| credentials.client_secret.as_ref()),
            "access_token": token.map(|token| &token.access_token),
            "expires_in": token.map(|token| token.expires_in),
            "tools": runtime.tool_names(),
            "isolation": runtime.isolation,
            "user": person.map(|person| &person.name),
            "login_link": person.and_then(|person| person.login_link.as_ref()),
            "smoke": self.access.smoke.as_ref().map(|smoke| json!({
                "tool": smoke.tool,
                "arguments": smoke.arguments,
                "result": smoke.result,
            })),
        });
        let text = format!("{facts:#}\n");
        shukuba_server::write_private(path, text.as_bytes())
            .map_err(|error| Failure::failed(error.to_string()))
    }
}
