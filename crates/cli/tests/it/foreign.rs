//! The same story with tokens of other issuers: one like Auth0, one like Cognito.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde_json::json;
use shukuba_testkit::provider::{FakeProvider, Profile, SEED_API};
use tokio::runtime::Runtime;

use crate::bed::{Bed, Finished};

const SENTENCE: &str =
    "OAuth authorization failed: Claim 'client_id' value mismatch with configuration.";

/// A provider, and a bed whose project trusts it.
struct Abroad {
    bed: Bed,
    provider: FakeProvider,
    /// Keeps the provider answering.
    _runtime: Runtime,
}

impl Abroad {
    fn new(provider: impl Future<Output = FakeProvider>, audience: &[&str]) -> Self {
        let runtime = Runtime::new().unwrap();
        let provider = runtime.block_on(provider);
        let abroad = Self {
            bed: Bed::with_server(),
            provider,
            _runtime: runtime,
        };
        assert_eq!(abroad.configure(audience).code, 0);
        abroad.bed.run(&["launch"]).ok();
        abroad
    }

    fn configure(&self, audience: &[&str]) -> Finished {
        let rules = json!({ "customJWTAuthorizer": {
            "discoveryUrl": self.provider.discovery_url(),
            "allowedClients": [self.provider.client_id()],
            "allowedAudience": audience,
        }});
        let rules = rules.to_string();
        self.bed.run(&[
            "configure",
            "-e",
            "mcp_server.py",
            "--non-interactive",
            "-ac",
            &rules,
        ])
    }

    fn token(&self) -> String {
        let now = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .unwrap()
            .as_secs();
        self.provider.token(SEED_API, i64::try_from(now).unwrap())
    }
}

#[test]
fn auth0s_own_profile_is_refused_and_rfc9068_or_the_preset_mends_it() {
    let abroad = Abroad::new(FakeProvider::auth0(), &[SEED_API]);
    let token = abroad.token();
    let refused = abroad.bed.add(&token);
    assert_eq!(refused.code, 3, "{}", refused.stderr);
    assert!(refused.stderr.contains(SENTENCE), "{}", refused.stderr);
    assert!(
        refused.stderr.contains("client_claim: auth0"),
        "{}",
        refused.stderr
    );

    abroad.provider.set_profile(Profile::Rfc9068);
    abroad.bed.add(&abroad.token()).ok();

    let path = abroad.bed.project().join(".bedrock_agentcore.yaml");
    let text = std::fs::read_to_string(&path).unwrap();
    let preset = text.replace(
        "    shukuba:\n",
        "    shukuba:\n      client_claim: auth0\n",
    );
    assert_ne!(preset, text, "{text}");
    std::fs::write(&path, preset).unwrap();
    abroad.bed.run(&["launch"]).ok();
    abroad.bed.add(&token).ok();
}

#[test]
fn cognitos_tokens_without_audience_pass_where_no_audience_is_asked() {
    let abroad = Abroad::new(FakeProvider::cognito(), &[]);
    abroad.bed.add(&abroad.token()).ok();
    assert_eq!(abroad.configure(&[SEED_API]).code, 0);
    abroad.bed.run(&["launch"]).ok();
    let refused = abroad.bed.add(&abroad.token());
    assert_eq!(refused.code, 3);
    let sentence = "OAuth authorization failed: Claim 'aud' value mismatch with configuration.";
    assert!(refused.stderr.contains(sentence), "{}", refused.stderr);
    assert!(refused.stderr.contains("Cognito"), "{}", refused.stderr);
}

#[test]
fn a_provider_that_rotates_is_followed_and_one_that_is_down_is_not_missed() {
    let abroad = Abroad::new(FakeProvider::auth0(), &[SEED_API]);
    abroad.provider.set_profile(Profile::Rfc9068);
    abroad.bed.add(&abroad.token()).ok();
    abroad.provider.rotate_keys();
    let rotated = abroad.token();
    abroad.bed.add(&rotated).ok();
    abroad.provider.down(true);
    abroad.bed.add(&abroad.token()).ok();
    abroad.provider.down(false);
    abroad.provider.delay(Duration::from_secs(30));
    abroad.bed.add(&abroad.token()).ok();
}

#[test]
fn configure_refuses_a_provider_that_does_not_answer() {
    let abroad = Abroad::new(FakeProvider::auth0(), &[SEED_API]);
    abroad.provider.down(true);
    let refused = abroad.configure(&[SEED_API]);
    assert_ne!(refused.code, 0);
    assert!(
        refused.stderr.contains(&abroad.provider.discovery_url()),
        "{}",
        refused.stderr
    );
}
