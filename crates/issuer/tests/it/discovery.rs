use axum::body::Body;
use http::{Method, Request};
use serde_json::json;

use crate::{Fixture, ISSUER};

const OAUTH: &str = "/.well-known/oauth-authorization-server";
const OPENID: &str = "/.well-known/openid-configuration";
const JWKS: &str = "/.well-known/jwks.json";

#[tokio::test]
async fn both_documents_are_one_and_say_what_is_true() {
    let fixture = Fixture::new().await;
    let oauth = fixture.get(OAUTH).await;
    let openid = fixture.get(OPENID).await;
    assert_eq!(oauth.status, 200);
    assert_eq!(oauth.text, openid.text);
    assert_eq!(
        oauth.json(),
        json!({
            "issuer": ISSUER,
            "authorization_endpoint": "http://127.0.0.1:8430/oauth/authorize",
            "token_endpoint": "http://127.0.0.1:8430/oauth/token",
            "jwks_uri": "http://127.0.0.1:8430/.well-known/jwks.json",
            "response_types_supported": [],
            "grant_types_supported": ["client_credentials"],
            "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
            "code_challenge_methods_supported": ["S256"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256"],
            "claims_supported": ["iss", "sub", "aud", "exp", "iat"],
            "request_parameter_supported": false,
            "request_uri_parameter_supported": false,
        })
    );
}

#[tokio::test]
async fn every_address_in_the_metadata_is_served() {
    let fixture = Fixture::new().await;
    let metadata = fixture.get(OPENID).await.json();
    for member in ["authorization_endpoint", "token_endpoint", "jwks_uri"] {
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
