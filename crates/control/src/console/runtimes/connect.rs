//! What to type into a client to connect it to a runtime, and whether the
//! runtime's and the server's settings let it in.

mod ways;

use shukuba_model::wire::{ApplicationView, RuntimeView};
use shukuba_model::{ApplicationKind, PublicOrigin};
use shukuba_pages::shown::fill;

use crate::console::texts::ConnectTexts;
use crate::{Control, WaysIn};
pub(super) use ways::Way;

/// A client that has a tab.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Client {
    Claude,
    ClaudeCode,
    Inspector,
    Vscode,
    Cursor,
    Codex,
    Sdks,
    Curl,
}

impl Client {
    const ALL: [Self; 8] = [
        Self::Claude,
        Self::ClaudeCode,
        Self::Inspector,
        Self::Vscode,
        Self::Cursor,
        Self::Codex,
        Self::Sdks,
        Self::Curl,
    ];

    /// The word in a page's address; also the preset's, where it has one.
    fn word(self) -> &'static str {
        match self {
            Self::Claude => "claude",
            Self::ClaudeCode => "claude-code",
            Self::Inspector => "inspector",
            Self::Vscode => "vscode",
            Self::Cursor => "cursor",
            Self::Codex => "codex",
            Self::Sdks => "sdks",
            Self::Curl => "curl",
        }
    }

    fn label(self, t: &ConnectTexts) -> &'static str {
        match self {
            Self::Claude => t.claude,
            Self::ClaudeCode => "Claude Code",
            Self::Inspector => "Inspector",
            Self::Vscode => "VS Code",
            Self::Cursor => "Cursor",
            Self::Codex => "Codex",
            Self::Sdks => t.sdks,
            Self::Curl => "curl",
        }
    }

    /// The client of that word; Claude Code where there is none.
    pub(super) fn of(word: &str) -> Self {
        let named = Self::ALL.into_iter().find(|client| client.word() == word);
        named.unwrap_or(Self::ClaudeCode)
    }

    /// Whether it is known by a document of its own where a server takes those.
    fn has_document(self) -> bool {
        matches!(
            self,
            Self::Claude | Self::ClaudeCode | Self::Vscode | Self::Codex
        )
    }

    /// Whether it is known to send no credentials over plain http beyond the
    /// own machine.
    fn refuses_http(self) -> bool {
        matches!(self, Self::ClaudeCode | Self::Inspector)
    }
}

/// From where the public address can be reached, as far as it tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Reach {
    /// From this machine only.
    Local,
    /// Without TLS.
    PlainHttp,
    /// With TLS, at another port than 443.
    OtherPort,
    /// With TLS at port 443.
    Public,
}

impl Reach {
    fn of(public_url: &str) -> Self {
        let Ok(origin) = public_url.parse::<PublicOrigin>() else {
            return Self::Local;
        };
        let host = public_url.rsplit('/').next().unwrap_or_default();
        let port = host.rsplit_once(':').map(|(_, port)| port);
        // An IPv6 address without a port ends in a bracket.
        let has_port = port.is_some_and(|port| !port.ends_with(']'));
        if origin.is_loopback() {
            Self::Local
        } else if !origin.is_https() {
            Self::PlainHttp
        } else if has_port {
            Self::OtherPort
        } else {
            Self::Public
        }
    }
}

/// What decides whether a client gets in.
struct Facts<'a> {
    runtime: &'a RuntimeView,
    public_url: &'a str,
    reach: Reach,
    ways_in: WaysIn,
    /// Whether the configured entry takes tokens of this server.
    own_issuer: bool,
    /// An application that the configured entry lets in.
    application: Option<&'a ApplicationView>,
}

/// A tab.
pub(super) struct Tab {
    pub(super) word: &'static str,
    pub(super) label: &'static str,
    pub(super) current: bool,
}

/// The part of the page about one client.
pub(super) struct Connect {
    pub(super) tabs: Vec<Tab>,
    pub(super) label: &'static str,
    pub(super) tone: &'static str,
    pub(super) verdict: &'static str,
    pub(super) reasons: Vec<String>,
    pub(super) ways: Vec<Way>,
}

impl Connect {
    pub(super) fn new(
        t: &ConnectTexts,
        control: &Control,
        runtime: &RuntimeView,
        applications: &[ApplicationView],
        client: Client,
    ) -> Self {
        let parts = control.parts();
        let discovery = runtime.authorizer.discovery_url.as_str();
        let own = discovery.strip_prefix(parts.public_url.as_str());
        let facts = Facts {
            runtime,
            public_url: &parts.public_url,
            reach: Reach::of(&parts.public_url),
            ways_in: parts.ways_in,
            own_issuer: own.is_some_and(|path| path.starts_with("/.well-known/")),
            application: applications.iter().find(|one| meets(runtime, one)),
        };
        let obstacle = obstacle(t, &facts, client);
        let (tone, verdict) = match &obstacle {
            None => ("good", t.gets_in),
            Some(Obstacle::Condition(_)) => ("warn", t.on_condition),
            Some(Obstacle::Bar(_)) => ("bad", t.kept_out),
        };
        let mut reasons: Vec<String> = obstacle.into_iter().map(Obstacle::reason).collect();
        reasons.extend(limits(t, &facts, client));
        Self {
            tabs: Client::ALL
                .into_iter()
                .map(|one| Tab {
                    word: one.word(),
                    label: one.label(t),
                    current: one == client,
                })
                .collect(),
            label: client.label(t),
            tone,
            verdict,
            reasons,
            ways: ways::of(t, &facts, client),
        }
    }
}

/// Whether the configured entry lets an application in by what it names.
fn meets(runtime: &RuntimeView, application: &ApplicationView) -> bool {
    let rules = &runtime.authorizer;
    let client = application.client_id.as_str();
    let audience = application.apis.first().map(|api| api.as_str());
    let names = |allowed: &[String], value: Option<&str>| {
        allowed.is_empty() || allowed.iter().any(|one| Some(one.as_str()) == value)
    };
    application.kind == ApplicationKind::MachineToMachine
        && names(&rules.allowed_clients, Some(client))
        && names(&rules.allowed_audience, audience)
}

/// What stands between a client and the runtime.
enum Obstacle {
    /// It gets in when the reader does as the sentence says.
    Condition(String),
    /// It does not get in as things are.
    Bar(String),
}

impl Obstacle {
    fn reason(self) -> String {
        match self {
            Self::Condition(reason) | Self::Bar(reason) => reason,
        }
    }
}

/// The first thing that is in the way.
fn obstacle(t: &ConnectTexts, facts: &Facts<'_>, client: Client) -> Option<Obstacle> {
    let of_url = |text| fill(text, &[("url", facts.public_url)]);
    let condition = |text: String| Some(Obstacle::Condition(text));
    let bar = |text: String| Some(Obstacle::Bar(text));
    let ways_in = facts.ways_in;
    let known = ways_in.client_documents && client.has_document();
    let unknown = !(ways_in.open_registration || known);
    match client {
        Client::Claude => match facts.reach {
            _ if !facts.runtime.login => bar(t.login_off.to_owned()),
            Reach::Local => bar(of_url(t.hosted_local)),
            Reach::PlainHttp => bar(of_url(t.hosted_http)),
            Reach::OtherPort => bar(of_url(t.hosted_port)),
            Reach::Public if unknown => condition(t.needs_id.to_owned()),
            Reach::Public => None,
        },
        // Curl sends what it is given.
        Client::Sdks if facts.reach == Reach::PlainHttp => condition(of_url(t.sdk_http)),
        Client::Sdks | Client::Curl => {
            let none = facts.own_issuer && facts.application.is_none();
            none.then(|| Obstacle::Condition(t.no_application.to_owned()))
        }
        _ if !facts.runtime.login => condition(t.only_token.to_owned()),
        _ if facts.reach == Reach::PlainHttp && client.refuses_http() => {
            condition(of_url(t.plain_http))
        }
        _ if unknown => condition(t.needs_id.to_owned()),
        _ => None,
    }
}

/// Whom the rules let in at all.
fn limits(t: &ConnectTexts, facts: &Facts<'_>, client: Client) -> Vec<String> {
    let runtime = facts.runtime;
    let clients = &runtime.authorizer.allowed_clients;
    let mut found = Vec::new();
    let logs_in = !matches!(client, Client::Sdks | Client::Curl);
    if logs_in && runtime.login && !runtime.login_allow.is_all() {
        let users = runtime.login_allow.users().join(", ");
        found.push(fill(t.only_people, &[("users", &users)]));
    }
    if client != Client::Claude && !clients.is_empty() {
        found.push(fill(t.only_clients, &[("clients", &clients.join(", "))]));
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_tells_who_can_reach_it() {
        for (url, reach) in [
            ("http://127.0.0.1:8430", Reach::Local),
            ("https://localhost:8430", Reach::Local),
            ("https://[::1]:8430", Reach::Local),
            ("http://192.0.2.1:8430", Reach::PlainHttp),
            ("http://mcp.example", Reach::PlainHttp),
            ("https://mcp.example:8443", Reach::OtherPort),
            ("https://[2001:db8::1]:8443", Reach::OtherPort),
            ("https://[2001:db8::1]", Reach::Public),
            ("https://mcp.example", Reach::Public),
        ] {
            assert_eq!(Reach::of(url), reach, "{url}");
        }
    }
}
