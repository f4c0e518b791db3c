//! `shukuba audit`: what happened, and whether the log is as it was written.

use std::path::Path;

use crate::bed::Bed;

/// The head that `audit verify` prints.
fn head(bed: &Bed) -> String {
    let verified = bed.run(&["audit", "verify"]);
    assert!(
        verified.stderr.contains("Note the head"),
        "{}",
        verified.stderr
    );
    let printed = verified.ok();
    let (counted, head) = printed.trim().split_once(", head ").unwrap();
    assert!(counted.starts_with("whole: "), "{printed}");
    assert_eq!(head.len(), 64, "{printed}");
    head.to_owned()
}

/// Writes another name over `old` in the database, wherever it stands.
fn overwrite(data_dir: &Path, old: &str, new: &str) {
    assert_eq!(old.len(), new.len());
    let path = data_dir.join("shukuba.db");
    let mut bytes = std::fs::read(&path).unwrap();
    let places: Vec<usize> = bytes
        .windows(old.len())
        .enumerate()
        .filter(|(_, window)| *window == old.as_bytes())
        .map(|(at, _)| at)
        .collect();
    assert!(!places.is_empty(), "{old} is not in the database");
    for at in places {
        bytes.splice(at..at + new.len(), new.bytes());
    }
    std::fs::write(&path, bytes).unwrap();
}

#[test]
fn entries_are_listed_by_event_actor_and_number() {
    let bed = Bed::with_server();
    for name in ["ada", "bob", "eve"] {
        bed.run(&["user", "create", name]).ok();
    }
    let listed = bed.run(&["audit", "list"]).ok();
    let mut lines = listed.lines();
    assert!(lines.next().unwrap().starts_with("SEQ"));
    let newest = lines.next().unwrap();
    for word in ["user.created", "ok", "operator", "eve"] {
        assert!(newest.contains(word), "{newest}");
    }
    let created = bed.json(&["audit", "list", "--event", "user.created", "--limit", "2"]);
    assert_eq!(created.as_array().unwrap().len(), 2);
    let last = created[1]["seq"].to_string();
    let earlier = [
        "audit",
        "list",
        "--event",
        "user.created",
        "--before",
        &last,
    ];
    assert_eq!(bed.json(&earlier)[0]["detail"], "ada");
    let nobody = bed.json(&["audit", "list", "--actor", "nobody"]);
    assert_eq!(nobody, serde_json::json!([]));
    bed.run(&["audit", "list", "--limit", "many"])
        .failed(2, "--limit");
}

#[test]
fn entries_of_a_span_of_time_are_listed() {
    let bed = Bed::with_server();
    bed.run(&["user", "create", "ada"]).ok();
    let list =
        |more: &[&str]| bed.json(&[&["audit", "list", "--event", "user.created"], more].concat());
    let created = list(&["--since", "2001-09-09", "--until", "2999-01-01T00:00+09:00"]);
    assert_eq!(created[0]["detail"], "ada");
    let at = created[0]["at"].to_string();
    assert_eq!(list(&["--since", &at]), created);
    assert_eq!(list(&["--until", &at]), serde_json::json!([]));
    let refused = bed.run(&["audit", "list", "--since", "yesterday"]);
    refused.failed(1, "since is 'yesterday', which is no time");
    let refused = bed.run(&["audit", "list", "--until", "2026-02-30"]);
    refused.failed(1, "in UTC as 2026-11-29T16:15");
}

#[test]
fn an_entry_that_was_changed_in_the_database_is_named() {
    let mut bed = Bed::with_server();
    for name in ["ada", "mallory", "bob"] {
        bed.run(&["user", "create", name]).ok();
    }
    let created = bed.json(&["audit", "list", "--event", "user.created"]);
    assert_eq!(created[1]["detail"], "mallory");
    let changed = created[1]["seq"].as_i64().unwrap();
    let before = head(&bed);

    bed.restart(|_| {});
    assert_eq!(head(&bed), before, "a restart changes nothing");
    bed.restart(|data_dir| overwrite(data_dir, "mallory", "malcolm"));
    let told = bed.run(&["user", "list"]).ok();
    assert!(told.contains("malcolm"), "the change took: {told}");
    let verified = bed.run(&["audit", "verify"]);
    assert_eq!(verified.code, 1, "{}", verified.stdout);
    assert_eq!(verified.stdout.trim(), format!("broken at entry {changed}"));
    let verified = bed.run(&["audit", "verify", "--json"]);
    assert_eq!(verified.code, 1);
    let check: serde_json::Value = serde_json::from_str(&verified.stdout).unwrap();
    assert_eq!(
        check,
        serde_json::json!({ "whole": false, "broken_at": changed })
    );

    bed.restart(|data_dir| overwrite(data_dir, "malcolm", "mallory"));
    assert_eq!(head(&bed), before, "only the change was wrong");
}
