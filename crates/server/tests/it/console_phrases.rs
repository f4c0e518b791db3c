//! What operations and the door say in English is said in Japanese on a
//! Japanese page.

use reqwest::StatusCode;
use shukuba_testkit::browser::Browser;

use crate::console_house::{House, form_token};

async fn hana(house: &House) -> (Browser, String) {
    let mut hana = house.browser("hana", "operator").await;
    let csrf = form_token(&mut hana).await;
    hana.set_cookie("shukuba_language", "ja");
    (hana, csrf)
}

#[tokio::test]
async fn what_an_operation_refuses_is_said_in_japanese() {
    let house = House::new().await;
    let (mut hana, csrf) = hana(&house).await;
    for page in ["/console", "/console/runtimes/adder", "/console/settings"] {
        let page = hana.open(page).await;
        assert!(
            page.html.contains("同じユーザーの別プロセス"),
            "{}",
            page.html
        );
        assert!(!page.html.contains("same user"), "{}", page.html);
    }
    let page = hana.open("/console/runtimes/none").await;
    assert_eq!(page.status, StatusCode::NOT_FOUND);
    assert!(
        page.html.contains("ランタイム「none」はありません"),
        "{}",
        page.html
    );
    let fields = [("csrf", csrf.as_str()), ("name", "x"), ("kind", "m2m")];
    let page = hana
        .send_form("/console/applications/new", &fields, &[])
        .await;
    assert_eq!(page.status, StatusCode::BAD_REQUEST);
    assert!(
        page.html.contains("トークンの対象となる API が必要です"),
        "{}",
        page.html
    );
    assert!(!page.html.contains("needs an API"), "{}", page.html);
}

#[tokio::test]
async fn what_the_door_expects_and_advises_is_said_in_japanese_and_what_it_says_as_it_says_it() {
    let house = House::new().await;
    let (mut hana, csrf) = hana(&house).await;
    let fields = [
        ("csrf", csrf.as_str()),
        ("token", "opaque"),
        ("runtime", "adder"),
    ];
    let page = hana.send_form("/console/inspector", &fields, &[]).await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.html);
    let (told, rules) = page.html.split_once("id=\"rules\"").unwrap();
    assert!(told.contains("Failed to parse token"), "{told}");
    assert!(rules.contains("署名付きの JWT (コンパクト形式)"), "{rules}");
    assert!(rules.contains("API のトークンを発行者に要求"), "{rules}");
    assert!(!rules.contains("ask the issuer"), "{rules}");
}
