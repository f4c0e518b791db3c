//! One agent of a project file, read and checked.

use super::ProjectError;
use super::values::{Field, nearest};
use crate::authorizer::ClientClaim;
use crate::login::LoginAllow;
use crate::name::{AccountId, Region, RuntimeArn, RuntimeId, RuntimeName};
use crate::wire::AuthorizerSettings;

/// The one protocol a hosted server may speak today.
pub(super) const PROTOCOL: &str = "MCP";

/// An agent (AgentCore's word for a runtime) as its project file configures it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Agent {
    /// The runtime's name.
    pub name: RuntimeName,
    /// The entry point as it is written: relative to the file's directory, or absolute.
    pub entrypoint: String,
    /// The region of its ARN, where one is named.
    pub region: Option<Region>,
    /// The account of its ARN, where one is named.
    pub account: Option<AccountId>,
    /// AWS's execution role; kept for the AWS toolkit, without meaning here.
    pub execution_role: Option<String>,
    /// The id it was launched under.
    pub agent_id: Option<RuntimeId>,
    /// The ARN it was launched under.
    pub agent_arn: Option<RuntimeArn>,
    /// The runtime session last used.
    pub agent_session_id: Option<String>,
    /// Who may call it. `None` asks for our issuer and the runtime's own API.
    pub authorizer: Option<AuthorizerSettings>,
    /// What stands under the agent's key `shukuba`.
    pub own: OwnSettings,
}

/// What AgentCore has no word for: the keys under an agent's `shukuba`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OwnSettings {
    /// Whether people may log in as well, where it is said.
    pub login: Option<bool>,
    /// Which people, where they may.
    pub login_allow: LoginAllow,
    /// Which claims may name the client, where it is said.
    pub client_claim: Option<ClientClaim>,
    /// The requirements file, relative to the file's directory, where it is
    /// not the one that is found by itself.
    pub requirements_file: Option<String>,
}

impl OwnSettings {
    /// The keys that may stand under `shukuba`.
    pub const KEYS: [&str; 3] = ["login", "client_claim", "requirements_file"];
}

/// Reads the agent at `field`, which stands in the file under `key` (the
/// single-agent form has no such key).
pub(super) fn read(field: &Field<'_>, key: Option<&str>) -> Result<Agent, ProjectError> {
    let aws = field.get("aws")?;
    check_protocol(&aws)?;
    let launched = field.get("bedrock_agentcore")?;
    let own = read_own(&field.get("shukuba")?)?;
    let authorizer = read_authorizer(&field.get("authorizer_configuration")?, own.client_claim)?;
    let agent = Agent {
        name: read_name(field, key)?,
        entrypoint: required_text(&field.get("entrypoint")?, "the file to start")?,
        region: aws.get("region")?.parsed()?,
        account: aws.get("account")?.parsed()?,
        execution_role: owned(&aws.get("execution_role")?)?,
        agent_id: launched.get("agent_id")?.parsed()?,
        agent_arn: launched.get("agent_arn")?.parsed()?,
        agent_session_id: owned(&launched.get("agent_session_id")?)?,
        authorizer,
        own,
    };
    if let (Some(id), Some(arn)) = (&agent.agent_id, &agent.agent_arn)
        && *id != arn.id
    {
        return Err(launched.get("agent_arn")?.error(format!(
            "'{arn}' is not valid: it ends in '{}', but agent_id is '{id}'",
            arn.id
        )));
    }
    Ok(agent)
}

fn read_name(field: &Field<'_>, key: Option<&str>) -> Result<RuntimeName, ProjectError> {
    let name = field.get("name")?;
    match (name.parsed::<RuntimeName>()?, key) {
        (Some(found), Some(key)) if found.as_str() != key => Err(name.error(format!(
            "'{found}' is not valid: the agent stands under the key '{key}', and both are its name"
        ))),
        (Some(found), _) => Ok(found),
        (None, Some(key)) => key.parse().map_err(|error| field.name_error(&error)),
        (None, None) => Err(name.error("is missing: the runtime's name")),
    }
}

fn check_protocol(aws: &Field<'_>) -> Result<(), ProjectError> {
    let protocol = aws.get("protocol_configuration")?.get("server_protocol")?;
    match protocol.text()? {
        None | Some(PROTOCOL) => Ok(()),
        Some(other) => Err(protocol.error(format!(
            "'{other}' is not valid: {PROTOCOL} (other protocols are not hosted)"
        ))),
    }
}

fn read_own(field: &Field<'_>) -> Result<OwnSettings, ProjectError> {
    for key in field.keys()? {
        if !OwnSettings::KEYS.contains(&key) {
            let allowed = OwnSettings::KEYS.join(", ");
            let message = match nearest(key, OwnSettings::KEYS) {
                Some(near) => format!("is not a key: did you mean '{near}'? Allowed: {allowed}"),
                None => format!("is not a key. Allowed: {allowed}"),
            };
            return Err(field.get(key)?.error(message));
        }
    }
    let (login, login_allow) = read_login(&field.get("login")?)?;
    Ok(OwnSettings {
        login,
        login_allow,
        client_claim: field.get("client_claim")?.parsed()?,
        requirements_file: owned(&field.get("requirements_file")?)?,
    })
}

/// `true`, `false`, or a mapping that limits who may. That one is read as
/// strictly as the authorizer is, for the same reason.
fn read_login(field: &Field<'_>) -> Result<(Option<bool>, LoginAllow), ProjectError> {
    const ALLOW: &str = "allow";
    if !field.is_mapping() {
        return Ok((field.bool()?, LoginAllow::All));
    }
    refuse_unknown_rules(field, &[ALLOW])?;
    let allow = field.get(ALLOW)?;
    let names = allow.list()?;
    if names.is_empty() {
        return Err(allow.error(
            "names nobody: a list of user names is wanted; to let every user of the server in, \
             write `login: true`",
        ));
    }
    Ok((Some(true), names.into()))
}

/// A rule that is not understood here would not be enforced, and whoever wrote
/// it would not know. So this part of the file, unlike others, is read strictly.
fn read_authorizer(
    field: &Field<'_>,
    client_claim: Option<ClientClaim>,
) -> Result<Option<AuthorizerSettings>, ProjectError> {
    const JWT: &str = "customJWTAuthorizer";
    const RULES: [&str; 4] = [
        "discoveryUrl",
        "allowedClients",
        "allowedAudience",
        "allowedScopes",
    ];
    if !field.is_set() {
        return Ok(None);
    }
    refuse_unknown_rules(field, &[JWT])?;
    let jwt = field.get(JWT)?;
    if !jwt.is_set() {
        return Err(jwt.error(
            "is missing: discoveryUrl with allowedClients or allowedAudience; \
             without an authorizer, let authorizer_configuration be null",
        ));
    }
    refuse_unknown_rules(&jwt, &RULES)?;
    let url = jwt.get("discoveryUrl")?;
    let settings = AuthorizerSettings {
        discovery_url: url.parsed()?.ok_or_else(|| {
            url.error("is missing: the address of the issuer's OpenID configuration")
        })?,
        allowed_clients: jwt.get("allowedClients")?.list()?,
        allowed_audience: jwt.get("allowedAudience")?.list()?,
        allowed_scopes: jwt.get("allowedScopes")?.list()?,
        client_claim: client_claim.unwrap_or_default(),
    };
    let rules = [
        &settings.allowed_clients,
        &settings.allowed_audience,
        &settings.allowed_scopes,
    ];
    if rules.iter().all(|rule| rule.is_empty()) {
        return Err(jwt.error(
            "lets every token of the issuer in: at least one of allowedClients, \
             allowedAudience and allowedScopes must name a value",
        ));
    }
    Ok(Some(settings))
}

fn refuse_unknown_rules(field: &Field<'_>, known: &[&str]) -> Result<(), ProjectError> {
    for key in field.keys()? {
        let found = field.get(key)?;
        if known.contains(&key) || !found.is_set() {
            continue;
        }
        let allowed = known.join(", ");
        return Err(
            found.error(match (key, nearest(key, known.iter().copied())) {
                ("customClaims", _) => format!(
                    "is not supported yet, and a rule that is not enforced would be a hole: \
                 remove it. Allowed: {allowed}"
                ),
                (_, Some(near)) => {
                    format!("is not a rule: did you mean '{near}'? Allowed: {allowed}")
                }
                _ => format!("is not a rule that is enforced here: remove it. Allowed: {allowed}"),
            }),
        );
    }
    Ok(())
}

fn required_text(field: &Field<'_>, what: &str) -> Result<String, ProjectError> {
    match field.text()? {
        Some(text) if !text.trim().is_empty() => Ok(text.to_owned()),
        _ => Err(field.error(format!("is missing: {what}"))),
    }
}

fn owned(field: &Field<'_>) -> Result<Option<String>, ProjectError> {
    Ok(field.text()?.map(str::to_owned))
}
