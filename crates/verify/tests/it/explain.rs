//! Explanations: the same judgement as a check, with every rule shown.

use serde_json::{Value, json};
use shukuba_model::wire::Verdict;
use shukuba_testkit::provider::{FakeProvider, SEED_API};

use crate::support::{Bench, NOW, bent, entry, rfc9068, rule, without};

const RULES: [&str; 13] = [
    "format",
    "algorithm",
    "issuer",
    "signature",
    "entry",
    "typ",
    "exp",
    "nbf",
    "revoked",
    "client_id",
    "user",
    "aud",
    "scope",
];

#[tokio::test]
async fn every_rule_is_shown_in_order_whatever_the_token() {
    let (provider, bench) = rfc9068().await;
    let good = provider.token(SEED_API, NOW);
    let expired = bent(&provider, |_, c| c["exp"] = json!(1));
    let foreign = bent(&provider, |_, c| c["iss"] = json!("https://x.example"));
    for token in [good.as_str(), &expired, &foreign, "garbage", "", "a b"] {
        let explanation = bench.explain(token).await;
        let names: Vec<&str> = explanation.rules.iter().map(|r| r.rule.as_str()).collect();
        assert_eq!(names, RULES);
        assert_eq!(explanation.runtime, "mcp_server");
        assert_eq!(explanation.admitted, explanation.message.is_none());
    }
    assert!(bench.explain(&good).await.admitted);
}

#[tokio::test]
async fn a_check_and_an_explanation_never_differ() {
    let (provider, bench) = rfc9068().await;
    let bends: [fn(&mut Value, &mut Value); 7] = [
        |_, _| {},
        |h, _| h["alg"] = json!("none"),
        |h, _| h["kid"] = json!("x"),
        |_, c| c["iss"] = json!("x"),
        |_, c| c["exp"] = json!(0),
        |_, c| without(c, "client_id"),
        |_, c| c["aud"] = json!("x"),
    ];
    for bend in bends {
        let token = bent(&provider, bend);
        let explanation = bench.explain(&token).await;
        match bench.check(&token).await {
            Ok(_) => assert!(explanation.admitted),
            Err(refusal) => assert_eq!(explanation.message.as_ref(), Some(&refusal.message)),
        }
    }
}

#[tokio::test]
async fn after_the_first_failure_the_other_rules_on_claims_are_still_judged() {
    let provider = FakeProvider::auth0().await;
    let bench = Bench::new(vec![entry(&provider)]);
    let token = bent(&provider, |_, claims| claims["exp"] = json!(NOW - 3600));
    let explanation = bench.explain(&token).await;
    assert!(!explanation.admitted);
    assert_eq!(explanation.entry.as_deref(), Some("customJWTAuthorizer"));
    assert_eq!(rule(&explanation, "signature").verdict, Verdict::Pass);
    assert_eq!(rule(&explanation, "exp").verdict, Verdict::Fail);
    assert_eq!(rule(&explanation, "client_id").verdict, Verdict::Fail);
    assert_eq!(rule(&explanation, "client_id").fixes.len(), 2);
    assert_eq!(rule(&explanation, "aud").verdict, Verdict::Pass);
    assert_eq!(rule(&explanation, "scope").verdict, Verdict::Skipped);
    assert!(explanation.message.unwrap().contains("has expired"));
}

#[tokio::test]
async fn an_explanation_names_the_allowed_values_to_whoever_runs_the_server() {
    let (provider, bench) = rfc9068().await;
    let token = bent(&provider, |_, c| {
        c["client_id"] = json!("x");
        c["aud"] = json!("y");
    });
    let explanation = bench.explain(&token).await;
    let client = rule(&explanation, "client_id");
    assert!(
        client
            .expected
            .as_ref()
            .unwrap()
            .contains(provider.client_id())
    );
    assert!(client.seen.as_ref().unwrap().contains("\"x\""));
    let aud = rule(&explanation, "aud");
    assert!(aud.expected.as_ref().unwrap().contains(SEED_API));
}

#[tokio::test]
async fn nothing_is_judged_after_a_signature_that_does_not_hold() {
    let (provider, bench) = rfc9068().await;
    let forged = format!(
        "{}A",
        provider.token(SEED_API, NOW).rsplit_once('.').unwrap().0
    );
    let explanation = bench.explain(&format!("{forged}.AAAA")).await;
    for name in ["typ", "exp", "nbf", "client_id", "aud", "scope"] {
        assert_eq!(rule(&explanation, name).verdict, Verdict::Skipped, "{name}");
    }
}

#[tokio::test]
async fn an_unreachable_provider_is_named_with_its_cause() {
    let (provider, bench) = rfc9068().await;
    provider.down(true);
    let explanation = bench.explain(&provider.token(SEED_API, NOW)).await;
    let issuer = rule(&explanation, "issuer");
    assert_eq!(issuer.verdict, Verdict::Fail);
    let expected = issuer.expected.as_ref().unwrap();
    assert!(expected.contains(&provider.discovery_url()), "{expected}");
}
