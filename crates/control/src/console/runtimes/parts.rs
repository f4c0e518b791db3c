//! What the page of a runtime shows of its rules, versions and instances.

use shukuba_model::wire::{InstanceView, RuntimeView, VersionView};
use shukuba_pages::Language;
use shukuba_pages::shown::{clean, fill};

use crate::Control;
use crate::console::phrases;
use crate::console::shown::Time;
use crate::console::texts::{self, RuntimeTexts};

/// How much of what a failed start said is shown, in characters.
const LONGEST_MESSAGE: usize = 500;
/// How many digits of a hash tell it from others.
const SHORT: usize = 12;

/// A rule: its name, what it names, and what it means where it names nothing.
pub(in crate::console) struct Rule {
    pub(in crate::console) name: &'static str,
    pub(in crate::console) values: Vec<String>,
    pub(in crate::console) unset: &'static str,
}

/// Who may call.
pub(in crate::console) struct Rules {
    pub(in crate::console) lead: &'static str,
    pub(in crate::console) configured: Vec<Rule>,
    /// The entry for people, where the runtime has one.
    pub(in crate::console) login: Option<Rule>,
}

impl Rules {
    pub(super) fn of(t: &RuntimeTexts, control: &Control, runtime: &RuntimeView) -> Self {
        let rules = &runtime.authorizer;
        let url = rules.discovery_url.as_str();
        let own = url.strip_prefix(control.parts().public_url.as_str());
        let rule = |name, values: Vec<String>, unset| Rule {
            name,
            values,
            unset,
        };
        let claims = rules.client_claim.claims().iter();
        let users = runtime.login_allow.users().to_vec();
        Self {
            lead: if own.is_some_and(|path| path.starts_with("/.well-known/")) {
                t.configured_own
            } else {
                t.configured_lead
            },
            configured: vec![
                rule(t.issuer, vec![url.to_owned()], ""),
                rule(t.clients, rules.allowed_clients.clone(), t.any_client),
                rule(t.audiences, rules.allowed_audience.clone(), t.any_audience),
                rule(t.scopes, rules.allowed_scopes.clone(), t.any_scope),
                rule(
                    t.claims,
                    claims.map(|&claim| claim.to_owned()).collect(),
                    "",
                ),
            ],
            login: runtime.login.then(|| rule(t.people, users, t.everybody)),
        }
    }
}

/// A version on a line.
pub(in crate::console) struct Version {
    pub(in crate::console) number: u32,
    pub(in crate::console) serves: bool,
    pub(in crate::console) launched: Time,
    pub(in crate::console) digest: String,
    pub(in crate::console) tools: String,
    pub(in crate::console) cold_start: String,
    pub(in crate::console) roll_back: String,
}

impl Version {
    pub(super) fn of(t: &RuntimeTexts, runtime: &RuntimeView, version: &VersionView) -> Self {
        let tools: Vec<&str> = version
            .tools
            .iter()
            .map(|tool| tool.name.as_str())
            .collect();
        let number = version.number.to_string();
        Self {
            number: version.number,
            serves: version.number == runtime.version,
            launched: Time::of_millis(version.created_at.saturating_mul(1000)),
            digest: version.digest.chars().take(SHORT).collect(),
            tools: tools.join(", "),
            cold_start: fill(t.milliseconds, &[("ms", &version.start_ms.to_string())]),
            roll_back: fill(t.roll_back, &[("version", &number)]),
        }
    }
}

/// An instance on a line.
pub(in crate::console) struct Instance {
    pub(in crate::console) id: String,
    pub(in crate::console) version: u32,
    pub(in crate::console) principal: String,
    pub(in crate::console) state: &'static str,
    /// The colour of the state.
    pub(in crate::console) tone: &'static str,
    pub(in crate::console) sessions: usize,
    pub(in crate::console) requests: usize,
    pub(in crate::console) last_used: Time,
    pub(in crate::console) stop: String,
}

impl Instance {
    pub(super) fn of(t: &RuntimeTexts, view: &InstanceView) -> Self {
        let (state, tone) = if view.ready {
            (t.ready, "good")
        } else {
            (t.starting, "plain")
        };
        Self {
            id: view.id.clone(),
            version: view.version,
            principal: view.principal.chars().take(SHORT).collect(),
            state,
            tone,
            sessions: view.sessions,
            requests: view.requests,
            last_used: Time::of_millis(view.last_used_at.saturating_mul(1000)),
            stop: fill(t.stop, &[("instance", &view.id)]),
        }
    }
}

/// What became of the last start of an instance, where it failed.
pub(super) fn start_failed(language: Language, runtime: &RuntimeView) -> Option<String> {
    let failure = runtime.last_failure.as_ref()?;
    let message = phrases::said(language, &failure.message);
    let values = [
        ("time", Time::of_seconds(failure.failed_at).shown),
        ("version", failure.version.to_string()),
        ("message", clean(&message, LONGEST_MESSAGE)),
    ];
    Some(fill(
        texts::runtimes(language).start_failed,
        &values
            .each_ref()
            .map(|(name, value)| (*name, value.as_str())),
    ))
}
