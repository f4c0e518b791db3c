//! The story, command by command, with a hosted server of Python's standard library.

use crate::bed::Bed;

const SENTENCE: &str =
    "OAuth authorization failed: Claim 'client_id' value mismatch with configuration.";

#[test]
fn a_token_of_auth0s_profile_is_refused_explained_and_mended() {
    let bed = Bed::with_server();
    let client = bed.register("auth0");
    bed.launch(&client);

    let token = bed.token();
    let refused = bed.add(&token);
    assert_eq!(refused.code, 3, "{}", refused.stderr);
    assert!(refused.stderr.contains(SENTENCE), "{}", refused.stderr);
    assert!(
        refused.stderr.contains("azp") && refused.stderr.contains(&client),
        "{}",
        refused.stderr
    );
    assert!(
        refused.stderr.contains("client_claim"),
        "{}",
        refused.stderr
    );

    let explained = bed.run(&["token", "explain", &token]);
    assert_eq!(explained.code, 3);
    assert!(explained.stdout.contains(SENTENCE), "{}", explained.stdout);
    assert!(
        explained.stdout.contains("FAIL  client_id"),
        "{}",
        explained.stdout
    );
    assert!(
        explained.stdout.contains("pass  signature"),
        "{}",
        explained.stdout
    );

    bed.run(&["api", "update", "--profile", "rfc9068"]).ok();
    let token = bed.token();
    let answer = bed.add(&token).ok();
    assert!(answer.contains("\"5\""), "{answer}");
    assert_eq!(
        bed.run(&["token", "explain", &token, "--runtime", "mcp_server"])
            .code,
        0
    );
}

#[test]
fn allowed_clients_edited_by_hand_change_the_verdict_on_the_same_token() {
    let bed = Bed::with_server();
    let client = bed.register("both");
    bed.launch(&client);
    let token = bed.token();
    bed.add(&token).ok();

    let path = bed.project().join(".bedrock_agentcore.yaml");
    let text = std::fs::read_to_string(&path).unwrap();
    std::fs::write(&path, text.replace(&client, "somebody-else")).unwrap();
    bed.run(&["launch"]).ok();
    let refused = bed.add(&token);
    assert_eq!(refused.code, 3);
    assert!(refused.stderr.contains(SENTENCE), "{}", refused.stderr);

    std::fs::write(
        &path,
        std::fs::read_to_string(&path)
            .unwrap()
            .replace("somebody-else", &client),
    )
    .unwrap();
    bed.run(&["launch"]).ok();
    bed.add(&token).ok();
}

#[test]
fn a_launch_writes_back_the_address_and_keeps_it_from_then_on() {
    let bed = Bed::with_server();
    let client = bed.register("both");
    bed.launch(&client);
    let path = bed.project().join(".bedrock_agentcore.yaml");
    let first = std::fs::read_to_string(&path).unwrap();
    assert!(
        first.contains(
            "agent_arn: arn:aws:bedrock-agentcore:us-west-2:123456789012:runtime/mcp_server-"
        ),
        "{first}"
    );
    std::fs::write(bed.project().join("note.txt"), "changed").unwrap();
    bed.run(&["launch"]).ok();
    assert_eq!(std::fs::read_to_string(&path).unwrap(), first);
    let status = bed.run(&["status", "mcp_server"]);
    assert_eq!(status.value("version "), "2");
}

#[test]
fn a_failed_launch_leaves_the_old_version_serving_and_says_why() {
    let bed = Bed::with_server();
    let client = bed.register("both");
    bed.launch(&client);
    let token = bed.token();
    let server = bed.project().join("mcp_server.py");
    std::fs::write(&server, "raise SystemExit('no adder today')").unwrap();
    let failed = bed.run(&["launch"]);
    assert_eq!(failed.code, 1);
    assert!(
        failed.stderr.contains("no adder today"),
        "{}",
        failed.stderr
    );
    bed.add(&token).ok();
    assert_eq!(bed.run(&["status", "mcp_server"]).value("version "), "1");
}

/// Where the built version of the only runtime keeps its program.
fn built(bed: &Bed) -> std::path::PathBuf {
    let versions = std::fs::read_dir(bed.data_dir().join("versions")).unwrap();
    let places = versions.map(|entry| entry.unwrap().path().join("app/mcp_server.py"));
    let mut programs = places.filter(|program| program.is_file());
    programs.next().unwrap()
}

#[test]
fn status_tells_that_the_last_start_failed_until_one_succeeds() {
    let bed = Bed::with_server();
    let client = bed.register("both");
    bed.launch(&client);
    let token = bed.token();
    let works = std::fs::read(built(&bed)).unwrap();
    std::fs::write(built(&bed), "raise SystemExit('no adder today')").unwrap();
    assert_ne!(bed.add(&token).code, 0);
    let status = bed.run(&["status", "mcp_server"]);
    assert_eq!(status.value("instances "), "0");
    let told = status.value("last start ");
    assert!(told.contains("ended with exit code 1"), "{told}");
    assert!(told.contains("`shukuba logs mcp_server`"), "{told}");
    let json = bed.json(&["status", "mcp_server"]);
    assert_eq!(json["last_failure"]["version"], 1, "{json}");

    std::fs::write(built(&bed), works).unwrap();
    bed.add(&token).ok();
    let status = bed.run(&["status", "mcp_server"]).ok();
    assert!(!status.contains("last start"), "{status}");
}

#[test]
fn logs_status_list_and_destroy_do_what_they_say() {
    let bed = Bed::with_server();
    let client = bed.register("both");
    bed.launch(&client);
    bed.add(&bed.token()).ok();
    assert!(bed.run(&["logs"]).ok().contains("adder starts"));
    assert!(bed.run(&["list"]).ok().contains("/mcp/mcp_server"));
    let status = bed.run(&["status"]);
    assert!(
        status
            .value("OpenID configuration")
            .ends_with("/.well-known/openid-configuration")
    );
    assert_eq!(status.value("isolation"), "none: same user, own process");
    let unasked = bed.run(&["destroy"]);
    assert_eq!(unasked.code, 2);
    bed.run(&["destroy", "--force"]).ok();
    assert_eq!(bed.run(&["status", "mcp_server"]).code, 1);
}

#[test]
fn an_address_survives_a_move_because_the_file_names_its_id() {
    let bed = Bed::with_server();
    let client = bed.register("both");
    let rules = serde_json::json!({ "customJWTAuthorizer": {
        "discoveryUrl": format!("{}/.well-known/openid-configuration", bed.origin()),
        "allowedClients": [client],
    }});
    bed.run(&[
        "configure",
        "-e",
        "mcp_server.py",
        "--non-interactive",
        "-ac",
        &rules.to_string(),
    ])
    .ok();
    let path = bed.project().join(".bedrock_agentcore.yaml");
    let text = std::fs::read_to_string(&path).unwrap();
    let moved = text.replace("agent_id: null", "agent_id: mcp_server-y2iy3YFsSN");
    assert_ne!(moved, text, "{text}");
    std::fs::write(&path, &moved).unwrap();
    bed.run(&["launch"]).ok();
    let status = bed.run(&["status", "mcp_server"]);
    assert_eq!(
        status.value("ARN"),
        "arn:aws:bedrock-agentcore:us-west-2:123456789012:runtime/mcp_server-y2iy3YFsSN"
    );
    let other = moved.replace("y2iy3YFsSN", "0000000000");
    std::fs::write(&path, other).unwrap();
    let refused = bed.run(&["launch"]);
    assert_eq!(refused.code, 1);
    assert!(
        refused.stderr.contains("mcp_server-y2iy3YFsSN"),
        "{}",
        refused.stderr
    );
}

#[test]
fn a_wrong_value_in_the_project_file_gives_its_line_and_key() {
    let bed = Bed::with_server();
    let client = bed.register("both");
    bed.launch(&client);
    let path = bed.project().join(".bedrock_agentcore.yaml");
    let text = std::fs::read_to_string(&path).unwrap();
    std::fs::write(&path, text.replace("region: us-west-2", "region: moon-1")).unwrap();
    let refused = bed.run(&["launch"]);
    assert_eq!(refused.code, 1);
    for part in [
        ".bedrock_agentcore.yaml:",
        "aws.region",
        "moon-1",
        "us-west-2",
    ] {
        assert!(
            refused.stderr.contains(part),
            "'{part}': {}",
            refused.stderr
        );
    }
}
