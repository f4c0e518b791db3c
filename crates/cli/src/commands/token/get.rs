//! `shukuba token get`: a token from the local server, or from any issuer.

use clap::{Args, ValueEnum};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Deserialize;
use shukuba_model::ApiIdentifier;
use shukuba_model::wire::{TokenIssued, TokenRequest};

use crate::client::{Client, http_client};
use crate::failure::Failure;
use crate::{Global, logins, ui};

/// `shukuba token get`.
#[derive(Debug, Args)]
pub(crate) struct GetArgs {
    /// The application, by name or client id, at the server that --server names.
    #[arg(long, required_unless_present_any = ["issuer", "login"], conflicts_with = "issuer")]
    app: Option<String>,
    /// The MCP server where `shukuba login` logged a person in.
    #[arg(long, value_name = "SERVER", conflicts_with_all = ["app", "issuer"])]
    login: Option<String>,
    /// The API the token is for; the application's default when absent.
    #[arg(long, value_name = "URL")]
    api: Option<ApiIdentifier>,
    /// How the token is printed.
    #[arg(long, value_enum, default_value_t = Format::Raw)]
    format: Format,
    /// Any issuer, instead of the local server.
    #[arg(long, value_name = "URL", requires = "client_id")]
    issuer: Option<String>,
    /// The client id at that issuer.
    #[arg(long, env = "SHUKUBA_CLIENT_ID", value_name = "ID")]
    client_id: Option<String>,
}

/// How `token get` prints.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// The token and nothing else.
    Raw,
    /// The token endpoint's whole answer.
    Json,
    /// `Authorization: Bearer …`, ready for `curl -H`.
    Header,
    /// The JSON object of headers that Claude Code's headersHelper reads.
    HeadersHelper,
}

/// The environment variable that holds the secret for `--issuer`; a flag would
/// show it to every process on the machine.
const SECRET_VARIABLE: &str = "SHUKUBA_CLIENT_SECRET";

/// Gets and prints the token.
///
/// # Errors
/// When the issuer cannot be reached or refuses.
pub(crate) async fn run(global: &Global, args: GetArgs) -> Result<(), Failure> {
    if let Some(server) = &args.login {
        print(&logins::token(server).await?, args.format);
        return Ok(());
    }
    let issued = match (&args.issuer, &args.client_id, &args.app) {
        (Some(issuer), Some(client_id), _) => {
            from_issuer(issuer, client_id, &secret()?, args.api.as_ref()).await?
        }
        (_, _, Some(app)) => from_server(&Client::new(global)?, app, args.api).await?,
        _ => {
            return Err(Failure::usage(
                "name the application with --app, or --issuer and --client-id",
            ));
        }
    };
    print(&issued, args.format);
    Ok(())
}

/// A token for an application of the local server, by the operator's key.
///
/// # Errors
/// When the server cannot be reached or has no such application.
pub(crate) async fn from_server(
    client: &Client,
    app: &str,
    api: Option<ApiIdentifier>,
) -> Result<TokenIssued, Failure> {
    let encoded = utf8_percent_encode(app, NON_ALPHANUMERIC);
    client
        .post(
            &format!("/api/v1/applications/{encoded}/token"),
            &TokenRequest { api },
        )
        .await
}

#[derive(Deserialize)]
struct TokenEndpoint {
    token_endpoint: String,
}

#[derive(Deserialize)]
struct OAuthError {
    error: String,
    #[serde(default)]
    error_description: String,
}

fn secret() -> Result<String, Failure> {
    std::env::var(SECRET_VARIABLE).map_err(|_| {
        Failure::usage(format!(
            "the environment variable {SECRET_VARIABLE} is not set"
        ))
        .hint("it holds the client secret, so that it shows in no process list")
    })
}

/// A token by `client_credentials` from any issuer (RFC 6749 section 4.4); its
/// token endpoint is found by discovery.
///
/// # Errors
/// When the issuer cannot be reached, or refuses.
pub(crate) async fn from_issuer(
    issuer: &str,
    client_id: &str,
    secret: &str,
    api: Option<&ApiIdentifier>,
) -> Result<TokenIssued, Failure> {
    let http = http_client()?;
    let endpoint = token_endpoint(&http, issuer).await?;
    let mut form = vec![
        ("grant_type", "client_credentials"),
        ("client_id", client_id),
        ("client_secret", secret),
    ];
    if let Some(api) = api {
        form.push(("audience", api.as_str()));
    }
    let failed =
        |error: reqwest::Error| Failure::failed(format!("no token from {endpoint}: {error}"));
    let response = http
        .post(&endpoint)
        .form(&form)
        .send()
        .await
        .map_err(failed)?;
    let status = response.status();
    let body = response.bytes().await.map_err(failed)?;
    if status.is_success() {
        return serde_json::from_slice(&body).map_err(|error| {
            Failure::failed(format!("{endpoint} answered no token response: {error}"))
        });
    }
    match serde_json::from_slice::<OAuthError>(&body) {
        Ok(error) => Err(Failure::failed(format!(
            "{issuer} refused: {} {}",
            error.error, error.error_description
        ))),
        Err(_) => Err(Failure::failed(format!("{endpoint} answered {status}"))),
    }
}

async fn token_endpoint(http: &reqwest::Client, issuer: &str) -> Result<String, Failure> {
    let parsed = url::Url::parse(issuer)
        .map_err(|error| Failure::usage(format!("--issuer '{issuer}' is not a URL: {error}")))?;
    require_private(&parsed, "--issuer")?;
    let address = format!(
        "{}/.well-known/openid-configuration",
        issuer.trim_end_matches('/')
    );
    let failed = |error: reqwest::Error| {
        Failure::failed(format!(
            "the discovery document {address} cannot be had: {error}"
        ))
    };
    let response = http
        .get(&address)
        .send()
        .await
        .map_err(failed)?
        .error_for_status()
        .map_err(failed)?;
    let found: TokenEndpoint = response.json().await.map_err(failed)?;
    let endpoint = url::Url::parse(&found.token_endpoint).map_err(|error| {
        Failure::failed(format!(
            "the token endpoint in {address} is no URL: {error}"
        ))
    })?;
    require_private(&endpoint, "the token endpoint")?;
    Ok(found.token_endpoint)
}

/// A secret goes over https, or stays on this machine.
fn require_private(url: &url::Url, what: &str) -> Result<(), Failure> {
    let loopback = shukuba_model::authorizer::is_loopback(url);
    if url.scheme() == "https" || (url.scheme() == "http" && loopback) {
        return Ok(());
    }
    Err(Failure::usage(format!(
        "{what} '{url}' is not https: the client secret would cross the network in the clear"
    )))
}

fn print(issued: &TokenIssued, format: Format) {
    let bearer = format!("Bearer {}", issued.access_token);
    match format {
        Format::Raw => ui::data(&issued.access_token),
        Format::Json => ui::json(issued),
        Format::Header => ui::data(format!("Authorization: {bearer}")),
        Format::HeadersHelper => {
            ui::data(serde_json::json!({ "Authorization": bearer }).to_string());
        }
    }
}
