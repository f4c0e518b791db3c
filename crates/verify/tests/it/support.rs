//! What every test here begins with.

use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;
use shukuba_model::jose::OwnIssuer;
use shukuba_model::wire::{Explanation, RuleVerdict};
use shukuba_model::{Authorizer, ClientClaim, Clock, Entry, LoginEntry, RuntimeId, Snapshot};
use shukuba_testkit::provider::{FakeProvider, Profile, SEED_API};
use shukuba_verify::fetch::GuardedClient;
use shukuba_verify::{CheckRequest, Permit, Refusal, Verifier, VerifierSettings};

/// The time at which tests begin.
pub(crate) const NOW: i64 = 1_800_000_000;

/// A verifier with a clock to turn and one runtime's rules.
pub(crate) struct Bench {
    pub(crate) verifier: Verifier,
    pub(crate) clock: Clock,
    pub(crate) own: Snapshot<OwnIssuer>,
    pub(crate) authorizer: Arc<Authorizer>,
    pub(crate) runtime: RuntimeId,
    pub(crate) audiences: Vec<String>,
}

impl Bench {
    pub(crate) fn new(entries: Vec<Entry>) -> Self {
        Self::patient(entries, GuardedClient::TIMEOUT)
    }

    /// A bench whose fetches end within `timeout`.
    pub(crate) fn patient(entries: Vec<Entry>, timeout: Duration) -> Self {
        let clock = Clock::fixed(NOW);
        let own = Snapshot::new(OwnIssuer::default());
        let mut settings = VerifierSettings::new(clock.clone(), own.clone());
        settings.fetch_timeout = timeout;
        Self {
            verifier: Verifier::new(settings),
            clock,
            own,
            authorizer: Arc::new(Authorizer {
                entries,
                login: None,
            }),
            runtime: "mcp_server-y2iy3YFsSN".parse().unwrap(),
            audiences: vec!["http://127.0.0.1:8430/mcp/mcp_server".to_owned()],
        }
    }

    /// A bench that lets people in who have logged in.
    pub(crate) fn with_login(entries: Vec<Entry>, login: Option<LoginEntry>) -> Self {
        Self {
            authorizer: Arc::new(Authorizer { entries, login }),
            ..Self::new(Vec::new())
        }
    }

    /// Replaces the configured entries.
    pub(crate) fn set_entries(&mut self, entries: Vec<Entry>) {
        let login = self.authorizer.login.clone();
        self.authorizer = Arc::new(Authorizer { entries, login });
    }

    pub(crate) async fn check(&self, token: &str) -> Result<Arc<Permit>, Box<Refusal>> {
        let header = format!("Bearer {token}");
        self.check_headers(&[header.as_bytes()]).await
    }

    pub(crate) async fn check_headers(
        &self,
        authorization: &[&[u8]],
    ) -> Result<Arc<Permit>, Box<Refusal>> {
        let request = CheckRequest {
            authorizer: &self.authorizer,
            runtime: &self.runtime,
            audiences: &self.audiences,
            authorization,
        };
        let outcome = self.verifier.check(&request).await;
        if let Err(refusal) = &outcome {
            assert!(matches!(refusal.status, 401 | 403), "{refusal:?}");
            assert_eq!(refusal.status, refusal.reason.status());
        }
        outcome
    }

    /// The refusal of a token; checks that the token does not show in it.
    pub(crate) async fn refusal(&self, token: &str) -> Refusal {
        let refusal = match self.check(token).await {
            Ok(permit) => panic!("let in: {permit:?}"),
            Err(refusal) => *refusal,
        };
        for part in token.split('.').filter(|part| part.len() > 20) {
            assert!(!refusal.message.contains(part), "{refusal}");
        }
        refusal
    }

    pub(crate) async fn explain(&self, token: &str) -> Explanation {
        self.verifier
            .explain(&self.authorizer, "mcp_server", &self.audiences, token)
            .await
    }
}

/// An entry that allows the provider's client and the seed's API.
pub(crate) fn entry(provider: &FakeProvider) -> Entry {
    Entry {
        name: Entry::CONFIGURED.to_owned(),
        discovery_url: provider.discovery_url().parse().unwrap(),
        allowed_audience: vec![SEED_API.to_owned()],
        allowed_clients: vec![provider.client_id().to_owned()],
        allowed_scopes: Vec::new(),
        client_claim: ClientClaim::Rfc9068,
    }
}

/// An Auth0 with its API set to RFC 9068, and a bench that accepts it.
pub(crate) async fn rfc9068() -> (FakeProvider, Bench) {
    let provider = FakeProvider::auth0().await;
    provider.set_profile(Profile::Rfc9068);
    let bench = Bench::new(vec![entry(&provider)]);
    (provider, bench)
}

/// A good token, bent.
pub(crate) fn bent(provider: &FakeProvider, bend: impl FnOnce(&mut Value, &mut Value)) -> String {
    let (mut header, mut claims) = provider.parts(SEED_API, NOW);
    bend(&mut header, &mut claims);
    provider.mint(&header, &claims)
}

/// Takes a member away.
pub(crate) fn without(object: &mut Value, name: &str) {
    object.as_object_mut().unwrap().remove(name);
}

/// The verdict of one rule.
pub(crate) fn rule<'a>(explanation: &'a Explanation, name: &str) -> &'a RuleVerdict {
    explanation
        .rules
        .iter()
        .find(|verdict| verdict.rule == name)
        .unwrap()
}
