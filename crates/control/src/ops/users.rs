//! People who log in.

use shukuba_model::wire::{UserCreate, UserCreated, UserUpdate, UserView};
use shukuba_model::{Role, UserName};
use shukuba_store::User;

use super::apis::require_name;
use crate::{Control, ControlError};

impl Control {
    /// Every person, oldest first.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub(crate) async fn users(&self) -> Result<Vec<UserView>, ControlError> {
        let users = self.parts().store.users().await?;
        Ok(users.into_iter().map(view).collect())
    }

    /// One person, by name or id.
    ///
    /// # Errors
    /// When there is no such person.
    pub(crate) async fn user(&self, which: &str) -> Result<UserView, ControlError> {
        self.find_user(which).await.map(view)
    }

    /// Creates a person; without a password the answer carries a link to choose one.
    ///
    /// # Errors
    /// When the name is taken, the password is too short, or the address is none.
    pub(crate) async fn create_user(&self, new: UserCreate) -> Result<UserCreated, ControlError> {
        if let Some((_, error)) = wrong_fields(&new).into_iter().next() {
            return Err(error);
        }
        let linked = new.password.is_none();
        let id = self.parts().authority.create_user(new).await?;
        let user = self.find_user(id.as_str()).await?;
        self.record("user.created", user.id.as_str(), user.name.as_str())
            .await;
        if linked {
            return self.linked(user).await;
        }
        Ok(UserCreated {
            user: view(user),
            login_link: None,
            link_expires_at: None,
        })
    }

    /// Lets a person in or keeps them out, which ends their sessions and tokens;
    /// lets them do more or less in the console.
    ///
    /// # Errors
    /// When there is no such person, or they would keep themselves out: nobody
    /// may be left who can undo that.
    pub(crate) async fn update_user(
        &self,
        which: &str,
        update: UserUpdate,
    ) -> Result<UserView, ControlError> {
        let user = self.find_user(which).await?;
        let keeps_out =
            update.disabled == Some(true) || update.role.is_some_and(|role| role != Role::Operator);
        if keeps_out && self.acts_as(&user.id) {
            return Err(ControlError::Conflict {
                message: "nobody keeps themselves out or takes away their own role".to_owned(),
                hint: Some(
                    "another operator can, or whoever runs the server: shukuba user".to_owned(),
                ),
            });
        }
        if let Some(disabled) = update.disabled {
            let authority = &self.parts().authority;
            authority
                .set_user_disabled(user.id.clone(), disabled)
                .await?;
            let event = if disabled {
                "user.disabled"
            } else {
                "user.enabled"
            };
            self.record(event, user.id.as_str(), user.name.as_str())
                .await;
        }
        if let Some(role) = update.role {
            self.parts().store.set_user_role(&user.id, role).await?;
            let detail = format!("{}: {role}", user.name);
            self.record("user.role", user.id.as_str(), &detail).await;
        }
        self.user(user.id.as_str()).await
    }

    /// Gives a link by which a person chooses another password, once; using it
    /// ends the old password and every session.
    ///
    /// # Errors
    /// When there is no such person.
    pub(crate) async fn reset_user(&self, which: &str) -> Result<UserCreated, ControlError> {
        let user = self.find_user(which).await?;
        self.record("user.reset", user.id.as_str(), user.name.as_str())
            .await;
        self.linked(user).await
    }

    async fn linked(&self, user: User) -> Result<UserCreated, ControlError> {
        let link = self.parts().authority.login_link(user.id.clone());
        let link = link.await?;
        Ok(UserCreated {
            user: view(user),
            login_link: Some(link.url),
            link_expires_at: Some(link.expires_at),
        })
    }

    pub(super) async fn find_user(&self, which: &str) -> Result<User, ControlError> {
        let store = &self.parts().store;
        let by_id = match which.parse() {
            Ok(id) => store.user(&id).await?,
            Err(_) => None,
        };
        let by_name = match (by_id, which.parse::<UserName>()) {
            (Some(user), _) => return Ok(user),
            (None, Ok(name)) => store.user_named(&name).await?.map(|(user, _)| user),
            (None, Err(_)) => None,
        };
        by_name.ok_or_else(|| {
            ControlError::NotFound(format!(
                "there is no user '{which}': `shukuba user list` names them"
            ))
        })
    }
}

/// A part of a person that people type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum PersonField {
    /// What pages call them.
    DisplayName,
    /// Where they can be written to.
    Email,
}

/// What is wrong of a person to create, and why.
pub(crate) fn wrong_fields(new: &UserCreate) -> Vec<(PersonField, ControlError)> {
    let display_name = new.display_name.as_deref().map(require_name);
    let email = new.email.as_deref().map(require_address);
    [
        (PersonField::DisplayName, display_name),
        (PersonField::Email, email),
    ]
    .into_iter()
    .filter_map(|(field, checked)| Some((field, checked?.err()?)))
    .collect()
}

/// An address that mail could go to (RFC 5321 section 4.5.3.1): told to clients
/// and shown on pages, so it holds nothing but an address.
fn require_address(email: &str) -> Result<(), ControlError> {
    let plain = email.chars().all(|c| !c.is_control() && !c.is_whitespace());
    let parts = email.rsplit_once('@');
    if plain
        && email.len() <= 254
        && parts.is_some_and(|(name, host)| !name.is_empty() && !host.is_empty())
    {
        return Ok(());
    }
    Err(ControlError::invalid(
        "an address to write to is name@host in up to 254 bytes, without spaces and control characters",
    ))
}

fn view(user: User) -> UserView {
    UserView {
        id: user.id,
        name: user.name,
        display_name: user.display_name,
        email: user.email,
        has_password: user.has_password,
        disabled: user.disabled,
        role: user.role,
        created_at: user.created_at,
    }
}
