//! People in browsers: login, one-time links, account, logout.

mod account;
mod headers;
mod link;
mod login;
mod logout;

use std::collections::BTreeMap;

use axum::body::Body;
use http::header::{ACCEPT, CONTENT_TYPE, COOKIE, LOCATION, SET_COOKIE};
use http::{Request, request};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use shukuba_issuer::NewPerson;
use shukuba_store::{Secret, User};

use super::{Answer, FORM, Fixture};

const PASSWORD: &str = "correct horse battery";

/// A browser: it keeps cookies, and knows the last form it was shown.
#[derive(Default, Clone)]
struct Browser {
    cookies: BTreeMap<String, String>,
    csrf: String,
}

impl Browser {
    fn request(&self, request: request::Builder) -> request::Builder {
        let cookies: Vec<_> = self
            .cookies
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        let request = request.header(ACCEPT, "text/html,*/*;q=0.8");
        match cookies.is_empty() {
            true => request,
            false => request.header(COOKIE, cookies.join("; ")),
        }
    }

    async fn send(&mut self, fixture: &Fixture, request: Request<Body>) -> Answer {
        let answer = fixture.send(request).await;
        for cookie in answer.headers.get_all(SET_COOKIE) {
            let pair = cookie.to_str().unwrap().split(';').next().unwrap();
            let (name, value) = pair.split_once('=').unwrap();
            match value {
                "" => self.cookies.remove(name),
                _ => self.cookies.insert(name.to_owned(), value.to_owned()),
            };
        }
        if let Some(csrf) = field(&answer.text, "csrf") {
            self.csrf = csrf;
        }
        answer
    }

    async fn get(&mut self, fixture: &Fixture, path: &str) -> Answer {
        let request = self.request(Request::get(path));
        self.send(fixture, request.body(Body::empty()).unwrap())
            .await
    }

    /// Posts a form with the token of the last form that was shown.
    async fn post(&mut self, fixture: &Fixture, path: &str, fields: &[(&str, &str)]) -> Answer {
        let csrf = self.csrf.clone();
        let fields = [fields, &[("csrf", csrf.as_str())]].concat();
        self.post_as_is(fixture, path, &fields).await
    }

    async fn post_as_is(
        &mut self,
        fixture: &Fixture,
        path: &str,
        fields: &[(&str, &str)],
    ) -> Answer {
        let request = self
            .request(Request::post(path))
            .header(CONTENT_TYPE, FORM)
            .body(Body::from(encoded(fields)))
            .unwrap();
        self.send(fixture, request).await
    }

    /// Logs in by the account page.
    async fn log_in(&mut self, fixture: &Fixture, name: &str, password: &str) -> Answer {
        self.get(fixture, "/account").await;
        let fields = [("username", name), ("password", password)];
        self.post(fixture, "/oauth/login", &fields).await
    }

    fn session(&self) -> Option<&str> {
        self.cookies.get("shukuba_session").map(String::as_str)
    }
}

impl Answer {
    fn location(&self) -> &str {
        self.header(LOCATION.as_str()).expect("a redirect")
    }
}

/// The value of a form field of a page.
fn field(html: &str, name: &str) -> Option<String> {
    let (_, after) = html.split_once(&format!("name=\"{name}\" value=\""))?;
    after.split('"').next().map(str::to_owned)
}

fn encoded(fields: &[(&str, &str)]) -> String {
    let fields: Vec<_> = fields
        .iter()
        .map(|(name, value)| format!("{name}={}", utf8_percent_encode(value, NON_ALPHANUMERIC)))
        .collect();
    fields.join("&")
}

async fn person_without_password(fixture: &Fixture, name: &str) -> User {
    let new = NewPerson {
        role: shukuba_model::Role::None,
        name: name.parse().unwrap(),
        display_name: None,
        email: None,
    };
    fixture.issuer.create_user(&new, None).await.unwrap()
}

/// The path and query of a new one-time link.
async fn link(fixture: &Fixture, user: &User) -> String {
    let link: Secret = fixture.issuer.reset_link(&user.id).await.unwrap().url;
    let path = link.reveal().strip_prefix(super::ISSUER);
    path.expect("an address of the issuer").to_owned()
}

/// A person who chose [`PASSWORD`] in a browser that was thrown away.
async fn person(fixture: &Fixture, name: &str) -> User {
    let user = person_without_password(fixture, name).await;
    let link = link(fixture, &user).await;
    let (_, token) = link.split_once("token=").unwrap();
    let mut browser = Browser::default();
    browser.get(fixture, &link).await;
    let fields = [
        ("token", token),
        ("password", PASSWORD),
        ("password_again", PASSWORD),
    ];
    let answer = browser.post(fixture, "/oauth/link", &fields).await;
    assert_eq!(answer.status, 303, "{}", answer.text);
    user
}
