//! Who looks at a page: nobody without a session, nobody without a role.

use axum::extract::FromRequestParts;
use axum::response::{IntoResponse, Response};
use http::header::{CACHE_CONTROL, LOCATION, SET_COOKIE};
use http::request::Parts;
use http::{HeaderValue, StatusCode};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use shukuba_model::Role;
use shukuba_pages::Language;

use super::trouble::{Kind, Trouble};
use crate::{Control, Person};

/// A person at a page they may see.
pub(super) struct Visit {
    /// Who.
    pub(super) person: Person,
    /// What they read.
    pub(super) language: Language,
    /// The page's path and query.
    pub(super) here: String,
}

impl FromRequestParts<Control> for Visit {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, control: &Control) -> Result<Self, Response> {
        let language = Language::of(&parts.headers);
        let authority = &control.parts().authority;
        let visitor = authority
            .visitor(&parts.headers)
            .await
            .map_err(|error| Trouble::new(language, error).into_response())?;
        let here = parts
            .uri
            .path_and_query()
            .map_or("/console", |here| here.as_str())
            .to_owned();
        let Some(person) = visitor.person else {
            return Err(to_login(&here, visitor.set_cookie));
        };
        if person.role == Role::None {
            return Err(Trouble::of(language, Kind::NoRole(person.name)).into_response());
        }
        Ok(Self {
            person,
            language,
            here,
        })
    }
}

/// To the login form, which leads back here.
pub(super) fn to_login(here: &str, cookie: Option<HeaderValue>) -> Response {
    let request = format!("console:{here}");
    let request = utf8_percent_encode(&request, NON_ALPHANUMERIC);
    let mut response = StatusCode::SEE_OTHER.into_response();
    let headers = response.headers_mut();
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    if let Ok(to) = HeaderValue::from_str(&format!("/oauth/login?request={request}")) {
        headers.insert(LOCATION, to);
    }
    if let Some(cookie) = cookie {
        headers.append(SET_COOKIE, cookie);
    }
    response
}
