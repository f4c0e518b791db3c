//! The process ends at every point between the statements of a redemption and
//! of a rotation, as by a power cut: nothing is issued twice, and nothing that
//! was acknowledged is lost.

use std::path::Path;
use std::process::Command;

use axum::body::Body;
use http::Request;
use http::header::CONTENT_TYPE;
use http_body_util::BodyExt as _;
use shukuba_model::Clock;
use shukuba_store::crash;
use tower::ServiceExt as _;

use crate::login::{Login, NATIVE, Tokens, redeem, redeem_device, refreshing};
use crate::{FORM, open_issuer, open_store};

/// How a test tells its child what to do; see [`child`].
const DIRECTORY: &str = "SHUKUBA_TEST_CRASH_DIRECTORY";
const POINT: &str = "SHUKUBA_TEST_CRASH_POINT";
const NOW: &str = "SHUKUBA_TEST_CRASH_NOW";
const BODY: &str = "SHUKUBA_TEST_CRASH_BODY";
/// Where the child writes what was acknowledged to it.
const ANSWER: &str = "answer.json";

/// The other process of these tests; does nothing when it is run as a test.
#[test]
fn child() {
    let variable = |name: &str| std::env::var(name);
    let Ok(directory) = variable(DIRECTORY) else {
        return;
    };
    let directory = Path::new(&directory);
    let clock = Clock::fixed(variable(NOW).unwrap().parse().unwrap());
    let body = variable(BODY).unwrap();
    crash::stop_at(&variable(POINT).unwrap());
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let answer = runtime.block_on(async {
        let store = open_store(directory).await;
        let issuer = open_issuer(&store, &clock).await;
        let request = Request::post("/oauth/token").header(CONTENT_TYPE, FORM);
        let request = request.body(Body::from(body)).unwrap();
        let response = issuer.router().oneshot(request).await.unwrap();
        response.into_body().collect().await.unwrap().to_bytes()
    });
    std::fs::write(directory.join(ANSWER), answer).unwrap();
}

/// Lets another process send a token request and end at `point`. Gives the
/// login as it is found afterwards, and the answer that came before the end.
async fn crashed(login: Login, point: &str, body: &str) -> (Login, Option<Tokens>) {
    let directory = login.fixture.directory.path().to_owned();
    login.fixture.store.close().await;
    let outcome = Command::new(std::env::current_exe().unwrap())
        .args(["crash::child", "--exact"])
        .env(DIRECTORY, &directory)
        .env(POINT, point)
        .env(NOW, login.fixture.clock.now().to_string())
        .env(BODY, body)
        .output()
        .unwrap();
    let answer = std::fs::read(directory.join(ANSWER)).ok();
    let reached = crash::POINTS.contains(&point);
    assert_eq!(outcome.status.success(), !reached, "{point}: {outcome:?}");
    assert_eq!(answer.is_some(), !reached, "{point}");
    let tokens = answer.map(|answer| {
        let json: serde_json::Value = serde_json::from_slice(&answer).unwrap();
        let text = |name: &str| json[name].as_str().unwrap().to_owned();
        Tokens {
            access: text("access_token"),
            refresh: text("refresh_token"),
        }
    });
    (login.reopened().await, tokens)
}

#[tokio::test]
async fn o09_a_crash_while_a_code_is_redeemed_leaves_all_of_it_or_nothing() {
    for (point, redeemed) in [
        ("code-begun", false),
        ("code-consumed", false),
        ("code-refresh-kept", false),
        ("code-committed", true),
    ] {
        let login = Login::new().await;
        let code = login.code(NATIVE).await;
        let body = redeem(NATIVE, &code);
        let (login, _) = crashed(login, point, &body).await;
        let answer = login.token(&body).await;
        if redeemed {
            // The answer never left: the person logs in again, and nobody has two.
            answer.refused(400, "invalid_grant");
            continue;
        }
        let tokens = answer.tokens();
        login.refresh(&tokens.refresh).await.tokens();
        login.token(&body).await.refused(400, "invalid_grant");
    }
}

#[tokio::test]
async fn o09_a_crash_while_a_device_code_is_redeemed_leaves_all_of_it_or_nothing() {
    for (point, redeemed) in [
        ("device-begun", false),
        ("device-consumed", false),
        ("device-refresh-kept", false),
        ("device-committed", true),
    ] {
        let login = Login::new().await;
        let code = login.allowed_device().await;
        let body = redeem_device(NATIVE, &code);
        let (login, _) = crashed(login, point, &body).await;
        let answer = login.token(&body).await;
        if redeemed {
            answer.refused(400, "invalid_grant");
            continue;
        }
        let tokens = answer.tokens();
        login.refresh(&tokens.refresh).await.tokens();
        login.token(&body).await.refused(400, "invalid_grant");
    }
}

#[tokio::test]
async fn o09_a_crash_while_a_token_is_rotated_loses_no_login_and_makes_no_second() {
    for point in [
        "rotation-begun",
        "rotation-consumed",
        "rotation-successor-kept",
        "rotation-committed",
    ] {
        let login = Login::new().await;
        let first = login.tokens().await;
        let body = refreshing(NATIVE, &first.refresh);
        let (login, _) = crashed(login, point, &body).await;
        let second = login.token(&body).await.tokens();
        let again = login.token(&body).await.tokens();
        assert_eq!(second.refresh, again.refresh, "{point}");
        login.refresh(&second.refresh).await.tokens();
    }
}

#[tokio::test]
async fn what_another_process_was_given_is_good_after_its_end() {
    let login = Login::new().await;
    let code = login.code(NATIVE).await;
    let (login, first) = crashed(login, "nowhere", &redeem(NATIVE, &code)).await;
    let first = first.unwrap();
    assert!(login.is_active(&first.access).await);
    let body = refreshing(NATIVE, &first.refresh);
    let (login, second) = crashed(login, "nowhere", &body).await;
    let second = second.unwrap();
    let again = login.refresh(&first.refresh).await.tokens();
    assert_eq!(again.refresh, second.refresh);
    login.refresh(&second.refresh).await.tokens();
}
