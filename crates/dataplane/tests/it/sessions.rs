//! Sessions pick an instance, and only among those of their principal.

use std::sync::Arc;

use shukuba_model::route::Version;
use shukuba_model::session::SessionMode;
use shukuba_model::{Authorizer, Qualifier};
use shukuba_testkit::fixture::FixtureOptions;

use crate::bed::{Bed, CALL, INITIALIZE, PATH};

const RUNTIME_SESSION: &str = "X-Amzn-Bedrock-AgentCore-Runtime-Session-Id";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_legacy_session_has_an_instance_of_its_own() {
    let bed = Bed::stateful().await;
    let first = bed.initialize("alice").await;
    let second = bed.initialize("alice").await;
    assert_ne!(first, second);
    let of_first = bed
        .instance_of("alice", &[("Mcp-Session-Id", &first)])
        .await;
    let of_second = bed
        .instance_of("alice", &[("Mcp-Session-Id", &second)])
        .await;
    assert_ne!(of_first, of_second);
    for (session, instance) in [
        (&first, &of_first),
        (&second, &of_second),
        (&first, &of_first),
    ] {
        let headers = [("Mcp-Session-Id", session.as_str())];
        assert_eq!(&bed.instance_of("alice", &headers).await, instance);
        let answer = bed.ask("POST", &headers, CALL).await;
        assert_eq!(answer.json()["result"]["structuredContent"]["result"], 5);
    }
    assert_eq!(bed.starts(), 2);
    bed.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_session_of_another_principal_does_not_exist() {
    let bed = Bed::stateful().await;
    let session = bed.initialize("alice").await;
    for (who, session) in [
        ("bob", session.as_str()),
        ("alice", "never-given-out"),
        ("alice", "\u{fc}"),
    ] {
        for method in ["POST", "GET", "DELETE"] {
            let body = if method == "POST" { CALL } else { "" };
            let answer = bed
                .ask_as(who, method, &[("Mcp-Session-Id", session)], body)
                .await;
            assert_eq!(answer.status(), 404, "{who} {method} {session}");
            assert_eq!(answer.json()["error"]["code"], -32001);
            assert!(
                answer.json()["error"]["message"]
                    .as_str()
                    .unwrap()
                    .starts_with("Session not found")
            );
            if method == "POST" {
                assert_eq!(answer.json()["id"], "call-1");
            }
        }
    }
    let answer = bed.ask("POST", &[("Mcp-Session-Id", &session)], CALL).await;
    assert_eq!(answer.status(), 200);
    assert_eq!(bed.starts(), 1);
    bed.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn delete_ends_the_session_and_its_instance() {
    let bed = Bed::stateful().await;
    let session = bed.initialize("alice").await;
    let headers = [("Mcp-Session-Id", session.as_str())];
    assert_eq!(bed.ask("DELETE", &headers, "").await.status(), 200);
    assert_eq!(bed.ask("POST", &headers, CALL).await.status(), 404);
    crate::bed::eventually("the instance ends", || bed.instances() == 0).await;
    bed.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_sessions_each_principal_has_one_instance() {
    let bed = Bed::start().await;
    let alice = bed.instance_of("alice", &[]).await;
    assert_eq!(bed.instance_of("alice", &[]).await, alice);
    assert_ne!(bed.instance_of("bob", &[]).await, alice);
    // A new token of the same principal changes nothing.
    bed.clock.advance(60);
    assert_eq!(bed.instance_of("alice", &[]).await, alice);
    assert_eq!(bed.starts(), 2);
    bed.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_runtime_session_id_picks_an_instance_and_is_told_to_server_and_client() {
    let bed = Bed::start().await;
    let one = "a".repeat(33);
    let other = "b".repeat(256);
    let of_one = bed.instance_of("alice", &[(RUNTIME_SESSION, &one)]).await;
    assert_eq!(
        bed.instance_of("alice", &[(RUNTIME_SESSION, &one)]).await,
        of_one
    );
    assert_ne!(
        bed.instance_of("alice", &[(RUNTIME_SESSION, &other)]).await,
        of_one
    );
    assert_ne!(
        bed.instance_of("bob", &[(RUNTIME_SESSION, &one)]).await,
        of_one
    );
    let answer = bed
        .ask(
            "POST",
            &[(RUNTIME_SESSION, &one), ("Mcp-Fixture", "echo")],
            CALL,
        )
        .await;
    assert_eq!(
        answer.header(&RUNTIME_SESSION.to_ascii_lowercase()),
        Some(one.as_str())
    );
    assert!(
        answer
            .text()
            .to_ascii_lowercase()
            .contains(&format!("runtime-session-id: {one}\r\n"))
    );
    bed.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_runtime_session_id_of_the_wrong_length_is_400() {
    let bed = Bed::start().await;
    for wrong in ["", "short", &"a".repeat(32), &"a".repeat(257)] {
        let answer = bed.ask("POST", &[(RUNTIME_SESSION, wrong)], CALL).await;
        assert_eq!(answer.status(), 400, "{wrong}");
        let message = answer.json()["error"]["message"].to_string();
        assert!(
            message.contains("'runtimeSessionId' failed to satisfy constraint"),
            "{message}"
        );
    }
    let id = "a".repeat(40);
    let twice = [
        (RUNTIME_SESSION, id.as_str()),
        (RUNTIME_SESSION, id.as_str()),
    ];
    assert_eq!(bed.ask("POST", &twice, CALL).await.status(), 400);
    assert_eq!(bed.starts(), 0);
    bed.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_modern_request_has_no_session_whatever_header_it_carries() {
    let bed = Bed::stateful().await;
    let headers = [
        ("MCP-Protocol-Version", "2026-07-28"),
        ("Mcp-Method", "tools/call"),
        ("Mcp-Name", "add"),
        ("Mcp-Session-Id", "from-elsewhere"),
    ];
    let answer = bed.ask("POST", &headers, CALL).await;
    assert_eq!(answer.status(), 200, "{}", answer.text());
    assert_eq!(answer.json()["result"]["resultType"], "complete");
    assert_eq!(bed.ask("POST", &headers[..3], CALL).await.status(), 200);
    assert_eq!(bed.starts(), 1);
    bed.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_initialize_that_comes_in_pieces_still_begins_a_session() {
    let bed = Bed::stateful().await;
    let bearer = format!("Bearer {}", bed.token("alice"));
    let mut client = bed.client().await;
    let headers = [
        ("Authorization", bearer.as_str()),
        ("Transfer-Encoding", "chunked"),
    ];
    client.send_head("POST", PATH, &headers).await;
    for piece in INITIALIZE.as_bytes().chunks(40) {
        client
            .send(format!("{:x}\r\n", piece.len()).as_bytes())
            .await;
        client.send(piece).await;
        client.send(b"\r\n").await;
        tokio::task::yield_now().await;
    }
    client.send(b"0\r\n\r\n").await;
    let answer = client.answer("POST").await;
    assert_eq!(answer.status(), 200, "{}", answer.text());
    let session = answer.header("mcp-session-id").unwrap();
    let answer = bed.ask("POST", &[("Mcp-Session-Id", session)], CALL).await;
    assert_eq!(answer.status(), 200);
    assert_eq!(bed.starts(), 1);
    bed.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_reconnecting_client_gets_the_stream_its_lost_connection_still_holds() {
    let bed = Bed::stateful().await;
    let session = bed.initialize("alice").await;
    let bearer = format!("Bearer {}", bed.token("alice"));
    let headers = [
        ("Authorization", bearer.as_str()),
        ("Accept", "text/event-stream"),
        ("Mcp-Session-Id", session.as_str()),
    ];
    let mut lost = bed.client().await;
    lost.send_head("GET", PATH, &headers).await;
    assert_eq!(lost.head("GET").await.status, 200);
    let mut again = bed.client().await;
    again.send_head("GET", PATH, &headers).await;
    assert_eq!(again.head("GET").await.status, 200);
    assert!(lost.part().await.is_err(), "the stream before was cut");
    // Other requests of the session are not touched by it.
    let answer = bed.ask("POST", &headers[2..], CALL).await;
    assert_eq!(answer.status(), 200);
    bed.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_newly_published_authorizer_judges_the_next_request_of_a_session() {
    let bed = Bed::stateful().await;
    let session = bed.initialize("alice").await;
    let instance = bed
        .instance_of("alice", &[("Mcp-Session-Id", &session)])
        .await;
    bed.republish(|route| {
        let command = FixtureOptions::default().command();
        let newer = Version {
            number: 2,
            digest: "1".repeat(64),
            command,
            sessions: SessionMode::Stateful,
        };
        route
            .endpoints
            .insert(Qualifier::default(), Arc::new(newer));
    });
    // The session goes on where it began.
    assert_eq!(
        bed.instance_of("alice", &[("Mcp-Session-Id", &session)])
            .await,
        instance
    );
    bed.republish(|route| {
        let mut authorizer = Authorizer::clone(&route.authorizer);
        authorizer.entries[0].allowed_clients = vec!["bob".to_owned()];
        route.authorizer = Arc::new(authorizer);
    });
    let answer = bed.ask("POST", &[("Mcp-Session-Id", &session)], CALL).await;
    assert_eq!(answer.status(), 401);
    bed.end().await;
}
