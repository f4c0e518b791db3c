//! The rules on claims: each is broken alone, on a token that is good otherwise.

use serde_json::{Value, json};
use shukuba_testkit::provider::SEED_API;
use shukuba_verify::Reason;

use crate::support::{Bench, NOW, bent, entry, rfc9068, without};

type Bend = fn(&mut Value, &mut Value);

/// Case, how the token is bent, the reason, a part of the message.
const BENT: &[(&str, Bend, Reason, &str)] = &[
    (
        "r03 expired",
        |_, c| c["exp"] = json!(NOW - 61),
        Reason::Expired,
        "has expired",
    ),
    (
        "r03 expired at the leeway's end",
        |_, c| c["exp"] = json!(NOW - 60),
        Reason::Expired,
        "60 s ago",
    ),
    (
        "r03 exp absent",
        |_, c| without(c, "exp"),
        Reason::Expired,
        "no 'exp'",
    ),
    (
        "r03 exp as text",
        |_, c| c["exp"] = json!("1900000000"),
        Reason::MalformedToken,
        "'exp' is a string",
    ),
    (
        "r03 exp null",
        |_, c| c["exp"] = json!(null),
        Reason::MalformedToken,
        "'exp' is null",
    ),
    (
        "r03 nbf ahead",
        |_, c| c["nbf"] = json!(NOW + 61),
        Reason::NotYetValid,
        "'nbf'",
    ),
    (
        "r03 nbf as text",
        |_, c| c["nbf"] = json!("0"),
        Reason::MalformedToken,
        "'nbf' is a string",
    ),
    (
        "r03 iat ahead",
        |_, c| c["iat"] = json!(NOW + 61),
        Reason::NotYetValid,
        "'iat'",
    ),
    (
        "r04 another issuer",
        |_, c| c["iss"] = json!("https://evil.example/"),
        Reason::Issuer,
        "https://evil.example/",
    ),
    (
        "r04 iss without its slash",
        |_, c| {
            let iss = c["iss"].as_str().unwrap().trim_end_matches('/').to_owned();
            c["iss"] = json!(iss);
        },
        Reason::Issuer,
        "only by the slash",
    ),
    (
        "r04 iss absent",
        |_, c| without(c, "iss"),
        Reason::Issuer,
        "no 'iss'",
    ),
    (
        "r04 iss as list",
        |_, c| c["iss"] = json!(["a"]),
        Reason::MalformedToken,
        "'iss' is a list",
    ),
    (
        "r05 another audience",
        |_, c| c["aud"] = json!("https://other.example/"),
        Reason::Audience,
        "https://other.example/",
    ),
    (
        "r05 aud without its slash",
        |_, c| c["aud"] = json!(SEED_API.trim_end_matches('/')),
        Reason::Audience,
        "only difference is the slash",
    ),
    (
        "r05 aud in another case",
        |_, c| c["aud"] = json!(SEED_API.to_uppercase()),
        Reason::Audience,
        "no allowed audience",
    ),
    (
        "r05 aud as prefix",
        |_, c| c["aud"] = json!(format!("{SEED_API}x")),
        Reason::Audience,
        "no allowed audience",
    ),
    (
        "r05 aud empty list",
        |_, c| c["aud"] = json!([]),
        Reason::Audience,
        "empty 'aud'",
    ),
    (
        "r05 an address counts only for tokens of our own",
        |_, c| c["aud"] = json!("http://127.0.0.1:8430/mcp/mcp_server"),
        Reason::Audience,
        "no allowed audience",
    ),
    (
        "r06 aud absent",
        |_, c| without(c, "aud"),
        Reason::Audience,
        "no 'aud'",
    ),
    (
        "r06 aud null",
        |_, c| c["aud"] = json!(null),
        Reason::MalformedToken,
        "'aud' is null",
    ),
    (
        "r07 ID token by nonce",
        |h, c| {
            h["typ"] = json!("JWT");
            c["nonce"] = json!("n");
        },
        Reason::TokenType,
        "'nonce'",
    ),
    (
        "r07 ID token by at_hash, no typ",
        |h, c| {
            without(h, "typ");
            c["at_hash"] = json!("x");
        },
        Reason::TokenType,
        "'at_hash'",
    ),
    (
        "r07 another typ",
        |h, _| h["typ"] = json!("dpop+jwt"),
        Reason::TokenType,
        "dpop+jwt",
    ),
    (
        "r07 a logout token",
        |h, _| h["typ"] = json!("application/logout+jwt"),
        Reason::TokenType,
        "logout+jwt",
    ),
    (
        "r07 Cognito's ID token",
        |h, c| {
            without(h, "typ");
            c["token_use"] = json!("id");
        },
        Reason::TokenType,
        "token_use",
    ),
    (
        "r16 bound to a key, sent as a bearer token",
        |_, c| c["cnf"] = json!({"jkt": "x"}),
        Reason::TokenType,
        "'cnf'",
    ),
    (
        "r12 client absent",
        |_, c| without(c, "client_id"),
        Reason::Client,
        "no 'client_id'",
    ),
    (
        "r12 another client",
        |_, c| c["client_id"] = json!("intruder"),
        Reason::Client,
        "'client_id' = \"intruder\"",
    ),
    (
        "r12 client as list",
        |_, c| c["client_id"] = json!(["a"]),
        Reason::MalformedToken,
        "'client_id' is a list",
    ),
    (
        "r12 Okta's cid",
        |_, c| {
            without(c, "client_id");
            c["cid"] = json!("okta-app");
        },
        Reason::Client,
        "'cid' = \"okta-app\"",
    ),
    (
        "r12 sub is no client",
        |_, c| {
            let client = c["client_id"].clone();
            c["sub"] = client;
            without(c, "client_id");
        },
        Reason::Client,
        "no 'client_id'",
    ),
];

#[tokio::test]
async fn r03_r04_r05_r06_r07_r12_r16_each_broken_claim_is_refused_with_401_its_reason_and_its_name()
{
    let (provider, bench) = rfc9068().await;
    for (case, bend, reason, part) in BENT {
        let refusal = bench.refusal(&bent(&provider, bend)).await;
        assert_eq!(refusal.reason, *reason, "{case}: {refusal}");
        assert_eq!(refusal.status, 401, "{case}");
        assert_eq!(refusal.error, Some("invalid_token"), "{case}");
        assert!(refusal.message.contains(part), "{case}: {refusal}");
        assert!(
            refusal.message.starts_with("OAuth authorization failed: "),
            "{case}: {refusal}"
        );
    }
    assert_eq!(provider.key_requests(), 1, "one fetch served them all");
}

#[tokio::test]
async fn agentcores_sentences_come_first_and_to_the_letter() {
    let (provider, bench) = rfc9068().await;
    let client = bench
        .refusal(&bent(&provider, |_, c| c["client_id"] = json!("x")))
        .await;
    assert!(client.message.starts_with(
        "OAuth authorization failed: Claim 'client_id' value mismatch with configuration."
    ));
    let audience = bench
        .refusal(&bent(&provider, |_, c| c["aud"] = json!("x")))
        .await;
    assert!(
        audience.message.starts_with(
            "OAuth authorization failed: Claim 'aud' value mismatch with configuration."
        )
    );
}

#[tokio::test]
async fn a_refusal_gives_no_allowed_value_away() {
    let (provider, bench) = rfc9068().await;
    for bend in [
        (|_: &mut Value, c: &mut Value| c["client_id"] = json!("x")) as Bend,
        |_, c| c["aud"] = json!("x"),
    ] {
        let refusal = bench.refusal(&bent(&provider, bend)).await;
        let whole = format!("{refusal:?}");
        let secret = match refusal.reason {
            Reason::Client => provider.client_id(),
            _ => SEED_API,
        };
        assert!(!whole.contains(secret), "{whole}");
    }
}

#[tokio::test]
async fn o12_times_within_the_leeway_and_other_typ_spellings_are_accepted() {
    let (provider, bench) = rfc9068().await;
    let good: [Bend; 8] = [
        |_, _| {},
        |_, c| c["exp"] = json!(NOW - 59),
        |_, c| c["nbf"] = json!(NOW + 60),
        |_, c| c["iat"] = json!(NOW + 60),
        |_, c| c["aud"] = json!(["https://t.auth0.com/userinfo", SEED_API]),
        |h, _| h["typ"] = json!("application/at+jwt"),
        |h, _| h["typ"] = json!("AT+JWT"),
        |h, _| without(h, "typ"),
    ];
    for (number, bend) in good.into_iter().enumerate() {
        let outcome = bench.check(&bent(&provider, bend)).await;
        assert!(outcome.is_ok(), "{number}: {outcome:?}");
    }
}

#[tokio::test]
async fn r13_a_missing_scope_is_the_only_403_and_names_the_scopes_rfc_6750_section_3_1() {
    let (provider, _) = rfc9068().await;
    let mut rules = entry(&provider);
    rules.allowed_scopes = vec!["mcp:call".to_owned(), "mcp:admin".to_owned()];
    let bench = Bench::new(vec![rules]);
    let refused: [Bend; 3] = [
        |_, _| {},
        |_, c| c["scope"] = json!("mcp:callx other"),
        |_, c| c["scope"] = json!(""),
    ];
    for bend in refused {
        let refusal = bench.refusal(&bent(&provider, bend)).await;
        assert_eq!(refusal.reason, Reason::InsufficientScope);
        assert_eq!(refusal.status, 403);
        assert_eq!(refusal.error, Some("insufficient_scope"));
        assert_eq!(refusal.scope.as_deref(), Some("mcp:call mcp:admin"));
    }
    let both_wrong = bent(&provider, |_, c| c["client_id"] = json!("x"));
    assert_eq!(bench.refusal(&both_wrong).await.status, 401);
    let good: [Bend; 2] = [
        |_, c| c["scope"] = json!("other mcp:call"),
        |_, c| c["scp"] = json!(["mcp:admin"]),
    ];
    for bend in good {
        assert!(bench.check(&bent(&provider, bend)).await.is_ok());
    }
}

#[tokio::test]
async fn r18_scopes_are_read_from_scope_and_scp_and_never_from_roles_or_a_scope_list() {
    let (provider, _) = rfc9068().await;
    let mut rules = entry(&provider);
    rules.allowed_scopes = vec!["mcp:call".to_owned()];
    let bench = Bench::new(vec![rules]);
    let listed = bent(&provider, |_, c| c["scp"] = json!(["x", "mcp:call"]));
    assert!(bench.check(&listed).await.is_ok());
    let refused: [(Reason, Bend); 3] = [
        (Reason::InsufficientScope, |_, c| {
            c["roles"] = json!(["mcp:call"]);
        }),
        (Reason::InsufficientScope, |_, c| {
            c["permissions"] = json!(["mcp:call"]);
        }),
        (Reason::MalformedToken, |_, c| {
            c["scope"] = json!(["mcp:call"]);
        }),
    ];
    for (reason, bend) in refused {
        assert_eq!(bench.refusal(&bent(&provider, bend)).await.reason, reason);
    }
}

#[tokio::test]
async fn a_token_that_speaks_for_nobody_is_refused_where_no_client_is_demanded() {
    let (provider, _) = rfc9068().await;
    let mut rules = entry(&provider);
    rules.allowed_clients.clear();
    let bench = Bench::new(vec![rules]);
    let nobody = bent(&provider, |_, c| {
        without(c, "sub");
        without(c, "client_id");
    });
    assert_eq!(bench.refusal(&nobody).await.reason, Reason::Client);
    let subject_only = bent(&provider, |_, c| without(c, "client_id"));
    let permit = bench.check(&subject_only).await.unwrap();
    assert!(permit.principal().client.is_empty());
    assert!(permit.principal().subject.ends_with("@clients"));
}

#[tokio::test]
async fn entries_are_never_mixed() {
    let (provider, _) = rfc9068().await;
    let mut one = entry(&provider);
    one.name = "one".to_owned();
    one.allowed_clients = vec!["somebody".to_owned()];
    let mut other = entry(&provider);
    other.name = "other".to_owned();
    other.allowed_audience = vec!["https://other.example".to_owned()];
    let bench = Bench::new(vec![one, other]);
    // The client fits the second entry and the audience the first.
    let mixed = provider.token(SEED_API, NOW);
    assert_eq!(bench.refusal(&mixed).await.reason, Reason::Client);
    let second = provider.token("https://other.example", NOW);
    assert_eq!(bench.check(&second).await.unwrap().entry(), "other");
}

#[tokio::test]
async fn an_authorizer_without_entries_lets_nobody_in() {
    let (provider, _) = rfc9068().await;
    let bench = Bench::new(Vec::new());
    let refusal = bench.refusal(&provider.token(SEED_API, NOW)).await;
    assert_eq!(refusal.reason, Reason::Issuer);
}
