//! One-time links, by which a person chooses a password.

use axum::extract::{Request, State};
use axum::response::Response;
use http::header::SET_COOKIE;
use http::{HeaderMap, Uri};
use shukuba_store::Secret;

use super::posted::Posted;
use super::trouble::Trouble;
use super::{after_login, browser, event, password, see_other, session};
use crate::Issuer;
use crate::pages::{self, Frame, PasswordPage};
use crate::token::form::Form;

const SUBJECT: &str = "link";

/// `GET /oauth/link?token=…`: a form, and nothing changes. Mail scanners and
/// previews follow links too.
pub(super) async fn page(
    State(issuer): State<Issuer>,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, Trouble> {
    let query = Form::parse(uri.query().unwrap_or_default().as_bytes())
        .map_err(|_| Trouble::unreadable(&headers))?;
    let link = Secret::presented(query.get("token").unwrap_or_default());
    let now = issuer.0.clock.now();
    let user = issuer
        .0
        .store
        .login_link(&link, now)
        .await?
        .ok_or_else(|| Trouble::link_gone(&headers))?;
    let browser = browser::of(&issuer, &headers);
    let page = PasswordPage {
        token: link,
        request: query.get("request").map(str::to_owned),
        csrf: browser::csrf_token(&issuer, &browser, SUBJECT)
            .reveal()
            .to_owned(),
        username: user.name.to_string(),
        refused: None,
    };
    let mut response = pages::choose_password(&Frame::of(&headers), &page);
    if let Some(cookie) = browser.set_cookie {
        response.headers_mut().append(SET_COOKIE, cookie);
    }
    Ok(response)
}

/// `POST /oauth/link`: uses the link up, sets the password and logs in.
pub(super) async fn choose(
    State(issuer): State<Issuer>,
    request: Request,
) -> Result<Response, Trouble> {
    let posted = Posted::read(&issuer, request).await?;
    posted.prove(&issuer, SUBJECT)?;
    let headers = &posted.parts.headers;
    let link = Secret::presented(posted.text("token"));
    let now = issuer.0.clock.now();
    // Looked at before the password is hashed, so that no stranger makes work.
    let user = issuer
        .0
        .store
        .login_link(&link, now)
        .await?
        .ok_or_else(|| Trouble::link_gone(headers))?;
    let chosen = posted.text("password");
    if let Err(refused) = password::check(chosen, posted.text("password_again")) {
        let page = PasswordPage {
            token: link,
            request: posted.get("request").map(str::to_owned),
            csrf: posted.text("csrf").to_owned(),
            username: user.name.to_string(),
            refused: Some(refused),
        };
        return Ok(pages::choose_password(&Frame::of(headers), &page));
    }
    let hash = issuer.0.passwords.hash(chosen).await?;
    let used = issuer.0.store.use_login_link(&link, &hash, now).await?;
    if used.is_none() {
        return Err(Trouble::link_gone(headers));
    }
    let event = event(&posted.parts, "password.chosen", "ok", user.id.as_str());
    issuer.record(event).await;
    let cookies = session::begin(&issuer, &posted.parts, &posted.browser, &user, &hash).await?;
    let to = after_login(posted.get("request"));
    Ok(see_other(&to, cookies.unwrap_or_default()))
}
