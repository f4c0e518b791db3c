//! Who is at the other end of a connection.

use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

use crate::name::NameError;

/// The address of the client that sent a request, in the extensions of every
/// request a server hands on: the peer of the connection, or the one that a
/// trusted proxy named. IPv4 within IPv6 is written as IPv4.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ClientAddress(pub IpAddr);

impl fmt::Display for ClientAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A range of IP addresses in CIDR notation (RFC 4632 section 3.1), such as
/// `10.0.0.0/8` or `fd00::/8`; an address alone is a range of one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AddressRange {
    network: IpAddr,
    bits: u32,
}

impl AddressRange {
    /// Whether `address` lies in the range. IPv4 within IPv6 counts as IPv4.
    pub fn contains(&self, address: IpAddr) -> bool {
        match (self.network, address.to_canonical()) {
            (IpAddr::V4(network), IpAddr::V4(address)) => {
                (network.to_bits() ^ address.to_bits()).leading_zeros() >= self.bits
            }
            (IpAddr::V6(network), IpAddr::V6(address)) => {
                (network.to_bits() ^ address.to_bits()).leading_zeros() >= self.bits
            }
            _ => false,
        }
    }
}

impl FromStr for AddressRange {
    type Err = NameError;

    fn from_str(text: &str) -> Result<Self, NameError> {
        let fail = |rule: &str| NameError {
            kind: "address range",
            value: text.chars().take(80).collect(),
            rule: rule.to_owned(),
        };
        let shape = || fail("an address or a range such as 10.0.0.0/8 or fd00::/8");
        let (address, bits) = match text.split_once('/') {
            None => (text, None),
            Some((address, bits)) => (address, Some(bits)),
        };
        let network: IpAddr = address.parse().map_err(|_| shape())?;
        let width = if network.is_ipv4() { 32 } else { 128 };
        let bits = match bits {
            None => width,
            Some(bits) if bits.bytes().all(|byte| byte.is_ascii_digit()) => {
                bits.parse().map_err(|_| shape())?
            }
            Some(_) => return Err(shape()),
        };
        let range = Self { network, bits };
        if bits > width {
            Err(fail("at most 32 bits behind IPv4 and 128 behind IPv6"))
        } else if network.to_canonical() != network {
            Err(fail("IPv4 within IPv6 is written as IPv4"))
        } else if !range.begins_with(network) {
            // More often a slip of the pen than a wish.
            Err(fail(
                "no bits set behind the prefix: is it an address alone?",
            ))
        } else {
            Ok(range)
        }
    }
}

impl AddressRange {
    /// Whether `network` is the first address of the range.
    fn begins_with(&self, network: IpAddr) -> bool {
        let zeros = match network {
            IpAddr::V4(network) => 32 - network.to_bits().trailing_zeros().min(32),
            IpAddr::V6(network) => 128 - network.to_bits().trailing_zeros().min(128),
        };
        zeros <= self.bits
    }
}

impl fmt::Display for AddressRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.network, self.bits)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_contains_what_shares_its_prefix() {
        for (range, inside, outside) in [
            ("10.0.0.0/8", "10.255.0.1", "11.0.0.0"),
            ("192.0.2.7", "192.0.2.7", "192.0.2.6"),
            ("192.0.2.128/25", "192.0.2.255", "192.0.2.127"),
            ("0.0.0.0/0", "203.0.113.9", "::1"),
            ("10.0.0.0/8", "::ffff:10.1.2.3", "::10.1.2.3"),
            ("fd00::/8", "fdff::1", "fe00::"),
            ("::1", "::1", "::2"),
            ("::/0", "2001:db8::1", "10.0.0.1"),
        ] {
            let parsed: AddressRange = range.parse().unwrap();
            assert!(parsed.contains(inside.parse().unwrap()), "{range} {inside}");
            let outside = outside.parse().unwrap();
            assert!(!parsed.contains(outside), "{range} {outside}");
        }
    }

    #[test]
    fn what_is_no_range_is_refused_with_the_text() {
        for bad in [
            "",
            "proxy",
            "10.0.0.0/",
            "10.0.0.0/33",
            "10.0.0.0/-1",
            "10.0.0.0/+8",
            "10.0.0.1/8",
            "::/129",
            "fd00::1/8",
            "10.0.0.0/8/8",
            "::ffff:10.0.0.0/104",
            "10.0.0",
        ] {
            let error = bad.parse::<AddressRange>().unwrap_err().to_string();
            assert!(error.contains(&format!("'{bad}'")), "{error}");
        }
    }
}
