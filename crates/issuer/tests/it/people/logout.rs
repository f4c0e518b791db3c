//! Logout, a person's own and a client's (OpenID Connect RP-Initiated Logout).

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{RSA_PKCS1_SHA256, RsaKeyPair};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use shukuba_model::{
    ApplicationKind, AuthMethod, Client, ClientMetadata, ClientSource, GrantType, SigningAlgorithm,
};
use shukuba_store::{User, new_client_id};

use super::super::{Fixture, ISSUER};
use super::{Browser, PASSWORD, encoded, person};

const BACK: &str = "https://client.example/bye?a=b";

async fn client(fixture: &Fixture) -> Client {
    let client = Client {
        id: new_client_id(),
        name: "A client".to_owned(),
        source: ClientSource::Registered,
        kind: ApplicationKind::MachineToMachine,
        auth_method: AuthMethod::None,
        grant_types: vec![GrantType::AuthorizationCode],
        redirect_uris: Vec::new(),
        apis: Vec::new(),
        jwks: None,
        jwks_uri: None,
        metadata: ClientMetadata {
            post_logout_redirect_uris: vec![BACK.to_owned(), "javascript:alert(1)".to_owned()],
            ..ClientMetadata::default()
        },
        created_at: 1,
        last_used_at: None,
    };
    fixture.store.create_client(&client, None).await.unwrap();
    client
}

/// An ID token long expired, signed by the issuer's key.
async fn hint(fixture: &Fixture, user: &User, client: &Client) -> String {
    let claims = json!({
        "iss": ISSUER, "sub": user.id, "aud": client.id, "iat": 1, "exp": 2,
    });
    signed(fixture, "JWT", &claims).await
}

async fn signed(fixture: &Fixture, typ: &str, claims: &Value) -> String {
    let keys = fixture.store.signing_keys().await.unwrap();
    let rsa = |key: &&shukuba_store::SigningKey| key.algorithm == SigningAlgorithm::Rs256;
    let key = keys.iter().find(rsa).unwrap();
    let header = json!({ "alg": "RS256", "typ": typ, "kid": key.kid });
    let encode = |part: &Value| URL_SAFE_NO_PAD.encode(part.to_string());
    let text = format!("{}.{}", encode(&header), encode(claims));
    let pair = RsaKeyPair::from_pkcs8(&key.pkcs8).unwrap();
    let mut signature = vec![0; pair.public_modulus_len()];
    let random = SystemRandom::new();
    pair.sign(&RSA_PKCS1_SHA256, &random, text.as_bytes(), &mut signature)
        .unwrap();
    format!("{text}.{}", URL_SAFE_NO_PAD.encode(signature))
}

fn asked(fields: &[(&str, &str)]) -> String {
    format!("/oauth/logout?{}", encoded(fields))
}

async fn logged_in(fixture: &Fixture, name: &str) -> Browser {
    let mut browser = Browser::default();
    let answer = browser.log_in(fixture, name, PASSWORD).await;
    assert_eq!(answer.status, 303);
    browser
}

#[tokio::test]
async fn a_person_is_asked_before_they_are_logged_out() {
    let fixture = Fixture::new().await;
    person(&fixture, "ann").await;
    let mut browser = logged_in(&fixture, "ann").await;
    let mut copy = browser.clone();
    let page = browser.get(&fixture, "/oauth/logout").await;
    assert!(page.text.contains("You are logged in as ann."));
    assert!(browser.session().is_some(), "a GET changes nothing");
    let forged = browser
        .post_as_is(
            &fixture,
            "/oauth/logout",
            &[("action", "logout"), ("csrf", "x")],
        )
        .await;
    assert_eq!(forged.status, 403);
    let unasked = browser.post_as_is(&fixture, "/oauth/logout", &[]).await;
    assert_eq!(
        (unasked.status.as_u16(), unasked.location()),
        (303, "/oauth/logout")
    );
    assert!(browser.session().is_some());
    let done = browser
        .post(&fixture, "/oauth/logout", &[("action", "logout")])
        .await;
    assert_eq!(
        (done.status.as_u16(), done.location()),
        (303, "/oauth/logout")
    );
    assert!(browser.session().is_none());
    let page = browser.get(&fixture, "/oauth/logout").await;
    assert!(page.text.contains("You are logged out in this browser."));
    let page = copy.get(&fixture, "/account").await;
    assert!(
        !page.text.contains("Logged in as ann"),
        "the session is dead, not only its cookie"
    );
}

#[tokio::test]
async fn a_client_with_a_hint_of_ours_gets_the_person_back() {
    let fixture = Fixture::new().await;
    let ann = person(&fixture, "ann").await;
    let client = client(&fixture).await;
    let hint = hint(&fixture, &ann, &client).await;
    let fields = [
        ("id_token_hint", hint.as_str()),
        ("post_logout_redirect_uri", BACK),
        ("state", "a b&c"),
        ("client_id", client.id.as_str()),
    ];
    let mut browser = logged_in(&fixture, "ann").await;
    let answer = browser.get(&fixture, &asked(&fields)).await;
    assert_eq!(answer.status, 302);
    assert_eq!(answer.location(), format!("{BACK}&state=a%20b%26c"));
    assert!(browser.session().is_none());

    let mut browser = logged_in(&fixture, "ann").await;
    let answer = browser.post_as_is(&fixture, "/oauth/logout", &fields).await;
    assert_eq!(answer.status, 303);
    let address = answer.location().to_owned();
    let answer = browser.get(&fixture, &address).await;
    assert_eq!(answer.location(), format!("{BACK}&state=a%20b%26c"));
    assert!(browser.session().is_none());
    let again = browser.get(&fixture, &asked(&fields[..2])).await;
    assert_eq!(again.location(), BACK, "logged out before");
}

#[tokio::test]
async fn m04_a_foreign_hint_or_an_unregistered_address_is_a_page_and_no_redirect() {
    let fixture = Fixture::new().await;
    let ann = person(&fixture, "ann").await;
    let bob = person(&fixture, "bob").await;
    let client = client(&fixture).await;
    let hers = hint(&fixture, &ann, &client).await;
    let his = hint(&fixture, &bob, &client).await;
    let (body, _) = hers.rsplit_once('.').unwrap();
    let (_, signature) = his.rsplit_once('.').unwrap();
    let swapped = format!("{body}.{signature}");
    let other_issuer = json!({ "iss": "https://other.example", "sub": ann.id, "aud": client.id });
    let other_issuer = signed(&fixture, "JWT", &other_issuer).await;
    let access = json!({ "iss": ISSUER, "sub": ann.id, "aud": client.id, "grant_id": "g" });
    let access = signed(&fixture, "JWT", &access).await;
    let back = ("post_logout_redirect_uri", BACK);
    for fields in [
        vec![back],
        vec![back, ("client_id", client.id.as_str())],
        vec![back, ("id_token_hint", "x")],
        vec![back, ("id_token_hint", &swapped)],
        vec![back, ("id_token_hint", &other_issuer)],
        vec![back, ("id_token_hint", &access)],
        vec![back, ("id_token_hint", &his)],
        vec![
            back,
            ("id_token_hint", &hers),
            ("client_id", "someone else"),
        ],
    ] {
        let mut browser = logged_in(&fixture, "ann").await;
        let answer = browser.get(&fixture, &asked(&fields)).await;
        assert_eq!(answer.status, 200, "{fields:?}");
        assert!(answer.text.contains("You are logged in as ann."));
        assert!(browser.session().is_some(), "{fields:?}");
    }
    for unregistered in [
        "https://client.example/bye",
        "https://client.example/bye?a=b#x",
        "https://evil.example/",
        "javascript:alert(1)",
    ] {
        let mut browser = logged_in(&fixture, "ann").await;
        let fields = [
            ("id_token_hint", hers.as_str()),
            ("post_logout_redirect_uri", unregistered),
        ];
        let answer = browser.get(&fixture, &asked(&fields)).await;
        assert_eq!(answer.status, 200, "{unregistered}");
        assert!(answer.text.contains("You are logged out in this browser."));
        assert!(browser.session().is_none());
    }
}
