//! Key sets that clients publish (`jwks_uri`), fetched when they are needed.

use std::collections::HashMap;
use std::sync::Arc;

use parking_lot::Mutex;
use shukuba_model::Clock;
use shukuba_model::jose::JwkSet;
use shukuba_verify::fetch::{Fetched, Outcome, PublicClient};

use super::document::keys::public_keys;

/// How long an unknown key does not cause another fetch, in seconds.
const REFETCH: i64 = 60;
/// How long a failure is not tried again, in seconds.
const RETRY: i64 = 5;
/// How old keys may be that serve while their address does not answer, in seconds.
const STALE: i64 = 7 * 86_400;
/// How many addresses are remembered. Strangers choose them.
const MOST_ADDRESSES: usize = 1_000;

/// Key sets by their address.
pub(crate) struct KeyCache {
    client: PublicClient,
    clock: Clock,
    slots: Mutex<HashMap<String, Arc<Slot>>>,
}

/// One address. Who waits for the lock gets what the first one fetched.
#[derive(Default)]
struct Slot(tokio::sync::Mutex<Known>);

#[derive(Default)]
struct Known {
    keys: Option<JwkSet>,
    fetched_at: i64,
    fresh_until: i64,
    failed: Option<(i64, String)>,
}

impl KeyCache {
    pub(crate) fn new(client: PublicClient, clock: Clock) -> Self {
        Self {
            client,
            clock,
            slots: Mutex::default(),
        }
    }

    /// The keys at an address; with `newer`, asked for again when that was not
    /// just done. The error says why there are none.
    pub(crate) async fn get(&self, uri: &str, newer: bool) -> Result<JwkSet, String> {
        let slot = self.slot(uri);
        let mut known = slot.0.lock().await;
        let now = self.clock.now();
        if let Some(keys) = &known.keys {
            let recent = now < known.fetched_at.saturating_add(REFETCH);
            if recent || (now < known.fresh_until && !newer) {
                return Ok(keys.clone());
            }
        }
        if let Some((at, why)) = &known.failed
            && now < at.saturating_add(RETRY)
        {
            return known.stale(now).ok_or_else(|| why.clone());
        }
        match self.fetch(uri).await {
            Ok((keys, fresh_for)) => {
                *known = Known {
                    keys: Some(keys.clone()),
                    fetched_at: now,
                    fresh_until: now.saturating_add(fresh_for),
                    failed: None,
                };
                Ok(keys)
            }
            Err((outage, why)) => {
                tracing::warn!(%uri, %why, "a client's keys cannot be fetched");
                known.failed = Some((now, why.clone()));
                if !outage {
                    // What answers otherwise now has withdrawn its keys.
                    known.keys = None;
                }
                known.stale(now).ok_or(why)
            }
        }
    }

    /// The keys and for how many seconds they are fresh; or whether it is an
    /// outage, and why.
    async fn fetch(&self, uri: &str) -> Result<(JwkSet, i64), (bool, String)> {
        let limit = PublicClient::KEYS_LIMIT;
        let outcome = self.client.fetch(uri, limit, None).await;
        let fetched = match outcome.map_err(|error| (error.is_outage(), error.to_string()))? {
            Outcome::Document(fetched) => fetched,
            Outcome::NotModified { .. } => return Err((true, format!("{uri} answered HTTP 304"))),
        };
        let Fetched {
            body, fresh_for, ..
        } = fetched;
        let document = serde_json::from_slice(&body)
            .map_err(|_| (false, format!("what {uri} answered is not JSON")))?;
        let keys = public_keys(&document)
            .map_err(|error| (false, format!("{uri} answered no usable key set: {error}")))?;
        Ok((keys, i64::try_from(fresh_for.as_secs()).unwrap_or(0)))
    }

    fn slot(&self, uri: &str) -> Arc<Slot> {
        let mut slots = self.slots.lock();
        if !slots.contains_key(uri) && slots.len() >= MOST_ADDRESSES {
            // What is forgotten is fetched again; who waits for it holds it.
            slots.clear();
        }
        Arc::clone(slots.entry(uri.to_owned()).or_default())
    }
}

impl Known {
    fn stale(&self, now: i64) -> Option<JwkSet> {
        let usable = now < self.fetched_at.saturating_add(STALE);
        self.keys.clone().filter(|_| usable)
    }
}
