//! APIs that the operator gives to a client and takes from it again.

use serde_json::json;
use shukuba_model::{AuthMethod, Client, ClientSource, GrantType};
use shukuba_store::{NewGrant, StoreError, new_grant_id};

use crate::login::{Login, client, redeem, refreshing};
use crate::{API, Fixture, GRANT, OTHER_API, decoded, identifier, machine};

/// A client that the operator registered, with these APIs, and a login with it
/// for [`OTHER_API`], which people log in to at no runtime.
async fn given(login: &Login, apis: &[&str]) -> (Client, NewGrant) {
    let people = [GrantType::AuthorizationCode, GrantType::RefreshToken];
    let ours = Client {
        source: ClientSource::Registered,
        apis: machine("ours", apis).apis,
        ..client("ours", AuthMethod::None, &people)
    };
    let store = &login.fixture.store;
    store.create_client(&ours, None).await.unwrap();
    let grant = NewGrant {
        api: identifier(OTHER_API),
        resource: None,
        ..login.grant("ours", "openid")
    };
    (ours, grant)
}

/// Changes which APIs a client may get tokens for.
async fn set(fixture: &Fixture, client: &Client, apis: &[&str]) {
    let apis: Vec<_> = apis.iter().map(|api| identifier(api)).collect();
    let decide = |_: &[_]| Ok::<_, StoreError>(apis);
    let changed = fixture.store.change_client_apis(&client.id, decide);
    changed.await.unwrap();
}

#[tokio::test]
async fn t36_a_login_whose_api_was_taken_from_its_client_is_not_renewed_until_it_is_back() {
    let login = Login::new().await;
    let (ours, grant) = given(&login, &[OTHER_API]).await;
    let [first, late] = [(); 2].map(|()| NewGrant {
        id: new_grant_id(),
        ..grant.clone()
    });
    let code = login.code_for(first).await;
    let tokens = login.token(&redeem("ours", &code)).await.tokens();
    let code = login.code_for(late).await;
    for others in [&[API][..], &[]] {
        set(&login.fixture, &ours, others).await;
        for body in [refreshing("ours", &tokens.refresh), redeem("ours", &code)] {
            let answer = login.token(&body).await;
            answer.refused(400, "invalid_grant");
            let told = answer.description();
            assert!(
                told.contains(OTHER_API) && told.contains("'ours'"),
                "{told}"
            );
        }
    }
    // Nothing was used up meanwhile.
    set(&login.fixture, &ours, &[API, OTHER_API]).await;
    let body = refreshing("ours", &tokens.refresh);
    let next = login.token(&body).await.tokens();
    assert_ne!(next.refresh, tokens.refresh);
    login.token(&redeem("ours", &code)).await.tokens();
}

#[tokio::test]
async fn a_login_at_a_runtime_is_renewed_whatever_apis_its_client_was_given() {
    let login = Login::new().await;
    let (ours, grant) = given(&login, &[API]).await;
    let grant = NewGrant {
        api: identifier(API),
        ..grant
    };
    let code = login.code_for(grant).await;
    let tokens = login.token(&redeem("ours", &code)).await.tokens();
    set(&login.fixture, &ours, &[]).await;
    let body = refreshing("ours", &tokens.refresh);
    login.token(&body).await.tokens();
}

#[tokio::test]
async fn a_machine_gets_tokens_of_the_apis_it_has_now_and_without_one_of_none() {
    let fixture = Fixture::with_apis(&[API]).await;
    let asking = |api| format!("{GRANT}&audience={api}");
    fixture.token(&asking(API)).await;
    let answer = fixture.post(asking(OTHER_API)).await;
    answer.refused(400, "invalid_target");

    set(&fixture, &fixture.application, &[OTHER_API]).await;
    let answer = fixture.post(asking(API)).await;
    answer.refused(400, "invalid_target");
    assert!(answer.description().contains("may not get tokens"));
    let by_default = fixture.token(GRANT).await;
    assert_eq!(decoded(&by_default).1["aud"], json!(OTHER_API));

    set(&fixture, &fixture.application, &[]).await;
    for body in [GRANT.to_owned(), asking(API), asking(OTHER_API)] {
        fixture.post(body).await.refused(400, "invalid_target");
    }
}
