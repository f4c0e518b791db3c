//! What needs attention, each with the page where it is changed.

use shukuba_model::wire::ApiView;
use shukuba_pages::shown::{clean, fill};
use shukuba_store::UnusedSecret;

use crate::console::shown::Time;
use crate::console::texts::HomeTexts;
use crate::console::{apis, applications};
use crate::{Control, ControlError};

/// Above how many seconds a token's life is warned about.
const LONG: u64 = 86_400;
/// How many notes of a kind are shown.
const SHOWN: usize = 5;
/// The longest name that is shown, in characters.
const LONGEST_NAME: usize = 60;
const SETTINGS: &str = "/console/settings";

/// Something to look at.
pub(in crate::console) struct Note {
    pub(in crate::console) text: String,
    /// The page where it can be changed, and what the link to it says.
    pub(in crate::console) page: String,
    pub(in crate::console) link: &'static str,
}

impl Note {
    fn new(text: impl Into<String>, page: impl Into<String>, link: &'static str) -> Self {
        Self {
            text: text.into(),
            page: page.into(),
            link,
        }
    }
}

/// What whoever runs the server should look at; `stopped` clients got stuck.
///
/// # Errors
/// When the database cannot be read.
pub(super) async fn all(
    control: &Control,
    t: &HomeTexts,
    stopped: usize,
) -> Result<Vec<Note>, ControlError> {
    let mut notes = failing(control, t);
    if control.is_refused_for_http() {
        let url = control.parts().public_url.as_str();
        let text = fill(t.plain_http, &[("url", url)]);
        notes.push(Note::new(text, SETTINGS, t.to_settings));
    }
    if stopped > 0 {
        let text = fill(t.stopped, &[("count", &stopped.to_string())]);
        notes.push(Note::new(text, "/console/journeys", t.to_journeys));
    }
    notes.extend(long_lived(t, &control.apis().await?));
    notes.extend(unused(control, t).await?);
    if control.status().isolation.starts_with("none") {
        notes.push(Note::new(t.no_isolation, SETTINGS, t.to_settings));
    }
    Ok(notes)
}

fn failing(control: &Control, t: &HomeTexts) -> Vec<Note> {
    let names = control.failing_runtimes();
    let note = |name| {
        let text = fill(t.runtime_fails, &[("runtime", name)]);
        let page = format!("/console/runtimes/{name}#instances");
        Note::new(text, page, t.to_runtime)
    };
    let total = names.len();
    let names = names.iter().map(|name| note(name.as_str()));
    few(t, names, total, ("/console/runtimes", t.all_runtimes))
}

fn long_lived(t: &HomeTexts, apis: &[ApiView]) -> Vec<Note> {
    let seconds = |api: &ApiView| api.token_lifetime.seconds();
    let long = || apis.iter().filter(|api| seconds(api) > LONG);
    let note = |api: &ApiView| {
        let name = clean(&api.name, LONGEST_NAME);
        let days = seconds(api).div_ceil(LONG).to_string();
        let text = fill(t.long_tokens, &[("api", &name), ("days", &days)]);
        Note::new(text, apis::address("one", &api.identifier), t.to_api)
    };
    let total = long().count();
    few(t, long().map(note), total, ("/console/apis", t.all_apis))
}

async fn unused(control: &Control, t: &HomeTexts) -> Result<Vec<Note>, ControlError> {
    let limit = u32::try_from(SHOWN).unwrap_or(u32::MAX);
    let found = control.unused_secrets(limit).await?;
    let notes = found.first.iter().map(|secret| unused_note(t, secret));
    let total = usize::try_from(found.total).unwrap_or(usize::MAX);
    let list = ("/console/applications", t.all_applications);
    Ok(few(t, notes, total, list))
}

fn unused_note(t: &HomeTexts, secret: &UnusedSecret) -> Note {
    let text = match (secret.is_only, secret.last_used_at) {
        (true, Some(_)) => t.only_secret_unused,
        (true, None) => t.only_secret_never_used,
        (false, Some(_)) => t.secret_unused,
        (false, None) => t.secret_never_used,
    };
    let time = Time::of_seconds(secret.last_used_at.unwrap_or(secret.created_at)).shown;
    let name = clean(&secret.client_name, LONGEST_NAME);
    let page = applications::address_of(secret.client_id.as_str());
    Note::new(
        fill(text, &[("application", &name), ("time", &time)]),
        format!("{page}#secrets"),
        t.to_application,
    )
}

/// The first notes of a kind, and how many more there are, with the list in
/// which they all stand.
fn few(
    t: &HomeTexts,
    notes: impl Iterator<Item = Note>,
    total: usize,
    (page, link): (&str, &'static str),
) -> Vec<Note> {
    let mut shown: Vec<Note> = notes.take(SHOWN).collect();
    let more = total.saturating_sub(shown.len());
    if more > 0 {
        let text = fill(t.and_more, &[("count", &more.to_string())]);
        shown.push(Note::new(text, page, link));
    }
    shown
}

#[cfg(test)]
mod tests {
    use shukuba_pages::Language;

    use super::*;
    use crate::console::texts;

    #[test]
    fn a_handful_of_a_kind_is_shown_and_the_rest_is_counted() {
        let t = texts::home(Language::English);
        let list = ("/console/apis", t.all_apis);
        for (total, shown, last) in [
            (0, 0, None),
            (5, 5, Some("note 4")),
            (7, 6, Some("And 2 more like these.")),
        ] {
            let notes = (0..total).map(|one| Note::new(format!("note {one}"), "/", ""));
            let few = few(t, notes, total, list);
            assert_eq!(few.len(), shown);
            assert_eq!(few.last().map(|note| note.text.as_str()), last);
        }
    }

    #[test]
    fn an_unused_secret_says_what_can_be_deleted_and_leads_to_its_application() {
        let secret = |is_only, last_used_at| UnusedSecret {
            id: "sec_1".to_owned(),
            client_id: "https://client.example/?a#b".parse().unwrap(),
            client_name: "night\u{202e}ly".to_owned(),
            created_at: 0,
            last_used_at,
            is_only,
        };
        let t = texts::home(Language::English);
        for (is_only, last_used_at, said) in [
            (
                true,
                None,
                [
                    "nightly was made on 1970-01-01 00:00 UTC",
                    "delete the application",
                ],
            ),
            (
                true,
                Some(86_400),
                ["since 1970-01-02 00:00 UTC", "delete the application"],
            ),
            (
                false,
                None,
                ["made on 1970-01-01 00:00 UTC and never used", "delete it"],
            ),
            (
                false,
                Some(86_400),
                ["not used since 1970-01-02 00:00 UTC", "delete it"],
            ),
        ] {
            let note = unused_note(t, &secret(is_only, last_used_at));
            for part in said {
                assert!(note.text.contains(part), "{}", note.text);
            }
            assert_eq!(
                note.page,
                "/console/applications/one?id=https%3A%2F%2Fclient%2Eexample%2F%3Fa%23b#secrets"
            );
        }
    }
}
