//! Bytes go through untouched.

use shukuba_testkit::fixture::pattern;

use crate::bed::{Bed, CALL, Options, PATH};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_call_is_answered_by_its_server() {
    let bed = Bed::start().await;
    let answer = bed.ask("POST", &[], CALL).await;
    assert_eq!(answer.status(), 200);
    assert_eq!(answer.json()["id"], "call-1");
    assert_eq!(answer.json()["result"]["structuredContent"]["result"], 5);
    bed.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn bodies_pass_byte_for_byte_in_both_directions_and_both_framings() {
    let bed = Bed::start().await;
    let body = pattern(0, 300_000);
    let bearer = format!("Bearer {}", bed.token("alice"));
    let headers = [
        ("Authorization", bearer.as_str()),
        ("Content-Type", "text/x-odd; charset=\"utf-8\""),
        ("Mcp-Fixture", "mirror"),
    ];
    let mut client = bed.client().await;
    let answer = client.request("POST", PATH, &headers, &body).await;
    assert_eq!(answer.header("content-length"), Some("300000"));
    assert_eq!(answer.header("content-type"), Some(headers[1].1));
    assert!(answer.body == body);

    let mut chunked = headers.to_vec();
    chunked.push(("Transfer-Encoding", "chunked"));
    client.send_head("POST", PATH, &chunked).await;
    for part in body.chunks(70_001) {
        client
            .send(format!("{:x}\r\n", part.len()).as_bytes())
            .await;
        client.send(part).await;
        client.send(b"\r\n").await;
    }
    client.send(b"0\r\n\r\n").await;
    assert!(client.answer("POST").await.body == body);
    bed.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn r17_an_instance_sees_its_own_host_and_none_of_the_callers_secrets_or_claims() {
    let bed = Bed::start().await;
    let token = bed.token("alice");
    let answer = bed
        .ask(
            "POST",
            &[
                ("Mcp-Fixture", "echo"),
                ("Cookie", "session=secret"),
                ("Origin", "https://client.example"),
                ("X-Forwarded-For", "10.0.0.1"),
                ("X-Forwarded-Host", "evil.example"),
                ("Forwarded", "for=10.0.0.1"),
                ("X-Real-IP", "10.0.0.1"),
                ("X-Amzn-Bedrock-AgentCore-Runtime-User-Id", "root"),
                ("Proxy-Authorization", "Basic c2VjcmV0"),
                ("Connection", "keep-alive, Mcp-Hop"),
                ("Mcp-Hop", "1"),
            ],
            CALL,
        )
        .await;
    let seen = answer.text();
    let lower = seen.to_ascii_lowercase();
    assert!(seen.starts_with("POST /mcp HTTP/1.1\r\n"), "{seen}");
    assert!(lower.contains("\r\nhost: 127.0.0.1:"), "{seen}");
    assert!(!lower.contains(&bed.address.to_string()), "{seen}");
    assert!(!seen.contains(&token), "{seen}");
    for absent in [
        "authorization",
        "cookie",
        "origin",
        "forwarded",
        "x-real-ip",
        "user-id",
        "mcp-hop",
        "10.0.0.1",
        "connection",
    ] {
        assert!(!lower.contains(absent), "{absent}: {seen}");
    }
    assert!(seen.ends_with(CALL));
    bed.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_headers_of_both_eras_are_mirrored() {
    let bed = Bed::start().await;
    let headers = [
        ("Mcp-Fixture", "echo"),
        ("MCP-Protocol-Version", "2026-07-28"),
        ("Mcp-Method", "tools/call"),
        ("Mcp-Name", "=?base64?YWRk?="),
        ("Mcp-Param-Region", "eu"),
        ("Mcp-Param-Unheard-Of", "x"),
        ("Last-Event-ID", "41"),
        (
            "traceparent",
            "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        ),
        ("tracestate", "a=b"),
        ("baggage", "c=d"),
        ("X-Amzn-Trace-Id", "Root=1-2-3"),
        ("Accept-Language", "ja"),
        ("User-Agent", "test/1"),
    ];
    let seen = bed.ask("POST", &headers, CALL).await.text();
    for (name, value) in headers {
        let line = format!("\r\n{}: {value}\r\n", name.to_ascii_lowercase());
        assert!(seen.contains(&line), "{line}: {seen}");
    }
    bed.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn modern_headers_that_belie_the_body_are_400_32020_and_not_forwarded() {
    let bed = Bed::start().await;
    for (method, name) in [("tools/list", "add"), ("tools/call", "remove")] {
        let headers = [
            ("MCP-Protocol-Version", "2026-07-28"),
            ("Mcp-Method", method),
            ("Mcp-Name", name),
        ];
        let answer = bed.ask("POST", &headers, CALL).await;
        assert_eq!(answer.status(), 400);
        assert_eq!(answer.json()["error"]["code"], -32020);
        assert_eq!(answer.json()["id"], "call-1");
    }
    assert_eq!(bed.starts(), 0);
    bed.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_servers_own_refusals_pass_with_status_reason_headers_and_body() {
    let bed = Bed::start().await;
    for code in ["400", "404", "406", "418", "500", "503"] {
        let asked = format!("status {code}");
        let answer = bed.ask("POST", &[("Mcp-Fixture", &asked)], CALL).await;
        assert_eq!(answer.status().to_string(), code);
        let first_line = format!("HTTP/1.1 {code} Odd\r\n");
        assert!(answer.head.bytes.starts_with(first_line.as_bytes()));
        assert_eq!(answer.text(), "{ \"odd\" :  [1,2 ],\"jsonrpc\": \"2.0\"}");
        assert_eq!(answer.header("x-server-own"), Some("kept, as it is"));
        assert_eq!(
            answer.header("content-type"),
            Some("application/json; charset=utf-8")
        );
        assert_eq!(answer.header("x-hop"), None);
        assert_eq!(answer.header("set-cookie"), None);
        let allowed: Vec<_> = answer
            .head
            .header_all("access-control-allow-origin")
            .collect();
        assert_eq!(allowed, ["*"]);
    }
    bed.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn get_and_delete_reach_the_server_and_202_stays_empty() {
    let bed = Bed::start().await;
    assert_eq!(bed.ask("GET", &[], "").await.status(), 405);
    assert_eq!(bed.ask("DELETE", &[], "").await.status(), 404);
    let notification = r#"{"jsonrpc":"2.0","method":"notifications/initialized"}"#;
    let answer = bed.ask("POST", &[], notification).await;
    assert_eq!((answer.status(), answer.body.len()), (202, 0));
    for method in ["GET", "DELETE"] {
        let seen = bed.ask(method, &[("Mcp-Fixture", "echo")], "").await.text();
        assert!(
            seen.starts_with(&format!("{method} /mcp HTTP/1.1\r\n")),
            "{seen}"
        );
        assert!(!seen.contains("chunked"), "{seen}");
    }
    bed.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn methods_nobody_answers_start_no_instance() {
    let bed = Bed::start().await;
    for method in ["HEAD", "PUT", "PATCH", "TRACE", "BREW"] {
        let answer = bed.ask(method, &[], "").await;
        assert_eq!(answer.status(), 405, "{method}");
        assert_eq!(answer.header("allow"), Some("GET, POST, DELETE, OPTIONS"));
    }
    assert_eq!(bed.starts(), 0);
    bed.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_preflight_is_answered_without_a_token_and_reflects_the_headers_asked_for() {
    let bed = Bed::start().await;
    let wanted = "authorization, mcp-param-region, x-amzn-bedrock-agentcore-runtime-session-id";
    let headers = [
        ("Origin", "https://client.example"),
        ("Access-Control-Request-Method", "POST"),
        ("Access-Control-Request-Headers", wanted),
    ];
    let answer = bed
        .client()
        .await
        .request("OPTIONS", PATH, &headers, b"")
        .await;
    assert_eq!(answer.status(), 204);
    assert_eq!(answer.header("access-control-allow-origin"), Some("*"));
    assert_eq!(answer.header("access-control-allow-headers"), Some(wanted));
    assert_eq!(
        answer.header("access-control-allow-methods"),
        Some("GET, POST, DELETE, HEAD, OPTIONS")
    );
    assert!(answer.header("access-control-max-age").is_some());
    let answer = bed.ask("POST", &[], CALL).await;
    let exposed = answer.header("access-control-expose-headers").unwrap();
    for name in [
        "Mcp-Session-Id",
        "WWW-Authenticate",
        "Mcp-Protocol-Version",
        "X-Amzn-Bedrock-AgentCore-Runtime-Session-Id",
    ] {
        assert!(exposed.contains(name), "{name}: {exposed}");
    }
    bed.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_body_above_the_limit_is_413_whether_announced_or_not() {
    let mut options = Options::default();
    options.plane.body = 1000;
    let bed = Bed::with(options).await;
    let body = "x".repeat(1001);
    let answer = bed.ask("POST", &[("Mcp-Fixture", "mirror")], &body).await;
    assert_eq!(answer.status(), 413);
    let bearer = format!("Bearer {}", bed.token("alice"));
    let mut client = bed.client().await;
    let headers = [
        ("Authorization", bearer.as_str()),
        ("Mcp-Fixture", "mirror"),
        ("Transfer-Encoding", "chunked"),
    ];
    client.send_head("POST", PATH, &headers).await;
    client
        .send(format!("3e9\r\n{body}\r\n0\r\n\r\n").as_bytes())
        .await;
    let answer = client.answer("POST").await;
    assert_eq!(answer.status(), 413, "{}", answer.text());
    let answer = bed
        .ask("POST", &[("Mcp-Fixture", "mirror")], &"x".repeat(1000))
        .await;
    assert_eq!(answer.status(), 200);
    bed.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn headers_above_the_limit_are_431() {
    let bed = Bed::start().await;
    let large = "x".repeat(70_000);
    let answer = bed.ask("POST", &[("Mcp-Param-X", &large)], CALL).await;
    assert_eq!(answer.status(), 431);
    bed.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn connections_to_an_instance_are_used_again() {
    let bed = Bed::start().await;
    let bearer = format!("Bearer {}", bed.token("alice"));
    let headers = [
        ("Authorization", bearer.as_str()),
        ("Mcp-Fixture", "connection"),
    ];
    let mut client = bed.client().await;
    let first = client
        .request("POST", PATH, &headers, CALL.as_bytes())
        .await
        .text();
    let mut again = 0;
    for _ in 0..20 {
        let answer = client
            .request("POST", PATH, &headers, CALL.as_bytes())
            .await;
        again += usize::from(answer.text() == first);
    }
    // The connection is free again a moment after its answer, not always before the next request.
    assert!(again >= 10, "{again} of 20 used the first connection");
    bed.end().await;
}
