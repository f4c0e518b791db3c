//! The addresses of a runtime, and their metadata.

use serde_json::json;

use crate::bed::{ARN, Bed, CALL, ENCODED, Options, PATH, PUBLIC};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_spelling_of_the_address_reaches_the_runtime() {
    let bed = Bed::start().await;
    let bearer = format!("Bearer {}", bed.token("alice"));
    let lower = ENCODED.replace("%3A", "%3a").replace("%2F", "%2f");
    for target in [
        PATH.to_owned(),
        format!("{PATH}/"),
        format!("{PATH}?qualifier=DEFAULT"),
        format!("/runtimes/{ENCODED}/invocations?qualifier=DEFAULT"),
        format!("/runtimes/{lower}/invocations"),
        format!("/runtimes/{ARN}/invocations?qualifier=DEFAULT"),
        "/runtimes/fixture-y2iy3YFsSN/invocations?accountId=123456789012".to_owned(),
        "/runtimes/fixture-y2iy3YFsSN/invocations".to_owned(),
        format!("http://{}{PATH}", bed.address),
    ] {
        let answer = bed
            .client()
            .await
            .request(
                "POST",
                &target,
                &[("Authorization", &bearer)],
                CALL.as_bytes(),
            )
            .await;
        assert_eq!(answer.status(), 200, "{target}");
        assert_eq!(
            answer.json()["result"]["structuredContent"]["result"],
            5,
            "{target}"
        );
    }
    assert_eq!(bed.starts(), 1);
    bed.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_token_for_any_address_of_the_runtime_is_a_token_for_it() {
    let bed = Bed::start().await;
    let odd = ENCODED.replacen("%3A", "%3a", 1);
    for path in [
        PATH.to_owned(),
        format!("/runtimes/{ENCODED}/invocations"),
        format!("/runtimes/{odd}/invocations"),
    ] {
        let token = bed.token_with("alice", json!({"aud": format!("{PUBLIC}{path}")}));
        let bearer = format!("Bearer {token}");
        let answer = bed
            .client()
            .await
            .request(
                "POST",
                &path,
                &[("Authorization", &bearer)],
                CALL.as_bytes(),
            )
            .await;
        assert_eq!(answer.status(), 200, "{path}: {}", answer.text());
    }
    bed.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_unknown_runtime_or_qualifier_is_404_in_agentcores_words() {
    let bed = Bed::start().await;
    let bearer = format!("Bearer {}", bed.token("alice"));
    for (target, qualifier, agent) in [
        ("/mcp/nobody".to_owned(), "DEFAULT", "nobody".to_owned()),
        (
            format!("{PATH}?qualifier=beta"),
            "beta",
            "fixture".to_owned(),
        ),
        (
            format!(
                "/runtimes/{}/invocations?qualifier=DEFAULT",
                ENCODED.replace("us-west-2", "us-east-1")
            ),
            "DEFAULT",
            ARN.replace("us-west-2", "us-east-1"),
        ),
    ] {
        for headers in [&[][..], &[("Authorization", bearer.as_str())][..]] {
            let answer = bed
                .client()
                .await
                .request("POST", &target, headers, CALL.as_bytes())
                .await;
            assert_eq!(answer.status(), 404, "{target}");
            let body = answer.json();
            assert_eq!(body["id"], "call-1");
            let expected = format!(
                "No endpoint or agent found with qualifier '{qualifier}' for agent '{agent}'"
            );
            assert!(
                body["error"]["message"]
                    .as_str()
                    .unwrap()
                    .starts_with(&expected),
                "{body}"
            );
        }
    }
    bed.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn malformed_targets_are_the_callers_mistake() {
    let bed = Bed::start().await;
    for target in [
        "/mcp/%",
        "/mcp/%zz",
        "/mcp/%00",
        "/mcp/%ff%fe",
        "/mcp//",
        "/mcp/..",
        "/mcp/%2e%2e",
        "/mcp/{}",
        "/mcp/\"",
        "/mcp/fixture/../x",
        "/mcp/fixture?%",
        "/mcp/fixture?qualifier=%ff",
        "/mcp/fixture?&&==&qualifier",
        "/runtimes/%/invocations",
        "/runtimes//invocations",
        "/runtimes/arn:/invocations",
        "/runtimes/arn%3aaws%3A%2F/invocations",
        "/.well-known/oauth-protected-resource/%ff",
        "/mcp/\u{fc}",
        "/mcp/a b",
        "/mcp/a\u{1}",
    ] {
        let mut client = bed.client().await;
        client
            .send(
                format!("POST {target} HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\n{{}}")
                    .as_bytes(),
            )
            .await;
        let status = client.head("POST").await.status;
        assert!((400..500).contains(&status), "{target:?}: {status}");
    }
    bed.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn resource_metadata_lies_at_three_places_and_repeats_the_address_asked_about() {
    let bed = Bed::start().await;
    let lower = format!("/runtimes/{}/invocations", ENCODED.replace("%3A", "%3a"));
    let encoded = format!("/runtimes/{ENCODED}/invocations");
    let known = "/.well-known/oauth-protected-resource";
    for (target, resource) in [
        (format!("{known}{PATH}"), PATH),
        (format!("{known}{PATH}/"), "/mcp/fixture/"),
        (format!("{known}{PATH}?qualifier=DEFAULT"), PATH),
        (format!("{known}{encoded}"), &encoded),
        (format!("{known}{lower}"), &lower),
        (format!("{PATH}{known}"), PATH),
        (format!("{encoded}{known}?qualifier=DEFAULT"), &encoded),
        (known.to_owned(), PATH),
        (format!("{known}?x=y"), PATH),
    ] {
        let answer = bed
            .client()
            .await
            .request("GET", &target, &[("Origin", "http://a")], b"")
            .await;
        assert_eq!(answer.status(), 200, "{target}");
        assert_eq!(answer.header("content-type"), Some("application/json"));
        assert_eq!(answer.header("access-control-allow-origin"), Some("*"));
        assert_eq!(
            answer.json(),
            json!({
                "resource": format!("{PUBLIC}{resource}"),
                "authorization_servers": [PUBLIC],
                "bearer_methods_supported": ["header"],
                "resource_name": "fixture",
            }),
            "{target}"
        );
    }
    let answer = bed.client().await.request("HEAD", known, &[], b"").await;
    assert_eq!((answer.status(), answer.body.len()), (200, 0));
    let answer = bed.client().await.request("POST", known, &[], b"{}").await;
    assert_eq!(answer.status(), 405);
    let answer = bed
        .client()
        .await
        .request("GET", &format!("{known}/mcp/nobody"), &[], b"")
        .await;
    assert_eq!(answer.status(), 404);
    assert_eq!(bed.starts(), 0);
    bed.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_root_metadata_is_there_for_exactly_one_runtime() {
    let bed = Bed::with(Options {
        runtimes: vec!["fixture", "other"],
        scopes: vec!["tools:call".to_owned(), "offline_access".to_owned()],
        ..Options::default()
    })
    .await;
    let known = "/.well-known/oauth-protected-resource";
    let answer = bed.client().await.request("GET", known, &[], b"").await;
    assert_eq!(answer.status(), 404);
    let answer = bed
        .client()
        .await
        .request("GET", &format!("{known}/mcp/other"), &[], b"")
        .await;
    assert_eq!(answer.json()["resource"], format!("{PUBLIC}/mcp/other"));
    assert_eq!(answer.json()["scopes_supported"], json!(["tools:call"]));
    bed.end().await;
}
