//! What a launch asks for, resolved before anything is built.

use shukuba_model::authorizer::DiscoveryUrl;
use shukuba_model::wire::{ApiCreate, AuthorizerSettings, LaunchRequest};
use shukuba_model::{
    ApiIdentifier, ClientClaim, LoginAllow, RuntimeArn, RuntimeId, RuntimeName, SigningAlgorithm,
    TokenLifetime, TokenProfile,
};
use shukuba_store::new_runtime_id;

use crate::{Control, ControlError};

/// The most values of a rule, and the most bytes of each. A client id may be the
/// address of a document.
pub(crate) const MOST_VALUES: usize = 1000;
pub(crate) const LONGEST_VALUE: usize = 2048;

/// A launch that knows who it is for and who may call.
pub(super) struct Plan {
    /// The runtime's name.
    pub(super) name: RuntimeName,
    /// Its ARN, kept from its first launch on.
    pub(super) arn: RuntimeArn,
    /// The inbound rules.
    pub(super) authorizer: AuthorizerSettings,
    /// The issuer those rules are bound to.
    pub(super) authorization_server: String,
}

impl Control {
    /// Resolves names and rules.
    ///
    /// # Errors
    /// When the id or name collides, the rules allow nobody, or the issuer's
    /// discovery document cannot be had.
    pub(super) async fn plan(
        &self,
        name: RuntimeName,
        request: &LaunchRequest,
    ) -> Result<Plan, ControlError> {
        let arn = self.arn_for(&name, request).await?;
        let authorizer = match &request.authorizer {
            Some(settings) => settings.clone(),
            None => self.own_rules(&name).await?,
        };
        let authorization_server = self
            .check_rules(&name, &authorizer, request.login, &request.login_allow)
            .await?;
        Ok(Plan {
            name,
            arn,
            authorizer,
            authorization_server,
        })
    }

    /// Whether a runtime can have these rules: they leave somebody out, and their
    /// issuer, which it gives, can be asked. Where people log in, the API that
    /// their tokens are for is registered.
    ///
    /// # Errors
    /// When the rules allow every token or are longer than rules may be, or the
    /// issuer's discovery document cannot be had.
    pub(super) async fn check_rules(
        &self,
        name: &RuntimeName,
        authorizer: &AuthorizerSettings,
        login: bool,
        login_allow: &LoginAllow,
    ) -> Result<String, ControlError> {
        require_a_rule(authorizer)?;
        require_bounds(authorizer, login_allow)?;
        let issuer = self.issuer_of(&authorizer.discovery_url).await?;
        if login && self.login_api(name, authorizer, &issuer).await? == self.own_api(name)? {
            self.register_own_api(name).await?;
        }
        Ok(issuer)
    }

    async fn arn_for(
        &self,
        name: &RuntimeName,
        request: &LaunchRequest,
    ) -> Result<RuntimeArn, ControlError> {
        let existing = self.find_runtime(name.as_str()).await?;
        match (&request.agent_id, existing) {
            (None, Some(runtime)) => Ok(runtime.arn),
            (Some(id), Some(runtime)) if runtime.arn.id == *id => Ok(runtime.arn),
            (Some(id), Some(runtime)) => Err(ControlError::Conflict {
                message: format!(
                    "this server has a runtime '{name}' with the id {}, but the project file names {id}",
                    runtime.arn.id
                ),
                hint: Some(format!(
                    "set agent_id to {} in the project file, or remove the other runtime with `shukuba destroy {name}`",
                    runtime.arn.id
                )),
            }),
            (Some(id), None) if id.name() != name.as_str() => Err(ControlError::invalid(format!(
                "the id {id} belongs to a runtime named '{}', not '{name}'",
                id.name()
            ))),
            (Some(id), None) => Ok(arn(request, id.clone())),
            (None, None) => Ok(arn(request, new_runtime_id(name))),
        }
    }

    /// The rules of a runtime nobody configured: tokens of our issuer for its
    /// own API.
    async fn own_rules(&self, name: &RuntimeName) -> Result<AuthorizerSettings, ControlError> {
        let identifier = self.register_own_api(name).await?;
        let discovery_url: DiscoveryUrl = self
            .openid_configuration()
            .try_into()
            .map_err(ControlError::internal)?;
        Ok(AuthorizerSettings {
            discovery_url,
            allowed_clients: Vec::new(),
            allowed_audience: vec![identifier.to_string()],
            allowed_scopes: Vec::new(),
            client_claim: ClientClaim::default(),
        })
    }

    /// Registers the runtime's own API when it is not there.
    async fn register_own_api(&self, name: &RuntimeName) -> Result<ApiIdentifier, ControlError> {
        let identifier = self.own_api(name)?;
        if self.find_api(&identifier).await?.is_none() {
            let api = ApiCreate {
                name: name.to_string(),
                identifier: identifier.clone(),
                profile: TokenProfile::default(),
                signing_algorithm: SigningAlgorithm::default(),
                token_lifetime: TokenLifetime::default(),
                scopes: Vec::new(),
            };
            self.create_api(api).await?;
        }
        Ok(identifier)
    }

    async fn issuer_of(&self, url: &DiscoveryUrl) -> Result<String, ControlError> {
        let public_url = &self.parts().public_url;
        let ours = url
            .as_str()
            .strip_prefix(public_url.as_str())
            .is_some_and(|path| {
                matches!(
                    path,
                    "/.well-known/openid-configuration" | "/.well-known/oauth-authorization-server"
                )
            });
        if ours {
            return Ok(public_url.clone());
        }
        let facts = self.parts().verifier.discover(url).await.map_err(|error| ControlError::Invalid {
            message: format!("the issuer behind discoveryUrl cannot be used: {error}"),
            hint: Some("its discovery document must be reachable from this server when a version is launched".to_owned()),
        })?;
        Ok(facts.issuer)
    }
}

fn arn(request: &LaunchRequest, id: RuntimeId) -> RuntimeArn {
    RuntimeArn {
        region: request.region.clone(),
        account: request.account.clone(),
        id,
    }
}

/// The rule that has more or longer values than rules may have: every request
/// compares with them, and every page shows them. In the words of a project file.
pub(crate) fn oversized(
    settings: &AuthorizerSettings,
    login_allow: &LoginAllow,
) -> Option<&'static str> {
    let lists = [
        ("allowedClients", settings.allowed_clients.as_slice()),
        ("allowedAudience", &settings.allowed_audience),
        ("allowedScopes", &settings.allowed_scopes),
        ("login.allow", login_allow.users()),
    ];
    let is_oversized = |values: &[String]| {
        values.len() > MOST_VALUES || values.iter().any(|value| value.len() > LONGEST_VALUE)
    };
    let mut oversized = lists.iter().filter(|(_, values)| is_oversized(values));
    oversized.next().map(|(name, _)| *name)
}

fn require_bounds(
    settings: &AuthorizerSettings,
    login_allow: &LoginAllow,
) -> Result<(), ControlError> {
    match oversized(settings, login_allow) {
        None => Ok(()),
        Some(name) => Err(ControlError::invalid(format!(
            "{name} has more than {MOST_VALUES} values, or one that is longer than {LONGEST_VALUE} bytes"
        ))),
    }
}

fn require_a_rule(settings: &AuthorizerSettings) -> Result<(), ControlError> {
    let rules = [
        &settings.allowed_clients,
        &settings.allowed_audience,
        &settings.allowed_scopes,
    ];
    if rules.iter().all(|rule| rule.is_empty()) {
        return Err(ControlError::Invalid {
            message: "the authorizer allows every token of its issuer: allowedClients, allowedAudience and allowedScopes are all empty".to_owned(),
            hint: Some("name at least one client or one audience".to_owned()),
        });
    }
    Ok(())
}
