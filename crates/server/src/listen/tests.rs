use std::net::Ipv4Addr;

use http_body_util::{BodyExt as _, Full};
use shukuba_model::ClientAddress;
use shukuba_testkit::raw::RawClient;

use super::*;

/// A listener that answers with the client address it was told.
async fn echo(trusted: &[&str]) -> Listening {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let handler: Handler = Arc::new(|request| {
        let client = request.extensions().get::<ClientAddress>().unwrap();
        let body = Full::new(client.to_string().into());
        let body = body.map_err(|never| match never {}).boxed_unsync();
        Box::pin(async move { Response::new(body) })
    });
    let door = Door {
        tls: None,
        trusted_proxies: trusted.iter().map(|range| range.parse().unwrap()).collect(),
        handler,
    };
    serve(listener, door).unwrap()
}

async fn asked(listening: &Listening, headers: &[(&str, &str)]) -> String {
    let mut client = RawClient::connect(listening.address()).await;
    let answer = client.request("GET", "/", headers, b"").await;
    answer.text()
}

#[tokio::test]
async fn m01_the_address_of_a_client_is_its_own_whatever_it_claims() {
    let listening = echo(&["10.0.0.0/8"]).await;
    for headers in [
        &[][..],
        &[("X-Forwarded-For", "203.0.113.5")],
        &[("X-Forwarded-For", "203.0.113.5, 10.0.0.1")],
        &[
            ("Forwarded", "for=203.0.113.5"),
            ("X-Real-IP", "203.0.113.5"),
        ],
    ] {
        assert_eq!(asked(&listening, headers).await, "127.0.0.1", "{headers:?}");
    }
    listening.stop().await;
}

#[tokio::test]
async fn a_trusted_proxy_names_the_client() {
    let listening = echo(&["127.0.0.1", "10.0.0.0/8"]).await;
    for (headers, expected) in [
        (&[][..], "127.0.0.1"),
        (&[("X-Forwarded-For", "203.0.113.5")], "203.0.113.5"),
        (
            &[("X-Forwarded-For", "::1, 203.0.113.5, 10.0.0.1")],
            "203.0.113.5",
        ),
        // Only the one header is read: proxies append to it and pass others on.
        (&[("Forwarded", "for=203.0.113.5")], "127.0.0.1"),
    ] {
        assert_eq!(asked(&listening, headers).await, expected, "{headers:?}");
    }
    listening.stop().await;
}
