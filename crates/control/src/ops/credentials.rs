//! What applications prove themselves with, and what lets clients register.

use shukuba_model::wire::{InitialTokenCreate, InitialTokenCreated, InitialTokenView, SecretAdded};
use shukuba_store::{ClientSecret, InitialTokenFacts, Secret, UnusedSecrets};

use super::apis::require_name;
use super::clients::secret_view;
use crate::{Control, ControlError};

/// The longest life of an initial access token, in seconds.
const LONGEST: u32 = 90 * 86_400;
/// The most clients that may register with one.
const MOST_USES: u32 = 10_000;
/// After how many days a secret that was not used is out of use.
const UNUSED_DAYS: i64 = 30;

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

    /// The secrets of registered applications that nobody used for
    /// [`UNUSED_DAYS`] days: how many, and the first `limit`.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub(crate) async fn unused_secrets(&self, limit: u32) -> Result<UnusedSecrets, ControlError> {
        let parts = self.parts();
        let since = parts.clock.now().saturating_sub(UNUSED_DAYS * 86_400);
        Ok(parts.store.unused_client_secrets(since, limit).await?)
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
        let id = parts
            .store
            .create_initial_token(&token, &new.name, new.uses, now, expires_at)
            .await?;
        tracing::info!(%id, name = %new.name, uses = new.uses, expires_at, "initial access token made");
        let detail = format!("{}, for {} clients", new.name, new.uses);
        self.record("initial_token.created", &id, &detail).await;
        Ok(InitialTokenCreated {
            id,
            token: token.reveal().to_owned(),
            expires_at,
        })
    }

    /// The initial access tokens that have not ended, oldest first.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub(crate) async fn initial_tokens(&self) -> Result<Vec<InitialTokenView>, ControlError> {
        let parts = self.parts();
        let tokens = parts.store.initial_tokens(parts.clock.now()).await?;
        Ok(tokens.into_iter().map(token_view).collect())
    }

    /// Takes an initial access token back. Clients that registered with it stay.
    ///
    /// # Errors
    /// When there is no such token.
    pub(crate) async fn revoke_initial_token(&self, id: &str) -> Result<(), ControlError> {
        let name = self.parts().store.revoke_initial_token(id).await?;
        tracing::info!(%id, %name, "initial access token taken back");
        self.record("initial_token.revoked", id, &name).await;
        Ok(())
    }
}

fn token_view(token: InitialTokenFacts) -> InitialTokenView {
    InitialTokenView {
        id: token.id,
        name: token.name,
        uses: token.uses,
        uses_left: token.uses_left,
        created_at: token.created_at,
        expires_at: token.expires_at,
        last_used_at: token.last_used_at,
    }
}
