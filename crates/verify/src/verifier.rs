//! The verifier: judges a request, or explains how a token would be judged.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use shukuba_model::authorizer::DiscoveryUrl;
use shukuba_model::jose::OwnIssuer;
use shukuba_model::wire::Explanation;
use shukuba_model::{Authorizer, Clock, RuntimeId, Snapshot};

use crate::bearer;
use crate::discovery::{self, DiscoveryError, ProviderFacts};
use crate::fetch::GuardedClient;
use crate::issuers::Issuers;
use crate::judgement::Judge;
use crate::permit::Permit;
use crate::refusal::Refusal;
use crate::verified::Verified;

/// What a verifier is built from.
#[derive(Debug, Clone)]
pub struct VerifierSettings {
    /// The time.
    pub clock: Clock,
    /// The embedded issuer, whose tokens are judged without a fetch.
    pub own: Snapshot<OwnIssuer>,
    /// How long one fetch from a provider may take.
    pub fetch_timeout: Duration,
}

impl VerifierSettings {
    /// The usual settings: fetches end within five seconds.
    pub fn new(clock: Clock, own: Snapshot<OwnIssuer>) -> Self {
        Self {
            clock,
            own,
            fetch_timeout: GuardedClient::TIMEOUT,
        }
    }
}

/// A request to be let in.
#[derive(Clone, Copy)]
pub struct CheckRequest<'a> {
    /// The runtime's rules.
    pub authorizer: &'a Arc<Authorizer>,
    /// The runtime that is called.
    pub runtime: &'a RuntimeId,
    /// Every address that names the runtime: more `aud` values that tokens of
    /// our own issuer may carry.
    pub audiences: &'a [String],
    /// The values of all `Authorization` headers, as raw bytes.
    pub authorization: &'a [&'a [u8]],
}

impl std::fmt::Debug for CheckRequest<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("CheckRequest")
            .field("runtime", self.runtime)
            .field("authorization", &self.authorization.len())
            .finish_non_exhaustive()
    }
}

/// Judges tokens. Share it behind an [`Arc`].
#[derive(Debug)]
pub struct Verifier {
    clock: Clock,
    client: GuardedClient,
    issuers: Issuers,
    verified: Verified,
}

impl Verifier {
    /// Builds a verifier; nothing is fetched before a token asks for it.
    pub fn new(settings: VerifierSettings) -> Self {
        let VerifierSettings {
            clock,
            own,
            fetch_timeout,
        } = settings;
        let client = GuardedClient::new(fetch_timeout);
        Self {
            issuers: Issuers::new(client.clone(), clock.clone(), own),
            verified: Verified::new(),
            client,
            clock,
        }
    }

    /// Lets the request in or says why not.
    ///
    /// # Errors
    /// The refusal, ready to be rendered.
    pub async fn check(&self, request: &CheckRequest<'_>) -> Result<Arc<Permit>, Box<Refusal>> {
        let token = bearer::token(request.authorization)?;
        let now = self.clock.now();
        if let Some(permit) = self.verified.get(token, request, &self.issuers, now) {
            return Ok(permit);
        }
        let judge = self.judge(request.authorizer, request.audiences);
        let admission = judge.judge(token).await.outcome?;
        let permit = Arc::new(Permit {
            principal: admission.principal.clone(),
            runtime: request.runtime.clone(),
            entry: admission.entry.clone(),
            expires_at: admission.expires_at,
            used: AtomicBool::new(false),
        });
        self.verified.put(token, request, &admission, &permit, now);
        Ok(permit)
    }

    /// Judges `token` for a runtime, called `runtime` in the answer, and shows
    /// every rule's verdict. What it expects names allowed values: it is for
    /// whoever runs the server.
    pub async fn explain(
        &self,
        authorizer: &Arc<Authorizer>,
        runtime: &str,
        audiences: &[String],
        token: &str,
    ) -> Explanation {
        let judgement = self.judge(authorizer, audiences).judge(token).await;
        Explanation {
            admitted: judgement.outcome.is_ok(),
            runtime: runtime.to_owned(),
            entry: judgement.entry,
            message: judgement.outcome.err().map(|refusal| refusal.message),
            rules: judgement.verdicts,
        }
    }

    /// Fetches and checks a discovery document, past the cache. Our own is
    /// known without a fetch.
    ///
    /// # Errors
    /// Says which rule the document, or the way to it, breaks.
    pub async fn discover(&self, url: &DiscoveryUrl) -> Result<ProviderFacts, DiscoveryError> {
        match self.issuers.own_at(url) {
            Some(own) => {
                let issuer = own.issuer.issuer.clone();
                Ok(ProviderFacts {
                    jwks_uri: format!("{issuer}/.well-known/jwks.json"),
                    token_endpoint: Some(format!("{issuer}/oauth/token")),
                    preset: None,
                    issuer,
                })
            }
            None => discovery::fetch(&self.client, url).await,
        }
    }

    fn judge<'a>(&'a self, authorizer: &'a Authorizer, audiences: &'a [String]) -> Judge<'a> {
        Judge {
            issuers: &self.issuers,
            clock: &self.clock,
            authorizer,
            audiences,
        }
    }
}
