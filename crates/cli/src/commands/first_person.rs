//! The person who runs the server: the first user, who chooses a password by a
//! link that `up` and `serve` print.

use serde_json::json;
use shukuba_model::wire::{UserCreate, UserCreated, UserView};
use shukuba_model::{Role, UserName};

use crate::client::{Client, segment};
use crate::failure::Failure;
use crate::ui;

/// What the first user is called.
const NAME: &str = "owner";

/// The user, and what they need to log in.
pub(crate) struct Person {
    /// What they log in with.
    pub(crate) name: UserName,
    /// Where they choose a password, until they have.
    pub(crate) login_link: Option<String>,
}

impl Person {
    /// Says where they choose a password, until they have.
    pub(crate) fn print_link(&self) {
        if let Some(link) = &self.login_link {
            ui::data(format!(
                "First, once: open this and choose a password for '{}':",
                self.name
            ));
            ui::data(format!("  {link}"));
        }
    }
}

/// Finds the user, or makes one. `None` where several people log in: then an
/// operator looks after them with `shukuba user`.
pub(crate) async fn find_or_create(client: &Client) -> Result<Option<Person>, Failure> {
    let users: Vec<UserView> = client.get("/api/v1/users").await?;
    match users.as_slice() {
        [] => create(client).await.map(Some),
        [only] if only.has_password || only.disabled => Ok(Some(Person {
            name: only.name.clone(),
            login_link: None,
        })),
        [only] => {
            // The link of the last start was not used; its text is not kept.
            let path = format!("/api/v1/users/{}/reset", segment(only.id.as_str()));
            let created: UserCreated = client.post(&path, &json!({})).await?;
            Ok(Some(of(created)))
        }
        _ => Ok(None),
    }
}

async fn create(client: &Client) -> Result<Person, Failure> {
    let name = NAME
        .parse()
        .map_err(|error| Failure::failed(format!("no user can be made: {error}")))?;
    let body = UserCreate {
        name,
        display_name: None,
        email: None,
        password: None,
        role: Role::Operator,
    };
    client.post("/api/v1/users", &body).await.map(of)
}

fn of(created: UserCreated) -> Person {
    Person {
        name: created.user.name,
        login_link: created.login_link,
    }
}
