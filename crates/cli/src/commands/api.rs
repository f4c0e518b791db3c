//! `shukuba api`: resource servers.

use clap::{Args, Subcommand};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use shukuba_model::wire::{ApiCreate, ApiUpdate, ApiView};
use shukuba_model::{ApiIdentifier, ApiScope, SigningAlgorithm, TokenLifetime, TokenProfile};

use crate::client::Client;
use crate::failure::Failure;
use crate::{Global, ui};

/// The verbs of `shukuba api`.
#[derive(Debug, Subcommand)]
pub(crate) enum ApiCommand {
    /// Register an API.
    Create(CreateArgs),
    /// Change an API; what is not named stays as it is.
    Update(UpdateArgs),
    /// List the APIs.
    List(ListArgs),
    /// Show an API and what its scopes mean.
    Show(ShowArgs),
    /// Remove an API.
    Delete(DeleteArgs),
}

/// `shukuba api create`.
#[derive(Debug, Args)]
pub(crate) struct CreateArgs {
    /// A name for people.
    #[arg(long)]
    name: String,
    /// The audience of its tokens, kept byte for byte; cannot be changed later.
    #[arg(long, value_name = "URL")]
    identifier: ApiIdentifier,
    /// The shape of its tokens: auth0, rfc9068 or both.
    #[arg(long, default_value = "both")]
    profile: TokenProfile,
    /// What its tokens are signed with: RS256 or ES256.
    #[arg(long, default_value = "RS256", value_name = "ALG")]
    signing_alg: SigningAlgorithm,
    /// How long its tokens live, in seconds; at most 2592000 (30 days).
    #[arg(long, default_value = "3600", value_name = "SECONDS", value_parser = parse_lifetime)]
    token_lifetime: TokenLifetime,
    /// A scope of its tokens, and what the page that asks a person for it says;
    /// may be repeated.
    #[arg(long = "scope", value_name = "NAME=DESCRIPTION")]
    scopes: Vec<ApiScope>,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

/// `shukuba api update`.
#[derive(Debug, Args)]
pub(crate) struct UpdateArgs {
    /// Which API; may be left out when there is only one.
    #[arg(value_name = "IDENTIFIER")]
    which: Option<ApiIdentifier>,
    /// Which API, as a flag.
    #[arg(long, value_name = "URL", conflicts_with = "which")]
    identifier: Option<ApiIdentifier>,
    /// A new name.
    #[arg(long)]
    name: Option<String>,
    /// A new shape for tokens issued from now on: auth0, rfc9068 or both.
    #[arg(long)]
    profile: Option<TokenProfile>,
    /// A new algorithm for tokens issued from now on: RS256 or ES256.
    #[arg(long, value_name = "ALG")]
    signing_alg: Option<SigningAlgorithm>,
    /// A new lifetime for tokens issued from now on, in seconds.
    #[arg(long, value_name = "SECONDS", value_parser = parse_lifetime)]
    token_lifetime: Option<TokenLifetime>,
    /// A scope of its tokens; may be repeated. Those named replace those it had,
    /// and what they no longer name is in no token issued from now on.
    #[arg(long = "scope", value_name = "NAME=DESCRIPTION")]
    scopes: Vec<ApiScope>,
    /// Take all its scopes away.
    #[arg(long, conflicts_with = "scopes")]
    no_scopes: bool,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

/// `shukuba api list`.
#[derive(Debug, Args)]
pub(crate) struct ListArgs {
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

/// `shukuba api show`.
#[derive(Debug, Args)]
pub(crate) struct ShowArgs {
    /// Which API; may be left out when there is only one.
    #[arg(value_name = "IDENTIFIER")]
    which: Option<ApiIdentifier>,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

/// `shukuba api delete`.
#[derive(Debug, Args)]
pub(crate) struct DeleteArgs {
    /// Which API.
    identifier: ApiIdentifier,
}

fn parse_lifetime(text: &str) -> Result<TokenLifetime, String> {
    let seconds: u64 = text
        .parse()
        .map_err(|_| "a number of seconds is wanted".to_owned())?;
    TokenLifetime::try_from(seconds).map_err(|error| error.to_string())
}

/// Runs one of the verbs.
///
/// # Errors
/// When the server cannot be reached or refuses.
pub(crate) async fn run(global: &Global, command: ApiCommand) -> Result<(), Failure> {
    let client = Client::new(global)?;
    match command {
        ApiCommand::Create(args) => create(&client, args).await,
        ApiCommand::Update(args) => update(&client, args).await,
        ApiCommand::List(args) => list(&client, &args).await,
        ApiCommand::Show(args) => {
            show(&find(&client, args.which).await?, args.json);
            Ok(())
        }
        ApiCommand::Delete(args) => {
            client.delete(&path_of(&args.identifier)).await?;
            ui::note(format!("removed the API {}", args.identifier));
            Ok(())
        }
    }
}

async fn create(client: &Client, args: CreateArgs) -> Result<(), Failure> {
    let body = ApiCreate {
        name: args.name,
        identifier: args.identifier,
        profile: args.profile,
        signing_algorithm: args.signing_alg,
        token_lifetime: args.token_lifetime,
        scopes: args.scopes,
    };
    let api: ApiView = client.post("/api/v1/apis", &body).await?;
    show(&api, args.json);
    Ok(())
}

async fn update(client: &Client, args: UpdateArgs) -> Result<(), Failure> {
    let identifier = match args.which.or(args.identifier) {
        Some(identifier) => identifier,
        None => find(client, None).await?.identifier,
    };
    let replaced = args.no_scopes || !args.scopes.is_empty();
    let body = ApiUpdate {
        name: args.name,
        profile: args.profile,
        signing_algorithm: args.signing_alg,
        token_lifetime: args.token_lifetime,
        scopes: replaced.then_some(args.scopes),
    };
    let api: ApiView = client.patch(&path_of(&identifier), &body).await?;
    show(&api, args.json);
    Ok(())
}

/// The API of that identifier; without one, the only API there is.
async fn find(client: &Client, which: Option<ApiIdentifier>) -> Result<ApiView, Failure> {
    let mut apis: Vec<ApiView> = client.get("/api/v1/apis").await?;
    if let Some(which) = which {
        let found = apis.into_iter().find(|api| api.identifier == which);
        return found.ok_or_else(|| {
            Failure::failed(format!("there is no API '{which}'"))
                .hint("`shukuba api list` names them; an identifier counts byte for byte")
        });
    }
    if apis.len() > 1 {
        let names: Vec<&str> = apis.iter().map(|api| api.identifier.as_str()).collect();
        return Err(
            Failure::usage("there are several APIs: name the one meant by its identifier")
                .hint(format!("one of {}", names.join(", "))),
        );
    }
    apis.pop().ok_or_else(|| {
        Failure::failed("there is no API yet").hint("register one with `shukuba api create`")
    })
}

async fn list(client: &Client, args: &ListArgs) -> Result<(), Failure> {
    let apis: Vec<ApiView> = client.get("/api/v1/apis").await?;
    if args.json {
        ui::json(&apis);
        return Ok(());
    }
    let rows: Vec<Vec<String>> = apis
        .iter()
        .map(|api| {
            vec![
                api.name.clone(),
                api.identifier.to_string(),
                api.profile.as_str().to_owned(),
                api.signing_algorithm.as_str().to_owned(),
                format!("{} s", api.token_lifetime.seconds()),
                scope_names(api),
            ]
        })
        .collect();
    ui::table(
        &["NAME", "IDENTIFIER", "PROFILE", "ALG", "LIFETIME", "SCOPES"],
        &rows,
    );
    Ok(())
}

fn show(api: &ApiView, json: bool) {
    for warning in &api.warnings {
        ui::note(format!("warning: {warning}"));
    }
    if json {
        ui::json(api);
        return;
    }
    ui::data(format!("name            {}", api.name));
    ui::data(format!("identifier      {}", api.identifier));
    ui::data(format!("profile         {}", api.profile.as_str()));
    ui::data(format!(
        "signing alg     {}",
        api.signing_algorithm.as_str()
    ));
    ui::data(format!(
        "token lifetime  {} s",
        api.token_lifetime.seconds()
    ));
    for scope in &api.scopes {
        let line = format!("scope           {}  {}", scope.name(), scope.description());
        ui::data(line.trim_end());
    }
}

fn scope_names(api: &ApiView) -> String {
    let names: Vec<&str> = api.scopes.iter().map(ApiScope::name).collect();
    names.join(" ")
}

fn path_of(identifier: &ApiIdentifier) -> String {
    let encoded = utf8_percent_encode(identifier.as_str(), NON_ALPHANUMERIC);
    format!("/api/v1/apis?identifier={encoded}")
}
