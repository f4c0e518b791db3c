//! People as the operator manages them.

use shukuba_model::{UserId, UserName};
use shukuba_store::{Secret, StoreError, User, new_user_id};

use super::LINK;
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
    /// The name is taken, or the database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Issuer {
    /// Creates a person, who cannot log in before they chose a password by a
    /// link of [`Issuer::reset_link`].
    ///
    /// # Errors
    /// [`PeopleError::Store`] with [`StoreError::Conflict`] when the name is taken.
    pub async fn create_user(&self, new: &NewPerson) -> Result<User, PeopleError> {
        let display_name = new.display_name.as_deref().unwrap_or(new.name.as_str());
        let user = User {
            id: new_user_id(),
            name: new.name.clone(),
            display_name: display_name.chars().take(LONGEST_NAME).collect(),
            email: new.email.clone(),
            has_password: false,
            disabled: false,
            created_at: self.0.clock.now(),
        };
        self.0.store.create_user(&user).await?;
        tracing::info!(user_id = %user.id, name = %user.name, "user created");
        Ok(user)
    }

    /// The address of a page where the person chooses a password, once, within
    /// 24 hours. Links made for them before stop working; an earlier password
    /// works until the link is used.
    ///
    /// # Errors
    /// [`PeopleError::Unknown`] and [`PeopleError::Disabled`].
    pub async fn reset_link(&self, user: &UserId) -> Result<Secret, PeopleError> {
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
        store
            .create_login_link(&link, &user.id, now, now.saturating_add(LINK_LIFETIME))
            .await?;
        tracing::info!(user_id = %user.id, "one-time link made");
        let issuer = &self.0.settings.issuer;
        Ok(Secret::presented(&format!(
            "{issuer}{LINK}?token={}",
            link.reveal()
        )))
    }
}
