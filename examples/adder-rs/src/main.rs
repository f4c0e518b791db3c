//! An MCP server with one tool, `add`, in both protocol eras, at `http://HOST:PORT/mcp`.

use std::env;

use hyper_util::rt::TokioIo;
use hyper_util::service::TowerToHyperService;
use rmcp::handler::server::wrapper::Parameters;
use rmcp::transport::streamable_http_server::session::local::LocalSessionManager;
use rmcp::transport::{StreamableHttpServerConfig, StreamableHttpService};
use rmcp::{ErrorData, ServerHandler, schemars, tool, tool_handler, tool_router};
use serde::Deserialize;
use tokio::net::TcpListener;

#[derive(Deserialize, schemars::JsonSchema)]
struct Summands {
    a: i64,
    b: i64,
}

#[derive(Clone)]
struct Adder;

#[tool_router]
impl Adder {
    /// Add two numbers.
    #[tool]
    fn add(
        &self,
        Parameters(Summands { a, b }): Parameters<Summands>,
    ) -> Result<String, ErrorData> {
        a.checked_add(b)
            .map(|sum| sum.to_string())
            .ok_or_else(|| ErrorData::invalid_params("a + b does not fit in 64 bits", None))
    }
}

#[tool_handler]
impl ServerHandler for Adder {}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let host = env::var("HOST").unwrap_or_else(|_| "0.0.0.0".to_owned());
    let port: u16 = env::var("PORT").map_or(Ok(8000), |port| port.parse())?;
    let listener = TcpListener::bind((host.as_str(), port)).await?;

    // A page in a browser must not reach this server by a name it controls (DNS rebinding);
    // names without a port match on every port.
    let config =
        StreamableHttpServerConfig::default().with_allowed_hosts(["localhost", "127.0.0.1", "::1"]);
    let mcp =
        StreamableHttpService::new(|| Ok(Adder), LocalSessionManager::default().into(), config);
    eprintln!("adder-rs listens on http://{}/mcp", listener.local_addr()?);
    serve(listener, mcp).await
}

async fn serve(
    listener: TcpListener,
    mcp: StreamableHttpService<Adder, LocalSessionManager>,
) -> Result<(), Box<dyn std::error::Error>> {
    loop {
        let (stream, _) = listener.accept().await?;
        stream.set_nodelay(true)?;
        let connection = hyper::server::conn::http1::Builder::new()
            .serve_connection(TokioIo::new(stream), TowerToHyperService::new(mcp.clone()));
        tokio::spawn(async move {
            if let Err(error) = connection.await {
                eprintln!("adder-rs: {error}");
            }
        });
    }
}
