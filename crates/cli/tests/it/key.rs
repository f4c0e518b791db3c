//! `shukuba key`: signing keys, and the tokens they signed.

use std::time::Duration;

use serde_json::Value;

use crate::bed::Bed;

/// The id of the key in a state, of RS256.
fn kid(keys: &Value, state: &str) -> String {
    let wanted = |key: &&Value| key["algorithm"] == "RS256" && key["state"] == state;
    let key = keys.as_array().unwrap().iter().find(wanted);
    key.unwrap()["kid"].as_str().unwrap().to_owned()
}

#[test]
fn a_rotation_keeps_old_tokens_good_and_a_revocation_kills_them_at_the_door() {
    let bed = Bed::with_server();
    let client = bed.register("both");
    bed.launch(&client);
    let first = bed.token();
    let before = bed.json(&["key", "list"]);
    let listed = bed.run(&["key", "list"]).ok();
    assert_eq!(listed.lines().count(), 5, "{listed}");
    assert!(listed.contains("PUBLISHED UNTIL") && listed.contains("ES256"));

    // Within the second in which the first keys were made, any may sign.
    std::thread::sleep(Duration::from_millis(1_100));
    let after = bed.json(&["key", "rotate", "--algorithm", "RS256"]);
    assert_eq!(kid(&after, "current"), kid(&before, "next"));
    assert_eq!(kid(&after, "previous"), kid(&before, "current"));
    let again = bed.run(&["key", "rotate", "--algorithm", "RS256"]);
    again.failed(1, "rotate in");
    let second = bed.token();
    bed.add(&first).ok();
    bed.add(&second).ok();

    let left = bed.run(&["key", "revoke", &kid(&after, "current")]).ok();
    assert!(!left.contains(&kid(&after, "current")), "{left}");
    let explained = bed.run(&["token", "explain", &second]);
    assert_eq!(explained.code, 3, "{}", explained.stdout);
    assert_ne!(bed.add(&second).code, 0);
    bed.add(&first).ok();
    bed.add(&bed.token()).ok();
}

#[test]
fn what_is_wrong_is_said_with_what_to_do() {
    let bed = Bed::with_server();
    bed.run(&["key", "revoke", "nothing"])
        .failed(1, "shukuba key list");
    let rotate = bed.run(&["key", "rotate", "--algorithm", "HS256"]);
    rotate.failed(2, "RS256, ES256");
}
