//! Counts wrong passwords, so that nobody can try many, and no owner is locked
//! out by what others try.

use std::collections::HashMap;

use aws_lc_rs::digest::{SHA256, digest};
use parking_lot::Mutex;
use shukuba_model::Clock;

use crate::throttle::network;

/// The length of a window, in seconds.
const WINDOW: i64 = 15 * 60;
/// Tries for one account from one address, or from one browser that is known.
const PER_PAIR: u32 = 10;
/// Tries from one address, whatever the account.
const PER_ADDRESS: u32 = 50;
/// Tries for one account, whatever the address: against many addresses at once.
const PER_ACCOUNT: u32 = 100;
/// How much is watched at once. Accounts are made up by whoever asks, so the
/// table must not grow with them.
const MOST_WATCHED: usize = 30_000;

/// A hash of what is watched: strangers choose the names, and their length.
type Watched = [u8; 32];

/// Who tries to log in.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Attempt<'a> {
    /// The name that was given, whether or not somebody has it.
    pub(crate) account: &'a str,
    /// Where it comes from.
    pub(crate) address: &'a str,
    /// The browser, when the account's owner logged in from it before: then
    /// only what this browser tries counts.
    pub(crate) known_browser: Option<&'a str>,
}

/// Wrong passwords of the last quarter of an hour.
pub(crate) struct LoginThrottle {
    clock: Clock,
    windows: Mutex<HashMap<Watched, Window>>,
}

#[derive(Clone, Copy)]
struct Window {
    began: i64,
    count: u32,
}

/// Leave for one try. It counts as wrong unless it is told otherwise, so that
/// many at once are no more than many in a row.
#[must_use]
pub(crate) struct Leave<'a> {
    throttle: &'a LoginThrottle,
    watched: Vec<Watched>,
}

impl LoginThrottle {
    pub(crate) fn new(clock: Clock) -> Self {
        Self {
            clock,
            windows: Mutex::new(HashMap::new()),
        }
    }

    /// Leave to try, or the seconds to wait.
    pub(crate) fn begin(&self, attempt: Attempt<'_>) -> Result<Leave<'_>, u64> {
        let now = self.clock.now();
        let limits = limits(attempt);
        let mut windows = self.windows.lock();
        let wait = limits
            .iter()
            .filter_map(|(watched, most)| {
                let window = windows.get(watched).filter(|window| window.lives(now))?;
                (window.count >= *most).then_some(window.began + WINDOW - now)
            })
            .max();
        if let Some(wait) = wait {
            return Err(u64::try_from(wait.max(1)).unwrap_or(1));
        }
        if windows.len() + limits.len() > MOST_WATCHED {
            make_room(&mut windows, now, limits.len());
        }
        for (watched, _) in &limits {
            let fresh = Window {
                began: now,
                count: 0,
            };
            let window = windows.entry(*watched).or_insert(fresh);
            if !window.lives(now) {
                *window = fresh;
            }
            window.count = window.count.saturating_add(1);
        }
        Ok(Leave {
            throttle: self,
            watched: limits.into_iter().map(|(watched, _)| watched).collect(),
        })
    }
}

impl Leave<'_> {
    /// The password was right: the try is taken back, and the pair of account
    /// and address begins anew.
    pub(crate) fn was_right(self) {
        let mut windows = self.throttle.windows.lock();
        for (n, watched) in self.watched.iter().enumerate() {
            if n == 0 {
                windows.remove(watched);
            } else if let Some(window) = windows.get_mut(watched) {
                window.count = window.count.saturating_sub(1);
            }
        }
    }
}

impl Window {
    fn lives(&self, now: i64) -> bool {
        (0..WINDOW).contains(&(now - self.began))
    }
}

/// What an attempt counts for, the narrowest first.
fn limits(attempt: Attempt<'_>) -> Vec<(Watched, u32)> {
    let Attempt {
        account, address, ..
    } = attempt;
    let network = network(address);
    match attempt.known_browser {
        Some(browser) => vec![(watched(&["browser", browser, account]), PER_PAIR)],
        None => vec![
            (watched(&["pair", &network, account]), PER_PAIR),
            (watched(&["address", &network]), PER_ADDRESS),
            (watched(&["account", account]), PER_ACCOUNT),
        ],
    }
}

fn watched(parts: &[&str]) -> Watched {
    let mut key = Watched::default();
    key.copy_from_slice(digest(&SHA256, parts.join("\0").as_bytes()).as_ref());
    key
}

fn make_room(windows: &mut HashMap<Watched, Window>, now: i64, wanted: usize) {
    windows.retain(|_, window| window.lives(now));
    while windows.len() + wanted > MOST_WATCHED {
        let oldest = windows
            .iter()
            .min_by_key(|(_, window)| window.began)
            .map(|(key, _)| *key);
        let Some(oldest) = oldest else { return };
        windows.remove(&oldest);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn attempt<'a>(account: &'a str, address: &'a str) -> Attempt<'a> {
        Attempt {
            account,
            address,
            known_browser: None,
        }
    }

    #[test]
    fn o06_the_eleventh_try_waits_and_the_owner_elsewhere_does_not() {
        let clock = Clock::fixed(1_000);
        let throttle = LoginThrottle::new(clock.clone());
        for _ in 0..10 {
            assert!(throttle.begin(attempt("ann", "192.0.2.1")).is_ok());
        }
        clock.advance(60);
        assert_eq!(throttle.begin(attempt("ann", "192.0.2.1")).err(), Some(840));
        assert!(throttle.begin(attempt("ann", "192.0.2.2")).is_ok());
        assert!(throttle.begin(attempt("bob", "192.0.2.1")).is_ok());
        clock.advance(840);
        assert!(throttle.begin(attempt("ann", "192.0.2.1")).is_ok());
    }

    #[test]
    fn o06_many_addresses_hold_up_an_account_but_not_in_the_browser_of_its_owner() {
        let throttle = LoginThrottle::new(Clock::fixed(1_000));
        for n in 0..100 {
            let address = format!("192.0.2.{n}");
            assert!(throttle.begin(attempt("ann", &address)).is_ok());
        }
        assert!(throttle.begin(attempt("ann", "198.51.100.1")).is_err());
        let own = Attempt {
            known_browser: Some("hers"),
            ..attempt("ann", "198.51.100.1")
        };
        for _ in 0..10 {
            assert!(throttle.begin(own).is_ok());
        }
        assert!(throttle.begin(own).is_err(), "a stolen browser is no pass");
    }

    #[test]
    fn one_address_cannot_try_many_accounts_and_a_slash_64_is_one_address() {
        let throttle = LoginThrottle::new(Clock::fixed(1_000));
        for n in 0..50 {
            let address = format!("2001:db8::{n:x}");
            let account = format!("user{n}");
            assert!(throttle.begin(attempt(&account, &address)).is_ok());
        }
        assert!(throttle.begin(attempt("ann", "2001:db8::ffff")).is_err());
        assert!(throttle.begin(attempt("ann", "2001:db8:0:1::1")).is_ok());
    }

    #[test]
    fn a_right_password_is_not_counted() {
        let throttle = LoginThrottle::new(Clock::fixed(1_000));
        for _ in 0..200 {
            let leave = throttle.begin(attempt("ann", "192.0.2.1")).ok();
            leave.unwrap().was_right();
        }
    }

    #[test]
    fn made_up_accounts_do_not_fill_the_memory() {
        let throttle = LoginThrottle::new(Clock::fixed(1_000));
        let now = throttle.clock.now();
        {
            let mut windows = throttle.windows.lock();
            for n in 0..MOST_WATCHED {
                let window = Window {
                    began: now,
                    count: 1,
                };
                windows.insert(watched(&[&n.to_string()]), window);
            }
        }
        assert!(throttle.begin(attempt("ann", "192.0.2.1")).is_ok());
        assert_eq!(throttle.windows.lock().len(), MOST_WATCHED);
    }
}
