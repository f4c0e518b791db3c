//! A fake identity provider as a process: `fake-provider --kind auth0|cognito
//! [--port PORT] [--api IDENTIFIER]…`. Prints its facts as a line of JSON and
//! serves until it is killed.
#![expect(clippy::print_stdout, reason = "its facts are what it is started for")]

use serde_json::json;
use shukuba_testkit::provider::{FakeProvider, Kind};

struct Options {
    kind: Kind,
    port: u16,
    apis: Vec<String>,
}

fn options() -> Result<Options, String> {
    let mut options = Options {
        kind: Kind::Auth0,
        port: 0,
        apis: Vec::new(),
    };
    let mut arguments = std::env::args().skip(1);
    while let Some(flag) = arguments.next() {
        let value = arguments
            .next()
            .ok_or_else(|| format!("{flag} takes a value"))?;
        match (flag.as_str(), value.as_str()) {
            ("--kind", "auth0") => options.kind = Kind::Auth0,
            ("--kind", "cognito") => options.kind = Kind::Cognito,
            ("--port", port) => {
                options.port = port.parse().map_err(|_| format!("no port: {port}"))?;
            }
            ("--api", identifier) => options.apis.push(identifier.to_owned()),
            _ => return Err(format!("unknown: {flag} {value}")),
        }
    }
    Ok(options)
}

#[tokio::main]
async fn main() -> Result<(), String> {
    let options = options()?;
    let provider = FakeProvider::start(options.kind, options.port).await;
    for api in &options.apis {
        provider.add_api(api);
    }
    let facts = json!({
        "issuer": provider.issuer(),
        "discovery_url": provider.discovery_url(),
        "token_endpoint": provider.token_endpoint(),
        "client_id": provider.client_id(),
        "client_secret": provider.client_secret(),
    });
    println!("{facts}");
    std::future::pending::<()>().await;
    Ok(())
}
