//! Issuer and verifier together: what one mints the other lets in.

use std::sync::Arc;

use shukuba_model::authorizer::{Authorizer, ClientClaim, Entry};
use shukuba_model::wire::ApiUpdate;
use shukuba_model::{LoginAllow, LoginEntry, RuntimeId, SigningAlgorithm, TokenProfile};
use shukuba_verify::{CheckRequest, Verifier, VerifierSettings};

use crate::login::{Login, NATIVE, redeem};
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

/// A door that only people may pass, with one verifier throughout, as the data
/// plane has it.
pub(crate) struct Door {
    verifier: Verifier,
    authorizer: Arc<Authorizer>,
}

impl Door {
    pub(crate) fn of(login: &Login, allow: LoginAllow) -> Self {
        let fixture = &login.fixture;
        let settings = VerifierSettings::new(fixture.clock.clone(), fixture.issuer.own());
        Self {
            verifier: Verifier::new(settings),
            authorizer: Arc::new(Authorizer {
                entries: Vec::new(),
                login: Some(LoginEntry {
                    allow,
                    api: identifier(API),
                }),
            }),
        }
    }

    pub(crate) async fn lets_in(&self, token: &str) -> bool {
        let runtime: RuntimeId = "adder-aaaaaaaaaa".parse().unwrap();
        let header = format!("Bearer {token}");
        let request = CheckRequest {
            authorizer: &self.authorizer,
            runtime: &runtime,
            audiences: &[ADDRESS.to_owned()],
            authorization: &[header.as_bytes()],
        };
        self.verifier.check(&request).await.is_ok()
    }
}

#[tokio::test]
async fn a_persons_token_of_any_profile_passes_where_people_log_in() {
    let login = Login::new().await;
    let door = Door::of(&login, LoginAllow::All);
    for profile in [
        TokenProfile::Both,
        TokenProfile::Rfc9068,
        TokenProfile::Auth0,
    ] {
        let change = ApiUpdate {
            profile: Some(profile),
            ..ApiUpdate::default()
        };
        let store = &login.fixture.store;
        store.update_api(&identifier(API), &change).await.unwrap();
        let code = login.code(NATIVE).await;
        let answer = login.token(&redeem(NATIVE, &code)).await;
        assert!(door.lets_in(&answer.tokens().access).await, "{profile:?}");
        let id_token = answer.json()["id_token"].as_str().unwrap().to_owned();
        assert!(!door.lets_in(&id_token).await, "{profile:?}");
    }
    let machine = login.post_as_connector("/oauth/token", GRANT).await;
    assert!(!door.lets_in(&machine.tokens().access).await);
}

#[tokio::test]
async fn login_allow_names_people_by_the_name_their_tokens_carry() {
    let login = Login::new().await;
    let tokens = login.tokens().await;
    for (name, admitted) in [("ada", true), ("bob", false)] {
        let door = Door::of(&login, LoginAllow::Users(vec![name.to_owned()]));
        assert_eq!(door.lets_in(&tokens.access).await, admitted, "{name}");
    }
}

#[tokio::test]
async fn r15_a_token_that_was_let_in_is_refused_as_soon_as_it_is_revoked() {
    let login = Login::new().await;
    let door = Door::of(&login, LoginAllow::All);
    let (kept, first) = (login.tokens().await, login.tokens().await);
    assert!(door.lets_in(&first.access).await);
    let second = login.refresh(&first.refresh).await.tokens();
    assert!(door.lets_in(&second.access).await);
    let body = format!("client_id={NATIVE}&token={}", second.access);
    login.post("/oauth/revoke", &body).await;
    assert!(!door.lets_in(&second.access).await);
    assert!(door.lets_in(&first.access).await, "only that one");
    login.fixture.clock.advance(61);
    let reuse = login.refresh(&first.refresh).await;
    reuse.refused(400, "invalid_grant");
    assert!(!door.lets_in(&first.access).await);
    assert!(door.lets_in(&kept.access).await);
    let user = &login.user.id;
    let issuer = &login.fixture.issuer;
    issuer.revoke_user(user, "by the operator").await.unwrap();
    assert!(!door.lets_in(&kept.access).await);
}
