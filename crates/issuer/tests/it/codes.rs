//! `authorization_code`: every way a code can be wrong, and what each leaves.

use std::sync::Arc;

use serde_json::json;

use crate::login::{
    CONNECTOR, FORGETFUL, Login, NATIVE, REDIRECT, STRANGER, VERIFIER, claims, redeem, refreshing,
};
use crate::{ADDRESS, API, ISSUER, OTHER_API};

#[tokio::test]
async fn a_code_becomes_an_access_token_a_refresh_token_and_an_id_token() {
    let login = Login::new().await;
    let code = login.code(NATIVE).await;
    let answer = login.token(&redeem(NATIVE, &code)).await;
    let tokens = answer.tokens();
    let json = answer.json();
    assert_eq!(json["token_type"], "Bearer");
    assert_eq!(json["expires_in"], 3600);
    assert_eq!(json["scope"], "openid add read");
    assert!(json["id_token"].is_string());
    assert!(tokens.refresh.starts_with("skr_"));
    let claims = claims(&tokens.access);
    let now = login.fixture.clock.now();
    assert_eq!(
        claims,
        json!({
            "iss": ISSUER,
            "sub": login.user.id.as_str(),
            "aud": [API, ADDRESS],
            "iat": now,
            "exp": now + 3600,
            "jti": claims["jti"],
            "client_id": NATIVE,
            "azp": NATIVE,
            "scope": "openid add read",
            "grant_id": claims["grant_id"],
            "username": "ada",
        })
    );
    let used = login.fixture.store.client(NATIVE).await.unwrap().unwrap();
    assert_eq!(used.last_used_at, Some(now));
}

#[tokio::test]
async fn a_refresh_token_comes_whatever_was_asked_but_not_to_a_client_that_may_not_use_it() {
    let login = Login::new().await;
    let code = login.code_for(login.grant(NATIVE, "")).await;
    let answer = login.token(&redeem(NATIVE, &code)).await;
    assert!(!answer.tokens().refresh.is_empty());
    assert_eq!(answer.json()["scope"], "");
    assert!(answer.json().get("id_token").is_none());
    let code = login.code(FORGETFUL).await;
    let answer = login.token(&redeem(FORGETFUL, &code)).await;
    answer.tokens();
    assert!(answer.json().get("refresh_token").is_none());
}

#[tokio::test]
async fn a_client_with_a_secret_needs_it_and_its_verifier() {
    let login = Login::new().await;
    let code = login.code(CONNECTOR).await;
    let answer = login.token(&redeem(CONNECTOR, &code)).await;
    answer.refused(401, "invalid_client");
    let answer = login
        .post_as_connector("/oauth/token", &redeem(CONNECTOR, &code))
        .await;
    answer.tokens();
}

#[tokio::test]
async fn t13_an_unknown_code_is_an_invalid_grant_and_none_an_invalid_request() {
    let login = Login::new().await;
    let unknown = shukuba_store::Secret::generate("skc_");
    let answer = login.token(&redeem(NATIVE, &unknown)).await;
    answer.refused(400, "invalid_grant");
    let body = format!("grant_type=authorization_code&client_id={NATIVE}&code=");
    login.token(&body).await.refused(400, "invalid_request");
}

#[tokio::test]
async fn t14_a_code_ends_after_a_minute() {
    let login = Login::new().await;
    let code = login.code(NATIVE).await;
    login.fixture.clock.advance(59);
    login.token(&redeem(NATIVE, &code)).await.tokens();
    let code = login.code(NATIVE).await;
    login.fixture.clock.advance(60);
    let answer = login.token(&redeem(NATIVE, &code)).await;
    answer.refused(400, "invalid_grant");
    assert!(answer.description().contains("expired"));
}

#[tokio::test]
async fn t15_a_code_of_another_client_is_refused_and_its_own_can_still_redeem_it() {
    let login = Login::new().await;
    let code = login.code(NATIVE).await;
    let answer = login.token(&redeem(STRANGER, &code)).await;
    answer.refused(400, "invalid_grant");
    let tokens = login.token(&redeem(NATIVE, &code)).await.tokens();
    // Nor does a stranger's replay end what the client has.
    let answer = login.token(&redeem(STRANGER, &code)).await;
    answer.refused(400, "invalid_grant");
    assert!(login.is_active(&tokens.access).await);
}

#[tokio::test]
async fn t16_wrong_client_and_expiry_are_each_refused_and_together() {
    let login = Login::new().await;
    for (client, late, status) in [
        (NATIVE, false, 200),
        (STRANGER, false, 400),
        (NATIVE, true, 400),
        (STRANGER, true, 400),
    ] {
        let code = login.code(NATIVE).await;
        if late {
            login.fixture.clock.advance(61);
        }
        let answer = login.token(&redeem(client, &code)).await;
        assert_eq!(answer.status, status, "{client} {late}: {}", answer.text);
    }
}

#[tokio::test]
async fn t17_replay_after_success_is_refused_and_ends_the_first_tokens() {
    let login = Login::new().await;
    let code = login.code(NATIVE).await;
    let tokens = login.token(&redeem(NATIVE, &code)).await.tokens();
    assert!(login.is_active(&tokens.access).await);
    login.fixture.clock.advance(600);
    let answer = login.token(&redeem(NATIVE, &code)).await;
    answer.refused(400, "invalid_grant");
    assert!(!login.is_active(&tokens.access).await);
    let answer = login.refresh(&tokens.refresh).await;
    answer.refused(400, "invalid_grant");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn t18_of_twenty_parallel_redemptions_exactly_one_succeeds() {
    let login = Arc::new(Login::new().await);
    let code = login.code(NATIVE).await;
    let tasks: Vec<_> = (0..20)
        .map(|_| {
            let (login, body) = (Arc::clone(&login), redeem(NATIVE, &code));
            tokio::spawn(async move { login.token(&body).await })
        })
        .collect();
    let mut succeeded = 0;
    for task in tasks {
        let answer = task.await.unwrap();
        if answer.status == 200 {
            succeeded += 1;
        } else {
            answer.refused(400, "invalid_grant");
        }
    }
    assert_eq!(succeeded, 1);
}

#[tokio::test]
async fn t19_a_wrong_verifier_is_refused_and_burns_the_code() {
    let login = Login::new().await;
    let code = login.code(NATIVE).await;
    let wrong = redeem(NATIVE, &code).replace(VERIFIER, &"x".repeat(43));
    login.token(&wrong).await.refused(400, "invalid_grant");
    let answer = login.token(&redeem(NATIVE, &code)).await;
    answer.refused(400, "invalid_grant");
    let grants = login.fixture.store.grants_of_user(&login.user.id, 1).await;
    assert_eq!(grants.unwrap(), [], "what gave no token is listed nowhere");
}

#[tokio::test]
async fn t20_a_missing_verifier_is_refused_and_the_code_kept() {
    let login = Login::new().await;
    let code = login.code(NATIVE).await;
    for missing in ["", "code_verifier="] {
        let body = redeem(NATIVE, &code).replace(&format!("code_verifier={VERIFIER}"), missing);
        login.token(&body).await.refused(400, "invalid_grant");
    }
    login.token(&redeem(NATIVE, &code)).await.tokens();
}

#[tokio::test]
async fn t22_a_verifier_of_another_form_is_an_invalid_request_and_the_code_kept() {
    let login = Login::new().await;
    let code = login.code(NATIVE).await;
    for verifier in [
        "x".repeat(42),
        "x".repeat(129),
        format!("{}%2B", "x".repeat(43)),
    ] {
        let body = redeem(NATIVE, &code).replace(VERIFIER, &verifier);
        login.token(&body).await.refused(400, "invalid_request");
    }
    login.token(&redeem(NATIVE, &code)).await.tokens();
}

#[tokio::test]
async fn t23_a_different_redirect_uri_is_refused_and_the_code_kept() {
    let login = Login::new().await;
    let code = login.code(NATIVE).await;
    for other in [
        "http://localhost:3119/callback",
        "http://localhost:3118/callback/",
        "https://evil.example/",
    ] {
        let body = redeem(NATIVE, &code).replace(REDIRECT, other);
        login.token(&body).await.refused(400, "invalid_grant");
    }
    login.token(&redeem(NATIVE, &code)).await.tokens();
}

/// OAuth 2.1 section 10.2: who follows it alone does not repeat the address.
#[tokio::test]
async fn a_code_is_redeemed_without_repeating_its_redirect_uri() {
    let login = Login::new().await;
    for absent in ["&redirect_uri=", ""] {
        let code = login.code(NATIVE).await;
        let body = redeem(NATIVE, &code);
        let body = body.replace(&format!("&redirect_uri={REDIRECT}"), absent);
        assert!(!body.contains(REDIRECT), "{body}");
        login.token(&body).await.tokens();
    }
}

#[tokio::test]
async fn t24_a_resource_outside_the_authorization_is_an_invalid_target_and_the_code_kept() {
    let login = Login::new().await;
    let code = login.code(NATIVE).await;
    for foreign in [
        OTHER_API,
        "http://127.0.0.1:8430/mcp/foreign",
        "http://127.0.0.1:8430/mcp/adder/",
        "https://api.example//",
    ] {
        let body = format!("{}&resource={foreign}", redeem(NATIVE, &code));
        login.token(&body).await.refused(400, "invalid_target");
    }
    let body = format!("{}&audience={OTHER_API}", redeem(NATIVE, &code));
    login.token(&body).await.refused(400, "invalid_target");
    let other = format!("{ADDRESS}?qualifier=DEFAULT");
    let body = format!("{}&resource={other}", redeem(NATIVE, &code));
    let tokens = login.token(&body).await.tokens();
    assert_eq!(claims(&tokens.access)["aud"], json!([API, other]));
}

#[tokio::test]
async fn an_api_that_is_an_origin_is_named_with_and_without_its_slash() {
    let login = Login::new().await;
    for resource in ["https://api.example", "https://api.example/", API] {
        let code = login.code(NATIVE).await;
        let body = format!("{}&resource={resource}", redeem(NATIVE, &code));
        login.token(&body).await.tokens();
    }
}

#[tokio::test]
async fn t29_a_grant_the_client_was_not_registered_with_is_unauthorized() {
    let login = Login::new().await;
    let code = login.code(FORGETFUL).await;
    let tokens = login.token(&redeem(FORGETFUL, &code)).await.tokens();
    let answer = login.token(&refreshing(FORGETFUL, &tokens.access)).await;
    answer.refused(400, "unauthorized_client");
    let application = "grant_type=authorization_code&code=x";
    let answer = login.fixture.post(application).await;
    answer.refused(400, "unauthorized_client");
}

#[tokio::test]
async fn t36_a_code_of_a_person_who_was_kept_out_is_an_invalid_grant() {
    let login = Login::new().await;
    let code = login.code(NATIVE).await;
    let store = &login.fixture.store;
    store.set_user_disabled(&login.user.id, true).await.unwrap();
    let answer = login.token(&redeem(NATIVE, &code)).await;
    answer.refused(400, "invalid_grant");
}
