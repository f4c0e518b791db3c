//! Tokens of our own issuer: judged without a fetch, with the same clock.

use serde_json::json;
use shukuba_model::jose::OwnIssuer;
use shukuba_testkit::provider::{FakeProvider, Profile, SEED_API};
use shukuba_verify::Reason;

use crate::support::{Bench, NOW, bent, entry};

/// A provider whose keys are published as our own issuer's; nothing may be fetched from it.
async fn own() -> (FakeProvider, Bench) {
    let provider = FakeProvider::auth0().await;
    provider.set_profile(Profile::Rfc9068);
    let bench = Bench::new(vec![entry(&provider)]);
    publish(&bench, &provider);
    (provider, bench)
}

fn publish(bench: &Bench, provider: &FakeProvider) {
    bench.own.publish(OwnIssuer {
        issuer: provider.issuer(),
        discovery_urls: vec![provider.discovery_url()],
        keys: provider.jwks(),
        ..OwnIssuer::default()
    });
}

#[tokio::test]
async fn our_own_tokens_are_judged_without_a_fetch() {
    let (provider, bench) = own().await;
    let permit = bench.check(&provider.token(SEED_API, NOW)).await.unwrap();
    assert_eq!(permit.principal().issuer, provider.issuer());
    let unknown = bent(&provider, |header, _| header["kid"] = json!("unknown"));
    assert_eq!(bench.refusal(&unknown).await.reason, Reason::UnknownKey);
    assert_eq!(provider.key_requests(), 0);
    assert_eq!(provider.requests("/.well-known/openid-configuration"), 0);
}

#[tokio::test]
async fn our_own_clock_needs_no_leeway() {
    let (provider, bench) = own().await;
    let expired = bent(&provider, |_, claims| claims["exp"] = json!(NOW));
    assert_eq!(bench.refusal(&expired).await.reason, Reason::Expired);
    let early = bent(&provider, |_, claims| claims["nbf"] = json!(NOW + 1));
    assert_eq!(bench.refusal(&early).await.reason, Reason::NotYetValid);
    let last_second = bent(&provider, |_, claims| claims["exp"] = json!(NOW + 1));
    assert!(bench.check(&last_second).await.is_ok());
}

#[tokio::test]
async fn an_address_of_the_runtime_counts_as_audience() {
    let (provider, bench) = own().await;
    let address = bench.audiences[0].clone();
    assert!(bench.check(&provider.token(&address, NOW)).await.is_ok());
    let other = provider.token("http://127.0.0.1:8430/mcp/other", NOW);
    assert_eq!(bench.refusal(&other).await.reason, Reason::Audience);
}

#[tokio::test]
async fn the_cure_of_auth0s_profile_is_a_command_with_the_apis_identifier() {
    let (provider, bench) = own().await;
    provider.set_profile(Profile::Auth0);
    let both = json!([bench.audiences[0], SEED_API]);
    let token = bent(&provider, |_, claims| claims["aud"] = both);
    let refusal = bench.refusal(&token).await;
    assert_eq!(refusal.fixes.len(), 2);
    let command = format!("shukuba api update {SEED_API} --profile rfc9068");
    assert!(refusal.message.contains(&command), "{refusal}");
}

#[tokio::test]
async fn r15_a_withdrawn_key_of_our_own_kills_its_verified_tokens_at_once() {
    let (provider, bench) = own().await;
    let token = provider.token(SEED_API, NOW);
    assert!(bench.check(&token).await.is_ok());
    provider.rotate_keys();
    publish(&bench, &provider);
    assert!(bench.check(&token).await.is_ok(), "still published");
    provider.revoke_previous_keys();
    publish(&bench, &provider);
    assert_eq!(bench.refusal(&token).await.reason, Reason::UnknownKey);
}
