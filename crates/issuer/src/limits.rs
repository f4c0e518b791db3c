//! How many requests of one address are answered in a minute, so that a
//! stranger costs this server no more than that.
//!
//! A login, a registration, a device code and the wrong secrets of a client
//! have limits of their own, which are narrower and stand with what they guard.

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;
use http::Method;
use shukuba_model::Clock;

use crate::authorize::problem::Problem;
use crate::oauth_error::OAuthError;
use crate::throttle::Throttle;
use crate::token::endpoint;
use crate::{Issuer, authorize, device, introspect, people, revoke, token, userinfo};

/// Steps of logins at the authorization endpoint, each of which keeps a row.
const AUTHORIZE: u32 = 300;
/// Requests of programs. Those that lead to something do not count where the
/// caller had to hold a secret or a token for it.
const PROGRAM: u32 = 600;

/// The requests of the last minute, by address, of each group of addresses.
pub(crate) struct Limits {
    authorize: Throttle,
    token: Throttle,
    revoke: Throttle,
    introspect: Throttle,
    userinfo: Throttle,
    manage: Throttle,
}

impl Limits {
    pub(crate) fn new(clock: &Clock) -> Self {
        let program = || Throttle::new(clock.clone(), PROGRAM);
        Self {
            authorize: Throttle::new(clock.clone(), AUTHORIZE),
            token: program(),
            revoke: program(),
            introspect: program(),
            userinfo: program(),
            manage: program(),
        }
    }

    fn of(&self, path: &str) -> Option<Limit<'_>> {
        let limit = |throttle, reader, forgiving| Limit {
            throttle,
            reader,
            forgiving,
        };
        match path {
            authorize::PATH | authorize::ALIAS | authorize::CONTINUE | authorize::CONSENT => {
                Some(limit(&self.authorize, Reader::Person, false))
            }
            token::PATH | token::ALIAS => Some(limit(&self.token, Reader::Program, true)),
            device::PATH => Some(limit(&self.token, Reader::Unshared, true)),
            // Here nothing need be held for a good answer (RFC 7009 section 2.2).
            revoke::PATH => Some(limit(&self.revoke, Reader::Program, false)),
            introspect::PATH => Some(limit(&self.introspect, Reader::Unshared, true)),
            userinfo::PATH => Some(limit(&self.userinfo, Reader::Program, true)),
            path if path.starts_with("/oauth/register/") => {
                Some(limit(&self.manage, Reader::Program, true))
            }
            _ => None,
        }
    }
}

struct Limit<'a> {
    throttle: &'a Throttle,
    reader: Reader,
    /// Whether a good answer is not counted.
    forgiving: bool,
}

/// Who is told that there were too many.
enum Reader {
    /// A browser: a page, or JSON for who wants that.
    Person,
    /// A client: JSON.
    Program,
    /// A client that is no page's script: JSON that no other origin reads.
    Unshared,
}

/// Answers 429 with `Retry-After` (RFC 6585 section 4) when an address asks too
/// often. A preflight asks for nothing.
pub(crate) async fn hold(State(issuer): State<Issuer>, request: Request, next: Next) -> Response {
    let limit = issuer.0.limits.of(request.uri().path());
    let Some(limit) = limit.filter(|_| request.method() != Method::OPTIONS) else {
        return next.run(request).await;
    };
    let address = people::address(request.extensions());
    if let Err(retry_after) = limit.throttle.admit(&address) {
        return match limit.reader {
            Reader::Person => Problem::TooMany(retry_after).respond(request.headers()),
            Reader::Program => endpoint::finished::<()>(Err(OAuthError::Busy { retry_after })),
            Reader::Unshared => endpoint::unshared::<()>(Err(OAuthError::Busy { retry_after })),
        };
    }
    let response = next.run(request).await;
    if limit.forgiving && response.status().is_success() {
        limit.throttle.forgive(&address);
    }
    response
}
