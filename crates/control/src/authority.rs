//! What the operations ask of the authorization server, which this crate does
//! not know. `server` connects it.

use futures_util::future::BoxFuture;
use http::{HeaderMap, HeaderValue};
use shukuba_model::wire::{KeyView, TokenIssued, UserCreate};
use shukuba_model::{
    ApiIdentifier, Client, ClientId, Role, Scopes, SigningAlgorithm, TokenLifetime, TokenProfile,
    TokenSample, UserId, UserName,
};
use shukuba_store::{ClientDocument, Secret};

use crate::ControlError;

/// A link by which a person chooses a password, once.
pub struct LoginLink {
    /// The address, with the secret in it.
    pub url: String,
    /// When it ends, seconds since 1970.
    pub expires_at: i64,
}

/// Whoever sent a request from a browser.
pub struct Visitor {
    /// Who is logged in there.
    pub person: Option<Person>,
    /// A `Set-Cookie` that the answer must carry.
    pub set_cookie: Option<HeaderValue>,
}

/// A person who is logged in in a browser.
#[derive(Clone)]
pub struct Person {
    /// Their id.
    pub id: UserId,
    /// What they log in with.
    pub name: UserName,
    /// What they may do in the console.
    pub role: Role,
    /// When they last proved who they are, seconds since 1970.
    pub auth_time: i64,
    /// What every form of theirs must carry.
    pub form_token: Secret,
}

/// A client's metadata document that the operator gave.
pub struct ImportedDocument {
    /// The client it tells of.
    pub client: Client,
    /// What was left out of it and why.
    pub notes: Vec<String>,
}

/// The authorization server, on the operator's word.
pub trait AuthorizationServer: Send + Sync {
    /// A token of the application for one of its APIs, the default when `None`.
    fn mint(
        &self,
        client: ClientId,
        api: Option<ApiIdentifier>,
    ) -> BoxFuture<'_, Result<TokenIssued, ControlError>>;

    /// What an application's token of an API would say.
    fn sample(
        &self,
        profile: TokenProfile,
        api: &ApiIdentifier,
        scope: &Scopes,
        lifetime: TokenLifetime,
    ) -> TokenSample;

    /// Who sent a request with these headers.
    fn visitor<'a>(
        &'a self,
        headers: &'a HeaderMap,
    ) -> BoxFuture<'a, Result<Visitor, ControlError>>;

    /// Creates a person, with a password where one is given.
    fn create_user(&self, new: UserCreate) -> BoxFuture<'_, Result<UserId, ControlError>>;

    /// A link for a person to choose a password, once. The old password and
    /// every session end when it is used.
    fn login_link(&self, user: UserId) -> BoxFuture<'_, Result<LoginLink, ControlError>>;

    /// Ends a grant and every token of it, at once, and records that `actor`
    /// did, where it was still alive.
    fn revoke_grant(&self, grant: String, actor: String)
    -> BoxFuture<'_, Result<(), ControlError>>;

    /// Removes a client; what it holds is dead at once.
    fn delete_client(&self, client: ClientId) -> BoxFuture<'_, Result<(), ControlError>>;

    /// Keeps the metadata document of a client, judged as if it had been fetched
    /// from `client`.
    fn import_document(
        &self,
        client: ClientId,
        document: String,
    ) -> BoxFuture<'_, Result<ImportedDocument, ControlError>>;

    /// The client that a kept document tells of.
    ///
    /// # Errors
    /// Why the document cannot be used, in a sentence.
    fn client_of(&self, kept: &ClientDocument) -> Result<Client, String>;

    /// Keeps a person out, which ends every session and token of theirs at
    /// once, or lets them in again.
    fn set_user_disabled(
        &self,
        user: UserId,
        disabled: bool,
    ) -> BoxFuture<'_, Result<(), ControlError>>;

    /// The signing keys.
    fn keys(&self) -> BoxFuture<'_, Result<Vec<KeyView>, ControlError>>;

    /// Makes the next key current.
    fn rotate_keys(
        &self,
        algorithm: Option<SigningAlgorithm>,
    ) -> BoxFuture<'_, Result<(), ControlError>>;

    /// Withdraws a key; tokens signed with it are refused at once.
    fn revoke_key(&self, kid: String) -> BoxFuture<'_, Result<(), ControlError>>;
}
