//! A: requests to the authorization endpoint, before anybody is asked.

use shukuba_testkit::raw::RawAnswer;

use super::bed::{API, Bed, CALLBACK, CHALLENGE, OTHER_API, PUBLIC};
use super::row::{Ask, Row, encoded, page, redirected, row, sent_back, status, that, with_header};

/// A good request of a client, with these members instead or besides; those
/// without a value are left out.
pub(crate) fn authorize(client_id: &str, changes: &[(&str, &str)]) -> Ask {
    let mut members = vec![
        ("response_type", "code"),
        ("client_id", client_id),
        ("redirect_uri", CALLBACK),
        ("code_challenge", CHALLENGE),
        ("code_challenge_method", "S256"),
        ("state", "the state"),
    ];
    members.retain(|(name, _)| changes.iter().all(|(changed, _)| changed != name));
    members.extend(changes.iter().filter(|(_, value)| !value.is_empty()));
    Ask::get(format!("/oauth/authorize?{}", encoded(&members))).header("Accept", "text/html")
}

/// Requests that each differ from a good one in one member.
fn each(
    number: &'static str,
    name: &str,
    values: &[&str],
    check: impl Fn() -> Box<dyn Fn(&RawAnswer) -> Result<(), String> + Send + Sync>,
) -> Vec<Row> {
    let rows = values.iter();
    rows.map(|value| row(number, authorize("web", &[(name, value)]), check()))
        .collect()
}

fn without_state(answer: &RawAnswer) -> Result<(), String> {
    let members = redirected(answer, 302)?;
    match members.iter().find(|(name, _)| name == "state") {
        None => Ok(()),
        Some(state) => Err(format!("{state:?}")),
    }
}

fn pages() -> Vec<Row> {
    let web = |changes: &[(&str, &str)]| authorize("web", changes);
    let at = |client: &str, uri: &str| authorize(client, &[("redirect_uri", uri)]);
    let no_uri = authorize("two", &[("redirect_uri", "")]);
    let mut twice = web(&[]);
    twice.target.push_str("&client_id=web");
    let mut rows = vec![
        row("A01", authorize("nobody", &[]), page(400)),
        row("A02", web(&[("client_id", "")]), page(400)),
        row("A06", at("web", "https://client.example/cb#x"), page(400)),
        row("A07", at("local", "http://127.0.0.1:5/x"), page(400)),
        row("A07", at("local", "http://127.0.0.1:5/cb"), page(200)),
        row(
            "A08",
            at("web", "https://client.example:8443/cb"),
            page(400),
        ),
        row("A09", no_uri, page(400)),
        row("A12", twice, page(400)),
        row("A36", authorize("stranger", &[]), page(200)),
        row(
            "A36",
            authorize("stranger", &[("scope", "made:up")]),
            page(400),
        ),
    ];
    rows.extend(each(
        "A03",
        "redirect_uri",
        &["https://evil.example/cb", "cb"],
        || page(400),
    ));
    let nearly = [
        "https://client.example/cb/",
        "https://client.example/CB",
        "https://client.example/cb?x=1",
        "https://client.example/%63b",
        "https://client.example/a/%2e%2e/cb",
        "https://client.example:443/cb",
    ];
    rows.extend(each("A04", "redirect_uri", &nearly, || page(400)));
    for uri in [
        "http://localhost@evil.test/cb",
        "http://127.0.0.1.evil.test/cb",
    ] {
        rows.push(row("A05", at("local", uri), page(400)));
    }
    rows
}

fn sent_back_rows() -> Vec<Row> {
    let web = |changes: &[(&str, &str)]| authorize("web", changes);
    let request = || sent_back(302, "invalid_request");
    let mut twice = web(&[("scope", "add")]);
    twice.target.push_str("&scope=read");
    let by_object = web(&[("request", "e30.e30.")]);
    let by_reference = web(&[("request_uri", "https://client.example/r")]);
    let unsupported = || sent_back(302, "request_uri_not_supported");
    let mut empty_state = web(&[("state", ""), ("response_type", "")]);
    empty_state.target.push_str("&state=");
    let made_up = web(&[("scope", "made:up")]);
    let mut rows = vec![
        row("A10", web(&[("response_type", "")]), request()),
        row("A12", twice, request()),
        row("A13", empty_state, that(without_state)),
        row("A18", made_up, sent_back(302, "invalid_scope")),
        row("A24", by_object, sent_back(302, "request_not_supported")),
        row("A24", by_reference, unsupported()),
    ];
    let types = ["token", "id_token", "code token"];
    rows.extend(each("A11", "response_type", &types, || {
        sent_back(302, "unsupported_response_type")
    }));
    let prompts = ["none login", "consent none"];
    rows.extend(each("A23", "prompt", &prompts, request));
    rows.extend(pkce_rows());
    rows.extend(resource_rows());
    rows
}

fn pkce_rows() -> Vec<Row> {
    let web = |changes: &[(&str, &str)]| authorize("web", changes);
    let request = || sent_back(302, "invalid_request");
    let neither = web(&[("code_challenge", ""), ("code_challenge_method", "")]);
    let with_secret = authorize("connector", &[("code_challenge", "")]);
    let mut rows = vec![
        row("A14", neither, request()),
        row("A14", web(&[("code_challenge", "")]), request()),
        row("A14", with_secret, request()),
        row("A15", web(&[("code_challenge_method", "plain")]), request()),
        row("A16", web(&[("code_challenge_method", "")]), request()),
    ];
    let (short, long) = ("a".repeat(42), "a".repeat(129));
    let odd = format!("{short}+");
    let challenges = [short.as_str(), &long, &odd];
    rows.extend(each("A17", "code_challenge", &challenges, request));
    rows
}

fn resource_rows() -> Vec<Row> {
    let target = || sent_back(302, "invalid_target");
    let unknown = ["https://nobody.example/mcp", "https://mcp.example/mcp/none"];
    let mut rows = each("A19", "resource", &unknown, target);
    rows.extend(each("A19", "resource", &[OTHER_API], target));
    let fragment = format!("{API}#x");
    let broken = ["mcp/adder", "/mcp/adder", &fragment];
    rows.extend(each("A20", "resource", &broken, target));
    rows
}

#[tokio::test]
async fn what_is_wrong_with_a_request_is_a_page_or_goes_back_to_its_client() {
    let bed = Bed::start().await;
    let slash = format!("{PUBLIC}/");
    let mut rows = pages();
    rows.extend(sent_back_rows());
    rows.extend(each("A21", "resource", &[PUBLIC, &slash], || page(200)));
    // Whoever is logged in is told no more.
    let cookies = bed.cookies(&bed.ann).await;
    let again = pages().into_iter().chain(sent_back_rows());
    rows.extend(again.map(|row| Row {
        ask: row.ask.cookies(&cookies),
        ..row
    }));
    bed.hold(rows).await;
    bed.server.shutdown().await;
}

#[tokio::test]
async fn a_request_that_may_ask_nothing_is_answered_by_what_is_known() {
    let bed = Bed::start().await;
    let cookies = bed.cookies(&bed.ann).await;
    let silent = || authorize("web", &[("prompt", "none")]);
    let preflight = Ask::new("OPTIONS", silent().target)
        .header("Origin", "https://evil.example")
        .header("Access-Control-Request-Method", "GET");
    let from_another = authorize("web", &[]).header("Origin", "https://evil.example");
    let unshared = |answer: &RawAnswer| match answer.header("access-control-allow-origin") {
        None => Ok(()),
        Some(origin) => Err(origin.to_owned()),
    };
    bed.hold(vec![
        row("A22", silent(), sent_back(302, "login_required")),
        row(
            "A22",
            silent().cookies(&cookies),
            sent_back(302, "consent_required"),
        ),
        row(
            "A32",
            authorize("web", &[]),
            with_header(200, "x-frame-options", "DENY"),
        ),
        row(
            "A32",
            authorize("web", &[]).cookies(&cookies),
            with_header(200, "content-security-policy", "frame-ancestors 'none'"),
        ),
        row("A33", preflight, that(unshared)),
        row("A33", from_another, that(unshared)),
        row(
            "A35",
            authorize("hostile", &[]).cookies(&cookies),
            that(|answer| {
                status(200)(answer)?;
                let text = answer.text();
                let tamed = !text.contains("<script") && !text.contains('\u{202e}');
                let cut = !text.contains(&"x".repeat(200));
                (tamed && cut).then_some(()).ok_or(text)
            }),
        ),
    ])
    .await;
    bed.server.shutdown().await;
}
