//! What can go wrong with stored things.

use std::path::PathBuf;

/// A store operation that did not happen.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// Another thing already has the name, or something still depends on this one.
    #[error("{what}")]
    Conflict {
        /// One sentence: what collides, and the way out.
        what: String,
    },
    /// There is no such thing.
    #[error("there is no {what}")]
    NotFound {
        /// The kind and the name, such as `API 'https://api.example/'`.
        what: String,
    },
    /// A secret that is too short to be stored as a plain hash.
    #[error(
        "the client secret has {length} characters: use {} or more random ones, since only a hash of it is kept",
        crate::ClientSecret::MIN_LENGTH
    )]
    WeakSecret {
        /// How long the refused secret is.
        length: usize,
    },
    /// A stored value that this version cannot read.
    #[error("the database holds a {what} that cannot be read: {reason}")]
    Corrupt {
        /// The kind and the name of the thing.
        what: String,
        /// What is wrong with it, and what may have caused it.
        reason: String,
    },
    /// The database cannot be opened.
    #[error("the database {} cannot be opened: {reason}", path.display())]
    Open {
        /// The database file.
        path: PathBuf,
        /// The cause.
        reason: String,
    },
    /// The server stops.
    #[error("the server stops, and the operation was interrupted: try again when it is back")]
    Interrupted,
    /// SQLite refused or failed; `source` says why.
    #[error("the database failed: {0}")]
    Database(#[from] sqlx::Error),
}

impl StoreError {
    pub(crate) fn conflict(what: impl Into<String>) -> Self {
        Self::Conflict { what: what.into() }
    }

    pub(crate) fn not_found(kind: &str, name: impl std::fmt::Display) -> Self {
        Self::NotFound {
            what: format!("{kind} '{name}'"),
        }
    }

    pub(crate) fn corrupt(what: impl Into<String>, reason: impl std::fmt::Display) -> Self {
        Self::Corrupt {
            what: what.into(),
            reason: reason.to_string(),
        }
    }

    /// Turns the violation of a UNIQUE rule into a conflict that reads `what`.
    pub(crate) fn or_conflict(error: sqlx::Error, what: impl FnOnce() -> String) -> Self {
        match &error {
            sqlx::Error::Database(inner) if inner.is_unique_violation() => Self::conflict(what()),
            _ => Self::Database(error),
        }
    }
}
