//! The token inspector: what a runtime's door says of a token, rule by rule.
//! The token is neither stored nor logged: it lives in the request alone.

use askama::Template;
use axum::extract::State;
use axum::response::{IntoResponse as _, Response};
use http::StatusCode;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Deserialize;
use shukuba_model::wire::{Explanation, RuleVerdict, Verdict};
use shukuba_model::{ApiIdentifier, LoginEntry, Route};
use shukuba_pages::Language;
use shukuba_pages::shown::fill;

use super::act::Act;
use super::apis;
use super::decoded::Decoded;
use super::phrases;
use super::shell::{self, Place, Shell};
use super::texts::{self, InspectorTexts, TokenTexts};
use super::trouble::Trouble;
use super::visit::Visit;
use crate::{Control, ControlError};

/// What was pasted and picked.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct Fields {
    token: String,
    runtime: String,
}

impl Fields {
    /// The token without what stands before it in a header.
    fn token(&self) -> &str {
        let mut text = self.token.trim();
        if let Some((head, rest)) = text.split_once(':')
            && head.eq_ignore_ascii_case("authorization")
        {
            text = rest.trim_start();
        }
        let mut words = text.splitn(2, char::is_whitespace);
        if words
            .next()
            .is_some_and(|scheme| scheme.eq_ignore_ascii_case("bearer"))
        {
            text = words.next().unwrap_or_default().trim_start();
        }
        text
    }
}

/// A rule with its verdict.
struct Rule {
    name: String,
    asks: &'static str,
    verdict: &'static str,
    tone: &'static str,
    seen: String,
    expected: String,
    fixes: Vec<String>,
    /// A page of ours where the change is made, and its name.
    page: Option<(String, String)>,
}

/// An entry of the runtime.
struct Entry {
    name: String,
    issuer: String,
    wants: Vec<String>,
    judged: bool,
}

/// What came out.
struct Judged {
    title: String,
    admitted: bool,
    message: String,
    rules: Vec<Rule>,
    entries: Vec<Entry>,
    decoded: Option<Decoded>,
}

#[derive(Template)]
#[template(path = "console/inspector.html")]
struct View {
    shell: Shell,
    t: &'static InspectorTexts,
    d: &'static TokenTexts,
    runtimes: Vec<String>,
    fields: Fields,
    refused: Option<String>,
    judged: Option<Judged>,
}

impl View {
    fn new(control: &Control, visit: &Visit, fields: Fields) -> Self {
        let runtimes = control.callable();
        Self {
            shell: Shell::new(visit, Place::Inspector),
            t: texts::inspector(visit.language),
            d: texts::tokens(visit.language),
            runtimes: runtimes.iter().map(|one| one.name.to_string()).collect(),
            fields,
            refused: None,
            judged: None,
        }
    }
}

/// `GET /console/inspector`.
pub(super) async fn page(State(control): State<Control>, visit: Visit) -> Response {
    let view = View::new(&control, &visit, Fields::default());
    shell::page(StatusCode::OK, &view)
}

/// `POST /console/inspector`.
pub(super) async fn judge(State(control): State<Control>, act: Act<Fields>) -> Response {
    let Act { visit, form } = act;
    let mut view = View::new(&control, &visit, form);
    if view.fields.token().is_empty() {
        view.refused = Some(view.t.no_token.to_owned());
        return shell::page(StatusCode::BAD_REQUEST, &view);
    }
    match judged(&control, &visit, &view).await {
        Ok(judged) => {
            view.judged = Some(judged);
            shell::page(StatusCode::OK, &view)
        }
        Err(error @ ControlError::Internal(_)) => {
            Trouble::new(visit.language, error).into_response()
        }
        Err(error) => {
            view.refused = Some(phrases::problem(visit.language, &error).message);
            shell::page(error.status(), &view)
        }
    }
}

async fn judged(control: &Control, visit: &Visit, view: &View) -> Result<Judged, ControlError> {
    let (t, token) = (view.t, view.fields.token());
    let named = Some(view.fields.runtime.as_str()).filter(|name| !name.is_empty());
    let explanation = control.explain(token, named).await?;
    let decoded = Decoded::of(view.d, token, control.parts().clock.now());
    let api = match &decoded {
        Some(decoded) => api_of(control, decoded).await?,
        None => None,
    };
    let routes = control.callable();
    let route = routes
        .iter()
        .find(|route| route.name.as_str() == explanation.runtime);
    let places = Places {
        api: api.as_ref(),
        client: decoded
            .as_ref()
            .and_then(|decoded| decoded.client.as_deref()),
        runtime: &explanation.runtime,
    };
    let sentence = if explanation.admitted {
        t.admitted
    } else {
        t.refused
    };
    Ok(Judged {
        title: fill(sentence, &[("runtime", &explanation.runtime)]),
        admitted: explanation.admitted,
        rules: explanation
            .rules
            .iter()
            .map(|rule| Rule::of(visit.language, rule, &places))
            .collect(),
        entries: route.map_or_else(Vec::new, |route| {
            let ours = &control.parts().public_url;
            entries(t, route, ours, &explanation)
        }),
        message: explanation.message.unwrap_or_default(),
        decoded,
    })
}

/// The API of ours that a token is for, as it says itself.
async fn api_of(
    control: &Control,
    decoded: &Decoded,
) -> Result<Option<ApiIdentifier>, ControlError> {
    if decoded.issuer != control.parts().public_url {
        return Ok(None);
    }
    control.first_api(&decoded.audiences).await
}

impl Rule {
    fn of(language: Language, rule: &RuleVerdict, places: &Places<'_>) -> Self {
        let t = texts::inspector(language);
        let said = |text: &String| phrases::said(language, text);
        let (verdict, tone) = match rule.verdict {
            Verdict::Pass => (t.pass, "good"),
            Verdict::Fail => (t.fail, "bad"),
            Verdict::Skipped => (t.skipped, "plain"),
        };
        let failed = rule.verdict == Verdict::Fail;
        Self {
            asks: t.in_words(&rule.rule),
            verdict,
            tone,
            seen: rule.seen.as_ref().map(said).unwrap_or_default(),
            expected: rule.expected.as_ref().map(said).unwrap_or_default(),
            fixes: rule.fixes.iter().map(said).collect(),
            page: failed.then(|| places.page_for(t, &rule.rule)).flatten(),
            name: rule.rule.clone(),
        }
    }
}

/// What a refused token leads to.
struct Places<'a> {
    /// The API of ours that it is for.
    api: Option<&'a ApiIdentifier>,
    /// Its `client_id`.
    client: Option<&'a str>,
    runtime: &'a str,
}

impl Places<'_> {
    /// Where what a rule failed on can be changed here, and what that page is called.
    fn page_for(&self, t: &InspectorTexts, rule: &str) -> Option<(String, String)> {
        let of_api = |page, sentence| {
            let api = self.api?;
            let name = fill(sentence, &[("api", api.as_str())]);
            Some((apis::address(page, api), name))
        };
        match rule {
            // A client that it names is not among the allowed ones; one that it
            // does not name stands in another claim, by its API's profile.
            "client_id" if self.client.is_none() && self.api.is_some() => {
                of_api("one", t.change_api)
            }
            "typ" | "scope" => of_api("one", t.change_api),
            "signature" | "exp" | "revoked" => of_api("token", t.new_token),
            "client_id" | "issuer" | "entry" | "user" | "aud" => Some(self.rules(t, rule)),
            _ => None,
        }
    }

    fn rules(&self, t: &InspectorTexts, rule: &str) -> (String, String) {
        let client = self.client.filter(|_| rule == "client_id");
        let query = client.map_or_else(String::new, |client| {
            let client = utf8_percent_encode(client, NON_ALPHANUMERIC);
            format!("?client={client}")
        });
        let page = format!("/console/runtimes/{}/rules{query}", self.runtime);
        (page, fill(t.change_runtime, &[("runtime", self.runtime)]))
    }
}

/// Every entry of the runtime, and which of them judged.
fn entries(t: &InspectorTexts, route: &Route, ours: &str, said: &Explanation) -> Vec<Entry> {
    let judged = |name: &str| said.entry.as_deref() == Some(name);
    let configured = route.authorizer.entries.iter().map(|entry| Entry {
        name: entry.name.clone(),
        issuer: route.authorization_server.clone(),
        wants: [
            ("allowedClients", &entry.allowed_clients),
            ("allowedAudience", &entry.allowed_audience),
            ("allowedScopes", &entry.allowed_scopes),
        ]
        .into_iter()
        .filter(|(_, values)| !values.is_empty())
        .map(|(rule, values)| format!("{rule}: {}", values.join(", ")))
        .collect(),
        judged: judged(&entry.name),
    });
    let login = route.authorizer.login.as_ref().map(|login| Entry {
        name: LoginEntry::NAME.to_owned(),
        issuer: ours.to_owned(),
        wants: vec![match login.allow.users() {
            [] => t.people.to_owned(),
            named => fill(t.people_named, &[("people", &named.join(", "))]),
        }],
        judged: judged(LoginEntry::NAME),
    });
    configured.chain(login).collect()
}
