//! V and G: tokens that are given back or asked about, and devices.

use serde_json::Value;
use shukuba_store::{NewDeviceCode, Secret};

use super::bed::{API, Bed, now, refresh};
use super::consent::hidden;
use super::row::{Ask, body, encoded, error, json, page, row, status, that, unshared_error};

const INACTIVE: &str = r#"{"active":false}"#;

fn revoke(client_id: &str, token: &str) -> Ask {
    Ask::form(
        "/oauth/revoke",
        encoded(&[("client_id", client_id), ("token", token)]),
    )
}

#[tokio::test]
async fn a_token_is_its_clients_to_revoke_and_its_apis_to_ask_about() {
    let bed = Bed::start().await;
    let (access, token) = bed.tokens("web").await;
    let ask = |token: &str| {
        let form = format!("token={token}");
        bed.as_client("connector", "/oauth/introspect", form)
    };
    let by_stranger = bed.as_client("machine", "/oauth/introspect", format!("token={access}"));
    let anonymous = Ask::form("/oauth/introspect", format!("token={access}"));
    let public = Ask::form("/oauth/introspect", format!("token={access}&client_id=web"));
    let (unsigned, _) = access.rsplit_once('.').unwrap();
    let active = that(|answer| {
        let told = json(answer)?;
        let active = told["active"] == Value::Bool(true);
        active.then_some(()).ok_or_else(|| told.to_string())
    });
    bed.hold(vec![
        row(
            "V01",
            Ask::form("/oauth/revoke", format!("token={token}")),
            error(401, "invalid_client"),
        ),
        row(
            "V01",
            revoke("nobody", &token),
            error(401, "invalid_client"),
        ),
        row("V02", revoke("other", &token), error(400, "invalid_grant")),
        row("V02", revoke("other", &access), error(400, "invalid_grant")),
        row("V02", ask(&access), active),
        row("V03", revoke("web", "garbage"), body(200, "")),
        row("V03", revoke("web", "a.b.c"), body(200, "")),
        row("V05", anonymous, unshared_error(401, "invalid_client")),
        row("V05", public, unshared_error(401, "invalid_client")),
        row("V06", ask("garbage"), body(200, INACTIVE)),
        row("V06", ask(&format!("{unsigned}.AAAA")), body(200, INACTIVE)),
        row("V06", by_stranger, body(200, INACTIVE)),
        row("V04", revoke("web", &token), body(200, "")),
        row("V04", ask(&access), body(200, INACTIVE)),
        row("V04", refresh("web", &token), error(400, "invalid_grant")),
    ])
    .await;
    bed.server.shutdown().await;
}

fn poll(client_id: &str, device_code: &str) -> Ask {
    let members = [
        ("grant_type", "urn:ietf:params:oauth:grant-type:device_code"),
        ("client_id", client_id),
        ("device_code", device_code),
    ];
    Ask::form("/oauth/token", encoded(&members))
}

/// A device code that has ended already.
async fn ended(bed: &Bed) -> String {
    let grant = bed.grant("web");
    let [device_code, user_code] = ["skd_", "sku_"].map(Secret::generate);
    let new = NewDeviceCode {
        device_code: device_code.clone(),
        user_code,
        client_id: grant.client_id,
        client_name: grant.client_name,
        api: API.parse().unwrap(),
        resource: None,
        scope: grant.scope,
        interval: 5,
        address: "127.0.0.1".to_owned(),
        created_at: now() - 601,
        expires_at: now() - 1,
    };
    bed.store.create_device_code(&new).await.unwrap();
    device_code.reveal().to_owned()
}

#[tokio::test]
async fn a_device_gets_what_a_person_allowed_it_and_nothing_before() {
    let bed = Bed::start().await;
    let asked = bed.send(&Ask::form("/oauth/device", "client_id=web")).await;
    let asked = json(&asked).unwrap();
    let text = |name: &str| asked[name].as_str().unwrap().to_owned();
    let (device_code, user_code) = (text("device_code"), text("user_code"));
    let ended = ended(&bed).await;
    bed.hold(vec![
        row(
            "G01",
            poll("web", &device_code),
            error(400, "authorization_pending"),
        ),
        row("G02", poll("web", &device_code), error(400, "slow_down")),
        row("G03", poll("web", &ended), error(400, "expired_token")),
        row(
            "G05",
            poll("other", &device_code),
            error(400, "invalid_grant"),
        ),
    ])
    .await;
    let cookies = bed.cookies(&bed.ann).await;
    let page_of = |code: &str| {
        let ask = Ask::get(format!("/device?user_code={code}"));
        ask.header("Accept", "text/html").cookies(&cookies)
    };
    let form = bed
        .send(&page_of(&user_code.to_lowercase().replace('-', "")))
        .await;
    let members = [
        ("user_code", user_code.as_str()),
        ("csrf", &hidden(&form, "csrf")),
        ("action", "deny"),
    ];
    let deny = Ask::form("/device", encoded(&members)).cookies(&cookies);
    let mut rows = vec![
        row("G04", deny, status(303)),
        row(
            "G04",
            poll("web", &device_code),
            error(400, "access_denied"),
        ),
    ];
    let guess = || page_of("BBBB-BBBB").from("192.0.2.9");
    rows.extend((0..5).map(|_| row("G06", guess(), page(400))));
    rows.push(row("G06", guess(), page(429)));
    bed.hold(rows).await;
    bed.server.shutdown().await;
}
