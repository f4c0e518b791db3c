//! An MCP client, small and for both eras: the handshake where a server has
//! one, its tools, and the call of one. It asks a version at its first start,
//! and calls tools for the console.

mod conversation;
mod exchange;
mod mirror;

use std::io;

use futures_util::future::BoxFuture;
use tokio::io::{AsyncRead, AsyncWrite};

pub use conversation::{Called, Conversation};

/// A stream of bytes to a server and back.
pub trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}

impl<S: AsyncRead + AsyncWrite + Send + Unpin> Stream for S {}

/// How a server is reached.
pub trait Reach: Send + Sync {
    /// A new connection, over which HTTP/1.1 is spoken.
    fn connect(&self) -> BoxFuture<'_, io::Result<Box<dyn Stream>>>;
}

/// Why a question was not answered.
#[derive(Debug, Clone, thiserror::Error)]
pub enum Unanswered {
    /// No HTTP answer came, or it broke off.
    #[error("no answer: {0}")]
    Transport(String),
    /// The answer was not the reply to a JSON-RPC request.
    #[error("POST {path} ({method}) was answered with {status}{}", shown(.text))]
    NotMcp {
        /// The path that was asked.
        path: String,
        /// The method of the JSON-RPC request.
        method: String,
        /// The HTTP status.
        status: http::StatusCode,
        /// The beginning of the answer's body.
        text: String,
    },
    /// The reply was a JSON-RPC error.
    #[error("{method} was answered with the error {code}: {message}")]
    Refused {
        /// The method of the JSON-RPC request.
        method: String,
        /// The HTTP status.
        status: http::StatusCode,
        /// The error's code.
        code: i64,
        /// The error's message.
        message: String,
    },
}

fn shown(text: &str) -> String {
    match text.trim() {
        "" => String::new(),
        text => format!(": {text}"),
    }
}
