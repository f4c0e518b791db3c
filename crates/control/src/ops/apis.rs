//! APIs (resource servers).

use shukuba_model::ApiIdentifier;
use shukuba_model::wire::{ApiCreate, ApiUpdate, ApiView};
use shukuba_store::Api;

use crate::{Control, ControlError};

impl Control {
    /// Every API, oldest first.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub(crate) async fn apis(&self) -> Result<Vec<ApiView>, ControlError> {
        let apis = self.parts().store.apis().await?;
        Ok(apis.into_iter().map(view).collect())
    }

    /// The API with that identifier.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub(super) async fn find_api(
        &self,
        identifier: &ApiIdentifier,
    ) -> Result<Option<Api>, ControlError> {
        Ok(self.parts().store.api(identifier).await?)
    }

    /// Registers an API.
    ///
    /// # Errors
    /// When the name is empty or the identifier is taken.
    pub(crate) async fn create_api(&self, new: ApiCreate) -> Result<ApiView, ControlError> {
        require_name(&new.name)?;
        let api = self
            .parts()
            .store
            .create_api(&new, self.parts().clock.now())
            .await?;
        self.record("api.created", api.identifier.as_str(), &facts(&api))
            .await;
        Ok(view(api))
    }

    /// Changes an API, for tokens issued from now on.
    ///
    /// # Errors
    /// When there is no such API.
    pub(crate) async fn update_api(
        &self,
        identifier: &ApiIdentifier,
        update: ApiUpdate,
    ) -> Result<ApiView, ControlError> {
        if let Some(name) = &update.name {
            require_name(name)?;
        }
        let api = self.parts().store.update_api(identifier, &update).await?;
        self.record("api.changed", api.identifier.as_str(), &facts(&api))
            .await;
        Ok(view(api))
    }

    /// Removes an API.
    ///
    /// # Errors
    /// When there is no such API, or an application may still get tokens for it.
    pub(crate) async fn delete_api(&self, identifier: &ApiIdentifier) -> Result<(), ControlError> {
        self.parts().store.delete_api(identifier).await?;
        self.record("api.deleted", identifier.as_str(), "").await;
        Ok(())
    }
}

/// Names are shown on pages and terminals: short, and no control characters.
pub(super) fn require_name(name: &str) -> Result<(), ControlError> {
    let length = name.chars().count();
    if (1..=100).contains(&length) && !name.trim().is_empty() && !name.chars().any(char::is_control)
    {
        return Ok(());
    }
    Err(ControlError::invalid(
        "a name has 1 to 100 characters, not only spaces and no control characters",
    ))
}

/// What of an API decides about its tokens, for the audit log.
fn facts(api: &Api) -> String {
    format!(
        "profile {}, {}, {} s",
        api.profile.as_str(),
        api.signing_algorithm.as_str(),
        api.token_lifetime.seconds()
    )
}

fn view(api: Api) -> ApiView {
    let warnings = api.token_lifetime.warning().into_iter().collect();
    ApiView {
        name: api.name,
        identifier: api.identifier,
        profile: api.profile,
        signing_algorithm: api.signing_algorithm,
        token_lifetime: api.token_lifetime,
        created_at: api.created_at,
        warnings,
    }
}
