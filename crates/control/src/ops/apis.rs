//! APIs (resource servers).

use std::collections::HashSet;

use shukuba_model::wire::{ApiCreate, ApiUpdate, ApiView};
use shukuba_model::{ApiIdentifier, ApiScope, Scopes, scope};
use shukuba_store::Api;

use crate::{Control, ControlError};

/// How many identifiers that somebody else chose are looked up.
const MOST_LOOKED_UP: usize = 5;

impl Control {
    /// Every API, oldest first.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub(crate) async fn apis(&self) -> Result<Vec<ApiView>, ControlError> {
        let apis = self.parts().store.apis().await?;
        Ok(apis.into_iter().map(view).collect())
    }

    /// The API with that identifier.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub(super) async fn find_api(
        &self,
        identifier: &ApiIdentifier,
    ) -> Result<Option<Api>, ControlError> {
        Ok(self.parts().store.api(identifier).await?)
    }

    /// One API.
    ///
    /// # Errors
    /// When there is none with that identifier.
    pub(crate) async fn api(&self, identifier: &ApiIdentifier) -> Result<ApiView, ControlError> {
        let found = self.find_api(identifier).await?;
        found.map(view).ok_or_else(|| {
            ControlError::NotFound(format!(
                "there is no API with the identifier '{identifier}'"
            ))
        })
    }

    /// The first API among identifiers that somebody else chose, such as a
    /// token's audiences; of many only the first few are looked up.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub(crate) async fn first_api(
        &self,
        identifiers: &[String],
    ) -> Result<Option<ApiIdentifier>, ControlError> {
        for identifier in identifiers.iter().take(MOST_LOOKED_UP) {
            let Ok(identifier) = identifier.parse() else {
                continue;
            };
            if let Some(api) = self.find_api(&identifier).await? {
                return Ok(Some(api.identifier));
            }
        }
        Ok(None)
    }

    /// Registers an API.
    ///
    /// # Errors
    /// When the name is empty, a scope is named twice, or the identifier is taken.
    pub(crate) async fn create_api(&self, new: ApiCreate) -> Result<ApiView, ControlError> {
        require_name(&new.name)?;
        require_scopes(&new.scopes)?;
        let api = self
            .parts()
            .store
            .create_api(&new, self.parts().clock.now())
            .await?;
        tracing::info!(api = %api.identifier, profile = api.profile.as_str(), "API registered");
        self.record("api.created", api.identifier.as_str(), &api.name)
            .await;
        Ok(view(api))
    }

    /// Changes an API, for tokens issued from now on.
    ///
    /// # Errors
    /// When there is no such API, or what it is to become is not allowed.
    pub(crate) async fn update_api(
        &self,
        identifier: &ApiIdentifier,
        update: ApiUpdate,
    ) -> Result<ApiView, ControlError> {
        if let Some(name) = &update.name {
            require_name(name)?;
        }
        if let Some(scopes) = &update.scopes {
            require_scopes(scopes)?;
        }
        let api = self.parts().store.update_api(identifier, &update).await?;
        tracing::info!(api = %api.identifier, profile = api.profile.as_str(), "API changed");
        self.record("api.updated", api.identifier.as_str(), &changes(&update))
            .await;
        Ok(view(api))
    }

    /// Removes an API.
    ///
    /// # Errors
    /// When there is no such API, an application or a runtime still needs it,
    /// or a launch is under way that may come to need it.
    pub(crate) async fn delete_api(&self, identifier: &ApiIdentifier) -> Result<(), ControlError> {
        let Ok(_no_launch_meanwhile) = self.0.launching.try_lock() else {
            return Err(ControlError::Conflict {
                message: format!(
                    "a launch is under way, whose runtime may need the API '{identifier}'"
                ),
                hint: Some("try again when the launch has ended".to_owned()),
            });
        };
        self.refuse_needed_by_runtimes(identifier).await?;
        self.parts().store.delete_api(identifier).await?;
        tracing::info!(api = %identifier, "API removed");
        self.record("api.deleted", identifier.as_str(), "").await;
        Ok(())
    }

    /// Refuses where a runtime could be called by nobody without the API, or
    /// its people would get tokens for nothing.
    async fn refuse_needed_by_runtimes(
        &self,
        identifier: &ApiIdentifier,
    ) -> Result<(), ControlError> {
        let parts = self.parts();
        let mut needing = Vec::new();
        for runtime in parts.store.runtimes().await? {
            let (rules, issuer) = (&runtime.authorizer, &runtime.authorization_server);
            let mut audiences = rules.allowed_audience.iter();
            let ruled =
                *issuer == parts.public_url && audiences.any(|name| name == identifier.as_str());
            let needs = ruled
                || runtime.login
                    && self.login_api(&runtime.name, rules, issuer).await? == *identifier;
            if needs {
                needing.push(runtime.name.to_string());
            }
        }
        if needing.is_empty() {
            return Ok(());
        }
        Err(ControlError::Conflict {
            message: format!(
                "the API '{identifier}' is in use: callers of {} get tokens for it",
                needing.join(", ")
            ),
            hint: Some(
                "launch with rules that name another API, or remove the runtime with `shukuba destroy`, first"
                    .to_owned(),
            ),
        })
    }
}

/// Names are shown on pages and terminals: short, and no control characters.
pub(crate) fn require_name(name: &str) -> Result<(), ControlError> {
    let length = name.chars().count();
    if (1..=100).contains(&length) && !name.trim().is_empty() && !name.chars().any(char::is_control)
    {
        return Ok(());
    }
    Err(ControlError::invalid(
        "a name has 1 to 100 characters, not only spaces and no control characters",
    ))
}

/// A set of scopes: each once, none of those that every API has.
pub(crate) fn require_scopes(scopes: &[ApiScope]) -> Result<(), ControlError> {
    if scopes.len() > Scopes::MOST {
        return Err(ControlError::invalid(format!(
            "an API has at most {} scopes",
            Scopes::MOST
        )));
    }
    let mut seen = HashSet::new();
    for name in scopes.iter().map(ApiScope::name) {
        if scope::COMMON.contains(&name) {
            return Err(ControlError::Invalid {
                message: format!("every API has the scope '{name}' already"),
                hint: Some(format!(
                    "leave out {}: they are about the person",
                    scope::COMMON.join(", ")
                )),
            });
        }
        if !seen.insert(name) {
            return Err(ControlError::invalid(format!(
                "the scope '{name}' is named twice"
            )));
        }
    }
    Ok(())
}

/// What an update changes, for the audit log.
fn changes(update: &ApiUpdate) -> String {
    let scopes = update.scopes.as_deref().map(|scopes| {
        let names: Vec<&str> = scopes.iter().map(ApiScope::name).collect();
        format!("scopes '{}'", names.join(" "))
    });
    let changes = [
        update.name.as_ref().map(|name| format!("name '{name}'")),
        update
            .profile
            .map(|profile| format!("profile {}", profile.as_str())),
        update
            .signing_algorithm
            .map(|algorithm| format!("signing algorithm {}", algorithm.as_str())),
        update
            .token_lifetime
            .map(|lifetime| format!("token lifetime {} s", lifetime.seconds())),
        scopes,
    ];
    let changes: Vec<String> = changes.into_iter().flatten().collect();
    changes.join(", ")
}

fn view(api: Api) -> ApiView {
    let warnings = api.token_lifetime.warning().into_iter().collect();
    ApiView {
        name: api.name,
        identifier: api.identifier,
        profile: api.profile,
        signing_algorithm: api.signing_algorithm,
        token_lifetime: api.token_lifetime,
        scopes: api.scopes,
        created_at: api.created_at,
        warnings,
    }
}
