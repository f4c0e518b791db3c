//! People who log in, at the door: metadata, challenge, revocation.

use serde_json::{Value, json};
use shukuba_model::LoginAllow;
use shukuba_model::revocation::Revoked;
use shukuba_testkit::raw::RawAnswer;

use crate::bed::{Bed, CALL, ENCODED, INITIALIZE, Options, PATH, PUBLIC};

const KNOWN: &str = "/.well-known/oauth-protected-resource";

async fn with_login() -> Bed {
    Bed::with(Options {
        login: Some(LoginAllow::All),
        ..Options::default()
    })
    .await
}

async fn send(bed: &Bed, path: &str, token: &str, body: &str) -> RawAnswer {
    let bearer = format!("Bearer {token}");
    let headers = [("Authorization", bearer.as_str())];
    let mut client = bed.client().await;
    client
        .request("POST", path, &headers, body.as_bytes())
        .await
}

async fn metadata(bed: &Bed, path: &str) -> Value {
    let mut client = bed.client().await;
    let answer = client
        .request("GET", &format!("{KNOWN}{path}"), &[], b"")
        .await;
    assert_eq!(answer.status(), 200, "{path}");
    answer.json()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_person_and_an_application_are_both_let_in_and_are_not_each_other() {
    let bed = with_login().await;
    let person = bed.token_with(
        "alice",
        json!({"sub": "usr_alice", "username": "alice", "grant_id": "g"}),
    );
    let begun = send(&bed, PATH, &person, INITIALIZE).await;
    assert_eq!(begun.status(), 200, "{}", begun.text());
    assert_eq!(send(&bed, PATH, &person, CALL).await.status(), 200);
    assert_eq!(bed.ask("POST", &[], CALL).await.status(), 200);
    assert_eq!(bed.starts(), 2, "the same client, but another subject");
    bed.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_person_is_refused_where_login_is_off_with_the_way_to_turn_it_on() {
    let bed = Bed::start().await;
    let answer = send(&bed, PATH, &bed.person("ada"), CALL).await;
    assert_eq!(answer.status(), 401);
    let error = &answer.json()["error"];
    assert_eq!(error["data"]["reason"], "entry");
    let message = error["message"].as_str().unwrap();
    assert!(message.contains("Logging in is off"), "{message}");
    assert!(message.contains("shukuba configure"), "{message}");
    assert_eq!(bed.starts(), 0);
    bed.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn r15_a_revoked_grant_ends_a_session_that_is_under_way_with_a_challenge() {
    let bed = with_login().await;
    let (ada, bob) = (bed.person("ada"), bed.person("bob"));
    assert_eq!(send(&bed, PATH, &ada, CALL).await.status(), 200);
    bed.revoke(Revoked {
        grants: ["grant-ada".to_owned()].into(),
        ..Revoked::default()
    });
    let answer = send(&bed, PATH, &ada, CALL).await;
    assert_eq!(answer.status(), 401);
    assert_eq!(answer.json()["error"]["data"]["reason"], "revoked");
    let challenge = answer.header("www-authenticate").unwrap();
    assert!(
        challenge.starts_with("Bearer error=\"invalid_token\"")
            && challenge.contains("resource_metadata="),
        "{challenge}"
    );
    assert_eq!(send(&bed, PATH, &bob, CALL).await.status(), 200);
    bed.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn metadata_names_our_issuer_where_login_is_on_and_the_configured_one_where_it_is_off() {
    let bed = with_login().await;
    let encoded = format!("/runtimes/{ENCODED}/invocations");
    let lower = encoded.replace("%3A", "%3a").replace("%2F", "%2f");
    let expected = |path: &str| {
        json!({
            "resource": format!("{PUBLIC}{path}"),
            "authorization_servers": [PUBLIC],
            "bearer_methods_supported": ["header"],
            "resource_name": "fixture",
        })
    };
    for path in [PATH, &encoded, &lower] {
        assert_eq!(metadata(&bed, path).await, expected(path));
    }
    bed.republish(|route| {
        route.authorizer = shukuba_model::Authorizer {
            login: None,
            ..shukuba_model::Authorizer::clone(&route.authorizer)
        }
        .into();
        route.authorization_server = "https://idp.example/".to_owned();
    });
    let document = metadata(&bed, PATH).await;
    assert_eq!(
        document["authorization_servers"],
        json!(["https://idp.example/"])
    );
    bed.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn people_are_asked_for_no_scopes_that_a_configured_entry_wants_of_applications() {
    let bed = Bed::with(Options {
        login: Some(LoginAllow::All),
        scopes: vec!["tools:call".to_owned(), "offline_access".to_owned()],
        ..Options::default()
    })
    .await;
    assert_eq!(metadata(&bed, PATH).await.get("scopes_supported"), None);
    assert_eq!(
        send(&bed, PATH, &bed.person("ada"), CALL).await.status(),
        200
    );
    bed.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_persons_token_for_any_spelling_of_the_address_is_good_at_every_other() {
    let bed = with_login().await;
    let encoded = format!("/runtimes/{ENCODED}/invocations");
    let lower = encoded.replace("%3A", "%3a");
    for resource in [PATH, "/mcp/fixture/", &encoded, &lower, "/"] {
        // As our issuer writes it: the API and the address that was asked for.
        let changes = json!({
            "sub": "usr_ada", "username": "ada", "grant_id": "g",
            "aud": [crate::bed::AUDIENCE, format!("{PUBLIC}{resource}")],
        });
        let token = bed.token_with("self-registered", changes);
        for path in [PATH, "/mcp/fixture/", &encoded, &lower] {
            let answer = send(&bed, path, &token, CALL).await;
            assert_eq!(answer.status(), 200, "{resource} at {path}");
        }
    }
    bed.end().await;
}
