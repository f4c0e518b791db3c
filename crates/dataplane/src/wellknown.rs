//! OAuth protected resource metadata (RFC 9728), at the three places clients look.

use http::request::Parts;
use http::{Method, Response, StatusCode};
use serde::Serialize;
use shukuba_model::Route;

use crate::address::Directory;
use crate::fault::Fault;
use crate::reply::{self, Body};
use crate::resolve;

/// The well-known path of RFC 9728 section 3.
const WELL_KNOWN: &str = "/.well-known/oauth-protected-resource";

/// Whose metadata is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Asked<'a> {
    /// The origin's.
    Root,
    /// That of the resource with this raw path.
    Path(&'a str),
}

/// The document (RFC 9728 section 2).
#[derive(Serialize)]
struct Metadata<'a> {
    resource: String,
    authorization_servers: [&'a str; 1],
    bearer_methods_supported: [&'static str; 1],
    resource_name: &'a str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    scopes_supported: Vec<&'a str>,
}

/// Whether a path is one of the three places: with the resource's path after
/// the well-known one (RFC 9728 section 3.1), before it (AgentCore), or the root.
pub(crate) fn asked(path: &str) -> Option<Asked<'_>> {
    if let Some(resource) = path.strip_prefix(WELL_KNOWN) {
        return match resource {
            "" | "/" => Some(Asked::Root),
            _ => resource.starts_with('/').then_some(Asked::Path(resource)),
        };
    }
    let resource = path.strip_suffix(WELL_KNOWN)?;
    let ours = resource.starts_with("/mcp/") || resource.starts_with("/runtimes/");
    ours.then_some(Asked::Path(resource))
}

/// The absolute address of the metadata of the resource with this raw path.
pub(crate) fn address(public_url: &str, resource_path: &str) -> String {
    format!("{public_url}{WELL_KNOWN}{resource_path}")
}

/// Answers with the document. Its `resource` is byte-equal to the address
/// asked about, because clients compare it with the address they were given.
pub(crate) fn answer(
    directory: &Directory,
    asked: Asked<'_>,
    head: &Parts,
) -> Result<Response<Body>, Fault> {
    if head.method != Method::GET && head.method != Method::HEAD {
        return Err(Fault::Method {
            allowed: "GET, HEAD, OPTIONS",
        });
    }
    let table = directory.table();
    let (route, path) = match asked {
        Asked::Root => {
            let route = table.only().cloned();
            let path = route.as_ref().map(|route| route.canonical_path());
            (route, path.unwrap_or_default())
        }
        Asked::Path(path) => (resolve::route(&table, path), path.to_owned()),
    };
    let route = route.ok_or(Fault::NoMetadata)?;
    let document = Metadata {
        resource: format!("{}{path}", directory.public_url()),
        authorization_servers: [&route.authorization_server],
        bearer_methods_supported: ["header"],
        resource_name: route.name.as_str(),
        scopes_supported: scopes(&route),
    };
    // Serializing strings into memory has no way to fail.
    let body = serde_json::to_vec(&document).unwrap_or_default();
    Ok(reply::json(StatusCode::OK, body))
}

/// The scopes a client should ask for. What an entry configured by hand
/// demands is its issuer's to give to applications; people are asked for none.
fn scopes(route: &Route) -> Vec<&str> {
    if route.authorizer.login.is_some() {
        return Vec::new();
    }
    let mut scopes: Vec<&str> = Vec::new();
    for scope in route
        .authorizer
        .entries
        .iter()
        .flat_map(|entry| &entry.allowed_scopes)
    {
        // A client asks for all that is listed here, and nobody should hold
        // offline access just for having looked.
        if scope != "offline_access" && !scopes.contains(&scope.as_str()) {
            scopes.push(scope);
        }
    }
    scopes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_three_places_are_told_apart_by_the_raw_path() {
        assert_eq!(asked(WELL_KNOWN), Some(Asked::Root));
        assert_eq!(
            asked("/.well-known/oauth-protected-resource/"),
            Some(Asked::Root)
        );
        assert_eq!(
            asked("/.well-known/oauth-protected-resource/runtimes/arn%3Aaws/invocations"),
            Some(Asked::Path("/runtimes/arn%3Aaws/invocations"))
        );
        assert_eq!(
            asked("/runtimes/arn%3Aaws/invocations/.well-known/oauth-protected-resource"),
            Some(Asked::Path("/runtimes/arn%3Aaws/invocations"))
        );
        assert_eq!(asked("/mcp/a"), None);
    }
}
