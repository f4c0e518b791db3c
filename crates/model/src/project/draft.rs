//! What `configure` has to write about one agent.

use super::agent::PROTOCOL;
use super::scalar::Value;
use crate::login::LoginAllow;
use crate::name::{AccountId, Region, RuntimeName};
use crate::wire::AuthorizerSettings;

/// The answers about one agent, complete and checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AgentDraft {
    /// The runtime's name.
    pub name: RuntimeName,
    /// The entry point, relative to the file's directory.
    pub entrypoint: String,
    /// The region of its ARN.
    pub region: Region,
    /// The account of its ARN.
    pub account: AccountId,
    /// AWS's execution role, kept for the AWS toolkit; `None` lets it create one.
    pub execution_role: Option<String>,
    /// The requirements file, where it is not the one that is found by itself;
    /// `None` keeps what an existing file says.
    pub requirements_file: Option<String>,
    /// Who may call it. `None` asks for our issuer and the runtime's own API.
    pub authorizer: Option<AuthorizerSettings>,
    /// Whether people may log in as well.
    pub login: bool,
    /// Which people, where they may.
    pub login_allow: LoginAllow,
}

impl AgentDraft {
    /// The whole agent, in the AWS toolkit's keys and order.
    pub(super) fn complete(&self) -> Value {
        Value::map([
            ("name", text(&self.name)),
            ("entrypoint", text(&self.entrypoint)),
            ("platform", text("linux/arm64")),
            ("container_runtime", text("none")),
            ("aws", self.aws()),
            (
                "bedrock_agentcore",
                Value::map([
                    ("agent_id", Value::Null),
                    ("agent_arn", Value::Null),
                    ("agent_session_id", Value::Null),
                ]),
            ),
            (
                "codebuild",
                Value::map([
                    ("project_name", Value::Null),
                    ("execution_role", Value::Null),
                    ("source_bucket", Value::Null),
                ]),
            ),
            ("authorizer_configuration", self.authorizer_value()),
            ("oauth_configuration", Value::Null),
            ("shukuba", self.own()),
        ])
    }

    fn aws(&self) -> Value {
        Value::map([
            (
                "execution_role",
                Value::text_or_null(self.execution_role.as_deref()),
            ),
            (
                "execution_role_auto_create",
                Value::Bool(self.execution_role.is_none()),
            ),
            ("account", text(&self.account)),
            ("region", text(&self.region)),
            ("ecr_repository", Value::Null),
            ("ecr_auto_create", Value::Bool(true)),
            (
                "network_configuration",
                Value::map([("network_mode", text("PUBLIC"))]),
            ),
            (
                "protocol_configuration",
                Value::map([("server_protocol", text(PROTOCOL))]),
            ),
            (
                "observability",
                Value::map([("enabled", Value::Bool(true))]),
            ),
        ])
    }

    /// What changes in an agent that stands in the file already: the answers,
    /// and nothing that was not asked about. `aws_has`: whether a key stands
    /// under `aws` now.
    pub(super) fn answers(&self, aws_has: impl Fn(&str) -> bool) -> Value {
        let mut aws = Vec::new();
        let role = [
            (
                "execution_role",
                Value::text_or_null(self.execution_role.as_deref()),
            ),
            (
                "execution_role_auto_create",
                Value::Bool(self.execution_role.is_none()),
            ),
        ];
        for (key, value) in role {
            if self.execution_role.is_some() || aws_has(key) {
                aws.push((key.to_owned(), value));
            }
        }
        aws.push(("account".to_owned(), text(&self.account)));
        aws.push(("region".to_owned(), text(&self.region)));
        aws.push((
            "protocol_configuration".to_owned(),
            Value::map([("server_protocol", text(PROTOCOL))]),
        ));
        Value::map([
            ("name", text(&self.name)),
            ("entrypoint", text(&self.entrypoint)),
            ("aws", Value::Map(aws)),
            ("authorizer_configuration", self.authorizer_value()),
            ("shukuba", self.own()),
        ])
    }

    fn authorizer_value(&self) -> Value {
        let Some(settings) = &self.authorizer else {
            return Value::Null;
        };
        let mut rules = vec![("discoveryUrl".to_owned(), text(&settings.discovery_url))];
        rules.extend(
            self.lists()
                .into_iter()
                .filter(|(_, values)| !values.is_empty())
                .map(|(key, values)| (key.to_owned(), Value::List(values.to_vec()))),
        );
        Value::map([("customJWTAuthorizer", Value::Map(rules))])
    }

    /// The rules that are not set, whose keys must not stay behind.
    pub(super) fn absent_rules(&self) -> Vec<&'static str> {
        self.lists()
            .into_iter()
            .filter(|(_, values)| values.is_empty())
            .map(|(key, _)| key)
            .collect()
    }

    fn lists(&self) -> [(&'static str, &[String]); 3] {
        let lists = |pick: fn(&AuthorizerSettings) -> &Vec<String>| {
            self.authorizer
                .as_ref()
                .map_or(&[][..], |settings| pick(settings))
        };
        [
            (
                "allowedClients",
                lists(|settings| &settings.allowed_clients),
            ),
            (
                "allowedAudience",
                lists(|settings| &settings.allowed_audience),
            ),
            ("allowedScopes", lists(|settings| &settings.allowed_scopes)),
        ]
    }

    fn login_value(&self) -> Value {
        let names = self.login_allow.users();
        if self.login && !names.is_empty() {
            Value::Map(vec![("allow".to_owned(), Value::List(names.to_vec()))])
        } else {
            Value::Bool(self.login)
        }
    }

    fn own(&self) -> Value {
        let mut own = vec![("login".to_owned(), self.login_value())];
        if let Some(file) = &self.requirements_file {
            own.push(("requirements_file".to_owned(), text(file)));
        }
        if let Some(settings) = &self.authorizer
            && settings.client_claim != Default::default()
        {
            own.push((
                "client_claim".to_owned(),
                text(settings.client_claim.as_str()),
            ));
        }
        Value::Map(own)
    }
}

fn text(value: impl ToString) -> Value {
    Value::Text(value.to_string())
}
