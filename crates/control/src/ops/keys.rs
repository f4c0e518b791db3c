//! The signing keys.

use shukuba_model::SigningAlgorithm;
use shukuba_model::wire::KeyView;

use crate::{Control, ControlError};

impl Control {
    /// The signing keys.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub(crate) async fn keys(&self) -> Result<Vec<KeyView>, ControlError> {
        self.parts().authority.keys().await
    }

    /// Makes the next key current; the old one stays published until the last
    /// token it signed has expired.
    ///
    /// # Errors
    /// When a key cannot be made or kept.
    pub(crate) async fn rotate_keys(
        &self,
        algorithm: Option<SigningAlgorithm>,
    ) -> Result<Vec<KeyView>, ControlError> {
        self.parts().authority.rotate_keys(algorithm).await?;
        let which = algorithm.map_or("all", SigningAlgorithm::as_str);
        self.record("key.rotated", which, "").await;
        self.keys().await
    }

    /// Withdraws a key at once.
    ///
    /// # Errors
    /// When there is no such key.
    pub(crate) async fn revoke_key(&self, kid: &str) -> Result<Vec<KeyView>, ControlError> {
        self.parts().authority.revoke_key(kid.to_owned()).await?;
        self.record("key.revoked", kid, "").await;
        self.keys().await
    }
}
