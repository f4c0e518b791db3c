//! One-time links.

use super::super::Fixture;
use super::{Browser, PASSWORD, field, link, person, person_without_password};

const CHOSEN: [(&str, &str); 2] = [("password", PASSWORD), ("password_again", PASSWORD)];

fn fields<'a>(token: &'a str, more: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    [&[("token", token)], more].concat()
}

#[tokio::test]
async fn a_link_lets_a_person_choose_a_password_once_and_looking_changes_nothing() {
    let fixture = Fixture::new().await;
    let ann = person_without_password(&fixture, "ann").await;
    let link = link(&fixture, &ann).await;
    let mut browser = Browser::default();
    for _ in 0..3 {
        let page = browser.get(&fixture, &link).await;
        assert_eq!(page.status, 200, "{}", page.text);
        assert!(page.text.contains("Welcome, ann."));
        assert!(browser.session().is_none());
    }
    let page = browser.get(&fixture, &link).await;
    let token = field(&page.text, "token").unwrap();
    let done = browser
        .post(&fixture, "/oauth/link", &fields(&token, &CHOSEN))
        .await;
    assert_eq!((done.status.as_u16(), done.location()), (303, "/account"));
    assert!(browser.session().is_some());

    let gone = browser.get(&fixture, &link).await;
    assert_eq!(gone.status, 410);
    assert!(gone.text.contains("shukuba user reset"));
    let mut other = browser.clone();
    let again = other
        .post(&fixture, "/oauth/link", &fields(&token, &CHOSEN))
        .await;
    assert_eq!(again.status, 410);
    let login = Browser::default().log_in(&fixture, "ann", PASSWORD).await;
    assert_eq!(login.status, 303);
}

#[tokio::test]
async fn a_link_goes_on_with_the_request_that_it_names() {
    let fixture = Fixture::new().await;
    let ann = person_without_password(&fixture, "ann").await;
    let link = format!("{}&request=skq_1", link(&fixture, &ann).await);
    let mut browser = Browser::default();
    let page = browser.get(&fixture, &link).await;
    let token = field(&page.text, "token").unwrap();
    assert_eq!(field(&page.text, "request").as_deref(), Some("skq_1"));
    let back = field(&page.text, "back").unwrap().replace("&#38;", "&");
    assert_eq!(back, link, "the language switch stays on the page");
    let more = [CHOSEN[0], CHOSEN[1], ("request", "skq_1")];
    let done = browser
        .post(&fixture, "/oauth/link", &fields(&token, &more))
        .await;
    assert_eq!(done.location(), "/oauth/authorize/continue?request=skq_1");
}

#[tokio::test]
async fn a_refused_password_does_not_use_the_link_up() {
    let fixture = Fixture::new().await;
    let ann = person_without_password(&fixture, "ann").await;
    let mut browser = Browser::default();
    let page = browser.get(&fixture, &link(&fixture, &ann).await).await;
    let token = field(&page.text, "token").unwrap();
    for (password, again, says) in [
        ("short", "short", "too short"),
        ("long enough", "long enougj", "differ"),
    ] {
        let chosen = [("password", password), ("password_again", again)];
        let answer = browser
            .post(&fixture, "/oauth/link", &fields(&token, &chosen))
            .await;
        assert_eq!(answer.status, 400);
        assert!(answer.text.contains(says), "{}", answer.text);
        assert!(!answer.text.contains("long enough"));
    }
    let forged = browser
        .post_as_is(&fixture, "/oauth/link", &fields(&token, &CHOSEN))
        .await;
    assert_eq!(forged.status, 403);
    let done = browser
        .post(&fixture, "/oauth/link", &fields(&token, &CHOSEN))
        .await;
    assert_eq!(done.status, 303);
}

#[tokio::test]
async fn of_eight_who_use_a_link_at_once_one_gets_in() {
    let fixture = Fixture::new().await;
    let ann = person_without_password(&fixture, "ann").await;
    let mut browser = Browser::default();
    let page = browser.get(&fixture, &link(&fixture, &ann).await).await;
    let token = field(&page.text, "token").unwrap();
    let fields = fields(&token, &CHOSEN);
    let mut browsers: Vec<_> = (0..8).map(|_| browser.clone()).collect();
    let mut tries = browsers
        .iter_mut()
        .map(|browser| browser.post(&fixture, "/oauth/link", &fields));
    let [a, b, c, d, e, f, g, h] = std::array::from_fn(|_| tries.next().unwrap());
    let (a, b, c, d, e, f, g, h) = tokio::join!(a, b, c, d, e, f, g, h);
    let mut answers: Vec<_> = [a, b, c, d, e, f, g, h]
        .map(|one| one.status.as_u16())
        .into();
    answers.sort_unstable();
    assert_eq!(answers, [303, 410, 410, 410, 410, 410, 410, 410]);
}

#[tokio::test]
async fn a_reset_logs_the_person_out_everywhere_and_a_disabled_one_gets_no_link() {
    let fixture = Fixture::new().await;
    let ann = person(&fixture, "ann").await;
    let mut before = Browser::default();
    before.log_in(&fixture, "ann", PASSWORD).await;
    let mut browser = Browser::default();
    let page = browser.get(&fixture, &link(&fixture, &ann).await).await;
    let token = field(&page.text, "token").unwrap();
    let new = [
        ("password", "another one"),
        ("password_again", "another one"),
    ];
    browser
        .post(&fixture, "/oauth/link", &fields(&token, &new))
        .await;
    let out = before.get(&fixture, "/account").await;
    assert!(!out.text.contains("Logged in as ann"));
    let old = Browser::default().log_in(&fixture, "ann", PASSWORD).await;
    assert_eq!(old.status, 400);

    let late = link(&fixture, &ann).await;
    fixture.clock.advance(24 * 3600);
    assert_eq!(browser.get(&fixture, &late).await.status, 410);
    fixture
        .store
        .set_user_disabled(&ann.id, true)
        .await
        .unwrap();
    let refused = fixture.issuer.reset_link(&ann.id).await.unwrap_err();
    assert!(refused.to_string().contains("shukuba user enable ann"));
}
