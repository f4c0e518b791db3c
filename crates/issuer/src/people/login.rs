//! Login by name and password.

use axum::extract::{Request, State};
use axum::response::Response;
use shukuba_model::UserName;
use shukuba_store::{PasswordHash, StoreError, User};

use super::posted::Posted;
use super::throttle::Attempt;
use super::trouble::Trouble;
use super::{ACCOUNT, address, after_login, browser, event, see_other, session};
use crate::Issuer;
use crate::pages::{self, Frame, LoginPage, LoginRefused};

/// What the form token of a login that no client asked for is about.
pub(super) const SUBJECT: &str = "login";

/// `GET /oauth/login`: there is no form here; whoever reloads after a failure
/// gets a fresh one.
pub(super) async fn page() -> Response {
    see_other(ACCOUNT, [])
}

/// `POST /oauth/login`.
pub(super) async fn login(
    State(issuer): State<Issuer>,
    request: Request,
) -> Result<Response, Trouble> {
    let posted = Posted::read(&issuer, request).await?;
    let request = posted.get("request");
    posted.prove(&issuer, request.unwrap_or(SUBJECT))?;
    let username = posted.text("username");
    let proven = judge(&issuer, &posted, username, posted.text("password")).await?;
    let (user, hash) = match proven {
        Ok(proven) => proven,
        Err(refused) => return Ok(again(&posted, refused)),
    };
    match session::begin(&issuer, &posted.parts, &posted.browser, &user, &hash).await? {
        Some(cookies) => {
            issuer
                .record(event(&posted.parts, "login", "ok", user.id.as_str()))
                .await;
            Ok(see_other(&after_login(request), cookies))
        }
        None => Ok(again(&posted, LoginRefused::Wrong)),
    }
}

/// The person whose name and password these are. Names nobody has, passwords
/// nobody chose and people who are kept out read and cost the same.
pub(super) async fn judge(
    issuer: &Issuer,
    posted: &Posted,
    username: &str,
    password: &str,
) -> Result<Result<(User, PasswordHash), LoginRefused>, Trouble> {
    // Spaces that were pasted along make no other account, nor a fresh count.
    let username = username.trim();
    let found = find(issuer, username).await?;
    let known = found.as_ref().is_some_and(|(user, _)| {
        browser::is_known_for(issuer, &posted.parts.headers, &posted.browser, &user.id)
    });
    // The name of nobody may be a password in the wrong field: it is not kept.
    let id = found
        .as_ref()
        .map_or("", |(user, _)| user.id.as_str())
        .to_owned();
    let address = address(&posted.parts.extensions);
    let attempt = Attempt {
        account: username,
        address: &address,
        known_browser: known.then(|| posted.browser.id.reveal()),
    };
    let leave = match issuer.0.login_throttle.begin(attempt) {
        Ok(leave) => leave,
        Err(seconds) => {
            issuer
                .record_of_stranger(event(&posted.parts, "login", "throttled", id))
                .await;
            return Ok(Err(LoginRefused::Throttled(seconds)));
        }
    };
    let hash = found.as_ref().and_then(|(_, hash)| hash.as_ref());
    let right = issuer.0.passwords.matches(password, hash).await?;
    match found {
        Some((user, Some(hash))) if right && !user.disabled => {
            leave.was_right();
            Ok(Ok((user, hash)))
        }
        _ => {
            issuer
                .record(event(&posted.parts, "login", "wrong", id))
                .await;
            Ok(Err(LoginRefused::Wrong))
        }
    }
}

async fn find(
    issuer: &Issuer,
    username: &str,
) -> Result<Option<(User, Option<PasswordHash>)>, StoreError> {
    match username.parse::<UserName>() {
        Ok(name) => issuer.0.store.user_named(&name).await,
        Err(_) => Ok(None),
    }
}

/// The form once more. What the page knew of the client comes back with the
/// form, which was just proven to be ours.
fn again(posted: &Posted, refused: LoginRefused) -> Response {
    let frame = Frame {
        form_target: posted.get("form_target").map(str::to_owned),
        ..Frame::of(&posted.parts.headers)
    };
    let page = LoginPage {
        request: posted.get("request").map(str::to_owned),
        csrf: posted.text("csrf").to_owned(),
        client_name: posted.get("client_name").map(str::to_owned),
        username: posted.text("username").to_owned(),
        refused: Some(refused),
    };
    pages::login(&frame, &page)
}
