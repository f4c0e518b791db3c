//! A data directory as it is after years: many runtimes, applications and
//! entries of the audit log, written by the store itself, so that they are what
//! a server would have written.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::Context as _;
use shukuba_model::route::{Command, Lifecycle};
use shukuba_model::session::SessionMode;
use shukuba_model::wire::{ApiCreate, AuthorizerSettings, Tool};
use shukuba_model::{
    ApplicationKind, AuthMethod, Client, ClientApi, ClientClaim, ClientMetadata, ClientSource,
    GrantType, LoginAllow, RuntimeArn, SigningAlgorithm, TokenLifetime, TokenProfile,
};
use shukuba_store::{
    AuditEvent, ClientSecret, Launch, MasterKey, NewVersion, RuntimeRecord, Store, new_client_id,
};

/// How much of each there is.
pub(crate) const RUNTIMES: usize = 200;
pub(crate) const APPLICATIONS: usize = 5_000;
pub(crate) const AUDIT: usize = 100_000;
/// Versions of each runtime, tools of each version.
const VERSIONS: usize = 3;
const TOOLS: usize = 10;
/// Entries of one transaction.
const BATCH: usize = 10_000;
/// How long ago it began, in seconds: not so long that an application that
/// registered itself and was never used has expired.
const AGE: i64 = 10_000;

/// What there is to look for.
pub(crate) struct Filled {
    /// A client with a hundredth of the entries that name one.
    pub(crate) client: String,
    /// Applications to list on after, registered by the operator and by themselves.
    pub(crate) far_registered: String,
    pub(crate) far_dynamic: String,
}

/// The name of a runtime.
pub(crate) fn runtime(number: usize) -> String {
    format!("server_{number:03}")
}

/// The API of a runtime.
pub(crate) fn api(origin: &str, number: usize) -> String {
    format!("{origin}/mcp/{}", runtime(number))
}

/// Fills a directory for a server whose public address is `origin`.
pub(crate) async fn fill(data: &Path, origin: &str) -> anyhow::Result<Filled> {
    let key = MasterKey::open(&data.join("master.key"))?;
    let store = Store::open(&data.join("shukuba.db"), key).await?;
    let now = SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs();
    let began = i64::try_from(now)? - AGE;
    for number in 0..RUNTIMES {
        add_runtime(&store, origin, number, began).await?;
    }
    let mut clients = Vec::with_capacity(APPLICATIONS);
    for number in 0..APPLICATIONS {
        clients.push(add_application(&store, origin, number, began).await?);
    }
    add_audit(&store, &clients, began).await?;
    store.close().await;
    let id = |number: usize| clients.get(number).cloned().context("no such client");
    Ok(Filled {
        client: id(50)?,
        far_registered: id(APPLICATIONS * 9 / 10 + 1)?,
        far_dynamic: id(APPLICATIONS * 9 / 10)?,
    })
}

async fn add_runtime(store: &Store, origin: &str, number: usize, began: i64) -> anyhow::Result<()> {
    let name = runtime(number);
    let arn =
        format!("arn:aws:bedrock-agentcore:us-west-2:123456789012:runtime/{name}-{number:010}");
    let arn: RuntimeArn = arn.parse()?;
    let audience = api(origin, number);
    let api = ApiCreate {
        name: name.clone(),
        identifier: audience.parse()?,
        profile: TokenProfile::default(),
        signing_algorithm: SigningAlgorithm::default(),
        token_lifetime: TokenLifetime::default(),
        scopes: Vec::new(),
    };
    store.create_api(&api, began).await?;
    let runtime = RuntimeRecord {
        name: name.parse()?,
        id: arn.id.clone(),
        arn,
        authorizer: AuthorizerSettings {
            discovery_url: format!("{origin}/.well-known/openid-configuration").parse()?,
            allowed_clients: Vec::new(),
            allowed_audience: vec![audience],
            allowed_scopes: Vec::new(),
            client_claim: ClientClaim::default(),
        },
        authorization_server: origin.to_owned(),
        login: number.is_multiple_of(2),
        login_allow: LoginAllow::All,
        lifecycle: Lifecycle::default(),
        created_at: began,
    };
    for version in 0..VERSIONS {
        let launch = Launch {
            runtime: runtime.clone(),
            version: new_version(version, began),
        };
        store.launch(&launch).await?;
    }
    Ok(())
}

/// No instance of it is ever started.
fn new_version(number: usize, began: i64) -> NewVersion {
    let tool = |tool: usize| Tool {
        name: format!("tool_{tool}"),
        input_schema: serde_json::json!({
            "type": "object",
            "properties": { "a": { "type": "number" }, "b": { "type": "string" } },
            "required": ["a"],
        }),
        ..Tool::default()
    };
    NewVersion {
        digest: format!("{number:064x}"),
        command: Command {
            program: "/bin/false".into(),
            arguments: vec!["-m".to_owned(), "server".to_owned()],
            directory: "/".into(),
            environment: BTreeMap::new(),
            path: "/mcp".to_owned(),
        },
        sessions: SessionMode::Stateful,
        tools: (0..TOOLS).map(tool).collect(),
        start_ms: 400,
        created_at: began,
    }
}

/// Every second one is the operator's, for a machine; the others registered
/// themselves. Its id.
async fn add_application(
    store: &Store,
    origin: &str,
    number: usize,
    began: i64,
) -> anyhow::Result<String> {
    let registered = number % 2 == 1;
    let secret = ClientSecret::generate();
    let client = Client {
        id: new_client_id(),
        name: format!("application {number:04}"),
        source: match registered {
            true => ClientSource::Registered,
            false => ClientSource::Dynamic,
        },
        kind: match registered {
            true => ApplicationKind::MachineToMachine,
            false => ApplicationKind::Connector,
        },
        auth_method: match registered {
            true => AuthMethod::ClientSecret,
            false => AuthMethod::None,
        },
        grant_types: match registered {
            true => vec![GrantType::ClientCredentials],
            false => vec![GrantType::AuthorizationCode],
        },
        redirect_uris: match registered {
            true => Vec::new(),
            false => vec!["http://localhost:3118/callback".parse()?],
        },
        apis: match registered {
            true => vec![ClientApi {
                // Half of them are for one API.
                identifier: api(origin, number % 4 / 3 * (number % RUNTIMES)).parse()?,
                scopes: None,
            }],
            false => Vec::new(),
        },
        jwks: None,
        jwks_uri: None,
        metadata: ClientMetadata::default(),
        created_at: began + i64::try_from(number)?,
        last_used_at: None,
    };
    let secret = registered.then_some(secret.as_ref());
    store.create_client(&client, secret).await?;
    Ok(client.id.to_string())
}

/// Half the entries are tokens, and half of all are of a hundred clients and
/// twenty people; some words are rare.
async fn add_audit(store: &Store, clients: &[String], began: i64) -> anyhow::Result<()> {
    let event = |number: usize| AuditEvent {
        event: match number {
            number if number.is_multiple_of(10_000) => "key.rotated",
            number if number.is_multiple_of(2) => "token.issued",
            number if number.is_multiple_of(3) => "login",
            _ => "consent",
        },
        outcome: if number.is_multiple_of(7) {
            "refused"
        } else {
            "ok"
        },
        actor: match number % 4 {
            0 => "operator".to_owned(),
            1 => "server".to_owned(),
            _ => format!("usr_{:010}", number / 4 % 20),
        },
        client_id: match number % 3 {
            0 => String::new(),
            _ => clients.get(number / 3 % 100).cloned().unwrap_or_default(),
        },
        subject: format!("usr_{:010}", number / 7 % 20),
        address: format!("192.0.2.{}", number % 250),
        detail: format!("entry {number} of a log that is long"),
    };
    for batch in 0..AUDIT / BATCH {
        let events: Vec<AuditEvent> = (batch * BATCH..(batch + 1) * BATCH).map(event).collect();
        let at = began + i64::try_from(batch)? * 1000;
        store.append_audit(&events, at).await?;
    }
    Ok(())
}
