//! Tokens that were verified a moment ago, so that a signature is checked
//! once and not with every request.

use std::sync::Arc;
use std::time::{Duration, Instant};

use aws_lc_rs::digest;
use moka::Expiry;
use moka::sync::Cache;
use shukuba_model::Authorizer;
use shukuba_model::jose::OwnIssuer;

use crate::issuers::{FRESH, Issuers, Source};
use crate::judgement::Admission;
use crate::permit::Permit;
use crate::verifier::CheckRequest;

/// The most tokens that are remembered.
const CAPACITY: u64 = 10_000;

/// The verified tokens, by digest and authorizer. The token itself is not kept.
#[derive(Debug)]
pub(crate) struct Verified(Cache<Key, Arc<Entry>>);

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct Key {
    digest: [u8; 32],
    authorizer: usize,
}

#[derive(Debug)]
struct Entry {
    permit: Arc<Permit>,
    // Held so that no other authorizer can come to lie at the key's address.
    _authorizer: Arc<Authorizer>,
    // Our own issuer as it was; a withdrawn key replaces it.
    own: Option<Arc<OwnIssuer>>,
    address: Option<String>,
    checked_at: i64,
    good_until: i64,
}

impl Verified {
    pub(crate) fn new() -> Self {
        Self(
            Cache::builder()
                .max_capacity(CAPACITY)
                .expire_after(UntilExpiry)
                .build(),
        )
    }

    /// The permit of a token that was verified for the same request, if
    /// nothing has changed since.
    pub(crate) fn get(
        &self,
        token: &str,
        request: &CheckRequest<'_>,
        issuers: &Issuers,
        now: i64,
    ) -> Option<Arc<Permit>> {
        let key = Key::of(token, request.authorizer);
        let entry = self.0.get(&key)?;
        if !entry.is_good(issuers, now) {
            self.0.invalidate(&key);
            return None;
        }
        entry.fits(request).then(|| Arc::clone(&entry.permit))
    }

    /// Remembers an admission.
    pub(crate) fn put(
        &self,
        token: &str,
        request: &CheckRequest<'_>,
        admission: &Admission,
        permit: &Arc<Permit>,
        now: i64,
    ) {
        let own = match &admission.source {
            Source::Own(own) => Some(Arc::clone(&own.issuer)),
            Source::Foreign { .. } => None,
        };
        let expiry = admission.expires_at.saturating_add(admission.leeway);
        // A provider's withdrawn key is noticed when its key set is fetched
        // again, so a verdict that rests on it lives no longer than that.
        let good_until = match own {
            Some(_) => expiry,
            None => expiry.min(now.saturating_add(FRESH)),
        };
        let entry = Entry {
            permit: Arc::clone(permit),
            _authorizer: Arc::clone(request.authorizer),
            own,
            address: admission.address.clone(),
            checked_at: now,
            good_until,
        };
        self.0
            .insert(Key::of(token, request.authorizer), Arc::new(entry));
    }
}

impl Key {
    fn of(token: &str, authorizer: &Arc<Authorizer>) -> Self {
        let mut bytes = [0; 32];
        let computed = digest::digest(&digest::SHA256, token.as_bytes());
        for (to, from) in bytes.iter_mut().zip(computed.as_ref()) {
            *to = *from;
        }
        Self {
            digest: bytes,
            authorizer: Arc::as_ptr(authorizer).addr(),
        }
    }
}

impl Entry {
    fn is_good(&self, issuers: &Issuers, now: i64) -> bool {
        let same_issuer = self.own.as_ref().is_none_or(|own| issuers.is_current(own));
        same_issuer && (self.checked_at..self.good_until).contains(&now)
    }

    /// Whether the request asks for what was admitted: the same runtime, at
    /// addresses that still include the one the token names.
    fn fits(&self, request: &CheckRequest<'_>) -> bool {
        self.permit.runtime() == request.runtime
            && self
                .address
                .as_ref()
                .is_none_or(|address| request.audiences.contains(address))
    }
}

/// Lets the cache drop an entry once it can no longer be good.
struct UntilExpiry;

impl Expiry<Key, Arc<Entry>> for UntilExpiry {
    fn expire_after_create(&self, _: &Key, entry: &Arc<Entry>, _: Instant) -> Option<Duration> {
        let seconds = entry.good_until.saturating_sub(entry.checked_at);
        Some(Duration::from_secs(u64::try_from(seconds).unwrap_or(0)))
    }
}
