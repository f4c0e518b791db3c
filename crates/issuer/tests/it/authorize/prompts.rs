//! What a person is asked, and when.

use shukuba_issuer::{Resources, RuntimeFacts};
use shukuba_model::ApiIdentifier;

use super::{Ask, Bed, CALLBACK};

#[tokio::test]
async fn a22_prompt_none_asks_nothing() {
    let bed = Bed::new().await;
    let silent = Ask::of("web").with("prompt", "none");
    bed.browser()
        .authorize(&silent)
        .await
        .sent_back("login_required");
    let anns = bed.anns().await;
    anns.authorize(&silent).await.sent_back("consent_required");
    let page = anns.authorize(&Ask::of("web")).await;
    anns.answer(&page, "allow").await;
    let members = anns.authorize(&silent).await.redirected(302, CALLBACK);
    assert!(members.contains_key("code"));
    let guarded = Bed::letting_in(&["bob"]).await;
    guarded
        .anns()
        .await
        .authorize(&silent)
        .await
        .sent_back("access_denied");
}

#[tokio::test]
async fn who_is_not_logged_in_logs_in_and_then_is_asked() {
    let bed = Bed::new().await;
    let browser = bed.browser();
    let page = browser.authorize(&Ask::of("web")).await;
    page.is_page(200);
    assert_eq!(page.page(), "login");
    let resumed = format!(
        "/oauth/authorize/continue?request={}",
        page.hidden("request")
    );
    assert_eq!(browser.get(&resumed).await.page(), "login");
    browser.log_in(&bed.ann).await;
    let page = browser.get(&resumed).await;
    page.is_page(200);
    assert_eq!(page.page(), "consent");
}

#[tokio::test]
async fn prompt_login_and_max_age_0_want_a_login_after_the_request() {
    let bed = Bed::new().await;
    for (name, value) in [
        ("prompt", "login"),
        ("prompt", "select_account"),
        ("max_age", "0"),
    ] {
        let browser = bed.anns().await;
        let page = browser.authorize(&Ask::of("web").with(name, value)).await;
        assert_eq!(
            page.page(),
            "login",
            "the login of this very second is not it"
        );
        let resumed = format!(
            "/oauth/authorize/continue?request={}",
            page.hidden("request")
        );
        assert_eq!(browser.get(&resumed).await.page(), "login");
        bed.fixture.clock.advance(1);
        browser.log_in(&bed.ann).await;
        assert_eq!(browser.get(&resumed).await.page(), "consent");
    }
    let browser = bed.browser();
    let page = browser
        .authorize(&Ask::of("web").with("prompt", "login"))
        .await;
    browser.log_in(&bed.ann).await;
    let resumed = format!(
        "/oauth/authorize/continue?request={}",
        page.hidden("request")
    );
    assert_eq!(
        browser.get(&resumed).await.page(),
        "consent",
        "in the same second"
    );
}

#[tokio::test]
async fn max_age_counts_from_the_login_to_the_request() {
    let bed = Bed::new().await;
    let browser = bed.anns().await;
    bed.fixture.clock.advance(60);
    let ask = |age: &str| Ask::of("web").with("max_age", age);
    assert_eq!(browser.authorize(&ask("60")).await.page(), "consent");
    assert_eq!(browser.authorize(&ask("59")).await.page(), "login");
    let silent = ask("59").with("prompt", "none");
    browser.authorize(&silent).await.sent_back("login_required");
}

#[tokio::test]
async fn a_consent_is_remembered_for_the_person_the_browser_and_the_client() {
    let bed = Bed::new().await;
    let anns = bed.anns().await;
    let ask = Ask::of("web");
    let page = anns.authorize(&ask).await;
    assert_eq!(page.page(), "consent", "the operator's own clients ask too");
    anns.answer(&page, "allow").await.redirected(303, CALLBACK);
    let again = anns.authorize(&ask).await.redirected(302, CALLBACK);
    assert!(again.contains_key("code"));
    let asked = anns.authorize(&ask.clone().with("prompt", "consent")).await;
    assert_eq!(asked.page(), "consent");
    assert_eq!(
        bed.anns().await.authorize(&ask).await.page(),
        "consent",
        "another browser"
    );
    assert_eq!(anns.authorize(&Ask::of("two")).await.page(), "consent");
    anns.log_in(&bed.bob).await;
    assert_eq!(
        anns.authorize(&ask).await.page(),
        "consent",
        "another person"
    );
}

#[tokio::test]
async fn c17_a_consent_ends_when_anything_it_showed_changes() {
    let bed = Bed::new().await;
    let anns = bed.anns().await;
    let ask = Ask::of("two");
    let page = anns.authorize(&ask).await;
    anns.answer(&page, "allow").await.redirected(303, CALLBACK);
    for changed in [
        ask.clone()
            .with("redirect_uri", "https://client.example/other"),
        ask.clone().with("scope", "tools:read"),
        ask.clone().with("scope", "openid tools:read tools:write"),
    ] {
        assert_eq!(anns.authorize(&changed).await.page(), "consent");
    }
    let same = ask.with("scope", "tools:write tools:read");
    anns.authorize(&same).await.redirected(302, CALLBACK);
}

#[tokio::test]
async fn c17_a_consent_survives_another_loopback_port() {
    let bed = Bed::new().await;
    let anns = bed.anns().await;
    let ask = |port: u16| {
        let uri = format!("http://localhost:{port}/cb");
        Ask::of("local").with("redirect_uri", &uri)
    };
    let page = anns.authorize(&ask(50_000)).await;
    anns.answer(&page, "allow").await;
    let members = anns.authorize(&ask(50_001)).await;
    let members = members.redirected(302, "http://localhost:50001/cb");
    assert!(members.contains_key("code"));
}

#[tokio::test]
async fn a_client_of_the_same_name_and_address_asks_for_itself() {
    let bed = Bed::new().await;
    let anns = bed.anns().await;
    let page = anns.authorize(&Ask::of("web")).await;
    anns.answer(&page, "allow").await;
    let stranger = Ask::of("stranger");
    let page = anns.authorize(&stranger).await;
    assert_eq!(page.page(), "consent");
}

#[tokio::test]
async fn who_is_not_let_in_is_told_so_and_may_go_back_or_log_in_as_another() {
    let bed = Bed::letting_in(&["bob"]).await;
    let anns = bed.anns().await;
    let page = anns.authorize(&Ask::of("web")).await;
    page.is_page(403);
    assert_eq!(page.page(), "not allowed");
    let allowed = anns.answer(&page, "allow").await;
    assert_eq!(
        allowed.page(),
        "not allowed",
        "a forged 'allow' changes nothing"
    );
    let login = anns.answer(&page, "login").await;
    assert_eq!((login.status.as_u16(), login.page()), (200, "login"));
    let denied = anns.answer(&page, "deny").await.redirected(303, CALLBACK);
    assert_eq!(denied["error"], "access_denied");
    let bobs = bed.browser();
    bobs.log_in(&bed.bob).await;
    assert_eq!(bobs.authorize(&Ask::of("web")).await.page(), "consent");
}

#[tokio::test]
async fn a_disabled_person_is_nobody() {
    let bed = Bed::new().await;
    let mut gone = super::user("gone");
    gone.disabled = true;
    bed.fixture.store.create_user(&gone).await.unwrap();
    let browser = bed.browser();
    browser.log_in(&gone).await;
    assert_eq!(browser.authorize(&Ask::of("web")).await.page(), "login");
}

#[tokio::test]
async fn a_runtime_that_stops_taking_logins_lets_nobody_in_who_was_on_the_way() {
    let mut bed = Bed::new().await;
    let browser = bed.anns().await;
    let page = browser.authorize(&Ask::of("web")).await;
    let given = browser.authorize(&Ask::of("given")).await;
    let cookies = browser.cookies.take();
    bed.fixture.issuer = bed.issuer_with(std::sync::Arc::new(NoRuntime)).await;
    let browser = bed.browser();
    browser.cookies.replace(cookies);
    let refused = browser.answer(&page, "allow").await;
    assert_eq!(refused.page(), "not allowed");
    let allowed = browser.answer(&given, "allow").await;
    assert!(allowed.redirected(303, CALLBACK).contains_key("code"));
    let ask = Ask::of("web");
    browser.authorize(&ask).await.sent_back("invalid_target");
}

/// Nobody logs in to anything.
struct NoRuntime;

impl Resources for NoRuntime {
    fn api_at(&self, _: &str) -> Option<ApiIdentifier> {
        None
    }

    fn runtime_of(&self, _: &ApiIdentifier) -> Option<RuntimeFacts> {
        None
    }

    fn default_api(&self) -> Option<ApiIdentifier> {
        None
    }
}
