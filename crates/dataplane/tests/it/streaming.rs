//! What is streamed arrives at once, and memory stays bounded.

use std::time::Duration;

use shukuba_testkit::fixture::pattern;

use crate::bed::{Bed, CALL, Options, PATH};

async fn streaming(bed: &Bed, method: &str, fixture: &str) -> shukuba_testkit::raw::RawClient {
    let bearer = format!("Bearer {}", bed.token("alice"));
    let length = CALL.len().to_string();
    let mut headers = vec![("Authorization", bearer.as_str()), ("Mcp-Fixture", fixture)];
    if method == "POST" {
        headers.push(("Content-Length", &length));
    }
    let mut client = bed.client().await;
    client.send_head(method, PATH, &headers).await;
    if method == "POST" {
        client.send(CALL.as_bytes()).await;
    }
    client
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_event_arrives_while_its_stream_is_still_open() {
    let bed = Bed::start().await;
    // The second event comes after a minute, which the client does not wait for.
    let mut client = streaming(&bed, "POST", "sse 2 60000").await;
    let head = client.head("POST").await;
    assert_eq!(head.header("content-type"), Some("text/event-stream"));
    assert_eq!(head.header("x-accel-buffering"), Some("no"));
    assert_eq!(head.header("cache-control"), Some("no-cache, no-transform"));
    let part = client.part().await.unwrap().unwrap();
    assert_eq!(part, b"id: 0\nevent: message\ndata: {\"n\":0}\n\n");
    drop(client);
    bed.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stream_passes_whole() {
    let bed = Bed::start().await;
    let mut client = streaming(&bed, "GET", "sse 3 5").await;
    assert_eq!(client.head("GET").await.status, 200);
    let body = String::from_utf8(client.rest_of_body().await).unwrap();
    let expected: String = (0..3)
        .map(|n| format!("id: {n}\nevent: message\ndata: {{\"n\":{n}}}\n\n"))
        .collect();
    assert_eq!(body, expected);
    bed.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_silent_stream_is_kept_alive_by_comments() {
    let mut options = Options::default();
    options.plane.keep_alive = Duration::from_millis(30);
    let bed = Bed::with(options).await;
    for method in ["GET", "POST"] {
        let mut client = streaming(&bed, method, "silent").await;
        assert_eq!(client.head(method).await.status, 200);
        for _ in 0..3 {
            assert_eq!(client.part().await.unwrap().unwrap(), b": keep-alive\n\n");
        }
    }
    bed.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn fifty_megabytes_stream_in_bounded_memory() {
    const SIZE: usize = 50_000_000;
    let bed = Bed::start().await;
    let mut client = streaming(&bed, "POST", &format!("stream {SIZE}")).await;
    let head = client.head("POST").await;
    assert_eq!(head.header("content-length"), Some("50000000"));
    // While nobody reads, the instance is stopped: what it could write lies
    // in the kernel's socket buffers, not with us.
    let mut before = None;
    loop {
        tokio::time::sleep(Duration::from_millis(300)).await;
        let written = bed.journal().last().cloned();
        if written == before {
            break;
        }
        before = written;
    }
    let written: usize = before
        .as_deref()
        .and_then(|line| line.strip_prefix("written "))
        .map_or(0, |count| count.parse().unwrap());
    assert!(written < SIZE, "all was taken in while nobody read");
    let resident = resident_bytes();
    let mut offset = 0;
    while let Some(part) = client.part().await.unwrap() {
        assert!(part == pattern(offset, part.len()), "at {offset}");
        offset += part.len();
    }
    assert_eq!(offset, SIZE);
    let grown = resident_bytes().saturating_sub(resident);
    assert!(grown < 32 << 20, "{grown} bytes more while streaming");
    bed.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_large_request_streams_to_the_instance() {
    let bed = Bed::start().await;
    let body = String::from_utf8(vec![b'a'; 20_000_000]).unwrap();
    let answer = bed.ask("POST", &[("Mcp-Fixture", "mirror")], &body).await;
    assert!(answer.text() == body);
    bed.end().await;
}

fn resident_bytes() -> usize {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status
        .lines()
        .find(|line| line.starts_with("VmRSS:"))
        .unwrap();
    let kilobytes: usize = line.split_whitespace().nth(1).unwrap().parse().unwrap();
    kilobytes * 1024
}
