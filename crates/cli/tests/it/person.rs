//! `shukuba login`, `logout`, `token get --login` and `grant`: a person at the
//! terminal, who answers in a browser.

use std::io::{BufRead as _, BufReader, Read as _};
use std::os::unix::fs::PermissionsExt as _;
use std::process::{Child, ChildStderr, Stdio};

use serde_json::Value;
use shukuba_testkit::browser::{Browser, Page};
use tokio::runtime::Runtime;

use crate::bed::Bed;

const PASSWORD: &str = "correct horse battery";

/// A server with a runtime that people log in to, and a person.
struct Place {
    bed: Bed,
    runtime: Runtime,
    address: String,
}

impl Place {
    fn new() -> Self {
        let bed = Bed::with_server();
        let project =
            "agents:\n  mcp_server:\n    entrypoint: mcp_server.py\n    shukuba: {login: true}\n";
        std::fs::write(bed.project().join("shukuba.yaml"), project).unwrap();
        bed.run(&["launch"]).ok();
        bed.run_with(&["user", "create", "ada", "--password-stdin"], PASSWORD)
            .ok();
        Self {
            address: format!("{}/mcp/mcp_server", bed.origin()),
            runtime: Runtime::new().unwrap(),
            bed,
        }
    }

    /// Tokens of the runtime's API end so soon that each is renewed before use.
    fn renews_at_every_use(self) -> Self {
        let update = [
            "api",
            "update",
            "--identifier",
            &self.address,
            "--token-lifetime",
            "60",
        ];
        self.bed.run(&update).ok();
        self
    }

    /// Begins `shukuba login`, and waits for what the person is to do.
    fn begin(&self, more: &[&str]) -> Begun {
        let arguments = [&["login", self.address.as_str()], more].concat();
        let mut child = self
            .bed
            .command(&arguments)
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut said = BufReader::new(child.stderr.take().unwrap());
        let mut line = |begins: &str| {
            let mut line = String::new();
            said.read_line(&mut line).unwrap();
            let rest = line.trim().strip_prefix(begins).map(str::to_owned);
            rest.unwrap_or_else(|| panic!("'{begins}' was to come, not '{line}'"))
        };
        let address = line("Open ");
        let code = line("and check that it shows the code ");
        Begun {
            child,
            said,
            address,
            code,
        }
    }

    /// The person opens the address, compares the code, and answers.
    fn answer(&self, begun: &Begun, action: &str) -> Page {
        self.runtime.block_on(async {
            let mut browser = Browser::new(self.bed.origin());
            browser.log_in("ada", PASSWORD).await;
            let page = browser.open(&begun.address).await;
            assert!(page.html.contains(&begun.code), "{}", page.html);
            browser.answer_device(&begun.address, action).await
        })
    }

    /// Logs in; what was said at the end.
    fn log_in(&self, more: &[&str]) -> String {
        let begun = self.begin(more);
        let page = self.answer(&begun, "allow");
        assert!(page.html.contains("is connected"), "{}", page.html);
        let (code, said) = begun.end();
        assert_eq!(code, 0, "{said}");
        said
    }

    fn token(&self) -> crate::bed::Finished {
        self.bed.run(&["token", "get", "--login", &self.address])
    }

    fn grants(&self) -> Vec<Value> {
        self.bed
            .json(&["grant", "list"])
            .as_array()
            .unwrap()
            .clone()
    }
}

/// A login that waits for its person.
struct Begun {
    child: Child,
    said: BufReader<ChildStderr>,
    address: String,
    code: String,
}

impl Begun {
    /// Its exit code, and what it said after the code.
    fn end(mut self) -> (i32, String) {
        let mut rest = String::new();
        self.said.read_to_string(&mut rest).unwrap();
        (self.child.wait().unwrap().code().unwrap(), rest)
    }
}

#[test]
fn a_person_logs_in_calls_a_tool_and_logs_out_again() {
    let place = Place::new();
    let said = place.log_in(&[]);
    let next = format!("shukuba token get --login {}", place.address);
    assert!(said.contains(&next), "{said}");
    let kept = place.bed.path("state/shukuba/logins.json");
    let mode = std::fs::metadata(&kept).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode, 0o600);

    let token = place.token().ok().trim().to_owned();
    assert_eq!(place.token().ok().trim(), token, "good for an hour");
    let added = place.bed.add(&token).ok();
    assert!(added.contains('5'), "{added}");
    let explained = place.bed.run(&["token", "explain", &token]).ok();
    assert!(
        explained.contains("Judged by the entry login"),
        "{explained}"
    );
    let header = [
        "token",
        "get",
        "--login",
        &place.address,
        "--format",
        "header",
    ];
    let header = place.bed.run(&header).ok();
    assert_eq!(header.trim(), format!("Authorization: Bearer {token}"));

    // The same server, with a slash more.
    let slash = format!("{}/", place.address);
    place.bed.run(&["logout", &slash]).ok();
    assert_eq!(place.grants(), [Value::Null; 0]);
    assert!(!std::fs::read_to_string(&kept).unwrap().contains(&token));
    assert_ne!(place.bed.add(&token).code, 0, "dead at once (RFC 7009)");
    place.token().failed(1, "shukuba login");
    let again = place.bed.run(&["logout", &place.address]);
    again.failed(1, "nobody is logged in");
}

#[test]
fn a_login_is_renewed_until_the_operator_takes_its_grant_back() {
    let place = Place::new().renews_at_every_use();
    place.log_in(&[]);
    let first = place.token().ok();
    let second = place.token().ok();
    assert_ne!(first, second);
    place.bed.add(second.trim()).ok();

    let grants = place.grants();
    assert_eq!(grants.len(), 1, "{grants:?}");
    assert_eq!(grants[0]["user"], "ada");
    assert_eq!(grants[0]["api"], place.address.as_str());
    let id = grants[0]["id"].as_str().unwrap();
    let listed = place.bed.run(&["grant", "list", "--user", "ada"]).ok();
    assert!(
        listed.contains(id) && listed.contains("Shukuba CLI"),
        "{listed}"
    );
    let client = grants[0]["client_id"].as_str().unwrap();
    let listed = place.bed.run(&["grant", "list", "--client", client]).ok();
    assert!(listed.contains(id), "{listed}");

    let revoked = place.bed.run(&["grant", "revoke", id]);
    assert!(revoked.stderr.contains(id), "{}", revoked.stderr);
    revoked.ok();
    assert_eq!(place.grants(), [Value::Null; 0]);
    assert_ne!(place.bed.add(second.trim()).code, 0);
    place.token().failed(3, "shukuba login");
    let unknown = place.bed.run(&["grant", "revoke", "grant_nothing"]);
    unknown.failed(1, "shukuba grant list");
    let nobody = place.bed.run(&["grant", "list", "--user", "eve"]);
    nobody.failed(1, "shukuba user list");
}

#[test]
fn who_is_disabled_is_logged_out_of_the_terminal_too() {
    let place = Place::new().renews_at_every_use();
    place.log_in(&[]);
    let token = place.token().ok();
    place.bed.run(&["user", "disable", "ada"]).ok();
    assert_ne!(place.bed.add(token.trim()).code, 0);
    place.token().failed(3, "shukuba login");
    assert_eq!(place.grants(), [Value::Null; 0]);
}

#[test]
fn a_login_that_is_denied_in_the_browser_ends_with_3_and_keeps_nothing() {
    let place = Place::new();
    let begun = place.begin(&[]);
    place.answer(&begun, "deny");
    let (code, said) = begun.end();
    assert_eq!(code, 3, "{said}");
    assert!(said.contains("denied in the browser"), "{said}");
    assert!(!place.bed.path("state/shukuba/logins.json").exists());
    assert_eq!(place.grants(), [Value::Null; 0]);
}

#[test]
fn a_client_that_the_operator_registered_logs_in_by_its_id() {
    let place = Place::new();
    let created = place.bed.run(&[
        "app",
        "create",
        "--name",
        "terminal",
        "--type",
        "native",
        "--api",
        &place.address,
    ]);
    let id = created.value("client id");
    place.log_in(&["--client-id", &id]);
    let grants = place.grants();
    assert_eq!(grants[0]["client_id"], id.as_str());
    place.bed.add(place.token().ok().trim()).ok();
}

#[test]
fn a_login_that_cannot_begin_says_why() {
    let place = Place::new();
    let bed = &place.bed;
    bed.run(&["login", "nowhere"]).failed(2, "is not a URL");
    bed.run(&["login", "http://mcp.example/mcp"])
        .failed(2, "is not https");
    let unknown = ["login", &place.address, "--client-id", "nobody"];
    assert_ne!(bed.run(&unknown).code, 0);
    // Where there is one runtime, the root of the origin names it.
    let other = format!("{}/mcp/nothing", bed.origin());
    let missing = bed.run(&["login", &other]);
    missing.failed(1, &format!("is that of {}", place.address));
    bed.run(&["destroy", "mcp_server", "--force"]).ok();
    let missing = bed.run(&["login", &other]);
    missing.failed(1, "no protected resource metadata is to be found");
    let tried = format!(
        "{}/.well-known/oauth-protected-resource/mcp/nothing",
        bed.origin()
    );
    assert!(missing.stderr.contains(&tried), "{}", missing.stderr);
    let machine = bed.run(&["token", "get", "--login", &place.address, "--app", "mcp"]);
    machine.failed(2, "--app");
}
