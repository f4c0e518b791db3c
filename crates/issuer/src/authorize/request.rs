//! An authorization request, parsed once (RFC 6749 section 4.1.1).
//!
//! Until the redirect URI is proven to be the client's, whatever is wrong is a
//! page; from then on it goes back to the client.

use serde::{Deserialize, Serialize};
use shukuba_model::{Client, ClientId, GrantType, RedirectUri, Scopes};

use crate::authorize::failure::{Code, Failure};
use crate::authorize::problem::Problem;
use crate::authorize::target::{self, Target};
use crate::authorize::{LONGEST, pkce, scope};
use crate::token::form::{Form, shortened};
use crate::{Issuer, clients};

/// A request as it was accepted. It is stored like this, and nothing that a
/// browser sends later changes it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct AuthorizationRequest {
    /// Who asks.
    pub(crate) client_id: ClientId,
    /// Where the answer goes.
    pub(crate) back: Back,
    /// The S256 `code_challenge`.
    pub(crate) challenge: String,
    /// Comes back in the ID token.
    pub(crate) nonce: Option<String>,
    /// What is asked for: known scopes only.
    pub(crate) scope: Scopes,
    /// What tokens are asked for.
    pub(crate) target: Target,
    /// What the client wants the person asked.
    pub(crate) prompt: Prompt,
    /// How long ago the person may have proven who they are, in seconds.
    pub(crate) max_age: Option<i64>,
    /// What to put into the name field.
    pub(crate) login_hint: Option<String>,
    /// When the person who was logged in as it came had proven who they are,
    /// seconds since 1970.
    pub(crate) login_before: Option<i64>,
}

impl AuthorizationRequest {
    /// The text that is stored.
    pub(crate) fn to_json(&self) -> serde_json::Result<String> {
        serde_json::to_string(self)
    }

    /// The request that was stored as `text`, unless another version wrote it.
    pub(crate) fn from_json(text: &str) -> Option<Self> {
        serde_json::from_str(text).ok()
    }
}

/// Where an answer goes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Back {
    /// The proven redirect URI, as the request named it.
    pub(crate) redirect_uri: RedirectUri,
    /// Comes back as it was sent.
    pub(crate) state: Option<String>,
}

/// What a client wants the person asked (OpenID Connect Core section 3.1.2.1).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Prompt {
    /// Nothing at all; excludes the others.
    pub(crate) none: bool,
    /// To log in again.
    pub(crate) login: bool,
    /// To consent again.
    pub(crate) consent: bool,
}

/// Why a request is not accepted.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// Shown here.
    Page(Problem),
    /// Sent back to the client.
    Back(Back, Failure),
}

impl From<Problem> for Refusal {
    fn from(problem: Problem) -> Self {
        Self::Page(problem)
    }
}

/// Parses the query of a request from `address`.
pub(crate) async fn parse(
    issuer: &Issuer,
    query: &str,
    address: &str,
) -> Result<(Client, AuthorizationRequest), Refusal> {
    if query.len() > LONGEST {
        let reason = format!("it has more than {LONGEST} bytes.");
        return Err(Problem::Malformed(reason).into());
    }
    let (form, repeated) = Form::parse_noting_repeated(query.as_bytes())
        .map_err(|error| Problem::Malformed(error.description()))?;
    for name in ["client_id", "redirect_uri"] {
        if repeated.iter().any(|repeated| repeated == name) {
            return Err(Problem::Repeated(name).into());
        }
    }
    let id = form.get("client_id").ok_or(Problem::ClientMissing)?;
    let client = clients::find_for(issuer, id, address)
        .await
        .map_err(Problem::from)?;
    let redirect_uri = redirect_uri(&client, form.get("redirect_uri"))?;
    let state_is_clear = repeated.iter().all(|name| name != "state");
    let back = Back {
        redirect_uri,
        state: form
            .get("state")
            .filter(|_| state_is_clear)
            .map(str::to_owned),
    };
    match proven(issuer, &client, &form, &repeated, &back).await {
        Ok(request) => Ok((client, request)),
        Err(failure) => {
            tracing::info!(
                client_id = %client.id,
                error = failure.code.as_str(),
                "authorization request refused"
            );
            if failure.may_go_to(&client) {
                Err(Refusal::Back(back, failure))
            } else {
                Err(Problem::Scope(failure.description).into())
            }
        }
    }
}

/// The redirect URI, when it is the client's.
fn redirect_uri(client: &Client, asked: Option<&str>) -> Result<RedirectUri, Problem> {
    match (asked, client.redirect_uris.as_slice()) {
        (Some(asked), registered) => {
            let unknown = || Problem::RedirectUnknown(asked.to_owned());
            if registered.iter().any(|uri| uri.matches(asked)) {
                asked.parse().map_err(|_| unknown())
            } else {
                Err(unknown())
            }
        }
        (None, [only]) => Ok(only.clone()),
        (None, _) => Err(Problem::RedirectMissing),
    }
}

/// The rest of a request whose redirect URI is proven.
async fn proven(
    issuer: &Issuer,
    client: &Client,
    form: &Form,
    repeated: &[String],
    back: &Back,
) -> Result<AuthorizationRequest, Failure> {
    if let Some(name) = repeated.first() {
        return Err(Failure::request(format!(
            "The parameter '{}' came more than once; send each one once.",
            shortened(name)
        )));
    }
    refuse_request_objects(form)?;
    require_code(client, form)?;
    let challenge = pkce::challenge(form)?;
    let prompt = prompt(form.get("prompt").unwrap_or_default())?;
    let max_age = max_age(form)?;
    let target = target::choose(issuer, client, form).await?;
    let scope = scope::choose(issuer, client, &target.api, form.get("scope")).await?;
    Ok(AuthorizationRequest {
        client_id: client.id.clone(),
        back: back.clone(),
        challenge,
        nonce: form.get("nonce").map(str::to_owned),
        scope,
        target,
        prompt,
        max_age,
        login_hint: form
            .get("login_hint")
            .map(|hint| hint.chars().take(64).collect()),
        login_before: None,
    })
}

fn refuse_request_objects(form: &Form) -> Result<(), Failure> {
    if form.get("request").is_some() {
        return Err(Failure::new(
            Code::RequestNotSupported,
            "Request objects are not read here: send the parameters themselves, without request.",
        ));
    }
    if form.get("request_uri").is_some() {
        return Err(Failure::new(
            Code::RequestUriNotSupported,
            "Request objects are not fetched here: send the parameters themselves, without request_uri.",
        ));
    }
    Ok(())
}

fn require_code(client: &Client, form: &Form) -> Result<(), Failure> {
    match form.get("response_type") {
        Some("code") => {}
        Some(other) => {
            return Err(Failure::new(
                Code::UnsupportedResponseType,
                format!(
                    "The response type '{}' is not given here; send response_type=code.",
                    shortened(other)
                ),
            ));
        }
        None => {
            return Err(Failure::request(
                "Missing required parameter: response_type. Send response_type=code.",
            ));
        }
    }
    if let Some(mode) = form.get("response_mode").filter(|mode| *mode != "query") {
        return Err(Failure::request(format!(
            "The response mode '{}' is not given here; send response_mode=query, or leave it out.",
            shortened(mode)
        )));
    }
    if !client.may_use(GrantType::AuthorizationCode) {
        return Err(Failure::new(
            Code::UnauthorizedClient,
            "This client is not registered for the grant type authorization_code.",
        ));
    }
    Ok(())
}

fn prompt(text: &str) -> Result<Prompt, Failure> {
    let mut prompt = Prompt::default();
    for word in text.split(' ').filter(|word| !word.is_empty()) {
        match word {
            "none" => prompt.none = true,
            // Whoever picks an account here proves to be its owner.
            "login" | "select_account" => prompt.login = true,
            "consent" => prompt.consent = true,
            other => {
                return Err(Failure::request(format!(
                    "prompt has the unknown value '{}'; send none, login or consent, or leave it out.",
                    shortened(other)
                )));
            }
        }
    }
    if prompt.none && (prompt.login || prompt.consent) {
        return Err(Failure::request(
            "prompt=none asks the person nothing, so it stands alone.",
        ));
    }
    Ok(prompt)
}

fn max_age(form: &Form) -> Result<Option<i64>, Failure> {
    let Some(text) = form.get("max_age") else {
        return Ok(None);
    };
    let digits = text.bytes().all(|byte| byte.is_ascii_digit());
    match text.parse() {
        Ok(seconds) if digits => Ok(Some(seconds)),
        _ => Err(Failure::request(format!(
            "max_age is '{}'; it must be a number of seconds.",
            shortened(text)
        ))),
    }
}
