//! Which APIs an application may use, changed after it was made.

use std::collections::HashSet;

use shukuba_model::wire::ApplicationView;
use shukuba_model::{ApiIdentifier, ApplicationKind, Client};

use super::clients::view;
use crate::{Control, ControlError};

/// The most APIs an application may use.
pub(super) const MOST_APIS: usize = 100;

/// How many APIs the audit log names in full on either side of a change.
const NAMED: usize = 5;
/// How much of an identifier it names, in characters.
const LONGEST: usize = 80;

impl Control {
    /// Replaces the APIs an application may use; the first is its default. The
    /// next token request is judged by it, a refresh included; tokens that were
    /// issued stay good until they expire.
    ///
    /// # Errors
    /// When there is no such application or API, the operator did not register
    /// the application, an API is named twice, there are too many, or none for
    /// a machine; then nothing has changed.
    pub(crate) async fn set_application_apis(
        &self,
        which: &str,
        apis: Vec<ApiIdentifier>,
    ) -> Result<ApplicationView, ControlError> {
        self.change_apis(which, |_| apis).await
    }

    /// Lets an application use one more API, after those it has.
    ///
    /// # Errors
    /// As [`Self::set_application_apis`].
    pub(crate) async fn give_api(
        &self,
        which: &str,
        api: &ApiIdentifier,
    ) -> Result<ApplicationView, ControlError> {
        let give = |apis: &[ApiIdentifier]| {
            let mut apis = apis.to_vec();
            if !apis.contains(api) {
                apis.push(api.clone());
            }
            apis
        };
        self.change_apis(which, give).await
    }

    /// Takes an API from an application; where it was the default, the next one
    /// is from then on.
    ///
    /// # Errors
    /// As [`Self::set_application_apis`].
    pub(crate) async fn take_api(
        &self,
        which: &str,
        api: &ApiIdentifier,
    ) -> Result<ApplicationView, ControlError> {
        let take = |apis: &[ApiIdentifier]| {
            let others = apis.iter().filter(|other| *other != api);
            others.cloned().collect()
        };
        self.change_apis(which, take).await
    }

    async fn change_apis(
        &self,
        which: &str,
        change: impl FnOnce(&[ApiIdentifier]) -> Vec<ApiIdentifier> + Send,
    ) -> Result<ApplicationView, ControlError> {
        let client = self.find_application(which).await?;
        let decide = |before: &[ApiIdentifier]| {
            let after = change(before);
            // What an earlier version let in may be left as it is.
            if after != before {
                require_apis(&client, &after)?;
            }
            Ok::<_, ControlError>(after)
        };
        let store = &self.parts().store;
        let changed = store.change_client_apis(&client.id, decide).await?;
        if changed.before != changed.after {
            tracing::info!(client_id = %client.id, "APIs of an application changed");
            let detail = format!(
                "{} → {}",
                named(&changed.before, &changed.after),
                named(&changed.after, &changed.before)
            );
            self.record("application.apis", client.id.as_str(), &detail)
                .await;
        }
        self.application(client.id.as_str()).await
    }

    /// Applications that the operator registered and that were not given an
    /// API, oldest first, at most `limit`, without what is told of secrets.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub(crate) async fn applications_without(
        &self,
        api: &ApiIdentifier,
        limit: u32,
    ) -> Result<Vec<ApplicationView>, ControlError> {
        let clients = self.parts().store.clients_without_api(api, limit).await?;
        Ok(clients.into_iter().map(view).collect())
    }
}

fn require_apis(client: &Client, apis: &[ApiIdentifier]) -> Result<(), ControlError> {
    let mut seen = HashSet::new();
    if let Some(twice) = apis.iter().find(|api| !seen.insert(*api)) {
        return Err(ControlError::invalid(format!(
            "the API '{twice}' is named twice: name it once, the default first"
        )));
    }
    require_few(apis.len())?;
    if apis.is_empty() && client.kind == ApplicationKind::MachineToMachine {
        return Err(ControlError::Invalid {
            message: format!(
                "the machine-to-machine application '{}' needs an API to get tokens for",
                client.name
            ),
            hint: Some(
                "let it use another API first, or delete it with `shukuba app delete`".to_owned(),
            ),
        });
    }
    Ok(())
}

/// Refuses more APIs than one application may use.
pub(super) fn require_few(apis: usize) -> Result<(), ControlError> {
    if apis <= MOST_APIS {
        return Ok(());
    }
    Err(ControlError::invalid(format!(
        "an application may use {MOST_APIS} APIs at most, and {apis} are named"
    )))
}

/// A list of APIs in the audit log: whole where it is short, else the default
/// and those that are not among the others.
fn named(apis: &[ApiIdentifier], others: &[ApiIdentifier]) -> String {
    if apis.is_empty() {
        return "none".to_owned();
    }
    let shown = apis
        .iter()
        .enumerate()
        .filter(|(place, api)| apis.len() <= NAMED || *place == 0 || !others.contains(api));
    let mut names: Vec<String> = shown.map(|(_, api)| shortened(api)).collect();
    let rest = apis.len().saturating_sub(names.len());
    if rest > 0 {
        names.push(format!("{rest} more"));
    }
    names.join(", ")
}

fn shortened(api: &ApiIdentifier) -> String {
    let mut text: String = api.as_str().chars().take(LONGEST).collect();
    if text.len() < api.as_str().len() {
        text.push('…');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn apis(numbers: impl IntoIterator<Item = usize>) -> Vec<ApiIdentifier> {
        let name = |number| format!("a{number}").parse().unwrap();
        numbers.into_iter().map(name).collect()
    }

    #[test]
    fn a_short_list_is_named_whole_and_a_long_one_by_its_default_and_what_changed() {
        assert_eq!(named(&[], &apis(0..3)), "none");
        assert_eq!(named(&apis(0..3), &apis(0..2)), "a0, a1, a2");
        let (before, after) = (apis(0..20), apis((0..20).filter(|number| *number != 7)));
        assert_eq!(named(&before, &after), "a0, a7, 18 more");
        assert_eq!(named(&after, &before), "a0, 18 more");
        let long: ApiIdentifier = "é".repeat(90).parse().unwrap();
        let told = named(std::slice::from_ref(&long), &[]);
        assert_eq!(told, format!("{}…", "é".repeat(80)));
    }
}
