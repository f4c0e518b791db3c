//! The userinfo endpoint and its refusals (RFC 6750 section 3.1).

use axum::body::Body;
use http::header::AUTHORIZATION;
use http::{Method, Request};
use serde_json::json;

use crate::login::{Login, NATIVE, redeem};
use crate::{Answer, GRANT};

async fn ask(login: &Login, method: Method, authorization: &[&str]) -> Answer {
    let mut request = Request::builder().method(method).uri("/oauth/userinfo");
    for value in authorization {
        request = request.header(AUTHORIZATION, *value);
    }
    login
        .fixture
        .send(request.body(Body::empty()).unwrap())
        .await
}

#[tokio::test]
async fn userinfo_tells_what_the_scopes_allow() {
    let login = Login::new().await;
    let code = login
        .code_for(login.grant(NATIVE, "openid profile email"))
        .await;
    let tokens = login.token(&redeem(NATIVE, &code)).await.tokens();
    for method in [Method::GET, Method::POST] {
        let bearer = format!("bearer {}", tokens.access);
        let answer = ask(&login, method, &[&bearer]).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        assert_eq!(
            answer.json(),
            json!({
                "sub": login.user.id.as_str(),
                "preferred_username": "ada",
                "name": "Ada Lovelace",
                "email": "ada@example.com",
            })
        );
        assert_eq!(answer.header("cache-control"), Some("no-store"));
    }
}

#[tokio::test]
async fn every_refusal_says_in_its_challenge_what_is_missing() {
    let login = Login::new().await;
    let code = login.code_for(login.grant(NATIVE, "add")).await;
    let plain = login.token(&redeem(NATIVE, &code)).await.tokens();
    let tokens = login.tokens().await;
    let answer = login.refresh(&tokens.refresh).await;
    let id_token = answer.json()["id_token"].as_str().unwrap().to_owned();
    let machine = login.fixture.token(GRANT).await;
    let bearer = |token: &str| format!("Bearer {token}");
    let good = bearer(&tokens.access);
    for (authorization, status, challenge) in [
        (vec![], 401, "Bearer realm=\"shukuba\""),
        (
            vec!["Basic YTpi".to_owned()],
            401,
            "Bearer realm=\"shukuba\"",
        ),
        (vec![good.clone(), good.clone()], 400, "invalid_request"),
        (vec![bearer("one two")], 400, "invalid_request"),
        (vec![bearer("\tone")], 400, "invalid_request"),
        (vec![bearer("===")], 400, "invalid_request"),
        (vec!["Bearer".to_owned()], 400, "invalid_request"),
        (vec![bearer("garbage")], 401, "invalid_token"),
        (vec![bearer(&tokens.refresh)], 401, "invalid_token"),
        (vec![bearer(&id_token)], 401, "invalid_token"),
        (vec![bearer(&machine)], 403, "insufficient_scope"),
        (vec![bearer(&plain.access)], 403, "scope=\"openid\""),
    ] {
        let authorization: Vec<&str> = authorization.iter().map(String::as_str).collect();
        let answer = ask(&login, Method::GET, &authorization).await;
        assert_eq!(answer.status, status, "{authorization:?}: {}", answer.text);
        let seen = answer.header("www-authenticate").unwrap();
        assert!(seen.contains(challenge), "{seen}");
    }
    let client = NATIVE.parse().unwrap();
    let issuer = &login.fixture.issuer;
    issuer
        .revoke_client(&client, "by the operator")
        .await
        .unwrap();
    assert_eq!(ask(&login, Method::GET, &[&good]).await.status, 401);
}
