//! D: clients that register themselves.

use serde_json::{Value, json};
use shukuba_server::{Issuing, RegistrationPolicy};
use shukuba_store::Secret;

use super::bed::{Bed, now};
use super::row::{Ask, Row, error, json as told, row, status, that, with_header};

const REGISTER: &str = "/oauth/register";

/// A good registration with another value of a member.
fn changed(member: &str, value: Value) -> Value {
    let mut body = json!({
        "client_name": "a client",
        "redirect_uris": ["http://localhost:51234/callback"],
        "token_endpoint_auth_method": "none",
    });
    if !member.is_empty() {
        body[member] = value;
    }
    body
}

fn register(body: &Value) -> Ask {
    Ask::json("POST", REGISTER, body)
}

fn with(registration: RegistrationPolicy) -> Issuing {
    Issuing {
        registration,
        ..Issuing::default()
    }
}

fn unsafe_redirects() -> Vec<Row> {
    let refused = |number, uris: Value| {
        let ask = register(&changed("redirect_uris", uris));
        row(number, ask, error(400, "invalid_redirect_uri"))
    };
    let uris = [
        "http://client.example/cb",
        "javascript:alert(1)",
        "data:text/html,x",
        "https://*.client.example/cb",
        "https://client.example/cb#x",
    ];
    let mut rows = vec![refused("D02", json!(null)), refused("D02", json!([]))];
    rows.extend(uris.map(|uri| refused("D03", json!([uri]))));
    rows
}

fn unsafe_metadata() -> Vec<Row> {
    let key = json!({"kty": "EC", "crv": "P-256", "x": "a", "y": "b"});
    let mut both = changed("jwks", json!({"keys": [key]}));
    both["jwks_uri"] = json!("https://client.example/jwks");
    let refused = |number, body: &Value| {
        row(
            number,
            register(body),
            error(400, "invalid_client_metadata"),
        )
    };
    let mut rows = vec![refused("D04", &both)];
    let alone = json!(["authorization_code", "client_credentials"]);
    let password = json!(["authorization_code", "password"]);
    for (number, member, value) in [
        (
            "D05",
            "token_endpoint_auth_method",
            json!("client_secret_jwt"),
        ),
        ("D05", "grant_types", alone),
        ("D06", "grant_types", json!(["implicit"])),
        ("D06", "grant_types", password),
        ("D10", "jwks_uri", json!("https://127.0.0.1/x")),
        ("D10", "logo_uri", json!("https://169.254.169.254/x")),
        ("D10", "client_uri", json!("https://localhost/x")),
    ] {
        rows.push(refused(number, &changed(member, value)));
    }
    let statement = register(&changed("software_statement", json!("x")));
    let code = "invalid_software_statement";
    rows.push(row("D14", statement, error(400, code)));
    rows
}

#[tokio::test]
async fn what_is_unsafe_or_contradicts_itself_is_not_registered() {
    let bed = Bed::start().await;
    bed.hold(unsafe_redirects()).await;
    bed.hold(unsafe_metadata()).await;
    let without_secret = that(|answer| {
        status(201)(answer)?;
        let told = told(answer)?;
        let uri = told["registration_client_uri"].is_string();
        let secret = told.get("client_secret").is_some();
        (uri && !secret)
            .then_some(())
            .ok_or_else(|| told.to_string())
    });
    let mut rows = vec![row(
        "D15",
        register(&changed("", json!(null))),
        without_secret,
    )];
    for n in 0..10 {
        let body = changed("client_name", json!(n.to_string()));
        rows.push(row("D09", register(&body).from("192.0.2.1"), status(201)));
    }
    let body = changed("client_name", json!("one more"));
    rows.push(row(
        "D09",
        register(&body).from("192.0.2.1"),
        with_header(429, "retry-after", ""),
    ));
    bed.hold(rows).await;
    bed.server.shutdown().await;
}

#[tokio::test]
async fn a_registration_is_its_clients_to_change() {
    let bed = Bed::start().await;
    let mut registered = Vec::new();
    for name in ["one", "other"] {
        let body = changed("client_name", json!(name));
        registered.push(told(&bed.send(&register(&body)).await).unwrap());
    }
    let text = |n: usize, member: &str| registered[n][member].as_str().unwrap().to_owned();
    let id = text(0, "client_id");
    let path = format!("{REGISTER}/{id}");
    let [own, foreign] = [0, 1].map(|n| text(n, "registration_access_token"));
    let mut rows = Vec::new();
    for method in ["GET", "PUT", "DELETE"] {
        let ask = Ask::json(method, path.clone(), &json!({"client_id": id})).bearer(&foreign);
        rows.push(row("D11", ask, error(401, "invalid_token")));
    }
    let redirect_uris = json!(["https://client.example/cb"]);
    for body in [
        json!({"client_id": "another", "redirect_uris": redirect_uris}),
        json!({"client_id": id, "redirect_uris": redirect_uris, "client_secret": "chosen-by-itself-0123456789-0123456789"}),
    ] {
        let ask = Ask::json("PUT", path.clone(), &body).bearer(&own);
        rows.push(row("D12", ask, error(400, "invalid_client_metadata")));
    }
    let delete = || Ask::new("DELETE", path.clone()).bearer(&own);
    rows.push(row("D13", delete(), status(204)));
    rows.push(row("D13", delete(), error(401, "invalid_token")));
    let dead = Ask::form(
        "/oauth/token",
        format!("grant_type=refresh_token&client_id={id}&refresh_token=x"),
    );
    rows.push(row("D13", dead, error(401, "invalid_client")));
    bed.hold(rows).await;
    bed.server.shutdown().await;
}

#[tokio::test]
async fn where_registration_is_off_or_guarded_a_stranger_registers_nothing() {
    let off = Bed::issuing(with(RegistrationPolicy::Off)).await;
    let unlisted = that(|answer| {
        let told = told(answer)?;
        let listed = told.get("registration_endpoint").is_some();
        (!listed).then_some(()).ok_or_else(|| told.to_string())
    });
    off.hold(vec![
        row(
            "D01",
            register(&changed("", json!(null))),
            error(404, "access_denied"),
        ),
        row(
            "D01",
            Ask::get("/.well-known/oauth-authorization-server"),
            unlisted,
        ),
    ])
    .await;
    off.server.shutdown().await;

    let bed = Bed::issuing(with(RegistrationPolicy::InitialAccessToken)).await;
    let token = Secret::generate("ski_");
    let until = now() + 600;
    let created = bed
        .store
        .create_initial_token(&token, "farm", 1, now(), until);
    created.await.unwrap();
    let ask = || register(&changed("", json!(null)));
    let mut rows = vec![
        row(
            "D07",
            ask(),
            with_header(401, "www-authenticate", "Bearer "),
        ),
        row("D07", ask().bearer("wrong"), error(401, "invalid_token")),
    ];
    let tab = format!("Bearer\t{}", token.reveal());
    for odd in [
        b"Bearer".as_slice(),
        b"Bearer ",
        b"Bearer \xff\xfe",
        b"\x80",
        tab.as_bytes(),
    ] {
        let ask = ask().header("Authorization", odd);
        rows.push(row("D08", ask, error(401, "invalid_token")));
    }
    rows.push(row("D07", ask().bearer(token.reveal()), status(201)));
    rows.push(row(
        "D07",
        ask().bearer(token.reveal()),
        error(401, "invalid_token"),
    ));
    bed.hold(rows).await;
    bed.server.shutdown().await;
}
