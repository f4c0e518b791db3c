//! Introspection (RFC 7662).

use serde_json::json;

use crate::login::{Login, NATIVE, STRANGER, claims};
use crate::{ADDRESS, API, GRANT, ISSUER, OTHER_API};

#[tokio::test]
async fn a_resource_server_learns_whose_a_token_for_it_is() {
    let login = Login::new().await;
    let tokens = login.tokens().await;
    let body = format!("token={}&token_type_hint=refresh_token", tokens.access);
    let answer = login.post_as_connector("/oauth/introspect", &body).await;
    let now = login.fixture.clock.now();
    assert_eq!(
        answer.json(),
        json!({
            "active": true,
            "token_type": "Bearer",
            "iss": ISSUER,
            "sub": login.user.id.as_str(),
            "client_id": NATIVE,
            "iat": now,
            "exp": now + 3600,
            "aud": [API, ADDRESS],
            "scope": "openid add read",
            "username": "ada",
            "jti": claims(&tokens.access)["jti"],
        })
    );
}

#[tokio::test]
async fn v05_whoever_does_not_prove_who_they_are_learns_nothing() {
    let login = Login::new().await;
    let tokens = login.tokens().await;
    for who in ["", "&client_id=nobody", "&client_id=native"] {
        let body = format!("token={}{who}", tokens.access);
        let answer = login.post("/oauth/introspect", &body).await;
        answer.refused(401, "invalid_client");
    }
}

#[tokio::test]
async fn v06_expired_foreign_and_garbage_are_inactive_and_nothing_more() {
    let login = Login::new().await;
    let tokens = login.tokens().await;
    let machine = login.post_as_connector("/oauth/token", GRANT).await;
    let old = machine.tokens().access;
    login.fixture.clock.advance(3600);
    let fresh = login.refresh(&tokens.refresh).await;
    let id_token = fresh.json()["id_token"].as_str().unwrap().to_owned();
    let fresh = fresh.tokens();
    // A token of an API that is not the caller's.
    let grant = shukuba_store::NewGrant {
        api: crate::identifier(OTHER_API),
        resource: None,
        ..login.grant(STRANGER, "")
    };
    let code = login.code_for(grant).await;
    let foreign = login
        .token(&crate::login::redeem(STRANGER, &code))
        .await
        .tokens();
    let (unsigned, _) = fresh.access.rsplit_once('.').unwrap();
    for token in [
        "garbage",
        "a.b.c",
        &old,
        &id_token,
        &foreign.access,
        &foreign.refresh,
        &fresh.refresh,
        &format!("{unsigned}."),
        &format!("{unsigned}.AAAA"),
        &"x".repeat(20_000),
    ] {
        let body = format!("token={token}");
        let answer = login.post_as_connector("/oauth/introspect", &body).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        assert_eq!(answer.text, r#"{"active":false}"#, "{token}");
    }
    assert!(login.is_active(&fresh.access).await);
}
