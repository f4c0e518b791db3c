//! `shukuba app`: connectors, secrets, registration tokens.

use crate::bed::{Bed, IDENTIFIER, value};

#[test]
fn a_connector_is_made_with_a_preset_and_shown_with_its_addresses() {
    let bed = Bed::with_server();
    let created = bed
        .run(&[
            "app",
            "create",
            "--name",
            "claude",
            "--type",
            "connector",
            "--preset",
            "claude",
            "--redirect-uri",
            "https://client.example/cb",
        ])
        .ok();
    let addresses = [
        "https://claude.ai/api/mcp/auth_callback",
        "https://claude.com/api/mcp/auth_callback",
        "https://client.example/cb",
    ];
    let shown = bed.run(&["app", "show", "claude"]).ok();
    for address in addresses {
        assert!(created.contains(address), "{created}");
        assert!(shown.contains(address), "{shown}");
    }
    assert!(!shown.contains(&value(&created, "client secret")));
    assert!(shown.contains("last used never"), "{shown}");
    let native = bed
        .run(&[
            "app",
            "create",
            "--name",
            "c",
            "--type",
            "native",
            "--preset",
            "claude-code",
        ])
        .ok();
    assert!(!native.contains("client secret"), "{native}");
}

#[test]
fn a_preset_that_is_none_is_a_usage_error_that_names_them() {
    let refused = crate::bed::shukuba()
        .args(["app", "create", "--name", "x", "--preset", "claud"])
        .output()
        .unwrap();
    assert_eq!(refused.status.code(), Some(2));
    let text = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(text.contains("mcp-remote"), "{text}");
}

#[test]
fn a_secret_is_added_and_the_old_one_removed() {
    let bed = Bed::with_server();
    bed.run(&["api", "create", "--name", "A", "--identifier", IDENTIFIER])
        .ok();
    bed.run(&["app", "create", "--name", "mcp", "--api", IDENTIFIER])
        .ok();
    let added = bed.run(&["app", "secret", "add", "mcp", "--json"]).ok();
    let added: serde_json::Value = serde_json::from_str(&added).unwrap();
    let old = added["other"]["id"].as_str().unwrap();
    bed.run(&["app", "secret", "remove", "mcp", old]).ok();
    let shown = bed.run(&["app", "show", "mcp"]).ok();
    assert!(!shown.contains(old), "{shown}");
    assert!(shown.contains(added["id"].as_str().unwrap()), "{shown}");
}

#[test]
fn a_registration_token_is_printed_alone() {
    let bed = Bed::with_server();
    let token = bed
        .run(&["app", "registration-token", "--name", "farm", "--uses", "3"])
        .ok();
    assert_eq!(token.lines().count(), 1);
    assert!(token.starts_with("ski_"), "{token}");
}
