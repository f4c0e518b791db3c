//! Python servers that bind the contract's port are reached on their own.
//! These need a python3, and no package.

use std::sync::Arc;

use shukuba_engine::{AttachError, Build, Lease, Selector};
use shukuba_model::route::Version;
use shukuba_model::session::SessionMode::Stateless;

use super::building::{build, bundle, source};
use super::fixture::{House, find, get};

const HTTP_SERVER: &str = "import http.server, socket, beside
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(('%s %s' % (__name__, beside.WORD)).encode())
class Server(http.server.ThreadingHTTPServer):
    address_family = socket.FAMILY
if __name__ == '__main__':
    Server(('HOST', 8000), Handler).serve_forever()
";

const BOTH_FAMILIES: &str = "import asyncio, os, beside
async def answer(reader, writer):
    await reader.readuntil(b'\\r\\n\\r\\n')
    writer.write(('HTTP/1.0 200 OK\\r\\n\\r\\n%s %s' % (__name__, beside.WORD)).encode())
    await writer.drain()
    writer.close()
async def main():
    server = await asyncio.start_server(answer, None, 8000)
    async with server:
        await server.serve_forever()
asyncio.run(main())
";

async fn built(house: &House, server: &str) -> Build {
    let files = [
        ("src/server.py", server),
        ("src/beside.py", "WORD = 'hello'\n"),
    ];
    let packed = bundle(house.directory.path(), &files);
    let (built, _) = build(&house.engine, source(packed, "src/server.py")).await;
    built.unwrap()
}

async fn attach(house: &House, build: &Build, principal: &str) -> Result<Lease, AttachError> {
    let version = Arc::new(Version {
        number: 1,
        digest: build.digest.clone(),
        command: build.command.clone(),
        sessions: Stateless,
    });
    house.attach(&version, principal, Selector::Principal).await
}

#[tokio::test(flavor = "multi_thread")]
async fn servers_that_bind_port_8000_of_any_address_run_side_by_side() {
    if find("python3").is_none() {
        return;
    }
    let house = House::new();
    let http = |family, host| HTTP_SERVER.replace("FAMILY", family).replace("HOST", host);
    for server in [
        http("AF_INET", "0.0.0.0"),
        http("AF_INET", "127.0.0.1"),
        BOTH_FAMILIES.to_owned(),
    ] {
        let build = built(&house, &server).await;
        let bytecode = build.command.directory.join("src/__pycache__");
        assert!(bytecode.is_dir(), "{}", bytecode.display());
        let (alice, bob) = tokio::join!(
            attach(&house, &build, "alice"),
            attach(&house, &build, "bob")
        );
        let (alice, bob) = (alice.unwrap(), bob.unwrap());
        assert_ne!(alice.authority(), bob.authority());
        for lease in [&alice, &bob] {
            assert_eq!(get(lease.authority(), "/"), "__main__ hello");
        }
        house.engine.stop_runtime(&house.runtime).await;
        assert_eq!(built(&house, &server).await, build);
    }
    house.engine.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_binds_every_ipv6_address_is_reached_over_ipv4() {
    if find("python3").is_none() || std::net::TcpListener::bind("[::1]:0").is_err() {
        println!("skipped: no python3, or no IPv6 on this machine");
        return;
    }
    let house = House::new();
    let server = HTTP_SERVER
        .replace("FAMILY", "AF_INET6")
        .replace("HOST", "::");
    let build = built(&house, &server).await;
    let lease = attach(&house, &build, "alice").await.unwrap();
    assert_eq!(get(lease.authority(), "/"), "__main__ hello");
    house.engine.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_on_another_port_is_told_the_contract_in_its_log() {
    if find("python3").is_none() {
        return;
    }
    let house = House::new();
    let server = "import socket
stranger = socket.socket()
try:
    stranger.bind(('127.0.0.1', 9))
except OSError:
    pass
raise SystemExit(4)
";
    let build = built(&house, server).await;
    let Err(AttachError::StartFailed { log_tail, .. }) = attach(&house, &build, "alice").await
    else {
        panic!("it listened");
    };
    assert!(
        log_tail
            .iter()
            .any(|line| line.contains("binds port 9; the contract is port 8000")),
        "{log_tail:?}"
    );
    house.engine.shutdown().await;
}
