//! From an MCP server's address to its authorization server (RFC 9728, RFC 8414).

use serde::Deserialize;

use crate::failure::Failure;

/// What a login needs to know.
#[derive(Debug)]
pub(super) struct Found {
    /// The resource to ask tokens for.
    pub(super) resource: String,
    /// The scopes the resource names.
    pub(super) scopes: Vec<String>,
    /// The authorization server.
    pub(super) server: AuthorizationServer,
}

/// An authorization server's metadata, as far as a device login reads it.
#[derive(Debug, Deserialize)]
pub(super) struct AuthorizationServer {
    pub(super) issuer: String,
    pub(super) token_endpoint: String,
    pub(super) registration_endpoint: Option<String>,
    pub(super) device_authorization_endpoint: Option<String>,
    pub(super) revocation_endpoint: Option<String>,
}

#[derive(Deserialize)]
struct Resource {
    resource: String,
    authorization_servers: Vec<String>,
    #[serde(default)]
    scopes_supported: Vec<String>,
}

/// Follows the way every client goes.
pub(super) async fn find(http: &reqwest::Client, address: &str) -> Result<Found, Failure> {
    let url = url::Url::parse(address)
        .map_err(|error| Failure::usage(format!("'{address}' is not a URL: {error}")))?;
    require_private(&url)?;
    let origin = url.origin().ascii_serialization();
    let path = url.path().trim_end_matches('/');
    let resource: Resource = first(
        http,
        &[
            format!("{origin}/.well-known/oauth-protected-resource{path}"),
            format!("{origin}/.well-known/oauth-protected-resource"),
        ],
        "protected resource metadata",
    )
    .await?;
    if !covers(&resource.resource, &url) {
        return Err(Failure::failed(format!(
            "the metadata found for {address} is that of {}",
            resource.resource
        ))
        .hint("log in to that address, if it is the server you mean"));
    }
    let issuer = resource.authorization_servers.first().ok_or_else(|| {
        Failure::failed(format!(
            "{address} names no authorization server in its metadata"
        ))
    })?;
    let parsed = url::Url::parse(issuer)
        .map_err(|error| Failure::failed(format!("its issuer '{issuer}' is no URL: {error}")))?;
    require_private(&parsed)?;
    let (origin, path) = (
        parsed.origin().ascii_serialization(),
        parsed.path().trim_end_matches('/'),
    );
    let server: AuthorizationServer = first(
        http,
        &[
            format!("{origin}/.well-known/oauth-authorization-server{path}"),
            format!("{origin}/.well-known/openid-configuration{path}"),
            format!("{origin}{path}/.well-known/openid-configuration"),
        ],
        "authorization server metadata",
    )
    .await?;
    // RFC 8414 section 3.3: a document that names another issuer is not used.
    if server.issuer != *issuer {
        return Err(Failure::failed(format!(
            "the metadata of {issuer} says it is that of {}",
            server.issuer
        )));
    }
    require_private_endpoints(&server)?;
    Ok(Found {
        resource: resource.resource,
        scopes: resource.scopes_supported,
        server,
    })
}

fn require_private_endpoints(server: &AuthorizationServer) -> Result<(), Failure> {
    for endpoint in [
        Some(&server.token_endpoint),
        server.registration_endpoint.as_ref(),
        server.device_authorization_endpoint.as_ref(),
        server.revocation_endpoint.as_ref(),
    ]
    .into_iter()
    .flatten()
    {
        let endpoint = url::Url::parse(endpoint).map_err(|error| {
            Failure::failed(format!("the endpoint '{endpoint}' is no URL: {error}"))
        })?;
        require_private(&endpoint)?;
    }
    Ok(())
}

async fn first<T: serde::de::DeserializeOwned>(
    http: &reqwest::Client,
    addresses: &[String],
    what: &str,
) -> Result<T, Failure> {
    let mut tried = Vec::new();
    for address in addresses {
        match http.get(address).send().await {
            Ok(response) if response.status().is_success() => {
                return response.json().await.map_err(|error| {
                    Failure::failed(format!("{address} is no {what}: {}", error.without_url()))
                });
            }
            Ok(response) => tried.push(format!("{address}: {}", response.status())),
            Err(error) => tried.push(format!("{address}: {}", error.without_url())),
        }
    }
    Err(Failure::failed(format!("no {what} is to be found")).details(tried))
}

/// Whether metadata of `resource` may be used for `address`: the same origin,
/// and the same path or one above it. Otherwise a server could have itself sent
/// the tokens of another (RFC 9728 sections 3.3 and 7.3).
fn covers(resource: &str, address: &url::Url) -> bool {
    let Ok(resource) = url::Url::parse(resource) else {
        return false;
    };
    let above = resource.path().trim_end_matches('/');
    let rest = address.path().strip_prefix(above);
    resource.origin() == address.origin()
        && rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// Tokens go over https, or stay on this machine.
fn require_private(url: &url::Url) -> Result<(), Failure> {
    let loopback = shukuba_model::authorizer::is_loopback(url);
    if url.scheme() == "https" || (url.scheme() == "http" && loopback) {
        return Ok(());
    }
    Err(Failure::usage(format!(
        "'{url}' is not https: tokens would cross the network in the clear"
    )))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rfc9728_3_3_metadata_of_another_resource_is_not_used() {
        let address = url::Url::parse("https://mcp.example/mcp/adder").unwrap();
        for resource in [
            "https://mcp.example/mcp/adder",
            "https://mcp.example/mcp/adder/",
            "https://mcp.example/mcp",
            "https://mcp.example",
            "https://MCP.example:443/",
        ] {
            assert!(covers(resource, &address), "{resource}");
        }
        for resource in [
            "https://mcp.example/mcp/adder2",
            "https://mcp.example/mcp/add",
            "https://mcp.example/mcp/adder/more",
            "https://mcp.example/other",
            "https://other.example/mcp/adder",
            "http://mcp.example/mcp/adder",
            "https://mcp.example:8443/mcp/adder",
            "/mcp/adder",
        ] {
            assert!(!covers(resource, &address), "{resource}");
        }
    }
}
