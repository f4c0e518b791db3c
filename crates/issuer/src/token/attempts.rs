//! Counts wrong secrets, so that nobody can try many.

use std::collections::HashMap;

use aws_lc_rs::digest::{SHA256, digest};
use parking_lot::Mutex;
use shukuba_model::Clock;

/// Wrong secrets for one client id that are answered within a window.
const ALLOWED: u32 = 10;
/// The length of a window, in seconds.
const WINDOW: i64 = 60;
/// How many client ids are watched at once. Ids are made up by whoever asks,
/// so the table must not grow with them.
const MOST_CLIENTS: usize = 10_000;

/// A hash of a client id: strangers choose the ids, and their length.
type Watched = [u8; 32];

/// Wrong secrets of the last minute, by client id. The right secret is never
/// held up, so nobody can lock an application out.
pub(crate) struct WrongSecrets {
    clock: Clock,
    allowed: u32,
    windows: Mutex<HashMap<Watched, Window>>,
}

#[derive(Clone, Copy)]
struct Window {
    began: i64,
    count: u32,
}

impl WrongSecrets {
    pub(crate) fn new(clock: Clock) -> Self {
        Self::allowing(ALLOWED, clock)
    }

    /// Another number of wrong ones that are answered within a window.
    pub(crate) fn allowing(allowed: u32, clock: Clock) -> Self {
        Self {
            clock,
            allowed,
            windows: Mutex::new(HashMap::new()),
        }
    }

    /// The seconds until the window ends when there were too many in it. For
    /// what can be guessed in time, so that the right guess is held up as well.
    pub(crate) fn exhausted(&self, key: &str) -> Option<u64> {
        let now = self.clock.now();
        let window = self.windows.lock().get(&watched(key)).copied()?;
        let left = window.began.saturating_add(WINDOW) - now;
        let over = window.count >= self.allowed && (1..=WINDOW).contains(&left);
        over.then(|| u64::try_from(left).unwrap_or(1))
    }

    /// Counts a wrong secret. Gives the seconds until the window ends when
    /// there were too many.
    pub(crate) fn count(&self, client_id: &str) -> Option<u64> {
        let now = self.clock.now();
        let live = |window: &Window| (0..WINDOW).contains(&(now - window.began));
        let watched = watched(client_id);
        let mut windows = self.windows.lock();
        if !windows.contains_key(&watched) && windows.len() >= MOST_CLIENTS {
            windows.retain(|_, window| live(window));
            if windows.len() >= MOST_CLIENTS {
                forget_oldest(&mut windows);
            }
        }
        let fresh = Window {
            began: now,
            count: 0,
        };
        let window = windows.entry(watched).or_insert(fresh);
        if !live(window) {
            *window = fresh;
        }
        window.count = window.count.saturating_add(1);
        let left = (window.began + WINDOW - now).max(1);
        (window.count > self.allowed).then_some(u64::try_from(left).unwrap_or(1))
    }
}

fn watched(client_id: &str) -> Watched {
    let mut key = Watched::default();
    key.copy_from_slice(digest(&SHA256, client_id.as_bytes()).as_ref());
    key
}

fn forget_oldest(windows: &mut HashMap<Watched, Window>) {
    let oldest = windows
        .iter()
        .min_by_key(|(_, window)| window.began)
        .map(|(key, _)| *key);
    if let Some(key) = oldest {
        windows.remove(&key);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_eleventh_wrong_secret_of_a_minute_waits_for_the_next() {
        let clock = Clock::fixed(1_000);
        let attempts = WrongSecrets::new(clock.clone());
        for _ in 0..10 {
            assert_eq!(attempts.count("a"), None);
        }
        assert_eq!(attempts.count("a"), Some(60));
        assert_eq!(attempts.count("b"), None, "each client id is its own");
        clock.advance(45);
        assert_eq!(attempts.count("a"), Some(15));
        clock.advance(15);
        assert_eq!(attempts.count("a"), None);
    }

    #[test]
    fn what_can_be_guessed_is_held_up_until_the_window_ends() {
        let clock = Clock::fixed(1_000);
        let attempts = WrongSecrets::allowing(2, clock.clone());
        assert_eq!(attempts.exhausted("a"), None);
        attempts.count("a");
        assert_eq!(attempts.exhausted("a"), None);
        attempts.count("a");
        assert_eq!(attempts.exhausted("a"), Some(60));
        assert_eq!(attempts.exhausted("b"), None);
        clock.advance(60);
        assert_eq!(attempts.exhausted("a"), None);
    }

    #[test]
    fn made_up_client_ids_do_not_fill_the_memory() {
        let clock = Clock::fixed(1_000);
        let attempts = WrongSecrets::new(clock.clone());
        for n in 0..MOST_CLIENTS + 50 {
            attempts.count(&n.to_string());
        }
        assert_eq!(attempts.windows.lock().len(), MOST_CLIENTS);
        clock.advance(WINDOW);
        attempts.count("another");
        assert_eq!(attempts.windows.lock().len(), 1);
    }
}
