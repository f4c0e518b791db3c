//! Forgets what has expired.

use shukuba_store::StoreError;

use crate::Issuer;
use crate::clients::register::UNUSED_LIFETIME;

/// How long a client's document is kept that nobody ever got a token by, in seconds.
const UNUSED_DOCUMENTS: i64 = 30 * 86_400;

impl Issuer {
    /// Forgets what has expired; `server` calls it hourly. `now` is seconds
    /// since 1970.
    ///
    /// # Errors
    /// [`StoreError::Database`]; what is left is forgotten the next time.
    pub async fn reap(&self, now: i64) -> Result<(), StoreError> {
        let store = &self.0.store;
        let clients = store
            .forget_unused_clients(now.saturating_sub(UNUSED_LIFETIME))
            .await?;
        let documents = store
            .forget_unused_documents(now.saturating_sub(UNUSED_DOCUMENTS))
            .await?;
        let tokens = store.forget_initial_tokens(now).await?;
        let assertions = store.forget_assertion_ids(now).await?;
        self.revoke_surplus_grants().await?;
        let grants = self.forget_dead_grants().await?;
        if clients + documents + tokens + assertions + grants > 0 {
            tracing::info!(
                clients,
                documents,
                tokens,
                assertions,
                grants,
                "forgot what expired"
            );
        }
        Ok(())
    }
}
