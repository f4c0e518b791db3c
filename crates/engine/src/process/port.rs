//! Loopback ports for instances.

use std::collections::HashSet;
use std::io;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::sync::Arc;

use parking_lot::Mutex;

/// The ports that instances of this server have or are about to take.
#[derive(Debug, Clone, Default)]
pub(crate) struct Ports(Arc<Mutex<HashSet<u16>>>);

/// A port of 127.0.0.1 that no other instance is given while this value lives.
#[derive(Debug)]
pub(crate) struct Port {
    number: u16,
    pool: Ports,
}

impl Ports {
    /// A port that is free now. Another program may still take it before the
    /// instance does, so a start that fails on it is tried again.
    pub(crate) fn reserve(&self) -> io::Result<Port> {
        // Kept open until a fresh number is found, or the kernel repeats itself.
        let mut tried = Vec::new();
        loop {
            let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
            let number = listener.local_addr()?.port();
            if self.0.lock().insert(number) {
                return Ok(Port {
                    number,
                    pool: self.clone(),
                });
            }
            tried.push(listener);
        }
    }
}

impl Port {
    /// The address that has this port.
    pub(crate) fn address(&self) -> SocketAddr {
        SocketAddr::from((Ipv4Addr::LOCALHOST, self.number))
    }

    /// The number.
    pub(crate) fn number(&self) -> u16 {
        self.number
    }
}

impl Drop for Port {
    fn drop(&mut self) {
        self.pool.0.lock().remove(&self.number);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_port_is_given_to_one_instance_at_a_time() {
        let ports = Ports::default();
        let held: Vec<Port> = (0..200).map(|_| ports.reserve().unwrap()).collect();
        let distinct: HashSet<u16> = held.iter().map(Port::number).collect();
        assert_eq!(distinct.len(), 200);
        drop(held);
        assert!(ports.0.lock().is_empty());
    }
}
