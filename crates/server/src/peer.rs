//! Whose request it is: the peer of the connection, or whom a trusted proxy names.

use std::net::{IpAddr, SocketAddr};

use http::{HeaderMap, HeaderName};
use shukuba_model::{AddressRange, ClientAddress};

const FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");

/// The client's address. A proxy appends whom it speaks to, so the list is
/// read from its end for as long as trusted proxies wrote it; what stands
/// before that anyone can have made up. From another peer it means nothing.
pub(crate) fn client_address(
    peer: IpAddr,
    headers: &HeaderMap,
    trusted: &[AddressRange],
) -> ClientAddress {
    let is_trusted = |address| trusted.iter().any(|range| range.contains(address));
    let mut client = peer.to_canonical();
    let lists = headers.get_all(FORWARDED_FOR).iter().rev();
    let mut hops = lists.flat_map(|list| list.as_bytes().rsplit(|byte| *byte == b','));
    while is_trusted(client) {
        match hops.next().and_then(address) {
            Some(hop) => client = hop,
            None => break,
        }
    }
    ClientAddress(client)
}

/// An address of the list; some proxies write the port behind it.
fn address(hop: &[u8]) -> Option<IpAddr> {
    let text = std::str::from_utf8(hop).ok()?.trim();
    let address = text
        .parse()
        .or_else(|_| text.parse().map(|with_port: SocketAddr| with_port.ip()))
        .or_else(|_| text.trim_matches(['[', ']']).parse());
    address.ok().map(|address: IpAddr| address.to_canonical())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(peer: &str, lists: &[&str], trusted: &[&str]) -> String {
        let mut headers = HeaderMap::new();
        for list in lists {
            headers.append(FORWARDED_FOR, list.parse().unwrap());
        }
        let trusted: Vec<_> = trusted.iter().map(|range| range.parse().unwrap()).collect();
        client_address(peer.parse().unwrap(), &headers, &trusted).to_string()
    }

    #[test]
    fn m01_the_list_is_believed_as_far_as_trusted_proxies_wrote_it() {
        let (peer, proxies) = ("10.0.0.1", ["10.0.0.0/8", "fd00::/8"].as_slice());
        for (lists, expected) in [
            // No list, or an empty one: the proxy itself.
            (&[][..], "10.0.0.1"),
            (&[""], "10.0.0.1"),
            (&["203.0.113.5"], "203.0.113.5"),
            // What the client wrote stands before what the proxy appended.
            (&["127.0.0.1, 203.0.113.5"], "203.0.113.5"),
            (&["10.0.0.9, 203.0.113.5"], "203.0.113.5"),
            (&["127.0.0.1", "203.0.113.5"], "203.0.113.5"),
            (&["203.0.113.5", "10.0.0.2, fd00::3"], "203.0.113.5"),
            (&["198.51.100.1,203.0.113.5,10.0.0.2"], "203.0.113.5"),
            // All of them are proxies: the farthest.
            (&["10.0.0.3, 10.0.0.2"], "10.0.0.3"),
            // A hop that is no address ends what can be known.
            (&["203.0.113.5, unknown"], "10.0.0.1"),
            (&["203.0.113.5, _hidden, 10.0.0.2"], "10.0.0.2"),
            // Spellings.
            (&["203.0.113.5:4711"], "203.0.113.5"),
            (&["[2001:db8::5]:4711"], "2001:db8::5"),
            (&["[2001:db8::5]"], "2001:db8::5"),
            (&["::ffff:203.0.113.5"], "203.0.113.5"),
            (&["203.0.113.5, ::ffff:10.0.0.2"], "203.0.113.5"),
        ] {
            assert_eq!(found(peer, lists, proxies), expected, "{lists:?}");
        }
        assert_eq!(
            found("::ffff:10.0.0.1", &["203.0.113.5"], proxies),
            "203.0.113.5"
        );
    }

    #[test]
    fn m01_a_peer_that_is_not_trusted_is_the_client_whatever_it_says() {
        for trusted in [&[][..], &["10.0.0.0/8"]] {
            for lists in [
                &["127.0.0.1"][..],
                &["10.0.0.1"],
                &["203.0.113.5, 10.0.0.1"],
            ] {
                assert_eq!(found("192.0.2.1", lists, trusted), "192.0.2.1");
            }
        }
    }
}
