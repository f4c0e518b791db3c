//! People who log in.

use shukuba_model::{UserId, UserName};
use sqlx::Row as _;

use crate::database::Row;
use crate::{Store, StoreError};

/// A person who can log in. What the password hashes to stays in the database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct User {
    /// The `sub` of the person's tokens.
    pub id: UserId,
    /// What they log in with.
    pub name: UserName,
    /// What pages call them.
    pub display_name: String,
    /// Where they can be written to.
    pub email: Option<String>,
    /// Whether they have chosen a password.
    pub has_password: bool,
    /// Whether they are kept out.
    pub disabled: bool,
    /// When they were created, seconds since 1970.
    pub created_at: i64,
}

impl Store {
    /// Creates a person without a password.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when the name is taken.
    pub async fn create_user(&self, user: &User) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO users (id, name, display_name, email, disabled, created_at)
             VALUES ($1, $2, $3, $4, $5, $6)",
        )
        .bind(user.id.as_str())
        .bind(user.name.as_str())
        .bind(&user.display_name)
        .bind(&user.email)
        .bind(user.disabled)
        .bind(user.created_at)
        .execute(self.database.writer())
        .await
        .map_err(|error| {
            StoreError::or_conflict(error, || {
                format!(
                    "a user named '{}' exists already; choose another name",
                    user.name
                )
            })
        })?;
        Ok(())
    }

    /// The person with that id.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] or [`StoreError::Database`].
    pub async fn user(&self, id: &UserId) -> Result<Option<User>, StoreError> {
        sqlx::query(
            "SELECT id, name, display_name, email, password_hash, disabled, created_at
             FROM users WHERE id = $1",
        )
        .bind(id.as_str())
        .fetch_optional(self.database.reader())
        .await?
        .map(|row| from_row(&row))
        .transpose()
    }
}

fn from_row(row: &Row) -> Result<User, StoreError> {
    let name: String = row.try_get("name")?;
    let corrupt =
        |reason: shukuba_model::NameError| StoreError::corrupt(format!("user '{name}'"), reason);
    Ok(User {
        id: row.try_get::<&str, _>("id")?.parse().map_err(corrupt)?,
        name: name.parse().map_err(corrupt)?,
        display_name: row.try_get("display_name")?,
        email: row.try_get("email")?,
        has_password: row.try_get::<Option<&str>, _>("password_hash")?.is_some(),
        disabled: row.try_get("disabled")?,
        created_at: row.try_get("created_at")?,
    })
}
