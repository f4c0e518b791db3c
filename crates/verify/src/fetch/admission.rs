//! How many fetches may be under way: strangers must not make this server a
//! crowd at somebody's door, nor its own.

use std::collections::HashMap;
use std::sync::{Arc, Weak};

use parking_lot::Mutex;
use tokio::sync::{AcquireError, OwnedSemaphorePermit, Semaphore};

/// The places of all fetches, and of the fetches from each host. Clones share them.
#[derive(Debug, Clone)]
pub(super) struct Admission {
    all: Arc<Semaphore>,
    hosts: Arc<Mutex<HashMap<String, Weak<Semaphore>>>>,
}

/// A place, held until dropped.
#[derive(Debug)]
pub(super) struct Admitted {
    _host: OwnedSemaphorePermit,
    _all: OwnedSemaphorePermit,
}

impl Admission {
    /// How many fetches may be under way at once.
    pub(super) const ALL: usize = 32;
    /// How many of them may ask the same host.
    pub(super) const PER_HOST: usize = 4;

    pub(super) fn new() -> Self {
        Self {
            all: Arc::new(Semaphore::new(Self::ALL)),
            hosts: Arc::default(),
        }
    }

    /// Waits for a place. Whoever waits for a host takes no place of others.
    ///
    /// # Errors
    /// Never: the semaphores are not closed.
    pub(super) async fn enter(&self, host: &str) -> Result<Admitted, AcquireError> {
        let host = self.of_host(host).acquire_owned().await?;
        let all = Arc::clone(&self.all).acquire_owned().await?;
        Ok(Admitted {
            _host: host,
            _all: all,
        })
    }

    /// The places of a host, which are forgotten when nobody uses or awaits one.
    fn of_host(&self, host: &str) -> Arc<Semaphore> {
        let mut hosts = self.hosts.lock();
        if let Some(places) = hosts.get(host).and_then(Weak::upgrade) {
            return places;
        }
        hosts.retain(|_, places| places.strong_count() > 0);
        let places = Arc::new(Semaphore::new(Self::PER_HOST));
        hosts.insert(host.to_owned(), Arc::downgrade(&places));
        places
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio::time::timeout;

    use super::*;

    async fn full(admission: &Admission, host: &str) -> bool {
        timeout(Duration::from_millis(1), admission.enter(host))
            .await
            .is_err()
    }

    #[tokio::test]
    async fn c19_a_host_is_asked_four_times_at_once_and_all_hosts_thirty_two_times() {
        let admission = Admission::new();
        let mut places = Vec::new();
        for host in 0..8 {
            for _ in 0..Admission::PER_HOST {
                let host = format!("{host}.example");
                places.push(admission.enter(&host).await.unwrap());
            }
            assert!(full(&admission, &format!("{host}.example")).await);
        }
        assert!(full(&admission, "another.example").await);
        places.pop();
        assert!(!full(&admission, "another.example").await);
    }

    #[tokio::test]
    async fn hosts_that_nobody_fetches_from_are_forgotten() {
        let admission = Admission::new();
        for host in 0..100 {
            drop(admission.enter(&format!("{host}.example")).await.unwrap());
        }
        let kept = admission.enter("kept.example").await.unwrap();
        drop(admission.enter("last.example").await.unwrap());
        assert_eq!(admission.hosts.lock().len(), 2);
        drop(kept);
    }
}
