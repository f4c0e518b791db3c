//! R: a bearer at the door of a runtime, its tokens from another provider and
//! from this server.

use serde_json::{Value, json};
use shukuba_testkit::provider::SEED_API;
use shukuba_testkit::raw::RawAnswer;

use super::bed::{Bed, now};
use super::row::{Ask, Row, challenged, row, status, that, with_header};

const PATH: &str = "/mcp/adder";
const CALL: &str = r#"{"jsonrpc":"2.0","id":"call-1","method":"tools/call","params":{"name":"add","arguments":{"a":2,"b":3}}}"#;

fn call(path: &str) -> Ask {
    let mut ask = Ask::new("POST", path);
    ask.body = CALL.as_bytes().to_vec();
    ask.header("Content-Type", "application/json")
        .header("Accept", "application/json, text/event-stream")
}

fn with(token: &str) -> Ask {
    call(PATH).bearer(token)
}

/// A token of the provider, good but for what is changed.
fn bent(bed: &Bed, bend: impl FnOnce(&mut Value, &mut Value)) -> Ask {
    let (mut header, mut claims) = bed.provider.parts(SEED_API, now());
    bend(&mut header, &mut claims);
    with(&bed.provider.mint(&header, &claims))
}

fn without(claims: &mut Value, name: &str) {
    claims.as_object_mut().unwrap().remove(name);
}

fn sentence(answer: &RawAnswer) -> Result<(), String> {
    challenged(401, Some("invalid_token"))(answer)?;
    let text = answer.text();
    let sentence = "Claim 'client_id' value mismatch with configuration.";
    let hint = text.contains("azp");
    (text.contains(sentence) && hint).then_some(()).ok_or(text)
}

fn bent_rows(bed: &Bed) -> Vec<Row> {
    let bent = |bend: fn(&mut Value, &mut Value)| bent(bed, bend);
    let invalid = || challenged(401, Some("invalid_token"));
    let cases: Vec<(&'static str, Ask)> = vec![
        ("R03", bent(|_, c| c["exp"] = json!(now() - 90))),
        ("R03", bent(|_, c| without(c, "exp"))),
        ("R03", bent(|_, c| c["nbf"] = json!(now() + 90))),
        ("R03", bent(|_, c| c["iat"] = json!(now() + 90))),
        (
            "R04",
            bent(|_, c| c["iss"] = json!("https://evil.example/")),
        ),
        (
            "R04",
            bent(|_, c| {
                let iss = c["iss"].as_str().unwrap().trim_end_matches('/').to_owned();
                c["iss"] = json!(iss);
            }),
        ),
        (
            "R05",
            bent(|_, c| c["aud"] = json!("https://other.example/")),
        ),
        ("R06", bent(|_, c| without(c, "aud"))),
        (
            "R07",
            bent(|h, c| {
                h["typ"] = json!("JWT");
                c["nonce"] = json!("n");
            }),
        ),
        (
            "R07",
            bent(|h, c| {
                without(h, "typ");
                c["token_use"] = json!("id");
            }),
        ),
        ("R08", bent(|h, _| h["alg"] = json!("PS512"))),
        ("R12", bent(|_, c| c["client_id"] = json!("mallory"))),
        ("R16", bent(|_, c| c["cnf"] = json!({"jkt": "x"}))),
        ("O12", bent(|_, c| c["exp"] = json!(now() - 75))),
    ];
    cases
        .into_iter()
        .map(|(number, ask)| row(number, ask, invalid()))
        .collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_bearer_is_let_in_when_all_of_its_token_holds() {
    let bed = Bed::start().await;
    let good = bed.provider.token(SEED_API, now());
    let (_, claims) = bed.provider.parts(SEED_API, now());
    let invalid = || challenged(401, Some("invalid_token"));
    let mut rows = vec![
        row("R01", call(PATH), challenged(401, None)),
        row("R01", Ask::get(PATH), challenged(401, None)),
        row(
            "R12",
            bent(&bed, |_, c| {
                let client = c["client_id"].take();
                without(c, "client_id");
                c["azp"] = client;
            }),
            that(sentence),
        ),
        row(
            "R14",
            call(&format!("{PATH}?access_token={good}")),
            challenged(401, None),
        ),
        row(
            "R19",
            with(&good).bearer(&good),
            with_header(401, "www-authenticate", "invalid_request"),
        ),
        row("R08", with(&bed.provider.unsigned(&claims)), invalid()),
        row(
            "O12",
            bent(&bed, |_, c| c["exp"] = json!(now() - 30)),
            status(200),
        ),
        row("R18", with(&good), status(200)),
        row(
            "R17",
            with(&good).header("Mcp-Fixture", "echo"),
            that({
                let good = good.clone();
                move |answer| {
                    status(200)(answer)?;
                    let text = answer.text();
                    (!text.contains(&good)).then_some(()).ok_or(text)
                }
            }),
        ),
    ];
    for token in bed.provider.signed_with_public_key(&claims) {
        rows.push(row("R08", with(&token), invalid()));
    }
    for garbage in ["garbage", "a.b", "a.b.c"] {
        rows.push(row("R02", with(garbage), invalid()));
    }
    rows.extend(bent_rows(&bed));
    bed.hold(rows).await;
    bed.server.shutdown().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_persons_token_dies_with_its_grant_and_an_id_token_opens_nothing() {
    let bed = Bed::start().await;
    let (access, token) = bed.tokens("web").await;
    let answer = bed.send(&super::bed::refresh("web", &token)).await;
    let told = super::row::json(&answer).unwrap();
    let id_token = told["id_token"].as_str().unwrap();
    let revoke = Ask::form("/oauth/revoke", format!("client_id=web&token={token}"));
    bed.hold(vec![
        row(
            "R07",
            with(id_token),
            challenged(401, Some("invalid_token")),
        ),
        row("R15", with(&access), status(200)),
        row("R15", revoke, status(200)),
        row("R15", with(&access), challenged(401, Some("invalid_token"))),
    ])
    .await;
    bed.server.shutdown().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_scope_that_is_missing_is_named_with_403() {
    let bed = Bed::with_runtime(|launch| {
        launch.runtime.login = false;
        launch.runtime.authorizer.allowed_scopes = vec!["mcp:call".to_owned()];
    })
    .await;
    let scoped = |scope: Value| bent(&bed, |_, c| c["scope"] = scope);
    let roles = bent(&bed, |_, c| c["roles"] = json!(["mcp:call"]));
    let listed = bent(&bed, |_, c| c["scp"] = json!(["mcp:call"]));
    let insufficient = || challenged(403, Some("insufficient_scope"));
    bed.hold(vec![
        row("R13", scoped(json!("other")), insufficient()),
        row(
            "R13",
            scoped(json!("other")),
            with_header(403, "www-authenticate", "scope=\"mcp:call\""),
        ),
        row("R13", scoped(json!("mcp:call")), status(200)),
        row("R18", roles, insufficient()),
        row(
            "R18",
            scoped(json!(["mcp:call"])),
            challenged(401, Some("invalid_token")),
        ),
        row("R18", listed, status(200)),
    ])
    .await;
    bed.server.shutdown().await;
}
