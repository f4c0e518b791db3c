//! Algorithms, keys and signatures.

use serde_json::json;
use shukuba_testkit::provider::{FakeProvider, Profile, SEED_API};
use shukuba_verify::Reason;

use crate::support::{Bench, NOW, bent, entry, rfc9068};

#[tokio::test]
async fn r08_alg_none_is_refused_in_every_spelling_rfc_8725_section_3_1() {
    let (provider, bench) = rfc9068().await;
    let (_, claims) = provider.parts(SEED_API, NOW);
    let refusal = bench.refusal(&provider.unsigned(&claims)).await;
    assert_eq!(refusal.reason, Reason::Algorithm);
    assert!(refusal.message.contains("not signed"), "{refusal}");
    for alg in ["none", "None", "NONE", "nOnE"] {
        let token = bent(&provider, |header, _| header["alg"] = json!(alg));
        assert_eq!(bench.refusal(&token).await.reason, Reason::Algorithm);
    }
}

#[tokio::test]
async fn r08_hs256_with_the_public_key_as_secret_is_refused_in_every_form() {
    let (provider, bench) = rfc9068().await;
    let (_, claims) = provider.parts(SEED_API, NOW);
    let forged = provider.signed_with_public_key(&claims);
    assert_eq!(forged.len(), 4);
    for token in forged {
        let refusal = bench.refusal(&token).await;
        assert_eq!(refusal.reason, Reason::Algorithm);
        assert!(refusal.message.contains("HS256"), "{refusal}");
    }
}

#[tokio::test]
async fn r08_an_algorithm_the_key_is_not_for_is_refused() {
    let (provider, bench) = rfc9068().await;
    for alg in ["RS512", "PS256", "ES256", "EdDSA", "RS1", "rs256", ""] {
        let token = bent(&provider, |header, _| header["alg"] = json!(alg));
        assert_eq!(
            bench.refusal(&token).await.reason,
            Reason::Algorithm,
            "{alg}"
        );
    }
}

#[tokio::test]
async fn r09_the_same_kid_at_another_issuer_finds_another_key_cve_2026_49998() {
    let (one, other) = (FakeProvider::auth0().await, FakeProvider::auth0().await);
    for provider in [&one, &other] {
        provider.set_profile(Profile::Rfc9068);
        provider.set_kid("shared");
    }
    let mut rules = entry(&other);
    rules.allowed_clients.push(one.client_id().to_owned());
    let bench = Bench::new(vec![entry(&one), rules]);
    assert!(bench.check(&one.token(SEED_API, NOW)).await.is_ok());
    assert!(bench.check(&other.token(SEED_API, NOW)).await.is_ok());
    // The other issuer's claims, signed with the first one's key of the same name.
    let (header, claims) = other.parts(SEED_API, NOW);
    let crossed = one.mint(&header, &claims);
    assert_eq!(bench.refusal(&crossed).await.reason, Reason::Signature);
}

#[tokio::test]
async fn a_changed_or_missing_signature_is_refused() {
    let (provider, bench) = rfc9068().await;
    let good = provider.token(SEED_API, NOW);
    let (signed, signature) = good.rsplit_once('.').unwrap();
    let (header, _) = signed.split_once('.').unwrap();
    let (_, other_claims) = signed_parts(&provider.token("https://other.example", NOW));
    let swapped = format!("{header}.{other_claims}.{signature}");
    for bad in [format!("{signed}."), format!("{signed}.AAAA"), swapped] {
        assert_eq!(bench.refusal(&bad).await.reason, Reason::Signature);
    }
    assert!(bench.check(&good).await.is_ok());
}

fn signed_parts(token: &str) -> (String, String) {
    let mut parts = token.split('.').map(str::to_owned);
    (parts.next().unwrap(), parts.next().unwrap())
}

#[tokio::test]
async fn a_token_does_not_choose_its_key_rfc_8725_section_3_10() {
    let (provider, bench) = rfc9068().await;
    let attacker = FakeProvider::auth0().await;
    let (mut header, claims) = provider.parts(SEED_API, NOW);
    header["jwk"] = serde_json::to_value(&attacker.jwks().keys[0]).unwrap();
    header["jku"] = json!(format!("{}.well-known/jwks.json", attacker.issuer()));
    header["x5u"] = header["jku"].clone();
    let refusal = bench.refusal(&attacker.mint(&header, &claims)).await;
    assert_eq!(refusal.reason, Reason::Signature);
    assert_eq!(attacker.key_requests(), 0);
}

#[tokio::test]
async fn a_token_without_kid_is_tried_with_the_published_keys() {
    let (provider, bench) = rfc9068().await;
    let no_kid = bent(&provider, |header, _| {
        crate::support::without(header, "kid");
    });
    assert!(bench.check(&no_kid).await.is_ok());
}
