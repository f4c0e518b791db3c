//! The door over plain HTTP, at both addresses of a runtime.

use serde_json::Value;
use tokio::runtime::Runtime;

use crate::bed::{Bed, IDENTIFIER};

struct Door {
    bed: Bed,
    runtime: Runtime,
    http: reqwest::Client,
    addresses: Vec<String>,
}

const CALL: &str = r#"{"jsonrpc":"2.0","id":"seven","method":"tools/call","params":{"name":"add","arguments":{"a":2,"b":3}}}"#;

impl Door {
    fn new(profile: &str) -> Self {
        let bed = Bed::with_server();
        let client = bed.register(profile);
        bed.launch(&client);
        let status = bed.run(&["status", "mcp_server"]);
        let addresses = vec![
            status.value("MCP endpoint"),
            status.value("AgentCore style"),
        ];
        let http = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .unwrap();
        Self {
            bed,
            runtime: Runtime::new().unwrap(),
            http,
            addresses,
        }
    }

    fn call(&self, method: &str, url: &str, authorization: Option<&str>) -> reqwest::Response {
        let method = reqwest::Method::from_bytes(method.as_bytes()).unwrap();
        let mut request = self.http.request(method.clone(), url);
        if let Some(authorization) = authorization {
            request = request.header("Authorization", authorization);
        }
        if method == reqwest::Method::POST {
            request = request
                .header("Content-Type", "application/json")
                .header("Accept", "application/json, text/event-stream")
                .body(CALL);
        }
        self.runtime.block_on(request.send()).unwrap()
    }

    fn json(&self, response: reqwest::Response) -> Value {
        self.runtime.block_on(response.json()).unwrap()
    }

    fn get(&self, url: &str) -> Value {
        let response = self.call("GET", url, None);
        assert_eq!(response.status(), 200, "{url}");
        self.json(response)
    }
}

#[test]
fn both_addresses_answer_a_call_with_a_good_token() {
    let door = Door::new("both");
    let bearer = format!("Bearer {}", door.bed.token());
    for address in &door.addresses {
        let response = door.call("POST", address, Some(&bearer));
        assert_eq!(response.status(), 200, "{address}");
        let message = door.json(response);
        assert_eq!(message["id"], "seven");
        assert_eq!(message.pointer("/result/content/0/text").unwrap(), "5");
    }
}

#[test]
fn every_method_without_a_good_token_is_401_with_a_challenge_and_the_requests_id() {
    let door = Door::new("auth0");
    let wrong_profile = format!("Bearer {}", door.bed.token());
    let cut = wrong_profile
        .get(..wrong_profile.len() - 4)
        .unwrap()
        .to_owned();
    let tokens = [
        None,
        Some("Bearer garbage"),
        Some("Bearer a.b.c"),
        Some("Basic eDp5"),
        Some(cut.as_str()),
        Some(wrong_profile.as_str()),
    ];
    for address in &door.addresses {
        for token in tokens {
            for method in ["POST", "GET", "HEAD", "DELETE"] {
                let response = door.call(method, address, token);
                assert_eq!(response.status(), 401, "{method} {address} {token:?}");
                let challenge = response
                    .headers()
                    .get("www-authenticate")
                    .unwrap()
                    .to_str()
                    .unwrap()
                    .to_owned();
                assert!(challenge.starts_with("Bearer "), "{challenge}");
                assert!(
                    challenge.contains("resource_metadata=\"http://127.0.0.1:"),
                    "{challenge}"
                );
                // RFC 6750 section 3.1: no error code where no bearer token was tried.
                let tried = token.is_some_and(|token| token.starts_with("Bearer"));
                assert_eq!(challenge.contains("error="), tried, "{challenge}");
                if method == "POST" {
                    let message = door.json(response);
                    assert_eq!(message["id"], "seven");
                    assert!(message.pointer("/error/message").is_some(), "{message}");
                }
            }
        }
    }
}

#[test]
fn what_the_seed_got_404_for_is_there() {
    let door = Door::new("both");
    let origin = door.bed.origin().to_owned();
    for address in &door.addresses {
        let plain = address.split('?').next().unwrap();
        let path = plain.strip_prefix(&origin).unwrap();
        let inserted =
            format!("{origin}/.well-known/oauth-protected-resource{path}?qualifier=DEFAULT");
        let appended = format!("{plain}/.well-known/oauth-protected-resource?qualifier=DEFAULT");
        for url in [inserted, appended] {
            let metadata = door.get(&url);
            assert_eq!(metadata["resource"], plain, "{url}");
            assert_eq!(
                metadata["authorization_servers"],
                serde_json::json!([origin]),
                "{url}"
            );
        }
    }
    let root = door.get(&format!("{origin}/.well-known/oauth-protected-resource"));
    assert_eq!(root["resource"], door.addresses[0].as_str());
    let oauth = door.get(&format!("{origin}/.well-known/oauth-authorization-server"));
    let openid = door.get(&format!("{origin}/.well-known/openid-configuration"));
    for document in [&oauth, &openid] {
        assert_eq!(document["issuer"], origin.as_str());
        assert_eq!(document["token_endpoint"], format!("{origin}/oauth/token"));
    }
    let keys = door.get(openid["jwks_uri"].as_str().unwrap());
    assert!(!keys["keys"].as_array().unwrap().is_empty());
}

#[test]
fn the_challenge_alone_leads_a_client_to_a_token() {
    let door = Door::new("both");
    let created = door
        .bed
        .run(&[
            "app", "create", "--name", "sdk", "--type", "m2m", "--api", IDENTIFIER, "--json",
        ])
        .ok();
    let application: Value = serde_json::from_str(&created).unwrap();
    let address = &door.addresses[0];
    let challenge = door.call("POST", address, None).headers()["www-authenticate"]
        .to_str()
        .unwrap()
        .to_owned();
    let metadata_url = challenge
        .split('"')
        .find(|part| part.starts_with("http"))
        .unwrap()
        .to_owned();
    let metadata = door.get(&metadata_url);
    let issuer = metadata["authorization_servers"][0].as_str().unwrap();
    let document = door.get(&format!("{issuer}/.well-known/oauth-authorization-server"));
    let form = [
        ("grant_type", "client_credentials"),
        ("resource", metadata["resource"].as_str().unwrap()),
    ];
    let request = door
        .http
        .post(document["token_endpoint"].as_str().unwrap())
        .basic_auth(
            application["client_id"].as_str().unwrap(),
            application["client_secret"].as_str(),
        )
        .form(&form);
    let issued = door.json(door.runtime.block_on(request.send()).unwrap());
    let token = issued["access_token"]
        .as_str()
        .unwrap_or_else(|| panic!("{issued}"));
    // The application is not in allowedClients: everything but that rule holds.
    let explained = door.bed.run(&["token", "explain", token]);
    assert!(
        explained.stdout.contains("pass  signature"),
        "{}",
        explained.stdout
    );
    assert!(
        explained.stdout.contains("FAIL  client_id"),
        "{}",
        explained.stdout
    );
    let allowed = format!("Bearer {}", door.bed.token());
    assert_eq!(door.call("POST", address, Some(&allowed)).status(), 200);
}

#[test]
fn malformed_targets_are_never_a_server_error() {
    let door = Door::new("both");
    let origin = door.bed.origin();
    for path in [
        "/mcp/",
        "/mcp/nobody",
        "/mcp/%ff",
        "/runtimes/",
        "/runtimes/x/invocations",
        "/runtimes/%2F%2F/invocations",
        "/mcp/mcp_server?qualifier=none",
        "/api/v1/nothing",
        "/nothing",
        "/.well-known/oauth-protected-resource/mcp/nobody",
    ] {
        for method in ["GET", "POST"] {
            let status = door
                .call(method, &format!("{origin}{path}"), None)
                .status()
                .as_u16();
            assert!((400..500).contains(&status), "{method} {path}: {status}");
        }
    }
}
