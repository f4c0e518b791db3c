//! `/api/v1/client-documents`: clients' metadata documents.

use serde::{Deserialize, Serialize};

use super::applications::ApplicationView;
use crate::application::ClientId;

/// What is known of a client's metadata document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DocumentView {
    /// Whether the operator gave it, so that it is never fetched.
    pub imported: bool,
    /// Until when a fetched one is used without asking again, seconds since 1970.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fresh_until: Option<i64>,
    /// Why it cannot be used, where a rule of this version refuses it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub problem: Option<String>,
}

/// The metadata document of a client whose host this server cannot reach.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct DocumentImport {
    /// The address of the document, which is the client's id.
    pub client_id: ClientId,
    /// The document as it lies there, a JSON object, byte for byte.
    pub document: String,
}

/// A client whose document was imported, and what was left out of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DocumentImported {
    /// The client.
    #[serde(flatten)]
    pub application: ApplicationView,
    /// What was left out of the document and why.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
}
