use axum::body::Body;
use http::{Method, Request};
use serde_json::json;
use shukuba_issuer::{Issuer, IssuerSettings, RegistrationPolicy};

use crate::{API, Fixture, ISSUER, OTHER_API, give_scopes, settings};

const OAUTH: &str = "/.well-known/oauth-authorization-server";
const OPENID: &str = "/.well-known/openid-configuration";
const JWKS: &str = "/.well-known/jwks.json";

#[tokio::test]
async fn m03_both_documents_are_one_and_name_the_issuer_byte_for_byte() {
    let fixture = Fixture::new().await;
    let oauth = fixture.get(OAUTH).await;
    let openid = fixture.get(OPENID).await;
    assert_eq!(oauth.status, 200);
    assert_eq!(oauth.text, openid.text);
    assert_eq!(oauth.json()["issuer"], ISSUER);
}

#[tokio::test]
async fn the_metadata_says_what_clients_choose_by() {
    let fixture = Fixture::new().await;
    let metadata = fixture.get(OAUTH).await.json();
    let expected = json!({
        "authorization_endpoint": "http://127.0.0.1:8430/oauth/authorize",
        "token_endpoint": "http://127.0.0.1:8430/oauth/token",
        "registration_endpoint": "http://127.0.0.1:8430/oauth/register",
        "jwks_uri": "http://127.0.0.1:8430/.well-known/jwks.json",
        "response_types_supported": ["code"],
        "response_modes_supported": ["query"],
        "grant_types_supported": [
            "authorization_code",
            "refresh_token",
            "client_credentials",
            "urn:ietf:params:oauth:grant-type:device_code",
        ],
        "code_challenge_methods_supported": ["S256"],
        "token_endpoint_auth_methods_supported": [
            "none",
            "client_secret_basic",
            "client_secret_post",
            "private_key_jwt",
        ],
        "scopes_supported": ["openid", "profile", "email", "offline_access"],
        "authorization_response_iss_parameter_supported": true,
        "client_id_metadata_document_supported": true,
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["RS256"],
        "request_parameter_supported": false,
        "request_uri_parameter_supported": false,
    });
    for (member, value) in expected.as_object().unwrap() {
        assert_eq!(&metadata[member], value, "{member}");
    }
    for (member, value) in metadata.as_object().unwrap() {
        assert_ne!(value, &json!([]), "RFC 8414 section 3.2: {member}");
        assert_ne!(value, &json!(null), "{member}");
    }
}

#[tokio::test]
async fn d01_what_is_off_is_not_in_the_metadata() {
    let mut fixture = Fixture::new().await;
    let closed = IssuerSettings {
        registration: RegistrationPolicy::Off,
        client_documents: false,
        ..settings()
    };
    fixture.issuer = Issuer::open(closed, fixture.store.clone(), fixture.clock.clone())
        .await
        .unwrap();
    let metadata = fixture.get(OPENID).await.json();
    assert_eq!(metadata.get("registration_endpoint"), None);
    assert_eq!(metadata["client_id_metadata_document_supported"], false);
}

#[tokio::test]
async fn scopes_of_apis_are_in_the_metadata_as_soon_as_they_are_given() {
    let fixture = Fixture::new().await;
    let scopes = ["tools", "openid"].map(|name| (name, String::new()));
    for api in [API, OTHER_API] {
        give_scopes(&fixture.store, api, &scopes).await;
    }
    let metadata = fixture.get(OPENID).await.json();
    assert_eq!(
        metadata["scopes_supported"],
        json!(["openid", "profile", "email", "offline_access", "tools"])
    );
}

#[tokio::test]
async fn every_address_in_the_metadata_is_served() {
    let fixture = Fixture::new().await;
    let metadata = fixture.get(OPENID).await.json();
    for member in [
        "authorization_endpoint",
        "token_endpoint",
        "revocation_endpoint",
        "introspection_endpoint",
        "device_authorization_endpoint",
        "userinfo_endpoint",
        "end_session_endpoint",
        "jwks_uri",
    ] {
        let address = metadata[member].as_str().unwrap();
        let path = address.strip_prefix(ISSUER).unwrap();
        let answer = fixture.get(path).await;
        assert_ne!(answer.status, 404, "{member}");
    }
}

#[tokio::test]
async fn metadata_and_keys_may_be_read_by_any_page_and_cached_for_minutes() {
    let fixture = Fixture::new().await;
    for (path, content_type) in [
        (OAUTH, "application/json"),
        (OPENID, "application/json"),
        (JWKS, "application/jwk-set+json"),
    ] {
        let answer = fixture.get(path).await;
        assert_eq!(answer.header("content-type"), Some(content_type));
        assert_eq!(answer.header("access-control-allow-origin"), Some("*"));
        assert_eq!(answer.header("cache-control"), Some("public, max-age=300"));
        let head = Request::head(path).body(Body::empty()).unwrap();
        let head = fixture.send(head).await;
        assert_eq!((head.status.as_u16(), head.text.as_str()), (200, ""));
    }
}

#[tokio::test]
async fn preflights_are_answered_where_browsers_need_them() {
    let fixture = Fixture::new().await;
    for (path, method) in [
        (OAUTH, "GET"),
        (OPENID, "GET"),
        (JWKS, "GET"),
        ("/oauth/token", "POST"),
        ("/token", "POST"),
    ] {
        let request = Request::builder()
            .method(Method::OPTIONS)
            .uri(path)
            .header("origin", "http://localhost:6274")
            .header("access-control-request-method", method)
            .header(
                "access-control-request-headers",
                "authorization,mcp-protocol-version",
            )
            .body(Body::empty())
            .unwrap();
        let answer = fixture.send(request).await;
        assert_eq!(answer.status, 204, "{path}");
        assert_eq!(answer.header("access-control-allow-origin"), Some("*"));
        let methods = answer.header("access-control-allow-methods").unwrap();
        assert!(methods.contains(method), "{path}: {methods}");
        let headers = answer.header("access-control-allow-headers").unwrap();
        assert!(headers.contains("Authorization"), "{path}: {headers}");
    }
}

#[tokio::test]
async fn the_verifier_is_told_the_same_keys_and_addresses() {
    let fixture = Fixture::new().await;
    let own = fixture.issuer.own().load_full();
    assert_eq!(own.issuer, ISSUER);
    assert_eq!(
        own.discovery_urls,
        [format!("{ISSUER}{OPENID}"), format!("{ISSUER}{OAUTH}")]
    );
    let served = fixture.get(JWKS).await.json();
    assert_eq!(serde_json::to_value(&own.keys).unwrap(), served);
}
