//! Instances start, crash and end; callers are told what they can use.

use std::time::Duration;

use shukuba_model::route::Lifecycle;
use shukuba_model::session::SessionMode;
use shukuba_testkit::fixture::FixtureOptions;

use crate::bed::{Bed, CALL, Options, PATH, eventually};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn requests_are_held_while_an_instance_starts() {
    let bed = Bed::with(Options {
        fixture: FixtureOptions {
            start_delay: Duration::from_millis(600),
            ..FixtureOptions::default()
        },
        ..Options::default()
    })
    .await;
    let ask = || bed.ask("POST", &[], CALL);
    let answers = tokio::join!(ask(), ask(), ask(), ask());
    for answer in [answers.0, answers.1, answers.2, answers.3] {
        assert_eq!(answer.status(), 200, "{}", answer.text());
    }
    assert_eq!(bed.starts(), 1);
    bed.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_crash_is_answered_clearly_and_the_next_call_is_served() {
    let bed = Bed::start().await;
    let answer = bed.ask("POST", &[("Mcp-Fixture", "crash")], CALL).await;
    assert_eq!(answer.status(), 200, "{}", answer.text());
    assert_eq!(answer.header("content-type"), Some("application/json"));
    let body = answer.json();
    assert_eq!(body["id"], "call-1");
    assert_eq!(body["error"]["code"], -32010);
    let message = body["error"]["message"].as_str().unwrap();
    assert!(message.contains("exit code 3"), "{message}");
    assert!(message.contains("shukuba logs fixture"), "{message}");
    let answer = bed.ask("POST", &[], CALL).await;
    assert_eq!(answer.json()["result"]["structuredContent"]["result"], 5);
    assert_eq!(bed.starts(), 2);
    bed.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_crash_without_a_request_to_answer_is_502() {
    let bed = Bed::start().await;
    let answer = bed.ask("GET", &[("Mcp-Fixture", "crash")], "").await;
    assert_eq!(answer.status(), 502);
    let notification = r#"{"jsonrpc":"2.0","method":"notifications/x"}"#;
    let answer = bed
        .ask("POST", &[("Mcp-Fixture", "crash")], notification)
        .await;
    assert_eq!(answer.status(), 502);
    assert_eq!(answer.json()["error"]["code"], -32010);
    bed.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_crash_within_a_stream_ends_it_with_an_error_for_the_request() {
    let bed = Bed::start().await;
    let answer = bed
        .ask("POST", &[("Mcp-Fixture", "crash-midway")], CALL)
        .await;
    let text = answer.text();
    let rest = text.strip_prefix("data: {\"last\":\"words\"}\n\n").unwrap();
    let data = rest.strip_prefix("event: message\ndata: ").unwrap();
    let error: serde_json::Value = serde_json::from_str(data.trim_end()).unwrap();
    assert_eq!(error["id"], "call-1");
    assert_eq!(error["error"]["code"], -32010);
    assert!(text.ends_with("\n\n"));
    assert_eq!(bed.ask("POST", &[], CALL).await.status(), 200);
    bed.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_session_of_a_crashed_instance_is_gone_so_that_its_client_begins_anew() {
    let bed = Bed::stateful().await;
    let session = bed.initialize("alice").await;
    let headers = [
        ("Mcp-Session-Id", session.as_str()),
        ("Mcp-Fixture", "crash"),
    ];
    let answer = bed.ask("POST", &headers, CALL).await;
    assert_eq!(answer.json()["error"]["code"], -32010);
    assert_eq!(bed.ask("POST", &headers[..1], CALL).await.status(), 404);
    let session = bed.initialize("alice").await;
    let answer = bed.ask("POST", &[("Mcp-Session-Id", &session)], CALL).await;
    assert_eq!(answer.status(), 200);
    bed.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_cannot_start_is_explained() {
    let bed = Bed::with(Options {
        fixture: FixtureOptions {
            fail_start: true,
            ..FixtureOptions::default()
        },
        ..Options::default()
    })
    .await;
    let answer = bed.ask("POST", &[], CALL).await;
    assert_eq!(answer.status(), 200);
    assert_eq!(answer.json()["id"], "call-1");
    assert_eq!(answer.json()["error"]["code"], -32010);
    let message = answer.json()["error"]["message"].to_string();
    assert!(message.contains("shukuba logs fixture"), "{message}");
    assert_eq!(bed.ask("GET", &[], "").await.status(), 502);
    bed.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn above_the_cap_the_answer_is_429_with_a_time_to_come_back() {
    let mut options = Options::default();
    options.engine.total = 1;
    let bed = Bed::with(options).await;
    let bearer = format!("Bearer {}", bed.token("alice"));
    let mut busy = bed.client().await;
    let headers = [
        ("Authorization", bearer.as_str()),
        ("Mcp-Fixture", "silent"),
    ];
    busy.send_head("GET", PATH, &headers).await;
    assert_eq!(busy.head("GET").await.status, 200);
    let answer = bed.ask_as("bob", "POST", &[], CALL).await;
    assert_eq!(answer.status(), 429);
    let seconds: u64 = answer.header("retry-after").unwrap().parse().unwrap();
    assert!(seconds > 0);
    assert_eq!(answer.json()["id"], "call-1");
    assert_eq!(answer.json()["error"]["code"], -32003);
    // The one who has the instance goes on using it.
    assert_eq!(bed.ask("POST", &[], CALL).await.status(), 200);
    bed.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_idle_instance_ends_and_the_next_call_starts_another() {
    let bed = Bed::with(Options {
        lifecycle: Lifecycle {
            idle_timeout: 60,
            max_lifetime: 3600,
        },
        ..Options::default()
    })
    .await;
    let first = bed.instance_of("alice", &[]).await;
    bed.clock.advance(59);
    assert_eq!(bed.instance_of("alice", &[]).await, first);
    bed.clock.advance(61);
    eventually("the idle instance ends", || bed.instances() == 0).await;
    assert_ne!(bed.instance_of("alice", &[]).await, first);
    bed.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_instance_that_streams_is_not_idle() {
    let bed = Bed::with(Options {
        lifecycle: Lifecycle {
            idle_timeout: 60,
            max_lifetime: 360_000,
        },
        sessions: SessionMode::Stateless,
        ..Options::default()
    })
    .await;
    let first = bed.instance_of("alice", &[]).await;
    let bearer = format!("Bearer {}", bed.token("alice"));
    let mut stream = bed.client().await;
    let headers = [
        ("Authorization", bearer.as_str()),
        ("Mcp-Fixture", "silent"),
    ];
    stream.send_head("GET", PATH, &headers).await;
    assert_eq!(stream.head("GET").await.status, 200);
    bed.clock.advance(600);
    tokio::time::sleep(Duration::from_millis(1500)).await;
    assert_eq!(bed.instance_of("alice", &[]).await, first);
    bed.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_instance_past_its_lifetime_is_replaced() {
    let bed = Bed::with(Options {
        lifecycle: Lifecycle {
            idle_timeout: 1_000_000,
            max_lifetime: 3600,
        },
        ..Options::default()
    })
    .await;
    let first = bed.instance_of("alice", &[]).await;
    bed.clock.advance(3601);
    assert_ne!(bed.instance_of("alice", &[]).await, first);
    bed.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_call_to_an_instance_that_was_killed_is_served_by_another() {
    let bed = Bed::start().await;
    for _ in 0..3 {
        let killed = bed.instance_of("alice", &[]).await;
        let told = std::process::Command::new("kill")
            .args(["-9", &killed])
            .status();
        assert!(told.unwrap().success());
        eventually("the process ends", || !runs(&killed)).await;
        // A request that was written before the end was noticed may have been
        // read: it is answered by an error that says so, never sent twice.
        let answer = bed.ask("POST", &[("Mcp-Fixture", "pid")], CALL).await;
        assert_eq!(answer.status(), 200, "{}", answer.text());
        let mut served = answer.text();
        if served.contains("-32010") {
            assert!(served.contains("next call is served by a new instance"));
            served = bed.instance_of("alice", &[]).await;
        }
        assert_ne!(served, killed);
    }
    bed.end().await;
}

/// Whether a process is there and not merely waiting to be reaped.
fn runs(process: &str) -> bool {
    std::fs::read_to_string(format!("/proc/{process}/stat"))
        .is_ok_and(|stat| !stat.contains(") Z "))
}
