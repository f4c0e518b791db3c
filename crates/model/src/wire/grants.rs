//! `/api/v1/grants`.

use serde::{Deserialize, Serialize};

use crate::application::ClientId;
use crate::resource_server::ApiIdentifier;
use crate::scope::Scopes;
use crate::user::UserName;

/// A grant: what a person allowed one installation of a client.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct GrantView {
    /// Its id; the `grant_id` of its tokens.
    pub id: String,
    /// Who allowed it.
    pub user: UserName,
    /// Who was allowed.
    pub client_id: ClientId,
    /// What the client was called then.
    pub client_name: String,
    /// The API its tokens are for.
    pub api: ApiIdentifier,
    /// What was allowed.
    pub scope: Scopes,
    /// Seconds since 1970.
    pub created_at: i64,
    /// Seconds since 1970.
    pub last_used_at: i64,
    /// When the person must log in again at the latest, seconds since 1970.
    pub expires_at: i64,
}
