//! Every page in both languages: held against what all pages must be, and
//! written to the folder that `SHUKUBA_GALLERY` names, to be looked at.

use axum::body::to_bytes;
use axum::response::Response;
use http::header::CONTENT_SECURITY_POLICY;
use http::{HeaderMap, StatusCode};
use shukuba_store::Secret;

use super::account::{AccountPage, Connection, Done, LiveSession};
use super::{
    ConsentPage, DevicePage, DeviceState, Frame, Language, LoginPage, LoginRefused, LogoutPage,
    NotAllowedPage, PasswordPage, ProblemPage, style,
};
use crate::people::password::PasswordRefused;

const CHROME: &str = "Mozilla/5.0 (X11; Linux x86_64) Chrome/140.0 Safari/537.36";
const PHONE: &str = "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) Safari/604.1";

fn text(text: &str) -> String {
    text.to_owned()
}

fn login(client: Option<&str>, refused: Option<LoginRefused>) -> LoginPage {
    LoginPage {
        request: client.map(|_| text("skq_request")),
        csrf: text("token"),
        client_name: client.map(text),
        username: refused.map(|_| text("ann")).unwrap_or_default(),
        refused,
    }
}

fn scopes() -> Vec<(String, String)> {
    [
        ("openid", ""),
        ("offline_access", ""),
        ("adder:read", "Read the sums that were made"),
        ("adder:write", ""),
    ]
    .map(|(scope, meaning)| (text(scope), text(meaning)))
    .into()
}

fn consent(verified: bool) -> ConsentPage {
    ConsentPage {
        request: text("skq_request"),
        csrf: text("token"),
        username: text("ann"),
        client_name: text(if verified {
            "Claude"
        } else {
            "Claude Code (adder)"
        }),
        client_host: verified.then(|| text("claude.ai")),
        by_document: false,
        verified,
        redirect_host: text(if verified { "claude.ai" } else { "localhost" }),
        loopback: !verified,
        runtime: text("adder"),
        address: text("http://127.0.0.1:8430/mcp/adder"),
        scopes: if verified { Vec::new() } else { scopes() },
    }
}

fn by_document() -> ConsentPage {
    ConsentPage {
        client_name: text("Claude Code"),
        client_host: Some(text("claude.ai")),
        by_document: true,
        ..consent(false)
    }
}

fn hostile() -> ConsentPage {
    ConsentPage {
        client_name: format!("<script>alert(1)</script>\u{202e}{}", "W".repeat(5_000)),
        redirect_host: text("\"><img src=x onerror=alert(1)>"),
        ..consent(false)
    }
}

fn device(state: DeviceState) -> DevicePage {
    DevicePage {
        state,
        csrf: text("token"),
        user_code: text(if state == DeviceState::Enter {
            ""
        } else {
            "WDJB-MJHT"
        }),
        username: text("ann"),
        client_name: text("mcp-remote"),
        verified: false,
        runtime: text("adder"),
        scopes: scopes(),
        address: text("192.0.2.17"),
    }
}

fn account(connections: bool, done: Option<Done>, refused: Option<PasswordRefused>) -> AccountPage {
    let connection = |client: &str, used| Connection {
        grant: format!("grant_{client}"),
        client_name: text(client),
        runtime: text("adder"),
        scopes: scopes(),
        created_at: 1_800_000_000,
        last_used_at: used,
    };
    let session = |handle: &str, user_agent: &str, is_this| LiveSession {
        handle: text(handle),
        address: text(if is_this {
            "127.0.0.1"
        } else {
            "2001:db8:85a3::8a2e:370:7334"
        }),
        user_agent: text(user_agent),
        last_seen_at: 1_800_000_000,
        is_this,
    };
    AccountPage {
        csrf: text("token"),
        username: text("ann"),
        display_name: text("Ann Example"),
        connections: match connections {
            true => vec![
                connection("Claude Code", 1_800_090_000),
                connection(
                    "A connector with a rather long name of its own",
                    1_800_000_500,
                ),
            ],
            false => Vec::new(),
        },
        sessions: vec![session("a", CHROME, true), session("b", PHONE, false)],
        done,
        refused,
    }
}

/// Every page there is, by a name.
fn pages(frame: &Frame) -> Vec<(&'static str, Response)> {
    let problem = ProblemPage {
        status: StatusCode::BAD_REQUEST,
        code: "invalid_client",
        what: text(
            "This server knows no application with the id 'https://client.example/a-long/identifier/that-wraps.json'.",
        ),
        fix: text(
            "In the application, remove the connection and add it again, so that it registers anew.",
        ),
    };
    let choose = |refused| PasswordPage {
        token: Secret::presented("skl_token"),
        request: None,
        csrf: text("token"),
        username: text("ann"),
        refused,
    };
    let not_allowed = NotAllowedPage {
        request: text("skq_request"),
        csrf: text("token"),
        username: text("ann"),
        client_name: text("Claude Code"),
        runtime: text("adder"),
    };
    let wrong = Some(LoginRefused::Wrong);
    let throttled = Some(LoginRefused::Throttled(840));
    let short = Some(PasswordRefused::Short);
    let client = Some("Claude Code");
    let mut pages = vec![
        ("problem", super::problem(frame, &problem)),
        ("login", super::login(frame, &login(None, None))),
        ("login-client", super::login(frame, &login(client, None))),
        ("login-wrong", super::login(frame, &login(client, wrong))),
        (
            "login-throttled",
            super::login(frame, &login(None, throttled)),
        ),
        ("choose", super::choose_password(frame, &choose(None))),
        (
            "choose-short",
            super::choose_password(frame, &choose(short)),
        ),
        ("consent", super::consent(frame, &consent(false))),
        ("consent-verified", super::consent(frame, &consent(true))),
        ("consent-document", super::consent(frame, &by_document())),
        ("consent-hostile", super::consent(frame, &hostile())),
        ("not-allowed", super::not_allowed(frame, &not_allowed)),
    ];
    pages.extend(device_pages(frame));
    pages.extend(account_pages(frame));
    pages
}

fn device_pages(frame: &Frame) -> [(&'static str, Response); 6] {
    [
        ("device", DeviceState::Enter),
        ("device-wrong", DeviceState::Wrong),
        ("device-throttled", DeviceState::Throttled(60)),
        ("device-confirm", DeviceState::Confirm),
        ("device-allowed", DeviceState::Allowed),
        ("device-denied", DeviceState::Denied),
    ]
    .map(|(name, state)| (name, super::device(frame, &device(state))))
}

fn account_pages(frame: &Frame) -> [(&'static str, Response); 5] {
    let logout = LogoutPage {
        csrf: text("token"),
        username: text("ann"),
    };
    let show = |page: AccountPage| super::account::page(frame, &page);
    let wrong = Some(PasswordRefused::Wrong);
    [
        ("logout", super::logout(frame, &logout)),
        ("logged-out", super::logged_out(frame)),
        ("account", show(account(true, None, None))),
        (
            "account-empty",
            show(account(false, Some(Done::Revoked), None)),
        ),
        ("account-refused", show(account(true, None, wrong))),
    ]
}

fn frame(language: Language) -> Frame {
    Frame {
        language,
        ..Frame::of(&HeaderMap::new())
    }
}

async fn html(page: Response) -> String {
    let bytes = to_bytes(page.into_body(), 1 << 20).await.unwrap();
    String::from_utf8(bytes.to_vec()).unwrap()
}

#[tokio::test]
async fn every_page_is_whole_in_both_languages_and_needs_no_script() {
    let folder = std::env::var_os("SHUKUBA_GALLERY").map(std::path::PathBuf::from);
    for language in [Language::English, Language::Japanese] {
        for (name, page) in pages(&frame(language)) {
            let policy = page.headers()[CONTENT_SECURITY_POLICY].to_str().unwrap();
            assert!(
                policy.starts_with("default-src 'none'; style-src 'self';"),
                "{name}"
            );
            let html = html(page).await;
            assert!(html.starts_with("<!doctype html>\n<html lang="), "{name}");
            assert!(html.contains(&format!("<html lang=\"{}\">", language.tag())));
            assert_eq!(html.matches("<h1").count(), 1, "{name}");
            assert_eq!(html.matches("<main").count(), 1, "{name}");
            for foreign in ["<script", "<style", " style=", "<img", "{", "\u{202e}"] {
                assert!(!html.contains(foreign), "{name}: {foreign}");
            }
            assert!(html.matches(" autofocus").count() <= 1, "{name}");
            for form in html.split("<form").skip(1) {
                let form = form.split("</form>").next().unwrap();
                assert!(form.contains("method=\"post\""), "{name}");
                let switch = form.contains("action=\"/oauth/language\"");
                assert!(
                    switch || form.contains("name=\"csrf\" value=\"token\""),
                    "{name}"
                );
            }
            if let Some(folder) = &folder {
                let html = html.replace(&style::address(), "style.css");
                let file = format!("{name}.{}.html", language.tag());
                std::fs::write(folder.join(file), html).unwrap();
                std::fs::write(folder.join("style.css"), style::STYLE.content()).unwrap();
            }
        }
    }
}

/// CIMD draft 02: the host of the client id is shown. Such a client did not register.
#[tokio::test]
async fn a_client_known_by_its_document_is_not_said_to_have_registered() {
    let frame = frame(Language::English);
    let document = html(super::consent(&frame, &by_document())).await;
    assert!(document.contains("<dt>Its document is at</dt><dd><bdi>claude.ai</bdi></dd>"));
    assert!(document.contains("only what its own document says"));
    assert!(!document.contains("registered itself"));
    let registered = html(super::consent(&frame, &consent(false))).await;
    assert!(registered.contains("registered itself"));
    assert!(!registered.contains("document"));
}

#[tokio::test]
async fn scopes_of_openid_connect_do_not_hide_that_tools_may_be_used() {
    let tools = "<li>Use its tools in your name</li>";
    for (asked, told) in [
        (&["openid", "offline_access"][..], true),
        (&[], true),
        (&["openid", "adder:read"], false),
    ] {
        let page = ConsentPage {
            scopes: asked.iter().map(|scope| (text(scope), text(""))).collect(),
            ..consent(false)
        };
        let html = html(super::consent(&frame(Language::English), &page)).await;
        assert_eq!(html.contains(tools), told, "{asked:?}");
    }
}

#[tokio::test]
async fn a35_a_name_that_is_a_script_is_shown_as_text_and_cut() {
    let html = html(super::consent(&frame(Language::English), &hostile())).await;
    assert!(html.contains("&#60;script&#62;alert(1)&#60;/script&#62;W"));
    assert!(html.contains("W…"));
    assert!(!html.contains(&"W".repeat(101)));
    assert!(!html.contains("<img"));
}

#[tokio::test]
async fn a_failed_login_keeps_what_the_browser_holds_against_the_redirect() {
    let frame = Frame {
        form_target: Some(text("http://localhost:3118")),
        ..frame(Language::English)
    };
    let html = html(super::login(&frame, &login(Some("Claude"), None))).await;
    assert!(html.contains("name=\"form_target\" value=\"http://localhost:3118\""));
    assert!(html.contains("name=\"client_name\" value=\"Claude\""));
    let back = "name=\"back\" value=\"/oauth/authorize/continue?request=skq_request\"";
    assert!(html.contains(back));
}
