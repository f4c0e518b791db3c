//! Issuer and verifier together: what one mints the other lets in.

use std::sync::Arc;

use shukuba_model::authorizer::{Authorizer, ClientClaim, Entry};
use shukuba_model::wire::ApiUpdate;
use shukuba_model::{RuntimeId, SigningAlgorithm, TokenProfile};
use shukuba_verify::{CheckRequest, Verifier, VerifierSettings};

use crate::{ADDRESS, API, Fixture, GRANT, ISSUER, identifier};

pub(crate) async fn let_in(fixture: &Fixture, client_claim: ClientClaim, token: &str) -> bool {
    let authorizer = Arc::new(Authorizer {
        entries: vec![Entry {
            name: Entry::CONFIGURED.to_owned(),
            discovery_url: format!("{ISSUER}/.well-known/openid-configuration")
                .parse()
                .unwrap(),
            allowed_audience: vec![API.to_owned()],
            allowed_clients: vec![fixture.client_id().to_owned()],
            allowed_scopes: Vec::new(),
            client_claim,
        }],
        login: None,
    });
    let runtime: RuntimeId = "adder-aaaaaaaaaa".parse().unwrap();
    let header = format!("Bearer {token}");
    let settings = VerifierSettings::new(fixture.clock.clone(), fixture.issuer.own());
    Verifier::new(settings)
        .check(&CheckRequest {
            authorizer: &authorizer,
            runtime: &runtime,
            audiences: &[ADDRESS.to_owned()],
            authorization: &[header.as_bytes()],
        })
        .await
        .is_ok()
}

#[tokio::test]
async fn a_strict_verifier_wants_client_id_and_the_auth0_preset_takes_azp() {
    let fixture = Fixture::new().await;
    for (profile, strict, preset) in [
        (TokenProfile::Both, true, true),
        (TokenProfile::Rfc9068, true, true),
        (TokenProfile::Auth0, false, true),
    ] {
        for algorithm in SigningAlgorithm::ALL {
            let change = ApiUpdate {
                profile: Some(profile),
                signing_algorithm: Some(algorithm),
                ..ApiUpdate::default()
            };
            let api = identifier(API);
            fixture.store.update_api(&api, &change).await.unwrap();
            let token = fixture.token(GRANT).await;
            assert_eq!(
                let_in(&fixture, ClientClaim::Rfc9068, &token).await,
                strict,
                "{profile:?}"
            );
            assert_eq!(
                let_in(&fixture, ClientClaim::Auth0, &token).await,
                preset,
                "{profile:?}"
            );
        }
    }
}

#[tokio::test]
async fn a_token_asked_by_the_runtimes_address_is_let_in_until_it_expires() {
    let fixture = Fixture::new().await;
    let token = fixture.token(&format!("{GRANT}&resource={ADDRESS}")).await;
    assert!(let_in(&fixture, ClientClaim::Rfc9068, &token).await);
    fixture.clock.advance(3_599);
    assert!(let_in(&fixture, ClientClaim::Rfc9068, &token).await);
    fixture.clock.advance(1);
    assert!(!let_in(&fixture, ClientClaim::Rfc9068, &token).await);
}
