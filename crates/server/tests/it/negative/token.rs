//! T: every way a token request can be wrong.

use super::bed::{API, Bed, OTHER_API, now, redeem, redeem_with, refresh};
use super::row::{Ask, Row, error, json, row, status, that, with_header};

const GRANT: &str = "grant_type=client_credentials";
const TOKEN: &str = "/oauth/token";

fn form_rows(bed: &Bed) -> Vec<Row> {
    let machine = |body: &str| bed.as_client("machine", TOKEN, body);
    let request = || error(400, "invalid_request");
    let mut untyped = machine(GRANT);
    untyped.headers.retain(|(name, _)| *name != "Content-Type");
    let typed = |value: &[u8]| untyped.clone().header("Content-Type", value);
    let form = b"application/x-www-form-urlencoded";
    let mut in_query = machine(GRANT);
    in_query.target = format!("/oauth/token?client_secret={}", bed.secret.reveal());
    let megabyte = format!("{GRANT}&x={}", "a".repeat(1 << 20));
    let scopes = format!("{GRANT}&scope={}", "a+".repeat(25_000));
    let mut rows = vec![
        row("T02", untyped.clone(), request()),
        row("T02", typed(b"application/json"), request()),
        row("T02", typed(b"\xff\xfe"), request()),
        row("T02", typed(form).header("Content-Type", form), request()),
        row("T03", machine("audience=x"), request()),
        row("T03", machine("grant_type="), request()),
        row(
            "T05",
            machine(&format!("{GRANT}&scope=a&scope=b")),
            request(),
        ),
        row(
            "T05",
            machine(&format!("{GRANT}&audience=a&%61udience=a")),
            request(),
        ),
        row("T06", in_query, request()),
        row("T39", machine(&megabyte), error(413, "invalid_request")),
        row("T39", machine(&scopes), error(400, "invalid_scope")),
        row(
            "T40",
            machine("grant_type=%22%5C%C3%A9%0A"),
            error(400, "unsupported_grant_type"),
        ),
    ];
    for method in ["GET", "PUT", "DELETE"] {
        rows.push(row(
            "T01",
            Ask::new(method, TOKEN),
            error(405, "invalid_request"),
        ));
    }
    for grant in ["password", "implicit", "CLIENT_CREDENTIALS"] {
        let ask = machine(&format!("grant_type={grant}"));
        rows.push(row("T04", ask, error(400, "unsupported_grant_type")));
    }
    rows
}

fn client_rows(bed: &Bed) -> Vec<Row> {
    let secret = bed.secret.reveal();
    let unproven = || error(401, "invalid_client");
    let post = |members: &str| Ask::form(TOKEN, format!("{GRANT}&{members}"));
    let both = bed.as_client("machine", TOKEN, format!("{GRANT}&client_secret={secret}"));
    let mut rows = vec![
        row("T07", both, error(400, "invalid_request")),
        row(
            "T08",
            Ask::form(TOKEN, GRANT).basic("machine", "wrong"),
            with_header(401, "www-authenticate", "Basic realm="),
        ),
        row(
            "T08",
            Ask::form(TOKEN, GRANT).basic("nobody", secret),
            unproven(),
        ),
        row(
            "T09",
            post("client_id=machine&client_secret=wrong"),
            unproven(),
        ),
        row(
            "T11",
            post(&format!("client_id=web&client_secret={secret}")),
            unproven(),
        ),
        row(
            "T11",
            Ask::form(TOKEN, GRANT).basic("web", secret),
            unproven(),
        ),
        row("T12", post("client_id=machine"), unproven()),
        row("T12", post(&format!("client_secret={secret}")), unproven()),
        row("T12", Ask::form(TOKEN, GRANT), unproven()),
    ];
    for broken in [
        b"Basic".as_slice(),
        b"Basic ???",
        b"Basic \xff\xff",
        b"\x80",
        b"Basic bm8tY29sb24=",
    ] {
        let ask = Ask::form(TOKEN, GRANT).header("Authorization", broken);
        rows.push(row("T10", ask, unproven()));
    }
    let wrong =
        |client: &str| post(&format!("client_id={client}&client_secret=wrong")).from("192.0.2.7");
    rows.extend((0..10).map(|_| row("T41", wrong("connector"), unproven())));
    rows.push(row(
        "T41",
        wrong("connector"),
        with_header(429, "retry-after", ""),
    ));
    rows.push(row(
        "T41",
        bed.as_client("connector", TOKEN, GRANT),
        status(200),
    ));
    rows
}

#[tokio::test]
async fn a_request_that_is_malformed_or_proves_nobody_gets_no_token() {
    let bed = Bed::start().await;
    bed.hold(form_rows(&bed)).await;
    bed.hold(client_rows(&bed)).await;
    bed.server.shutdown().await;
}

#[tokio::test]
async fn an_application_gets_what_it_was_given_and_no_more() {
    let bed = Bed::start().await;
    let machine = |more: &str| bed.as_client("machine", TOKEN, format!("{GRANT}{more}"));
    let public = Ask::form(TOKEN, format!("{GRANT}&client_id=web"));
    let code = "grant_type=authorization_code&code=x";
    bed.hold(vec![
        row("T25", public, error(400, "unauthorized_client")),
        row(
            "T26",
            machine(&format!("&audience={API}")),
            error(400, "invalid_target"),
        ),
        row(
            "T26",
            machine("&audience=https%3A%2F%2Fnobody.example"),
            error(400, "invalid_target"),
        ),
        row("T27", machine("&scope=add"), error(400, "invalid_scope")),
        row(
            "T27",
            machine("&scope=read+add"),
            error(400, "invalid_scope"),
        ),
        row(
            "T28",
            machine(""),
            that(|answer| {
                status(200)(answer)?;
                let told = json(answer)?;
                let refresh = told.get("refresh_token").is_some();
                (!refresh).then_some(()).ok_or_else(|| told.to_string())
            }),
        ),
        row(
            "T29",
            bed.as_client("machine", TOKEN, code),
            error(400, "unauthorized_client"),
        ),
        row(
            "T29",
            refresh("forgetful", "skr_x"),
            error(400, "unauthorized_client"),
        ),
        row(
            "T38",
            machine(""),
            with_header(200, "cache-control", "no-store"),
        ),
    ])
    .await;
    bed.server.shutdown().await;
}

#[tokio::test]
async fn a_code_is_its_clients_for_a_minute_and_once() {
    let bed = Bed::start().await;
    let grant = || error(400, "invalid_grant");
    let kept = bed.code("web").await;
    let (burned, once) = (bed.code("web").await, bed.code("web").await);
    let late = bed.code_until(bed.grant("web"), now() - 1).await;
    let mut void = bed.grant("web");
    void.expires_at = now() - 1;
    let void = bed.code_until(void, now() + 60).await;
    let with = |changes: &[(&str, &str)]| redeem_with("web", &kept, changes);
    let (short, long, wrong) = ("x".repeat(42), "x".repeat(129), "x".repeat(43));
    bed.hold(vec![
        row("T13", redeem("web", "skc_made_up"), grant()),
        row("T14", redeem("web", &late), grant()),
        row("T15", redeem("other", &kept), grant()),
        row("T16", redeem("other", &late), grant()),
        row("T20", with(&[("code_verifier", "")]), grant()),
        row(
            "T22",
            with(&[("code_verifier", &short)]),
            error(400, "invalid_request"),
        ),
        row(
            "T22",
            with(&[("code_verifier", &long)]),
            error(400, "invalid_request"),
        ),
        row(
            "T23",
            with(&[("redirect_uri", "https://client.example/cb/")]),
            grant(),
        ),
        row(
            "T23",
            with(&[("redirect_uri", "https://evil.example/")]),
            grant(),
        ),
        row(
            "T24",
            with(&[("resource", OTHER_API)]),
            error(400, "invalid_target"),
        ),
        // After all that it is still its client's.
        row("T15", redeem("web", &kept), status(200)),
        row(
            "T19",
            redeem_with("web", &burned, &[("code_verifier", &wrong)]),
            grant(),
        ),
        row("T19", redeem("web", &burned), grant()),
        row("T16", redeem("web", &once), status(200)),
        row("T17", redeem("web", &once), grant()),
        row("T14", redeem("web", &void), grant()),
    ])
    .await;
    bed.server.shutdown().await;
}

#[tokio::test]
async fn a_replayed_code_ends_what_it_gave() {
    let bed = Bed::start().await;
    let code = bed.code("web").await;
    let answer = json(&bed.send(&redeem("web", &code)).await).unwrap();
    let token = answer["refresh_token"].as_str().unwrap();
    bed.hold(vec![
        row("T17", redeem("web", &code), error(400, "invalid_grant")),
        row("T17", refresh("web", token), error(400, "invalid_grant")),
    ])
    .await;
    bed.server.shutdown().await;
}

#[tokio::test]
async fn a_refresh_token_is_its_clients_and_gives_no_more_than_was_granted() {
    let bed = Bed::start().await;
    let (_, token) = bed.tokens("web").await;
    let more = |name: &str, value: &str| {
        let mut ask = refresh("web", &token);
        ask.body.extend(format!("&{name}={value}").into_bytes());
        ask
    };
    bed.hold(vec![
        row("T30", refresh("other", &token), error(400, "invalid_grant")),
        row(
            "T31",
            more("scope", "add+made%3Aup"),
            error(400, "invalid_scope"),
        ),
        row(
            "T32",
            more("resource", "https%3A%2F%2Fother.example%2F"),
            error(400, "invalid_target"),
        ),
        row("T30", refresh("web", &token), status(200)),
        // The answer was lost: the same again, while nothing came of it.
        row("T34", refresh("web", &token), status(200)),
    ])
    .await;
    let (_, held) = bed.tokens("web").await;
    let (_, deleted) = bed.tokens("other").await;
    let path = "/api/v1/applications/other";
    let delete = Ask::new("DELETE", path).bearer(bed.server.operator_key());
    bed.store
        .set_user_disabled(&bed.ann.id, true)
        .await
        .unwrap();
    bed.hold(vec![
        row("T36", refresh("web", &held), error(400, "invalid_grant")),
        row("T36", delete, status(204)),
        row(
            "T36",
            refresh("other", &deleted),
            error(401, "invalid_client"),
        ),
    ])
    .await;
    bed.server.shutdown().await;
}
