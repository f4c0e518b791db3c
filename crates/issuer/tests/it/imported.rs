//! A client whose document the operator gave: what it got ends with it.

use serde_json::json;
use shukuba_model::{ClientId, LoginAllow};

use crate::login::{Login, REDIRECT, redeem, refreshing};
use crate::verified::Door;

const ID: &str = "https://client.example/oauth/client.json";

async fn import(login: &Login) -> ClientId {
    let id: ClientId = ID.parse().unwrap();
    let document = json!({
        "client_id": ID,
        "redirect_uris": [REDIRECT],
        "token_endpoint_auth_method": "none",
    });
    let issuer = &login.fixture.issuer;
    let imported = issuer.import_document(&id, document.to_string()).await;
    imported.unwrap();
    id
}

#[tokio::test]
async fn what_a_deleted_document_got_is_dead_at_once_and_stays_so_when_it_comes_back() {
    let login = Login::new().await;
    let door = Door::of(&login, LoginAllow::All);
    let id = import(&login).await;
    let code = login.code(ID).await;
    let unredeemed = login.code(ID).await;
    let tokens = login.token(&redeem(ID, &code)).await.tokens();
    assert!(door.lets_in(&tokens.access).await);

    login.fixture.issuer.delete_client(&id).await.unwrap();
    assert!(!door.lets_in(&tokens.access).await);
    assert!(!login.is_active(&tokens.refresh).await);

    import(&login).await;
    login.fixture.clock.advance(1);
    let again = login.token(&refreshing(ID, &tokens.refresh)).await;
    again.refused(400, "invalid_grant");
    let late = login.token(&redeem(ID, &unredeemed)).await;
    late.refused(400, "invalid_grant");
    assert!(!door.lets_in(&tokens.access).await);
    let code = login.code(ID).await;
    let new = login.token(&redeem(ID, &code)).await.tokens();
    assert!(
        door.lets_in(&new.access).await,
        "a new login is a new login"
    );
}
