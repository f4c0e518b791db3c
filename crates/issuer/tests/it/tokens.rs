//! What an issued token looks like, over HTTP.

use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED, RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents, UnparsedPublicKey,
};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::json;
use shukuba_model::wire::ApiUpdate;
use shukuba_model::{SigningAlgorithm, TokenProfile};

use crate::{API, Fixture, GRANT, ISSUER, decoded, identifier};

const NOW: i64 = 1_800_000_000;

async fn update(fixture: &Fixture, update: ApiUpdate) {
    let identifier = identifier(API);
    fixture
        .store
        .update_api(&identifier, &update)
        .await
        .unwrap();
}

async fn profile(fixture: &Fixture, profile: TokenProfile) {
    let change = ApiUpdate {
        profile: Some(profile),
        ..ApiUpdate::default()
    };
    update(fixture, change).await;
}

/// Checks a signature with the published key of the token's kid, without our verifier.
#[track_caller]
fn assert_signed(fixture: &Fixture, token: &str) {
    let (header, _) = decoded(token);
    let own = fixture.issuer.own().load_full();
    let key = own
        .keys
        .keys
        .iter()
        .find(|key| key.kid.as_deref() == header["kid"].as_str());
    let key = key.expect("the kid is published");
    assert_eq!(key.alg.as_deref(), header["alg"].as_str());
    let (message, signature) = token.rsplit_once('.').unwrap();
    let bytes = |text: &str| URL_SAFE_NO_PAD.decode(text).unwrap();
    let member = |value: &Option<String>| bytes(value.as_ref().unwrap());
    let signature = bytes(signature);
    let outcome = if key.kty == "RSA" {
        let components = RsaPublicKeyComponents {
            n: member(&key.n),
            e: member(&key.e),
        };
        components.verify(&RSA_PKCS1_2048_8192_SHA256, message.as_bytes(), &signature)
    } else {
        assert_eq!(signature.len(), 64, "r and s, not DER");
        let point = [vec![4], member(&key.x), member(&key.y)].concat();
        UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point)
            .verify(message.as_bytes(), &signature)
    };
    outcome.expect("the signature is that of the published key");
}

#[tokio::test]
async fn t28_the_answer_has_a_bearer_token_its_lifetime_and_no_refresh_token() {
    let fixture = Fixture::new().await;
    let by_basic = fixture.post(GRANT).await;
    let body = format!(
        "{GRANT}&client_id={}&client_secret={}",
        fixture.client_id(),
        fixture.secret.reveal()
    );
    let by_post = fixture.post_alone(body).await;
    let with_own_id = fixture
        .post(format!("{GRANT}&client_id={}", fixture.client_id()))
        .await;
    for answer in [by_basic, by_post, with_own_id] {
        assert_eq!(answer.status, 200, "{}", answer.text);
        assert_eq!(answer.header("content-type"), Some("application/json"));
        let json = answer.json();
        let members: Vec<_> = json.as_object().unwrap().keys().collect();
        assert_eq!(members, ["access_token", "expires_in", "token_type"]);
        assert_eq!(json["token_type"], "Bearer");
        assert_eq!(json["expires_in"], 3600);
        assert_signed(&fixture, json["access_token"].as_str().unwrap());
    }
}

#[tokio::test]
async fn the_default_profile_carries_client_id_and_azp() {
    let fixture = Fixture::new().await;
    let token = fixture.token(GRANT).await;
    let (header, claims) = decoded(&token);
    let id = fixture.client_id();
    assert_eq!(header["alg"], "RS256");
    assert_eq!(header["typ"], "at+jwt");
    let jti = claims["jti"].as_str().unwrap();
    assert_eq!(jti.len(), 22);
    assert_eq!(
        claims,
        json!({
            "iss": ISSUER,
            "sub": format!("{id}@clients"),
            "aud": API,
            "iat": NOW,
            "exp": NOW + 3600,
            "jti": jti,
            "client_id": id,
            "azp": id,
        })
    );
    let next = decoded(&fixture.token(GRANT).await).1;
    assert_ne!(next["jti"], claims["jti"]);
}

#[tokio::test]
async fn a_changed_profile_counts_from_the_next_token() {
    let fixture = Fixture::new().await;
    let id = fixture.client_id();
    profile(&fixture, TokenProfile::Auth0).await;
    let (header, claims) = decoded(&fixture.token(GRANT).await);
    assert_eq!(header["typ"], "JWT");
    assert_eq!(
        claims,
        json!({
            "iss": ISSUER,
            "sub": format!("{id}@clients"),
            "aud": API,
            "iat": NOW,
            "exp": NOW + 3600,
            "azp": id,
            "gty": "client-credentials",
        })
    );
    profile(&fixture, TokenProfile::Rfc9068).await;
    let (header, claims) = decoded(&fixture.token(GRANT).await);
    assert_eq!(header["typ"], "at+jwt");
    assert_eq!(claims["client_id"], *id);
    assert!(claims.get("azp").is_none() && claims.get("gty").is_none());
}

#[tokio::test]
async fn es256_and_a_lifetime_of_thirty_days_are_kept_to() {
    let fixture = Fixture::new().await;
    let change = ApiUpdate {
        signing_algorithm: Some(SigningAlgorithm::Es256),
        token_lifetime: Some(2_592_000.try_into().unwrap()),
        ..ApiUpdate::default()
    };
    update(&fixture, change).await;
    let answer = fixture.post(GRANT).await;
    assert_eq!(answer.json()["expires_in"], 2_592_000);
    let token = answer.json()["access_token"].as_str().unwrap().to_owned();
    let (header, claims) = decoded(&token);
    assert_eq!(header["alg"], "ES256");
    assert_eq!(claims["exp"], NOW + 2_592_000);
    assert_signed(&fixture, &token);
}

#[tokio::test]
async fn the_alias_without_oauth_in_its_path_answers_alike() {
    let fixture = Fixture::new().await;
    let request = http::Request::post("/token")
        .header("content-type", crate::FORM)
        .header("authorization", fixture.basic())
        .body(axum::body::Body::from(GRANT))
        .unwrap();
    let answer = fixture.send(request).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
}
