//! Tokens that were verified before.

use std::sync::Arc;

use shukuba_model::RuntimeId;
use shukuba_testkit::provider::SEED_API;
use shukuba_verify::Reason;

use crate::support::{NOW, rfc9068};

#[tokio::test]
async fn a_verified_token_gives_the_same_permit_until_it_expires() {
    let (provider, bench) = rfc9068().await;
    provider.set_lifetime(120).unwrap();
    let token = provider.token(SEED_API, NOW);
    let first = bench.check(&token).await.unwrap();
    let second = bench.check(&token).await.unwrap();
    assert!(Arc::ptr_eq(&first, &second));
    bench.clock.advance(179);
    assert!(bench.check(&token).await.is_ok(), "within the leeway");
    bench.clock.advance(1);
    assert_eq!(bench.refusal(&token).await.reason, Reason::Expired);
}

#[tokio::test]
async fn a_permit_names_the_runtime_it_was_given_for() {
    let (provider, mut bench) = rfc9068().await;
    let token = provider.token(SEED_API, NOW);
    let first = bench.check(&token).await.unwrap();
    assert_eq!(first.runtime(), &bench.runtime);
    let other: RuntimeId = "other-0123456789".parse().unwrap();
    bench.runtime = other.clone();
    let second = bench.check(&token).await.unwrap();
    assert_eq!(second.runtime(), &other);
}

#[tokio::test]
async fn a_token_that_differs_in_one_character_is_judged_anew() {
    let (provider, bench) = rfc9068().await;
    let token = provider.token(SEED_API, NOW);
    assert!(bench.check(&token).await.is_ok());
    let last = if token.ends_with('A') { "g" } else { "A" };
    let changed = format!("{}{last}", &token[..token.len() - 1]);
    assert!(bench.check(&changed).await.is_err());
}
