//! C, M and O: what no document address is, what the server says of itself,
//! and what its operator asks.

use serde_json::Value;

use super::authorize::authorize;
use super::bed::{Bed, PUBLIC};
use super::row::{Ask, body, encoded, error, json as told, page, row, status, that, with_header};

#[tokio::test]
async fn what_is_no_public_document_address_is_no_client() {
    let bed = Bed::start().await;
    let mut rows = Vec::new();
    let ids = [
        ("C01", "http://client.example/oauth/client.json"),
        ("C01", "https://client.example"),
        ("C01", "https://client.example/a/../b"),
        ("C01", "https://client.example/%2e%2e/b"),
        ("C01", "https://client.example/a#b"),
        ("C01", "https://user@client.example/a"),
        ("C01", "https://client.example:0/a"),
        ("C02", "https://127.0.0.1/a"),
        ("C02", "https://[::1]/a"),
        ("C02", "https://10.0.0.1/a"),
        ("C02", "https://169.254.169.254/latest"),
        ("C02", "https://[::ffff:127.0.0.1]/a"),
        ("C02", "https://2130706433/a"),
        ("C02", "https://0x7f.1/a"),
        ("C05", "https://localhost/a"),
        ("C05", "https://x.localhost/a"),
        ("C05", "https://mcp.example/a"),
    ];
    for (number, id) in ids {
        rows.push(row(number, authorize(id, &[]), page(400)));
        let form = encoded(&[("grant_type", "refresh_token"), ("client_id", id)]);
        let ask = Ask::form("/oauth/token", form);
        rows.push(row(number, ask, error(401, "invalid_client")));
    }
    bed.hold(rows).await;
    bed.server.shutdown().await;
}

fn public_keys_alone(keys: &Value) -> Result<(), String> {
    let keys = keys["keys"].as_array().ok_or("no keys")?;
    let mut kids: Vec<&str> = keys.iter().filter_map(|key| key["kid"].as_str()).collect();
    kids.sort_unstable();
    let count = kids.len();
    kids.dedup();
    let private = ["d", "p", "q", "dp", "dq", "qi", "k"];
    let leaked = keys
        .iter()
        .any(|key| private.iter().any(|name| key.get(name).is_some()));
    let unique = count == kids.len() && count == keys.len() && count > 0;
    (!leaked && unique)
        .then_some(())
        .ok_or_else(|| format!("{keys:?}"))
}

#[tokio::test]
async fn the_server_says_of_itself_what_it_was_told_and_nothing_secret() {
    let bed = Bed::start().await;
    let mut rows = Vec::new();
    for path in [
        "/.well-known/openid-configuration",
        "/.well-known/oauth-authorization-server",
    ] {
        let lied = Ask::get(path)
            .header("X-Forwarded-Host", "evil.example")
            .header("Forwarded", "host=evil.example;proto=http");
        for (number, ask) in [("M01", lied), ("M03", Ask::get(path))] {
            let named = that(|answer| {
                status(200)(answer)?;
                let told = told(answer)?;
                (told["issuer"] == PUBLIC)
                    .then_some(())
                    .ok_or_else(|| told.to_string())
            });
            rows.push(row(number, ask, named));
        }
    }
    let keys = that(|answer| public_keys_alone(&told(answer)?));
    rows.push(row("M02", Ask::get("/.well-known/jwks.json"), keys));
    let cookies = bed.cookies(&bed.ann).await;
    for query in [
        "id_token_hint=a.b.c&post_logout_redirect_uri=https%3A%2F%2Fclient.example%2Fcb",
        "client_id=web&post_logout_redirect_uri=https%3A%2F%2Fevil.example%2F",
        "post_logout_redirect_uri=https%3A%2F%2Fevil.example%2F",
    ] {
        let ask = Ask::get(format!("/oauth/logout?{query}")).header("Accept", "text/html");
        let stays = || {
            that(|answer| match answer.header("location") {
                None => Ok(()),
                Some(location) => Err(location.to_owned()),
            })
        };
        rows.push(row("M04", ask.clone(), stays()));
        rows.push(row("M04", ask.cookies(&cookies), stays()));
    }
    bed.hold(rows).await;
    bed.server.shutdown().await;
}

#[tokio::test]
async fn pages_keep_their_addresses_and_run_no_scripts() {
    let bed = Bed::start().await;
    let cookies = bed.cookies(&bed.ann).await;
    let mut rows = Vec::new();
    for path in ["/account", "/oauth/logout", "/device", "/oauth/authorize"] {
        let ask = || {
            Ask::get(path)
                .header("Accept", "text/html")
                .cookies(&cookies)
        };
        let code = if path == "/oauth/authorize" { 400 } else { 200 };
        rows.push(row(
            "O02",
            ask(),
            with_header(code, "referrer-policy", "no-referrer"),
        ));
        let policy = "default-src 'none'";
        rows.push(row(
            "O02",
            ask(),
            with_header(code, "content-security-policy", policy),
        ));
    }
    bed.hold(rows).await;
    bed.server.shutdown().await;
}

#[tokio::test]
async fn o07_a_size_no_page_of_a_list_can_have_is_refused_by_name() {
    let bed = Bed::start().await;
    let mut rows = Vec::new();
    for list in ["audit", "grants"] {
        for size in ["0", "-1", "1001", "1000000000", "99999999999", "x", ""] {
            let ask = Ask::get(format!("/api/v1/{list}?limit={size}"));
            let ask = ask.bearer(bed.server.operator_key());
            rows.push(row(
                "O07",
                ask,
                that(|answer| {
                    status(400)(answer)?;
                    let told = told(answer)?;
                    let named = told["message"]
                        .as_str()
                        .is_some_and(|text| text.contains("limit"));
                    named.then_some(()).ok_or_else(|| told.to_string())
                }),
            ));
        }
        let ask = Ask::get(format!("/api/v1/{list}?limit=1000"));
        rows.push(row(
            "O07",
            ask.bearer(bed.server.operator_key()),
            status(200),
        ));
    }
    let grants = Ask::get("/api/v1/grants").bearer(bed.server.operator_key());
    rows.push(row("O07", grants, body(200, "[]")));
    bed.hold(rows).await;
    bed.server.shutdown().await;
}
