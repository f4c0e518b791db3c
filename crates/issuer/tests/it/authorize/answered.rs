//! A request is answered once, in the browser that sent it, as it was stored.

use shukuba_store::AuditFilter;

use super::{Ask, Bed, Browser, CALLBACK};
use crate::{Answer, ISSUER};

async fn consent_page(browser: &Browser<'_>) -> Answer {
    let page = browser.authorize(&Ask::of("web")).await;
    assert_eq!(page.page(), "consent");
    page
}

#[tokio::test]
async fn a25_a_consent_without_the_forms_token_is_refused() {
    let bed = Bed::new().await;
    let anns = bed.anns().await;
    let page = consent_page(&anns).await;
    let other = consent_page(&anns).await;
    let bobs = bed.browser();
    bobs.log_in(&bed.bob).await;
    let foreign = consent_page(&bobs).await;
    let request = page.hidden("request");
    for csrf in [
        "",
        "made-up",
        &other.hidden("csrf"),
        &foreign.hidden("csrf"),
    ] {
        let fields = [
            ("request", request.as_str()),
            ("csrf", csrf),
            ("action", "allow"),
        ];
        anns.post("/oauth/consent", &fields).await.is_page(403);
    }
    let fields = [("request", request.as_str()), ("action", "allow")];
    anns.post("/oauth/consent", &fields).await.is_page(403);
    anns.answer(&page, "allow").await.redirected(303, CALLBACK);
}

#[tokio::test]
async fn a25_a_page_made_for_one_person_is_not_answered_by_the_next() {
    let bed = Bed::new().await;
    let browser = bed.anns().await;
    let page = consent_page(&browser).await;
    browser.log_in(&bed.bob).await;
    browser.answer(&page, "allow").await.is_page(403);
}

#[tokio::test]
async fn a26_another_browser_can_neither_go_on_nor_answer() {
    let bed = Bed::new().await;
    let page = consent_page(&bed.anns().await).await;
    let resumed = format!(
        "/oauth/authorize/continue?request={}",
        page.hidden("request")
    );
    for other in [bed.browser(), bed.anns().await] {
        other.answer(&page, "allow").await.is_page(403);
        other.get(&resumed).await.is_page(403);
        consent_page(&bed.anns().await).await;
        other.answer(&page, "allow").await.is_page(403);
    }
}

#[tokio::test]
async fn a28_the_stored_request_counts_whatever_the_form_says() {
    let bed = Bed::new().await;
    let anns = bed.anns().await;
    let page = consent_page(&anns).await;
    let fields = [
        ("request", page.hidden("request")),
        ("csrf", page.hidden("csrf")),
        ("action", "allow".to_owned()),
        ("client_id", "stranger".to_owned()),
        ("redirect_uri", "https://evil.example/".to_owned()),
        ("scope", "openid".to_owned()),
        ("state", "evil".to_owned()),
    ];
    let fields: Vec<(&str, &str)> = fields.iter().map(|(n, v)| (*n, v.as_str())).collect();
    let members = anns.post("/oauth/consent", &fields).await;
    let members = members.redirected(303, CALLBACK);
    assert_eq!(members["state"], "the state");
}

#[tokio::test]
async fn a29_a_person_who_denies_is_sent_back() {
    let bed = Bed::new().await;
    let anns = bed.anns().await;
    let page = consent_page(&anns).await;
    let members = anns.answer(&page, "deny").await.redirected(303, CALLBACK);
    assert_eq!(members["error"], "access_denied");
    assert_eq!(members["state"], "the state");
    assert_eq!(members["iss"], ISSUER);
    consent_page(&anns).await;
}

#[tokio::test]
async fn a34_after_the_form_it_is_303_and_the_code_goes_to_the_client() {
    let bed = Bed::new().await;
    let anns = bed.anns().await;
    let page = consent_page(&anns).await;
    let members = anns.answer(&page, "allow").await.redirected(303, CALLBACK);
    let names: Vec<&str> = members.keys().map(String::as_str).collect();
    assert_eq!(names, ["code", "iss", "state"]);
    assert_eq!(members["iss"], ISSUER);
    assert!(members["code"].len() > 40);
}

#[tokio::test]
async fn a37_iss_is_ours_and_there_once() {
    let bed = Bed::new().await;
    let anns = bed.anns().await;
    let ask = Ask::of("mixup").without("redirect_uri");
    let page = anns.authorize(&ask).await;
    let answer = anns.answer(&page, "allow").await;
    let location = answer.header("location").unwrap();
    assert_eq!(location.matches("iss=").count(), 1, "{location}");
    let members = answer.redirected(303, CALLBACK);
    assert_eq!(
        (members["iss"].as_str(), members["a"].as_str()),
        (ISSUER, "b")
    );
    let broken = ask.without("code_challenge");
    let answer = anns.authorize(&broken).await;
    let location = answer.header("location").unwrap();
    assert_eq!(location.matches("iss=").count(), 1, "{location}");
}

#[tokio::test]
async fn a_request_is_answered_once() {
    let bed = Bed::new().await;
    let anns = bed.anns().await;
    let page = consent_page(&anns).await;
    anns.answer(&page, "allow").await.redirected(303, CALLBACK);
    for action in ["allow", "deny", "login"] {
        anns.answer(&page, action).await.is_page(400);
    }
    let resumed = format!(
        "/oauth/authorize/continue?request={}",
        page.hidden("request")
    );
    anns.get(&resumed).await.is_page(400);
}

#[tokio::test]
async fn twenty_answers_at_once_give_one_code() {
    let bed = Bed::new().await;
    let anns = bed.anns().await;
    let page = consent_page(&anns).await;
    let answers = futures_of(&anns, &page).await;
    let codes = answers.iter().filter(|answer| answer.status == 303).count();
    assert_eq!(codes, 1);
}

/// The same answer twenty times, all on their way before the first is done.
async fn futures_of(browser: &Browser<'_>, page: &Answer) -> Vec<Answer> {
    let mut waiting: Vec<_> = (0..20)
        .map(|_| Box::pin(browser.answer(page, "allow")))
        .collect();
    let mut done = Vec::new();
    std::future::poll_fn(|context| {
        waiting.retain_mut(|answer| match answer.as_mut().poll(context) {
            std::task::Poll::Ready(answer) => {
                done.push(answer);
                false
            }
            std::task::Poll::Pending => true,
        });
        if waiting.is_empty() {
            std::task::Poll::Ready(())
        } else {
            std::task::Poll::Pending
        }
    })
    .await;
    done
}

#[tokio::test]
async fn a_request_expires_and_an_unknown_one_is_a_page() {
    let bed = Bed::new().await;
    let anns = bed.anns().await;
    let page = consent_page(&anns).await;
    bed.fixture.clock.advance(15 * 60);
    anns.log_in(&bed.ann).await;
    anns.answer(&page, "allow").await.is_page(400);
    for path in [
        "/oauth/authorize/continue",
        "/oauth/authorize/continue?request=made-up",
        "/oauth/authorize/continue?request=a&request=b",
    ] {
        anns.get(path).await.is_page(400);
    }
}

#[tokio::test]
async fn who_logged_out_meanwhile_logs_in_again() {
    let bed = Bed::new().await;
    let browser = bed.anns().await;
    let page = consent_page(&browser).await;
    browser.cookies.borrow_mut().remove("shukuba_session");
    let answer = browser.answer(&page, "allow").await;
    assert_eq!(answer.status, 303);
    let location = answer.header("location").unwrap().to_owned();
    assert_eq!(browser.get(&location).await.page(), "login");
}

#[tokio::test]
async fn an_unknown_answer_is_refused_and_the_request_waits_on() {
    let bed = Bed::new().await;
    let anns = bed.anns().await;
    let page = consent_page(&anns).await;
    anns.answer(&page, "perhaps").await.is_page(400);
    anns.answer(&page, "allow").await.redirected(303, CALLBACK);
}

#[tokio::test]
async fn what_a_person_answered_is_in_the_audit_log() {
    let bed = Bed::new().await;
    let anns = bed.anns().await;
    for action in ["deny", "allow"] {
        let page = consent_page(&anns).await;
        anns.answer(&page, action).await;
    }
    bed.fixture.issuer.audit_log().flush().await;
    let filter = AuditFilter {
        event: Some("consent".to_owned()),
        limit: 10,
        ..AuditFilter::default()
    };
    let entries = bed.fixture.store.audit(&filter).await.unwrap();
    let outcomes: Vec<&str> = entries.iter().map(|entry| entry.outcome.as_str()).collect();
    assert_eq!(outcomes, ["ok", "denied"], "newest first");
    for entry in entries {
        assert_eq!(entry.actor, bed.ann.id.as_str());
        assert_eq!(entry.client_id, "web");
    }
}
