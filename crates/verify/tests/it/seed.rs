//! The seed's refusal and its cures, at an Auth0, at a Cognito.

use shukuba_model::ClientClaim;
use shukuba_testkit::provider::{FakeProvider, Profile, SEED_API};
use shukuba_verify::Reason;

use crate::support::{Bench, NOW, entry};

#[tokio::test]
async fn r12_auth0s_own_profile_is_refused_with_the_sentence_what_was_seen_and_two_cures() {
    let provider = FakeProvider::auth0().await;
    let bench = Bench::new(vec![entry(&provider)]);
    let refusal = bench.refusal(&provider.token(SEED_API, NOW)).await;
    assert_eq!(refusal.reason, Reason::Client);
    assert_eq!(refusal.claim, Some("client_id"));
    assert!(refusal.message.starts_with(
        "OAuth authorization failed: Claim 'client_id' value mismatch with configuration."
    ));
    let seen = format!("'azp' = \"{}\"", provider.client_id());
    assert!(refusal.message.contains(&seen), "{refusal}");
    assert_eq!(refusal.fixes.len(), 2, "{refusal}");
    assert!(refusal.fixes[0].contains("RFC 9068"), "{refusal}");
    assert!(
        refusal.fixes[0].contains("in Auth0's settings"),
        "{refusal}"
    );
    assert!(
        refusal.fixes[1].contains("client_claim: auth0"),
        "{refusal}"
    );
    for fix in &refusal.fixes {
        assert!(refusal.message.contains(fix.as_str()), "{refusal}");
    }
}

#[tokio::test]
async fn the_first_cure_works_the_apis_profile() {
    let provider = FakeProvider::auth0().await;
    let bench = Bench::new(vec![entry(&provider)]);
    bench.refusal(&provider.token(SEED_API, NOW)).await;
    provider.set_profile(Profile::Rfc9068);
    let permit = bench.check(&provider.token(SEED_API, NOW)).await.unwrap();
    assert_eq!(permit.principal().client, provider.client_id());
    assert_eq!(permit.principal().issuer, provider.issuer());
    assert_eq!(permit.entry(), "customJWTAuthorizer");
    assert_eq!(permit.expires_at(), NOW + 86_400);
}

#[tokio::test]
async fn the_second_cure_works_client_claim_auth0() {
    let provider = FakeProvider::auth0().await;
    let mut rules = entry(&provider);
    rules.client_claim = ClientClaim::Auth0;
    let bench = Bench::new(vec![rules]);
    let permit = bench.check(&provider.token(SEED_API, NOW)).await.unwrap();
    assert_eq!(permit.principal().client, provider.client_id());
    provider.set_profile(Profile::Rfc9068);
    assert!(bench.check(&provider.token(SEED_API, NOW)).await.is_ok());
}

#[tokio::test]
async fn an_azp_that_is_not_allowed_either_is_said_to_be_so() {
    let provider = FakeProvider::auth0().await;
    let mut rules = entry(&provider);
    rules.allowed_clients = vec!["somebody-else".to_owned()];
    let bench = Bench::new(vec![rules]);
    let refusal = bench.refusal(&provider.token(SEED_API, NOW)).await;
    assert!(
        refusal.message.contains("not an allowed one either"),
        "{refusal}"
    );
    assert!(!refusal.message.contains("somebody-else"), "{refusal}");
}

#[tokio::test]
async fn changed_rules_change_the_verdict_on_the_same_token() {
    let provider = FakeProvider::auth0().await;
    provider.set_profile(Profile::Rfc9068);
    let mut bench = Bench::new(vec![entry(&provider)]);
    let token = provider.token(SEED_API, NOW);
    assert!(bench.check(&token).await.is_ok());
    let mut rules = entry(&provider);
    rules.allowed_clients = vec!["somebody-else".to_owned()];
    bench.set_entries(vec![rules]);
    assert_eq!(bench.refusal(&token).await.reason, Reason::Client);
}

#[tokio::test]
async fn cognito_tokens_are_accepted_without_aud_when_no_audience_is_demanded() {
    let provider = FakeProvider::cognito().await;
    let mut rules = entry(&provider);
    rules.allowed_audience.clear();
    rules.client_claim = ClientClaim::Cognito;
    let bench = Bench::new(vec![rules]);
    let permit = bench.check(&provider.token("", NOW)).await.unwrap();
    assert_eq!(permit.principal().client, provider.client_id());
    assert_eq!(permit.expires_at(), NOW + 3600);
}

#[tokio::test]
async fn r06_a_demanded_audience_of_cognito_is_explained() {
    let provider = FakeProvider::cognito().await;
    let bench = Bench::new(vec![entry(&provider)]);
    let refusal = bench.refusal(&provider.token("", NOW)).await;
    assert_eq!(refusal.reason, Reason::Audience);
    assert!(
        refusal.message.starts_with(
            "OAuth authorization failed: Claim 'aud' value mismatch with configuration."
        )
    );
    assert!(
        refusal.message.contains("leave allowedAudience empty"),
        "{refusal}"
    );
}
