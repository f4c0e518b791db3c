//! What verifier and CLI tests rely on.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde_json::{Value, json};

use super::{FakeProvider, Profile, SEED_API};
use crate::raw::{RawAnswer, RawClient};

async fn post(
    provider: &FakeProvider,
    path: &str,
    headers: &[(&str, &str)],
    body: &str,
) -> RawAnswer {
    let address = provider.state.origin.strip_prefix("http://").unwrap();
    let mut client = RawClient::connect(address.parse().unwrap()).await;
    let mut all = vec![("Host", address)];
    all.extend_from_slice(headers);
    client.request("POST", path, &all, body.as_bytes()).await
}

async fn ask(provider: &FakeProvider, form: &str) -> RawAnswer {
    let headers = [("Content-Type", "application/x-www-form-urlencoded")];
    post(provider, provider.state.token_path(), &headers, form).await
}

fn credentials(provider: &FakeProvider) -> String {
    let (client, secret) = (provider.client_id(), provider.client_secret());
    format!("grant_type=client_credentials&client_id={client}&client_secret={secret}")
}

fn part(token: &str, index: usize) -> Value {
    let segment = token.split('.').nth(index).unwrap();
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(segment).unwrap()).unwrap()
}

fn issued(answer: &RawAnswer) -> String {
    assert_eq!(answer.status(), 200, "{}", answer.text());
    answer.json()["access_token"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn auth0_takes_form_json_and_basic_and_lives_a_day() {
    let provider = FakeProvider::auth0().await;
    let form = format!("{}&audience={SEED_API}", credentials(&provider));
    let answer = ask(&provider, &form).await;
    assert_eq!(answer.json()["expires_in"], 86_400);
    assert_eq!(answer.json()["token_type"], "Bearer");
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    issued(&answer);
    let body = json!({
        "grant_type": "client_credentials",
        "client_id": provider.client_id(),
        "client_secret": provider.client_secret(),
        "audience": SEED_API,
    });
    let headers = [("Content-Type", "application/json")];
    issued(&post(&provider, "/oauth/token", &headers, &body.to_string()).await);
    let pair = format!("{}:{}", provider.client_id(), provider.client_secret());
    let basic = format!("Basic {}", STANDARD.encode(pair));
    let headers = [
        ("Content-Type", "application/x-www-form-urlencoded"),
        ("Authorization", basic.as_str()),
    ];
    let form = format!("grant_type=client_credentials&audience={SEED_API}");
    issued(&post(&provider, "/oauth/token", &headers, &form).await);
}

#[tokio::test]
async fn auth0_refuses_in_its_own_words() {
    let provider = FakeProvider::auth0().await;
    let good = credentials(&provider);
    for (form, status, error, text) in [
        (
            "",
            400,
            "invalid_request",
            "Missing required parameter: grant_type",
        ),
        (
            "grant_type=client_credentials",
            401,
            "invalid_client",
            "Missing client_id",
        ),
        (
            "grant_type=client_credentials&client_id=x&client_secret=y",
            401,
            "access_denied",
            "Unauthorized",
        ),
        (
            good.as_str(),
            403,
            "access_denied",
            "No audience parameter was provided",
        ),
        (
            &format!("{good}&audience=https://x"),
            403,
            "access_denied",
            "Service not found: https://x",
        ),
    ] {
        let answer = ask(&provider, form).await;
        assert_eq!(answer.status(), status, "{form}");
        let body = answer.json();
        assert_eq!(body["error"], error, "{form}");
        assert!(
            body["error_description"]
                .as_str()
                .unwrap()
                .starts_with(text),
            "{body}"
        );
    }
}

#[tokio::test]
async fn auth0s_two_profiles_name_the_client_in_two_claims() {
    let provider = FakeProvider::auth0().await;
    let form = format!("{}&audience={SEED_API}", credentials(&provider));
    let own = issued(&ask(&provider, &form).await);
    assert_eq!(part(&own, 0)["typ"], "JWT");
    let claims = part(&own, 1);
    assert_eq!(claims["azp"], provider.client_id());
    assert_eq!(claims["gty"], "client-credentials");
    assert_eq!(claims["iss"], provider.issuer());
    assert_eq!(claims.get("client_id"), None);
    assert_eq!(claims.get("jti"), None);
    provider.set_profile(Profile::Rfc9068);
    let standard = issued(&ask(&provider, &form).await);
    assert_eq!(part(&standard, 0)["typ"], "at+jwt");
    let claims = part(&standard, 1);
    assert_eq!(claims["client_id"], provider.client_id());
    assert!(claims["jti"].is_string());
    assert_eq!(claims.get("azp"), None);
    assert_eq!(claims.get("gty"), None);
}

#[tokio::test]
async fn cognitos_tokens_have_no_typ_no_aud_and_live_a_day_at_most() {
    let provider = FakeProvider::cognito().await;
    assert!(provider.set_lifetime(86_401).is_err());
    provider.set_lifetime(86_400).unwrap();
    let answer = ask(&provider, &credentials(&provider)).await;
    assert_eq!(answer.json()["expires_in"], 86_400);
    let token = issued(&answer);
    let header = part(&token, 0);
    let names: Vec<&String> = header.as_object().unwrap().keys().collect();
    assert_eq!(names, ["alg", "kid"]);
    let claims = part(&token, 1);
    assert_eq!(claims["token_use"], "access");
    assert_eq!(claims["client_id"], provider.client_id());
    assert_eq!(claims.get("aud"), None);
    let wrong = ask(&provider, "grant_type=client_credentials&client_id=x").await;
    assert_eq!(wrong.json()["error"], "invalid_client");
}

#[tokio::test]
async fn controls_work_over_http_for_a_provider_in_another_process() {
    let provider = FakeProvider::auth0().await;
    let before = provider.kid();
    for (control, status) in [
        ("profile/rfc9068", 200),
        ("rotate", 200),
        ("lifetime/2592000", 200),
        ("lifetime/2592001", 400),
        ("profile/other", 400),
        ("delay/x", 400),
    ] {
        let answer = post(&provider, &format!("/_control/{control}"), &[], "").await;
        assert_eq!(answer.status(), status, "{control}");
    }
    assert_ne!(provider.kid(), before);
    assert_eq!(provider.jwks().keys.len(), 2);
    let token = provider.token(SEED_API, 0);
    assert_eq!(part(&token, 0)["typ"], "at+jwt");
    assert_eq!(part(&token, 1)["exp"], 2_592_000);
}
