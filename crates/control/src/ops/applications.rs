//! Applications: the OAuth clients that the operator registers.

use shukuba_model::jose::JwkSet;
use shukuba_model::wire::{ApplicationCreate, ApplicationCreated, TokenIssued};
use shukuba_model::{
    ApiIdentifier, ApplicationKind, AuthMethod, Client, ClientApi, ClientMetadata, ClientSource,
    GrantType, Preset, RedirectUri,
};
use shukuba_store::{ClientSecret, new_client_id};

use super::apis::require_name;
use super::application_apis::require_few;
use super::clients::view;
use crate::{Control, ControlError};

impl Control {
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

    /// The application of that name or client id, where the operator registered it.
    pub(super) async fn find_application(&self, which: &str) -> Result<Client, ControlError> {
        if let Some(found) = self.parts().store.registered_client(which).await? {
            return Ok(found);
        }
        let other = self.application(which).await?;
        Err(ControlError::Invalid {
            message: format!(
                "the operator did not register the application '{}', so its secrets, tokens and APIs are not the operator's to give",
                other.client_id
            ),
            hint: Some("`shukuba app create` registers one".to_owned()),
        })
    }
}

/// The client that an application of its type is.
fn client(new: ApplicationCreate, created_at: i64) -> Result<Client, ControlError> {
    let redirect_uris = redirect_uris(&new);
    check_type(&new, &redirect_uris)?;
    require_keys(new.jwks.as_ref())?;
    let secret_or_key = match new.jwks {
        Some(_) => AuthMethod::PrivateKeyJwt,
        None => AuthMethod::ClientSecret,
    };
    let (auth_method, grant_types) = match new.kind {
        ApplicationKind::MachineToMachine => (secret_or_key, vec![GrantType::ClientCredentials]),
        ApplicationKind::Connector => (
            secret_or_key,
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
    require_few(apis.len())?;
    Ok(Client {
        id: new_client_id(),
        name: new.name,
        source: ClientSource::Registered,
        kind: new.kind,
        auth_method,
        grant_types,
        redirect_uris,
        apis,
        jwks: new.jwks,
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

fn require_keys(jwks: Option<&JwkSet>) -> Result<(), ControlError> {
    let usable = |jwks: &JwkSet| {
        let keys = &jwks.keys;
        (1..=20).contains(&keys.len()) && keys.iter().all(|key| key.kty != "oct")
    };
    if jwks.is_none_or(usable) {
        return Ok(());
    }
    Err(ControlError::Invalid {
        message: "the key set holds no key, more than 20, or a symmetric one".to_owned(),
        hint: Some(
            "give the public keys (RSA, EC or OKP) as a JWK Set: {\"keys\": [...]}".to_owned(),
        ),
    })
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
        ApplicationKind::Native if new.jwks.is_some() => invalid(
            "a native application proves nothing: a key on everybody's machine is no secret"
                .to_owned(),
            "leave the keys out, or make it of the type connector or m2m".to_owned(),
        ),
        _ => Ok(()),
    }
}
