//! The three ways to the same server, up at the same time.

use std::net::SocketAddr;
use std::path::Path;

use tokio::process::Command;

use crate::client::Call;
use crate::door::Door;
use crate::program::{Program, connected, free_address};
use crate::proxy;

/// A way to the adder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Way {
    /// To the server itself.
    Direct,
    /// Through the bare proxy.
    Proxy,
    /// Through Shukuba, with a token.
    Door,
}

impl Way {
    pub(crate) const ALL: [Self; 3] = [Self::Direct, Self::Proxy, Self::Door];
}

/// The server, a bare proxy in front of it, and Shukuba in front of another
/// instance of the same server.
pub(crate) struct Bed {
    direct: (Program, SocketAddr, Call),
    proxy: (Program, SocketAddr, Call),
    pub(crate) door: Door,
    door_call: Call,
}

impl Bed {
    /// Starts everything.
    pub(crate) async fn start(shukuba: &Path) -> anyhow::Result<Self> {
        let (adder, adder_address) = adder(shukuba)?;
        drop(connected(adder_address).await?);
        let mut command = Command::new(std::env::current_exe()?);
        command.arg("__proxy").arg(adder_address.to_string());
        let (proxy, proxy_address) = Program::announced(&mut command, proxy::ANNOUNCEMENT).await?;
        let proxy_address = proxy_address.parse()?;
        let door = Door::open(shukuba).await?;
        let token = door.token(&door.application("bench").await?).await?;
        Ok(Self {
            direct: (adder, adder_address, Call::to(adder_address, "/mcp")?),
            proxy: (proxy, proxy_address, Call::to(proxy_address, "/mcp")?),
            door_call: door.call(&token)?,
            door,
        })
    }

    /// Where a way begins, and what is sent there.
    pub(crate) fn way(&self, way: Way) -> (SocketAddr, &Call) {
        match way {
            Way::Direct => (self.direct.1, &self.direct.2),
            Way::Proxy => (self.proxy.1, &self.proxy.2),
            Way::Door => (self.door.address, &self.door_call),
        }
    }

    /// The process a way begins at.
    pub(crate) fn program(&self, way: Way) -> &Program {
        match way {
            Way::Direct => &self.direct.0,
            Way::Proxy => &self.proxy.0,
            Way::Door => &self.door.program,
        }
    }

    /// Ends everything.
    pub(crate) async fn stop(self) -> anyhow::Result<()> {
        self.proxy.0.stop().await?;
        self.direct.0.stop().await?;
        self.door.program.stop().await
    }
}

/// Starts the adder that is part of the binary; where it will listen.
pub(crate) fn adder(shukuba: &Path) -> anyhow::Result<(Program, SocketAddr)> {
    let address = free_address()?;
    let mut command = Command::new(shukuba);
    command
        .arg("__adder")
        .env_clear()
        .env("PORT", address.port().to_string());
    Ok((Program::start(&mut command)?, address))
}
