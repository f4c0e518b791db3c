//! What all pages of the console share: their frame and their headers.

use askama::Template;
use axum::response::{Html, IntoResponse, Response};
use http::StatusCode;
use shukuba_model::Role;
use shukuba_pages::shown::upright;
use shukuba_pages::{Guard, Language, Popup};

use super::assets;
use super::texts::{self, FrameTexts};
use super::visit::Visit;

/// What a page of the console may do.
pub(super) const GUARD: Guard<'static> = Guard {
    form_target: None,
    scripts: true,
    popup: Popup::MayNot,
};

/// A place of the menu.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// The beginning.
    Home,
    /// The runtimes.
    Runtimes,
    /// The APIs.
    Apis,
    /// The applications.
    Applications,
    /// What a token is and would do.
    Inspector,
    /// What clients did on their way in.
    Journeys,
    /// Who did what.
    Audit,
    /// Who logs in.
    Users,
    /// The signing keys.
    Keys,
    /// How the server is set up.
    Settings,
}

/// An entry of the menu.
pub(super) struct Entry {
    /// Where it leads.
    pub(super) path: &'static str,
    /// What it is called.
    pub(super) label: &'static str,
    /// Whether the page is there.
    pub(super) current: bool,
}

/// The parts of a page that are the same on each, without a person.
pub(super) struct Bare {
    /// The page's language, as `lang` names it.
    pub(super) lang: &'static str,
    /// Every sentence of the frame.
    pub(super) t: &'static FrameTexts,
    /// The stylesheet's address.
    pub(super) style: String,
    /// The script's address.
    pub(super) script: String,
}

impl Bare {
    pub(super) fn new(language: Language) -> Self {
        Self {
            lang: language.tag(),
            t: texts::frame(language),
            style: assets::style(),
            script: assets::script(),
        }
    }
}

/// The parts of a page that are the same on each.
pub(super) struct Shell {
    /// What needs no person.
    pub(super) bare: Bare,
    /// The menu.
    pub(super) menu: Vec<Entry>,
    /// The other language's tag, for the switch.
    pub(super) other: &'static str,
    /// Where the language switch goes back to.
    pub(super) here: String,
    /// Who looks at it.
    pub(super) user: String,
    /// What they may do, in words.
    pub(super) role: &'static str,
    /// Whether they may change something.
    pub(super) is_operator: bool,
    /// What their forms must carry, as the field `csrf`.
    pub(super) csrf: String,
}

impl Shell {
    /// The frame of a page at that place of the menu.
    pub(super) fn new(visit: &Visit, place: Place) -> Self {
        let bare = Bare::new(visit.language);
        let t = bare.t;
        let entry = |own, path, label| Entry {
            path,
            label,
            current: own == place,
        };
        Self {
            menu: vec![
                entry(Place::Home, "/console", t.home),
                entry(Place::Runtimes, "/console/runtimes", t.runtimes),
                entry(Place::Apis, "/console/apis", t.apis),
                entry(Place::Applications, "/console/applications", t.applications),
                entry(Place::Inspector, "/console/inspector", t.inspector),
                entry(Place::Journeys, "/console/journeys", t.journeys),
                entry(Place::Audit, "/console/audit", t.audit),
                entry(Place::Users, "/console/users", t.users),
                entry(Place::Keys, "/console/keys", t.keys),
                entry(Place::Settings, "/console/settings", t.settings),
            ],
            other: visit.language.other().tag(),
            here: visit.here.clone(),
            user: visit.person.name.to_string(),
            role: match visit.person.role {
                Role::Operator => t.operator,
                Role::Viewer | Role::None => t.viewer,
            },
            is_operator: visit.person.role == Role::Operator,
            csrf: visit.form_token(),
            bare,
        }
    }
}

/// A page with its headers.
pub(super) fn page(status: StatusCode, view: &impl Template) -> Response {
    let mut response = match view.render() {
        Ok(html) => (status, Html(upright(html))).into_response(),
        Err(error) => {
            tracing::error!(%error, "a page was not written");
            let text = "The page could not be written; the server's log says why.";
            (StatusCode::INTERNAL_SERVER_ERROR, text).into_response()
        }
    };
    GUARD.secure(response.headers_mut());
    response
}
