//! What happens next to a request: the one function to read.

use shukuba_store::StoreError;

use crate::Issuer;
use crate::authorize::consent;
use crate::authorize::failure::{Code, Failure};
use crate::authorize::pending::Pending;
use crate::people::session::LoggedIn;

/// What happens next.
#[derive(Debug)]
pub(crate) enum Step {
    /// The person logs in.
    Login,
    /// The person is told that the operator does not let them in here.
    NotAllowed(LoggedIn),
    /// The person is asked whether the client may.
    Consent(LoggedIn),
    /// The client gets a code.
    Issue(LoggedIn),
    /// The client gets an error.
    Refuse(Failure),
}

/// Decides from the stored request, the session and earlier consents.
pub(crate) async fn next(
    issuer: &Issuer,
    pending: &Pending,
    who: Option<LoggedIn>,
) -> Result<Step, StoreError> {
    let silent = pending.request.prompt.none;
    let refuse = |code, text: &str| Ok(Step::Refuse(Failure::new(code, text)));
    let Some(who) = who.filter(|who| is_recent_enough(pending, who.auth_time)) else {
        return match silent {
            true => refuse(
                Code::LoginRequired,
                "Nobody is logged in, and prompt=none forbids to ask.",
            ),
            false => Ok(Step::Login),
        };
    };
    if !may_enter(issuer, pending, &who) {
        return match silent {
            true => refuse(
                Code::AccessDenied,
                "The person who is logged in may not use this runtime.",
            ),
            false => Ok(Step::NotAllowed(who)),
        };
    }
    if pending.request.prompt.consent || !consent::was_given(issuer, pending, &who).await? {
        return match silent {
            true => refuse(
                Code::ConsentRequired,
                "The person has not allowed this yet, and prompt=none forbids to ask.",
            ),
            false => Ok(Step::Consent(who)),
        };
    }
    Ok(Step::Issue(who))
}

/// Whether the person proved who they are as lately as the client wants
/// (OpenID Connect Core section 3.1.2.1). A login after the request came is
/// always recent.
fn is_recent_enough(pending: &Pending, auth_time: i64) -> bool {
    let request = &pending.request;
    // Of the second in which the request came it is known whether the login was
    // there before.
    let after = auth_time >= pending.created_at && request.login_before != Some(auth_time);
    let again = request.prompt.login || request.max_age == Some(0);
    let young = request
        .max_age
        .is_none_or(|age| auth_time.saturating_add(age) >= pending.created_at);
    after || (!again && young)
}

/// Whether the operator lets the person in at the runtime. An API that has none
/// is open to whoever logs in, while it is the operator who gave it to the client.
fn may_enter(issuer: &Issuer, pending: &Pending, who: &LoggedIn) -> bool {
    let api = &pending.request.target.api;
    let Some(runtime) = issuer.0.settings.resources.runtime_of(api) else {
        let mut given = pending.client.apis.iter();
        return given.any(|given| given.identifier == *api);
    };
    let name = who.user.name.as_str();
    runtime.allowed_users.is_empty() || runtime.allowed_users.iter().any(|user| user == name)
}
