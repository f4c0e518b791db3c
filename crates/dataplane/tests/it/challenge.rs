//! Who is not let in, and how that is said.

use serde_json::json;

use crate::bed::{Bed, CALL, ENCODED, Options, PATH, PUBLIC};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_method_without_a_token_is_401_with_the_way_to_the_metadata() {
    let bed = Bed::start().await;
    for path in [
        PATH.to_owned(),
        format!("/runtimes/{ENCODED}/invocations?qualifier=DEFAULT"),
    ] {
        for method in ["POST", "GET", "HEAD", "DELETE", "PUT"] {
            let body = if method == "POST" { CALL } else { "" };
            let answer = bed
                .client()
                .await
                .request(method, &path, &[], body.as_bytes())
                .await;
            assert_eq!(answer.status(), 401, "{method}");
            let raw = path.split('?').next().unwrap();
            // No error without a token (RFC 6750 section 3.1).
            let challenge = format!(
                "Bearer resource_metadata=\"{PUBLIC}/.well-known/oauth-protected-resource{raw}\""
            );
            assert_eq!(
                answer.header("www-authenticate"),
                Some(challenge.as_str()),
                "{method}"
            );
            assert_eq!(answer.header("access-control-allow-origin"), Some("*"));
            if method == "POST" {
                assert_eq!(answer.json()["id"], "call-1");
            } else if method != "HEAD" {
                assert_eq!(answer.json()["id"], json!(null));
            }
        }
    }
    assert_eq!(bed.starts(), 0);
    bed.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_bad_token_is_401_and_the_sentence_says_why() {
    let bed = Bed::start().await;
    let now = bed.clock.now();
    for (reason, sentence, changes) in [
        (
            "client",
            "OAuth authorization failed: Claim 'client_id' value mismatch with configuration.",
            json!({"client_id": null, "azp": "alice"}),
        ),
        (
            "client",
            "OAuth authorization failed: Claim 'client_id' value mismatch with configuration.",
            json!({"client_id": "mallory"}),
        ),
        (
            "audience",
            "OAuth authorization failed: Claim 'aud' value mismatch with configuration.",
            json!({"aud": "https://api.example"}),
        ),
        ("expired", "", json!({"exp": now - 1})),
        ("issuer", "", json!({"iss": "https://elsewhere.example"})),
    ] {
        let mut changes = changes;
        changes
            .as_object_mut()
            .unwrap()
            .retain(|_, value| !value.is_null());
        let token = if changes.get("azp").is_some() {
            bed.token_without("alice", "client_id", changes)
        } else {
            bed.token_with("alice", changes)
        };
        let bearer = format!("Bearer {token}");
        let answer = bed
            .client()
            .await
            .request("POST", PATH, &[("Authorization", &bearer)], CALL.as_bytes())
            .await;
        assert_eq!(answer.status(), 401, "{reason}");
        let error = &answer.json()["error"];
        assert_eq!(error["code"], -32001);
        assert_eq!(error["data"]["reason"], reason, "{error}");
        let message = error["message"].as_str().unwrap();
        assert!(message.starts_with(sentence), "{message}");
        let challenge = answer.header("www-authenticate").unwrap();
        assert!(
            challenge.starts_with("Bearer error=\"invalid_token\", error_description=\""),
            "{challenge}"
        );
        assert!(challenge.contains(sentence), "{challenge}");
        assert!(
            challenge.ends_with(&format!(
                "resource_metadata=\"{PUBLIC}/.well-known/oauth-protected-resource{PATH}\""
            )),
            "{challenge}"
        );
        assert!(!answer.text().contains(&token) && !challenge.contains(&token));
    }
    assert_eq!(bed.starts(), 0);
    bed.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn garbage_for_a_token_is_401_and_never_403_or_500() {
    let bed = Bed::start().await;
    let alg_none = "eyJhbGciOiJub25lIn0.eyJpc3MiOiJodHRwczovL21jcC5leGFtcGxlIn0.";
    let good = bed.token("alice");
    let cut = good.get(..good.len() - 4).unwrap();
    for value in [
        "Bearer x",
        "Bearer",
        "Bearer ",
        "Basic YTpi",
        "bearer a.b.c",
        &format!("Bearer {alg_none}"),
        &format!("Bearer {cut}AAAA"),
        "Bearer \u{fc}\u{fc}",
        &format!("Bearer {good}, Bearer {good}"),
    ] {
        let answer = bed
            .client()
            .await
            .request("POST", PATH, &[("Authorization", value)], CALL.as_bytes())
            .await;
        assert_eq!(answer.status(), 401, "{value}");
        assert!(
            answer
                .header("www-authenticate")
                .unwrap()
                .contains("resource_metadata=")
        );
        assert_eq!(answer.json()["id"], "call-1", "{value}");
    }
    let bearer = format!("Bearer {good}");
    let twice = [
        ("Authorization", bearer.as_str()),
        ("Authorization", bearer.as_str()),
    ];
    let answer = bed
        .client()
        .await
        .request("POST", PATH, &twice, CALL.as_bytes())
        .await;
    assert_eq!(answer.status(), 401);
    bed.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn r14_a_token_in_the_query_or_the_body_counts_for_nothing_rfc9700_4_3_2() {
    let bed = Bed::start().await;
    let good = bed.token("alice");
    let query = format!("{PATH}?access_token={good}");
    let form = format!("access_token={good}");
    for (target, body) in [(query.as_str(), CALL), (PATH, form.as_str())] {
        let answer = bed
            .client()
            .await
            .request("POST", target, &[], body.as_bytes())
            .await;
        assert_eq!(answer.status(), 401, "{target}");
        let challenge = answer.header("www-authenticate").unwrap();
        assert!(!challenge.contains("error="), "as without any: {challenge}");
        assert!(!answer.text().contains(&good));
    }
    assert_eq!(bed.starts(), 0);
    bed.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn only_a_missing_scope_is_403_and_names_what_is_needed() {
    let bed = Bed::with(Options {
        scopes: vec!["tools:call".to_owned()],
        ..Options::default()
    })
    .await;
    let answer = bed.ask("POST", &[], CALL).await;
    assert_eq!(answer.status(), 403);
    let challenge = answer.header("www-authenticate").unwrap();
    assert!(
        challenge.contains("error=\"insufficient_scope\""),
        "{challenge}"
    );
    assert!(challenge.contains("scope=\"tools:call\""), "{challenge}");
    assert_eq!(answer.json()["error"]["code"], -32002);
    bed.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_id_of_the_refused_request_is_echoed_as_it_was_written() {
    let bed = Bed::start().await;
    for (body, id) in [
        (r#"{"jsonrpc":"2.0","id":42,"method":"x"}"#, "42"),
        (r#"{"id":"a\u0062","method":"x"}"#, r#""a\u0062""#),
        (r#"{"method":"x","params":{"id":9},"id":-1.5e3}"#, "-1.5e3"),
        (r#"{"jsonrpc":"2.0","method":"notifications/x"}"#, "null"),
        (r#"[{"id":1,"method":"x"}]"#, "null"),
        ("not json", "null"),
    ] {
        let answer = bed
            .client()
            .await
            .request("POST", PATH, &[], body.as_bytes())
            .await;
        assert_eq!(answer.status(), 401);
        assert!(
            answer
                .text()
                .starts_with(&format!(r#"{{"jsonrpc":"2.0","id":{id},"error":"#)),
            "{}",
            answer.text()
        );
    }
    bed.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_refused_client_that_is_still_sending_gets_its_answer() {
    let bed = Bed::start().await;
    let body = vec![b' '; 3_000_000];
    let answer = bed.client().await.request("POST", PATH, &[], &body).await;
    assert_eq!(answer.status(), 401);
    bed.end().await;
}
