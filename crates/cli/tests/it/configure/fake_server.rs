//! As much of a server as `configure` asks: the operator's listings, and
//! discovery documents, good and bad.

use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};

pub(super) const OPERATOR_KEY: &str = "test-operator-key";

/// Serves until the test ends; gives its port.
pub(super) fn start() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        for connection in listener.incoming().flatten() {
            std::thread::spawn(move || drop(serve(connection, port)));
        }
    });
    port
}

fn serve(mut connection: TcpStream, port: u16) -> std::io::Result<()> {
    let mut reader = BufReader::new(connection.try_clone()?);
    let mut head = String::new();
    while reader.read_line(&mut head)? > 2 {}
    let path = head.split(' ').nth(1).unwrap_or_default();
    let allowed = head
        .to_lowercase()
        .contains(&format!("authorization: bearer {OPERATOR_KEY}"));
    let (status, body) = answer(path, allowed, port);
    write!(
        connection,
        "HTTP/1.1 {status}\r\ncontent-type: application/json\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}",
        body.len()
    )
}

fn answer(path: &str, allowed: bool, port: u16) -> (&'static str, String) {
    let origin = format!("http://127.0.0.1:{port}");
    let document = |issuer: &str| format!(r#"{{"issuer":"{issuer}","jwks_uri":"{origin}/jwks"}}"#);
    let body = match path.split('?').next().unwrap_or_default() {
        _ if path.starts_with("/api/") && !allowed => return ("401 Unauthorized", "{}".to_owned()),
        "/api/v1/status" => format!(
            r#"{{"version":"0","issuer":"{origin}","openid_configuration":"{origin}/.well-known/openid-configuration","isolation":"none","data_dir":"x","pid":1}}"#
        ),
        "/api/v1/apis" => r#"[{"name":"AgentCore","identifier":"https://bedrock-agentcore.us-west-2.amazonaws.com/","profile":"rfc9068","signing_algorithm":"RS256","token_lifetime":3600,"created_at":0}]"#.to_owned(),
        "/api/v1/applications" => r#"[{"name":"mcp","client_id":"Qm3TzX8vK1","source":"registered","type":"m2m","apis":["https://bedrock-agentcore.us-west-2.amazonaws.com/"],"created_at":0}]"#.to_owned(),
        "/.well-known/openid-configuration" => document(&origin),
        "/elsewhere/.well-known/openid-configuration" => document("https://idp.example/"),
        "/page/.well-known/openid-configuration" => "<html>".to_owned(),
        _ => return ("404 Not Found", "{}".to_owned()),
    };
    ("200 OK", body)
}
