//! Revocation (RFC 7009).

use shukuba_model::TokenProfile;
use shukuba_model::wire::ApiUpdate;

use crate::login::{Login, NATIVE, STRANGER, redeem};
use crate::{API, Answer, GRANT, identifier};

async fn revoke(login: &Login, client_id: &str, token: &str) -> Answer {
    let body = format!("client_id={client_id}&token={token}&token_type_hint=access_token");
    login.post("/oauth/revoke", &body).await
}

#[tokio::test]
async fn v01_nobody_revokes_without_saying_who_they_are() {
    let login = Login::new().await;
    let tokens = login.tokens().await;
    let body = format!("token={}", tokens.refresh);
    let answer = login.post("/oauth/revoke", &body).await;
    answer.refused(401, "invalid_client");
    let answer = revoke(&login, "nobody", &tokens.refresh).await;
    answer.refused(401, "invalid_client");
    assert!(login.is_active(&tokens.access).await);
    let body = format!("client_id={NATIVE}");
    let answer = login.post("/oauth/revoke", &body).await;
    answer.refused(400, "invalid_request");
}

#[tokio::test]
async fn v02_another_clients_token_is_refused_and_stays_alive() {
    let login = Login::new().await;
    let tokens = login.tokens().await;
    for token in [&tokens.refresh, &tokens.access] {
        let answer = revoke(&login, STRANGER, token).await;
        answer.refused(400, "invalid_grant");
    }
    assert!(login.is_active(&tokens.access).await);
    login.refresh(&tokens.refresh).await.tokens();
}

#[tokio::test]
async fn v03_an_unknown_or_dead_token_is_as_good_as_revoked() {
    let login = Login::new().await;
    let tokens = login.tokens().await;
    login.fixture.clock.advance(3600);
    for token in ["garbage", "a.b.c", &tokens.access] {
        let answer = revoke(&login, NATIVE, token).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        assert_eq!(answer.text, "");
        assert_eq!(answer.header("cache-control"), Some("no-store"));
    }
}

#[tokio::test]
async fn v04_a_revoked_refresh_token_ends_the_access_tokens_of_its_grant() {
    let login = Login::new().await;
    let (tokens, other) = (login.tokens().await, login.tokens().await);
    let next = login.refresh(&tokens.refresh).await.tokens();
    // Even one that was replaced: whoever gives it back wants none of them.
    assert_eq!(revoke(&login, NATIVE, &tokens.refresh).await.status, 200);
    for dead in [&tokens.access, &next.access] {
        assert!(!login.is_active(dead).await);
    }
    let answer = login.refresh(&next.refresh).await;
    answer.refused(400, "invalid_grant");
    assert!(login.is_active(&other.access).await, "another login lives");
}

#[tokio::test]
async fn a_revoked_access_token_is_dead_alone() {
    let login = Login::new().await;
    let tokens = login.tokens().await;
    assert_eq!(revoke(&login, NATIVE, &tokens.access).await.status, 200);
    assert!(!login.is_active(&tokens.access).await);
    let next = login.refresh(&tokens.refresh).await.tokens();
    assert!(login.is_active(&next.access).await);
}

#[tokio::test]
async fn a_token_without_an_id_takes_its_grant_with_it_or_is_unsupported() {
    let login = Login::new().await;
    let change = ApiUpdate {
        profile: Some(TokenProfile::Auth0),
        ..ApiUpdate::default()
    };
    let store = &login.fixture.store;
    store.update_api(&identifier(API), &change).await.unwrap();
    let code = login.code(NATIVE).await;
    let tokens = login.token(&redeem(NATIVE, &code)).await.tokens();
    assert_eq!(revoke(&login, NATIVE, &tokens.access).await.status, 200);
    let answer = login.refresh(&tokens.refresh).await;
    answer.refused(400, "invalid_grant");

    let answer = login.post_as_connector("/oauth/token", GRANT).await;
    let body = format!("token={}", answer.tokens().access);
    let answer = login.post_as_connector("/oauth/revoke", &body).await;
    answer.refused(400, "unsupported_token_type");
}
