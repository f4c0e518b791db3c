//! Numbers in names are those of the negative test list.

use proptest::prelude::*;

use super::*;

fn uri(text: &str) -> RedirectUri {
    text.parse().unwrap_or_else(|error| panic!("{error}"))
}

#[track_caller]
fn refused(texts: &[&str]) {
    for text in texts {
        assert!(text.parse::<RedirectUri>().is_err(), "{text:?}");
    }
}

/// What the clients of reference registrations send.
const SEEN: &[&str] = &[
    "https://claude.ai/api/mcp/auth_callback",
    "https://claude.com/api/mcp/auth_callback",
    "http://localhost/callback",
    "http://localhost:6274/oauth/callback",
    "http://127.0.0.1:6276/oauth/callback",
    "http://127.0.0.1/",
    "http://127.0.0.1:33418/",
    "http://[::1]:3118/callback",
    "https://vscode.dev/redirect",
    "https://chatgpt.com/connector/oauth/IbUR3zxyNQ16",
    "https://www.cursor.com/agents/mcp/oauth/callback",
    "cursor://anysphere.cursor-mcp/oauth/callback",
    "vscode://vscode.github-authentication/did-authenticate",
    "com.example.app:/oauth2redirect",
    "https://10.0.0.7/cb",
    "https://client.example/cb?tenant=7",
];

#[test]
fn what_clients_register_is_taken_and_kept_as_written() {
    for text in SEEN {
        assert_eq!(uri(text).as_str(), *text);
        assert!(uri(text).matches(text), "{text}");
    }
}

#[test]
fn a04_another_slash_case_query_encoding_or_default_port_is_another_uri() {
    let registered = uri("https://client.example/cb");
    for other in [
        "https://client.example/cb/",
        "https://client.example/CB",
        "https://Client.example/cb",
        "HTTPS://client.example/cb",
        "https://client.example/cb?x=1",
        "https://client.example/cb?",
        "https://client.example/%63b",
        "https://client.example/./cb",
        "https://client.example/x/%2e%2e/cb",
        "https://client.example:443/cb",
        "https://client.example./cb",
        "https://client.example/cb#",
        " https://client.example/cb",
        "https://client.example/cb\n",
        "",
    ] {
        assert!(!registered.matches(other), "{other:?}");
    }
}

#[test]
fn a05_a_host_that_only_looks_like_loopback_is_refused_and_never_matches() {
    let forged = [
        "http://localhost@evil.test/cb",
        "http://127.0.0.1.evil.test/cb",
        "http://localhost.evil.test/cb",
        "http://localhost:80@evil.test/cb",
        "http://evil.test/cb?localhost",
        "http://localhost\\@evil.test/cb",
        "http://localhost%2eevil.test/cb",
        "http://127.1/cb",
        "http://0x7f.0.0.1/cb",
        "http://2130706433/cb",
        "http://127.0.0.2/cb",
        "http://[::ffff:127.0.0.1]/cb",
        "http://LOCALHOST/cb",
        "http://localhost./cb",
        "http:localhost/cb",
        "http:///localhost/cb",
    ];
    refused(&forged);
    for registered in [
        "http://localhost/cb",
        "http://127.0.0.1/cb",
        "http://[::1]/cb",
    ] {
        for presented in forged {
            assert!(
                !uri(registered).matches(presented),
                "{registered} {presented}"
            );
        }
    }
}

#[test]
fn a06_a_fragment_is_refused_and_never_matches() {
    refused(&[
        "https://client.example/cb#x",
        "https://client.example/cb#",
        "http://localhost/cb#x",
        "com.example.app:/cb#x",
    ]);
    assert!(!uri("http://localhost/cb").matches("http://localhost:7/cb#x"));
}

#[test]
fn a07_on_loopback_the_port_is_the_clients_and_nothing_else_is() {
    for registered in [
        "http://localhost/callback",
        "http://localhost:3118/callback",
    ] {
        let registered = uri(registered);
        for port in ["", ":1", ":3118", ":49336", ":65535"] {
            let presented = format!("http://localhost{port}/callback");
            assert!(registered.matches(&presented), "{presented}");
        }
        for other in [
            "http://localhost:3118/other",
            "http://localhost:3118/callback/",
            "http://localhost:3118/callback?x=1",
            "http://localhost:3118",
            "http://127.0.0.1:3118/callback",
            "http://[::1]:3118/callback",
            "https://localhost:3118/callback",
            "http://u@localhost:3118/callback",
            "http://localhost:0/callback",
            "http://localhost:/callback",
            "http://localhost:65536/callback",
            "http://localhost:3118x/callback",
        ] {
            assert!(!registered.matches(other), "{other}");
        }
    }
    assert!(uri("http://[::1]/cb?a=1").matches("http://[::1]:9/cb?a=1"));
}

#[test]
fn a08_an_https_redirect_to_another_port_is_another_uri() {
    assert!(!uri("https://client.example/cb").matches("https://client.example:8443/cb"));
    assert!(!uri("https://client.example:8443/cb").matches("https://client.example/cb"));
    assert!(!uri("https://localhost/cb").matches("https://localhost:8443/cb"));
    assert!(!uri("cursor://host/cb").matches("cursor://host:1/cb"));
}

#[test]
fn d03_schemes_that_run_or_open_something_wildcards_and_plain_http_are_refused() {
    refused(&[
        "javascript:alert(1)",
        "JavaScript:alert(1)",
        "data:text/html,x",
        "file:///etc/passwd",
        "vbscript:x",
        "blob:https://client.example/x",
        "about:blank",
        "ws://client.example/",
        "wss://client.example/",
        "ftp://client.example/",
        "mailto:a@client.example",
        "c:/x",
        "view-source:https://client.example/",
        "intent://x",
        "http://client.example/cb",
        "https://*.client.example/cb",
        "https://client.example/*",
        "https://client.example/a b",
        "https://client.example/\u{0}",
        "https://u:p@client.example/cb",
        "cursor://u@host/cb",
        "Https://client.example/cb",
        "client.example/cb",
        "/cb",
        "cursor:",
        "cursor://",
        "https://a;script-src/cb",
        "",
    ]);
    refused(&[&format!("https://client.example/{}", "a".repeat(2048))]);
}

#[test]
fn a_consent_page_and_its_policy_name_where_the_browser_goes() {
    for (text, label, origin, loopback) in [
        (
            "https://Client.example/cb",
            "client.example",
            "https://client.example",
            false,
        ),
        (
            "https://client.example:8443/cb",
            "client.example",
            "https://client.example:8443",
            false,
        ),
        ("https://0x7f.1/cb", "127.0.0.1", "https://127.0.0.1", false),
        ("https://10.0.0.7/cb", "10.0.0.7", "https:", false),
        (
            "http://localhost:3118/cb",
            "localhost",
            "http://localhost:3118",
            true,
        ),
        ("http://127.0.0.1/", "127.0.0.1", "http://127.0.0.1", true),
        ("http://[::1]:7/cb", "[::1]", "http:", true),
        (
            "cursor://anysphere.cursor-mcp/cb",
            "cursor",
            "cursor:",
            false,
        ),
        (
            "com.example.App:/cb",
            "com.example.app",
            "com.example.app:",
            false,
        ),
    ] {
        let uri = uri(text);
        assert_eq!(uri.host_label(), label, "{text}");
        assert_eq!(uri.origin_for_csp(), origin, "{text}");
        assert_eq!(uri.is_loopback(), loopback, "{text}");
    }
}

#[test]
fn a_refusal_names_the_uri_and_the_rule() {
    let error = "http://client.example/cb"
        .parse::<RedirectUri>()
        .unwrap_err();
    assert_eq!(
        error.to_string(),
        "redirect URI 'http://client.example/cb' is not valid: it must be https; plain http only goes to localhost, 127.0.0.1 or [::1]"
    );
}

proptest! {
    #[test]
    fn a_uri_matches_itself_and_no_policy_word_can_be_smuggled_in(text in "[a-z]{1,6}:[ -~]{0,40}") {
        if let Ok(uri) = text.parse::<RedirectUri>() {
            prop_assert!(uri.matches(&text));
            prop_assert!(!uri.origin_for_csp().contains([' ', ';', ',', '\'', '"', '*']));
            prop_assert!(!uri.host_label().is_empty());
        }
    }

    #[test]
    fn what_matches_goes_to_the_same_host_and_path(
        registered in prop::sample::select(SEEN),
        presented in prop_oneof![
            "(http|https)://(localhost|127\\.0\\.0\\.1|\\[::1\\])(:[0-9]{0,6})?(/|/callback|/oauth/callback)?[#?@x]?",
            "[ -~]{0,50}",
        ],
    ) {
        if uri(registered).matches(&presented) && presented != registered {
            let (was, is) = (Url::parse(registered).unwrap(), Url::parse(&presented).unwrap());
            prop_assert!(uri(registered).is_loopback());
            prop_assert_eq!(was.scheme(), is.scheme());
            prop_assert_eq!(was.host(), is.host());
            prop_assert_eq!(was.path(), is.path());
            prop_assert_eq!(was.query(), is.query());
            prop_assert!(presented.parse::<RedirectUri>().is_ok());
        }
    }
}
