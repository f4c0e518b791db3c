//! Grants: what a person allowed an installation of a client, and the code
//! that begins it.

use shukuba_model::{ApiIdentifier, ClientId, RedirectUri, Scopes, UserId};

use crate::{Secret, Store, StoreError};

/// A grant to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewGrant {
    /// Its id, of [`crate::new_grant_id`]; the `grant_id` claim of its tokens.
    pub id: String,
    /// Who allowed it.
    pub user_id: UserId,
    /// Who was allowed.
    pub client_id: ClientId,
    /// What the client was called then.
    pub client_name: String,
    /// The API its tokens are for.
    pub api: ApiIdentifier,
    /// The address that was asked about, when the API was named by one.
    pub resource: Option<String>,
    /// What was allowed.
    pub scope: Scopes,
    /// When the person last proved who they are, seconds since 1970.
    pub auth_time: i64,
    /// Seconds since 1970.
    pub created_at: i64,
    /// When its last refresh token ends whatever happens, seconds since 1970.
    pub expires_at: i64,
}

/// An authorization code to be (RFC 6749 section 4.1.2), with its grant.
#[derive(Debug)]
pub struct NewCode {
    /// The code, of which the hash is kept.
    pub code: Secret,
    /// What it stands for.
    pub grant: NewGrant,
    /// Where it is sent, exactly as the request named it.
    pub redirect_uri: RedirectUri,
    /// Whether the request named it: then the token request must as well.
    pub redirect_sent: bool,
    /// The S256 `code_challenge` (RFC 7636 section 4.2).
    pub challenge: String,
    /// `nonce` of the ID token.
    pub nonce: Option<String>,
    /// Seconds since 1970.
    pub expires_at: i64,
}

impl Store {
    /// Keeps a code and its grant, together.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn create_code(&self, new: &NewCode) -> Result<(), StoreError> {
        let mut transaction = self.database.begin().await?;
        let grant = &new.grant;
        sqlx::query(
            "INSERT INTO grants (id, user_id, client_id, client_name, api, resource, scope,
                auth_time, created_at, last_used_at, expires_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9, $10)",
        )
        .bind(&grant.id)
        .bind(grant.user_id.as_str())
        .bind(grant.client_id.as_str())
        .bind(&grant.client_name)
        .bind(grant.api.as_str())
        .bind(&grant.resource)
        .bind(grant.scope.to_string())
        .bind(grant.auth_time)
        .bind(grant.created_at)
        .bind(grant.expires_at)
        .execute(&mut *transaction)
        .await?;
        sqlx::query(
            "INSERT INTO codes (code_hash, grant_id, client_id, redirect_uri, redirect_sent,
                challenge, nonce, created_at, expires_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        )
        .bind(new.code.hash())
        .bind(&grant.id)
        .bind(grant.client_id.as_str())
        .bind(new.redirect_uri.as_str())
        .bind(new.redirect_sent)
        .bind(&new.challenge)
        .bind(&new.nonce)
        .bind(grant.created_at)
        .bind(new.expires_at)
        .execute(&mut *transaction)
        .await?;
        transaction.commit().await?;
        Ok(())
    }
}
