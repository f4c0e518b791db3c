//! The device grant (RFC 8628), from the program's question to the person's
//! answer and back.

use axum::body::Body;
use http::Request;
use http::header::{CONTENT_TYPE, COOKIE};
use shukuba_model::{AuthMethod, GrantType};

use crate::login::{DEVICE_GRANT, FORGETFUL, Login, NATIVE, STRANGER, claims, client};
use crate::{ADDRESS, API, Answer, FORM, ISSUER, OTHER_API};

/// What a program is told.
struct Asked {
    device_code: String,
    user_code: String,
}

async fn ask(login: &Login) -> Asked {
    let body = format!("client_id={NATIVE}&scope=openid+add");
    let answer = login.post("/oauth/device", &body).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    let json = answer.json();
    let text = |name: &str| json[name].as_str().unwrap().to_owned();
    Asked {
        device_code: text("device_code"),
        user_code: text("user_code"),
    }
}

async fn poll(login: &Login, client_id: &str, device_code: &str) -> Answer {
    let body = format!("grant_type={DEVICE_GRANT}&client_id={client_id}&device_code={device_code}");
    login.token(&body).await
}

/// A person's browser.
struct Browser<'a> {
    login: &'a Login,
    cookies: String,
}

impl<'a> Browser<'a> {
    async fn of(login: &'a Login) -> Self {
        Self {
            login,
            cookies: login.cookies().await,
        }
    }

    async fn look(&self, user_code: &str) -> Answer {
        let request = Request::get(format!("/device?user_code={user_code}"));
        let request = request.header(COOKIE, &self.cookies);
        let request = request.body(Body::empty()).unwrap();
        self.login.fixture.send(request).await
    }

    async fn post(&self, body: String) -> Answer {
        let request = Request::post("/device")
            .header(COOKIE, &self.cookies)
            .header(CONTENT_TYPE, FORM)
            .body(Body::from(body))
            .unwrap();
        self.login.fixture.send(request).await
    }

    async fn say(&self, user_code: &str, action: &str) -> Answer {
        let page = self.look(user_code).await;
        assert_eq!(page.status, 200, "{}", page.text);
        let csrf = csrf(&page);
        self.post(format!("user_code={user_code}&csrf={csrf}&action={action}"))
            .await
    }
}

impl Answer {
    /// Whether the page asks for a yes or a no.
    fn asks(&self) -> bool {
        self.text.contains("value=\"allow\"")
    }
}

fn csrf(page: &Answer) -> String {
    let (_, after) = page.text.split_once("name=\"csrf\" value=\"").unwrap();
    after.split_once('"').unwrap().0.to_owned()
}

#[tokio::test]
async fn a_person_allows_a_device_which_then_gets_their_tokens_once() {
    let login = Login::new().await;
    let body = format!("client_id={NATIVE}&resource={ADDRESS}&scope=openid+add");
    let answer = login.post("/oauth/device", &body).await;
    let json = answer.json();
    assert_eq!(json["verification_uri"], format!("{ISSUER}/device"));
    let user_code = json["user_code"].as_str().unwrap();
    let complete = format!("{ISSUER}/device?user_code={user_code}");
    assert_eq!(json["verification_uri_complete"], complete);
    assert_eq!(
        (json["interval"].as_i64(), json["expires_in"].as_i64()),
        (Some(5), Some(600))
    );
    let shape: Vec<usize> = user_code.split('-').map(str::len).collect();
    assert_eq!(shape, [4, 4]);
    assert!(!user_code.contains(['A', 'E', 'I', 'O', 'U', '0', '1']));

    let device_code = json["device_code"].as_str().unwrap();
    let browser = Browser::of(&login).await;
    let page = browser.look(user_code).await;
    for shown in [user_code, NATIVE, "adder", "127.0.0.1"] {
        assert!(page.text.contains(shown), "{shown}: {}", page.text);
    }
    let answer = browser.say(user_code, "allow").await;
    assert_eq!(answer.status, 303);
    let next = answer.header("location").unwrap();
    assert_eq!(next, format!("/device?user_code={user_code}"));
    let page = browser.look(user_code).await;
    assert!(page.text.contains("native is connected"), "{}", page.text);

    let answer = poll(&login, NATIVE, device_code).await;
    let tokens = answer.tokens();
    assert!(answer.json()["id_token"].is_string());
    let claims = claims(&tokens.access);
    assert_eq!(claims["sub"], login.user.id.as_str());
    assert_eq!(claims["scope"], "openid add");
    assert_eq!(claims["aud"], serde_json::json!([API, ADDRESS]));
    login.refresh(&tokens.refresh).await.tokens();
    let again = poll(&login, NATIVE, device_code).await;
    again.refused(400, "invalid_grant");
}

#[tokio::test]
async fn g01_g02_an_unanswered_device_waits_and_one_that_asks_too_often_waits_longer() {
    let login = Login::new().await;
    let asked = ask(&login).await;
    let clock = &login.fixture.clock;
    for (wait, error) in [
        (0, "authorization_pending"),
        (5, "authorization_pending"),
        (4, "slow_down"),
        (5, "slow_down"),
        (15, "authorization_pending"),
    ] {
        clock.advance(wait);
        let answer = poll(&login, NATIVE, &asked.device_code).await;
        answer.refused(400, error);
    }
}

#[tokio::test]
async fn g03_a_device_code_ends_after_ten_minutes_for_both_sides() {
    let login = Login::new().await;
    let asked = ask(&login).await;
    let browser = Browser::of(&login).await;
    login.fixture.clock.advance(600);
    let answer = poll(&login, NATIVE, &asked.device_code).await;
    answer.refused(400, "expired_token");
    let page = browser.look(&asked.user_code).await;
    assert_eq!(page.status, 400);
    assert!(page.text.contains("too old"), "{}", page.text);
}

#[tokio::test]
async fn g04_a_person_denies_a_device_for_good() {
    let login = Login::new().await;
    let asked = ask(&login).await;
    let browser = Browser::of(&login).await;
    let page = browser.look(&asked.user_code).await;
    let csrf = csrf(&page);
    assert_eq!(browser.say(&asked.user_code, "deny").await.status, 303);
    let answer = poll(&login, NATIVE, &asked.device_code).await;
    answer.refused(400, "access_denied");
    let late = format!("user_code={}&csrf={csrf}&action=allow", asked.user_code);
    assert_eq!(browser.post(late).await.status, 400);
    let answer = poll(&login, NATIVE, &asked.device_code).await;
    answer.refused(400, "access_denied");
}

#[tokio::test]
async fn g05_a_device_code_of_another_client_is_refused_and_its_own_still_works() {
    let login = Login::new().await;
    let asked = ask(&login).await;
    let browser = Browser::of(&login).await;
    browser.say(&asked.user_code, "allow").await;
    let answer = poll(&login, STRANGER, &asked.device_code).await;
    answer.refused(400, "invalid_grant");
    poll(&login, STRANGER, "unknown")
        .await
        .refused(400, "invalid_grant");
    poll(&login, NATIVE, &asked.device_code).await.tokens();
}

#[tokio::test]
async fn g06_five_wrong_codes_of_an_address_are_enough_for_a_minute() {
    let login = Login::new().await;
    let asked = ask(&login).await;
    let browser = Browser::of(&login).await;
    let sloppy = asked.user_code.replace('-', "").to_ascii_lowercase();
    assert!(browser.look(&sloppy).await.asks());
    for _ in 0..5 {
        let page = browser.look("BBBB-BBBB").await;
        assert_eq!(page.status, 400);
    }
    let page = browser.look(&asked.user_code).await;
    assert_eq!(page.status, 429);
    assert_eq!(page.header("retry-after"), Some("60"));
    login.fixture.clock.advance(60);
    assert!(browser.look(&asked.user_code).await.asks());
}

#[tokio::test]
async fn a25_an_answer_from_another_page_browser_or_person_is_refused() {
    let login = Login::new().await;
    let asked = ask(&login).await;
    let browser = Browser::of(&login).await;
    let other = Browser::of(&login).await;
    let code = &asked.user_code;
    let foreign = csrf(&other.look(code).await);
    let entry = csrf(&browser.look("").await);
    for csrf in ["", "x", &foreign, &entry] {
        let body = format!("user_code={code}&csrf={csrf}&action=allow");
        assert_eq!(browser.post(body).await.status, 403, "{csrf}");
    }
    let answer = poll(&login, NATIVE, &asked.device_code).await;
    answer.refused(400, "authorization_pending");
    let body = format!("user_code={code}&csrf={entry}&action=enter");
    assert_eq!(browser.post(body).await.status, 303, "a code may be typed");
}

#[tokio::test]
async fn who_is_not_logged_in_sees_no_device() {
    let login = Login::new().await;
    let asked = ask(&login).await;
    let answer = login
        .fixture
        .get(&format!("/device?user_code={}", asked.user_code))
        .await;
    assert_eq!(answer.status, 200);
    assert!(!answer.text.contains(NATIVE), "{}", answer.text);
    let body = format!("user_code={}&action=allow", asked.user_code);
    login.post("/device", &body).await;
    let answer = poll(&login, NATIVE, &asked.device_code).await;
    answer.refused(400, "authorization_pending");
}

#[tokio::test]
async fn a_device_asks_only_for_what_its_client_may_have() {
    let login = Login::new().await;
    let store = &login.fixture.store;
    let device_only = client("tv", AuthMethod::None, &[GrantType::DeviceCode]);
    store.create_client(&device_only, None).await.unwrap();
    for (body, status, error) in [
        (format!("client_id={FORGETFUL}"), 400, "unauthorized_client"),
        ("client_id=nobody".to_owned(), 401, "invalid_client"),
        (
            format!("client_id=tv&resource={OTHER_API}"),
            400,
            "invalid_target",
        ),
        ("client_id=tv&scope=write".to_owned(), 400, "invalid_scope"),
        (
            format!("client_id=tv&resource={ADDRESS}&audience={OTHER_API}"),
            400,
            "invalid_target",
        ),
    ] {
        let answer = login.post("/oauth/device", &body).await;
        answer.refused(status, error);
    }
    let answer = login.post("/oauth/device", "client_id=tv").await;
    assert_eq!(answer.status, 200, "the default API, all its scopes");
}

#[tokio::test]
async fn thirty_codes_of_an_address_are_enough_for_a_minute() {
    let login = Login::new().await;
    for _ in 0..30 {
        ask(&login).await;
    }
    let body = format!("client_id={NATIVE}");
    let answer = login.post("/oauth/device", &body).await;
    answer.refused(429, "temporarily_unavailable");
    assert_eq!(answer.header("retry-after"), Some("60"));
}
