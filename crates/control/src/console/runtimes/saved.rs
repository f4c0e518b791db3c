//! What the change of rules that was just saved means to callers.

use shukuba_pages::shown::{clean, fill};

use crate::console::shown::Time;
use crate::console::texts::SavedRuleTexts;
use crate::ops::saved_rules;
use crate::ops::shut_out::Callers;

/// The longest name that is shown, in characters.
const LONGEST: usize = 200;

/// The notice of it.
pub(in crate::console) struct Saved {
    pub(in crate::console) t: &'static SavedRuleTexts,
    pub(in crate::console) at: Time,
    /// Who is let in no longer, and who is now; empty where nobody is either.
    pub(in crate::console) changes: Vec<Change>,
}

/// Callers of whom the same is said.
pub(in crate::console) struct Change {
    pub(in crate::console) title: &'static str,
    pub(in crate::console) lines: Vec<Line>,
}

/// Some callers: who they are, and their names where the rules name them.
pub(in crate::console) struct Line {
    pub(in crate::console) who: &'static str,
    pub(in crate::console) names: Vec<String>,
    /// That there are more names.
    pub(in crate::console) more: Option<String>,
}

impl Saved {
    pub(super) fn of(t: &'static SavedRuleTexts, saved: &saved_rules::Saved) -> Self {
        let shut_out = saved.effect.shut_out.iter();
        let let_in = saved.effect.let_in.iter();
        let changes = [
            Change {
                title: t.shut_out,
                lines: shut_out
                    .map(|who| Line::of(t, words(t, who).0, who))
                    .collect(),
            },
            Change {
                title: t.let_in,
                lines: let_in
                    .map(|who| Line::of(t, words(t, who).1, who))
                    .collect(),
            },
        ];
        Self {
            t,
            at: Time::of_seconds(saved.at),
            changes: changes
                .into_iter()
                .filter(|change| !change.lines.is_empty())
                .collect(),
        }
    }
}

impl Line {
    fn of(t: &SavedRuleTexts, who: &'static str, callers: &Callers) -> Self {
        let (told, more) = match callers {
            Callers::Issuer(name) | Callers::PeopleAt(name) => (std::slice::from_ref(name), 0),
            Callers::Clients(names)
            | Callers::ClientsNamedBy(names)
            | Callers::Audiences(names)
            | Callers::Scopes(names)
            | Callers::People(names) => (names.told.as_slice(), names.more),
            Callers::Applications
            | Callers::OtherClients
            | Callers::OtherAudiences
            | Callers::OtherScopes
            | Callers::OtherPeople
            | Callers::Everybody => (Default::default(), 0),
        };
        Self {
            who,
            names: told.iter().map(|name| clean(name, LONGEST)).collect(),
            more: (more > 0).then(|| fill(t.more, &[("count", &more.to_string())])),
        }
    }
}

/// What is said of callers who are let in no longer, and who are now.
fn words(t: &SavedRuleTexts, who: &Callers) -> (&'static str, &'static str) {
    match who {
        Callers::Issuer(_) => (t.out_issuer, t.in_issuer),
        Callers::Applications => (t.out_applications, t.in_applications),
        Callers::Clients(_) => (t.clients, t.clients),
        Callers::OtherClients => (t.out_other_clients, t.in_other_clients),
        Callers::ClientsNamedBy(_) => (t.clients_named_by, t.clients_named_by),
        Callers::Audiences(_) => (t.out_audiences, t.in_audiences),
        Callers::OtherAudiences => (t.out_other_audiences, t.in_other_audiences),
        Callers::Scopes(_) => (t.out_scopes, t.in_scopes),
        Callers::OtherScopes => (t.out_other_scopes, t.in_other_scopes),
        Callers::People(_) => (t.people, t.people),
        Callers::OtherPeople => (t.out_other_people, t.in_everybody),
        Callers::Everybody => (t.out_everybody, t.in_everybody),
        Callers::PeopleAt(_) => (t.out_people_at, t.in_people_at),
    }
}
