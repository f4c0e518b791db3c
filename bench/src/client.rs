//! One client: a connection that is kept, and a `tools/call` sent over it.

use std::net::SocketAddr;

use anyhow::{Context as _, ensure};
use bytes::Bytes;
use http_body_util::{BodyExt as _, Full};
use hyper::body::Incoming;
use hyper::client::conn::http1::{self, SendRequest};
use hyper::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HOST, HeaderMap, HeaderValue};
use hyper::{Method, Request, Response, StatusCode, Uri};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

const ADD: &[u8] =
    br#"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"add","arguments":{"a":2,"b":3}}}"#;
/// What the answer to [`ADD`] holds, as one JSON object or in an event.
const FIVE: &[u8] = br#""text":"5""#;

/// A kept HTTP/1.1 connection.
pub(crate) struct Link(SendRequest<Full<Bytes>>);

impl Link {
    /// Connects.
    pub(crate) async fn open(address: SocketAddr) -> anyhow::Result<Self> {
        Self::over(TcpStream::connect(address).await?).await
    }

    /// Uses a connection that is there.
    pub(crate) async fn over(stream: TcpStream) -> anyhow::Result<Self> {
        stream.set_nodelay(true)?;
        let (sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
        tokio::spawn(connection);
        Ok(Self(sender))
    }

    /// Sends a request and reads the whole answer.
    pub(crate) async fn exchange(
        &mut self,
        request: Request<Full<Bytes>>,
    ) -> anyhow::Result<(StatusCode, Bytes)> {
        let answer = self.answer(request).await?;
        Ok((answer.status(), answer.into_body()))
    }

    /// Sends a request; the whole answer with its headers.
    pub(crate) async fn answer(
        &mut self,
        request: Request<Full<Bytes>>,
    ) -> anyhow::Result<Response<Bytes>> {
        self.0.ready().await?;
        let answer: Response<Incoming> = self.0.send_request(request).await?;
        let (head, body) = answer.into_parts();
        Ok(Response::from_parts(head, body.collect().await?.to_bytes()))
    }

    /// Sends the call and makes sure that it was answered rightly.
    pub(crate) async fn call(&mut self, call: &Call) -> anyhow::Result<()> {
        let (status, body) = self.exchange(call.request()).await?;
        let right = status == StatusCode::OK && body.windows(FIVE.len()).any(|part| part == FIVE);
        ensure!(
            right,
            "add(2, 3) was answered {status}: {}",
            String::from_utf8_lossy(&body)
        );
        Ok(())
    }
}

/// `add(a=2, b=3)` as MCP 2025-11-25 sends it.
#[derive(Clone)]
pub(crate) struct Call {
    target: Uri,
    headers: HeaderMap,
}

impl Call {
    /// A call to a path at an address.
    pub(crate) fn to(address: SocketAddr, path: &str) -> anyhow::Result<Self> {
        let mut headers = HeaderMap::new();
        headers.insert(HOST, HeaderValue::try_from(address.to_string())?);
        headers.insert(
            ACCEPT,
            HeaderValue::from_static("application/json, text/event-stream"),
        );
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        headers.insert(
            "mcp-protocol-version",
            HeaderValue::from_static("2025-11-25"),
        );
        Ok(Self {
            target: path.parse()?,
            headers,
        })
    }

    /// The same, with a token.
    pub(crate) fn bearing(mut self, token: &str) -> anyhow::Result<Self> {
        self.headers.insert(
            AUTHORIZATION,
            HeaderValue::try_from(format!("Bearer {token}"))?,
        );
        Ok(self)
    }

    /// The same, in a session of its own.
    pub(crate) fn in_session(mut self, number: usize) -> anyhow::Result<Self> {
        // AgentCore asks for 33 characters at least.
        let id = format!("bench-session-with-a-long-name-{number:06}");
        self.headers.insert(
            "x-amzn-bedrock-agentcore-runtime-session-id",
            HeaderValue::try_from(id)?,
        );
        Ok(self)
    }

    fn request(&self) -> Request<Full<Bytes>> {
        let mut request = Request::new(Full::new(Bytes::from_static(ADD)));
        *request.method_mut() = Method::POST;
        *request.uri_mut() = self.target.clone();
        *request.headers_mut() = self.headers.clone();
        request
    }
}

/// A request with a body of another kind.
pub(crate) fn post(
    address: SocketAddr,
    path: &str,
    kind: &'static str,
    bearer: Option<&str>,
    body: String,
) -> anyhow::Result<Request<Full<Bytes>>> {
    let mut request = Request::post(path)
        .header(HOST, address.to_string())
        .header(CONTENT_TYPE, kind);
    if let Some(key) = bearer {
        request = request.header(AUTHORIZATION, format!("Bearer {key}"));
    }
    request
        .body(Full::new(Bytes::from(body)))
        .context("building a request")
}
