//! Providers that are down, slow, or rotate their keys.

use std::time::Duration;

use serde_json::json;
use shukuba_testkit::provider::SEED_API;
use shukuba_verify::Reason;

use crate::support::{Bench, NOW, bent, entry, rfc9068};

#[tokio::test]
async fn r10_a_thousand_unknown_kids_cause_one_fetch_and_known_keys_still_serve() {
    let (provider, bench) = rfc9068().await;
    assert!(bench.check(&provider.token(SEED_API, NOW)).await.is_ok());
    assert_eq!(provider.key_requests(), 1);
    for number in 0..1000 {
        let token = bent(&provider, |header, _| {
            header["kid"] = json!(format!("random-{number}"));
        });
        assert_eq!(bench.refusal(&token).await.reason, Reason::UnknownKey);
    }
    assert_eq!(provider.key_requests(), 2);
    assert!(
        bench
            .check(&provider.token(SEED_API, NOW + 1))
            .await
            .is_ok()
    );
    bench.clock.advance(30);
    let token = bent(&provider, |header, _| header["kid"] = json!("later"));
    bench.refusal(&token).await;
    assert_eq!(provider.key_requests(), 3);
}

#[tokio::test]
async fn rotated_keys_are_fetched_when_their_first_token_comes() {
    let (provider, bench) = rfc9068().await;
    let old = provider.token(SEED_API, NOW);
    assert!(bench.check(&old).await.is_ok());
    provider.rotate_keys();
    assert!(bench.check(&provider.token(SEED_API, NOW)).await.is_ok());
    assert_eq!(provider.key_requests(), 2);
    assert!(
        bench.check(&old).await.is_ok(),
        "the old key is still published"
    );
}

#[tokio::test]
async fn r15_a_withdrawn_key_stops_counting_once_the_key_set_is_fetched_again() {
    let (provider, bench) = rfc9068().await;
    let old = provider.token(SEED_API, NOW);
    assert!(bench.check(&old).await.is_ok());
    provider.rotate_keys();
    provider.revoke_previous_keys();
    bench.clock.advance(600);
    assert_eq!(bench.refusal(&old).await.reason, Reason::UnknownKey);
}

#[tokio::test]
async fn r11_a_provider_that_was_never_reached_is_401_and_recovers() {
    let (provider, bench) = rfc9068().await;
    provider.down(true);
    let token = provider.token(SEED_API, NOW);
    for _ in 0..3 {
        let refusal = bench.refusal(&token).await;
        assert_eq!(refusal.reason, Reason::ProviderUnavailable);
        assert_eq!(refusal.status, 401);
        assert!(
            !refusal.message.contains("127.0.0.1"),
            "the caller is not told where: {refusal}"
        );
    }
    let discovery = "/.well-known/openid-configuration";
    assert_eq!(
        provider.requests(discovery),
        1,
        "it is not asked with every request"
    );
    provider.down(false);
    bench.clock.advance(5);
    assert!(bench.check(&token).await.is_ok());
}

#[tokio::test]
async fn r11_stale_keys_serve_while_the_provider_is_down_but_not_for_ever() {
    let (provider, bench) = rfc9068().await;
    provider.set_lifetime(2_592_000).unwrap();
    assert!(bench.check(&provider.token(SEED_API, NOW)).await.is_ok());
    provider.down(true);
    bench.clock.advance(3600);
    assert!(
        bench
            .check(&provider.token(SEED_API, NOW + 1))
            .await
            .is_ok()
    );
    let unknown = bent(&provider, |header, _| header["kid"] = json!("unknown"));
    assert_eq!(bench.refusal(&unknown).await.reason, Reason::UnknownKey);
    bench.clock.advance(86_400);
    let refusal = bench.refusal(&provider.token(SEED_API, NOW + 2)).await;
    assert_eq!(refusal.reason, Reason::ProviderUnavailable);
}

#[tokio::test]
async fn a_slow_provider_is_given_up_and_older_keys_serve() {
    let (provider, _) = rfc9068().await;
    let bench = Bench::patient(vec![entry(&provider)], Duration::from_secs(2));
    let token = provider.token(SEED_API, NOW);
    provider.delay(Duration::from_secs(60));
    let refusal = bench.refusal(&token).await;
    assert_eq!(refusal.reason, Reason::ProviderUnavailable);
    provider.delay(Duration::ZERO);
    bench.clock.advance(5);
    assert!(bench.check(&token).await.is_ok());
    provider.delay(Duration::from_secs(60));
    bench.clock.advance(600);
    assert!(
        bench
            .check(&provider.token(SEED_API, NOW + 600))
            .await
            .is_ok()
    );
}

#[tokio::test]
async fn many_first_requests_at_once_cause_one_fetch() {
    let (provider, bench) = rfc9068().await;
    provider.delay(Duration::from_millis(20));
    let bench = std::sync::Arc::new(bench);
    let mut tasks = tokio::task::JoinSet::new();
    for number in 0..50 {
        let bench = std::sync::Arc::clone(&bench);
        let token = provider.token(SEED_API, NOW - number);
        tasks.spawn(async move { bench.check(&token).await.is_ok() });
    }
    assert!(tasks.join_all().await.into_iter().all(|good| good));
    assert_eq!(provider.key_requests(), 1);
}

#[tokio::test]
async fn a_caller_that_goes_away_does_not_take_the_fetch_with_it() {
    let (provider, bench) = rfc9068().await;
    let token = provider.token(SEED_API, NOW);
    provider.delay(Duration::from_secs(1));
    let impatient = tokio::time::timeout(Duration::from_millis(200), bench.check(&token)).await;
    assert!(impatient.is_err());
    provider.delay(Duration::ZERO);
    assert!(bench.check(&token).await.is_ok());
    assert_eq!(provider.requests("/.well-known/openid-configuration"), 1);
}

#[tokio::test]
async fn one_provider_that_is_down_does_not_shut_out_the_tokens_of_another() {
    let (provider, _) = rfc9068().await;
    let (dead, _) = rfc9068().await;
    dead.down(true);
    let entries = vec![entry(&dead), entry(&provider)];
    let bench = Bench::new(entries);
    assert!(bench.check(&provider.token(SEED_API, NOW)).await.is_ok());
    let refusal = bench.refusal(&dead.token(SEED_API, NOW)).await;
    assert_eq!(refusal.reason, Reason::ProviderUnavailable);
}
