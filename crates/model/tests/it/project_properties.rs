//! Properties of the project file over arbitrary texts, layouts and values.

use proptest::prelude::{Strategy, any, prop};
use proptest::{prop_assert, prop_assert_eq, proptest};
use shukuba_model::project::{AgentDraft, ProjectFile};
use shukuba_model::wire::AuthorizerSettings;
use shukuba_model::{ClientClaim, LoginAllow, RuntimeArn};

use crate::SEED;

/// Characters YAML gives a meaning to, so that random texts reach the parser's corners.
fn yaml_like() -> impl Strategy<Value = String> {
    prop::collection::vec(
        prop::sample::select(vec![
            "a",
            "agents",
            ":",
            " ",
            "  ",
            "\n",
            "- ",
            "[",
            "]",
            "{",
            "}",
            ",",
            "'",
            "\"",
            "#",
            " #",
            "|",
            ">",
            "&x",
            "*x",
            "!t",
            "?",
            "null",
            "~",
            "\t",
            "\r\n",
            "---",
            "é",
            "\u{feff}",
            "%",
            "name: ",
            "entrypoint: ",
            "default_agent: ",
            "a: ",
            "\n  a: ",
            "\n    ",
            "\\",
        ]),
        0..60,
    )
    .prop_map(|parts| parts.concat())
}

fn exercise(text: &str) {
    let Ok(mut file) = ProjectFile::parse("f", text) else {
        return;
    };
    assert_eq!(file.text(), text);
    drop(file.agent_names());
    drop(file.default_agent());
    let arn: RuntimeArn = "arn:aws:bedrock-agentcore:us-west-2:123456789012:runtime/a-0123456789"
        .parse()
        .unwrap();
    if file.agent(Some("a")).is_ok() && file.record_launch("a", &arn).is_ok() {
        assert_eq!(file.agent(Some("a")).unwrap().agent_arn, Some(arn));
    } else {
        assert!(file.text() == text || file.agent(Some("a")).is_err());
    }
}

/// The seed's file in another layout: line ends, indentation, dashes, and
/// comments behind every line.
fn relaid(crlf: bool, step: usize, dash: usize, comments: bool) -> String {
    let newline = if crlf { "\r\n" } else { "\n" };
    SEED.lines()
        .map(|line| {
            let body = line.trim_start();
            let level = (line.len() - body.len()) / 2;
            let extra = if body.starts_with("- ") { dash } else { 0 };
            let comment = if comments && !body.contains('#') {
                "   # kept"
            } else {
                ""
            };
            format!(
                "{}{body}{comment}{newline}",
                " ".repeat(level * step + extra)
            )
        })
        .collect()
}

/// A text a value may hold; the word list has those YAML reads as something else.
fn value() -> impl Strategy<Value = String> {
    proptest::prop_oneof![
        "[a-zA-Z0-9_./:@#'\"\\[\\]{},&*!|>%?-]{1,20}",
        "[ -~]{1,20}[!-~]",
        "\\PC{1,12}x",
        prop::sample::select(vec![
            "null",
            "true",
            "no",
            "~",
            "1e5",
            "0x1f",
            "12:30:45",
            "2026-01-01",
            "=",
            "<<",
            "y",
            "---",
            "a: b",
            "a #b",
            "a:",
            "- a",
            "\u{85}x",
            "x\ny",
            "\tx"
        ])
        .prop_map(str::to_owned),
    ]
    .prop_filter("blank texts are no values", |text| !text.trim().is_empty())
}

proptest! {
    #[test]
    fn no_text_makes_the_parser_or_the_editor_panic(text in any::<String>(), yaml in yaml_like()) {
        exercise(&text);
        exercise(&yaml);
    }

    #[test]
    fn a_launch_reads_back_and_leaves_every_other_line_in_any_layout(
        crlf in any::<bool>(), step in 1usize..6, dash in 0usize..4, comments in any::<bool>(), suffix in "[a-zA-Z0-9]{10}",
    ) {
        let text = relaid(crlf, step, dash, comments);
        let mut file = ProjectFile::parse("f", text.clone()).unwrap();
        let arn: RuntimeArn = format!("arn:aws:bedrock-agentcore:us-west-2:123456789012:runtime/mcp_server-{suffix}").parse().unwrap();
        file.record_launch("mcp_server", &arn).unwrap();
        prop_assert_eq!(file.agent(None).unwrap().agent_arn, Some(arn));
        let (before, after): (Vec<&str>, Vec<&str>) = (text.split('\n').collect(), file.text().split('\n').collect());
        prop_assert_eq!(before.len(), after.len());
        for (before, after) in before.iter().zip(&after) {
            prop_assert!(before == after || before.contains("agent_id:") || before.contains("agent_arn:"));
            prop_assert_eq!(before.find("# kept").is_some(), after.find("# kept").is_some());
        }
    }

    #[test]
    fn any_answers_read_back_from_an_old_file_and_from_a_new_one(
        entrypoint in value(),
        clients in prop::collection::vec(value(), 0..4),
        audiences in prop::collection::vec(value(), 1..4),
        login in any::<bool>(), allowed in prop::collection::vec(value(), 0..3), crlf in any::<bool>(), step in 1usize..6, dash in 0usize..4,
    ) {
        let draft = AgentDraft {
            name: "mcp_server".parse().unwrap(),
            entrypoint,
            region: "eu-west-1".parse().unwrap(),
            account: "210987654321".parse().unwrap(),
            execution_role: None,
            requirements_file: None,
            authorizer: Some(AuthorizerSettings {
                discovery_url: "http://127.0.0.1:8430/.well-known/openid-configuration".parse().unwrap(),
                allowed_clients: clients,
                allowed_audience: audiences,
                allowed_scopes: Vec::new(),
                client_claim: ClientClaim::Rfc9068,
            }),
            login,
            login_allow: allowed.into(),
        };
        let mut edited = ProjectFile::parse("f", relaid(crlf, step, dash, true)).unwrap();
        edited.configure(&draft).unwrap();
        for file in [edited, ProjectFile::create("f", &draft).unwrap()] {
            let agent = file.agent(None).unwrap();
            prop_assert_eq!(&agent.entrypoint, &draft.entrypoint);
            prop_assert_eq!(&agent.authorizer, &draft.authorizer);
            prop_assert_eq!(agent.region.as_ref(), Some(&draft.region));
            prop_assert_eq!(agent.account.as_ref(), Some(&draft.account));
            prop_assert_eq!(agent.own.login, Some(login));
            let allow = if login { draft.login_allow.clone() } else { LoginAllow::All };
            prop_assert_eq!(agent.own.login_allow, allow);
        }
    }
}
