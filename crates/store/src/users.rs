//! People who log in, their passwords and the links by which they choose one.

use shukuba_model::{Role, UserId, UserName};
use sqlx::{Row as _, Transaction};

use crate::database::{Engine, Row};
use crate::{Secret, Store, StoreError};

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
    /// What they may do in the console.
    pub role: Role,
    /// When they were created, seconds since 1970.
    pub created_at: i64,
}

/// What a password hashes to: a PHC string (argon2id), which is kept as it is.
#[derive(Clone, PartialEq, Eq)]
pub struct PasswordHash(String);

impl PasswordHash {
    /// A PHC string as the hasher made it.
    pub fn new(phc: String) -> Self {
        Self(phc)
    }

    /// The PHC string.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for PasswordHash {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("PasswordHash(..)")
    }
}

impl Store {
    /// Creates a person without a password.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when the name is taken.
    pub async fn create_user(&self, user: &User) -> Result<(), StoreError> {
        sqlx::query(
            "INSERT INTO users (id, name, display_name, email, disabled, role, created_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7)",
        )
        .bind(user.id.as_str())
        .bind(user.name.as_str())
        .bind(&user.display_name)
        .bind(&user.email)
        .bind(user.disabled)
        .bind(user.role.as_str())
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
            "SELECT id, name, display_name, email, password_hash, disabled, role, created_at
             FROM users WHERE id = $1",
        )
        .bind(id.as_str())
        .fetch_optional(self.database.reader())
        .await?
        .map(|row| from_row(&row))
        .transpose()
    }
}

impl Store {
    /// The person who logs in with that name, and the PHC string of their
    /// password where they have one.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] or [`StoreError::Database`].
    pub async fn user_named(
        &self,
        name: &UserName,
    ) -> Result<Option<(User, Option<PasswordHash>)>, StoreError> {
        let row = sqlx::query(
            "SELECT id, name, display_name, email, password_hash, disabled, role, created_at
             FROM users WHERE name = $1",
        )
        .bind(name.as_str())
        .fetch_optional(self.database.reader())
        .await?;
        let Some(row) = row else {
            return Ok(None);
        };
        let hash: Option<String> = row.try_get("password_hash")?;
        Ok(Some((from_row(&row)?, hash.map(PasswordHash))))
    }

    /// Everyone, by name.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] or [`StoreError::Database`].
    pub async fn users(&self) -> Result<Vec<User>, StoreError> {
        sqlx::query(
            "SELECT id, name, display_name, email, password_hash, disabled, role, created_at
             FROM users ORDER BY name",
        )
        .fetch_all(self.database.reader())
        .await?
        .iter()
        .map(from_row)
        .collect()
    }

    /// Keeps a person out, or lets them in again. Whoever is kept out is logged
    /// out everywhere, and their unused links are void. `false` when there is
    /// no such person.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn set_user_disabled(&self, id: &UserId, disabled: bool) -> Result<bool, StoreError> {
        let mut transaction = self.database.begin().await?;
        let changed = sqlx::query("UPDATE users SET disabled = $2 WHERE id = $1")
            .bind(id.as_str())
            .bind(disabled)
            .execute(&mut *transaction)
            .await?
            .rows_affected();
        if disabled {
            sqlx::query("DELETE FROM sessions WHERE user_id = $1")
                .bind(id.as_str())
                .execute(&mut *transaction)
                .await?;
            sqlx::query("DELETE FROM login_links WHERE user_id = $1 AND used_at IS NULL")
                .bind(id.as_str())
                .execute(&mut *transaction)
                .await?;
        }
        transaction.commit().await?;
        Ok(changed > 0)
    }

    /// Lets a person do more or less in the console; `false` when there is no
    /// such person.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn set_user_role(&self, id: &UserId, role: Role) -> Result<bool, StoreError> {
        let changed = sqlx::query("UPDATE users SET role = $2 WHERE id = $1")
            .bind(id.as_str())
            .bind(role.as_str())
            .execute(self.database.writer())
            .await?;
        Ok(changed.rows_affected() > 0)
    }

    /// Gives a person another password, which logs them out everywhere.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when there is no such person.
    pub async fn set_password(
        &self,
        id: &UserId,
        hash: &PasswordHash,
        now: i64,
    ) -> Result<(), StoreError> {
        let mut transaction = self.database.begin().await?;
        change_password(&mut transaction, id, hash, now).await?;
        transaction.commit().await?;
        Ok(())
    }

    /// Keeps a link by which a person chooses a password. Links that were made
    /// for them before stop working.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn create_login_link(
        &self,
        link: &Secret,
        user: &UserId,
        now: i64,
        expires_at: i64,
    ) -> Result<(), StoreError> {
        let mut transaction = self.database.begin().await?;
        sqlx::query("DELETE FROM login_links WHERE user_id = $1 OR expires_at <= $2")
            .bind(user.as_str())
            .bind(now)
            .execute(&mut *transaction)
            .await?;
        sqlx::query(
            "INSERT INTO login_links (link_hash, user_id, created_at, expires_at)
             VALUES ($1, $2, $3, $4)",
        )
        .bind(link.hash())
        .bind(user.as_str())
        .bind(now)
        .bind(expires_at)
        .execute(&mut *transaction)
        .await?;
        transaction.commit().await?;
        Ok(())
    }

    /// The person a link is for, while it is unused, not too old, and the
    /// person is not kept out. Changes nothing.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] or [`StoreError::Database`].
    pub async fn login_link(&self, link: &Secret, now: i64) -> Result<Option<User>, StoreError> {
        sqlx::query(
            "SELECT u.id, u.name, u.display_name, u.email, u.password_hash, u.disabled, u.role, u.created_at
             FROM login_links l JOIN users u ON u.id = l.user_id
             WHERE l.link_hash = $1 AND l.used_at IS NULL AND l.expires_at > $2
               AND u.disabled = FALSE",
        )
        .bind(link.hash())
        .bind(now)
        .fetch_optional(self.database.reader())
        .await?
        .map(|row| from_row(&row))
        .transpose()
    }

    /// Uses a link up and sets the password with it; `None` when it was used
    /// before, is too old, or the person is kept out.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] or [`StoreError::Database`].
    pub async fn use_login_link(
        &self,
        link: &Secret,
        hash: &PasswordHash,
        now: i64,
    ) -> Result<Option<UserId>, StoreError> {
        let mut transaction = self.database.begin().await?;
        let used = sqlx::query(
            "UPDATE login_links SET used_at = $2
             WHERE link_hash = $1 AND used_at IS NULL AND expires_at > $2
               AND user_id IN (SELECT id FROM users WHERE disabled = FALSE)
             RETURNING user_id",
        )
        .bind(link.hash())
        .bind(now)
        .fetch_optional(&mut *transaction)
        .await?;
        let Some(row) = used else {
            return Ok(None);
        };
        let user: UserId = row
            .try_get::<&str, _>("user_id")?
            .parse()
            .map_err(|reason| StoreError::corrupt("login link", reason))?;
        change_password(&mut transaction, &user, hash, now).await?;
        transaction.commit().await?;
        Ok(Some(user))
    }
}

/// Sets the password and ends every session: whoever knew the old one is out.
async fn change_password(
    transaction: &mut Transaction<'static, Engine>,
    id: &UserId,
    hash: &PasswordHash,
    now: i64,
) -> Result<(), StoreError> {
    let changed =
        sqlx::query("UPDATE users SET password_hash = $2, password_changed_at = $3 WHERE id = $1")
            .bind(id.as_str())
            .bind(&hash.0)
            .bind(now)
            .execute(&mut **transaction)
            .await?;
    if changed.rows_affected() == 0 {
        return Err(StoreError::not_found("user", id));
    }
    sqlx::query("DELETE FROM sessions WHERE user_id = $1")
        .bind(id.as_str())
        .execute(&mut **transaction)
        .await?;
    Ok(())
}

pub(crate) fn from_row(row: &Row) -> Result<User, StoreError> {
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
        role: row.try_get::<&str, _>("role")?.parse().map_err(corrupt)?,
        created_at: row.try_get("created_at")?,
    })
}
