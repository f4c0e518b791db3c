//! Connects the operations to the authorization server, which they do not know.

use futures_util::future::BoxFuture;
use http::HeaderMap;
use shukuba_control::{
    AuthorizationServer, ControlError, ImportedDocument, LoginLink, Person, Visitor,
};
use shukuba_issuer::{
    BY_OPERATOR, ImportError, Issuer, KeyChangeError, KeyState, NewPerson, PeopleError, client_of,
};
use shukuba_model::wire::{KeyView, TokenIssued, UserCreate};
use shukuba_model::{
    ApiIdentifier, Client, ClientId, Scopes, SigningAlgorithm, TokenLifetime, TokenProfile,
    TokenSample, UserId,
};
use shukuba_store::{ClientDocument, Store};

/// The issuer, on the operator's word.
pub(crate) struct OwnAuthority {
    issuer: Issuer,
    store: Store,
}

impl OwnAuthority {
    pub(crate) fn new(issuer: &Issuer, store: &Store) -> Self {
        Self {
            issuer: issuer.clone(),
            store: store.clone(),
        }
    }
}

impl AuthorizationServer for OwnAuthority {
    fn mint(
        &self,
        client: ClientId,
        api: Option<ApiIdentifier>,
    ) -> BoxFuture<'_, Result<TokenIssued, ControlError>> {
        Box::pin(async move {
            let application = self.store.client(client.as_str()).await?;
            let application = application.ok_or_else(|| {
                ControlError::NotFound(format!("there is no application '{client}'"))
            })?;
            self.issuer
                .mint_for_application(&application, api.as_ref())
                .await
                .map_err(|error| ControlError::invalid(error.to_string()))
        })
    }

    fn sample(
        &self,
        profile: TokenProfile,
        api: &ApiIdentifier,
        scope: &Scopes,
        lifetime: TokenLifetime,
    ) -> TokenSample {
        self.issuer.sample(profile, api, scope, lifetime)
    }

    fn visitor<'a>(
        &'a self,
        headers: &'a HeaderMap,
    ) -> BoxFuture<'a, Result<Visitor, ControlError>> {
        Box::pin(async move {
            let visitor = self.issuer.visitor(headers).await?;
            Ok(Visitor {
                person: visitor.person.map(|person| Person {
                    id: person.user.id,
                    name: person.user.name,
                    role: person.user.role,
                    auth_time: person.auth_time,
                    form_token: person.form_token,
                }),
                set_cookie: visitor.set_cookie,
            })
        })
    }

    fn create_user(&self, new: UserCreate) -> BoxFuture<'_, Result<UserId, ControlError>> {
        Box::pin(async move {
            let person = NewPerson {
                name: new.name,
                display_name: new.display_name,
                email: new.email,
                role: new.role,
            };
            let user = self
                .issuer
                .create_user(&person, new.password.as_deref())
                .await
                .map_err(people)?;
            Ok(user.id)
        })
    }

    fn login_link(&self, user: UserId) -> BoxFuture<'_, Result<LoginLink, ControlError>> {
        Box::pin(async move {
            let link = self.issuer.reset_link(&user).await.map_err(people)?;
            Ok(LoginLink {
                url: link.url.reveal().to_owned(),
                expires_at: link.expires_at,
            })
        })
    }

    fn revoke_grant(
        &self,
        grant: String,
        actor: String,
    ) -> BoxFuture<'_, Result<(), ControlError>> {
        Box::pin(async move {
            let issuer = &self.issuer;
            issuer.revoke_grant_for(&grant, BY_OPERATOR, &actor).await?;
            Ok(())
        })
    }

    fn delete_client(&self, client: ClientId) -> BoxFuture<'_, Result<(), ControlError>> {
        Box::pin(async move {
            self.issuer.delete_client(&client).await?;
            Ok(())
        })
    }

    fn import_document(
        &self,
        client: ClientId,
        document: String,
    ) -> BoxFuture<'_, Result<ImportedDocument, ControlError>> {
        Box::pin(async move {
            match self.issuer.import_document(&client, document).await {
                Ok(imported) => Ok(ImportedDocument {
                    client: imported.client,
                    notes: imported.notes,
                }),
                Err(ImportError::Document(error)) => Err(ControlError::Invalid {
                    message: format!("the document of {client} cannot be used: {error}"),
                    hint: Some(
                        "import what lies at that address, byte for byte; the client's author must mend what breaks a rule"
                            .to_owned(),
                    ),
                }),
                Err(ImportError::Store(error)) => Err(error.into()),
            }
        })
    }

    fn client_of(&self, kept: &ClientDocument) -> Result<Client, String> {
        client_of(kept).map_err(|error| error.to_string())
    }

    fn set_user_disabled(
        &self,
        user: UserId,
        disabled: bool,
    ) -> BoxFuture<'_, Result<(), ControlError>> {
        Box::pin(async move {
            let done = if disabled {
                self.issuer.disable_user(&user).await
            } else {
                self.issuer.enable_user(&user).await
            };
            done.map_err(people)
        })
    }

    fn keys(&self) -> BoxFuture<'_, Result<Vec<KeyView>, ControlError>> {
        Box::pin(async move {
            let views = self.issuer.keys().into_iter().map(|key| KeyView {
                kid: key.kid,
                algorithm: key.algorithm,
                state: state(key.state).to_owned(),
                created_at: key.created_at,
                keep_until: key.keep_until,
            });
            Ok(views.collect())
        })
    }

    fn rotate_keys(
        &self,
        algorithm: Option<SigningAlgorithm>,
    ) -> BoxFuture<'_, Result<(), ControlError>> {
        Box::pin(async move { self.issuer.rotate_keys(algorithm).await.map_err(key_change) })
    }

    fn revoke_key(&self, kid: String) -> BoxFuture<'_, Result<(), ControlError>> {
        Box::pin(async move { self.issuer.revoke_key(&kid).await.map_err(key_change) })
    }
}

fn state(state: KeyState) -> &'static str {
    match state {
        KeyState::Next => "next",
        KeyState::Current => "current",
        KeyState::Previous => "previous",
    }
}

fn people(error: PeopleError) -> ControlError {
    match error {
        PeopleError::Unknown(_) => ControlError::NotFound(error.to_string()),
        PeopleError::Store(error) => error.into(),
        PeopleError::Disabled(_) | PeopleError::Password => {
            ControlError::invalid(error.to_string())
        }
        PeopleError::Hashing(_) => ControlError::internal(error),
    }
}

fn key_change(error: KeyChangeError) -> ControlError {
    match error {
        KeyChangeError::NotFound { .. } => ControlError::NotFound(error.to_string()),
        KeyChangeError::TooSoon { .. } => ControlError::Conflict {
            message: error.to_string(),
            hint: None,
        },
        KeyChangeError::Store(error) => error.into(),
        KeyChangeError::Interrupted | KeyChangeError::Key(_) => ControlError::internal(error),
    }
}
