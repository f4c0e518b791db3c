//! Applications: the OAuth clients that the operator registers.

use shukuba_model::wire::{
    ApplicationCreate, ApplicationCreated, ApplicationView, SecretView, TokenIssued,
};
use shukuba_model::{
    ApiIdentifier, ApplicationKind, AuthMethod, Client, ClientApi, ClientMetadata, ClientSource,
    GrantType, Preset, RedirectUri,
};
use shukuba_store::{ClientSecret, ClientSecretFacts, new_client_id};

use super::apis::require_name;
use crate::{Control, ControlError};

impl Control {
    /// Every application, oldest first, without what is told of secrets.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub(crate) async fn applications(&self) -> Result<Vec<ApplicationView>, ControlError> {
        let clients = self.parts().store.registered_clients().await?;
        Ok(clients.into_iter().map(view).collect())
    }

    /// One application, by client id or name.
    ///
    /// # Errors
    /// When there is no such application.
    pub(crate) async fn application(&self, which: &str) -> Result<ApplicationView, ControlError> {
        let client = self.find_application(which).await?;
        let secrets = self.parts().store.client_secrets(&client.id).await?;
        Ok(ApplicationView {
            secrets: secrets.into_iter().map(secret_view).collect(),
            ..view(client)
        })
    }

    /// Registers an application and shows its secret, this once.
    ///
    /// # Errors
    /// When the name is taken, one of the APIs does not exist, or the type
    /// lacks what it needs.
    pub(crate) async fn create_application(
        &self,
        new: ApplicationCreate,
    ) -> Result<ApplicationCreated, ControlError> {
        require_name(&new.name)?;
        let parts = self.parts();
        let client = client(new, parts.clock.now())?;
        let secret = client.auth_method.has_secret().then(ClientSecret::generate);
        parts
            .store
            .create_client(&client, secret.as_ref().map(AsRef::as_ref))
            .await?;
        tracing::info!(client_id = %client.id, "application registered");
        self.record("application.created", client.id.as_str(), &client.name)
            .await;
        Ok(ApplicationCreated {
            application: view(client),
            client_secret: secret.map(|secret| secret.reveal().to_owned()),
            openid_configuration: self.openid_configuration(),
            token_endpoint: format!("{}/oauth/token", parts.public_url),
        })
    }

    /// Removes an application; what people granted it and its tokens are dead
    /// at once.
    ///
    /// # Errors
    /// When there is no such application.
    pub(crate) async fn delete_application(&self, which: &str) -> Result<(), ControlError> {
        let client = self.find_application(which).await?;
        self.parts()
            .authority
            .delete_client(client.id.clone())
            .await?;
        self.record("application.deleted", client.id.as_str(), &client.name)
            .await;
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
        let client = self.find_application(which).await?;
        if !client.may_use(GrantType::ClientCredentials) {
            return Err(ControlError::Invalid {
                message: format!(
                    "the application '{}' gets tokens only when a person logs in with it",
                    client.name
                ),
                hint: Some(
                    "connect with it and log in, or name an application of the type m2m".to_owned(),
                ),
            });
        }
        let client_id = client.id.clone();
        let token = self.parts().authority.mint(client.id.clone(), api).await?;
        tracing::info!(%client_id, "token issued on the operator's word");
        self.record("application.token", client_id.as_str(), &client.name)
            .await;
        Ok(token)
    }

    pub(super) async fn find_application(&self, which: &str) -> Result<Client, ControlError> {
        let found = self.parts().store.registered_client(which).await?;
        found.ok_or_else(|| {
            ControlError::NotFound(format!(
                "there is no application '{which}': `shukuba app list` names them"
            ))
        })
    }
}

/// The client that an application of its type is.
fn client(new: ApplicationCreate, created_at: i64) -> Result<Client, ControlError> {
    let redirect_uris = redirect_uris(&new);
    check_type(&new, &redirect_uris)?;
    let (auth_method, grant_types) = match new.kind {
        ApplicationKind::MachineToMachine => {
            (AuthMethod::ClientSecret, vec![GrantType::ClientCredentials])
        }
        ApplicationKind::Connector => (
            AuthMethod::ClientSecret,
            vec![GrantType::AuthorizationCode, GrantType::RefreshToken],
        ),
        ApplicationKind::Native => (
            AuthMethod::None,
            vec![
                GrantType::AuthorizationCode,
                GrantType::RefreshToken,
                GrantType::DeviceCode,
            ],
        ),
    };
    let mut apis: Vec<ClientApi> = Vec::with_capacity(new.apis.len());
    for identifier in new.apis {
        if !apis.iter().any(|api| api.identifier == identifier) {
            apis.push(ClientApi {
                identifier,
                scopes: None,
            });
        }
    }
    Ok(Client {
        id: new_client_id(),
        name: new.name,
        source: ClientSource::Registered,
        kind: new.kind,
        auth_method,
        grant_types,
        redirect_uris,
        apis,
        jwks: None,
        jwks_uri: None,
        metadata: ClientMetadata::default(),
        created_at,
        last_used_at: None,
    })
}

/// Those of the preset, then its own, each once.
fn redirect_uris(new: &ApplicationCreate) -> Vec<RedirectUri> {
    let mut uris = new.preset.map(Preset::redirect_uris).unwrap_or_default();
    for uri in &new.redirect_uris {
        if !uris.contains(uri) {
            uris.push(uri.clone());
        }
    }
    uris
}

fn check_type(new: &ApplicationCreate, redirect_uris: &[RedirectUri]) -> Result<(), ControlError> {
    let invalid = |message: String, hint: String| {
        Err(ControlError::Invalid {
            message,
            hint: Some(hint),
        })
    };
    match new.kind {
        ApplicationKind::MachineToMachine if !redirect_uris.is_empty() => invalid(
            "a machine-to-machine application has no redirect URI: nobody logs in with it"
                .to_owned(),
            "leave preset and redirect URIs out, or make it of the type connector".to_owned(),
        ),
        ApplicationKind::MachineToMachine if new.apis.is_empty() => Err(ControlError::invalid(
            "a machine-to-machine application needs an API to get tokens for",
        )),
        ApplicationKind::Connector if redirect_uris.is_empty() => invalid(
            "an application that people log in with needs a redirect URI to send them back to"
                .to_owned(),
            format!(
                "give a preset ({}) or the redirect URIs its documentation names",
                Preset::ALL.map(Preset::as_str).join(", ")
            ),
        ),
        _ => Ok(()),
    }
}

fn view(client: Client) -> ApplicationView {
    ApplicationView {
        name: client.name,
        client_id: client.id,
        kind: client.kind,
        auth_method: Some(client.auth_method),
        apis: client.apis.into_iter().map(|api| api.identifier).collect(),
        redirect_uris: client.redirect_uris,
        created_at: client.created_at,
        last_used_at: client.last_used_at,
        secrets: Vec::new(),
    }
}

pub(super) fn secret_view(secret: ClientSecretFacts) -> SecretView {
    SecretView {
        id: secret.id,
        created_at: secret.created_at,
        last_used_at: secret.last_used_at,
    }
}
