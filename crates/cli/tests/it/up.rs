//! `shukuba up`: from a directory to an answered call.

use std::path::Path;
use std::process::{Child, Stdio};

use rustix::process::Signal;
use serde_json::Value;

use crate::bed::{Bed, eventually, fixture, processes_below, shukuba, signal};

struct Up {
    child: Option<Child>,
    facts: Value,
}

impl Drop for Up {
    fn drop(&mut self) {
        if let Some(child) = &mut self.child {
            signal(child.id(), Signal::TERM);
            child.wait().ok();
        }
    }
}

fn up(bed: &Bed, path: &Path) -> Up {
    up_at(bed, path, 0)
}

fn up_at(bed: &Bed, path: &Path, port: u16) -> Up {
    let ready = bed.path("ready.json");
    drop(std::fs::remove_file(&ready));
    let mut child = shukuba()
        .arg("up")
        .arg(path)
        .args(["--port", &port.to_string(), "--ready-json"])
        .arg(&ready)
        .arg("--data-dir")
        .arg(bed.data_dir())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    eventually("up is ready", || {
        assert!(child.try_wait().unwrap().is_none(), "up ended early");
        ready.is_file()
    });
    let facts = serde_json::from_slice(&std::fs::read(&ready).unwrap()).unwrap();
    Up {
        child: Some(child),
        facts,
    }
}

/// A port that was free a moment ago.
fn free_port() -> u16 {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().port()
}

/// Ends it as Ctrl-C would; what it printed.
fn interrupt(mut up: Up) -> String {
    let child = up.child.take().unwrap();
    signal(child.id(), Signal::INT);
    let output = child.wait_with_output().unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn up_serves_a_directory_calls_its_tool_and_reuses_everything() {
    let bed = Bed::new();
    let directory = fixture("").parent().unwrap().join("adder");
    let port = free_port();
    let first = up_at(&bed, &directory, port);
    let facts = first.facts.clone();
    assert_eq!(facts["smoke"]["tool"], "add");
    assert_eq!(facts["smoke"]["result"], "5");
    assert_eq!(facts["isolation"], "none: same user, own process");
    assert_eq!(facts["tools"], serde_json::json!(["add"]));
    assert_eq!(facts["expires_in"], 3600);
    for key in [
        "endpoint",
        "invocation_url",
        "runtime_arn",
        "issuer",
        "openid_configuration",
        "client_id",
        "client_secret",
        "access_token",
    ] {
        assert!(
            facts[key].as_str().is_some_and(|text| !text.is_empty()),
            "{key}: {facts}"
        );
    }
    let printed = interrupt(first);
    assert!(printed.lines().count() <= 20, "{printed}");
    for part in [
        "/mcp/adder",
        "claude mcp add-json --scope user adder",
        "headersHelper",
        "claude mcp add --transport http",
        "inspector",
        "add(a=2, b=3) = 5 in",
    ] {
        assert!(printed.contains(part), "'{part}' is not in:\n{printed}");
    }
    assert!(
        !printed.contains(facts["client_secret"].as_str().unwrap()),
        "{printed}"
    );
    assert!(processes_below(&bed.data_dir()).is_empty());

    let second = up_at(&bed, &directory, port);
    for key in ["runtime_arn", "client_id", "client_secret"] {
        assert_eq!(second.facts[key], facts[key], "{key}");
    }
    let origin = second.facts["issuer"].as_str().unwrap();
    let status = bed.run(&["status", "adder", "--server", origin]);
    assert_eq!(status.value("login"), "yes", "nothing says otherwise");
    interrupt(second);
}

#[test]
fn up_takes_a_single_file() {
    let bed = Bed::new();
    let served = up(&bed, &fixture("mcp_server.py"));
    assert!(
        served.facts["endpoint"]
            .as_str()
            .unwrap()
            .ends_with("/mcp/mcp_server")
    );
    interrupt(served);
}

#[test]
fn the_ready_file_is_private() {
    use std::os::unix::fs::PermissionsExt as _;
    let bed = Bed::new();
    let served = up(&bed, &fixture("mcp_server.py"));
    for file in [
        bed.path("ready.json"),
        bed.data_dir().join("up.json"),
        bed.data_dir().join("operator.key"),
    ] {
        let mode = std::fs::metadata(&file).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode, 0o600, "{}", file.display());
    }
    interrupt(served);
}

#[test]
fn a_server_that_does_not_start_is_one_clear_failure() {
    let bed = Bed::new();
    let file = bed.path("broken.py");
    std::fs::write(&file, "import nothing_of_that_name").unwrap();
    let finished = bed.run(&["up", file.to_str().unwrap(), "--port", "0"]);
    assert_eq!(finished.code, 1);
    assert!(
        finished.stderr.contains("nothing_of_that_name"),
        "{}",
        finished.stderr
    );
    assert!(finished.stderr.contains("hint:"), "{}", finished.stderr);
    assert!(processes_below(&bed.data_dir()).is_empty());
}

#[test]
fn a_project_file_is_honoured_for_its_directory_and_for_the_file_it_names() {
    let bed = Bed::new();
    std::fs::create_dir(bed.project()).unwrap();
    let server = bed.project().join("mcp_server.py");
    std::fs::copy(fixture("mcp_server.py"), &server).unwrap();
    let file = bed.project().join(".bedrock_agentcore.yaml");
    std::fs::write(
        &file,
        "default_agent: sums\nagents:\n  sums:\n    name: sums\n    entrypoint: mcp_server.py\n    aws:\n      account: '210987654321'\n      region: eu-west-1\n",
    )
    .unwrap();
    for path in [bed.project(), server] {
        let served = up(&bed, &path);
        let arn = served.facts["runtime_arn"].as_str().unwrap().to_owned();
        assert!(
            arn.starts_with("arn:aws:bedrock-agentcore:eu-west-1:210987654321:runtime/sums-"),
            "{arn}"
        );
        interrupt(served);
    }
}

#[test]
fn each_port_is_another_api_and_gets_an_application_of_its_own() {
    let bed = Bed::new();
    let mut clients = std::collections::BTreeSet::new();
    for _ in 0..3 {
        let served = up(&bed, &fixture("mcp_server.py"));
        clients.insert(served.facts["client_id"].as_str().unwrap().to_owned());
        interrupt(served);
    }
    assert_eq!(clients.len(), 3);
}
