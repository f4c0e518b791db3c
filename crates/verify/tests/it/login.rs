//! People who log in at our own issuer, beside the applications that an entry
//! configured by hand lets in.

use serde_json::{Value, json};
use shukuba_model::jose::OwnIssuer;
use shukuba_model::revocation::{Revocations, Revoked};
use shukuba_model::wire::Verdict;
use shukuba_model::{Entry, LoginAllow, LoginEntry};
use shukuba_testkit::provider::{FakeProvider, Profile, SEED_API};
use shukuba_verify::Reason;

use crate::support::{Bench, NOW, bent, entry, rule, without};

/// The client that registered itself.
const SELF_REGISTERED: &str = "dyn-7Wc1";

/// What a runtime lets in.
enum Rules {
    Configured,
    Login(LoginAllow),
    Both(LoginAllow),
}

fn login(allow: LoginAllow) -> LoginEntry {
    LoginEntry {
        allow,
        api: SEED_API.parse().unwrap(),
    }
}

/// A runtime of our own issuer, for which the fake provider signs.
async fn bench(rules: Rules) -> (FakeProvider, Bench) {
    let provider = FakeProvider::auth0().await;
    provider.set_profile(Profile::Rfc9068);
    let (entries, login) = match rules {
        Rules::Configured => (vec![configured(&provider)], None),
        Rules::Login(allow) => (Vec::new(), Some(login(allow))),
        Rules::Both(allow) => (vec![configured(&provider)], Some(login(allow))),
    };
    let bench = Bench::with_login(entries, login);
    publish(&bench, &provider, Revoked::default());
    (provider, bench)
}

/// The seed's entry, in which somebody has even named the self-registered client.
fn configured(provider: &FakeProvider) -> Entry {
    let mut entry = entry(provider);
    entry.allowed_clients.push(SELF_REGISTERED.to_owned());
    entry
}

fn publish(bench: &Bench, provider: &FakeProvider, revoked: Revoked) {
    bench.own.publish(OwnIssuer {
        issuer: provider.issuer(),
        discovery_urls: vec![provider.discovery_url()],
        keys: provider.jwks(),
        revoked: Revocations::new(revoked),
    });
}

/// A token for the person `ada`, through the self-registered client, bent.
fn person(provider: &FakeProvider, bend: impl FnOnce(&mut Value, &mut Value)) -> String {
    bent(provider, |header, claims| {
        header["typ"] = json!("at+jwt");
        claims["sub"] = json!("usr_ada");
        claims["username"] = json!("ada");
        claims["grant_id"] = json!("grant-1");
        claims["client_id"] = json!(SELF_REGISTERED);
        claims["jti"] = json!("token-1");
        bend(header, claims);
    })
}

fn ada(provider: &FakeProvider) -> String {
    person(provider, |_, _| {})
}

fn users(names: &[&str]) -> LoginAllow {
    let names: Vec<String> = names.iter().map(ToString::to_string).collect();
    names.into()
}

#[tokio::test]
async fn applications_are_judged_by_the_configured_entry_and_people_by_login() {
    let (provider, bench) = bench(Rules::Both(LoginAllow::All)).await;
    for (token, name) in [
        (provider.token(SEED_API, NOW), "customJWTAuthorizer"),
        (ada(&provider), "login"),
    ] {
        assert_eq!(bench.check(&token).await.unwrap().entry(), name);
        let explanation = bench.explain(&token).await;
        assert_eq!(explanation.entry.as_deref(), Some(name));
        let entry = rule(&explanation, "entry");
        assert_eq!(entry.verdict, Verdict::Pass);
        assert!(entry.expected.as_ref().unwrap().ends_with(name));
    }
    let permit = bench.check(&ada(&provider)).await.unwrap();
    assert_eq!(permit.principal().subject, "usr_ada");
    assert_eq!(permit.principal().client, SELF_REGISTERED);
    assert_eq!(provider.requests("/.well-known/openid-configuration"), 0);
}

#[tokio::test]
async fn a_person_is_refused_where_login_is_off_and_told_how_to_turn_it_on() {
    let (provider, bench) = bench(Rules::Configured).await;
    let refusal = bench.refusal(&ada(&provider)).await;
    assert_eq!((refusal.reason, refusal.status), (Reason::Entry, 401));
    for part in [
        "Logging in is off for this runtime",
        "shukuba configure",
        "'login: true' under 'shukuba:'",
    ] {
        assert!(refusal.message.contains(part), "{refusal}");
    }
    let explanation = bench.explain(&ada(&provider)).await;
    assert_eq!(explanation.entry, None, "no entry has judged");
    assert_eq!(rule(&explanation, "entry").verdict, Verdict::Fail);
    assert_eq!(rule(&explanation, "aud").verdict, Verdict::Skipped);
}

#[tokio::test]
async fn an_application_is_refused_where_only_people_are_let_in() {
    let (provider, bench) = bench(Rules::Login(LoginAllow::All)).await;
    assert_eq!(bench.check(&ada(&provider)).await.unwrap().entry(), "login");
    let refusal = bench.refusal(&provider.token(SEED_API, NOW)).await;
    assert_eq!(refusal.reason, Reason::Entry);
    assert!(refusal.message.contains("customJWTAuthorizer"), "{refusal}");
}

#[tokio::test]
async fn a_self_registered_client_is_never_let_in_by_allowed_clients() {
    let (provider, off) = bench(Rules::Configured).await;
    assert_eq!(off.refusal(&ada(&provider)).await.reason, Reason::Entry);
    // Where login is on, it alone decides: eve's client is an allowed one, she is not.
    let (provider, on) = bench(Rules::Both(users(&["ada"]))).await;
    let eve = person(&provider, |_, claims| {
        claims["sub"] = json!("usr_eve");
        claims["username"] = json!("eve");
    });
    assert_eq!(on.refusal(&eve).await.reason, Reason::User);
    assert_eq!(on.check(&ada(&provider)).await.unwrap().entry(), "login");
}

#[tokio::test]
async fn a_forged_token_of_a_person_is_called_forged_whether_login_is_on_or_off() {
    for rules in [Rules::Configured, Rules::Login(LoginAllow::All)] {
        let (provider, bench) = bench(rules).await;
        let token = ada(&provider);
        let (signed, _) = token.rsplit_once('.').unwrap();
        let forged = format!("{signed}.AAAA");
        assert_eq!(bench.refusal(&forged).await.reason, Reason::Signature);
    }
}

#[tokio::test]
async fn login_allow_names_people_byte_for_byte() {
    let (provider, bench) = bench(Rules::Login(users(&["ada", "bob"]))).await;
    assert!(bench.check(&ada(&provider)).await.is_ok());
    for name in [json!("Ada"), json!("ad"), json!(""), json!(null), json!(7)] {
        let token = person(&provider, |_, claims| claims["username"] = name.clone());
        let refusal = bench.refusal(&token).await;
        assert_eq!(refusal.reason, Reason::User, "{name}");
        assert_eq!(refusal.claim, Some("username"));
        assert!(!refusal.message.contains("bob"), "{refusal}");
    }
    let nameless = person(&provider, |_, claims| without(claims, "username"));
    assert_eq!(bench.refusal(&nameless).await.reason, Reason::User);
}

#[tokio::test]
async fn a_token_for_the_api_or_any_address_of_the_runtime_is_for_login() {
    let (provider, bench) = bench(Rules::Both(LoginAllow::All)).await;
    let address = bench.audiences[0].clone();
    for aud in [
        json!(SEED_API),
        json!(address),
        json!([SEED_API, address]),
        json!(["x", address]),
    ] {
        let token = person(&provider, |_, claims| claims["aud"] = aud.clone());
        assert!(bench.check(&token).await.is_ok(), "{aud}");
    }
    for aud in [
        json!(SELF_REGISTERED),
        json!("http://127.0.0.1:8430/mcp/other"),
        json!([]),
    ] {
        let token = person(&provider, |_, claims| claims["aud"] = aud.clone());
        assert_eq!(
            bench.refusal(&token).await.reason,
            Reason::Audience,
            "{aud}"
        );
    }
}

#[tokio::test]
async fn the_rules_of_every_access_token_hold_for_people_too() {
    let (provider, bench) = bench(Rules::Login(LoginAllow::All)).await;
    type Bend = fn(&mut Value, &mut Value);
    let bends: [(Reason, Bend); 7] = [
        (Reason::TokenType, |h, c| {
            h["typ"] = json!("JWT");
            c["nonce"] = json!("n");
        }),
        (Reason::TokenType, |h, _| h["typ"] = json!("logout+jwt")),
        (Reason::TokenType, |_, c| c["cnf"] = json!({"jkt": "x"})),
        (Reason::Expired, |_, c| c["exp"] = json!(NOW)),
        (Reason::Expired, |_, c| without(c, "exp")),
        (Reason::NotYetValid, |_, c| c["iat"] = json!(NOW + 1)),
        (Reason::User, |_, c| without(c, "sub")),
    ];
    for (number, (reason, bend)) in bends.into_iter().enumerate() {
        let refusal = bench.refusal(&person(&provider, bend)).await;
        assert_eq!(refusal.reason, reason, "{number}: {refusal}");
    }
    let auth0 = person(&provider, |header, claims| {
        header["typ"] = json!("JWT");
        claims["azp"] = json!(SELF_REGISTERED);
        without(claims, "client_id");
        without(claims, "jti");
    });
    let permit = bench.check(&auth0).await.unwrap();
    assert_eq!(permit.principal().client, SELF_REGISTERED);
}

#[tokio::test]
async fn people_of_another_issuer_are_judged_by_its_entry_as_before() {
    let foreign = FakeProvider::auth0().await;
    foreign.set_profile(Profile::Rfc9068);
    let ours = FakeProvider::auth0().await;
    let bench = Bench::with_login(vec![entry(&foreign)], Some(login(LoginAllow::All)));
    publish(&bench, &ours, Revoked::default());
    let token = bent(&foreign, |_, claims| claims["sub"] = json!("auth0|ada"));
    let permit = bench.check(&token).await.unwrap();
    assert_eq!(permit.entry(), "customJWTAuthorizer");
    let explanation = bench.explain(&token).await;
    for name in ["entry", "revoked", "user"] {
        assert_eq!(rule(&explanation, name).verdict, Verdict::Skipped, "{name}");
    }
    assert_eq!(bench.check(&ada(&ours)).await.unwrap().entry(), "login");
}

#[tokio::test]
async fn r15_a_revoked_grant_token_client_or_user_is_refused_at_once_though_it_was_verified() {
    let one = |id: &str| [id.to_owned()].into();
    let until_now = |id: &str| [(id.to_owned(), NOW)].into();
    for (claim, revoked) in [
        (
            "grant_id",
            Revoked {
                grants: one("grant-1"),
                ..Revoked::default()
            },
        ),
        (
            "jti",
            Revoked {
                tokens: one("token-1"),
                ..Revoked::default()
            },
        ),
        (
            "client_id",
            Revoked {
                clients: until_now(SELF_REGISTERED),
                ..Revoked::default()
            },
        ),
        (
            "sub",
            Revoked {
                users: until_now("usr_ada"),
                ..Revoked::default()
            },
        ),
    ] {
        let (provider, bench) = bench(Rules::Both(LoginAllow::All)).await;
        let token = ada(&provider);
        let other = person(&provider, |_, claims| {
            claims["sub"] = json!("usr_bob");
            claims["username"] = json!("bob");
            claims["grant_id"] = json!("grant-2");
            claims["client_id"] = json!("another");
            claims["jti"] = json!("token-2");
        });
        let machine = provider.token(SEED_API, NOW);
        assert!(bench.check(&token).await.is_ok());
        assert!(bench.check(&other).await.is_ok());
        publish(&bench, &provider, revoked);
        let refusal = bench.refusal(&token).await;
        assert_eq!((refusal.reason, refusal.status), (Reason::Revoked, 401));
        assert_eq!(refusal.error, Some("invalid_token"));
        assert_eq!(refusal.claim, Some(claim));
        assert!(bench.check(&other).await.is_ok(), "{claim}");
        assert!(bench.check(&machine).await.is_ok(), "{claim}");
    }
}

#[tokio::test]
async fn r15_what_is_issued_after_a_client_or_user_was_revoked_is_good() {
    let (provider, bench) = bench(Rules::Login(LoginAllow::All)).await;
    let revoked = Revoked {
        clients: [(SELF_REGISTERED.to_owned(), NOW)].into(),
        users: [("usr_ada".to_owned(), NOW)].into(),
        ..Revoked::default()
    };
    publish(&bench, &provider, revoked);
    bench.clock.advance(1);
    let later = person(&provider, |_, claims| claims["iat"] = json!(NOW + 1));
    assert!(bench.check(&later).await.is_ok());
    assert_eq!(bench.refusal(&ada(&provider)).await.reason, Reason::Revoked);
}

#[tokio::test]
async fn r15_a_revoked_application_and_a_revoked_token_of_its_own_are_refused() {
    for profile in [Profile::Rfc9068, Profile::Auth0] {
        let (provider, mut bench) = bench(Rules::Configured).await;
        provider.set_profile(profile);
        let mut rules = configured(&provider);
        rules.client_claim = shukuba_model::ClientClaim::Auth0;
        bench.set_entries(vec![rules]);
        let token = provider.token(SEED_API, NOW);
        assert!(bench.check(&token).await.is_ok());
        let revoked = Revoked {
            clients: [(provider.client_id().to_owned(), NOW)].into(),
            ..Revoked::default()
        };
        publish(&bench, &provider, revoked);
        assert_eq!(bench.refusal(&token).await.reason, Reason::Revoked);
    }
    let (provider, bench) = bench(Rules::Configured).await;
    let token = bent(&provider, |_, claims| claims["jti"] = json!("token-1"));
    assert!(bench.check(&token).await.is_ok());
    let revoked = Revoked {
        tokens: ["token-1".to_owned()].into(),
        ..Revoked::default()
    };
    publish(&bench, &provider, revoked);
    assert_eq!(bench.refusal(&token).await.reason, Reason::Revoked);
}
