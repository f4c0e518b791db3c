//! A raw-byte HTTP/1.1 client: sends exactly the bytes a test wrote and shows
//! exactly the bytes that came back.
#![expect(
    clippy::expect_used,
    reason = "a test client fails the test that uses it"
)]

use std::net::SocketAddr;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

const PATIENCE: Duration = Duration::from_secs(30);

/// One connection to a server.
#[derive(Debug)]
pub struct RawClient {
    stream: TcpStream,
    authority: String,
    unread: Vec<u8>,
    framing: Framing,
}

/// How the end of the current answer's body is known (RFC 9112 section 6.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Framing {
    Remaining(usize),
    Chunked,
    UntilClose,
}

/// The head of an answer, as it came.
#[derive(Debug, Clone)]
pub struct RawHead {
    /// The status code.
    pub status: u16,
    /// Everything from the status line to the empty line.
    pub bytes: Vec<u8>,
    headers: Vec<(String, String)>,
}

/// A whole answer.
#[derive(Debug, Clone)]
pub struct RawAnswer {
    /// Its head.
    pub head: RawHead,
    /// Its body, without the framing of chunks.
    pub body: Vec<u8>,
}

impl RawHead {
    fn parse(bytes: Vec<u8>) -> Self {
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let mut lines = text.split("\r\n");
        let status = lines
            .next()
            .and_then(|line| line.split(' ').nth(1))
            .and_then(|code| code.parse().ok())
            .expect("the answer begins with a status line");
        let headers = lines
            .filter_map(|line| line.split_once(':'))
            .map(|(name, value)| (name.to_ascii_lowercase(), value.trim().to_owned()))
            .collect();
        Self {
            status,
            bytes,
            headers,
        }
    }

    /// The first value of a header; the name in lower case.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.as_str())
    }

    /// Every value of a header, in order; the name in lower case.
    pub fn header_all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.headers
            .iter()
            .filter(move |(key, _)| key == name)
            .map(|(_, value)| value.as_str())
    }
}

impl RawAnswer {
    /// The status code.
    pub fn status(&self) -> u16 {
        self.head.status
    }

    /// The first value of a header; the name in lower case.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.head.header(name)
    }

    /// The body as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The body as JSON.
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).expect("the body is JSON")
    }
}

impl RawClient {
    /// Connects.
    pub async fn connect(address: SocketAddr) -> Self {
        let stream = TcpStream::connect(address)
            .await
            .expect("the server listens");
        stream.set_nodelay(true).expect("a TCP option is set");
        Self {
            stream,
            authority: address.to_string(),
            unread: Vec::new(),
            framing: Framing::Remaining(0),
        }
    }

    /// Sends bytes exactly as they are.
    pub async fn send(&mut self, bytes: &[u8]) {
        self.stream
            .write_all(bytes)
            .await
            .expect("the server takes the request");
    }

    /// Sends bytes; an error is the server's right, as when it has answered already.
    pub async fn try_send(&mut self, bytes: &[u8]) -> std::io::Result<()> {
        self.stream.write_all(bytes).await
    }

    /// Sends a head with `Host`, the given headers and no more.
    pub async fn send_head(&mut self, method: &str, target: &str, headers: &[(&str, &str)]) {
        let mut head = format!("{method} {target} HTTP/1.1\r\nHost: {}\r\n", self.authority);
        for (name, value) in headers {
            head.push_str(name);
            head.push_str(": ");
            head.push_str(value);
            head.push_str("\r\n");
        }
        head.push_str("\r\n");
        self.send(head.as_bytes()).await;
    }

    /// Sends a request, with `Content-Length` when it has a body, and reads
    /// the whole answer.
    pub async fn request(
        &mut self,
        method: &str,
        target: &str,
        headers: &[(&str, &str)],
        body: &[u8],
    ) -> RawAnswer {
        let length = body.len().to_string();
        let mut headers = headers.to_vec();
        if !body.is_empty() {
            headers.push(("Content-Length", &length));
        }
        self.send_head(method, target, &headers).await;
        if !body.is_empty() {
            self.send(body).await;
        }
        self.answer(method).await
    }

    /// Reads a whole answer to a request with that method.
    pub async fn answer(&mut self, method: &str) -> RawAnswer {
        let head = self.head(method).await;
        let body = self.rest_of_body().await;
        RawAnswer { head, body }
    }

    /// Reads the head of the answer to a request with that method.
    pub async fn head(&mut self, method: &str) -> RawHead {
        loop {
            let end = loop {
                if let Some(end) = find(&self.unread, b"\r\n\r\n") {
                    break end + 4;
                }
                let read = self.fill().await;
                assert!(read > 0, "the connection ended before an answer's head");
            };
            let head = RawHead::parse(self.unread.drain(..end).collect());
            if head.status == 100 {
                continue;
            }
            self.framing = framing(method, &head);
            return head;
        }
    }

    /// The next part of the current body, as soon as it is there; `None` at its end.
    ///
    /// # Errors
    /// When the connection ends before the body does.
    pub async fn part(&mut self) -> Result<Option<Vec<u8>>, String> {
        match self.framing {
            Framing::Remaining(0) => Ok(None),
            Framing::Remaining(left) => {
                if self.unread.is_empty() && self.fill().await == 0 {
                    return Err(format!("the connection ended {left} bytes early"));
                }
                let take = left.min(self.unread.len());
                self.framing = Framing::Remaining(left - take);
                Ok(Some(self.unread.drain(..take).collect()))
            }
            Framing::UntilClose => {
                if self.unread.is_empty() && self.fill().await == 0 {
                    self.framing = Framing::Remaining(0);
                    return Ok(None);
                }
                Ok(Some(std::mem::take(&mut self.unread)))
            }
            Framing::Chunked => self.chunk().await,
        }
    }

    async fn chunk(&mut self) -> Result<Option<Vec<u8>>, String> {
        let early = || "the connection ended within a chunked body".to_owned();
        let line_end = loop {
            if let Some(end) = find(&self.unread, b"\r\n") {
                break end;
            }
            if self.fill().await == 0 {
                return Err(early());
            }
        };
        let line: Vec<u8> = self.unread.drain(..line_end + 2).collect();
        let size = String::from_utf8_lossy(&line);
        let size = usize::from_str_radix(size.trim().split(';').next().unwrap_or(""), 16)
            .map_err(|_| format!("not a chunk size: {size:?}"))?;
        while self.unread.len() < size + 2 {
            if self.fill().await == 0 {
                return Err(early());
            }
        }
        let mut data: Vec<u8> = self.unread.drain(..size + 2).collect();
        data.truncate(size);
        if size == 0 {
            self.framing = Framing::Remaining(0);
            return Ok(None);
        }
        Ok(Some(data))
    }

    /// Everything up to the end of the current body.
    pub async fn rest_of_body(&mut self) -> Vec<u8> {
        let mut body = Vec::new();
        while let Some(part) = self.part().await.expect("the body is complete") {
            body.extend_from_slice(&part);
        }
        body
    }

    /// Whether the server closes the connection without sending more.
    pub async fn closed(&mut self) -> bool {
        self.unread.is_empty() && self.fill().await == 0
    }

    async fn fill(&mut self) -> usize {
        let mut buffer = vec![0; 64 * 1024];
        let read = tokio::time::timeout(PATIENCE, self.stream.read(&mut buffer))
            .await
            .expect("the server answers in time")
            .unwrap_or(0);
        buffer.truncate(read);
        self.unread.append(&mut buffer);
        read
    }
}

fn framing(method: &str, head: &RawHead) -> Framing {
    if method == "HEAD" || head.status == 204 || head.status == 304 {
        return Framing::Remaining(0);
    }
    if head
        .header("transfer-encoding")
        .is_some_and(|value| value.eq_ignore_ascii_case("chunked"))
    {
        return Framing::Chunked;
    }
    head.header("content-length")
        .and_then(|length| length.parse().ok())
        .map_or(Framing::UntilClose, Framing::Remaining)
}

/// Where `needle` begins in `haystack`.
pub(crate) fn find(haystack: &[u8], needle: &[u8]) -> Option<usize> {
    haystack
        .windows(needle.len())
        .position(|window| window == needle)
}
