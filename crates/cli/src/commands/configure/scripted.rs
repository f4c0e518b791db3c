//! The dialogue, word for word: a console that plays a script and keeps the
//! transcript, and a provider without a network.

use std::collections::VecDeque;
use std::path::Path;

use shukuba_model::ClientClaim;
use shukuba_model::authorizer::DiscoveryUrl;
use shukuba_model::project::{AgentDraft, ProjectFile};
use shukuba_verify::{PresetHint, ProviderFacts};

use super::arguments::Flags;
use super::console::{Console, out_of_answers, render};
use super::provider::{Provider, Suggestions};
use super::settle::{Setting, settle};
use crate::failure::Failure;

const OWN: &str = "http://127.0.0.1:8430/.well-known/openid-configuration";
const AUTH0: &str = "https://tenant.us.auth0.com/.well-known/openid-configuration";

/// Answers from a script, and everything that was shown.
struct Script {
    answers: VecDeque<&'static str>,
    transcript: String,
}

impl Console for Script {
    fn ask(&mut self, question: &str, default: Option<&str>) -> Result<String, Failure> {
        let answer = self.answers.pop_front().ok_or_else(out_of_answers)?;
        self.say(&format!("{}{answer}", render(question, default)));
        Ok(answer.trim().to_owned())
    }

    fn say(&mut self, line: &str) {
        self.transcript.push_str(line);
        self.transcript.push('\n');
    }
}

/// Knows our own issuer and an Auth0 tenant; nothing else can be reached.
struct Known;

impl Provider for Known {
    async fn facts(&self, url: &DiscoveryUrl) -> Result<ProviderFacts, String> {
        let (issuer, preset) = match url.as_str() {
            OWN => ("http://127.0.0.1:8430", None),
            AUTH0 => ("https://tenant.us.auth0.com/", Some(PresetHint::AUTH0)),
            other => return Err(format!("{other} cannot be reached")),
        };
        Ok(ProviderFacts {
            issuer: issuer.to_owned(),
            jwks_uri: format!("{issuer}/jwks"),
            token_endpoint: None,
            preset,
        })
    }
}

/// A project directory with an entry point and its requirements.
fn project() -> tempfile::TempDir {
    let directory = tempfile::tempdir().unwrap();
    std::fs::write(directory.path().join("mcp_server.py"), "").unwrap();
    std::fs::write(directory.path().join("requirements.txt"), "").unwrap();
    directory
}

fn flags() -> Flags {
    Flags {
        entrypoint: Some("mcp_server.py".into()),
        ..Flags::default()
    }
}

fn play(
    directory: &Path,
    file: Option<&ProjectFile>,
    flags: Flags,
    answers: &[&'static str],
) -> (Result<AgentDraft, Failure>, String) {
    let suggestions = Suggestions {
        discovery_url: OWN.to_owned(),
        clients: vec!["own-client".to_owned()],
        audiences: vec!["https://own.example/".to_owned()],
    };
    let mut script = Script {
        answers: answers.iter().copied().collect(),
        transcript: String::new(),
    };
    let setting = Setting {
        directory,
        file,
        suggestions: &suggestions,
    };
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    let outcome = runtime.block_on(settle(flags, &setting, &mut script, &Known));
    (outcome, script.transcript)
}

#[test]
fn the_seeds_dialogue_in_its_order_with_its_labels() {
    let project = project();
    let (draft, transcript) = play(
        project.path(),
        None,
        flags(),
        &[
            "",
            "",
            "yes",
            AUTH0,
            "a, b,,c",
            "https://api.example/",
            "no",
        ],
    );
    assert_eq!(
        transcript,
        "Configuring the runtime mcp_server, which starts mcp_server.py\n\
         \n\
         Execution Role\n\
         Kept for the AWS toolkit; nothing here runs under a role.\n\
         Execution role ARN or name, Enter to auto-create [auto-create]: \n\
         \n\
         Requirements File\n\
         Requirements file [requirements.txt]: \n\
         \n\
         Authorization Configuration\n\
         By default, Bedrock AgentCore uses IAM authorization.\n\
         Configure OAuth authorizer instead? (yes/no) [yes]: yes\n\
         Enter takes what stands in brackets.\n\
         Enter OAuth discovery URL [http://127.0.0.1:8430/.well-known/openid-configuration]: https://tenant.us.auth0.com/.well-known/openid-configuration\n\
         \x20 issuer: https://tenant.us.auth0.com/\n\
         \x20 Auth0: Auth0's own token profile names the client in 'azp': set the API's JSON Web Token profile to RFC 9068, or 'client_claim: auth0' under 'shukuba:' in the project file.\n\
         Enter allowed OAuth client IDs (comma-separated): a, b,,c\n\
         Enter allowed OAuth audience (comma-separated): https://api.example/\n\
         OAuth authorizer configuration created\n\
         \n\
         Login\n\
         A client is then given the address alone; its user logs in once, in a browser.\n\
         Let people log in as well? (yes/no) [yes]: no\n"
    );
    let draft = draft.unwrap();
    let authorizer = draft.authorizer.unwrap();
    assert_eq!(draft.name.as_str(), "mcp_server");
    assert_eq!(authorizer.allowed_clients, ["a", "b", "c"]);
    assert_eq!(authorizer.allowed_audience, ["https://api.example/"]);
    assert!(!draft.login);
}

#[test]
fn enter_alone_takes_our_own_issuers_values() {
    let project = project();
    let (draft, transcript) = play(project.path(), None, flags(), &["", "", "", "", "", "", ""]);
    let draft = draft.unwrap();
    let authorizer = draft.authorizer.unwrap();
    assert_eq!(authorizer.discovery_url.as_str(), OWN);
    assert_eq!(authorizer.allowed_clients, ["own-client"]);
    assert_eq!(authorizer.allowed_audience, ["https://own.example/"]);
    assert!(draft.login);
    assert!(
        transcript.contains("(comma-separated) [own-client]: \n"),
        "{transcript}"
    );
    let (draft, _) = play(
        project.path(),
        None,
        flags(),
        &["", "", "", "", "-", "", ""],
    );
    assert!(
        draft
            .unwrap()
            .authorizer
            .unwrap()
            .allowed_clients
            .is_empty()
    );
}

#[test]
fn each_wrong_answer_is_said_and_asked_again() {
    let project = project();
    let answers = [
        "not a role",
        "MyRole",
        "missing.txt",
        "pyproject.toml",
        "requirements.txt",
        "maybe",
        "y",
        "nonsense",
        "http://idp.example/.well-known/openid-configuration",
        "https://down.example/.well-known/openid-configuration",
        AUTH0,
        "",
        " , ",
        "client",
        "",
        "",
    ];
    let (draft, transcript) = play(project.path(), None, flags(), &answers);
    let draft = draft.unwrap();
    assert_eq!(draft.execution_role.as_deref(), Some("MyRole"));
    assert_eq!(draft.requirements_file, None);
    assert_eq!(draft.authorizer.unwrap().allowed_clients, ["client"]);
    let said: Vec<&str> = transcript
        .lines()
        .filter_map(|line| line.strip_prefix("  not accepted: "))
        .collect();
    let expected = [
        "'not a role' is no role",
        "there is no file missing.txt",
        "pyproject.toml is not in pip's format",
        "'maybe' is neither yes nor no",
        "discovery URL 'nonsense' is not valid: an absolute https URL",
        "discovery URL 'http://idp.example/.well-known/openid-configuration' is not valid: https; plain http only on a loopback address",
        "https://down.example/.well-known/openid-configuration cannot be reached",
        "with neither, every token of the issuer would be let in",
    ];
    assert_eq!(said.len(), expected.len(), "{said:#?}");
    for (said, expected) in said.iter().zip(expected) {
        assert!(said.starts_with(expected), "{said}");
    }
}

#[test]
fn refusing_oauth_leaves_the_authorizer_out_and_says_what_then_holds() {
    let project = project();
    let (draft, transcript) = play(project.path(), None, flags(), &["", "", "no", "yes"]);
    assert!(draft.unwrap().authorizer.is_none());
    assert!(
        transcript.contains("IAM authorization (SigV4) is not there yet"),
        "{transcript}"
    );
    assert!(!transcript.contains("discovery URL"), "{transcript}");
}

#[test]
fn input_that_ends_early_is_a_failure_that_writes_nothing() {
    let project = project();
    let (outcome, _) = play(project.path(), None, flags(), &["", "", "yes"]);
    let failure = outcome.unwrap_err().to_string();
    assert!(failure.contains("nothing was written"), "{failure}");
}

#[test]
fn without_a_dialogue_flags_the_file_and_defaults_decide() {
    let project = project();
    let silent = || Flags {
        non_interactive: true,
        ..flags()
    };
    let (draft, transcript) = play(project.path(), None, silent(), &[]);
    let draft = draft.unwrap();
    assert_eq!(transcript.lines().count(), 1);
    assert!(draft.authorizer.is_none() && !draft.login);
    assert_eq!(draft.region.as_str(), "us-west-2");
    assert_eq!(draft.account.as_str(), "123456789012");

    let json =
        format!(r#"{{"customJWTAuthorizer":{{"discoveryUrl":"{AUTH0}","allowedClients":["x"]}}}}"#);
    let given = Flags {
        authorizer_config: Some(json),
        login: true,
        region: Some("eu-west-1".parse().unwrap()),
        ..silent()
    };
    let (draft, _) = play(project.path(), None, given, &[]);
    let draft = draft.unwrap();
    assert!(draft.login);
    let file = ProjectFile::create("f.yaml", &draft).unwrap();

    let (again, _) = play(project.path(), Some(&file), silent(), &[]);
    assert_eq!(again.unwrap(), draft, "what the file says stays");
}

#[test]
fn flags_that_are_wrong_are_refused() {
    let project = project();
    let unreachable = r#"{"customJWTAuthorizer":{"discoveryUrl":"https://down.example/.well-known/openid-configuration","allowedClients":["x"]}}"#;
    for (flags, why) in [
        (
            Flags {
                entrypoint: Some("nowhere.py".into()),
                ..Flags::default()
            },
            "there is no file nowhere.py",
        ),
        (
            Flags {
                non_interactive: true,
                ..Flags::default()
            },
            "no entry point is named",
        ),
        (
            Flags {
                requirements_file: Some("x.txt".into()),
                non_interactive: true,
                ..flags()
            },
            "there is no file x.txt",
        ),
        (
            Flags {
                execution_role: Some("a b".into()),
                non_interactive: true,
                ..flags()
            },
            "is no role",
        ),
        (
            Flags {
                authorizer_config: Some("{}".into()),
                non_interactive: true,
                ..flags()
            },
            "--authorizer-config is not valid",
        ),
        (
            Flags {
                authorizer_config: Some(unreachable.into()),
                non_interactive: true,
                ..flags()
            },
            "cannot be reached",
        ),
    ] {
        let (outcome, _) = play(project.path(), None, flags, &[]);
        let failure = outcome.unwrap_err().to_string();
        assert!(failure.contains(why), "{failure}");
    }
}

#[test]
fn a_second_run_offers_what_the_file_says_and_keeps_rules_it_does_not_ask_about() {
    let project = project();
    let file = ProjectFile::parse(
        "f.yaml",
        format!(
            "agents:\n  adder:\n    entrypoint: {}\n    aws: {{region: eu-west-1, execution_role: Mine}}\n    authorizer_configuration:\n      customJWTAuthorizer:\n        discoveryUrl: {AUTH0}\n        allowedClients: [c1, c2]\n        allowedScopes: [s]\n    shukuba: {{login: {{allow: [ada]}}, client_claim: auth0}}\n",
            project.path().join("mcp_server.py").display()
        ),
    )
    .unwrap();
    let (draft, transcript) = play(
        project.path(),
        Some(&file),
        flags(),
        &["", "", "", "", "", "aud", ""],
    );
    let draft = draft.unwrap();
    assert_eq!(
        draft.name.as_str(),
        "adder",
        "the agent with this entry point is meant"
    );
    assert_eq!(draft.entrypoint, "mcp_server.py");
    assert_eq!(draft.region.as_str(), "eu-west-1");
    assert_eq!(draft.execution_role.as_deref(), Some("Mine"));
    assert!(
        transcript.contains("(comma-separated) [c1, c2]: \n"),
        "{transcript}"
    );
    let authorizer = draft.authorizer.clone().unwrap();
    assert_eq!(authorizer.allowed_clients, ["c1", "c2"]);
    assert_eq!(authorizer.allowed_scopes, ["s"]);
    assert_eq!(authorizer.client_claim, ClientClaim::Auth0);
    assert!(draft.login);
    assert_eq!(draft.login_allow.users(), ["ada"]);
    let mut file = file;
    file.configure(&draft).unwrap();
    let written = file.agent(None).unwrap();
    assert_eq!(written.authorizer, draft.authorizer);
    assert_eq!(written.own.login_allow, draft.login_allow);
}

#[test]
fn an_agent_that_cannot_be_read_is_not_written_over() {
    let project = project();
    let file = ProjectFile::parse(
        "f.yaml",
        "agents:\n  mcp_server:\n    entrypoint: mcp_server.py\n    aws: {region: moon-1}\n",
    )
    .unwrap();
    let (outcome, _) = play(project.path(), Some(&file), flags(), &[]);
    let failure = outcome.unwrap_err().to_string();
    assert!(
        failure.starts_with("f.yaml:4: agents.mcp_server.aws.region: 'moon-1'"),
        "{failure}"
    );
}
