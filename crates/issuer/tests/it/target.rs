//! What a token is for: `audience`, `resource`, the default, and their refusals.

use serde_json::{Value, json};
use shukuba_issuer::MintError;
use shukuba_store::ClientSecret;

use crate::{ADDRESS, API, Fixture, GRANT, OTHER_API, decoded, identifier, machine, new_api};

async fn audience_of(fixture: &Fixture, parameters: &str) -> Value {
    let token = fixture.token(&format!("{GRANT}{parameters}")).await;
    decoded(&token).1["aud"].clone()
}

#[tokio::test]
async fn audience_and_resource_are_synonyms_and_the_first_api_is_the_default() {
    let fixture = Fixture::with_apis(&[OTHER_API, API]).await;
    assert_eq!(audience_of(&fixture, "").await, json!(OTHER_API));
    for parameters in [
        format!("&audience={API}"),
        format!("&resource={API}"),
        format!("&audience={API}&resource={API}"),
        "&audience=https%3A%2F%2Fapi.example%2F".to_owned(),
    ] {
        assert_eq!(
            audience_of(&fixture, &parameters).await,
            json!(API),
            "{parameters}"
        );
    }
}

#[tokio::test]
async fn a_runtimes_address_means_its_api_and_the_token_names_both() {
    let fixture = Fixture::new().await;
    let with_query = format!("{ADDRESS}?qualifier=DEFAULT");
    for address in [ADDRESS, &with_query] {
        for parameters in [
            format!("&resource={address}"),
            format!("&audience={address}"),
            format!("&audience={API}&resource={address}"),
        ] {
            let aud = audience_of(&fixture, &parameters).await;
            assert_eq!(aud, json!([API, address]), "{parameters}");
        }
    }
}

#[tokio::test]
async fn an_api_whose_identifier_is_an_address_is_one_audience() {
    let fixture = Fixture::new().await;
    fixture
        .store
        .create_api(&new_api(ADDRESS), 1)
        .await
        .unwrap();
    let mut fixture = fixture;
    fixture.application = machine("own", &[ADDRESS]);
    fixture.secret = ClientSecret::generate();
    fixture
        .store
        .create_client(&fixture.application, Some(fixture.secret.as_ref()))
        .await
        .unwrap();
    let aud = audience_of(&fixture, &format!("&resource={ADDRESS}")).await;
    assert_eq!(aud, json!(ADDRESS));
}

#[tokio::test]
async fn two_different_apis_in_one_request_are_an_invalid_target() {
    let fixture = Fixture::with_apis(&[API, OTHER_API]).await;
    for parameters in [
        format!("audience={API}&resource={OTHER_API}"),
        format!("audience={OTHER_API}&resource={ADDRESS}"),
        format!("resource={API}&resource={OTHER_API}"),
        format!("resource={API}&resource={API}"),
    ] {
        let answer = fixture.post(format!("{GRANT}&{parameters}")).await;
        answer.refused(400, "invalid_target");
    }
}

#[tokio::test]
async fn t26_an_api_that_is_not_the_applications_is_an_invalid_target() {
    let fixture = Fixture::new().await;
    for parameter in ["audience", "resource"] {
        let answer = fixture
            .post(format!("{GRANT}&{parameter}={OTHER_API}"))
            .await;
        answer.refused(400, "invalid_target");
        let text = answer.description();
        assert!(
            text.contains("'mcp' may not get tokens for the API 'https://other.example'"),
            "{text}"
        );
        assert!(
            text.contains("may get tokens for: 'https://api.example/'"),
            "{text}"
        );
    }
}

#[tokio::test]
async fn t26_an_unknown_api_is_named_and_a_missing_slash_pointed_at() {
    let fixture = Fixture::new().await;
    let answer = fixture
        .post(format!("{GRANT}&audience=https://api.example"))
        .await;
    answer.refused(400, "invalid_target");
    let text = answer.description();
    assert!(text.contains("no API 'https://api.example'"), "{text}");
    assert!(
        text.contains("There is 'https://api.example/': a slash at the end"),
        "{text}"
    );

    let answer = fixture
        .post(format!("{GRANT}&audience=https://nowhere.example/"))
        .await;
    answer.refused(400, "invalid_target");
    let text = answer.description();
    assert!(text.contains("no API 'https://nowhere.example/'"), "{text}");
    assert!(!text.contains("slash"), "{text}");
    assert!(text.contains("shukuba api create"), "{text}");
}

#[tokio::test]
async fn a_runtime_that_asks_for_an_unregistered_api_is_named_with_it() {
    let fixture = Fixture::new().await;
    let answer = fixture
        .post(format!(
            "{GRANT}&resource=http://127.0.0.1:8430/mcp/foreign"
        ))
        .await;
    answer.refused(400, "invalid_target");
    let text = answer.description();
    assert!(text.contains("/mcp/foreign"), "{text}");
    assert!(text.contains("https://foreign.example/"), "{text}");
}

#[tokio::test]
async fn without_an_api_there_is_no_default() {
    let fixture = Fixture::with_apis(&[]).await;
    let answer = fixture.post(GRANT).await;
    answer.refused(400, "invalid_target");
    assert!(answer.description().contains("no default"));
}

#[tokio::test]
async fn the_operator_mints_by_the_same_rules_without_the_secret() {
    let fixture = Fixture::with_apis(&[API, OTHER_API]).await;
    let default = fixture
        .issuer
        .mint_for_application(&fixture.application, None)
        .await
        .unwrap();
    assert_eq!(decoded(&default.access_token).1["aud"], json!(API));
    let named = fixture
        .issuer
        .mint_for_application(&fixture.application, Some(&identifier(OTHER_API)))
        .await
        .unwrap();
    assert_eq!(decoded(&named.access_token).1["aud"], json!(OTHER_API));
    let refused = fixture
        .issuer
        .mint_for_application(
            &fixture.application,
            Some(&identifier("https://nowhere.example")),
        )
        .await;
    assert!(matches!(refused, Err(MintError::Target { .. })));
}
