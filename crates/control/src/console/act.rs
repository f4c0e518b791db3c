//! A form that changes something: sent by an operator, from a page of ours.

use axum::Form;
use axum::body::{Body, Bytes};
use axum::extract::{FromRequest, FromRequestParts as _, Request};
use axum::response::{IntoResponse as _, Response};
use http::header::{CACHE_CONTROL, LOCATION};
use http::request::Parts;
use http::{HeaderValue, StatusCode};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use shukuba_model::Role;
use shukuba_store::Secret;

use super::trouble::{Kind, Trouble};
use super::visit::{Visit, to_login};
use crate::Control;

/// How long ago a person may have proven who they are to touch secrets and
/// keys, in seconds.
const RECENT: i64 = 15 * 60;

/// A form `T` of an operator.
pub(super) struct Act<T> {
    /// Who sent it.
    pub(super) visit: Visit,
    /// What it says.
    pub(super) form: T,
}

/// What every form carries besides its own fields.
#[derive(Deserialize)]
struct Proof {
    #[serde(default)]
    csrf: String,
}

/// A form without its proof.
#[derive(Deserialize)]
struct Proven<T> {
    #[serde(default, rename = "csrf")]
    _proof: String,
    #[serde(flatten)]
    form: T,
}

impl<T: DeserializeOwned> FromRequest<Control> for Act<T> {
    type Rejection = Response;

    async fn from_request(request: Request, control: &Control) -> Result<Self, Response> {
        let (mut parts, body) = request.into_parts();
        let visit = operator(&mut parts, control).await?;
        let refusal = |kind| Trouble::of(visit.language, kind).into_response();
        let request = Request::from_parts(parts.clone(), body);
        let Ok(body) = Bytes::from_request(request, control).await else {
            return Err(refusal(Kind::Unreadable));
        };
        let again = || Request::from_parts(parts.clone(), Body::from(body.clone()));
        // Before anything else is read: what nobody meant is not worth an answer.
        let proof = Form::<Proof>::from_request(again(), control).await;
        let csrf = proof.map(|Form(proof)| proof.csrf).unwrap_or_default();
        if !visit.is_proven_by(&csrf) {
            return Err(refusal(Kind::Forged));
        }
        let Ok(Form(proven)) = Form::<Proven<T>>::from_request(again(), control).await else {
            return Err(refusal(Kind::Unreadable));
        };
        Ok(Self {
            visit,
            form: proven.form,
        })
    }
}

/// The operator who sends a form.
///
/// # Errors
/// The way to the login form, or that the person may not.
pub(super) async fn operator(parts: &mut Parts, control: &Control) -> Result<Visit, Response> {
    let visit = Visit::from_request_parts(parts, control).await?;
    if visit.person.role != Role::Operator {
        return Err(Trouble::of(visit.language, Kind::NotOperator).into_response());
    }
    Ok(visit)
}

impl Visit {
    /// Whether a form that carries this as `csrf` was made for the person and
    /// their browser.
    pub(super) fn is_proven_by(&self, csrf: &str) -> bool {
        // Hashes are compared, so that the time taken tells nothing of it.
        Secret::presented(csrf).hash() == self.person.form_token.hash()
    }

    /// Whether the person proved who they are a while ago only. For pages and
    /// forms about secrets and keys; what it gives leads to the login form, and
    /// from there to `page`.
    ///
    /// # Errors
    /// The way to the login form.
    #[expect(
        clippy::result_large_err,
        reason = "an answer is what every caller gives at once"
    )]
    pub(super) fn require_recent(&self, control: &Control, page: &str) -> Result<(), Response> {
        let age = control
            .parts()
            .clock
            .now()
            .saturating_sub(self.person.auth_time);
        if age <= RECENT {
            Ok(())
        } else {
            Err(to_login(page, None))
        }
    }

    /// What a form of this person must carry, as the field `csrf`.
    pub(super) fn form_token(&self) -> String {
        self.person.form_token.reveal().to_owned()
    }
}

/// Goes on to a page by GET, so that no form is sent twice.
pub(super) fn see_other(page: &str) -> Response {
    let mut response = StatusCode::SEE_OTHER.into_response();
    let headers = response.headers_mut();
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    if let Ok(page) = HeaderValue::from_str(page) {
        headers.insert(LOCATION, page);
    }
    response
}
