//! People as the operator manages them.

use shukuba_model::{Role, UserId, UserName};
use shukuba_store::{PasswordHash, Secret, StoreError, User, new_user_id};

use super::{CONSOLE, CONSOLE_REQUEST, link_address, password};
use crate::Issuer;

/// How long a one-time link may wait, in seconds.
const LINK_LIFETIME: i64 = 24 * 3600;
/// The longest display name, in characters.
const LONGEST_NAME: usize = 100;

/// A person to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewPerson {
    /// What they log in with.
    pub name: UserName,
    /// What pages call them; the name when `None`.
    pub display_name: Option<String>,
    /// Where they can be written to.
    pub email: Option<String>,
    /// What they may do in the console.
    pub role: Role,
}

/// A link by which a person chooses a password, once.
#[derive(Debug, Clone)]
pub struct LoginLink {
    /// The address, with the secret in it.
    pub url: Secret,
    /// When it ends, seconds since 1970.
    pub expires_at: i64,
}

/// Why a person was not created, or got no link.
#[derive(Debug, thiserror::Error)]
pub enum PeopleError {
    /// There is no such person.
    #[error("no user has the id '{0}'; 'shukuba user list' shows the users")]
    Unknown(UserId),
    /// The person is kept out.
    #[error("the user '{0}' is disabled; enable them first with 'shukuba user enable {0}'")]
    Disabled(UserName),
    /// The password is no good.
    #[error(
        "a password has at least {} characters and at most {} bytes",
        password::SHORTEST,
        password::LONGEST
    )]
    Password,
    /// The password could not be hashed; memory is short.
    #[error("the password could not be hashed: {0}")]
    Hashing(String),
    /// The name is taken, or the database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Issuer {
    /// Creates a person; without a password they cannot log in before they
    /// chose one by a link of [`Issuer::reset_link`].
    ///
    /// # Errors
    /// [`PeopleError::Store`] with [`StoreError::Conflict`] when the name is
    /// taken, [`PeopleError::Password`] when the password is no good.
    pub async fn create_user(
        &self,
        new: &NewPerson,
        password: Option<&str>,
    ) -> Result<User, PeopleError> {
        let hash = match password {
            Some(password) => Some(self.hashed(password).await?),
            None => None,
        };
        let display_name = new.display_name.as_deref().unwrap_or(new.name.as_str());
        let user = User {
            id: new_user_id(),
            name: new.name.clone(),
            display_name: display_name.chars().take(LONGEST_NAME).collect(),
            email: new.email.clone(),
            has_password: hash.is_some(),
            disabled: false,
            role: new.role,
            created_at: self.0.clock.now(),
        };
        self.0.store.create_user(&user).await?;
        if let Some(hash) = hash {
            self.0
                .store
                .set_password(&user.id, &hash, user.created_at)
                .await?;
        }
        tracing::info!(user_id = %user.id, name = %user.name, "user created");
        Ok(user)
    }

    async fn hashed(&self, password: &str) -> Result<PasswordHash, PeopleError> {
        password::check(password, password).map_err(|_| PeopleError::Password)?;
        let hashed = self.0.passwords.hash(password).await;
        hashed.map_err(|error| PeopleError::Hashing(error.to_string()))
    }

    /// The address of a page where the person chooses a password, once, within
    /// 24 hours. Links made for them before stop working; an earlier password
    /// works until the link is used.
    ///
    /// # Errors
    /// [`PeopleError::Unknown`] and [`PeopleError::Disabled`].
    pub async fn reset_link(&self, user: &UserId) -> Result<LoginLink, PeopleError> {
        let store = &self.0.store;
        let user = store
            .user(user)
            .await?
            .ok_or_else(|| PeopleError::Unknown(user.clone()))?;
        if user.disabled {
            return Err(PeopleError::Disabled(user.name));
        }
        let link = Secret::generate("skl_");
        let now = self.0.clock.now();
        let expires_at = now.saturating_add(LINK_LIFETIME);
        store
            .create_login_link(&link, &user.id, now, expires_at)
            .await?;
        tracing::info!(user_id = %user.id, "one-time link made");
        let issuer = &self.0.settings.issuer;
        // Whoever may see the console goes there with the password just chosen.
        let console = format!("{CONSOLE_REQUEST}{CONSOLE}");
        let request = (user.role != Role::None).then_some(console.as_str());
        let path = link_address(&link, request);
        Ok(LoginLink {
            url: Secret::presented(&format!("{issuer}{path}")),
            expires_at,
        })
    }

    /// Keeps a person out: every session, link, grant and token of theirs ends.
    ///
    /// # Errors
    /// [`PeopleError::Unknown`].
    pub async fn disable_user(&self, user: &UserId) -> Result<(), PeopleError> {
        // First the door, then what is inside: a refresh in between finds it shut.
        if !self.0.store.set_user_disabled(user, true).await? {
            return Err(PeopleError::Unknown(user.clone()));
        }
        self.revoke_user(user, "disabled by the operator").await?;
        Ok(())
    }

    /// Lets a person in again, who logs in and connects applications anew.
    ///
    /// # Errors
    /// [`PeopleError::Unknown`].
    pub async fn enable_user(&self, user: &UserId) -> Result<(), PeopleError> {
        if self.0.store.set_user_disabled(user, false).await? {
            Ok(())
        } else {
            Err(PeopleError::Unknown(user.clone()))
        }
    }
}
