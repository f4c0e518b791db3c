//! Why a metadata document is not believed.

use shukuba_verify::fetch::PublicUrlError;

use super::client_id_url::ClientIdUrlError;

/// Why a metadata document is not believed. Each text is read after the address
/// of the document and tells its author what to change.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DocumentError {
    /// The client id is no address of a document.
    #[error(transparent)]
    ClientId(#[from] ClientIdUrlError),
    /// It is too large.
    #[error("the client's document has {size} bytes; it may have at most {limit}")]
    TooLarge {
        /// Its size, in bytes.
        size: usize,
        /// The limit, in bytes.
        limit: usize,
    },
    /// It is not JSON, or not JSON that everybody reads alike.
    #[error(
        "the client's document is not usable JSON ({cause}); it must be one JSON object that names no member twice"
    )]
    NotJson {
        /// What the parser said.
        cause: String,
    },
    /// A member is missing or of another type.
    #[error("'{member}' of the client's document must be {expected}")]
    Member {
        /// The member.
        member: &'static str,
        /// What it must be.
        expected: &'static str,
    },
    /// It is another client's document.
    #[error(
        "the client's document says that its client_id is '{found}'; it must be '{expected}', byte for byte the address it is fetched from"
    )]
    AnotherClient {
        /// The address it was fetched from.
        expected: String,
        /// What it says, cleaned and shortened.
        found: String,
    },
    /// It holds a shared secret, which cannot be one where everybody can read it.
    #[error(
        "the client's document has the member '{member}'; a public document holds no secret: remove it"
    )]
    Secret {
        /// The member.
        member: String,
    },
    /// No way to authenticate is left.
    #[error(
        "the client's document asks for the authentication method '{method}'; a client with a document uses none or private_key_jwt"
    )]
    AuthMethod {
        /// The method, or the list of methods, cleaned and shortened.
        method: String,
    },
    /// Nowhere to send a person back to is left.
    #[error("the client's document has no usable redirect_uris{}", first(.notes))]
    NoRedirectUri {
        /// Why each one was dropped.
        notes: Vec<String>,
    },
    /// No grant is left that a person can log in with.
    #[error(
        "the client's document lists no grant type that is given here; it must list authorization_code (with refresh_token) or leave grant_types out"
    )]
    NoGrant,
    /// Keys inline and by address: which ones hold?
    #[error(
        "the client's document has both jwks and jwks_uri; it must have one of them (RFC 7591 section 2)"
    )]
    KeysTwice,
    /// Keys are needed and there are none.
    #[error("the client's document asks for private_key_jwt but has no keys; add jwks_uri or jwks")]
    NoKeys,
    /// A key is not a usable public key.
    #[error("a key in the client's document is not usable: {problem}")]
    Key {
        /// What is wrong with it.
        problem: &'static str,
    },
    /// The keys are at an address that is not fetched.
    #[error("the jwks_uri of the client's document is refused: {0}")]
    KeysAddress(PublicUrlError),
}

fn first(notes: &[String]) -> String {
    notes
        .first()
        .map(|note| format!(": {note}"))
        .unwrap_or_default()
}
