//! Who may call a runtime, changed while it serves.

use shukuba_model::Route;
use shukuba_model::wire::{AuthorizerSettings, RuntimeRules, RuntimeView};
use shukuba_store::{RuntimeRecord, StoreError};

use super::shut_out::{Door, Effect, Issuer, People};
use crate::{Control, ControlError};

/// Rules that were set.
pub(crate) struct RulesSet {
    /// The runtime with them.
    pub(crate) runtime: RuntimeView,
    /// What the change means to callers.
    pub(crate) effect: Effect,
}

impl Control {
    /// [`Self::set_rules`], which goes on when its asker hangs up: rules that
    /// are stored and not published would keep letting in whom they keep out.
    ///
    /// # Errors
    /// As there.
    pub(crate) async fn change_rules(
        &self,
        which: &str,
        rules: RuntimeRules,
    ) -> Result<RulesSet, ControlError> {
        let (control, which) = (self.clone(), which.to_owned());
        tokio::spawn(async move { control.set_rules(&which, rules).await })
            .await
            .map_err(ControlError::internal)?
    }

    /// Replaces who may call a runtime, with the checks of a launch. The next
    /// request is judged by them, those of sessions that are open included.
    /// Rules are not of a version, so none is made; the next launch from a
    /// project file brings those of the file again.
    ///
    /// # Errors
    /// When there is no such runtime, a launch is under way, the rules allow
    /// every token, or the issuer's discovery document cannot be had; then nothing has changed.
    async fn set_rules(&self, which: &str, rules: RuntimeRules) -> Result<RulesSet, ControlError> {
        let Ok(_one_at_a_time) = self.0.launching.try_lock() else {
            return Err(ControlError::Conflict {
                message: "a launch or another change of rules is under way".to_owned(),
                hint: Some("try again when it has ended".to_owned()),
            });
        };
        let before = self.require_runtime(which).await?;
        let issuer = self
            .check_rules(
                &before.name,
                &rules.authorizer,
                rules.login,
                &rules.login_allow,
            )
            .await?;
        let after = RuntimeRecord {
            authorizer: rules.authorizer,
            authorization_server: issuer,
            login: rules.login,
            login_allow: rules.login_allow,
            ..before.clone()
        };
        let changes = changes(&before, &after);
        if changes.is_empty() {
            return Ok(RulesSet {
                runtime: self.runtime(which).await?,
                effect: Effect::default(),
            });
        }
        let effect = self.effect_of(&before, &after).await?;
        match self.parts().store.set_rules(&after).await {
            // It was destroyed since it was read.
            Err(StoreError::NotFound { .. }) => {
                self.require_runtime(which).await?;
            }
            result => result?,
        }
        self.publish_routes().await?;
        tracing::info!(runtime = %after.id, "rules changed");
        self.record(
            "runtime.rules_changed",
            after.id.as_str(),
            &changes.join("; "),
        )
        .await;
        Ok(RulesSet {
            runtime: self.runtime(which).await?,
            effect,
        })
    }

    /// What a change of rules means to callers.
    async fn effect_of(
        &self,
        before: &RuntimeRecord,
        after: &RuntimeRecord,
    ) -> Result<Effect, ControlError> {
        let addresses = Route::addresses_at(&self.parts().public_url, &after.name, &after.arn);
        let before = self.door_of(before, &addresses).await?;
        let after = self.door_of(after, &addresses).await?;
        Ok(Effect::of(&before, &after))
    }

    async fn door_of<'a>(
        &self,
        record: &'a RuntimeRecord,
        addresses: &'a [String],
    ) -> Result<Door<'a>, ControlError> {
        let (rules, issuer) = (&record.authorizer, record.authorization_server.as_str());
        let people = if record.login {
            let api = self.login_api(&record.name, rules, issuer).await?;
            Some(People {
                allow: &record.login_allow,
                api: api.to_string(),
            })
        } else {
            None
        };
        Ok(Door {
            issuer: if issuer == self.parts().public_url {
                Issuer::Own
            } else {
                Issuer::Other(issuer)
            },
            clients: &rules.allowed_clients,
            claims: rules.client_claim.claims(),
            audiences: &rules.allowed_audience,
            scopes: &rules.allowed_scopes,
            people,
            addresses,
        })
    }
}

/// What was changed, in the words of a project file.
fn changes(before: &RuntimeRecord, after: &RuntimeRecord) -> Vec<String> {
    let (old, new) = (&before.authorizer, &after.authorizer);
    let mut changes = Vec::new();
    if old.discovery_url != new.discovery_url {
        changes.push(format!("discoveryUrl {}", new.discovery_url));
    }
    for (name, list) in LISTS {
        changes.extend(change(name, list(old), list(new)));
    }
    if old.client_claim != new.client_claim {
        changes.push(format!("client_claim {}", new.client_claim.as_str()));
    }
    if before.login != after.login {
        changes.push(format!("login {}", if after.login { "on" } else { "off" }));
    }
    changes.extend(change(
        "login.allow",
        before.login_allow.users(),
        after.login_allow.users(),
    ));
    changes
}

type List = fn(&AuthorizerSettings) -> &[String];
const LISTS: [(&str, List); 3] = [
    ("allowedClients", |rules| &rules.allowed_clients),
    ("allowedAudience", |rules| &rules.allowed_audience),
    ("allowedScopes", |rules| &rules.allowed_scopes),
];

/// What a list gained and lost.
fn change(name: &str, before: &[String], after: &[String]) -> Option<String> {
    let only = |sign: char, these: &[String], others: &[String]| {
        let only = these.iter().filter(|value| !others.contains(value));
        only.map(|value| format!(" {sign}{value}"))
            .collect::<String>()
    };
    let changed = before != after;
    changed.then(|| {
        format!(
            "{name}{}{}",
            only('+', after, before),
            only('-', before, after)
        )
    })
}
