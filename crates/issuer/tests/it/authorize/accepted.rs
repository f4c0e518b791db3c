//! What is accepted, and what the code then stands for.

use axum::body::Body;
use http::Request;
use http::header::{ACCEPT, CONTENT_TYPE};
use serde_json::Value;
use shukuba_store::Secret;

use super::{Ask, Bed, Browser, HTML};
use crate::{ADDRESS, API, OTHER_API};

/// The API, the address and the scopes of a request that the person is asked
/// about.
async fn asked(browser: &Browser<'_>, ask: &Ask) -> (String, Option<String>, String) {
    let page = browser.authorize(ask).await;
    assert_eq!(page.page(), "consent", "{:?}", page.header("location"));
    let fixture = &browser.bed.fixture;
    let id = Secret::presented(&page.hidden("request"));
    let stored = fixture
        .store
        .authorization_request(&id, fixture.clock.now())
        .await
        .unwrap()
        .unwrap();
    let request: Value = serde_json::from_str(&stored.request).unwrap();
    let text = |value: &Value| value.as_str().map(str::to_owned);
    (
        text(&request["target"]["api"]).unwrap(),
        text(&request["target"]["resource"]),
        text(&request["scope"]).unwrap(),
    )
}

#[tokio::test]
async fn a21_a_resource_with_and_without_the_slash_of_an_origin_is_the_api() {
    let bed = Bed::new().await;
    let anns = bed.anns().await;
    for resource in [API, API.trim_end_matches('/')] {
        let ask = Ask::of("web").with("resource", resource);
        let (api, address, _) = asked(&anns, &ask).await;
        assert_eq!((api.as_str(), address), (API, None));
    }
}

#[tokio::test]
async fn an_address_of_the_runtime_means_its_api() {
    let bed = Bed::new().await;
    let anns = bed.anns().await;
    for (name, value) in [
        ("resource", ADDRESS.to_owned()),
        ("resource", format!("{ADDRESS}?qualifier=DEFAULT")),
        ("audience", ADDRESS.to_owned()),
    ] {
        let ask = Ask::of("web").with(name, &value);
        let (api, address, _) = asked(&anns, &ask).await;
        assert_eq!((api.as_str(), address), (API, Some(value)));
    }
    let ask = Ask::of("web")
        .with("audience", API)
        .with("resource", ADDRESS);
    let (api, address, _) = asked(&anns, &ask.and("resource", API)).await;
    assert_eq!((api.as_str(), address.as_deref()), (API, Some(ADDRESS)));
}

#[tokio::test]
async fn without_a_resource_it_is_the_clients_first_api_or_the_servers() {
    let bed = Bed::new().await;
    let anns = bed.anns().await;
    let (api, _, scope) = asked(&anns, &Ask::of("web")).await;
    assert_eq!(
        (api.as_str(), scope.as_str()),
        (API, "tools:read tools:write")
    );
    let (api, _, scope) = asked(&anns, &Ask::of("given")).await;
    assert_eq!((api.as_str(), scope.as_str()), (OTHER_API, "tools:read"));
}

#[tokio::test]
async fn scopes_are_those_asked_for_openid_and_offline_access_among_them() {
    let bed = Bed::new().await;
    let anns = bed.anns().await;
    for scope in [
        "tools:read",
        "openid profile email offline_access",
        "offline_access tools:write",
    ] {
        let (_, _, found) = asked(&anns, &Ask::of("web").with("scope", scope)).await;
        assert_eq!(found, scope);
    }
}

#[tokio::test]
async fn offline_access_alone_asks_for_the_scopes_of_the_api() {
    let bed = Bed::new().await;
    let anns = bed.anns().await;
    let ask = Ask::of("web").with("scope", "offline_access");
    let (_, _, found) = asked(&anns, &ask).await;
    assert_eq!(found, "tools:read tools:write offline_access");
}

#[tokio::test]
async fn unknown_parameters_and_locales_are_ignored_and_the_alias_works() {
    let bed = Bed::new().await;
    let anns = bed.anns().await;
    let ask = Ask::of("web")
        .with("ui_locales", "fr")
        .with("display", "popup")
        .with("vendor", "x")
        .with("response_mode", "query");
    let page = anns.get(&format!("/authorize?{}", ask.query())).await;
    assert_eq!(page.page(), "consent");
}

#[tokio::test]
async fn a_request_by_form_becomes_the_same_request_by_address() {
    let bed = Bed::new().await;
    let anns = bed.anns().await;
    let ask = Ask::of("web");
    let request = Request::post("/oauth/authorize")
        .header(ACCEPT, HTML)
        .header(CONTENT_TYPE, crate::FORM);
    // A form of another site brings no cookie of ours.
    let answer = bed
        .fixture
        .send(request.body(Body::from(ask.query())).unwrap())
        .await;
    assert_eq!(answer.status, 303);
    assert_eq!(answer.header("set-cookie"), None);
    assert_eq!(answer.header("location"), Some(ask.path().as_str()));
    assert_eq!(anns.authorize(&ask).await.page(), "consent");
}

#[tokio::test]
async fn a_get_by_a_program_changes_nothing_for_the_browser_that_follows() {
    let bed = Bed::new().await;
    let ask = Ask::of("web");
    for accept in ["*/*", "application/json"] {
        let request = Request::get(ask.path()).header(ACCEPT, accept);
        let answer = bed.fixture.send(request.body(Body::empty()).unwrap()).await;
        assert_eq!(answer.status, 200);
    }
    assert_eq!(bed.anns().await.authorize(&ask).await.page(), "consent");
}
