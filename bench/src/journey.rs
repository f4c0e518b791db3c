//! A client that knows an MCP address and nothing else, and a person with a
//! browser: from there to the first call, as MCP 2025-11-25 goes it, every
//! request counted.

use anyhow::{Context as _, bail, ensure};
use bytes::Bytes;
use http_body_util::Full;
use hyper::header::{
    ACCEPT, AUTHORIZATION, CONTENT_TYPE, COOKIE, HOST, LOCATION, SET_COOKIE, WWW_AUTHENTICATE,
};
use hyper::{Request, Response, StatusCode};
use serde_json::{Value, json};

use crate::client::Link;
use crate::door::{Door, ENDPOINT, FORM, text};

const PERSON: &str = "ada";
const PASSWORD: &str = "correct horse battery";
const CALLBACK: &str = "http://localhost:3118/callback";
/// The example of RFC 7636 appendix B.
const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
const JSON: &str = "application/json";

/// How many requests each side sent.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct RoundTrips {
    /// The client.
    pub(crate) client: usize,
    /// The person's browser, stylesheets left out.
    pub(crate) browser: usize,
}

/// A login, and what it took.
pub(crate) struct Login {
    pub(crate) client_id: String,
    pub(crate) refresh_token: String,
    /// From the bare address to the first answered call.
    pub(crate) first: RoundTrips,
    /// From an expired token to the next answered call.
    pub(crate) renewed: RoundTrips,
}

/// One side of it: its connection, its cookies, and how often it asked.
struct Side<'a> {
    door: &'a Door,
    link: Link,
    cookies: Vec<String>,
    sent: usize,
}

/// Goes the whole way once, and once more from an expired token.
pub(crate) async fn log_in(door: &Door) -> anyhow::Result<Login> {
    door.person(PERSON, PASSWORD).await?;
    let mut client = Side::new(door).await?;
    let mut browser = Side::new(door).await?;
    let challenge = client.mcp(&initialize(), None).await?;
    let metadata = authorization_server(&mut client, &challenge).await?;
    let order = json!({
        "client_name": "bench", "redirect_uris": [CALLBACK],
        "grant_types": ["authorization_code", "refresh_token"],
        "token_endpoint_auth_method": "none",
    });
    let registered = client
        .post(
            &path(&metadata, "registration_endpoint")?,
            JSON,
            order.to_string(),
        )
        .await?;
    let client_id = text(&parsed(&registered)?, "client_id")?;
    let code = authorized(&mut browser, &metadata, &client_id).await?;
    let token = path(&metadata, "token_endpoint")?;
    let form = format!(
        "grant_type=authorization_code&client_id={client_id}&code={code}&redirect_uri={CALLBACK}&code_verifier={VERIFIER}"
    );
    let tokens = parsed(&client.post(&token, FORM, form).await?)?;
    client.first_call(&text(&tokens, "access_token")?).await?;
    let first = RoundTrips {
        client: client.sent,
        browser: browser.sent,
    };
    let form = refreshing(&client_id, &text(&tokens, "refresh_token")?);
    let tokens = parsed(&client.post(&token, FORM, form).await?)?;
    client.first_call(&text(&tokens, "access_token")?).await?;
    Ok(Login {
        client_id,
        refresh_token: text(&tokens, "refresh_token")?,
        first,
        renewed: RoundTrips {
            client: client.sent - first.client,
            browser: browser.sent - first.browser,
        },
    })
}

/// A browser in which a person is logged in.
pub(crate) struct Browser<'a>(Side<'a>);

impl<'a> Browser<'a> {
    /// Makes an operator of the console and logs them in.
    pub(crate) async fn of_operator(door: &'a Door) -> anyhow::Result<Self> {
        door.person_of(PERSON, PASSWORD, "operator").await?;
        let mut side = Side::new(door).await?;
        let login = header(&side.get("/console").await?, LOCATION)?;
        let page = side.get(&local(&login)?).await?;
        let body = format!(
            "request={}&csrf={}&username={PERSON}&password={}&action=login",
            hidden(&page, "request")?,
            hidden(&page, "csrf")?,
            PASSWORD.replace(' ', "+")
        );
        let answer = side.post("/oauth/login", FORM, body).await?;
        ensure!(
            header(&answer, LOCATION)? == "/console",
            "the login led elsewhere"
        );
        Ok(Self(side))
    }

    /// Opens a page.
    pub(crate) async fn get(&mut self, path: &str) -> anyhow::Result<Response<Bytes>> {
        self.0.get(path).await
    }
}

/// The form of a refresh.
pub(crate) fn refreshing(client_id: &str, token: &str) -> String {
    format!("grant_type=refresh_token&client_id={client_id}&refresh_token={token}")
}

/// From the refusal to the authorization server's metadata (RFC 9728, RFC 8414).
async fn authorization_server(
    client: &mut Side<'_>,
    refusal: &Response<Bytes>,
) -> anyhow::Result<Value> {
    ensure!(refusal.status() == StatusCode::UNAUTHORIZED, "no challenge");
    let challenge = header(refusal, WWW_AUTHENTICATE)?;
    let (_, resource) = challenge
        .split_once("resource_metadata=\"")
        .context("no resource_metadata")?;
    let resource = resource.split('"').next().unwrap_or_default();
    let resource = parsed(&client.get(&local(resource)?).await?)?;
    let server = resource
        .pointer("/authorization_servers/0")
        .and_then(Value::as_str);
    ensure!(server.is_some(), "no authorization server is named");
    parsed(
        &client
            .get("/.well-known/oauth-authorization-server")
            .await?,
    )
}

/// The login page, the consent page, and the code behind them.
async fn authorized(
    browser: &mut Side<'_>,
    metadata: &Value,
    client_id: &str,
) -> anyhow::Result<String> {
    let authorize = path(metadata, "authorization_endpoint")?;
    let ask = format!(
        "{authorize}?response_type=code&client_id={client_id}&redirect_uri={CALLBACK}&code_challenge={CHALLENGE}&code_challenge_method=S256&state=bench&resource=http://{}{ENDPOINT}",
        browser.door.address
    );
    let mut page = browser.get(&ask).await?;
    for (form, fields) in [
        (
            "/oauth/login",
            format!(
                "username={PERSON}&password={}&action=login",
                PASSWORD.replace(' ', "+")
            ),
        ),
        ("/oauth/consent", "action=allow".to_owned()),
    ] {
        let body = format!(
            "request={}&csrf={}&{fields}",
            hidden(&page, "request")?,
            hidden(&page, "csrf")?
        );
        let answer = browser.post(form, FORM, body).await?;
        let to = header(&answer, LOCATION)?;
        if let Some(query) = to.strip_prefix(CALLBACK) {
            let code = query
                .split(['?', '&'])
                .find_map(|pair| pair.strip_prefix("code="));
            return code.map(str::to_owned).context("no code came back");
        }
        page = browser.get(&local(&to)?).await?;
    }
    bail!("the pages led to no code")
}

impl<'a> Side<'a> {
    async fn new(door: &'a Door) -> anyhow::Result<Self> {
        Ok(Self {
            door,
            link: Link::open(door.address).await?,
            cookies: Vec::new(),
            sent: 0,
        })
    }

    async fn get(&mut self, path: &str) -> anyhow::Result<Response<Bytes>> {
        self.send(Request::get(path), String::new()).await
    }

    async fn post(
        &mut self,
        path: &str,
        kind: &str,
        body: String,
    ) -> anyhow::Result<Response<Bytes>> {
        self.send(Request::post(path).header(CONTENT_TYPE, kind), body)
            .await
    }

    async fn send(
        &mut self,
        mut request: hyper::http::request::Builder,
        body: String,
    ) -> anyhow::Result<Response<Bytes>> {
        if !self.cookies.is_empty() {
            request = request.header(COOKIE, self.cookies.join("; "));
        }
        let accepts_all = request
            .headers_ref()
            .is_some_and(|all| !all.contains_key(ACCEPT));
        if accepts_all {
            request = request.header(ACCEPT, "text/html, application/json");
        }
        let request = request
            .header(HOST, self.door.address.to_string())
            .body(Full::new(Bytes::from(body)))?;
        self.sent += 1;
        let answer = self.link.answer(request).await?;
        for cookie in answer.headers().get_all(SET_COOKIE) {
            let pair = cookie.to_str()?.split(';').next().unwrap_or_default();
            self.cookies.push(pair.to_owned());
        }
        Ok(answer)
    }

    /// A message to the MCP server.
    async fn mcp(
        &mut self,
        message: &Value,
        token: Option<&str>,
    ) -> anyhow::Result<Response<Bytes>> {
        let mut request = Request::post(ENDPOINT)
            .header(CONTENT_TYPE, JSON)
            .header(ACCEPT, "application/json, text/event-stream")
            .header("mcp-protocol-version", "2025-11-25");
        if let Some(token) = token {
            request = request.header(AUTHORIZATION, format!("Bearer {token}"));
        }
        self.send(request, message.to_string()).await
    }

    /// The handshake and a call (MCP 2025-11-25).
    async fn first_call(&mut self, token: &str) -> anyhow::Result<()> {
        let call = json!({
            "jsonrpc": "2.0", "id": 2, "method": "tools/call",
            "params": { "name": "add", "arguments": { "a": 2, "b": 3 } },
        });
        let initialized = json!({ "jsonrpc": "2.0", "method": "notifications/initialized" });
        for message in [initialize(), initialized, call] {
            let answer = self.mcp(&message, Some(token)).await?;
            ensure!(
                answer.status().is_success(),
                "{message} was answered {}: {}",
                answer.status(),
                String::from_utf8_lossy(answer.body())
            );
        }
        Ok(())
    }
}

fn initialize() -> Value {
    json!({
        "jsonrpc": "2.0", "id": 1, "method": "initialize",
        "params": {
            "protocolVersion": "2025-11-25", "capabilities": {},
            "clientInfo": { "name": "bench", "version": "1" },
        },
    })
}

fn parsed(answer: &Response<Bytes>) -> anyhow::Result<Value> {
    let shown = || String::from_utf8_lossy(answer.body()).into_owned();
    ensure!(
        answer.status().is_success(),
        "{}: {}",
        answer.status(),
        shown()
    );
    serde_json::from_slice(answer.body()).with_context(shown)
}

fn header(answer: &Response<Bytes>, name: hyper::header::HeaderName) -> anyhow::Result<String> {
    let value = answer.headers().get(&name).with_context(|| {
        let body = String::from_utf8_lossy(answer.body());
        format!("no {name} in {}: {body}", answer.status())
    })?;
    Ok(value.to_str()?.to_owned())
}

/// The path of one of the server's own addresses.
fn path(metadata: &Value, member: &str) -> anyhow::Result<String> {
    local(&text(metadata, member)?)
}

fn local(address: &str) -> anyhow::Result<String> {
    let rest = match address.split_once("://") {
        Some((_, rest)) => rest.find('/').and_then(|at| rest.get(at..)),
        None => Some(address),
    };
    rest.map(str::to_owned)
        .with_context(|| format!("'{address}' has no path"))
}

/// The value of a hidden field.
fn hidden(page: &Response<Bytes>, name: &str) -> anyhow::Result<String> {
    let text = String::from_utf8_lossy(page.body()).into_owned();
    let begin = format!("name=\"{name}\" value=\"");
    let value = text
        .split_once(&begin)
        .and_then(|(_, rest)| rest.split('"').next());
    value
        .map(str::to_owned)
        .with_context(|| format!("no field {name} in {}: {text}", page.status()))
}
