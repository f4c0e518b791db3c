//! Who sits before a page of the console, which is another part's: their
//! session, and the proof that a form is from a page of ours.

use http::{HeaderMap, HeaderValue};
use shukuba_store::{Secret, StoreError, User};

use super::{browser, session};
use crate::Issuer;

/// Whoever sent a request from a browser.
#[derive(Debug)]
pub struct Visitor {
    /// Who is logged in there.
    pub person: Option<VisitingPerson>,
    /// A `Set-Cookie` that the answer must carry.
    pub set_cookie: Option<HeaderValue>,
}

/// A person who is logged in.
#[derive(Debug)]
pub struct VisitingPerson {
    /// Who.
    pub user: User,
    /// When they last proved who they are, seconds since 1970.
    pub auth_time: i64,
    /// What every form of theirs must carry: of this browser and this person.
    pub form_token: Secret,
}

impl Issuer {
    /// Who sent a request with these headers.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn visitor(&self, headers: &HeaderMap) -> Result<Visitor, StoreError> {
        let browser = browser::of(self, headers);
        let logged_in = session::current(self, headers).await?;
        Ok(Visitor {
            person: logged_in.map(|who| VisitingPerson {
                form_token: browser::csrf_token(self, &browser, &subject(&who.user)),
                auth_time: who.auth_time,
                user: who.user,
            }),
            set_cookie: browser.set_cookie,
        })
    }
}

fn subject(user: &User) -> String {
    format!("console\0{}", user.id)
}
