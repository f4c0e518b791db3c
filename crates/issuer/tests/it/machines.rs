//! `client_credentials` with scopes, and who may not use it.

use shukuba_model::{AuthMethod, GrantType};

use crate::login::{CONNECTOR, Login, NATIVE, claims, client};
use crate::{API, GRANT, OTHER_API};

#[tokio::test]
async fn t25_a_public_client_cannot_act_for_itself() {
    let login = Login::new().await;
    let store = &login.fixture.store;
    let grants = [GrantType::ClientCredentials];
    let eager = client("eager", AuthMethod::None, &grants);
    store.create_client(&eager, None).await.unwrap();
    for id in [NATIVE, "eager"] {
        let answer = login.token(&format!("{GRANT}&client_id={id}")).await;
        answer.refused(400, "unauthorized_client");
    }
}

#[tokio::test]
async fn t26_an_api_the_client_was_not_given_is_an_invalid_target() {
    let login = Login::new().await;
    let body = format!("{GRANT}&audience={OTHER_API}");
    let answer = login.post_as_connector("/oauth/token", &body).await;
    answer.refused(400, "invalid_target");
}

#[tokio::test]
async fn t27_a_scope_beyond_what_the_client_was_given_is_an_invalid_scope() {
    let login = Login::new().await;
    for beyond in ["read", "add+read", "openid+read"] {
        let body = format!("{GRANT}&scope={beyond}");
        let answer = login.post_as_connector("/oauth/token", &body).await;
        answer.refused(400, "invalid_scope");
        assert!(answer.description().contains("has been granted: add"));
    }
}

#[tokio::test]
async fn t28_a_machine_gets_its_scopes_and_no_refresh_token() {
    let login = Login::new().await;
    // SDKs that were told no scope ask for all that the metadata lists.
    let listed = format!("{GRANT}&scope=openid+profile+email+offline_access");
    for body in [GRANT.to_owned(), format!("{GRANT}&scope=add"), listed] {
        let answer = login.post_as_connector("/oauth/token", &body).await;
        let token = answer.tokens().access;
        let json = answer.json();
        assert_eq!(json["scope"], "add");
        assert!(json.get("refresh_token").is_none() && json.get("id_token").is_none());
        let claims = claims(&token);
        assert_eq!(claims["scope"], "add");
        assert_eq!(claims["sub"], format!("{CONNECTOR}@clients"));
        assert_eq!(claims["aud"], API);
        assert!(claims.get("grant_id").is_none() && claims.get("username").is_none());
    }
}
