//! Addresses that are not the public Internet.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// A net: its first address, the length of its prefix in bits, what it is.
type Net<A> = (A, u32, &'static str);

/// IPv4 nets that are not globally routable (RFC 6890 and the IANA registry of
/// special-purpose addresses), and those no server is found at.
const V4: &[Net<Ipv4Addr>] = &[
    (Ipv4Addr::new(0, 0, 0, 0), 8, "this network"),
    (Ipv4Addr::new(10, 0, 0, 0), 8, "a private network"),
    (
        Ipv4Addr::new(100, 64, 0, 0),
        10,
        "a carrier's shared network",
    ),
    (Ipv4Addr::new(127, 0, 0, 0), 8, "loopback"),
    (Ipv4Addr::new(169, 254, 0, 0), 16, "link-local"),
    (Ipv4Addr::new(172, 16, 0, 0), 12, "a private network"),
    (Ipv4Addr::new(192, 0, 0, 0), 24, "reserved for protocols"),
    (Ipv4Addr::new(192, 0, 2, 0), 24, "for documentation"),
    (Ipv4Addr::new(192, 88, 99, 0), 24, "a 6to4 relay"),
    (Ipv4Addr::new(192, 168, 0, 0), 16, "a private network"),
    (Ipv4Addr::new(198, 18, 0, 0), 15, "for benchmarks"),
    (Ipv4Addr::new(198, 51, 100, 0), 24, "for documentation"),
    (Ipv4Addr::new(203, 0, 113, 0), 24, "for documentation"),
    (Ipv4Addr::new(224, 0, 0, 0), 4, "multicast"),
    (Ipv4Addr::new(240, 0, 0, 0), 4, "reserved"),
];

const fn v6(first: u16, second: u16, third: u16) -> Ipv6Addr {
    Ipv6Addr::new(first, second, third, 0, 0, 0, 0, 0)
}

/// Where NAT64 puts IPv4 addresses (RFC 6052). Behind DNS64 every public name
/// has such an address, so the IPv4 address inside is what counts.
const NAT64: Net<Ipv6Addr> = (v6(0x64, 0xff9b, 0), 96, "NAT64");

/// IPv6 nets within or without `2000::/3` that are not globally routable. The
/// forms that carry an IPv4 address are refused whatever it is: no server is
/// published at one.
const V6: &[Net<Ipv6Addr>] = &[
    (Ipv6Addr::LOCALHOST, 128, "loopback"),
    (Ipv6Addr::UNSPECIFIED, 128, "unspecified"),
    (
        Ipv6Addr::new(0, 0, 0, 0, 0, 0xffff, 0, 0),
        96,
        "a mapped IPv4 address",
    ),
    (Ipv6Addr::UNSPECIFIED, 96, "an embedded IPv4 address"),
    (v6(0x64, 0xff9b, 1), 48, "local NAT64"),
    (v6(0xfc00, 0, 0), 7, "a private network"),
    (v6(0xfe80, 0, 0), 10, "link-local"),
    (v6(0xfec0, 0, 0), 10, "site-local"),
    (v6(0xff00, 0, 0), 8, "multicast"),
    (v6(0x2001, 0, 0), 32, "a Teredo tunnel"),
    (v6(0x2001, 0, 0), 23, "reserved for protocols"),
    (v6(0x2001, 0xdb8, 0), 32, "for documentation"),
    (v6(0x2002, 0, 0), 16, "a 6to4 tunnel"),
    (v6(0x3ffe, 0, 0), 16, "returned to the registry"),
    (v6(0x3fff, 0, 0), 20, "for documentation"),
];

/// The only IPv6 addresses in use on the public Internet (RFC 4291 section 2.4).
const GLOBAL_UNICAST: Net<Ipv6Addr> = (v6(0x2000, 0, 0), 3, "global unicast");

/// What an address is instead of one on the public Internet; `None` when it is one.
pub(super) fn special_use(address: IpAddr) -> Option<&'static str> {
    match address {
        IpAddr::V4(address) => special_v4(address),
        IpAddr::V6(address) => special_v6(address),
    }
}

fn special_v4(address: Ipv4Addr) -> Option<&'static str> {
    V4.iter()
        .find(|(net, length, _)| {
            address.to_bits() >> (32 - length) == net.to_bits() >> (32 - length)
        })
        .map(|(_, _, what)| *what)
}

fn special_v6(address: Ipv6Addr) -> Option<&'static str> {
    let within = |(net, length, _): &Net<Ipv6Addr>| {
        address.to_bits() >> (128 - length) == net.to_bits() >> (128 - length)
    };
    if within(&NAT64) {
        let [.., a, b, c, d] = address.octets();
        return special_v4(Ipv4Addr::new(a, b, c, d));
    }
    match V6.iter().find(|net| within(net)) {
        Some((_, _, what)) => Some(what),
        None if within(&GLOBAL_UNICAST) => None,
        None => Some("not in use"),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn what(text: &str) -> Option<&'static str> {
        special_use(text.parse().unwrap())
    }

    #[test]
    fn c02_every_special_use_net_is_known_to_its_edges() {
        for (text, expected) in [
            ("0.0.0.0", "this network"),
            ("0.255.255.255", "this network"),
            ("10.0.0.0", "a private network"),
            ("10.255.255.255", "a private network"),
            ("100.64.0.0", "a carrier's shared network"),
            ("100.127.255.255", "a carrier's shared network"),
            ("127.0.0.1", "loopback"),
            ("169.254.169.254", "link-local"),
            ("172.16.0.0", "a private network"),
            ("172.31.255.255", "a private network"),
            ("192.0.0.170", "reserved for protocols"),
            ("192.0.2.1", "for documentation"),
            ("192.88.99.1", "a 6to4 relay"),
            ("192.168.255.255", "a private network"),
            ("198.19.255.255", "for benchmarks"),
            ("198.51.100.1", "for documentation"),
            ("203.0.113.255", "for documentation"),
            ("239.255.255.255", "multicast"),
            ("255.255.255.255", "reserved"),
            ("::", "unspecified"),
            ("::1", "loopback"),
            ("::7f00:1", "an embedded IPv4 address"),
            ("::ffff:127.0.0.1", "a mapped IPv4 address"),
            ("::ffff:8.8.8.8", "a mapped IPv4 address"),
            ("64:ff9b::7f00:1", "loopback"),
            ("64:ff9b::a9fe:a9fe", "link-local"),
            ("64:ff9b:1::1", "local NAT64"),
            ("100::1", "not in use"),
            ("fc00::1", "a private network"),
            ("fdff::1", "a private network"),
            ("fe80::1", "link-local"),
            ("febf::1", "link-local"),
            ("fec0::1", "site-local"),
            ("ff02::1", "multicast"),
            ("2001::1", "a Teredo tunnel"),
            ("2001:1ff::1", "reserved for protocols"),
            ("2001:db8::1", "for documentation"),
            ("2002:7f00:1::", "a 6to4 tunnel"),
            ("2002:808:808::", "a 6to4 tunnel"),
            ("3ffe::1", "returned to the registry"),
            ("3fff:fff::1", "for documentation"),
            ("4000::1", "not in use"),
            ("5f00::1", "not in use"),
        ] {
            assert_eq!(what(text), Some(expected), "{text}");
        }
    }

    #[test]
    fn neighbours_of_the_nets_are_public() {
        for text in [
            "1.0.0.0",
            "8.8.8.8",
            "9.255.255.255",
            "11.0.0.0",
            "100.63.255.255",
            "100.128.0.0",
            "126.255.255.255",
            "128.0.0.0",
            "169.253.255.255",
            "172.15.255.255",
            "172.32.0.0",
            "192.0.1.0",
            "192.0.3.0",
            "192.167.255.255",
            "192.169.0.0",
            "198.17.255.255",
            "198.20.0.0",
            "223.255.255.255",
            "2001:200::1",
            "2001:4860:4860::8888",
            "2606:4700::1",
            "2a00:1450::1",
            "64:ff9b::808:808",
        ] {
            assert_eq!(what(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn an_ipv4_address_inside_an_ipv6_one_is_never_better_than_alone(bits: u32) {
            let inside = Ipv4Addr::from_bits(bits);
            let nat64 = Ipv6Addr::from_bits(NAT64.0.to_bits() | u128::from(bits));
            prop_assert_eq!(special_use(nat64.into()), special_use(inside.into()));
            prop_assert!(special_use(inside.to_ipv6_mapped().into()).is_some());
            prop_assert!(special_use(inside.to_ipv6_compatible().into()).is_some());
        }
    }
}
