//! A: what a person is asked, and who may answer.

use std::collections::BTreeMap;

use serde_json::json;
use shukuba_testkit::raw::RawAnswer;

use super::authorize::authorize;
use super::bed::{Bed, PASSWORD};
use super::row::{Ask, encoded, page, redirected, row, sent_back, status, that};

/// The value of a hidden field of a page.
pub(crate) fn hidden(page: &RawAnswer, name: &str) -> String {
    let text = page.text();
    let (_, after) = text
        .split_once(&format!("name=\"{name}\" value=\""))
        .unwrap_or_else(|| panic!("no field {name}: {} {text}", page.status()));
    after.split('"').next().unwrap().to_owned()
}

/// A consent page: the request it is about, and its form's token.
struct Page {
    request: String,
    csrf: String,
}

impl Page {
    async fn of(bed: &Bed, cookies: &str) -> Self {
        Self::asked(bed, authorize("web", &[]), cookies).await
    }

    async fn asked(bed: &Bed, ask: Ask, cookies: &str) -> Self {
        let page = bed.send(&ask.cookies(cookies)).await;
        assert!(page.text().contains("action=\"/oauth/consent\""));
        Self {
            request: hidden(&page, "request"),
            csrf: hidden(&page, "csrf"),
        }
    }

    fn answer(&self, csrf: &str, action: &str, more: &[(&str, &str)]) -> Ask {
        let members = [
            ("request", self.request.as_str()),
            ("csrf", csrf),
            ("action", action),
        ];
        Ask::form("/oauth/consent", encoded(&[&members, more].concat()))
            .header("Accept", "text/html")
    }
}

/// A code goes to the client by 303, with what the request was stored with.
fn code(answer: &RawAnswer) -> Result<(), String> {
    let members = redirected(answer, 303)?;
    let once = |name: &str| members.iter().filter(|(known, _)| known == name).count() == 1;
    if ["code", "state", "iss"].into_iter().all(once) {
        Ok(())
    } else {
        Err(format!("{members:?}"))
    }
}

#[tokio::test]
async fn only_the_person_in_the_browser_that_was_asked_answers_and_changes_nothing() {
    let bed = Bed::start().await;
    let (anns, elsewhere) = (bed.cookies(&bed.ann).await, bed.cookies(&bed.ann).await);
    let bobs = bed.cookies(&bed.bob).await;
    let (first, second) = (Page::of(&bed, &anns).await, Page::of(&bed, &anns).await);
    let foreign = Page::of(&bed, &bobs).await;
    let altered = [
        ("client_id", "stranger"),
        ("redirect_uri", "https://evil.example/"),
        ("scope", "openid"),
        ("state", "evil"),
    ];
    let mut rows = Vec::new();
    for csrf in ["", "made-up", &second.csrf, &foreign.csrf] {
        let answer = first.answer(csrf, "allow", &[]).cookies(&anns);
        rows.push(row("A25", answer, page(403)));
    }
    for cookies in [&elsewhere, &bobs] {
        let answer = first.answer(&first.csrf, "allow", &[]).cookies(cookies);
        rows.push(row("A26", answer, page(403)));
    }
    rows.push(row(
        "A26",
        first.answer(&first.csrf, "allow", &[]),
        page(403),
    ));
    let answer = |page: &Page, action, more: &[(&str, &str)]| {
        page.answer(&page.csrf, action, more).cookies(&anns)
    };
    rows.extend([
        row("A28", answer(&first, "allow", &altered), that(code)),
        row(
            "A29",
            answer(&second, "deny", &[]),
            sent_back(303, "access_denied"),
        ),
    ]);
    bed.hold(rows).await;
    let again = bed.cookies(&bed.bob).await;
    let (asked, mixed) = (
        Page::of(&bed, &again).await,
        Page::asked(&bed, authorize("mixup", &[("redirect_uri", "")]), &again).await,
    );
    bed.hold(vec![
        row(
            "A34",
            asked.answer(&asked.csrf, "allow", &[]).cookies(&again),
            that(code),
        ),
        row(
            "A37",
            mixed.answer(&mixed.csrf, "allow", &[]).cookies(&again),
            that(code),
        ),
    ])
    .await;
    bed.server.shutdown().await;
}

/// The cookies an answer sets, over those there are.
fn keep(cookies: &mut BTreeMap<String, String>, answer: &RawAnswer) {
    for cookie in answer.head.header_all("set-cookie") {
        let (name, value) = cookie.split(';').next().unwrap().split_once('=').unwrap();
        cookies.insert(name.to_owned(), value.to_owned());
    }
}

fn header(cookies: &BTreeMap<String, String>) -> String {
    let pairs = cookies
        .iter()
        .map(|(name, value)| format!("{name}={value}"));
    pairs.collect::<Vec<_>>().join("; ")
}

async fn person(bed: &Bed, name: &str) {
    let new = json!({ "name": name, "password": PASSWORD });
    let create = Ask::json("POST", "/api/v1/users", &new).bearer(bed.server.operator_key());
    assert_eq!(bed.send(&create).await.status(), 201);
}

#[tokio::test]
async fn a_login_changes_the_session_goes_on_by_303_and_wrong_ones_look_alike() {
    let bed = Bed::start().await;
    person(&bed, "carol").await;
    let mut cookies = BTreeMap::new();
    let mut sessions = Vec::new();
    for _ in 0..2 {
        let ask = authorize("web", &[("prompt", "login")]).cookies(&header(&cookies));
        let form = bed.send(&ask).await;
        keep(&mut cookies, &form);
        let (request, csrf) = (hidden(&form, "request"), hidden(&form, "csrf"));
        let login = |name: &str, password: &str| {
            let members = [
                ("request", request.as_str()),
                ("csrf", csrf.as_str()),
                ("username", name),
                ("password", password),
                ("action", "login"),
            ];
            Ask::form("/oauth/login", encoded(&members))
                .header("Accept", "text/html")
                .cookies(&header(&cookies))
        };
        let wrong = bed.send(&login("carol", "wrong password")).await;
        let unknown = bed.send(&login("nobody", "wrong password")).await;
        let alike = wrong.text().replace("carol", "nobody") == unknown.text();
        assert!(alike && wrong.status() == unknown.status(), "O05");
        let logged_in = bed.send(&login("carol", PASSWORD)).await;
        assert_eq!(logged_in.status(), 303, "{}", logged_in.text());
        keep(&mut cookies, &logged_in);
        sessions.push(cookies["__Host-shukuba_session"].clone());
    }
    assert_ne!(sessions[0], sessions[1], "A31");
    bed.server.shutdown().await;
}

#[tokio::test]
async fn the_eleventh_wrong_password_waits_and_the_owner_elsewhere_does_not() {
    let bed = Bed::start().await;
    person(&bed, "carol").await;
    let form = bed
        .send(&Ask::get("/account").header("Accept", "text/html"))
        .await;
    let mut cookies = BTreeMap::new();
    keep(&mut cookies, &form);
    let csrf = hidden(&form, "csrf");
    let login = |password: &str, from: &'static str| {
        let members = [
            ("csrf", csrf.as_str()),
            ("username", "carol"),
            ("password", password),
        ];
        Ask::form("/oauth/login", encoded(&members))
            .header("Accept", "text/html")
            .cookies(&header(&cookies))
            .from(from)
    };
    let mut rows: Vec<_> = (0..10)
        .map(|_| row("O06", login("wrong password", "192.0.2.1"), page(400)))
        .collect();
    rows.push(row("O06", login(PASSWORD, "192.0.2.1"), page(429)));
    rows.push(row("O06", login(PASSWORD, "192.0.2.2"), status(303)));
    bed.hold(rows).await;
    bed.server.shutdown().await;
}
