//! What browsers are told of every address: which other origin may read it,
//! who may frame it, and what is kept of it.

use std::collections::BTreeMap;

use shukuba_testkit::raw::RawAnswer;

use crate::negative::bed::Bed;
use crate::negative::row::Ask;

const ORIGIN: &str = "https://page.example";

/// Who an address is for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum For {
    /// Scripts of any page, as clients that run in a browser: shared by CORS.
    Scripts,
    /// Scripts too, and an answer holds a token or a secret: never stored.
    Secrets,
    /// Programs that are no page's script: not shared, never stored.
    Programs,
    /// People: not shared, not framed, never stored, no referrer.
    People,
    /// The operator: not shared.
    Operator,
    /// Whoever: not shared, kept as long as one likes.
    Anyone,
}

use For::{Anyone, Operator, People, Programs, Scripts, Secrets};

/// Every address, a method it is asked with, and who it is for. CORS is where
/// browser clients of MCP need it, and at userinfo, which asks for it itself
/// (OpenID Connect Core section 5.3).
const ROUTES: [(&str, &str, For); 60] = [
    ("GET", "/.well-known/oauth-protected-resource", Scripts),
    (
        "GET",
        "/.well-known/oauth-protected-resource/mcp/adder",
        Scripts,
    ),
    (
        "GET",
        "/mcp/adder/.well-known/oauth-protected-resource",
        Scripts,
    ),
    ("GET", "/.well-known/oauth-authorization-server", Scripts),
    ("GET", "/.well-known/openid-configuration", Scripts),
    ("GET", "/.well-known/jwks.json", Scripts),
    ("POST", "/mcp/adder", Scripts),
    ("GET", "/mcp/adder", Scripts),
    ("DELETE", "/mcp/adder", Scripts),
    ("POST", "/runtimes/adder-y2iy3YFsSN/invocations", Scripts),
    ("POST", "/mcp/none", Scripts),
    ("POST", "/oauth/token", Secrets),
    ("POST", "/token", Secrets),
    ("POST", "/oauth/register", Secrets),
    ("POST", "/register", Secrets),
    ("GET", "/oauth/register/x", Secrets),
    ("PUT", "/oauth/register/x", Secrets),
    ("DELETE", "/oauth/register/x", Secrets),
    ("POST", "/oauth/revoke", Secrets),
    ("GET", "/oauth/userinfo", Secrets),
    ("POST", "/oauth/userinfo", Secrets),
    ("POST", "/oauth/introspect", Programs),
    ("POST", "/oauth/device", Programs),
    ("GET", "/oauth/authorize", People),
    ("POST", "/oauth/authorize", People),
    ("GET", "/authorize", People),
    ("GET", "/oauth/authorize/continue", People),
    ("POST", "/oauth/consent", People),
    ("GET", "/oauth/login", People),
    ("POST", "/oauth/login", People),
    ("GET", "/oauth/link", People),
    ("POST", "/oauth/link", People),
    ("GET", "/oauth/logout", People),
    ("POST", "/oauth/logout", People),
    ("POST", "/oauth/language", People),
    ("GET", "/account", People),
    ("POST", "/account", People),
    ("GET", "/device", People),
    ("POST", "/device", People),
    ("GET", "/oauth/assets/style.css", Anyone),
    ("GET", "/", Anyone),
    ("GET", "/nowhere", Anyone),
    ("GET", "/api/v1/status", Operator),
    ("GET", "/api/v1/apis", Operator),
    ("POST", "/api/v1/apis", Operator),
    ("GET", "/api/v1/applications", Operator),
    ("POST", "/api/v1/applications", Operator),
    ("POST", "/api/v1/applications/x/token", Operator),
    ("POST", "/api/v1/applications/x/secrets", Operator),
    ("POST", "/api/v1/initial-access-tokens", Operator),
    ("GET", "/api/v1/users", Operator),
    ("POST", "/api/v1/users/x/reset", Operator),
    ("GET", "/api/v1/grants", Operator),
    ("GET", "/api/v1/keys", Operator),
    ("POST", "/api/v1/keys/rotate", Operator),
    ("GET", "/api/v1/audit", Operator),
    ("GET", "/api/v1/audit/check", Operator),
    ("POST", "/api/v1/explain", Operator),
    ("PUT", "/api/v1/bundles/x", Operator),
    ("GET", "/api/v1/runtimes", Operator),
];

fn preflight(path: &str, method: &str) -> Ask {
    Ask::new("OPTIONS", path)
        .header("Origin", ORIGIN)
        .header("Access-Control-Request-Method", method)
        .header(
            "Access-Control-Request-Headers",
            "authorization,content-type,mcp-protocol-version",
        )
}

fn list(answer: &RawAnswer, name: &str) -> Vec<String> {
    let value = answer.header(name).unwrap_or_default().to_lowercase();
    value
        .split(',')
        .map(|part| part.trim().to_owned())
        .collect()
}

/// What is wrong with how an address is shared.
fn sharing(method: &str, whom: For, preflight: &RawAnswer, answer: &RawAnswer) -> Vec<String> {
    let mut wrong = Vec::new();
    let shared = matches!(whom, Scripts | Secrets);
    let expected = shared.then_some("*");
    for (what, answer) in [("preflight", preflight), ("answer", answer)] {
        let origin = answer.header("access-control-allow-origin");
        if origin != expected {
            wrong.push(format!("{what}: allowed origin {origin:?}"));
        }
        // A cookie must never come along with another origin's request.
        if answer.header("access-control-allow-credentials").is_some() {
            wrong.push(format!("{what}: credentials are allowed"));
        }
    }
    if !shared {
        let named = preflight.header("access-control-allow-methods");
        wrong.extend(named.map(|named| format!("the preflight allows {named}")));
        return wrong;
    }
    if preflight.status() != 204 {
        wrong.push(format!("preflight: {}", preflight.status()));
    }
    if !list(preflight, "access-control-allow-methods").contains(&method.to_lowercase()) {
        wrong.push(format!("the preflight does not allow {method}"));
    }
    for name in ["authorization", "content-type", "mcp-protocol-version"] {
        if !list(preflight, "access-control-allow-headers").contains(&name.to_owned()) {
            wrong.push(format!("the preflight does not allow {name}"));
        }
    }
    let exposed = list(answer, "access-control-expose-headers");
    if !exposed.contains(&"www-authenticate".to_owned()) {
        wrong.push(format!("exposed: {exposed:?}"));
    }
    wrong
}

/// The headers an answer must have, by whom it is for.
fn demanded(whom: For) -> BTreeMap<&'static str, &'static str> {
    let mut headers = BTreeMap::from([
        ("x-content-type-options", "nosniff"),
        ("referrer-policy", "no-referrer"),
    ]);
    if matches!(whom, Secrets | Programs | People) {
        headers.insert("cache-control", "no-store");
    }
    headers
}

/// What is wrong with the headers of an answer.
fn headers(whom: For, answer: &RawAnswer) -> Vec<String> {
    let mut wrong = Vec::new();
    for (name, value) in demanded(whom) {
        if answer.header(name) != Some(value) {
            wrong.push(format!("{name}: {:?}", answer.header(name)));
        }
    }
    let html = answer
        .header("content-type")
        .is_some_and(|kind| kind.contains("text/html"));
    if html {
        let policy = answer.header("content-security-policy").unwrap_or_default();
        for part in [
            "default-src 'none'",
            "frame-ancestors 'none'",
            "base-uri 'none'",
        ] {
            if !policy.split("; ").any(|known| known == part) {
                wrong.push(format!("content-security-policy: {policy}"));
            }
        }
        if answer.header("x-frame-options") != Some("DENY") {
            wrong.push("it may be framed".to_owned());
        }
        if whom != People {
            wrong.push("it is a page".to_owned());
        }
    }
    wrong
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_address_tells_browsers_what_it_is_for_and_no_more() {
    let bed = Bed::start().await;
    let cookies = bed.cookies(&bed.ann).await;
    let mut wrong = Vec::new();
    for (method, path, whom) in ROUTES {
        let mut ask = Ask::new(method, path).header("Origin", ORIGIN);
        ask = match whom {
            People => ask.header("Accept", "text/html").cookies(&cookies),
            Operator => ask.bearer(bed.server.operator_key()),
            _ => ask,
        };
        let preflight = bed.send(&preflight(path, method)).await;
        let answer = bed.send(&ask).await;
        let found = sharing(method, whom, &preflight, &answer);
        let found = found.into_iter().chain(headers(whom, &answer));
        wrong.extend(found.map(|what| format!("{method} {path} ({}): {what}", answer.status())));
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
    bed.server.shutdown().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn answers_with_tokens_are_never_stored_and_those_of_sessions_are_readable() {
    let bed = Bed::start().await;
    let code = bed.code("web").await;
    let answer = bed.send(&crate::negative::bed::redeem("web", &code)).await;
    assert_eq!(answer.status(), 200);
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    assert_eq!(answer.header("pragma"), Some("no-cache"));
    let door = bed.send(&Ask::new("POST", "/mcp/adder")).await;
    let exposed = list(&door, "access-control-expose-headers");
    for name in ["mcp-session-id", "www-authenticate"] {
        assert!(exposed.contains(&name.to_owned()), "{exposed:?}");
    }
    bed.server.shutdown().await;
}
