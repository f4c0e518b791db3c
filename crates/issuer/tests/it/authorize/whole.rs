//! A login from the first address to the code, through the real pages.

use http::header::ACCEPT_LANGUAGE;
use http::{Request, request};

use super::{Answer, Ask, Bed, Browser, CALLBACK, HTML};

const PASSWORD: &str = "correct horse battery";

/// Lets Ann choose a password, in a browser that is thrown away.
async fn with_password(bed: &Bed) {
    let link = bed.fixture.issuer.reset_link(&bed.ann.id).await.unwrap();
    let path = link.url.reveal().strip_prefix(crate::ISSUER).unwrap();
    let browser = bed.browser();
    let page = browser.get(path).await;
    let (token, csrf) = (page.hidden("token"), page.hidden("csrf"));
    let fields = [
        ("token", token.as_str()),
        ("csrf", csrf.as_str()),
        ("password", PASSWORD),
        ("password_again", PASSWORD),
    ];
    let answer = browser.post("/oauth/link", &fields).await;
    assert_eq!(answer.status, 303, "{}", answer.text);
}

/// Sends the login form of a page and follows where it leads.
async fn log_in(browser: &Browser<'_>, page: &Answer, password: &str) -> Answer {
    let (request, csrf) = (page.hidden("request"), page.hidden("csrf"));
    let fields = [
        ("request", request.as_str()),
        ("csrf", csrf.as_str()),
        ("username", "ann"),
        ("password", password),
        ("action", "login"),
    ];
    let answer = browser.post("/oauth/login", &fields).await;
    match answer.header("location") {
        Some(location) => {
            assert_eq!(answer.status, 303);
            browser.get(location).await
        }
        None => answer,
    }
}

#[tokio::test]
async fn a_person_logs_in_once_allows_once_and_is_then_not_asked() {
    let bed = Bed::new().await;
    with_password(&bed).await;
    let browser = bed.browser();
    let ask = Ask::of("web").with("login_hint", "ann");
    let page = browser.authorize(&ask).await;
    assert_eq!(page.page(), "login");
    assert!(page.text.contains("the client web"), "{}", page.text);
    assert!(page.text.contains("value=\"ann\""), "the hint is filled in");
    let again = log_in(&browser, &page, "wrong password").await;
    assert_eq!(again.page(), "login");
    let page = log_in(&browser, &again, PASSWORD).await;
    assert_eq!(page.page(), "consent");
    for shown in ["the client web", "client.example", "adder", "tools:read"] {
        assert!(page.text.contains(shown), "{shown}: {}", page.text);
    }
    let code = browser.answer(&page, "allow").await;
    assert!(code.redirected(303, CALLBACK).contains_key("code"));
    let code = browser.authorize(&ask).await;
    assert!(code.redirected(302, CALLBACK).contains_key("code"));
}

#[tokio::test]
async fn prompt_login_is_done_with_one_login_even_within_a_second() {
    let bed = Bed::new().await;
    with_password(&bed).await;
    let browser = bed.anns().await;
    bed.fixture.clock.advance(1);
    let ask = Ask::of("web").with("prompt", "login");
    let page = browser.authorize(&ask).await;
    assert_eq!(page.page(), "login");
    assert_eq!(log_in(&browser, &page, PASSWORD).await.page(), "consent");
}

#[tokio::test]
async fn who_logs_in_as_another_after_a_refusal_goes_on_as_the_other() {
    let bed = Bed::letting_in(&["ann"]).await;
    with_password(&bed).await;
    let browser = bed.browser();
    browser.log_in(&bed.bob).await;
    let page = browser.authorize(&Ask::of("web")).await;
    assert_eq!(page.page(), "not allowed");
    let login = browser.answer(&page, "login").await;
    assert_eq!(log_in(&browser, &login, PASSWORD).await.page(), "consent");
}

#[tokio::test]
async fn a32_pages_may_not_be_framed_and_their_forms_lead_to_the_client_alone() {
    let bed = Bed::letting_in(&["ann"]).await;
    let (anns, bobs) = (bed.anns().await, bed.browser());
    bobs.log_in(&bed.bob).await;
    let ask = Ask::of("local").with("redirect_uri", "http://localhost:51234/cb");
    for (page, name) in [
        (bed.browser().authorize(&ask).await, "login"),
        (anns.authorize(&ask).await, "consent"),
        (bobs.authorize(&ask).await, "not allowed"),
    ] {
        assert_eq!(page.page(), name);
        let policy = page.header("content-security-policy").unwrap();
        assert!(policy.contains("frame-ancestors 'none'"), "{policy}");
        assert!(policy.contains("default-src 'none'"), "{policy}");
        let forms = "form-action 'self' http://localhost:51234";
        assert!(policy.contains(forms), "{policy}");
        assert_eq!(page.header("x-frame-options"), Some("DENY"));
        assert!(!page.text.contains("<script"));
    }
    let problem = anns.authorize(&Ask::of("nobody")).await;
    let policy = problem.header("content-security-policy").unwrap();
    assert!(policy.contains("frame-ancestors 'none'"), "{policy}");
}

#[tokio::test]
async fn a35_what_a_stranger_sent_is_shown_as_text() {
    let bed = Bed::new().await;
    let browser = bed.browser();
    let markup = "\"><script>alert(1)</script>";
    for ask in [
        Ask::of(&format!("nobody{markup}")),
        Ask::of("web").with("redirect_uri", &format!("https://evil.example/{markup}")),
        Ask::of("stranger").with("scope", &format!("a{markup}")),
        Ask::of("web").with("login_hint", markup),
    ] {
        let page = browser.authorize(&ask).await;
        assert!(!page.text.contains("<script"), "{}", page.text);
    }
}

#[tokio::test]
async fn a_page_is_in_the_readers_language() {
    let bed = Bed::new().await;
    let browser = bed.browser();
    let japanese = |builder: request::Builder| builder.header(ACCEPT_LANGUAGE, "ja,en;q=0.5");
    let request = Request::get(Ask::of("nobody").path()).header("accept", HTML);
    let page = browser.send(japanese(request), String::new()).await;
    page.is_page(400);
    assert!(page.text.contains("登録されていません"), "{}", page.text);
    let page = browser.authorize(&Ask::of("nobody")).await;
    assert!(page.text.contains("knows no application"), "{}", page.text);
}
