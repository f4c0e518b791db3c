//! Dynamic client registration (RFC 7591), as clients and strangers send it.

use axum::body::Body;
use http::header::{AUTHORIZATION, CONTENT_TYPE};
use http::{HeaderValue, Request};
use serde_json::{Value, json};
use shukuba_issuer::{IssuerSettings, RegistrationPolicy};
use shukuba_model::{AuthMethod, ClientSource};
use shukuba_store::Secret;

use crate::{Answer, Fixture, GRANT, ISSUER, open_with, settings};

/// What Claude Code sends when it has no document to be known by.
fn claude() -> Value {
    json!({
        "client_name": "Claude Code",
        "redirect_uris": ["http://localhost:51234/callback"],
        "grant_types": ["authorization_code", "refresh_token"],
        "response_types": ["code"],
        "token_endpoint_auth_method": "none",
        "application_type": "native",
        "scope": "mcp:tools offline_access",
        "made_up": {"by": ["a", "later", "client"]},
    })
}

fn changed(member: &str, value: Value) -> Value {
    let mut body = claude();
    body[member] = value;
    body
}

pub(crate) async fn register(fixture: &Fixture, body: &Value) -> Answer {
    send(fixture, None, body.to_string()).await
}

async fn send(
    fixture: &Fixture,
    authorization: Option<HeaderValue>,
    body: impl Into<Body>,
) -> Answer {
    // Each on a minute of its own, but for the test of the limit.
    fixture.clock.advance(61);
    let mut request = Request::post("/oauth/register").header(CONTENT_TYPE, "application/json");
    if let Some(value) = authorization {
        request = request.header(AUTHORIZATION, value);
    }
    fixture.send(request.body(body.into()).unwrap()).await
}

async fn with(settings: IssuerSettings) -> Fixture {
    let mut fixture = Fixture::new().await;
    fixture.issuer = open_with(settings, &fixture.store, &fixture.clock).await;
    fixture
}

async fn with_policy(registration: RegistrationPolicy) -> Fixture {
    with(IssuerSettings {
        registration,
        ..settings()
    })
    .await
}

#[tokio::test]
async fn a_registration_is_told_back_whole_and_kept_rfc_7591_section_3_2_1() {
    let fixture = Fixture::new().await;
    let answer = register(&fixture, &claude()).await;
    assert_eq!(answer.status, 201, "{}", answer.text);
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    assert_eq!(answer.header("access-control-allow-origin"), Some("*"));
    let told = answer.json();
    for member in [
        "client_name",
        "redirect_uris",
        "grant_types",
        "response_types",
        "token_endpoint_auth_method",
        "application_type",
        "scope",
    ] {
        assert_eq!(told[member], claude()[member], "{member}");
    }
    assert_eq!(told["client_id_issued_at"], json!(fixture.clock.now()));
    assert_eq!(told.get("made_up"), None);
    let id = told["client_id"].as_str().unwrap();
    assert_eq!(
        told["registration_client_uri"],
        json!(format!("{ISSUER}/oauth/register/{id}"))
    );
    let kept = fixture.store.client(id).await.unwrap().unwrap();
    assert_eq!(kept.source, ClientSource::Dynamic);
    assert_eq!(kept.auth_method, AuthMethod::None);
    assert!(kept.apis.is_empty() && !kept.is_verified());
    assert!(kept.redirect_uris[0].matches("http://localhost:1/callback"));
}

#[tokio::test]
async fn d15_a_secret_is_told_only_to_those_whose_method_has_one() {
    let fixture = Fixture::new().await;
    let told = register(&fixture, &claude()).await.json();
    assert_eq!(told.get("client_secret"), None);
    assert_eq!(told.get("client_secret_expires_at"), None);
    for method in ["client_secret_basic", "client_secret_post"] {
        let body = changed("token_endpoint_auth_method", json!(method));
        let told = register(&fixture, &body).await.json();
        assert_eq!(told["token_endpoint_auth_method"], json!(method));
        assert_eq!(told["client_secret_expires_at"], json!(0));
        let id: shukuba_model::ClientId = told["client_id"].as_str().unwrap().parse().unwrap();
        let secret = Secret::presented(told["client_secret"].as_str().unwrap());
        let right = fixture.store.check_client_secret(&id, &secret, 1).await;
        assert!(right.unwrap());
    }
}

#[tokio::test]
async fn what_is_left_out_is_filled_in_rfc_7591_section_2() {
    let fixture = Fixture::new().await;
    let body = json!({"redirect_uris": ["https://client.example/cb"], "jwks": null});
    let told = register(&fixture, &body).await.json();
    assert_eq!(
        told["token_endpoint_auth_method"],
        json!("client_secret_basic")
    );
    assert_eq!(
        told["grant_types"],
        json!(["authorization_code", "refresh_token"])
    );
    assert_eq!(told["response_types"], json!(["code"]));
    assert_eq!(told["client_name"], json!("unnamed client"));
}

#[tokio::test]
async fn the_same_public_client_is_one_row_and_no_second_management_token() {
    let fixture = Fixture::new().await;
    let first = register(&fixture, &claude()).await.json();
    let again = register(&fixture, &changed("scope", json!("other"))).await;
    assert_eq!(again.status, 201);
    let again = again.json();
    assert_eq!(again["client_id"], first["client_id"]);
    assert_eq!(again.get("registration_access_token"), None);
    assert_eq!(again.get("registration_client_uri"), None);
    for (member, other) in [
        ("client_name", json!("Another")),
        ("redirect_uris", json!(["http://localhost/other"])),
        ("grant_types", json!(["authorization_code"])),
        ("token_endpoint_auth_method", json!("client_secret_post")),
    ] {
        let told = register(&fixture, &changed(member, other)).await.json();
        assert_ne!(told["client_id"], first["client_id"], "{member}");
    }
}

#[tokio::test]
async fn one_odd_redirect_uri_or_grant_does_not_fail_the_others() {
    let fixture = Fixture::new().await;
    let good = [
        "https://vscode.dev/redirect",
        "http://127.0.0.1:33418/",
        "com.example.app:/callback",
    ];
    let mut all: Vec<&str> = good.to_vec();
    all.extend(["javascript:alert(1)", "http://evil.example/cb", "nonsense"]);
    let told = register(&fixture, &changed("redirect_uris", json!(all))).await;
    assert_eq!(told.json()["redirect_uris"], json!(good), "{}", told.text);
    let grants = json!([
        "authorization_code",
        "urn:ietf:params:oauth:grant-type:jwt-bearer",
        "urn:ietf:params:oauth:grant-type:device_code",
    ]);
    let told = register(&fixture, &changed("grant_types", grants)).await;
    let kept = json!([
        "authorization_code",
        "urn:ietf:params:oauth:grant-type:device_code"
    ]);
    assert_eq!(told.json()["grant_types"], kept, "{}", told.text);
}

#[tokio::test]
async fn a_device_client_needs_no_redirect_uri() {
    let fixture = Fixture::new().await;
    let body = json!({
        "grant_types": ["urn:ietf:params:oauth:grant-type:device_code", "refresh_token"],
        "token_endpoint_auth_method": "none",
    });
    let answer = register(&fixture, &body).await;
    assert_eq!(answer.status, 201, "{}", answer.text);
    assert_eq!(answer.json()["response_types"], json!([]));
}

#[tokio::test]
async fn a35_a_hostile_name_is_cut_and_cleaned() {
    let fixture = Fixture::new().await;
    let name = format!("a\u{202e}b\n{}", "x".repeat(3_000));
    let told = register(&fixture, &changed("client_name", json!(name))).await;
    let told = told.json()["client_name"].as_str().unwrap().to_owned();
    assert!(told.starts_with("ab x") && told.len() == 100, "{told}");
}

#[tokio::test]
async fn d01_registration_that_is_off_is_not_there() {
    let fixture = with_policy(RegistrationPolicy::Off).await;
    register(&fixture, &claude())
        .await
        .refused(404, "access_denied");
    let metadata = fixture.get("/.well-known/oauth-authorization-server").await;
    assert_eq!(metadata.json().get("registration_endpoint"), None);
}

#[tokio::test]
async fn d02_d03_a_code_grant_needs_a_redirect_uri_that_is_safe() {
    let fixture = Fixture::new().await;
    for bad in [
        json!(null),
        json!([]),
        json!("https://client.example/cb"),
        json!([5]),
        json!(["http://client.example/cb"]),
        json!(["javascript:alert(1)"]),
        json!(["data:text/html,x"]),
        json!(["https://*.client.example/cb"]),
        json!(["https://client.example/cb#x"]),
        json!(["https://user@client.example/cb"]),
        json!([""]),
        json!(vec!["https://client.example/cb"; 51]),
    ] {
        let answer = register(&fixture, &changed("redirect_uris", bad.clone())).await;
        answer.refused(400, "invalid_redirect_uri");
    }
}

#[tokio::test]
async fn d04_d05_d06_metadata_that_contradicts_itself_or_is_unsafe_is_refused() {
    let fixture = Fixture::new().await;
    let key = json!({"kty": "EC", "crv": "P-256", "x": "a", "y": "b"});
    let mut both = claude();
    both["jwks"] = json!({"keys": [key]});
    both["jwks_uri"] = json!("https://client.example/jwks");
    let mut private = key.clone();
    private["d"] = json!("secret");
    for bad in [
        both,
        changed("jwks", json!({"keys": [private]})),
        changed("jwks", json!({"keys": []})),
        changed("token_endpoint_auth_method", json!("private_key_jwt")),
        changed("token_endpoint_auth_method", json!("client_secret_jwt")),
        changed("token_endpoint_auth_method", json!("client_secret")),
        changed("token_endpoint_auth_method", json!(5)),
        changed(
            "grant_types",
            json!(["authorization_code", "client_credentials"]),
        ),
        changed("grant_types", json!(["implicit"])),
        changed("grant_types", json!(["authorization_code", "password"])),
        changed("grant_types", json!([])),
        changed("grant_types", json!("authorization_code")),
        changed("response_types", json!(["token"])),
        changed("scope", json!("a\"b")),
        changed("client_name", json!(["a"])),
        json!([]),
        json!("text"),
    ] {
        register(&fixture, &bad)
            .await
            .refused(400, "invalid_client_metadata");
    }
    let answer = send(&fixture, None, "{broken").await;
    answer.refused(400, "invalid_client_metadata");
    let answer = send(&fixture, None, vec![0xff; 10]).await;
    answer.refused(400, "invalid_client_metadata");
    let answer = send(&fixture, None, " ".repeat(64 * 1024 + 1)).await;
    answer.refused(413, "invalid_client_metadata");
}

#[tokio::test]
async fn a_client_cannot_give_itself_tokens_without_a_person() {
    let fixture = Fixture::new().await;
    let mut body = changed("token_endpoint_auth_method", json!("client_secret_post"));
    body["grant_types"] = json!(["authorization_code", "client_credentials"]);
    let told = register(&fixture, &body).await.json();
    assert_eq!(told["grant_types"], json!(["authorization_code"]));
    let id = told["client_id"].as_str().unwrap();
    let secret = told["client_secret"].as_str().unwrap();
    let answer = fixture
        .post_alone(format!("{GRANT}&client_id={id}&client_secret={secret}"))
        .await;
    assert_eq!(answer.status, 400, "{}", answer.text);
}

#[tokio::test]
async fn d07_d08_an_initial_access_token_is_demanded_and_garbage_is_none() {
    let fixture = with_policy(RegistrationPolicy::InitialAccessToken).await;
    let token = Secret::generate("ski_");
    fixture
        .store
        .create_initial_token(&token, "farm", 1, 1, 2_000_000_000)
        .await
        .unwrap();
    let right = format!("Bearer {}", token.reveal());
    let padded = format!("Bearer  {}", token.reveal());
    let tab = format!("Bearer\t{}", token.reveal());
    for bad in [
        b"Bearer wrong".as_slice(),
        b"Bearer",
        b"Bearer ",
        b"Bearer \xff\xfe",
        b"Basic YTpi",
        b"\x80",
        padded.as_bytes(),
        tab.as_bytes(),
    ] {
        let value = HeaderValue::from_bytes(bad).unwrap();
        let answer = send(&fixture, Some(value), claude().to_string()).await;
        answer.refused(401, "invalid_token");
        let challenge = answer.header("www-authenticate").unwrap();
        assert!(challenge.starts_with("Bearer "), "{challenge}");
    }
    let answer = send(&fixture, None, claude().to_string()).await;
    answer.refused(401, "invalid_token");
    let right = HeaderValue::from_str(&right).unwrap();
    let mistaken = send(&fixture, Some(right.clone()), "{}").await;
    mistaken.refused(400, "invalid_redirect_uri");
    let answer = send(&fixture, Some(right.clone()), claude().to_string()).await;
    assert_eq!(answer.status, 201, "{}", answer.text);
    let spent = send(&fixture, Some(right), claude().to_string()).await;
    spent.refused(401, "invalid_token");
}

#[tokio::test]
async fn d09_a_burst_from_one_address_waits() {
    let fixture = Fixture::new().await;
    let send = async |name: &str| {
        let body = changed("client_name", json!(name)).to_string();
        let request = Request::post("/register").header(CONTENT_TYPE, "application/json");
        fixture.send(request.body(body.into()).unwrap()).await
    };
    for n in 0..10 {
        // Once more is no new registration.
        for _ in 0..2 {
            let answer = send(&n.to_string()).await;
            assert_eq!(answer.status, 201, "{}", answer.text);
        }
    }
    let answer = send("one more").await;
    answer.refused(429, "temporarily_unavailable");
    assert_eq!(answer.header("retry-after"), Some("60"));
    fixture.clock.advance(60);
    assert_eq!(send("one more").await.status, 201);
    for _ in 0..59 {
        send("one more").await;
    }
    let answer = send("one more").await;
    answer.refused(429, "temporarily_unavailable");
}

#[tokio::test]
async fn d09_an_unused_registration_expires_after_a_day_and_a_used_one_never() {
    let fixture = Fixture::new().await;
    let used = register(&fixture, &claude()).await.json();
    let unused = register(&fixture, &changed("client_name", json!("x"))).await;
    let unused = unused.json();
    let id = |told: &Value| told["client_id"].as_str().unwrap().to_owned();
    let used_id = id(&used).parse().unwrap();
    let now = fixture.clock.now();
    fixture.store.client_used(&used_id, now).await.unwrap();
    for (later, there) in [(86_000, true), (86_401, false)] {
        fixture.issuer.reap(now + later).await.unwrap();
        let found = fixture.store.client(&id(&unused)).await.unwrap();
        assert_eq!(found.is_some(), there);
        let found = fixture.store.client(&id(&used)).await.unwrap();
        assert!(found.is_some());
    }
}

#[tokio::test]
async fn d10_links_into_a_network_of_ours_are_refused_and_odd_ones_left_out() {
    let fixture = Fixture::new().await;
    for member in [
        "jwks_uri",
        "logo_uri",
        "client_uri",
        "tos_uri",
        "policy_uri",
    ] {
        for host in [
            "127.0.0.1",
            "[::1]",
            "10.0.0.1",
            "169.254.169.254",
            "localhost",
        ] {
            let bad = changed(member, json!(format!("https://{host}/x")));
            register(&fixture, &bad)
                .await
                .refused(400, "invalid_client_metadata");
        }
    }
    let told = register(&fixture, &changed("client_uri", json!("javascript:x"))).await;
    assert_eq!(told.status, 201, "{}", told.text);
    assert_eq!(told.json().get("client_uri"), None);
    let told = register(
        &fixture,
        &changed("client_uri", json!("https://a.example/")),
    )
    .await;
    assert_eq!(told.json()["client_uri"], json!("https://a.example/"));
}

#[tokio::test]
async fn d14_a_software_statement_that_is_none_is_refused_and_one_that_is_changes_nothing() {
    let fixture = Fixture::new().await;
    for bad in [
        json!("x"),
        json!(5),
        json!("a.b"),
        json!("a.b.c.d"),
        json!("a.b.!"),
    ] {
        register(&fixture, &changed("software_statement", bad))
            .await
            .refused(400, "invalid_software_statement");
    }
    let told = register(&fixture, &changed("software_statement", json!("a.b.c"))).await;
    assert_eq!(told.status, 201, "{}", told.text);
    assert_eq!(told.json().get("software_statement"), None);
}

#[tokio::test]
async fn pages_of_other_origins_may_register() {
    let fixture = Fixture::new().await;
    for (path, methods) in [
        ("/oauth/register", "POST, OPTIONS"),
        ("/register", "POST, OPTIONS"),
        ("/oauth/register/x", "GET, PUT, DELETE, OPTIONS"),
    ] {
        let request = Request::options(path).body(Body::empty()).unwrap();
        let answer = fixture.send(request).await;
        assert_eq!(answer.status, 204);
        assert_eq!(answer.header("access-control-allow-origin"), Some("*"));
        assert_eq!(answer.header("access-control-allow-methods"), Some(methods));
    }
}
