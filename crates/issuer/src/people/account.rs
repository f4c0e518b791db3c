//! A person's account: what they connected, where they are logged in, their
//! password.

use axum::extract::{Request, State};
use axum::response::Response;
use http::header::SET_COOKIE;
use http::{HeaderMap, Uri};
use shukuba_store::{AuditEvent, Grant, Session, User};

use super::browser::{self, Browser};
use super::posted::Posted;
use super::trouble::Trouble;
use super::{ACCOUNT, event, login, password, see_other, session};
use crate::pages::account::{AccountPage, Connection, Done, LiveSession};
use crate::pages::{self, Frame, LoginPage, LoginRefused};
use crate::people::password::PasswordRefused;
use crate::token::form::Form;
use crate::{Issuer, authorize};

/// Why a person's grant ends, as the database keeps it.
const REVOKED_BY_PERSON: &str = "revoked by the user";

/// `GET /account`: the account, or the login form.
pub(super) async fn page(
    State(issuer): State<Issuer>,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, Trouble> {
    let browser = browser::of(&issuer, &headers);
    let frame = Frame::of(&headers);
    let mut response = match session::with_session(&issuer, &headers).await? {
        Some((session, user)) => {
            let done = Form::parse(uri.query().unwrap_or_default().as_bytes())
                .ok()
                .and_then(|query| Done::of_word(query.get("done")?));
            let page = account(&issuer, &browser, &session, &user).await?;
            pages::account::page(&frame, &AccountPage { done, ..page })
        }
        None => pages::login(&frame, &login_page(&issuer, &browser)),
    };
    if let Some(cookie) = browser.set_cookie {
        response.headers_mut().append(SET_COOKIE, cookie);
    }
    Ok(response)
}

fn login_page(issuer: &Issuer, browser: &Browser) -> LoginPage {
    LoginPage {
        request: None,
        csrf: browser::csrf_token(issuer, browser, login::SUBJECT)
            .reveal()
            .to_owned(),
        client_name: None,
        username: String::new(),
        refused: None,
    }
}

/// `POST /account`: one action of the logged-in person.
pub(super) async fn act(
    State(issuer): State<Issuer>,
    request: Request,
) -> Result<Response, Trouble> {
    let posted = Posted::read(&issuer, request).await?;
    let headers = &posted.parts.headers;
    let Some((session, user)) = session::with_session(&issuer, headers).await? else {
        return Ok(see_other(ACCOUNT, []));
    };
    posted.prove(&issuer, &subject(&user))?;
    let store = &issuer.0.store;
    let done = match posted.text("action") {
        "logout" => {
            let cookie = session::end(&issuer, headers).await?;
            let event = event(&posted.parts, "logout", "ok", user.id.as_str());
            issuer.record(event).await;
            return Ok(see_other(super::LOGOUT, [cookie]));
        }
        "password" => return change_password(&issuer, &posted, &session, &user).await,
        "revoke" => {
            revoke(&issuer, &posted, &user).await?;
            Done::Revoked
        }
        "end-session" => {
            let handle = posted.text("session");
            store.end_session_of_user(&user.id, handle).await?;
            let event = event(&posted.parts, "session.ended", "ok", user.id.as_str());
            issuer.record(event).await;
            Done::Ended
        }
        _ => return Err(Trouble::unreadable(headers)),
    };
    Ok(see_other(&format!("{ACCOUNT}?done={}", done.word()), []))
}

/// Takes back a grant that is this person's, and forgets that they allowed the
/// client: it has to ask again.
async fn revoke(issuer: &Issuer, posted: &Posted, user: &User) -> Result<(), Trouble> {
    let grant = posted.text("grant");
    let store = &issuer.0.store;
    let now = issuer.0.clock.now();
    let grants = store.grants_of_user(&user.id, now).await?;
    if let Some(grant) = grants.iter().find(|known| known.id == grant) {
        store.forget_consents(&user.id, &grant.client_id).await?;
        issuer.revoke_grant(&grant.id, REVOKED_BY_PERSON).await?;
        let event = event(&posted.parts, "connection.ended", "ok", user.id.as_str());
        issuer
            .record(AuditEvent {
                client_id: grant.client_id.to_string(),
                subject: grant.id.clone(),
                ..event
            })
            .await;
    }
    Ok(())
}

/// Sets another password, which ends every session, and begins a new one here.
async fn change_password(
    issuer: &Issuer,
    posted: &Posted,
    session: &Session,
    user: &User,
) -> Result<Response, Trouble> {
    let chosen = posted.text("password");
    let refused = match password::check(chosen, posted.text("password_again")) {
        Err(refused) => Some(refused),
        Ok(()) => {
            let present = posted.text("password_now");
            match login::judge(issuer, posted, user.name.as_str(), present).await? {
                Ok(_) => None,
                Err(LoginRefused::Throttled(seconds)) => Some(PasswordRefused::Throttled(seconds)),
                Err(LoginRefused::Wrong) => Some(PasswordRefused::Wrong),
            }
        }
    };
    if refused.is_some() {
        let page = account(issuer, &posted.browser, session, user).await?;
        let frame = Frame::of(&posted.parts.headers);
        return Ok(pages::account::page(
            &frame,
            &AccountPage { refused, ..page },
        ));
    }
    let hash = issuer.0.passwords.hash(chosen).await?;
    let now = issuer.0.clock.now();
    issuer.0.store.set_password(&user.id, &hash, now).await?;
    let event = event(&posted.parts, "password.changed", "ok", user.id.as_str());
    issuer.record(event).await;
    let cookies = session::begin(issuer, &posted.parts, &posted.browser, user, &hash).await?;
    let to = format!("{ACCOUNT}?done={}", Done::Password.word());
    Ok(see_other(&to, cookies.unwrap_or_default()))
}

/// What the forms' token is about: it dies when somebody else logs in.
fn subject(user: &User) -> String {
    format!("account\0{}", user.id)
}

async fn account(
    issuer: &Issuer,
    browser: &Browser,
    session: &Session,
    user: &User,
) -> Result<AccountPage, Trouble> {
    let store = &issuer.0.store;
    let now = issuer.0.clock.now();
    let idle = issuer.0.settings.lifetimes.session_idle;
    let grants = store.grants_of_user(&user.id, now).await?;
    let sessions = store.sessions_of_user(&user.id, now, idle).await?;
    let mut connections = Vec::with_capacity(grants.len());
    for grant in grants {
        connections.push(connection(issuer, grant).await?);
    }
    Ok(AccountPage {
        csrf: browser::csrf_token(issuer, browser, &subject(user))
            .reveal()
            .to_owned(),
        username: user.name.to_string(),
        display_name: user.display_name.clone(),
        connections,
        sessions: sessions
            .into_iter()
            .map(|live| LiveSession {
                is_this: live.handle == session.handle,
                handle: live.handle,
                address: live.address,
                user_agent: live.user_agent,
                last_seen_at: live.last_seen_at,
            })
            .collect(),
        done: None,
        refused: None,
    })
}

async fn connection(issuer: &Issuer, grant: Grant) -> Result<Connection, Trouble> {
    let runtime = issuer.0.settings.resources.runtime_of(&grant.api);
    let runtime = runtime.map_or_else(|| grant.api.to_string(), |runtime| runtime.name);
    Ok(Connection {
        scopes: authorize::scope::described(issuer, &grant.api, &grant.scope).await?,
        grant: grant.id,
        client_name: grant.client_name,
        runtime,
        created_at: grant.created_at,
        last_used_at: grant.last_used_at,
    })
}
