//! Changing a project file: the value, and no byte beside it.

use shukuba_model::project::{AgentDraft, ProjectFile};
use shukuba_model::wire::AuthorizerSettings;
use shukuba_model::{ClientClaim, LoginAllow, RuntimeArn};

use crate::SEED;

const ARN: &str = "arn:aws:bedrock-agentcore:eu-west-1:210987654321:runtime/mcp_server-Ab3Cd4Ef5G";

fn parse(text: &str) -> ProjectFile {
    ProjectFile::parse("f.yaml", text).unwrap()
}

fn arn() -> RuntimeArn {
    ARN.parse().unwrap()
}

/// The seed's answers, as `configure` would collect them.
fn seed_draft() -> AgentDraft {
    let agent = parse(SEED).agent(None).unwrap();
    AgentDraft {
        name: agent.name,
        entrypoint: agent.entrypoint,
        region: agent.region.unwrap(),
        account: agent.account.unwrap(),
        execution_role: None,
        requirements_file: None,
        authorizer: agent.authorizer,
        login: true,
        login_allow: LoginAllow::All,
    }
}

/// The lines that differ: those taken away with `-`, new ones with `+`.
fn diff(before: &str, after: &str) -> Vec<String> {
    let (before, after): (Vec<&str>, Vec<&str>) =
        (before.lines().collect(), after.lines().collect());
    let head = before
        .iter()
        .zip(&after)
        .take_while(|(l, r)| l == r)
        .count();
    let most = before.len().min(after.len()) - head;
    let tail = before
        .iter()
        .rev()
        .zip(after.iter().rev())
        .take(most)
        .take_while(|(l, r)| l == r)
        .count();
    let gone = before[head..before.len() - tail]
        .iter()
        .map(|line| format!("-{line}"));
    let new = after[head..after.len() - tail]
        .iter()
        .map(|line| format!("+{line}"));
    gone.chain(new).collect()
}

#[test]
fn parsing_and_writing_changes_no_byte() {
    assert_eq!(parse(SEED).text(), SEED);
    let odd = "\u{feff}agents: {a: {entrypoint: 'a.py' ,  x: ~ }}   # é\r\n\r\n...\r\n";
    assert_eq!(parse(odd).text(), odd);
}

#[test]
fn a_launch_changes_the_two_lines_it_writes() {
    let mut file = parse(SEED);
    file.record_launch("mcp_server", &arn()).unwrap();
    assert_eq!(
        diff(SEED, file.text()),
        [
            "-      agent_id: mcp_server-y2iy3YFsSN",
            "-      agent_arn: arn:aws:bedrock-agentcore:us-west-2:123456789012:runtime/mcp_server-y2iy3YFsSN",
            "+      agent_id: mcp_server-Ab3Cd4Ef5G",
            &format!("+      agent_arn: {ARN}"),
        ]
    );
    let written = file.text().to_owned();
    file.record_launch("mcp_server", &arn()).unwrap();
    assert_eq!(
        file.text(),
        written,
        "the same launch again changes nothing"
    );
}

#[test]
fn a_launch_fills_nulls_and_creates_missing_keys() {
    for (launched, expected) in [
        (
            "    bedrock_agentcore:\n      agent_id: null # id\n      agent_arn:\n",
            "    bedrock_agentcore:\n      agent_id: mcp_server-Ab3Cd4Ef5G # id\n      agent_arn: ARN\n",
        ),
        (
            "    bedrock_agentcore: null  # later\n",
            "    bedrock_agentcore:  # later\n      agent_id: mcp_server-Ab3Cd4Ef5G\n      agent_arn: ARN\n",
        ),
        (
            "    bedrock_agentcore:\n",
            "    bedrock_agentcore:\n      agent_id: mcp_server-Ab3Cd4Ef5G\n      agent_arn: ARN\n",
        ),
        (
            "    bedrock_agentcore: {}\n",
            "    bedrock_agentcore: {agent_id: mcp_server-Ab3Cd4Ef5G, agent_arn: 'ARN'}\n",
        ),
        (
            "    bedrock_agentcore: {agent_id: null, agent_session_id: x}\n",
            "    bedrock_agentcore: {agent_id: mcp_server-Ab3Cd4Ef5G, agent_arn: 'ARN', agent_session_id: x}\n",
        ),
        (
            "",
            "    bedrock_agentcore:\n      agent_id: mcp_server-Ab3Cd4Ef5G\n      agent_arn: ARN\n",
        ),
    ] {
        let text = |part: &str| {
            format!(
                "agents:\n  mcp_server:\n    entrypoint: a.py # start\n{part}    oauth_configuration: null\n"
            )
        };
        let mut file = parse(&text(launched));
        file.record_launch("mcp_server", &arn()).unwrap();
        assert_eq!(file.text(), text(&expected.replace("ARN", ARN)));
        assert_eq!(file.agent(None).unwrap().agent_arn.unwrap(), arn());
    }
}

#[test]
fn the_older_form_is_edited_in_place() {
    let text = "name: mcp_server\nentrypoint: a.py\n";
    let mut file = parse(text);
    file.record_launch("mcp_server", &arn()).unwrap();
    assert_eq!(
        file.text(),
        format!(
            "{text}bedrock_agentcore:\n  agent_id: mcp_server-Ab3Cd4Ef5G\n  agent_arn: {ARN}\n"
        )
    );
    let mut other = seed_draft();
    other.name = "other".parse().unwrap();
    let error = file.configure(&other).unwrap_err().to_string();
    assert!(
        error.starts_with("f.yaml:1: name: the file holds one agent in the older form"),
        "{error}"
    );
}

#[test]
fn line_ends_and_a_missing_last_newline_are_kept() {
    let mut file = parse("agents:\r\n  a:\r\n    entrypoint: a.py");
    file.record_session("a", Some("s-1")).unwrap();
    assert_eq!(
        file.text(),
        "agents:\r\n  a:\r\n    entrypoint: a.py\r\n    bedrock_agentcore:\r\n      agent_session_id: s-1\r\n"
    );
    file.record_session("a", None).unwrap();
    assert!(file.text().ends_with("agent_session_id: null\r\n"));
}

#[test]
fn configuring_the_same_answers_adds_only_what_the_file_lacks() {
    let mut file = parse(SEED);
    file.configure(&seed_draft()).unwrap();
    assert_eq!(
        file.text(),
        format!("{SEED}    shukuba:\n      login: true\n")
    );
    let again = file.text().to_owned();
    file.configure(&seed_draft()).unwrap();
    assert_eq!(file.text(), again);
}

#[test]
fn changed_lists_keep_the_lines_and_comments_of_other_items() {
    let text = SEED.replace(
        "        - 5aXkQ2TnBv8RcLw0JmYh3PdZs7GfUe1i\n",
        "        - one # first\n        # about two\n        - \"two\"\n        - three # last\n",
    );
    let with = |clients: &[&str]| {
        let mut draft = seed_draft();
        draft.authorizer.as_mut().unwrap().allowed_clients =
            clients.iter().map(ToString::to_string).collect();
        let mut file = parse(&text);
        file.configure(&draft).unwrap();
        let stripped = file.text().replace("    shukuba:\n      login: true\n", "");
        diff(&text, &stripped)
    };
    assert_eq!(with(&["one", "two", "three"]), Vec::<String>::new());
    assert_eq!(with(&["one", "two", "three", "four"]), ["+        - four"]);
    assert_eq!(with(&["zero", "one", "two", "three"]), ["+        - zero"]);
    assert_eq!(
        with(&["one", "2", "three"]),
        ["-        - \"two\"", "+        - \"2\""]
    );
    assert_eq!(with(&["one", "two"]), ["-        - three # last"]);
    assert_eq!(with(&["two", "three"]), ["-        - one # first"]);
    assert_eq!(with(&[]).len(), 5, "the key goes with its items");
}

#[test]
fn lists_are_written_in_the_files_own_manner() {
    let indented = "agents:\n    mcp_server:\n        entrypoint: mcp_server.py\n        tags:\n          - x\n";
    let mut file = parse(indented);
    file.configure(&seed_draft()).unwrap();
    assert!(
        file.text().contains("\n                allowedClients:\n                  - 5aXkQ2TnBv8RcLw0JmYh3PdZs7GfUe1i\n"),
        "{}",
        file.text()
    );
    let flow = "agents: {mcp_server: {entrypoint: mcp_server.py, authorizer_configuration: {customJWTAuthorizer: {discoveryUrl: 'https://a.example/.well-known/openid-configuration', allowedClients: [a, b]}}}}\n";
    let mut file = parse(flow);
    file.configure(&seed_draft()).unwrap();
    assert!(
        file.text()
            .contains("allowedClients: [5aXkQ2TnBv8RcLw0JmYh3PdZs7GfUe1i]"),
        "{}",
        file.text()
    );
    assert_eq!(
        file.agent(None).unwrap().authorizer,
        seed_draft().authorizer
    );
    assert_eq!(file.text().lines().count(), 2);
}

#[test]
fn an_authorizer_can_be_taken_out_and_put_back() {
    let mut without = seed_draft();
    without.authorizer = None;
    let mut file = parse(SEED);
    file.configure(&without).unwrap();
    assert!(
        file.text()
            .contains("    authorizer_configuration: null\n    oauth_configuration: null\n"),
        "{}",
        file.text()
    );
    assert!(file.agent(None).unwrap().authorizer.is_none());
    file.configure(&seed_draft()).unwrap();
    assert_eq!(
        file.agent(None).unwrap().authorizer,
        seed_draft().authorizer
    );
}

#[test]
fn a_second_agent_stands_beside_the_first_and_becomes_the_default() {
    let mut draft = seed_draft();
    draft.name = "other".parse().unwrap();
    draft.authorizer = None;
    let mut file = parse(SEED);
    file.configure(&draft).unwrap();
    assert_eq!(file.agent_names().unwrap(), ["mcp_server", "other"]);
    assert_eq!(file.default_agent().unwrap().as_deref(), Some("other"));
    assert_eq!(
        file.agent(Some("mcp_server")).unwrap(),
        parse(SEED).agent(None).unwrap()
    );
    file.set_default(&"mcp_server".parse().unwrap()).unwrap();
    assert!(
        file.text().starts_with(SEED),
        "the first agent's bytes are untouched"
    );
    assert!(file.set_default(&"nobody".parse().unwrap()).is_err());
}

#[test]
fn a_new_file_has_the_toolkits_keys_in_the_toolkits_order() {
    let mut file = ProjectFile::create(".bedrock_agentcore.yaml", &seed_draft()).unwrap();
    file.record_launch(
        "mcp_server",
        &"arn:aws:bedrock-agentcore:us-west-2:123456789012:runtime/mcp_server-y2iy3YFsSN"
            .parse()
            .unwrap(),
    )
    .unwrap();
    let seed: String = SEED
        .lines()
        .filter(|line| !line.trim_start().starts_with('#'))
        .map(|line| format!("{}\n", line.split("  # ").next().unwrap_or(line)))
        .collect();
    let expected = seed
        .replace(
            "project_name: bedrock-agentcore-mcp_server-builder",
            "project_name: null",
        )
        .replace(
            "source_bucket: bedrock-agentcore-codebuild-sources-123456789012-us-west-2",
            "source_bucket: null",
        );
    assert_eq!(
        file.text(),
        format!("{expected}    shukuba:\n      login: true\n")
    );
}

#[test]
fn settings_of_ours_are_written_only_where_they_say_something() {
    let mut draft = seed_draft();
    draft.requirements_file = Some("deps/requirements.txt".to_owned());
    draft.authorizer = Some(AuthorizerSettings {
        client_claim: ClientClaim::Auth0,
        ..draft.authorizer.unwrap()
    });
    let file = ProjectFile::create("f.yaml", &draft).unwrap();
    assert!(file.text().ends_with("    shukuba:\n      login: true\n      requirements_file: deps/requirements.txt\n      client_claim: auth0\n"), "{}", file.text());
    let agent = file.agent(None).unwrap();
    assert_eq!(agent.authorizer.unwrap().client_claim, ClientClaim::Auth0);
}

#[test]
fn who_may_log_in_reads_back_and_gives_way_to_everybody_and_nobody() {
    let mut file = parse(SEED);
    let before = file.text().to_owned();
    let mut draft = seed_draft();
    for (login, names, written) in [
        (true, vec![], "      login: true\n"),
        (
            true,
            vec!["ada", "bob"],
            "      login:\n        allow:\n        - ada\n        - bob\n",
        ),
        (
            true,
            vec!["bob"],
            "      login:\n        allow:\n        - bob\n",
        ),
        (false, vec!["bob"], "      login: false\n"),
        (
            true,
            vec!["ada"],
            "      login:\n        allow:\n        - ada\n",
        ),
        (true, vec![], "      login: true\n"),
    ] {
        let names: Vec<String> = names.into_iter().map(str::to_owned).collect();
        draft.login = login;
        draft.login_allow = names.into();
        file.configure(&draft).unwrap();
        assert_eq!(file.text(), format!("{before}    shukuba:\n{written}"));
        let own = file.agent(None).unwrap().own;
        assert_eq!(own.login, Some(login));
        assert_eq!(
            own.login_allow.users().is_empty(),
            !login || draft.login_allow.is_all()
        );
    }
}

#[test]
fn a_layout_that_hides_the_value_is_reported_and_nothing_is_changed() {
    let text = "agents:\n  a:\n    entrypoint: a.py\n    bedrock_agentcore: none\n";
    let mut file = parse(text);
    let mut launched = arn();
    launched.id = "a-Ab3Cd4Ef5G".parse().unwrap();
    let error = file.record_launch("a", &launched);
    // A text where a mapping belongs is written over only by a mapping that stands alone.
    match error {
        Ok(()) => assert_eq!(file.agent(None).unwrap().agent_arn.unwrap(), launched),
        Err(error) => {
            assert_eq!(file.text(), text);
            assert!(error.to_string().contains("change it by hand"));
        }
    }
    let explicit = "? agents\n: ? a\n  : entrypoint: a.py\n    bedrock_agentcore:\n";
    let mut file = parse(explicit);
    if let Err(error) = file.record_launch("a", &launched) {
        assert_eq!(file.text(), explicit);
        assert!(error.to_string().contains("change it by hand"), "{error}");
    }
}

#[test]
fn an_execution_role_is_set_and_cleared_without_adding_nulls() {
    let mut draft = seed_draft();
    draft.execution_role = Some("arn:aws:iam::123456789012:role/Mine".to_owned());
    let mut file = parse(SEED);
    file.configure(&draft).unwrap();
    assert!(
        file.text().contains(
            "      execution_role: arn:aws:iam::123456789012:role/Mine\n      execution_role_auto_create: false\n"
        ),
        "{}",
        file.text()
    );
    file.configure(&seed_draft()).unwrap();
    assert!(file.text().starts_with(SEED), "{}", file.text());
    let mut small = parse("agents:\n  mcp_server:\n    entrypoint: mcp_server.py\n");
    small.configure(&seed_draft()).unwrap();
    assert!(!small.text().contains("execution_role"), "{}", small.text());
}
