//! The ways in of each client, step by step.

use serde_json::{Value, json};
use shukuba_model::paste;
use shukuba_pages::shown::fill;

use super::{Client, Facts};
use crate::console::texts::ConnectTexts;

/// A way in.
pub(in crate::console) struct Way {
    pub(in crate::console) title: &'static str,
    pub(in crate::console) steps: Vec<Step>,
}

/// A step of it.
pub(in crate::console) struct Step {
    pub(in crate::console) say: String,
    /// Fields of a form, and what to type into them.
    pub(in crate::console) fields: Vec<(&'static str, String)>,
    /// What to copy.
    pub(in crate::console) code: Option<String>,
}

impl Step {
    fn say(text: impl Into<String>) -> Self {
        Self {
            say: text.into(),
            fields: Vec::new(),
            code: None,
        }
    }

    fn code(self, code: impl Into<String>) -> Self {
        Self {
            code: Some(code.into()),
            ..self
        }
    }

    fn fields(self, fields: Vec<(&'static str, String)>) -> Self {
        Self { fields, ..self }
    }
}

/// Every way in that the client has to this runtime.
pub(super) fn of(t: &ConnectTexts, facts: &Facts<'_>, client: Client) -> Vec<Way> {
    let way = |title, steps| Way { title, steps };
    let login = || way(t.by_login, by_login(t, facts, client));
    let id = || way(t.by_id, by_id(t, facts, client));
    let token = || way(t.by_token, by_token(t, facts, client));
    match client {
        Client::Claude => vec![login(), id()],
        Client::Sdks if facts.own_issuer => vec![way(t.by_credentials, sdks(t, facts))],
        Client::Sdks | Client::Curl => vec![token()],
        _ if facts.runtime.login => vec![login(), id(), token()],
        _ => vec![token()],
    }
}

fn by_login(t: &ConnectTexts, facts: &Facts<'_>, client: Client) -> Vec<Step> {
    let (name, url) = (facts.runtime.name.as_str(), facts.runtime.endpoint.as_str());
    match client {
        Client::Claude => vec![Step::say(t.in_form).fields(vec![
            (t.any_name, name.to_owned()),
            ("Remote MCP server URL", url.to_owned()),
        ])],
        Client::ClaudeCode => vec![
            Step::say(t.run).code(paste::claude_add(name, url)),
            Step::say(t.then_login).code(format!("claude mcp login {}", paste::shell_word(name))),
        ],
        Client::Inspector => vec![
            Step::say(t.start).code("npx @modelcontextprotocol/inspector"),
            Step::say(t.add_server).fields(vec![
                ("Server ID", name.to_owned()),
                ("Transport", "streamable-http".to_owned()),
                ("URL", url.to_owned()),
            ]),
        ],
        Client::Vscode => vec![vscode(t, name, &json!({ "type": "http", "url": url }))],
        Client::Cursor => vec![cursor(t, name, &json!({ "url": url }))],
        Client::Codex => vec![
            Step::say(t.run).code(codex(name, url, "")),
            Step::say(t.then_login).code(format!("codex mcp login {}", paste::shell_word(name))),
        ],
        Client::Sdks | Client::Curl => Vec::new(),
    }
}

fn by_id(t: &ConnectTexts, facts: &Facts<'_>, client: Client) -> Vec<Step> {
    let (name, url) = (facts.runtime.name.as_str(), facts.runtime.endpoint.as_str());
    let make = Step::say(t.make_id).code(format!(
        "shukuba app create --name {0} --type connector --preset {0}",
        client.word()
    ));
    let then = match client {
        Client::ClaudeCode => Step::say(t.run).code(paste::claude_add_client(name, url)),
        Client::Cursor => {
            let auth = json!({ "CLIENT_ID": "ID", "CLIENT_SECRET": "SECRET" });
            cursor(t, name, &json!({ "url": url, "auth": auth }))
        }
        Client::Codex => Step::say(t.run).code(codex(
            name,
            url,
            " --oauth-client-id ID --oauth-client-secret SECRET",
        )),
        Client::Vscode => Step::say(t.asks_id),
        _ => Step::say(t.type_id),
    };
    vec![make, then]
}

fn by_token(t: &ConnectTexts, facts: &Facts<'_>, client: Client) -> Vec<Step> {
    let (name, url) = (facts.runtime.name.as_str(), facts.runtime.endpoint.as_str());
    let bearer = json!({ "Authorization": "Bearer TOKEN" });
    let put = match client {
        Client::ClaudeCode => {
            Step::say(t.put_token).code(paste::claude_add_header(name, url, "TOKEN"))
        }
        Client::Inspector => Step::say(t.put_token).code(paste::inspector(url, "TOKEN")),
        Client::Vscode => vscode(
            t,
            name,
            &json!({ "type": "http", "url": url, "headers": bearer }),
        ),
        Client::Cursor => cursor(t, name, &json!({ "url": url, "headers": bearer })),
        Client::Codex => Step::say(t.put_token).code(format!(
            "export SHUKUBA_TOKEN=TOKEN\n{}",
            codex(name, url, " --bearer-token-env-var SHUKUBA_TOKEN")
        )),
        Client::Sdks | Client::Curl | Client::Claude => {
            Step::say(t.put_token).code(paste::curl(url, "TOKEN"))
        }
    };
    let mut steps = token(t, facts);
    steps.push(put);
    steps
}

/// How a token is got.
fn token(t: &ConnectTexts, facts: &Facts<'_>) -> Vec<Step> {
    if !facts.own_issuer {
        let url = facts.runtime.authorizer.discovery_url.as_str();
        return vec![Step::say(fill(t.foreign_token, &[("url", url)]))];
    }
    let (mut steps, app) = application(t, facts);
    let get = format!("shukuba token get --app {}", paste::shell_word(&app));
    steps.push(Step::say(t.own_token).code(get));
    steps
}

/// The application that gets tokens, and how it is made where there is none.
fn application(t: &ConnectTexts, facts: &Facts<'_>) -> (Vec<Step>, String) {
    if let Some(application) = facts.application {
        return (Vec::new(), application.name.clone());
    }
    let runtime = facts.runtime;
    let name = runtime.name.to_string();
    let api = runtime.authorizer.allowed_audience.first();
    let make = format!(
        "shukuba app create --name {} --type m2m --api {}",
        paste::shell_word(&name),
        paste::shell_word(api.unwrap_or(&runtime.endpoint))
    );
    (vec![Step::say(t.make_application).code(make)], name)
}

fn sdks(t: &ConnectTexts, facts: &Facts<'_>) -> Vec<Step> {
    let (url, issuer) = (&facts.runtime.endpoint, facts.public_url);
    let python = format!(
        "ClientCredentialsOAuthProvider(\n    server_url=\"{url}\",\n    storage=storage,\n    client_id=\"ID\",\n    client_secret=\"SECRET\",\n    issuer=\"{issuer}\",\n)"
    );
    let typescript = format!(
        "new StreamableHTTPClientTransport(new URL('{url}'), {{\n  authProvider: new ClientCredentialsProvider({{\n    clientId: 'ID',\n    clientSecret: 'SECRET',\n    expectedIssuer: '{issuer}',\n  }}),\n}})"
    );
    let (mut steps, _) = application(t, facts);
    steps.push(Step::say(t.sdk_client));
    steps.push(Step::say(t.sdk_python).code(python));
    steps.push(Step::say(t.sdk_typescript).code(typescript));
    steps
}

fn vscode(t: &ConnectTexts, name: &str, server: &Value) -> Step {
    let settings = json!({ "servers": { name: server } });
    in_file(t, ".vscode/mcp.json", &settings)
}

fn cursor(t: &ConnectTexts, name: &str, server: &Value) -> Step {
    let settings = json!({ "mcpServers": { name: server } });
    in_file(t, "~/.cursor/mcp.json", &settings)
}

fn in_file(t: &ConnectTexts, file: &str, settings: &Value) -> Step {
    Step::say(fill(t.in_file, &[("file", file)])).code(format!("{settings:#}"))
}

fn codex(name: &str, url: &str, more: &str) -> String {
    format!(
        "codex mcp add {} --url {}{more}",
        paste::shell_word(name),
        paste::shell_word(url)
    )
}
