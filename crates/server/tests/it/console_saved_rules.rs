//! What the page says after rules were saved: who is let in no longer, and who is
//! now.

use reqwest::StatusCode;
use shukuba_store::Launch;
use shukuba_testkit::browser::{Browser, Page};

use crate::console_runtimes::{AUDIENCE, Console, HOSTILE, PAGE, unchanged};

const FORM: &str = "/console/runtimes/adder/rules";
const NO_LONGER: &str = "No longer let in:";
const FROM_NOW_ON: &str = "Let in from now on";

/// Rules as they are typed.
struct Typed<'a> {
    issuer: String,
    clients: &'a str,
    audiences: &'a str,
    login: bool,
    people: &'a str,
}

impl Typed<'_> {
    /// As the runtime has them.
    fn of(console: &Console) -> Typed<'_> {
        Typed {
            issuer: console.provider.discovery_url(),
            clients: console.provider.client_id(),
            audiences: AUDIENCE,
            login: true,
            people: "",
        }
    }

    /// Saves them, and gives the address of the page that comes next.
    async fn save(&self, browser: &mut Browser) -> String {
        browser.open(FORM).await;
        let who = if self.people.is_empty() {
            "all"
        } else {
            "named"
        };
        let mut fields = vec![
            ("discovery_url", self.issuer.as_str()),
            ("clients", self.clients),
            ("audiences", self.audiences),
            ("client_claim", "rfc9068"),
            ("who", who),
            ("people", self.people),
        ];
        fields.extend(self.login.then_some(("login", "on")));
        let sent = browser.submit(FORM, &fields).await;
        assert_eq!(sent.status, StatusCode::SEE_OTHER, "{}", sent.html);
        sent.location.unwrap()
    }
}

/// The notice of a page, without its tags.
fn notice(page: &Page) -> Option<String> {
    assert_eq!(page.status, StatusCode::OK, "{}", page.html);
    let (_, rest) = page.html.split_once("<div role=\"status\">")?;
    let (notice, _) = rest.split_once("<ul class=\"tiles").unwrap();
    let texts = notice.split('<').filter_map(|tag| tag.split_once('>'));
    let mut notice = String::from(notice.split('<').next().unwrap());
    notice.extend(texts.map(|(_, text)| text));
    Some(notice)
}

/// Saves rules, and gives what the next page says.
async fn saved(browser: &mut Browser, typed: &Typed<'_>) -> String {
    let address = typed.save(browser).await;
    let page = browser.open(&address).await;
    notice(&page).unwrap_or_else(|| panic!("{address}: no notice"))
}

#[tokio::test]
async fn no_link_makes_the_page_say_what_was_not_saved() {
    let console = Console::with(&[unchanged], |_| {}).await;
    let mut ada = console.browser("ada", "operator").await;
    let mut bob = console.browser("bob", "operator").await;
    for forged in ["", "1", "%3Cscript%3Ealert(1)%3C/script%3E"] {
        let page = ada.open(&format!("{PAGE}?saved={forged}")).await;
        assert_eq!(notice(&page), None, "{forged}");
        assert!(!page.html.contains(HOSTILE));
    }
    let narrow = Typed {
        clients: "machine-7",
        ..Typed::of(&console)
    };
    let address = narrow.save(&mut ada).await;
    let id = address.split_once("?saved=").unwrap().1;
    let id = id.strip_suffix("#rules").unwrap();
    assert!(id.len() > 40, "{id} can be guessed");
    assert!(notice(&ada.open(&address).await).is_some());
    // Of somebody else, nothing was saved.
    assert_eq!(notice(&bob.open(&address).await), None);

    // Once the rules are others, it is no longer true.
    let back = Typed::of(&console).save(&mut bob).await;
    assert!(notice(&bob.open(&back).await).is_some());
    assert_eq!(notice(&ada.open(&address).await), None);
}

#[tokio::test]
async fn who_is_shut_out_is_named_and_a_reload_changes_nothing() {
    let console = Console::with(&[unchanged], |_| {}).await;
    let mut ada = console.browser("ada", "operator").await;
    let same = saved(&mut ada, &Typed::of(&console)).await;
    assert!(same.contains("Whom they let in has not changed."), "{same}");
    assert!(!same.contains(NO_LONGER) && !same.contains(FROM_NOW_ON));

    let narrow = Typed {
        clients: "machine-7",
        people: "ada",
        ..Typed::of(&console)
    };
    let address = narrow.save(&mut ada).await;
    assert!(address.starts_with(&format!("{PAGE}?saved=")), "{address}");
    assert!(address.ends_with("#rules"), "{address}");
    let said = notice(&ada.open(&address).await).unwrap();
    let (out, now) = said.split_once(FROM_NOW_ON).unwrap();
    let gone = format!("Clients: {}", console.provider.client_id());
    assert!(out.contains(NO_LONGER) && out.contains(&gone), "{said}");
    assert!(
        out.contains("Everybody whom login.allow does not name"),
        "{said}"
    );
    assert!(now.contains("Clients: machine-7"), "{said}");
    assert_eq!(console.knock().await, StatusCode::UNAUTHORIZED);

    let (_, before) = console.bed.get("/api/v1/audit?limit=1").await;
    let again = notice(&ada.open(&address).await).unwrap();
    assert_eq!(again, said);
    let (_, after) = console.bed.get("/api/v1/audit?limit=1").await;
    assert_eq!(after, before);

    let off = Typed {
        login: false,
        ..narrow
    };
    let off = saved(&mut ada, &off).await;
    assert!(
        off.contains("People: ada") && !off.contains(FROM_NOW_ON),
        "{off}"
    );
}

#[tokio::test]
async fn a_rule_that_is_gone_is_a_warning_in_the_readers_language() {
    let console = Console::with(&[unchanged], |_| {}).await;
    let mut ada = console.browser("ada", "operator").await;
    let any = Typed {
        clients: "",
        ..Typed::of(&console)
    };
    let wide = saved(&mut ada, &any).await;
    assert!(wide.contains("Any client of the issuer"), "{wide}");
    assert!(!wide.contains(NO_LONGER), "{wide}");

    ada.set_cookie("shukuba_language", "ja");
    let narrow = Typed {
        people: "ada",
        ..Typed::of(&console)
    };
    let narrow = saved(&mut ada, &narrow).await;
    assert!(narrow.contains("呼び出せなくなった相手"), "{narrow}");
    assert!(narrow.contains("これまではどのクライアントも"), "{narrow}");
    assert!(narrow.contains("login.allow にないすべての人"), "{narrow}");
}

/// People's tokens are for the API that the configured entry names; with another
/// issuer it is the runtime's own.
#[tokio::test]
async fn another_issuer_shuts_out_the_old_ones_tokens() {
    let console = Console::with(&[unchanged], |_| {}).await;
    let mut ada = console.browser("ada", "operator").await;
    let home = console.bed.server.public_url().to_owned();
    let api = serde_json::json!({ "name": "an API", "identifier": AUDIENCE });
    console.bed.post("/api/v1/apis", api).await;
    let ours = Typed {
        issuer: format!("{home}/.well-known/openid-configuration"),
        ..Typed::of(&console)
    };
    let moved = saved(&mut ada, &ours).await;
    let (out, now) = moved.split_once(FROM_NOW_ON).unwrap();
    assert!(out.contains(&console.provider.issuer()), "{moved}");
    assert!(
        now.contains("Tokens that applications got from this server"),
        "{moved}"
    );
    assert!(
        now.contains("people got for this API") && now.contains(AUDIENCE),
        "{moved}"
    );

    let other_path = Typed {
        issuer: format!("{home}/.well-known/oauth-authorization-server"),
        ..ours
    };
    let same = saved(&mut ada, &other_path).await;
    assert!(
        same.contains("has not changed"),
        "the issuer is the same: {same}"
    );

    let back = saved(&mut ada, &Typed::of(&console)).await;
    let (out, _) = back.split_once(FROM_NOW_ON).unwrap();
    assert!(out.contains("All tokens that applications got"), "{back}");
    assert!(out.contains("until they log in again"), "{back}");
}

#[tokio::test]
async fn what_others_wrote_into_rules_is_text_in_the_notice() {
    let hostile = |launch: &mut Launch| {
        let clients = &mut launch.runtime.authorizer.allowed_clients;
        clients.push(format!("{HOSTILE}\u{202e}\u{200b}"));
        clients.extend((0..100).map(|number| format!("m-{number}")));
    };
    let console = Console::with(&[hostile], |_| {}).await;
    let mut ada = console.browser("ada", "operator").await;
    let address = Typed::of(&console).save(&mut ada).await;
    let page = ada.open(&address).await;
    assert!(!page.html.contains(HOSTILE));
    let said = notice(&page).unwrap();
    assert!(
        said.contains("&#60;script&#62;alert(1)&#60;/script&#62;,"),
        "{said}"
    );
    assert!(!said.contains('\u{200b}'), "{said}");
    assert!(said.contains("m-18 and 81 more"), "{said}");
}
