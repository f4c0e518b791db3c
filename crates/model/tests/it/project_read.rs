//! Reading a project file: typed values, and errors that say where.

use shukuba_model::ClientClaim;
use shukuba_model::project::{Agent, ProjectFile};

use crate::SEED;

fn agent(text: &str) -> Agent {
    ProjectFile::parse("f.yaml", text)
        .unwrap()
        .agent(None)
        .unwrap()
}

/// The error of reading the default agent, whether the text or a value is at fault.
fn error(text: &str) -> String {
    match ProjectFile::parse("f.yaml", text) {
        Ok(file) => file.agent(None).unwrap_err().to_string(),
        Err(error) => error.to_string(),
    }
}

/// The seed's file with one line changed, and the error that follows.
fn seed_error(from: &str, to: &str) -> String {
    assert!(SEED.contains(from), "{from}");
    error(&SEED.replacen(from, to, 1))
}

#[test]
fn the_seeds_file_gives_every_value() {
    let agent = agent(SEED);
    assert_eq!(agent.name.as_str(), "mcp_server");
    assert_eq!(agent.entrypoint, "mcp_server.py");
    assert_eq!(agent.region.unwrap().as_str(), "us-west-2");
    assert_eq!(agent.account.unwrap().as_str(), "123456789012");
    assert_eq!(agent.execution_role, None);
    assert_eq!(agent.agent_id.unwrap().as_str(), "mcp_server-y2iy3YFsSN");
    assert_eq!(
        agent.agent_arn.unwrap().to_string(),
        "arn:aws:bedrock-agentcore:us-west-2:123456789012:runtime/mcp_server-y2iy3YFsSN"
    );
    assert_eq!(agent.agent_session_id, None);
    let authorizer = agent.authorizer.unwrap();
    assert_eq!(
        authorizer.discovery_url.as_str(),
        "https://TENANT.us.auth0.com/.well-known/openid-configuration"
    );
    assert_eq!(
        authorizer.allowed_clients,
        ["5aXkQ2TnBv8RcLw0JmYh3PdZs7GfUe1i"]
    );
    assert_eq!(
        authorizer.allowed_audience,
        ["https://bedrock-agentcore.us-west-2.amazonaws.com/"]
    );
    assert_eq!(authorizer.client_claim, ClientClaim::Rfc9068);
    assert_eq!(agent.own.login, None);
}

#[test]
fn the_older_form_with_one_agent_at_the_top_is_read() {
    let agent = agent("name: adder\nentrypoint: /srv/adder.py\naws:\n  region: eu-west-1\n");
    assert_eq!(agent.name.as_str(), "adder");
    assert_eq!(agent.entrypoint, "/srv/adder.py");
    assert_eq!(agent.region.unwrap().as_str(), "eu-west-1");
    assert!(agent.authorizer.is_none());
}

#[test]
fn the_default_agent_is_the_named_one_or_the_only_one() {
    let only = "agents:\n  a: {name: a, entrypoint: a.py}\n";
    assert_eq!(agent(only).name.as_str(), "a");
    let two = format!("{only}  b: {{entrypoint: b.py}}\n");
    assert_eq!(
        error(&two),
        "f.yaml:1: default_agent: is missing, and there are several agents: name one of a, b"
    );
    assert_eq!(
        agent(&format!("default_agent: b\n{two}")).name.as_str(),
        "b"
    );
    assert_eq!(
        error(&format!("default_agent: bb\n{two}")),
        "f.yaml:1: default_agent: 'bb' is not valid: one of a, b (did you mean 'b'?)"
    );
    assert_eq!(
        error("# nothing\n"),
        "f.yaml: there is no agent in it: `shukuba configure` writes one"
    );
}

#[test]
fn a_broken_agent_does_not_hide_its_neighbour() {
    let text = "agents:\n  a:\n    entrypoint: a.py\n    aws: {protocol_configuration: {server_protocol: HTTP}}\n  b:\n    entrypoint: b.py\n";
    let file = ProjectFile::parse("f.yaml", text).unwrap();
    assert_eq!(file.agent(Some("b")).unwrap().entrypoint, "b.py");
    assert_eq!(
        file.agent(Some("a")).unwrap_err().to_string(),
        "f.yaml:4: agents.a.aws.protocol_configuration.server_protocol: 'HTTP' is not valid: MCP (other protocols are not hosted)"
    );
}

#[test]
fn wrong_values_name_file_line_key_and_what_is_allowed() {
    let region = seed_error("region: us-west-2", "region: moon-1");
    assert!(
        region.starts_with(
            "f.yaml:13: agents.mcp_server.aws.region: 'moon-1' is not valid: one of af-south-1, "
        ),
        "{region}"
    );
    for (from, to, expected) in [
        (
            "'123456789012'",
            "12345",
            "f.yaml:12: agents.mcp_server.aws.account: '12345' is not valid: twelve digits, quoted in YAML",
        ),
        (
            "agent_id: mcp_server-y2iy3YFsSN",
            "agent_id: mcp_server",
            "f.yaml:23: agents.mcp_server.bedrock_agentcore.agent_id: 'mcp_server' is not valid: a runtime name, a hyphen and ten letters or digits, such as mcp_server-y2iy3YFsSN",
        ),
        (
            "agent_id: mcp_server-y2iy3YFsSN",
            "agent_id: mcp_server-0000000000",
            "f.yaml:24: agents.mcp_server.bedrock_agentcore.agent_arn: 'arn:aws:bedrock-agentcore:us-west-2:123456789012:runtime/mcp_server-y2iy3YFsSN' is not valid: it ends in 'mcp_server-y2iy3YFsSN', but agent_id is 'mcp_server-0000000000'",
        ),
        (
            "https://TENANT.us.auth0.com/.well-known/openid-configuration",
            "http://idp.example/.well-known/openid-configuration",
            "f.yaml:32: agents.mcp_server.authorizer_configuration.customJWTAuthorizer.discoveryUrl: 'http://idp.example/.well-known/openid-configuration' is not valid: https; plain http only on a loopback address",
        ),
        (
            "discoveryUrl: https://TENANT.us.auth0.com/.well-known/openid-configuration",
            "discoveryUrl:",
            "f.yaml:32: agents.mcp_server.authorizer_configuration.customJWTAuthorizer.discoveryUrl: is missing: the address of the issuer's OpenID configuration",
        ),
        (
            "entrypoint: mcp_server.py",
            "entrypoint: [mcp_server.py]",
            "f.yaml:6: agents.mcp_server.entrypoint: is a list; a single value is wanted",
        ),
        (
            "entrypoint: mcp_server.py",
            "entrypoint: null",
            "f.yaml:6: agents.mcp_server.entrypoint: is missing: the file to start",
        ),
        (
            "    name: mcp_server",
            "    name: other",
            "f.yaml:5: agents.mcp_server.name: 'other' is not valid: the agent stands under the key 'mcp_server', and both are its name",
        ),
        (
            "- 5aXkQ2TnBv8RcLw0JmYh3PdZs7GfUe1i",
            "-",
            "f.yaml:35: agents.mcp_server.authorizer_configuration.customJWTAuthorizer.allowedClients: an item is null; a text is wanted",
        ),
    ] {
        assert_eq!(seed_error(from, to), expected);
    }
}

#[test]
fn an_account_is_twelve_digits_quoted_or_not() {
    let text = SEED.replace("'123456789012'", "123456789012");
    assert_eq!(agent(&text).account.unwrap().as_str(), "123456789012");
    assert!(seed_error("'123456789012'", "1.2345678e11").contains("twelve digits"));
}

#[test]
fn a_rule_that_is_not_enforced_is_refused_not_ignored() {
    let claims = seed_error(
        "        allowedClients:",
        "        customClaims:\n        - inboundTokenClaimName: team\n        allowedClients:",
    );
    assert_eq!(
        claims,
        "f.yaml:34: agents.mcp_server.authorizer_configuration.customJWTAuthorizer.customClaims: is not supported yet, and a rule that is not enforced would be a hole: remove it. Allowed: discoveryUrl, allowedClients, allowedAudience, allowedScopes"
    );
    assert_eq!(
        seed_error("        allowedClients:", "        allowedClient:"),
        "f.yaml:34: agents.mcp_server.authorizer_configuration.customJWTAuthorizer.allowedClient: is not a rule: did you mean 'allowedClients'? Allowed: discoveryUrl, allowedClients, allowedAudience, allowedScopes"
    );
    let text = SEED.replace(
        "        allowedClients:",
        "        customClaims: null\n        allowedClients:",
    );
    assert!(agent(&text).authorizer.is_some());
}

#[test]
fn an_authorizer_without_any_rule_is_refused() {
    let text = "agents:\n  a:\n    entrypoint: a.py\n    authorizer_configuration:\n      customJWTAuthorizer:\n        discoveryUrl: https://idp.example/.well-known/openid-configuration\n        allowedClients: []\n";
    assert_eq!(
        error(text),
        "f.yaml:5: agents.a.authorizer_configuration.customJWTAuthorizer: lets every token of the issuer in: at least one of allowedClients, allowedAudience and allowedScopes must name a value"
    );
    let empty = "agents:\n  a:\n    entrypoint: a.py\n    authorizer_configuration: {}\n";
    assert!(error(empty).contains("customJWTAuthorizer: is missing"));
}

#[test]
fn a_misspelt_key_of_ours_names_the_nearest_right_one() {
    let with_own = |own: &str| format!("{SEED}    shukuba:\n      {own}\n");
    assert_eq!(
        error(&with_own("logn: true")),
        "f.yaml:41: agents.mcp_server.shukuba.logn: is not a key: did you mean 'login'? Allowed: login, client_claim, requirements_file"
    );
    assert_eq!(
        error(&with_own("zzzzzz: 1")),
        "f.yaml:41: agents.mcp_server.shukuba.zzzzzz: is not a key. Allowed: login, client_claim, requirements_file"
    );
    assert_eq!(
        error(&with_own("login: 'true'")),
        "f.yaml:41: agents.mcp_server.shukuba.login: 'true' is not valid: true or false, without quotes"
    );
    assert_eq!(
        error(&with_own("client_claim: auth1")),
        "f.yaml:41: agents.mcp_server.shukuba.client_claim: 'auth1' is not valid: one of rfc9068, auth0, cognito"
    );
    assert_eq!(
        error(&with_own("login: {alow: [ada]}")),
        "f.yaml:41: agents.mcp_server.shukuba.login.alow: is not a rule: did you mean 'allow'? Allowed: allow"
    );
    assert_eq!(
        error(&with_own("login: {allow: []}")),
        "f.yaml:41: agents.mcp_server.shukuba.login.allow: names nobody: a list of user names is wanted; to let every user of the server in, write `login: true`"
    );
    assert_eq!(
        error(&with_own("login: {allow: ada}")),
        "f.yaml:41: agents.mcp_server.shukuba.login.allow: is a single value; a list is wanted"
    );
    let limited = agent(&with_own("login: {allow: [ada, bob]}")).own;
    assert_eq!(limited.login, Some(true));
    assert_eq!(limited.login_allow.users(), ["ada", "bob"]);
    let good = agent(&with_own("{login: true, client_claim: auth0}"));
    assert_eq!(good.own.login, Some(true));
    assert_eq!(good.authorizer.unwrap().client_claim, ClientClaim::Auth0);
}

#[test]
fn unknown_keys_elsewhere_are_left_alone() {
    let text = format!("{SEED}    memory: {{mode: NO_MEMORY}}\nextra: [1, two]\n");
    assert_eq!(agent(&text), agent(SEED));
}

#[test]
fn what_is_not_a_project_file_is_refused_with_its_line() {
    for (text, expected) in [
        (
            "a: 1\nagents:\n  x: {}\n  x: {}\n",
            "f.yaml:4: agents.x: the key stands already on line 3",
        ),
        (
            "a: &x 1\n",
            "f.yaml:1: an anchor (&) is not supported here: write the plain value",
        ),
        (
            "a: 1\nb: !!str 2\n",
            "f.yaml:2: a tag (!) is not supported here: write the plain value",
        ),
        (
            "a: 1\n---\nb: 2\n",
            "f.yaml:2: a second YAML document begins here; a project file has one",
        ),
        ("- a\n", "f.yaml:1: is a list; a mapping of keys is wanted"),
        (
            "agents:\n  - a\n",
            "f.yaml:1: agents: is a list; a mapping of keys is wanted",
        ),
        (
            "? [a]\n: b\n",
            "f.yaml:1: a key must be a single word or string",
        ),
    ] {
        assert_eq!(error(text), expected, "{text}");
    }
    let broken = error("agents:\n  a: [1\n");
    assert!(
        broken.starts_with("f.yaml:") && broken.contains("not valid YAML"),
        "{broken}"
    );
    let deep = format!("a: {}{}", "[".repeat(200), "]".repeat(200));
    assert!(error(&deep).contains("levels of nesting"));
    let large = format!("a: {}", "x".repeat(2 << 20));
    assert!(error(&large).contains("at most 1048576"));
}
