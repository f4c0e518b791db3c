//! What holds for every route of the administration API: the document names
//! them, so that a new one is held to it too.

use std::collections::BTreeMap;

use reqwest::header::{ALLOW, AUTHORIZATION, CONTENT_TYPE, WWW_AUTHENTICATE};
use reqwest::{Method, RequestBuilder, StatusCode};
use serde_json::Value;

use crate::Bed;
use crate::document::operations;

/// Sends it; the status and the problem, which must have words for a person.
async fn problem(request: RequestBuilder, what: &str) -> (StatusCode, Value) {
    let response = request.send().await.unwrap();
    let status = response.status();
    let text = response.text().await.unwrap();
    let problem: Value =
        serde_json::from_str(&text).unwrap_or_else(|_| panic!("{what}: {status} '{text}'"));
    assert!(status.is_client_error(), "{what}: {status} {text}");
    let message = problem["message"].as_str().unwrap();
    assert!(message.len() > 15, "{what}: {problem}");
    (status, problem)
}

#[tokio::test]
async fn every_route_demands_the_operators_key() {
    let bed = Bed::new().await;
    let key = bed.server.operator_key();
    let wrong = [
        None,
        Some(String::new()),
        Some("Bearer".to_owned()),
        Some("Bearer ".to_owned()),
        Some("Bearer wrong".to_owned()),
        Some("Bearer shukuba_op_".to_owned()),
        Some(key.to_owned()),
        Some(format!("Basic {key}")),
        Some(format!("Bearer {key}x")),
        Some(format!("Bearer  {key}")),
    ];
    for operation in operations() {
        let path = operation.path_with("x");
        for credentials in &wrong {
            let what = format!("{} {path} with {credentials:?}", operation.method);
            let mut request = bed.anonymous(operation.method.clone(), &path);
            if let Some(credentials) = credentials {
                request = request.header(AUTHORIZATION, credentials);
            }
            let response = request.send().await.unwrap();
            assert_eq!(response.status(), StatusCode::UNAUTHORIZED, "{what}");
            let challenge = response.headers().get(WWW_AUTHENTICATE);
            assert_eq!(challenge.unwrap(), "Bearer realm=\"operator\"", "{what}");
            let problem: Value = response.json().await.unwrap();
            assert_eq!(problem["error"], "unauthorized", "{what}");
            let hint = problem["hint"].as_str().unwrap();
            assert!(hint.contains("operator.key"), "{what}: {hint}");
        }
    }
    bed.server.shutdown().await;
}

#[tokio::test]
async fn the_scheme_of_the_key_is_read_in_any_case_as_rfc_9110_section_11_1_says() {
    let bed = Bed::new().await;
    for scheme in ["Bearer", "bearer", "BEARER"] {
        let credentials = format!("{scheme} {}", bed.server.operator_key());
        let request = bed.anonymous(Method::GET, "/api/v1/status");
        let response = request.header(AUTHORIZATION, credentials).send().await;
        assert_eq!(response.unwrap().status(), StatusCode::OK, "{scheme}");
    }
    bed.server.shutdown().await;
}

#[tokio::test]
async fn a_name_of_nothing_is_refused_by_name() {
    let bed = Bed::new().await;
    for operation in operations().iter().filter(|one| one.names_something()) {
        let path = operation.path_with("nothing");
        let mut request = bed.operator(operation.method.clone(), &path);
        if operation.takes_json() {
            request = request.json(&serde_json::json!({}));
        }
        let what = format!("{} {path}", operation.method);
        let (status, problem) = problem(request, &what).await;
        match status {
            StatusCode::NOT_FOUND => {
                let message = problem["message"].as_str().unwrap();
                assert!(message.contains("'nothing'"), "{what}: {problem}");
            }
            // Uploads and launches name what is to be made.
            _ => assert_eq!(status, StatusCode::BAD_REQUEST, "{what}: {problem}"),
        }
    }
    bed.server.shutdown().await;
}

#[tokio::test]
async fn a_strange_name_in_a_path_is_a_4xx_with_words() {
    let bed = Bed::new().await;
    let long = "a".repeat(5_000);
    let strange = [
        "%FF",
        "%00",
        "%20",
        "..%2F..%2Fetc",
        "%F0%9F%90%A6",
        "'%20OR%201=1",
        &long,
    ];
    for operation in operations().iter().filter(|one| one.names_something()) {
        for name in strange {
            let path = operation.path_with(name);
            let mut request = bed.operator(operation.method.clone(), &path);
            if operation.takes_json() {
                request = request.json(&serde_json::json!({}));
            }
            problem(request, &format!("{} {path}", operation.method)).await;
        }
    }
    bed.server.shutdown().await;
}

#[tokio::test]
async fn a_body_that_is_none_is_a_400_with_words() {
    let bed = Bed::new().await;
    let json = "application/json";
    let bodies = [
        (json, ""),
        (json, "{"),
        (json, "null"),
        (json, "\"x\""),
        (json, "7"),
        (json, "{\"no_such_field\": 1}"),
        (json, "{} {}"),
        (json, "{\"name\": \"\u{fffd}"),
        ("text/plain", "{}"),
        ("application/x-www-form-urlencoded", "name=x"),
    ];
    for operation in operations().iter().filter(|one| one.takes_json()) {
        let path = operation.path_with("nothing");
        for (kind, body) in bodies {
            let what = format!("{} {path} {kind} {body}", operation.method);
            let request = bed.operator(operation.method.clone(), &path);
            let request = request.header(CONTENT_TYPE, kind).body(body);
            let (status, problem) = problem(request, &what).await;
            assert_eq!(status, StatusCode::BAD_REQUEST, "{what}: {problem}");
            assert_eq!(problem["error"], "invalid", "{what}");
        }
    }
    bed.server.shutdown().await;
}

#[tokio::test]
async fn a_number_in_a_query_that_is_none_is_a_400_that_names_it() {
    let bed = Bed::new().await;
    let mut tried = 0;
    for operation in operations() {
        let numbers = operation
            .parameters("query")
            .filter(|parameter| parameter["schema"]["type"].to_string().contains("integer"));
        for parameter in numbers {
            for value in [
                "x",
                "",
                "1.5",
                "-99999999999999999999",
                "99999999999999999999",
            ] {
                let name = parameter["name"].as_str().unwrap();
                let path = format!("{}?{name}={value}", operation.path_with("nothing"));
                let request = bed.operator(operation.method.clone(), &path);
                let (status, problem) = problem(request, &path).await;
                assert_eq!(status, StatusCode::BAD_REQUEST, "{path}: {problem}");
                assert!(
                    problem["message"].as_str().unwrap().contains(name),
                    "{path}: {problem}"
                );
                tried += 1;
            }
        }
    }
    assert!(tried >= 15, "{tried}");
    bed.server.shutdown().await;
}

#[tokio::test]
async fn a_method_that_an_address_does_not_take_is_a_405_that_names_those_it_takes() {
    let bed = Bed::new().await;
    let mut paths: BTreeMap<&str, Vec<Method>> = BTreeMap::new();
    for operation in operations() {
        paths
            .entry(operation.template)
            .or_default()
            .push(operation.method);
    }
    for (template, taken) in paths {
        let path = template.replace(['{', '}'], "");
        let every = [
            Method::GET,
            Method::POST,
            Method::PUT,
            Method::PATCH,
            Method::DELETE,
        ];
        for method in every.iter().filter(|method| !taken.contains(method)) {
            let what = format!("{method} {path}");
            let response = bed.operator(method.clone(), &path).send().await.unwrap();
            assert_eq!(response.status(), StatusCode::METHOD_NOT_ALLOWED, "{what}");
            let allow = response
                .headers()
                .get(ALLOW)
                .unwrap()
                .to_str()
                .unwrap()
                .to_owned();
            for method in &taken {
                assert!(allow.contains(method.as_str()), "{what}: {allow}");
            }
            let problem: Value = response.json().await.unwrap();
            assert_eq!(problem["error"], "method_not_allowed", "{what}");
            assert!(problem["hint"].as_str().unwrap().contains("openapi.json"));
        }
    }
    bed.server.shutdown().await;
}

#[tokio::test]
async fn an_address_that_is_none_is_a_404_that_tells_where_the_routes_are_named() {
    let bed = Bed::new().await;
    for path in [
        "/api/v1",
        "/api/v1/",
        "/api/v2/status",
        "/api/v1/status/",
        "/api/v1/users/a/b/c",
    ] {
        let (status, problem) = problem(bed.operator(Method::GET, path), path).await;
        assert_eq!(status, StatusCode::NOT_FOUND, "{path}");
        assert_eq!(problem["error"], "not_found");
        assert!(problem["hint"].as_str().unwrap().contains("openapi.json"));
        let stranger = bed.anonymous(Method::GET, path).send().await.unwrap();
        assert_eq!(stranger.status(), StatusCode::UNAUTHORIZED, "{path}");
    }
    bed.server.shutdown().await;
}
