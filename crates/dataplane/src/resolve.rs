//! Which runtime and version a request target means.
//!
//! The target is read as it came: AWS's SDKs percent-encode an ARN into one
//! path segment, others leave its colons and slash as they are.

use std::borrow::Cow;
use std::sync::Arc;

use http::Uri;
use percent_encoding::percent_decode_str;
use shukuba_model::route::Version;
use shukuba_model::{Qualifier, Route, RouteTable, RuntimeArn};

use crate::address::Directory;
use crate::wellknown;

/// What a request is for.
#[derive(Debug, Clone)]
pub(crate) struct Target {
    /// The runtime.
    pub(crate) route: Arc<Route>,
    /// The version its qualifier names now.
    pub(crate) version: Arc<Version>,
    /// The qualifier.
    pub(crate) qualifier: Qualifier,
    /// How the runtime was named.
    pub(crate) form: ResourceForm,
}

/// The ways to name a runtime in a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ResourceForm {
    /// `/mcp/{name}`.
    Canonical,
    /// `/runtimes/{arn}/invocations`, encoded or not.
    Arn,
    /// `/runtimes/{id}/invocations`, with or without `accountId`.
    Id,
}

impl ResourceForm {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Canonical => "canonical",
            Self::Arn => "arn",
            Self::Id => "id",
        }
    }
}

/// A target that names no version of any runtime.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "No endpoint or agent found with qualifier '{qualifier}' for agent '{agent}'. Check the address and its qualifier: `shukuba list` shows what this server hosts"
)]
pub(crate) struct Unresolved {
    qualifier: String,
    agent: String,
}

/// Whether a path is the data plane's to answer.
pub(crate) fn serves(path: &str) -> bool {
    wellknown::asked(path).is_some() || Named::parse(path).is_some()
}

/// Finds the runtime and version of a request target.
pub(crate) fn resolve(directory: &Directory, uri: &Uri) -> Result<Target, Unresolved> {
    let query = Query::parse(uri.query().unwrap_or_default());
    let table = directory.table();
    let unresolved = |agent: &str| Unresolved {
        qualifier: query.qualifier.chars().take(80).collect(),
        agent: agent.chars().take(300).collect(),
    };
    let named = Named::parse(uri.path()).ok_or_else(|| unresolved(uri.path()))?;
    let (route, form) = named.find(&table).ok_or_else(|| unresolved(&named.text))?;
    let account_fits = query
        .account
        .as_deref()
        .is_none_or(|account| account == route.arn.account.as_str());
    let version = query
        .qualifier
        .parse::<Qualifier>()
        .ok()
        .filter(|_| account_fits)
        .and_then(|qualifier| {
            let version = route.endpoints.get(&qualifier).cloned()?;
            Some((qualifier, version))
        });
    let (qualifier, version) = version.ok_or_else(|| unresolved(&named.text))?;
    Ok(Target {
        route,
        version,
        qualifier,
        form,
    })
}

/// The runtime a path names, without regard to its versions.
pub(crate) fn route(table: &RouteTable, path: &str) -> Option<Arc<Route>> {
    Named::parse(path)?.find(table).map(|(route, _)| route)
}

/// The part of a path that names a runtime, percent-decoded.
struct Named<'a> {
    text: Cow<'a, str>,
    by_name: bool,
}

impl<'a> Named<'a> {
    fn parse(path: &'a str) -> Option<Self> {
        let trimmed = path.strip_suffix('/').unwrap_or(path);
        let (raw, by_name) = if let Some(rest) = trimmed.strip_prefix("/runtimes/") {
            (rest.strip_suffix("/invocations")?, false)
        } else if trimmed == "/mcp" {
            ("", true)
        } else {
            (trimmed.strip_prefix("/mcp/")?, true)
        };
        Some(Self {
            text: percent_decode_str(raw).decode_utf8_lossy(),
            by_name,
        })
    }

    fn find(&self, table: &RouteTable) -> Option<(Arc<Route>, ResourceForm)> {
        let (route, form) = if self.by_name {
            (table.by_name(&self.text)?, ResourceForm::Canonical)
        } else if self.text.starts_with("arn:") {
            let arn: RuntimeArn = self.text.parse().ok()?;
            let route = table.by_id(arn.id.as_str())?;
            (
                Some(route).filter(|route| route.arn == arn)?,
                ResourceForm::Arn,
            )
        } else {
            (table.by_id(&self.text)?, ResourceForm::Id)
        };
        Some((Arc::clone(route), form))
    }
}

/// The two query parameters that are ours; all others are nobody's.
struct Query<'a> {
    qualifier: Cow<'a, str>,
    account: Option<Cow<'a, str>>,
}

impl<'a> Query<'a> {
    fn parse(query: &'a str) -> Self {
        let value = |name: &str| {
            query
                .split('&')
                .filter_map(|pair| pair.split_once('='))
                .find(|(key, value)| *key == name && !value.is_empty())
                .map(|(_, value)| percent_decode_str(value).decode_utf8_lossy())
        };
        Self {
            qualifier: value("qualifier").unwrap_or(Cow::Borrowed(Qualifier::DEFAULT)),
            account: value("accountId"),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, HashMap};
    use std::path::PathBuf;

    use shukuba_model::route::{Command, Lifecycle};
    use shukuba_model::session::SessionMode;
    use shukuba_model::{Authorizer, Snapshot};

    use super::*;

    const ARN: &str = "arn:aws:bedrock-agentcore:us-west-2:123456789012:runtime/adder-y2iy3YFsSN";

    fn directory() -> Directory {
        let version = Arc::new(Version {
            number: 1,
            digest: "0".repeat(64),
            command: Command {
                program: PathBuf::from("/bin/true"),
                arguments: vec![],
                directory: PathBuf::from("/"),
                environment: BTreeMap::new(),
                path: "/mcp".to_owned(),
            },
            sessions: SessionMode::Stateful,
        });
        let route = Route {
            name: "adder".parse().unwrap(),
            arn: ARN.parse().unwrap(),
            created_at: 0,
            authorizer: Arc::new(Authorizer::default()),
            authorization_server: "https://mcp.example".to_owned(),
            endpoints: HashMap::from([(Qualifier::default(), version)]),
            traffic: Default::default(),
            lifecycle: Lifecycle::default(),
            addresses: Vec::new(),
        };
        let table = Snapshot::new(RouteTable::new([route]));
        Directory::new("https://mcp.example/", table)
    }

    fn form(target: &str) -> Result<ResourceForm, String> {
        resolve(&directory(), &target.parse().unwrap())
            .map(|target| target.form)
            .map_err(|unresolved| unresolved.to_string())
    }

    #[test]
    fn a_runtime_is_found_by_name_arn_and_id_in_every_spelling() {
        let encoded =
            "arn%3Aaws%3Abedrock-agentcore%3Aus-west-2%3A123456789012%3Aruntime%2Fadder-y2iy3YFsSN";
        for (target, expected) in [
            ("/mcp/adder".to_owned(), ResourceForm::Canonical),
            ("/mcp/adder/".to_owned(), ResourceForm::Canonical),
            (
                "/mcp/adder?qualifier=DEFAULT&x=y".to_owned(),
                ResourceForm::Canonical,
            ),
            (
                format!("/runtimes/{encoded}/invocations"),
                ResourceForm::Arn,
            ),
            (
                format!(
                    "/runtimes/{}/invocations?qualifier=DEFAULT",
                    encoded.replace("%3A", "%3a").replace("%2F", "%2f")
                ),
                ResourceForm::Arn,
            ),
            (
                format!("/runtimes/{ARN}/invocations?qualifier=DEFAULT&accountId=123456789012"),
                ResourceForm::Arn,
            ),
            (
                format!(
                    "/runtimes/{}/invocations",
                    ARN.replace("runtime/", "runtime%2F")
                ),
                ResourceForm::Arn,
            ),
            (
                "/runtimes/adder-y2iy3YFsSN/invocations".to_owned(),
                ResourceForm::Id,
            ),
            (
                "/runtimes/adder-y2iy3YFsSN/invocations?accountId=123456789012&qualifier=DEFAULT"
                    .to_owned(),
                ResourceForm::Id,
            ),
        ] {
            assert_eq!(form(&target), Ok(expected), "{target}");
        }
    }

    #[test]
    fn a_target_that_names_nothing_is_answered_with_agentcores_sentence() {
        for (target, qualifier, agent) in [
            ("/mcp/other", "DEFAULT", "other"),
            ("/mcp/adder?qualifier=beta", "beta", "adder"),
            ("/mcp/adder?qualifier=%00%ff", "\0\u{fffd}", "adder"),
            ("/mcp/adder/x", "DEFAULT", "adder/x"),
            ("/mcp/", "DEFAULT", ""),
            ("/mcp", "DEFAULT", ""),
            (
                "/runtimes/adder-y2iy3YFsSN/invocations?accountId=000000000000",
                "DEFAULT",
                "adder-y2iy3YFsSN",
            ),
            ("/runtimes/arn%3aaws/invocations", "DEFAULT", "arn:aws"),
            ("/runtimes/%ff%zz/invocations", "DEFAULT", "\u{fffd}%zz"),
            ("/runtimes//invocations", "DEFAULT", ""),
        ] {
            let expected = format!(
                "No endpoint or agent found with qualifier '{qualifier}' for agent '{agent}'."
            );
            let message = form(target).unwrap_err();
            assert!(message.starts_with(&expected), "{target}: {message}");
        }
    }

    #[test]
    fn an_arn_of_another_region_or_account_is_another_runtime() {
        for other in [
            ARN.replace("us-west-2", "us-east-1"),
            ARN.replace("123456789012", "000000000000"),
        ] {
            assert!(
                form(&format!("/runtimes/{other}/invocations")).is_err(),
                "{other}"
            );
        }
    }

    #[test]
    fn only_the_data_planes_paths_are_served() {
        for ours in [
            "/mcp",
            "/mcp/",
            "/mcp/a",
            "/mcp/a/b",
            "/runtimes/x/invocations",
            "/runtimes/x/invocations/",
            "/.well-known/oauth-protected-resource",
            "/.well-known/oauth-protected-resource/anything",
            "/mcp/a/.well-known/oauth-protected-resource",
            "/runtimes/a%2Fb/invocations/.well-known/oauth-protected-resource",
        ] {
            assert!(serves(ours), "{ours}");
        }
        for other in [
            "/",
            "",
            "/mcpx",
            "/runtimes/",
            "/runtimes/x",
            "/runtimes/x/endpoints",
            "/api/v1/status",
            "/.well-known/oauth-authorization-server",
            "/.well-known/oauth-protected-resourceful",
            "/api/.well-known/oauth-protected-resource",
        ] {
            assert!(!serves(other), "{other}");
        }
    }
}
