//! Counts what strangers make this server do, so that nobody makes it do much.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr};

use aws_lc_rs::digest::{SHA256, digest};
use parking_lot::Mutex;
use shukuba_model::Clock;

/// The length of a window, in seconds.
const WINDOW: i64 = 60;
/// How many keys are watched at once; strangers choose them.
const MOST_KEYS: usize = 10_000;

/// Events of the last minute, by a key such as an address or a host.
pub(crate) struct Throttle {
    clock: Clock,
    allowed: u32,
    windows: Mutex<HashMap<[u8; 32], Window>>,
}

#[derive(Clone, Copy)]
struct Window {
    began: i64,
    count: u32,
}

impl Throttle {
    /// Lets `allowed` events of a key a minute through.
    pub(crate) fn new(clock: Clock, allowed: u32) -> Self {
        Self {
            clock,
            allowed,
            windows: Mutex::default(),
        }
    }

    /// Counts an event.
    ///
    /// # Errors
    /// The seconds until the next one is let through, when there were too many.
    pub(crate) fn admit(&self, key: &str) -> Result<(), u64> {
        let now = self.clock.now();
        let live = |window: &Window| (0..WINDOW).contains(&(now - window.began));
        let hash = hashed(key);
        let mut windows = self.windows.lock();
        if !windows.contains_key(&hash) && windows.len() >= MOST_KEYS {
            windows.retain(|_, window| live(window));
            if windows.len() >= MOST_KEYS {
                windows.clear();
            }
        }
        let fresh = Window {
            began: now,
            count: 0,
        };
        let window = windows.entry(hash).or_insert(fresh);
        if !live(window) {
            *window = fresh;
        }
        if window.count >= self.allowed {
            let left = (window.began + WINDOW - now).max(1);
            return Err(u64::try_from(left).unwrap_or(1));
        }
        window.count += 1;
        Ok(())
    }

    /// Takes an event back that turned out to cost nothing.
    pub(crate) fn forgive(&self, key: &str) {
        if let Some(window) = self.windows.lock().get_mut(&hashed(key)) {
            window.count = window.count.saturating_sub(1);
        }
    }
}

/// An address as one party holds it: a whole /64 of IPv6.
pub(crate) fn network(address: &str) -> String {
    match address.parse().map(|ip: IpAddr| ip.to_canonical()) {
        Ok(IpAddr::V6(ip)) => Ipv6Addr::from_bits(ip.to_bits() >> 64 << 64).to_string(),
        Ok(ip) => ip.to_string(),
        Err(_) => address.to_owned(),
    }
}

/// Keys are of any length; a hash is not. Of an address only its network counts.
fn hashed(key: &str) -> [u8; 32] {
    let mut hash = [0; 32];
    hash.copy_from_slice(digest(&SHA256, network(key).as_bytes()).as_ref());
    hash
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_key_has_its_own_minute() {
        let clock = Clock::fixed(1_000);
        let throttle = Throttle::new(clock.clone(), 2);
        assert_eq!(throttle.admit("a"), Ok(()));
        assert_eq!(throttle.admit("a"), Ok(()));
        assert_eq!(throttle.admit("a"), Err(60));
        assert_eq!(throttle.admit("b"), Ok(()));
        clock.advance(45);
        assert_eq!(throttle.admit("a"), Err(15));
        clock.advance(15);
        assert_eq!(throttle.admit("a"), Ok(()));
        assert_eq!(throttle.admit("a"), Ok(()));
        throttle.forgive("a");
        throttle.forgive("nobody");
        assert_eq!(throttle.admit("a"), Ok(()));
        assert_eq!(throttle.admit("a"), Err(60));
    }

    #[test]
    fn a_whole_64_of_ipv6_is_one_party() {
        for (address, party) in [
            ("192.0.2.1", "192.0.2.1"),
            ("::ffff:192.0.2.1", "192.0.2.1"),
            ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
            ("2001:db8:1:2::", "2001:db8:1:2::"),
            ("no address", "no address"),
        ] {
            assert_eq!(network(address), party);
        }
    }

    #[test]
    fn made_up_keys_do_not_fill_the_memory() {
        let throttle = Throttle::new(Clock::fixed(1_000), 1);
        for n in 0..MOST_KEYS + 5 {
            assert_eq!(throttle.admit(&n.to_string()), Ok(()));
        }
        assert!(throttle.windows.lock().len() <= MOST_KEYS);
    }
}
