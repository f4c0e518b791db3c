//! `shukuba demo`: the story, played aloud with real requests against a real
//! server in this process. It needs nothing but this binary.

use std::time::Duration;

use clap::Args;
use serde_json::json;
use shukuba_model::wire::{
    ApiCreate, ApiUpdate, ApiView, ApplicationCreate, ApplicationCreated, AuthorizerSettings,
    ExplainRequest, Explanation, LaunchRequest, LaunchSource, RuntimeView, TokenIssued, Verdict,
};
use shukuba_model::{
    AccountId, ApiIdentifier, ClientClaim, LoginAllow, Region, RuntimeName, SigningAlgorithm,
    TokenLifetime, TokenProfile,
};
use shukuba_server::{Server, Settings};

use crate::client::Client;
use crate::commands::token;
use crate::failure::Failure;
use crate::mcp::Connection;
use crate::{launching, ui};

/// `shukuba demo`.
#[derive(Debug, Args)]
pub(crate) struct DemoArgs {
    /// How long the demonstration's tokens live, in seconds.
    #[arg(long, default_value_t = 3, value_name = "SECONDS", value_parser = clap::value_parser!(u64).range(2..=60))]
    token_lifetime: u64,
}

const IDENTIFIER: &str = "https://bedrock-agentcore.us-west-2.amazonaws.com/";
const SENTENCE: &str =
    "OAuth authorization failed: Claim 'client_id' value mismatch with configuration.";

/// Plays the story and ends.
///
/// # Errors
/// When any step comes out differently than told.
pub(crate) async fn run(args: DemoArgs) -> Result<(), Failure> {
    let data_dir = tempfile::Builder::new().prefix("shukuba-demo-").tempdir()?;
    let launcher = std::env::current_exe()?;
    let settings = Settings::local(data_dir.path().to_owned(), 0, Some(launcher));
    let server = Server::start(settings)
        .await
        .map_err(|error| Failure::failed(error.to_string()))?;
    let outcome = play(&server, args.token_lifetime).await;
    server.shutdown().await;
    outcome
}

async fn play(server: &Server, lifetime: u64) -> Result<(), Failure> {
    let stage = Stage::set(server, lifetime).await?;
    let mut tale = Tale::default();
    let (endpoint, client) = (
        &stage.runtime.endpoint,
        &stage.application.application.client_id,
    );
    tale.step(format!(
        "A runtime serves at {endpoint}; its tool is add(a, b)."
    ));
    tale.step(format!(
        "Its rules: audience {IDENTIFIER}, client {client}."
    ));
    refused_and_mended(&stage, &mut tale).await?;
    expired_and_renewed(&stage, &mut tale, lifetime).await?;
    tale.step("No token was pasted, and none will have to be.".to_owned());
    Ok(())
}

async fn refused_and_mended(stage: &Stage, tale: &mut Tale) -> Result<(), Failure> {
    let token = stage.token().await?;
    let refusal = stage.refused(&token).await?;
    let refusal = first_sentences(&refusal)?;
    tale.step(format!(
        "A token of Auth0's own profile is refused: {refusal}"
    ));
    let explained = stage.explain(&token).await?;
    tale.step(explained.verdict);
    for fix in explained.fixes {
        ui::data(format!("    fix: {fix}"));
    }
    stage.mend().await?;
    tale.step("The fix: shukuba api update --profile rfc9068".to_owned());
    Ok(())
}

async fn expired_and_renewed(stage: &Stage, tale: &mut Tale, lifetime: u64) -> Result<(), Failure> {
    let token = stage.token().await?;
    let sum = stage.add(&token).await?;
    tale.step(format!("A new token of the same client: add(2, 3) = {sum}"));
    tale.step(format!("Waiting for it to expire ({lifetime} s) ..."));
    tokio::time::sleep(Duration::from_secs(lifetime + 1)).await;
    let refusal = stage.refused(&token).await?;
    tale.step(format!("The old token is refused: {refusal}"));
    let sum = stage.add(&stage.token().await?).await?;
    tale.step(format!(
        "The client gets the next one by itself: add(2, 3) = {sum}"
    ));
    Ok(())
}

/// The story as it is told: a numbered line for each step.
#[derive(Default)]
struct Tale {
    steps: u32,
}

impl Tale {
    fn step(&mut self, line: String) {
        self.steps += 1;
        ui::data(format!("{:>2}  {line}", self.steps));
    }
}

fn first_sentences(refusal: &str) -> Result<&str, Failure> {
    if refusal.starts_with(SENTENCE) {
        return Ok(refusal);
    }
    Err(Failure::failed(format!(
        "the refusal reads otherwise than told: {refusal}"
    )))
}

/// What the explanation says of a refused token.
struct Explained {
    verdict: String,
    fixes: Vec<String>,
}

/// The server, the application and the runtime the story is played with.
struct Stage {
    client: Client,
    application: ApplicationCreated,
    runtime: RuntimeView,
    api: ApiIdentifier,
}

impl Stage {
    async fn set(server: &Server, lifetime: u64) -> Result<Self, Failure> {
        let client = Client::with_key(server.public_url(), server.operator_key().to_owned())?;
        let api: ApiIdentifier = IDENTIFIER.parse()?;
        let new = ApiCreate {
            name: "AgentCore".to_owned(),
            identifier: api.clone(),
            profile: TokenProfile::Auth0,
            signing_algorithm: SigningAlgorithm::default(),
            token_lifetime: TokenLifetime::try_from(lifetime)?,
            scopes: Vec::new(),
        };
        client.post::<ApiView>("/api/v1/apis", &new).await?;
        let new = ApplicationCreate::machine("mcp", vec![api.clone()]);
        let application: ApplicationCreated = client.post("/api/v1/applications", &new).await?;
        let rules = AuthorizerSettings {
            discovery_url: application.openid_configuration.parse()?,
            allowed_clients: vec![application.application.client_id.to_string()],
            allowed_audience: vec![api.to_string()],
            allowed_scopes: Vec::new(),
            client_claim: ClientClaim::default(),
        };
        let runtime = launch(&client, rules).await?;
        Ok(Self {
            client,
            application,
            runtime,
            api,
        })
    }

    /// What a client does by itself: `client_credentials` at the token endpoint.
    async fn token(&self) -> Result<TokenIssued, Failure> {
        let id = self.application.application.client_id.as_str();
        let secret = self.application.client_secret.as_deref();
        let secret = secret.unwrap_or_default();
        token::get::from_issuer(self.client.server(), id, secret, Some(&self.api)).await
    }

    async fn refused(&self, token: &TokenIssued) -> Result<String, Failure> {
        match Connection::open(&self.runtime.endpoint, &token.access_token).await {
            Ok(_) => Err(Failure::failed(
                "the token was let in, which it must not be",
            )),
            Err(refusal) => Ok(refusal
                .to_string()
                .trim_start_matches("HTTP 401: ")
                .to_owned()),
        }
    }

    async fn add(&self, token: &TokenIssued) -> Result<String, Failure> {
        let mut connection = Connection::open(&self.runtime.endpoint, &token.access_token).await?;
        let (sum, _) = connection
            .call_tool("add", &json!({ "a": 2, "b": 3 }))
            .await?;
        connection.close().await;
        if sum == "5" {
            Ok(sum)
        } else {
            Err(Failure::failed(format!("2 + 3 came out as {sum}")))
        }
    }

    async fn explain(&self, token: &TokenIssued) -> Result<Explained, Failure> {
        let request = ExplainRequest {
            token: token.access_token.clone(),
            runtime: None,
        };
        let explanation: Explanation = self.client.post("/api/v1/explain", &request).await?;
        let mut rules = explanation.rules.into_iter();
        let rule = rules
            .find(|rule| rule.verdict == Verdict::Fail)
            .ok_or_else(|| Failure::failed("the explanation names no rule that failed"))?;
        let seen = rule.seen.unwrap_or_else(|| "nothing".to_owned());
        Ok(Explained {
            verdict: format!("The explanation: rule {} failed; seen: {seen}", rule.rule),
            fixes: rule.fixes,
        })
    }

    async fn mend(&self) -> Result<(), Failure> {
        let update = ApiUpdate {
            profile: Some(TokenProfile::Rfc9068),
            ..ApiUpdate::default()
        };
        let encoded = percent_encoding::utf8_percent_encode(
            self.api.as_str(),
            percent_encoding::NON_ALPHANUMERIC,
        );
        let path = format!("/api/v1/apis?identifier={encoded}");
        self.client.patch::<ApiView>(&path, &update).await.map(drop)
    }
}

async fn launch(client: &Client, rules: AuthorizerSettings) -> Result<RuntimeView, Failure> {
    let name: RuntimeName = "adder".parse()?;
    let request = LaunchRequest {
        source: LaunchSource::Builtin,
        region: Region::default(),
        account: AccountId::default(),
        agent_id: None,
        authorizer: Some(rules),
        login: false,
        login_allow: LoginAllow::default(),
        reuse_unchanged: false,
    };
    launching::launch(client, &name, &request).await
}
