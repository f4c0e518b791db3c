//! What happens to a request whose client goes away.

use shukuba_testkit::raw::RawClient;

use crate::bed::{Bed, CALL, PATH};

async fn ask(bed: &Bed, method: &str, fixture: &str, version: &str) -> RawClient {
    let bearer = format!("Bearer {}", bed.token("alice"));
    let length = CALL.len().to_string();
    let mut headers = vec![
        ("Authorization", bearer.as_str()),
        ("Mcp-Fixture", fixture),
        ("MCP-Protocol-Version", version),
    ];
    if method == "POST" {
        headers.push(("Content-Length", &length));
        headers.extend([("Mcp-Method", "tools/call"), ("Mcp-Name", "add")]);
    }
    let mut client = bed.client().await;
    client.send_head(method, PATH, &headers).await;
    if method == "POST" {
        client.send(CALL.as_bytes()).await;
    }
    client
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_legacy_disconnect_does_not_cancel_the_request() {
    let bed = Bed::start().await;
    let client = ask(&bed, "POST", "slow 700", "2025-06-18").await;
    bed.noted("asked").await;
    drop(client);
    bed.noted("finished").await;
    assert!(!bed.journal().contains(&"closed".to_owned()));
    bed.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_legacy_disconnect_within_a_stream_does_not_cancel_it() {
    let bed = Bed::start().await;
    let mut client = ask(&bed, "POST", "journaled-sse 2 700", "2025-11-25").await;
    assert_eq!(client.head("POST").await.status, 200);
    client.part().await.unwrap();
    drop(client);
    bed.noted("finished").await;
    bed.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_modern_disconnect_cancels_at_once() {
    let bed = Bed::start().await;
    let client = ask(&bed, "POST", "slow 60000", "2026-07-28").await;
    bed.noted("asked").await;
    drop(client);
    bed.noted("closed").await;
    bed.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_modern_disconnect_within_a_stream_cancels_at_once() {
    let bed = Bed::start().await;
    let mut client = ask(&bed, "POST", "silent", "2026-07-28").await;
    assert_eq!(client.head("POST").await.status, 200);
    drop(client);
    bed.noted("closed").await;
    bed.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_get_stream_ends_with_its_connection_in_both_eras() {
    for version in ["2025-06-18", "2026-07-28"] {
        let bed = Bed::start().await;
        let mut client = ask(&bed, "GET", "silent", version).await;
        assert_eq!(client.head("GET").await.status, 200);
        drop(client);
        bed.noted("closed").await;
        bed.end().await;
    }
}
