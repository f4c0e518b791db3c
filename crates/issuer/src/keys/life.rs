//! The life of a signing key: next, current, previous, gone.
//!
//! A key is published while it is next, long before it signs, so that whoever
//! caches the key set knows it by then. It signs while it is current. While it
//! is previous it is published until the last token it signed has died.

use shukuba_model::jose::OwnIssuer;
use shukuba_model::{SigningAlgorithm, TokenLifetime};
use shukuba_store::{AuditEvent, KeyState, KeyStep, StoreError};

use super::{KeyFacts, KeyRing, pair};
use crate::discovery::{self, Documents};
use crate::{Issuer, IssuerError};

/// How long a key signs before its successor takes over, in seconds: 30 days.
const SIGNS_FOR: i64 = 30 * 86_400;
/// How long a key is published after it signed for the last time, in seconds:
/// as long as any token may live, whatever the lifetimes of the APIs were when
/// it signed, and a minute for tokens that were being made.
const KEPT_FOR: i64 = TokenLifetime::MAX.cast_signed() + 60;

/// Why the keys are as they were.
#[derive(Debug, thiserror::Error)]
pub enum KeyChangeError {
    /// There is no such key.
    #[error("there is no signing key '{kid}': 'shukuba key list' shows those there are")]
    NotFound {
        /// The key id as it was given.
        kid: String,
    },
    /// The next key is not known everywhere yet.
    #[error(
        "the next {} key was published a moment ago, and the key set may be cached without it: rotate in {wait} s, or revoke the current key if it has leaked",
        algorithm.as_str()
    )]
    TooSoon {
        /// Whose next key.
        algorithm: SigningAlgorithm,
        /// Seconds to wait.
        wait: i64,
    },
    /// The task that changed the keys was ended.
    #[error("the change of the signing keys was interrupted: look at the keys and try again")]
    Interrupted,
    /// A key cannot be made or read.
    #[error(transparent)]
    Key(#[from] IssuerError),
    /// The database failed, or the keys were changed at the same time.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Issuer {
    /// Every signing key: RS256 before ES256, the current one first.
    pub fn keys(&self) -> Vec<KeyFacts> {
        self.0.keys.load().facts().cloned().collect()
    }

    /// Lets the next key of `algorithm` sign, or of every algorithm when none
    /// is named. Tokens of the keys that signed until now stay valid.
    ///
    /// # Errors
    /// [`KeyChangeError::TooSoon`] while the next key may be unknown to caches.
    pub async fn rotate_keys(
        &self,
        algorithm: Option<SigningAlgorithm>,
    ) -> Result<(), KeyChangeError> {
        self.change_keys(Change::Rotate(algorithm)).await
    }

    /// Rotates the keys that have signed for 30 days by `now` (seconds since
    /// 1970), and forgets those whose last token has died. To be called about
    /// once an hour.
    ///
    /// # Errors
    /// When a key cannot be made, or the database fails; nothing has changed then.
    pub async fn rotate_keys_if_due(&self, now: i64) -> Result<(), KeyChangeError> {
        self.change_keys(Change::Upkeep { now }).await
    }

    /// Takes a key out of the key set at once: every token it signed is
    /// refused from now on. The next key signs in the place of a current one.
    ///
    /// # Errors
    /// [`KeyChangeError::NotFound`] when there is no such key.
    pub async fn revoke_key(&self, kid: &str) -> Result<(), KeyChangeError> {
        self.change_keys(Change::Revoke(kid.to_owned())).await
    }

    /// On a task of its own: a caller that goes away must not leave what is
    /// stored unpublished.
    async fn change_keys(&self, change: Change) -> Result<(), KeyChangeError> {
        let issuer = self.clone();
        let task = tokio::spawn(async move { issuer.change_keys_now(change).await });
        task.await.unwrap_or(Err(KeyChangeError::Interrupted))
    }

    async fn change_keys_now(&self, change: Change) -> Result<(), KeyChangeError> {
        let inner = &*self.0;
        let _changing = inner.changing_keys.lock().await;
        let ring = inner.keys.load_full();
        let now = inner.clock.now();
        let steps = match &change {
            Change::Rotate(asked) => asked_rotation(&ring, *asked, now).await?,
            Change::Upkeep { now } => upkeep(&ring, *now).await?,
            Change::Revoke(kid) => revocation(&ring, kid, now).await?,
        };
        if steps.is_empty() {
            return Ok(());
        }
        inner.store.change_signing_keys(&steps).await?;
        self.publish_keys(KeyRing::read(&inner.store).await?);
        tracing::info!(?change, "signing keys changed");
        if let Change::Upkeep { .. } = change {
            // What an operator asks for is recorded where it is asked for.
            self.record(upkeep_event(&steps)).await;
        }
        Ok(())
    }

    /// A key is published before it signs, never the other way round.
    fn publish_keys(&self, ring: KeyRing) {
        let inner = &*self.0;
        let published = ring.published();
        inner.own.update(|own| OwnIssuer {
            keys: published.clone(),
            ..own.clone()
        });
        inner.documents.publish(Documents::new(&inner.own.load()));
        inner.keys.publish(ring);
    }
}

/// What is asked of the keys.
#[derive(Debug)]
enum Change {
    Rotate(Option<SigningAlgorithm>),
    Upkeep { now: i64 },
    Revoke(String),
}

/// The keys that a ring lacks, made at the same time.
pub(super) async fn complete(ring: &KeyRing, now: i64) -> Result<Vec<KeyStep>, IssuerError> {
    let mut tasks = Vec::new();
    for algorithm in SigningAlgorithm::ALL {
        for state in [KeyState::Current, KeyState::Next] {
            if ring.find(algorithm, state).is_none() {
                let task = tokio::spawn(pair::make(algorithm, state, now));
                tasks.push((algorithm, task));
            }
        }
    }
    let mut steps = Vec::new();
    for (algorithm, task) in tasks {
        let made = task
            .await
            .map_err(|error| pair::key_error(algorithm, "made", error.to_string()))??;
        steps.push(KeyStep::Add(made));
    }
    Ok(steps)
}

async fn asked_rotation(
    ring: &KeyRing,
    asked: Option<SigningAlgorithm>,
    now: i64,
) -> Result<Vec<KeyStep>, KeyChangeError> {
    let mut steps = Vec::new();
    for algorithm in SigningAlgorithm::ALL {
        if asked.is_none_or(|asked| asked == algorithm) {
            if let Some(wait) = unripe(ring, algorithm, now) {
                return Err(KeyChangeError::TooSoon { algorithm, wait });
            }
            steps.extend(rotation(ring, algorithm, now).await?);
        }
    }
    Ok(steps)
}

async fn upkeep(ring: &KeyRing, now: i64) -> Result<Vec<KeyStep>, KeyChangeError> {
    let dead = |facts: &&KeyFacts| facts.keep_until.is_some_and(|until| until <= now);
    let mut steps: Vec<_> = ring.facts().filter(dead).map(remove).collect();
    for algorithm in SigningAlgorithm::ALL {
        let current = ring.find(algorithm, KeyState::Current);
        let due = current
            .and_then(|current| current.signs_since)
            .is_some_and(|since| since.saturating_add(SIGNS_FOR) <= now);
        if due && unripe(ring, algorithm, now).is_none() {
            steps.extend(rotation(ring, algorithm, now).await?);
        }
    }
    Ok(steps)
}

fn upkeep_event(steps: &[KeyStep]) -> AuditEvent {
    let words: Vec<_> = steps
        .iter()
        .map(|step| match step {
            KeyStep::Add(key) => format!("made {}", key.kid),
            KeyStep::Retire { kid, .. } => format!("retired {kid}"),
            KeyStep::Promote { kid, .. } => format!("{kid} signs"),
            KeyStep::Remove { kid, .. } => format!("forgot {kid}"),
        })
        .collect();
    AuditEvent {
        event: "keys.rotated",
        outcome: "ok",
        actor: "server".to_owned(),
        detail: words.join(", "),
        ..AuditEvent::default()
    }
}

async fn revocation(ring: &KeyRing, kid: &str, now: i64) -> Result<Vec<KeyStep>, KeyChangeError> {
    let revoked =
        ring.facts()
            .find(|facts| facts.kid == kid)
            .ok_or_else(|| KeyChangeError::NotFound {
                kid: kid.chars().take(80).collect(),
            })?;
    let mut steps = vec![remove(revoked)];
    if revoked.state != KeyState::Previous {
        let algorithm = revoked.algorithm;
        let next = ring.find(algorithm, KeyState::Next);
        steps.extend(
            next.filter(|_| revoked.state == KeyState::Current)
                .map(|next| promote(next, now)),
        );
        steps.push(KeyStep::Add(
            pair::make(algorithm, KeyState::Next, now).await?,
        ));
    }
    Ok(steps)
}

/// The next key signs, and gets a successor.
async fn rotation(
    ring: &KeyRing,
    algorithm: SigningAlgorithm,
    now: i64,
) -> Result<Vec<KeyStep>, KeyChangeError> {
    let current = ring.find(algorithm, KeyState::Current);
    let next = ring.find(algorithm, KeyState::Next);
    let mut steps: Vec<_> = current
        .map(|current| KeyStep::Retire {
            kid: current.kid.clone(),
            keep_until: now.saturating_add(KEPT_FOR),
        })
        .into_iter()
        .chain(next.map(|next| promote(next, now)))
        .collect();
    steps.push(KeyStep::Add(
        pair::make(algorithm, KeyState::Next, now).await?,
    ));
    Ok(steps)
}

fn promote(next: &KeyFacts, now: i64) -> KeyStep {
    KeyStep::Promote {
        kid: next.kid.clone(),
        now,
    }
}

fn remove(facts: &KeyFacts) -> KeyStep {
    KeyStep::Remove {
        kid: facts.kid.clone(),
        state: facts.state,
    }
}

/// The seconds until every cached key set holds the next key; `None` when it
/// does so now. A set without it was never published when no key is older.
fn unripe(ring: &KeyRing, algorithm: SigningAlgorithm, now: i64) -> Option<i64> {
    let next = ring.find(algorithm, KeyState::Next)?;
    let older = ring.facts().any(|facts| facts.created_at < next.created_at);
    let wait = next.created_at + discovery::CACHED_FOR - now;
    // A longer wait than that comes of a clock that was set back.
    (older && (1..=discovery::CACHED_FOR).contains(&wait)).then_some(wait)
}
