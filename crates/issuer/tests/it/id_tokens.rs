//! ID tokens: what a client learns of who logged in.

use serde_json::{Value, json};
use shukuba_model::SigningAlgorithm;
use shukuba_model::wire::ApiUpdate;

use crate::login::{Login, NATIVE, claims, redeem};
use crate::{API, ISSUER, decoded, identifier};

async fn id_token(login: &Login, scope: &str) -> (Value, Value) {
    let code = login.code_for(login.grant(NATIVE, scope)).await;
    let answer = login.token(&redeem(NATIVE, &code)).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    decoded(answer.json()["id_token"].as_str().unwrap())
}

#[tokio::test]
async fn an_id_token_is_for_the_client_and_says_when_the_person_proved_who_they_are() {
    let login = Login::new().await;
    let change = ApiUpdate {
        signing_algorithm: Some(SigningAlgorithm::Es256),
        ..ApiUpdate::default()
    };
    let store = &login.fixture.store;
    store.update_api(&identifier(API), &change).await.unwrap();
    let (header, claims) = id_token(&login, "openid").await;
    assert_eq!(
        header["alg"], "RS256",
        "whatever the API's tokens are signed with"
    );
    let now = login.fixture.clock.now();
    assert_eq!(
        claims,
        json!({
            "iss": ISSUER,
            "sub": login.user.id.as_str(),
            "aud": NATIVE,
            "azp": NATIVE,
            "iat": now,
            "exp": now + 3600,
            "auth_time": now - 5,
            "nonce": "n-0S6_WzA2Mj",
            "at_hash": claims["at_hash"],
        })
    );
    assert_eq!(claims["at_hash"].as_str().unwrap().len(), 22);
}

#[tokio::test]
async fn name_and_email_are_told_by_their_scopes() {
    let login = Login::new().await;
    let (_, claims) = id_token(&login, "openid profile").await;
    assert_eq!(claims["preferred_username"], "ada");
    assert_eq!(claims["name"], "Ada Lovelace");
    assert!(claims.get("email").is_none());
    let (_, claims) = id_token(&login, "email openid").await;
    assert_eq!(claims["email"], "ada@example.com");
    assert!(claims.get("name").is_none());
}

#[tokio::test]
async fn a_refreshed_id_token_has_no_nonce_and_the_same_auth_time() {
    let login = Login::new().await;
    let tokens = login.tokens().await;
    let now = login.fixture.clock.now();
    login.fixture.clock.advance(600);
    let answer = login.refresh(&tokens.refresh).await;
    let claims = claims(answer.json()["id_token"].as_str().unwrap());
    assert!(
        claims.get("nonce").is_none(),
        "OpenID Connect Core section 12.2"
    );
    assert_eq!(claims["auth_time"], now - 5);
    assert_eq!(claims["iat"], now + 600);
}
