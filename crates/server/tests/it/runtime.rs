//! A runtime as a launch leaves it in the database.

use shukuba_model::route::Lifecycle;
use shukuba_model::session::SessionMode;
use shukuba_model::wire::{ApiCreate, AuthorizerSettings};
use shukuba_model::{ClientClaim, LoginAllow, RuntimeArn};
use shukuba_store::{Launch, NewVersion, RuntimeRecord};
use shukuba_testkit::fixture::FixtureOptions;
use shukuba_testkit::provider::FakeProvider;

pub(crate) const ARN: &str =
    "arn:aws:bedrock-agentcore:us-west-2:123456789012:runtime/adder-y2iy3YFsSN";

/// The runtime `adder`: it takes tokens of the provider's client for
/// `audience`, and everybody may log in to it.
pub(crate) fn of(provider: &FakeProvider, audience: &str) -> Launch {
    let arn: RuntimeArn = ARN.parse().unwrap();
    Launch {
        runtime: RuntimeRecord {
            name: "adder".parse().unwrap(),
            id: arn.id.clone(),
            arn,
            authorizer: AuthorizerSettings {
                discovery_url: provider.discovery_url().parse().unwrap(),
                allowed_clients: vec![provider.client_id().to_owned()],
                allowed_audience: vec![audience.to_owned()],
                allowed_scopes: Vec::new(),
                client_claim: ClientClaim::default(),
            },
            authorization_server: provider.issuer(),
            login: true,
            login_allow: LoginAllow::All,
            lifecycle: Lifecycle::default(),
            created_at: 1,
        },
        version: NewVersion {
            digest: "0".repeat(64),
            command: FixtureOptions {
                stateless: true,
                ..FixtureOptions::default()
            }
            .command(),
            sessions: SessionMode::Stateless,
            tools: Vec::new(),
            start_ms: 1,
            created_at: 1,
        },
    }
}

pub(crate) fn api(identifier: &str) -> ApiCreate {
    ApiCreate {
        name: "an API".to_owned(),
        identifier: identifier.parse().unwrap(),
        profile: Default::default(),
        signing_algorithm: Default::default(),
        token_lifetime: Default::default(),
        scopes: Vec::new(),
    }
}
