//! Applications (OAuth clients).

use shukuba_model::ApiIdentifier;
use shukuba_model::wire::{ApplicationCreate, ApplicationCreated, ApplicationView, TokenIssued};
use shukuba_store::{Application, ClientSecret, new_client_id};

use super::apis::require_name;
use crate::{Control, ControlError};

impl Control {
    /// Every application, oldest first.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub(crate) async fn applications(&self) -> Result<Vec<ApplicationView>, ControlError> {
        let applications = self.parts().store.applications().await?;
        Ok(applications.into_iter().map(view).collect())
    }

    /// One application, by client id or name.
    ///
    /// # Errors
    /// When there is no such application.
    pub(crate) async fn application(&self, which: &str) -> Result<ApplicationView, ControlError> {
        self.find_application(which).await.map(view)
    }

    /// Registers an application and shows its secret, this once.
    ///
    /// # Errors
    /// When the name is taken or one of the APIs does not exist.
    pub(crate) async fn create_application(
        &self,
        new: ApplicationCreate,
    ) -> Result<ApplicationCreated, ControlError> {
        require_name(&new.name)?;
        if new.apis.is_empty() {
            return Err(ControlError::invalid(
                "a machine-to-machine application needs an API to get tokens for",
            ));
        }
        let secret = ClientSecret::generate();
        let parts = self.parts();
        let application = parts
            .store
            .create_application(&new, &new_client_id(), &secret, parts.clock.now())
            .await?;
        tracing::info!(client_id = %application.client_id, "application registered");
        Ok(ApplicationCreated {
            application: view(application),
            client_secret: secret.reveal().to_owned(),
            openid_configuration: self.openid_configuration(),
            token_endpoint: format!("{}/oauth/token", parts.public_url),
        })
    }

    /// Removes an application; tokens it holds stay valid until they expire.
    ///
    /// # Errors
    /// When there is no such application.
    pub(crate) async fn delete_application(&self, which: &str) -> Result<(), ControlError> {
        let application = self.find_application(which).await?;
        self.parts()
            .store
            .delete_application(&application.client_id)
            .await?;
        tracing::info!(client_id = %application.client_id, "application removed");
        Ok(())
    }

    /// A token of an application on the operator's word, without its secret.
    ///
    /// # Errors
    /// When there is no such application, or it may not use that API.
    pub(crate) async fn issue_token(
        &self,
        which: &str,
        api: Option<ApiIdentifier>,
    ) -> Result<TokenIssued, ControlError> {
        let application = self.find_application(which).await?;
        let client_id = application.client_id.clone();
        let token = self.parts().minter.mint(application.client_id, api).await?;
        tracing::info!(%client_id, "token issued on the operator's word");
        Ok(token)
    }

    async fn find_application(&self, which: &str) -> Result<Application, ControlError> {
        let found = self.parts().store.application(which).await?;
        found.ok_or_else(|| {
            ControlError::NotFound(format!(
                "there is no application '{which}': `shukuba app list` names them"
            ))
        })
    }
}

fn view(application: Application) -> ApplicationView {
    ApplicationView {
        name: application.name,
        client_id: application.client_id,
        kind: application.kind,
        apis: application.apis,
        created_at: application.created_at,
    }
}
