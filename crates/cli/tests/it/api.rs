//! `shukuba api`: scopes, and what keeps an API.

use serde_json::Value;

use crate::bed::{Bed, IDENTIFIER};

/// The events of the audit log about a subject that begins so, oldest first.
fn audited(bed: &Bed, subject: &str) -> Vec<String> {
    let entries = bed.run(&["audit", "list", "--json"]).ok();
    let entries: Vec<Value> = serde_json::from_str(&entries).unwrap();
    let text = |entry: &Value, name: &str| entry[name].as_str().unwrap().to_owned();
    let about = |entry: &&Value| text(entry, "subject").starts_with(subject);
    let told = entries.iter().rev().filter(about);
    told.map(|entry| format!("{}: {}", text(entry, "event"), text(entry, "detail")))
        .collect()
}

#[test]
fn scopes_are_written_with_what_they_mean_and_replaced_or_taken_away() {
    let bed = Bed::with_server();
    let identifier = "https://api.example/";
    let created = bed.run(&[
        "api",
        "create",
        "--name",
        "A",
        "--identifier",
        identifier,
        "--scope",
        "tools:read=See what there is",
        "--scope",
        "tools:call",
    ]);
    assert_eq!(created.code, 0, "{}", created.stderr);
    let shown = bed.run(&["api", "show"]).ok();
    assert_eq!(shown, created.stdout);
    assert!(shown.contains("tools:read  See what there is"), "{shown}");
    let listed = bed.run(&["api", "list"]).ok();
    assert!(listed.contains("tools:read tools:call"), "{listed}");

    bed.run(&["api", "update", "--name", "B"]).ok();
    let changed = bed.run(&["api", "update", "--scope", "all=All of it"]).ok();
    assert!(
        changed.contains("all  All of it") && !changed.contains("tools"),
        "{changed}"
    );
    let none = bed.run(&["api", "update", "--no-scopes"]).ok();
    assert!(!none.contains("scope"), "{none}");

    for (scope, code, named) in [("two words=x", 2, "spaces"), ("openid", 1, "already")] {
        let refused = bed.run(&["api", "update", "--scope", scope]);
        assert_eq!(refused.code, code, "{}", refused.stderr);
        assert!(refused.stderr.contains(named), "{}", refused.stderr);
    }
    let missing = bed.run(&["api", "show", "https://api.example"]);
    assert_eq!(missing.code, 1);
    assert!(
        missing.stderr.contains("byte for byte"),
        "{}",
        missing.stderr
    );
}

#[test]
fn an_api_stays_while_a_runtime_needs_it_and_the_audit_log_tells_the_story() {
    let bed = Bed::with_server();
    let client = bed.register("both");
    bed.launch(&client);
    let refused = bed.run(&["api", "delete", IDENTIFIER]);
    assert_eq!(refused.code, 1);
    assert!(
        refused.stderr.contains("callers of mcp_server"),
        "{}",
        refused.stderr
    );
    assert!(
        refused.stderr.contains("shukuba destroy"),
        "{}",
        refused.stderr
    );
    bed.run(&["destroy", "mcp_server", "--force"]).ok();
    let refused = bed.run(&["api", "delete", IDENTIFIER]);
    assert!(refused.stderr.contains("(mcp)"), "{}", refused.stderr);
    bed.run(&["app", "delete", "mcp"]).ok();
    bed.run(&["api", "delete", IDENTIFIER]).ok();

    assert_eq!(
        audited(&bed, IDENTIFIER),
        ["api.created: AgentCore", "api.deleted: "]
    );
    let runtime = audited(&bed, "mcp_server-");
    let [launched, destroyed] = runtime.as_slice() else {
        panic!("{runtime:?}");
    };
    assert!(
        launched.starts_with("runtime.launched: version 1, build "),
        "{launched}"
    );
    assert_eq!(destroyed, "runtime.destroyed: ");
}

#[test]
fn a_runtimes_own_api_stays_while_people_log_in_to_it() {
    let bed = Bed::with_server();
    let project =
        "agents:\n  mcp_server:\n    entrypoint: mcp_server.py\n    shukuba: {login: true}\n";
    std::fs::write(bed.project().join("shukuba.yaml"), project).unwrap();
    bed.run(&["launch"]).ok();
    let own = format!("{}/mcp/mcp_server", bed.origin());
    let refused = bed.run(&["api", "delete", &own]);
    assert!(
        refused.stderr.contains("callers of mcp_server"),
        "{}",
        refused.stderr
    );
    assert_eq!(audited(&bed, &own), ["api.created: mcp_server"]);
}
