//! The token endpoint: `client_credentials`, with each provider's own errors.

use std::collections::HashMap;
use std::sync::atomic::Ordering;
use std::time::{SystemTime, UNIX_EPOCH};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::{Kind, State};

/// A status and a JSON body.
pub(super) type Answer = (u16, Value);

/// What a token request says, wherever it says it.
#[derive(Debug, Default)]
struct TokenRequest {
    parameters: HashMap<String, String>,
}

impl State {
    /// Answers a token request.
    pub(super) fn token_request(
        &self,
        content_type: &str,
        authorization: Option<&str>,
        body: &[u8],
    ) -> Answer {
        let json_allowed = self.kind == Kind::Auth0;
        let request = TokenRequest::read(content_type, authorization, body, json_allowed);
        match self.kind {
            Kind::Auth0 => self.auth0_token(&request),
            Kind::Cognito => self.cognito_token(&request),
        }
    }

    fn auth0_token(&self, request: &TokenRequest) -> Answer {
        let Some(grant) = request.get("grant_type") else {
            return error(
                400,
                "invalid_request",
                "Missing required parameter: grant_type",
            );
        };
        let Some(client) = request.get("client_id") else {
            return error(401, "invalid_client", "Missing client_id");
        };
        if !self.is_client(client, request.get("client_secret")) {
            return error(401, "access_denied", "Unauthorized");
        }
        if grant != "client_credentials" {
            let text = format!("Grant type '{grant}' not allowed for the client.");
            return error(403, "unauthorized_client", &text);
        }
        let Some(audience) = request.get("audience") else {
            let text =
                "No audience parameter was provided, and no default audience has been configured";
            return error(403, "access_denied", text);
        };
        if !self.apis.read().iter().any(|api| api == audience) {
            let text = format!("Service not found: {audience}");
            return error(403, "access_denied", &text);
        }
        self.issued(Some(audience), request.get("scope"))
    }

    fn cognito_token(&self, request: &TokenRequest) -> Answer {
        let secret = request.get("client_secret");
        let known = request
            .get("client_id")
            .is_some_and(|client| self.is_client(client, secret));
        match request.get("grant_type") {
            None => (400, json!({"error": "invalid_request"})),
            Some(_) if !known => (400, json!({"error": "invalid_client"})),
            Some("client_credentials") => self.issued(None, request.get("scope")),
            Some(_) => (400, json!({"error": "unsupported_grant_type"})),
        }
    }

    fn issued(&self, audience: Option<&str>, scope: Option<&str>) -> Answer {
        let token = self.access_token(audience, scope, now());
        let mut body = json!({
            "access_token": token,
            "expires_in": self.lifetime.load(Ordering::SeqCst),
            "token_type": "Bearer",
        });
        if let (Kind::Auth0, Some(scope), Some(members)) = (self.kind, scope, body.as_object_mut())
        {
            members.insert("scope".to_owned(), json!(scope));
        }
        (200, body)
    }

    fn is_client(&self, client: &str, secret: Option<&str>) -> bool {
        client == self.client_id && secret == Some(self.client_secret.as_str())
    }
}

impl TokenRequest {
    fn read(
        content_type: &str,
        authorization: Option<&str>,
        body: &[u8],
        json_allowed: bool,
    ) -> Self {
        let mut request = Self::default();
        if json_allowed && content_type.starts_with("application/json") {
            let document: Value = serde_json::from_slice(body).unwrap_or_default();
            for (name, value) in document.as_object().into_iter().flatten() {
                if let Some(value) = value.as_str() {
                    request.set(name, value);
                }
            }
        } else {
            for (name, value) in url::form_urlencoded::parse(body) {
                request.set(&name, &value);
            }
        }
        if let Some((client, secret)) = authorization.and_then(basic) {
            request.set("client_id", &client);
            request.set("client_secret", &secret);
        }
        request
    }

    fn get(&self, name: &str) -> Option<&str> {
        self.parameters
            .get(name)
            .map(String::as_str)
            .filter(|value| !value.is_empty())
    }

    fn set(&mut self, name: &str, value: &str) {
        self.parameters.insert(name.to_owned(), value.to_owned());
    }
}

/// The id and secret of `Basic`, form-decoded as RFC 6749 section 2.3.1 says.
fn basic(authorization: &str) -> Option<(String, String)> {
    let encoded = authorization.strip_prefix("Basic ")?;
    let text = String::from_utf8(STANDARD.decode(encoded).ok()?).ok()?;
    let (client, secret) = text.split_once(':')?;
    let decode = |text: &str| {
        let pair = format!("v={text}");
        url::form_urlencoded::parse(pair.as_bytes())
            .next()
            .map(|(_, value)| value.into_owned())
    };
    Some((decode(client)?, decode(secret)?))
}

fn error(status: u16, error: &str, description: &str) -> Answer {
    let body = json!({"error": error, "error_description": description});
    (status, body)
}

fn now() -> i64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .ok()
        .and_then(|elapsed| i64::try_from(elapsed.as_secs()).ok())
        .unwrap_or_default()
}
