//! Takes grants and tokens back. What is revoked is stored and then published
//! to the verifier of this process, so that a dead token is refused at once.

use std::future::Future;

use shukuba_model::jose::OwnIssuer;
use shukuba_model::{Client, ClientId, Revocations, UserId};
use shukuba_store::{AuditEvent, Grant, GrantFilter, Store, StoreError, use_is_noted};

use crate::Issuer;

/// The reason of a grant that the operator took back, who is then the actor of
/// the event.
pub const BY_OPERATOR: &str = "revoked by the operator";

/// How often a person may have let one client in, each time a login that lives:
/// a client that never stops logging in anew must not fill the database.
const MOST_GRANTS: u32 = 100;

/// Why a grant beyond [`MOST_GRANTS`] ends.
const SURPLUS: &str = "surplus";

impl Issuer {
    /// The live grants that a filter names, newest first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn grants(&self, filter: &GrantFilter<'_>) -> Result<Vec<Grant>, StoreError> {
        self.0.store.grants(filter, self.0.clock.now()).await
    }

    /// Takes a grant back with every token it gave; `false` when it was taken
    /// back before, or there is none of that id.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn revoke_grant(&self, id: &str, reason: &'static str) -> Result<bool, StoreError> {
        self.revoke_grant_for(id, reason, "server").await
    }

    /// [`Self::revoke_grant`], recorded as what `actor` did.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn revoke_grant_for(
        &self,
        id: &str,
        reason: &'static str,
        actor: &str,
    ) -> Result<bool, StoreError> {
        let grant_id = id.to_owned();
        let revoked = self
            .revoke(
                move |store, now| async move { store.revoke_grant(&grant_id, reason, now).await },
            )
            .await?;
        if revoked {
            self.record(AuditEvent {
                actor: actor.to_owned(),
                ..event("grant.revoked", id, reason)
            })
            .await;
        }
        Ok(revoked)
    }

    /// Takes back what people granted a client, and every token it has, and
    /// tells how many grants that were.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn revoke_client(
        &self,
        id: &ClientId,
        reason: &'static str,
    ) -> Result<u64, StoreError> {
        let client_id = id.clone();
        let grants = self
            .revoke(
                move |store, now| async move { store.revoke_client(&client_id, reason, now).await },
            )
            .await?;
        self.record(event("client.revoked", id.as_str(), reason))
            .await;
        Ok(grants)
    }

    /// Takes back what a person granted, and every token of theirs, and tells
    /// how many grants that were.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn revoke_user(&self, id: &UserId, reason: &'static str) -> Result<u64, StoreError> {
        let user_id = id.clone();
        let grants = self
            .revoke(move |store, now| async move { store.revoke_user(&user_id, reason, now).await })
            .await?;
        self.record(event("user.revoked", id.as_str(), reason))
            .await;
        Ok(grants)
    }

    /// Takes one access token back; `expires_at` is its end, seconds since 1970.
    pub(crate) async fn revoke_access_token(
        &self,
        jti: String,
        expires_at: i64,
    ) -> Result<(), StoreError> {
        self.revoke(move |store, now| async move {
            store.revoke_access_token(&jti, expires_at, now).await
        })
        .await
    }

    /// Publishes what the store lists as revoked. For whoever changed it by
    /// another way than these methods.
    ///
    /// # Errors
    /// When the database fails; what was published before stays.
    pub async fn publish_revocations(&self) -> Result<(), StoreError> {
        self.revoke(|_, _| std::future::ready(Ok(()))).await
    }

    /// Takes back the logins of one client that a person has beyond a hundred, the
    /// least recently used ones. To be called about once an hour.
    ///
    /// # Errors
    /// When the database fails.
    pub(crate) async fn revoke_surplus_grants(&self) -> Result<(), StoreError> {
        let revoked = self
            .revoke(|store, now| async move {
                store.revoke_surplus_grants(MOST_GRANTS, SURPLUS, now).await
            })
            .await?;
        for id in &revoked {
            tracing::warn!(grant_id = %id, "a login was ended: its client has too many");
            self.record(event("grant.revoked", id, SURPLUS)).await;
        }
        Ok(())
    }

    /// Removes codes, grants and revocations that can do nothing any more, and
    /// tells how many rows that were. To be called about once an hour.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn forget_dead_grants(&self) -> Result<u64, StoreError> {
        self.revoke(|store, now| async move { store.forget_dead_grants(now).await })
            .await
    }

    /// Notes that a client got a token. The token is not withheld when that
    /// cannot be written down.
    pub(crate) async fn note_used(&self, client: &Client) {
        let now = self.0.clock.now();
        // The one writer is busy with the audit log: no token waits for it in vain.
        if use_is_noted(client, now) {
            return;
        }
        if let Err(error) = self.0.store.client_used(&client.id, now).await {
            tracing::error!(client_id = %client.id, %error, "the use of a client was not noted");
        }
    }

    /// Changes the store and publishes what it then lists. One change at a
    /// time, so that no list is published over a newer one; on a task of its
    /// own, so that a caller that goes away leaves nothing unpublished.
    pub(crate) async fn revoke<T, F>(
        &self,
        change: impl FnOnce(Store, i64) -> F + Send + 'static,
    ) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: Future<Output = Result<T, StoreError>> + Send,
    {
        let issuer = self.clone();
        let task = tokio::spawn(async move {
            let inner = &*issuer.0;
            let _changing = inner.revoking.lock().await;
            let now = inner.clock.now();
            let outcome = change(inner.store.clone(), now).await?;
            let revoked = Revocations::new(inner.store.live_revocations(now).await?);
            inner.own.update(|own| OwnIssuer {
                revoked: revoked.clone(),
                ..own.clone()
            });
            Ok(outcome)
        });
        task.await.unwrap_or(Err(StoreError::Interrupted))
    }
}

fn event(event: &'static str, subject: &str, reason: &str) -> AuditEvent {
    AuditEvent {
        event,
        outcome: "ok",
        actor: "server".to_owned(),
        subject: subject.to_owned(),
        detail: reason.to_owned(),
        ..AuditEvent::default()
    }
}
