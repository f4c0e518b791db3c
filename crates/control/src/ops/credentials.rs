//! What applications prove themselves with, and what lets clients register.

use shukuba_model::wire::{InitialTokenCreate, InitialTokenCreated, SecretAdded};
use shukuba_store::{ClientSecret, Secret};

use super::apis::require_name;
use super::applications::secret_view;
use crate::{Control, ControlError};

/// The longest life of an initial access token, in seconds.
const LONGEST: u32 = 90 * 86_400;
/// The most clients that may register with one.
const MOST_USES: u32 = 10_000;

impl Control {
    /// Gives an application another secret, shows it, this once, and tells
    /// which other one still works.
    ///
    /// # Errors
    /// When there is no such application, it has no secrets, or two already.
    pub(crate) async fn add_secret(&self, which: &str) -> Result<SecretAdded, ControlError> {
        let client = self.find_application(which).await?;
        if !client.auth_method.has_secret() {
            return Err(ControlError::invalid(format!(
                "the application '{}' is native: it proves itself without a secret",
                client.name
            )));
        }
        let parts = self.parts();
        let secret = ClientSecret::generate();
        let id = parts
            .store
            .add_client_secret(&client.id, &secret, parts.clock.now())
            .await?;
        tracing::info!(client_id = %client.id, secret = %id, "secret added");
        self.record("application.secret_added", client.id.as_str(), &id)
            .await;
        let live = parts.store.client_secrets(&client.id).await?;
        let other = live.into_iter().find(|other| other.id != id);
        Ok(SecretAdded {
            id,
            client_secret: secret.reveal().to_owned(),
            other: other.map(secret_view),
        })
    }

    /// Ends a secret at once.
    ///
    /// # Errors
    /// When there is no such secret, or it is the application's last.
    pub(crate) async fn remove_secret(&self, which: &str, id: &str) -> Result<(), ControlError> {
        let client = self.find_application(which).await?;
        let store = &self.parts().store;
        store.remove_client_secret(&client.id, id).await?;
        tracing::info!(client_id = %client.id, secret = %id, "secret removed");
        self.record("application.secret_removed", client.id.as_str(), id)
            .await;
        Ok(())
    }

    /// Makes a token with which clients register themselves, and shows it,
    /// this once.
    ///
    /// # Errors
    /// When it would last too long or be for too many, or for none.
    pub(crate) async fn create_initial_token(
        &self,
        new: &InitialTokenCreate,
    ) -> Result<InitialTokenCreated, ControlError> {
        require_name(&new.name)?;
        if !(1..=MOST_USES).contains(&new.uses) || !(1..=LONGEST).contains(&new.lifetime) {
            return Err(ControlError::invalid(format!(
                "an initial access token is for 1 to {MOST_USES} clients and lasts 1 to {LONGEST} s"
            )));
        }
        let parts = self.parts();
        let now = parts.clock.now();
        let expires_at = now.saturating_add(i64::from(new.lifetime));
        let token = Secret::generate("ski_");
        parts
            .store
            .create_initial_token(&token, &new.name, new.uses, now, expires_at)
            .await?;
        tracing::info!(name = %new.name, uses = new.uses, expires_at, "initial access token made");
        self.record("initial_token.created", &new.name, "").await;
        Ok(InitialTokenCreated {
            token: token.reveal().to_owned(),
            expires_at,
        })
    }
}
