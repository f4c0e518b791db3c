//! `shukuba configure`, as a process.

mod fake_server;
mod pty;

use std::io::Write;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use self::pty::Session;

const SEED: &str = include_str!("../../../../model/tests/fixtures/bedrock_agentcore.yaml");

/// A project's directory, and a server's that has the operator's key.
struct Project {
    directory: tempfile::TempDir,
    port: u16,
}

impl Project {
    fn new() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let put =
            |name: &str, text: &str| std::fs::write(directory.path().join(name), text).unwrap();
        put("mcp_server.py", "");
        put("requirements.txt", "mcp<2\n");
        std::fs::create_dir(directory.path().join(".shukuba")).unwrap();
        put(".shukuba/operator.key", fake_server::OPERATOR_KEY);
        Self {
            directory,
            port: fake_server::start(),
        }
    }

    /// `shukuba configure` with the seed's arguments, ready to be started.
    fn configure(&self, arguments: &str) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_shukuba"));
        command
            .current_dir(self.directory.path())
            .env("SHUKUBA_SERVER", format!("http://127.0.0.1:{}", self.port))
            .env("SHUKUBA_DATA_DIR", ".shukuba")
            .env("NO_COLOR", "1")
            .arg("configure")
            .args(arguments.split_whitespace());
        command
    }

    /// Runs it with answers through a pipe.
    fn piped(&self, arguments: &str, answers: &str) -> Output {
        let mut child = self
            .configure(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut stdin = child.stdin.take().unwrap();
        // A program that ends early closes the pipe; its words are what counts.
        drop(stdin.write_all(answers.as_bytes()));
        drop(stdin);
        child.wait_with_output().unwrap()
    }

    fn path(&self, name: &str) -> std::path::PathBuf {
        self.directory.path().join(name)
    }

    /// A text with what differs from run to run replaced.
    fn golden(&self, text: &str) -> String {
        let directory = self.directory.path().canonicalize().unwrap();
        text.replace(&format!(":{}/", self.port), ":PORT/")
            .replace(&format!(":{}\n", self.port), ":PORT\n")
            .replace(&format!(":{}'", self.port), ":PORT'")
            .replace(&directory.display().to_string(), "PROJECT")
    }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap()
}

#[test]
fn the_seeds_dialogue_on_a_terminal_is_the_golden_transcript() {
    let project = Project::new();
    let mut session = Session::start(
        &mut project.configure("-e mcp_server.py --protocol MCP --region us-west-2"),
    );
    let page = format!(
        "http://127.0.0.1:{}/page/.well-known/openid-configuration",
        project.port
    );
    let elsewhere = format!(
        "http://127.0.0.1:{}/elsewhere/.well-known/openid-configuration",
        project.port
    );
    let (role, file, oauth) = ("Execution role", "Requirements file", "Configure OAuth");
    let (url, clients, audience) = (
        "Enter OAuth discovery URL",
        "Enter allowed OAuth client IDs",
        "Enter allowed OAuth audience",
    );
    for (question, answer) in [
        (role, ""),
        (file, ""),
        (oauth, "perhaps"),
        (oauth, "yes"),
        (url, "http://idp.example/.well-known/openid-configuration"),
        (url, &page),
        (url, &elsewhere),
        (url, ""),
        (clients, "-"),
        (audience, "-"),
        (clients, "Qm3TzX8vK1,Zw9"),
        (audience, ""),
        ("Let people log in", "yes"),
    ] {
        session.answer(question, answer);
    }
    let (success, screen, output) = session.finish();
    assert!(success, "{screen}");
    assert_eq!(output, "", "only data goes to standard output");
    assert_eq!(project.golden(&screen), include_str!("golden/dialogue.txt"));
    let written = read(&project.path(".bedrock_agentcore.yaml"));
    assert_eq!(
        project.golden(&written),
        include_str!("golden/written.yaml")
    );
}

#[test]
fn answers_come_through_a_pipe_as_well() {
    let project = Project::new();
    let output = project.piped(
        "-e ./mcp_server.py -rf requirements.txt -r eu-west-1",
        "\n\n\n\n\n\n",
    );
    assert!(output.status.success(), "{}", text(&output.stderr));
    assert_eq!(text(&output.stdout), "");
    let written = read(&project.path(".bedrock_agentcore.yaml"));
    assert!(written.contains("      region: eu-west-1\n"), "{written}");
    assert!(written.contains("        - Qm3TzX8vK1\n"), "{written}");
}

#[test]
fn input_that_ends_early_writes_nothing() {
    let project = Project::new();
    let output = project.piped("-e mcp_server.py", "\n\nyes\n");
    assert_eq!(output.status.code(), Some(1));
    assert!(
        text(&output.stderr).contains("nothing was written"),
        "{}",
        text(&output.stderr)
    );
    assert!(!project.path(".bedrock_agentcore.yaml").exists());
}

#[test]
fn a_server_that_cannot_be_asked_is_said_and_its_discovery_url_not_believed() {
    let mut project = Project::new();
    project.port = {
        // A port that was free a moment ago; nobody listens there.
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        listener.local_addr().unwrap().port()
    };
    let output = project.piped("-e mcp_server.py", "\n\nyes\n\n");
    let shown = text(&output.stderr);
    assert_eq!(output.status.code(), Some(1));
    assert!(
        shown.contains(
            "note: no client and audience of our own issuer to offer: no server answers at"
        ),
        "{shown}"
    );
    assert!(
        shown.contains("not accepted: http://127.0.0.1:") && shown.contains("cannot be reached"),
        "{shown}"
    );
}

#[test]
fn without_a_dialogue_the_toolkits_flags_work_as_typed() {
    let project = Project::new();
    let json = format!(
        r#"{{"customJWTAuthorizer":{{"discoveryUrl":"http://127.0.0.1:{}/.well-known/openid-configuration","allowedClients":["c1"]}}}}"#,
        project.port
    );
    let arguments = format!(
        "-e mcp_server.py -n adder -rf requirements.txt -er Mine -ecr auto -do -p MCP -r us-east-1 -ni --login --account 210987654321 -ac {json}"
    );
    let output = project.piped(&arguments, "");
    let shown = text(&output.stderr);
    assert!(output.status.success(), "{shown}");
    assert!(
        shown.contains("note: --ecr is ignored")
            && shown.contains("note: --disable-otel is ignored"),
        "{shown}"
    );
    let written = read(&project.path(".bedrock_agentcore.yaml"));
    for line in [
        "default_agent: adder",
        "      execution_role: Mine",
        "      account: '210987654321'",
        "        - c1",
        "      login: true",
    ] {
        assert!(
            written.lines().any(|found| found == line),
            "{line} in {written}"
        );
    }
}

#[test]
fn wrong_flags_end_with_2_and_say_what_is_allowed() {
    let project = Project::new();
    for (arguments, why) in [
        ("-e nowhere.py -ni", "there is no file nowhere.py"),
        ("-e mcp_server.py -r moon-1", "us-west-2"),
        ("-e mcp_server.py -p HTTP", "MCP is the one protocol"),
        ("-ni", "no entry point is named"),
    ] {
        let output = project.piped(arguments, "");
        assert_eq!(output.status.code(), Some(2), "{arguments}");
        let shown = text(&output.stderr);
        assert!(shown.contains(why), "{shown}");
    }
    assert!(!project.path(".bedrock_agentcore.yaml").exists());
}

#[test]
fn the_file_that_is_there_is_edited_and_nothing_else_in_it_changes() {
    let project = Project::new();
    std::fs::write(project.path("bedrock_agentcore.yaml"), SEED).unwrap();
    let output = project.piped("-e mcp_server.py -r eu-west-1 -ni", "");
    assert!(output.status.success(), "{}", text(&output.stderr));
    assert!(!project.path(".bedrock_agentcore.yaml").exists());
    let expected = SEED.replace("      region: us-west-2\n", "      region: eu-west-1\n");
    assert_eq!(
        read(&project.path("bedrock_agentcore.yaml")),
        format!("{expected}    shukuba:\n      login: false\n")
    );
}

#[test]
fn agents_are_listed_on_standard_output_and_the_default_is_chosen() {
    let project = Project::new();
    std::fs::write(project.path("bedrock_agentcore.yaml"), SEED).unwrap();
    let added = project.piped("-e mcp_server.py -n other -ni", "");
    assert!(added.status.success(), "{}", text(&added.stderr));
    let listed = text(&project.piped("list", "").stdout);
    assert_eq!(listed.lines().count(), 3, "{listed}");
    assert!(
        listed
            .lines()
            .any(|line| line.starts_with("*  other ") && line.ends_with("not launched")),
        "{listed}"
    );
    assert!(project.piped("set-default mcp_server", "").status.success());
    let listed = text(&project.piped("list", "").stdout);
    assert!(
        listed
            .lines()
            .any(|line| line.starts_with("*  mcp_server ")
                && line.ends_with("mcp_server-y2iy3YFsSN")),
        "{listed}"
    );
    let unknown = project.piped("set-default mcp_servr", "");
    assert_eq!(unknown.status.code(), Some(1));
    assert!(text(&unknown.stderr).contains("did you mean 'mcp_server'?"));
}
