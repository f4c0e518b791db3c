//! What a token says, as it says it: on the page it was got on, and pasted.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use reqwest::StatusCode;
use shukuba_testkit::browser::Page;

use crate::console_house::House;

const TOKEN: &str = "/console/apis/token?identifier=https%3A%2F%2Fapi%2Eexample%2F";
const INSPECTOR: &str = "/console/inspector";

/// Header and claims that a page shows.
fn parts(page: &Page) -> Vec<String> {
    assert_eq!(page.status, StatusCode::OK, "{}", page.html);
    let parts = page.html.split("<pre class=\"token\"><code>").skip(1);
    let parts = parts.filter_map(|rest| rest.split("</code></pre>").next());
    let parts = parts.filter(|part| part.starts_with('{'));
    parts.map(|part| part.replace("&#34;", "\"")).collect()
}

/// The names of the members of an object, in the order they stand there.
fn names(object: &str) -> Vec<&str> {
    let members = object.lines().filter_map(|line| line.strip_prefix("  \""));
    members.filter_map(|line| line.split('"').next()).collect()
}

fn pasted(header: &str, claims: &str) -> String {
    let [header, claims] = [header, claims].map(|part| URL_SAFE_NO_PAD.encode(part));
    format!("{header}.{claims}.c2ln")
}

#[tokio::test]
async fn what_others_wrote_into_a_token_is_text_and_hides_nothing() {
    let house = House::new().await;
    let mut ada = house.browser("ada", "operator").await;
    let token = pasted(
        "{\"</code></pre><script>alert(1)</script>\":1}",
        "{\"sub\":\"</pre><b>\u{202e}nimda\u{200b}\",\"\u{1f600}\":\"\\u003cb>\"}",
    );
    ada.open(INSPECTOR).await;
    let fields = [("token", token.as_str()), ("runtime", "adder")];
    let page = ada.submit(INSPECTOR, &fields).await;
    assert!(!page.html.contains("<script>alert") && !page.html.contains("<b>"));
    let [header, claims] = <[String; 2]>::try_from(parts(&page)).unwrap();
    assert!(
        header.contains("&#60;/code&#62;&#60;/pre&#62;&#60;script&#62;"),
        "{header}"
    );
    assert!(
        claims.contains("&#60;b&#62;\\u202enimda\\u200b\","),
        "{claims}"
    );
    assert!(
        claims.contains("\"\u{1f600}\": \"\\u003cb&#62;\""),
        "{claims}"
    );
    // What is no JSON is not decoded.
    let token = pasted("{}", "{\"sub\":\"a\",}");
    let fields = [("token", token.as_str()), ("runtime", "adder")];
    ada.open(INSPECTOR).await;
    let page = ada.submit(INSPECTOR, &fields).await;
    assert!(parts(&page).is_empty(), "{}", page.html);
}

#[tokio::test]
async fn a_token_is_shown_in_its_own_order() {
    let house = House::new().await;
    let mut ada = house.browser("ada", "operator").await;
    ada.open(TOKEN).await;
    let got = ada.submit(TOKEN, &[("application", &house.client)]).await;
    let [header, claims] = <[String; 2]>::try_from(parts(&got)).unwrap();
    assert!(header.contains("\"typ\""), "{header}");
    let names = names(&claims);
    assert_eq!(&names[..5], ["iss", "sub", "aud", "iat", "exp"]);

    let claims = "{\"z\":1,\"a\":{\"y\":[2,1],\"b\":null},\"m\":1.50,\"a\":0}";
    let token = pasted("{\"typ\":\"JWT\",\"alg\":\"none\"}", claims);
    ada.open(INSPECTOR).await;
    let fields = [("token", token.as_str()), ("runtime", "adder")];
    let page = ada.submit(INSPECTOR, &fields).await;
    let [header, claims] = <[String; 2]>::try_from(parts(&page)).unwrap();
    assert_eq!(header, "{\n  \"typ\": \"JWT\",\n  \"alg\": \"none\"\n}");
    let lines: Vec<&str> = claims.lines().map(str::trim).collect();
    let expected = "{|\"z\": 1,|\"a\": {|\"y\": [|2,|1|],|\"b\": null|},|\"m\": 1.50,|\"a\": 0|}";
    assert_eq!(lines.join("|"), expected);
}
