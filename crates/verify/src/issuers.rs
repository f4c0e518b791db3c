//! What is known of each issuer: its document and keys, fetched when needed,
//! kept while they are good, and kept longer while the provider is down.
//!
//! Keys are held per discovery URL, so within one (issuer, `jwks_uri`): a `kid`
//! never finds the key of another issuer (CVE-2026-49998).

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use arc_swap::ArcSwapOption;
use parking_lot::RwLock;
use shukuba_model::authorizer::DiscoveryUrl;
use shukuba_model::jose::OwnIssuer;
use shukuba_model::{Clock, Revocations, Snapshot};
use tokio::sync::{Mutex, OwnedMutexGuard};

use crate::discovery::{self, DiscoveryError, PresetHint, ProviderFacts};
use crate::fetch::GuardedClient;
use crate::jws::Jws;
use crate::keys::{Algorithm, KeyMatch, KeySet};

/// For how long a document and its keys are used without asking again, in seconds.
pub(crate) const FRESH: i64 = 600;
/// For how long they are used while the provider cannot be asked, in seconds.
const USABLE: i64 = 86_400;
/// Between two fetches that unknown `kid`s cause, in seconds: anyone can send those.
const KID_INTERVAL: i64 = 30;
/// Between two tries while the provider is down and older keys serve, in seconds.
const STALE_RETRY: i64 = 30;
/// Between two tries while the provider is down and there is nothing to serve, in seconds.
const FIRST_RETRY: i64 = 5;
/// How long a request waits for newer keys when older ones can serve it.
const PATIENCE: Duration = Duration::from_secs(1);

/// The issuers of all authorizers, and our own.
#[derive(Debug)]
pub(crate) struct Issuers {
    client: GuardedClient,
    clock: Clock,
    own: Snapshot<OwnIssuer>,
    own_keys: ArcSwapOption<OwnKeys>,
    // One slot per configured address: what a caller sends never adds one.
    slots: RwLock<HashMap<DiscoveryUrl, Arc<Slot>>>,
}

/// Our own issuer with its keys parsed.
#[derive(Debug)]
pub(crate) struct OwnKeys {
    /// As published.
    pub(crate) issuer: Arc<OwnIssuer>,
    keys: KeySet,
}

/// A provider's document and keys.
#[derive(Debug)]
pub(crate) struct Known {
    /// The document.
    pub(crate) facts: ProviderFacts,
    keys: KeySet,
    fetched_at: i64,
}

/// Where the keys of an entry's issuer come from.
#[derive(Debug, Clone)]
pub(crate) enum Source {
    /// From this process.
    Own(Arc<OwnKeys>),
    /// From a provider.
    Foreign {
        /// Its slot, to ask again.
        slot: Arc<Slot>,
        /// What was known when the judgement began.
        known: Arc<Known>,
    },
}

impl Source {
    /// The issuer identifier.
    pub(crate) fn issuer(&self) -> &str {
        match self {
            Self::Own(own) => &own.issuer.issuer,
            Self::Foreign { known, .. } => &known.facts.issuer,
        }
    }

    /// The provider, where it is a known one.
    pub(crate) fn preset(&self) -> Option<PresetHint> {
        match self {
            Self::Own(_) => None,
            Self::Foreign { known, .. } => known.facts.preset,
        }
    }

    /// What was revoked of its tokens, when the issuer is our own.
    pub(crate) fn revoked(&self) -> Option<&Revocations> {
        match self {
            Self::Own(own) => Some(&own.issuer.revoked),
            Self::Foreign { .. } => None,
        }
    }

    /// Whether the issuer is our own.
    pub(crate) fn is_own(&self) -> bool {
        matches!(self, Self::Own(_))
    }

    /// Checks the signature of a token, asking a provider once more when it
    /// does not know the key.
    pub(crate) async fn verify(&self, jws: &Jws<'_>, algorithm: Algorithm) -> KeyMatch {
        let kid = jws.header.kid.as_deref();
        let try_with = |keys: &KeySet| keys.verify(kid, algorithm, jws.signed, &jws.signature);
        match self {
            Self::Own(own) => try_with(&own.keys),
            Self::Foreign { slot, known } => match try_with(&known.keys) {
                KeyMatch::Unknown => match slot.newer_than(known).await {
                    Some(newer) => try_with(&newer.keys),
                    None => KeyMatch::Unknown,
                },
                known => known,
            },
        }
    }
}

impl Issuers {
    pub(crate) fn new(client: GuardedClient, clock: Clock, own: Snapshot<OwnIssuer>) -> Self {
        Self {
            client,
            clock,
            own,
            own_keys: ArcSwapOption::empty(),
            slots: RwLock::default(),
        }
    }

    /// Whether `issuer` is our own as it is published now, not as it was.
    pub(crate) fn is_current(&self, issuer: &Arc<OwnIssuer>) -> bool {
        Arc::ptr_eq(issuer, &*self.own.load())
    }

    /// Our own issuer when `url` is one of its addresses.
    pub(crate) fn own_at(&self, url: &DiscoveryUrl) -> Option<Arc<OwnKeys>> {
        let current = self.own.load();
        current
            .discovery_urls
            .iter()
            .any(|own| own == url.as_str())
            .then(|| self.own_keys(&current))
    }

    /// Our own issuer, whether an entry names it or not.
    pub(crate) fn own(&self) -> Source {
        Source::Own(self.own_keys(&self.own.load()))
    }

    fn own_keys(&self, current: &Arc<OwnIssuer>) -> Arc<OwnKeys> {
        if let Some(parsed) = &*self.own_keys.load()
            && Arc::ptr_eq(&parsed.issuer, current)
        {
            return Arc::clone(parsed);
        }
        let parsed = Arc::new(OwnKeys {
            issuer: Arc::clone(current),
            keys: KeySet::new(&current.keys.keys),
        });
        self.own_keys.store(Some(Arc::clone(&parsed)));
        parsed
    }

    /// What is known of the issuer at `url`, fetched when it has to be.
    pub(crate) async fn source(&self, url: &DiscoveryUrl) -> Result<Source, DiscoveryError> {
        if let Some(own) = self.own_at(url) {
            return Ok(Source::Own(own));
        }
        let slot = self.slot(url);
        let known = slot.current().await?;
        Ok(Source::Foreign { slot, known })
    }

    fn slot(&self, url: &DiscoveryUrl) -> Arc<Slot> {
        if let Some(slot) = self.slots.read().get(url) {
            return Arc::clone(slot);
        }
        let mut slots = self.slots.write();
        let slot = slots.entry(url.clone()).or_insert_with(|| {
            Arc::new(Slot {
                url: url.clone(),
                client: self.client.clone(),
                clock: self.clock.clone(),
                state: RwLock::default(),
                flight: Arc::default(),
            })
        });
        Arc::clone(slot)
    }
}

/// One provider, by its discovery URL.
#[derive(Debug)]
pub(crate) struct Slot {
    url: DiscoveryUrl,
    client: GuardedClient,
    clock: Clock,
    state: RwLock<State>,
    // Held while a fetch is on its way, so that there is one at a time.
    flight: Arc<Mutex<()>>,
}

#[derive(Debug, Default)]
struct State {
    known: Option<Arc<Known>>,
    tried_at: Option<i64>,
    kid_fetch_at: Option<i64>,
    failure: Option<DiscoveryError>,
}

/// What a slot can answer with at some time.
enum Stock {
    /// Good as it is.
    Serve(Arc<Known>),
    /// Good while nothing better is to be had, which may be tried.
    Aged(Arc<Known>),
    /// Nothing, and it was tried just now.
    Failed(DiscoveryError),
    /// Nothing yet.
    Empty,
}

impl Slot {
    async fn current(self: &Arc<Self>) -> Result<Arc<Known>, DiscoveryError> {
        match self.stock() {
            Stock::Serve(known) => return Ok(known),
            Stock::Failed(error) => return Err(error),
            Stock::Aged(known) => {
                // Somebody else is asking already: this request need not wait.
                let Ok(guard) = Arc::clone(&self.flight).try_lock_owned() else {
                    return Ok(known);
                };
                let _ = tokio::time::timeout(PATIENCE, self.fetch(guard)).await;
            }
            Stock::Empty => {
                let guard = Arc::clone(&self.flight).lock_owned().await;
                if matches!(self.stock(), Stock::Empty) {
                    self.fetch(guard).await;
                }
            }
        }
        match self.stock() {
            Stock::Serve(known) | Stock::Aged(known) => Ok(known),
            Stock::Failed(error) => Err(error),
            Stock::Empty => Err(self.interrupted()),
        }
    }

    /// What is known after asking again because `old` lacks a key; `None` when
    /// it was asked for that reason a moment ago.
    async fn newer_than(self: &Arc<Self>, old: &Arc<Known>) -> Option<Arc<Known>> {
        let guard = Arc::clone(&self.flight).lock_owned().await;
        let newer = |slot: &Self| {
            let known = slot.state.read().known.clone();
            known.filter(|known| !Arc::ptr_eq(known, old))
        };
        if let Some(known) = newer(self) {
            return Some(known);
        }
        let now = self.clock.now();
        if within(self.state.read().kid_fetch_at, now, KID_INTERVAL) {
            return None;
        }
        self.state.write().kid_fetch_at = Some(now);
        self.fetch(guard).await;
        newer(self)
    }

    fn stock(&self) -> Stock {
        let state = self.state.read();
        let now = self.clock.now();
        let known = state
            .known
            .as_ref()
            .filter(|known| within(Some(known.fetched_at), now, USABLE));
        match (known, &state.failure) {
            (Some(known), _) if within(Some(known.fetched_at), now, FRESH) => {
                Stock::Serve(Arc::clone(known))
            }
            (Some(known), _) if within(state.tried_at, now, STALE_RETRY) => {
                Stock::Serve(Arc::clone(known))
            }
            (Some(known), _) => Stock::Aged(Arc::clone(known)),
            (None, Some(error)) if within(state.tried_at, now, FIRST_RETRY) => {
                Stock::Failed(error.clone())
            }
            (None, _) => Stock::Empty,
        }
    }

    /// Fetches on a task of its own: a caller that goes away must not take
    /// with it what others wait for.
    async fn fetch(self: &Arc<Self>, guard: OwnedMutexGuard<()>) {
        let slot = Arc::clone(self);
        let task = tokio::spawn(async move {
            let _guard = guard;
            slot.state.write().tried_at = Some(slot.clock.now());
            let result = slot.load().await;
            slot.keep(result);
        });
        if let Err(error) = task.await {
            tracing::error!(url = %self.url, %error, "fetching an issuer's keys was interrupted");
        }
    }

    async fn load(&self) -> Result<Known, DiscoveryError> {
        let facts = discovery::fetch(&self.client, &self.url).await?;
        let document = self
            .client
            .json(&facts.jwks_uri, GuardedClient::KEYS_LIMIT)
            .await?;
        let keys = KeySet::parse(&document);
        if keys.is_empty() {
            return Err(DiscoveryError::NoKeys {
                jwks_uri: facts.jwks_uri,
            });
        }
        Ok(Known {
            facts,
            keys,
            fetched_at: self.clock.now(),
        })
    }

    fn keep(&self, result: Result<Known, DiscoveryError>) {
        let mut state = self.state.write();
        match result {
            Ok(known) => {
                state.known = Some(Arc::new(known));
                state.failure = None;
            }
            Err(error) => {
                let older_keys_serve = state.known.is_some();
                tracing::warn!(url = %self.url, %error, older_keys_serve, "an issuer's document or keys cannot be had");
                state.failure = Some(error);
            }
        }
    }

    fn interrupted(&self) -> DiscoveryError {
        crate::fetch::FetchError::Unreachable {
            url: self.url.to_string(),
            cause: "the fetch was interrupted".to_owned(),
        }
        .into()
    }
}

/// Whether `then` lies less than `seconds` before `now`. A clock that was set
/// back makes everything old, so that nothing is kept too long.
fn within(then: Option<i64>, now: i64, seconds: i64) -> bool {
    then.is_some_and(|then| (0..seconds).contains(&now.saturating_sub(then)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_interval_has_a_beginning_and_an_end_and_no_future() {
        assert!(within(Some(100), 100, 30));
        assert!(within(Some(100), 129, 30));
        assert!(!within(Some(100), 130, 30));
        assert!(!within(Some(100), 99, 30));
        assert!(!within(None, 99, 30));
    }
}
