//! Names to addresses, when strangers chose the name.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use tokio::sync::Semaphore;

use super::special_use::special_use;

/// How many names may be looked up at once. A lookup holds a thread of the
/// system's resolver until it ends, also when nobody waits for it any more.
const LOOKUPS: usize = 32;

/// Resolves a name and hands its addresses to the connection only when every
/// one of them is on the public Internet.
///
/// What is vetted is what is dialled: the connection resolves nothing itself, so
/// a name that answers otherwise a moment later gains nothing. An IP address in
/// place of a name never comes here; [`super::PublicUrl`] judges those.
pub(super) struct VettedNames {
    source: Source,
    lookups: Arc<Semaphore>,
}

/// Where addresses come from.
pub(super) enum Source {
    /// The system's resolver.
    System,
    /// A test's servers: these hosts are there whatever the rule says, and no
    /// other name is resolved.
    #[cfg(feature = "testing")]
    Servers(std::collections::HashMap<String, SocketAddr>),
    /// What a test has names resolve to.
    #[cfg(test)]
    Answers(fn(&str) -> Vec<IpAddr>),
}

/// Why a name has no addresses to dial.
#[derive(Debug, thiserror::Error)]
pub(super) enum NameRefused {
    /// One of its addresses is not on the public Internet.
    #[error("an address of the host is {what}")]
    Private {
        /// The first such address.
        address: IpAddr,
        /// What it is for.
        what: &'static str,
    },
    /// It has none.
    #[error("the host name does not resolve")]
    Unresolved,
}

impl VettedNames {
    pub(super) fn new(source: Source) -> Self {
        Self {
            source,
            lookups: Arc::new(Semaphore::new(LOOKUPS)),
        }
    }

    /// What a test said about a name.
    fn settled(&self, name: &str) -> Option<Result<Vec<SocketAddr>, NameRefused>> {
        #[cfg(not(any(test, feature = "testing")))]
        let _ = name;
        match &self.source {
            Source::System => None,
            #[cfg(feature = "testing")]
            Source::Servers(servers) => Some(
                servers
                    .get(name)
                    .map(|server| vec![*server])
                    .ok_or(NameRefused::Unresolved),
            ),
            #[cfg(test)]
            Source::Answers(answers) => Some(vetted(answers(name))),
        }
    }
}

impl Resolve for VettedNames {
    fn resolve(&self, name: Name) -> Resolving {
        let settled = self.settled(name.as_str());
        let lookups = Arc::clone(&self.lookups);
        Box::pin(async move {
            let addresses = match settled {
                Some(settled) => settled?,
                None => vetted(look_up(lookups, name.as_str().to_owned()).await?)?,
            };
            let addresses: Addrs = Box::new(addresses.into_iter());
            Ok(addresses)
        })
    }
}

/// Asks the system. The place among the lookups is given back when the system
/// has answered, not when the caller has lost patience.
async fn look_up(lookups: Arc<Semaphore>, name: String) -> Result<Vec<IpAddr>, NameRefused> {
    let lookup = async move {
        let _place = lookups.acquire_owned().await.map_err(io::Error::other)?;
        let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
        Ok::<_, io::Error>(found.map(|address| address.ip()).collect())
    };
    match tokio::spawn(lookup).await {
        Ok(Ok(addresses)) => Ok(addresses),
        Ok(Err(_)) | Err(_) => Err(NameRefused::Unresolved),
    }
}

/// All of the addresses, or the reason why none is dialled. Port 0 stands for
/// the port of the address that is fetched.
fn vetted(addresses: Vec<IpAddr>) -> Result<Vec<SocketAddr>, NameRefused> {
    if addresses.is_empty() {
        return Err(NameRefused::Unresolved);
    }
    addresses
        .into_iter()
        .map(|address| match special_use(address) {
            None => Ok(SocketAddr::new(address, 0)),
            Some(what) => Err(NameRefused::Private { address, what }),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    async fn resolved(source: Source, name: &str) -> Result<Vec<SocketAddr>, String> {
        let names = VettedNames::new(source);
        match names.resolve(name.parse().unwrap()).await {
            Ok(addresses) => Ok(addresses.collect()),
            Err(error) => Err(error.to_string()),
        }
    }

    fn answers(name: &str) -> Vec<IpAddr> {
        let list: &[&str] = match name {
            "public.example" => &["8.8.8.8", "2606:4700::1"],
            "private.example" => &["10.0.0.1"],
            "mixed.example" => &["8.8.8.8", "127.0.0.1"],
            "mixed6.example" => &["2606:4700::1", "fd00::1"],
            "metadata.example" => &["169.254.169.254"],
            _ => &[],
        };
        list.iter()
            .map(|address| address.parse().unwrap())
            .collect()
    }

    #[tokio::test]
    async fn c03_a_name_is_refused_when_any_of_its_addresses_is_private() {
        for name in [
            "private.example",
            "mixed.example",
            "mixed6.example",
            "metadata.example",
        ] {
            let error = resolved(Source::Answers(answers), name).await.unwrap_err();
            assert!(
                error.starts_with("an address of the host is "),
                "{name}: {error}"
            );
        }
        let error = resolved(Source::Answers(answers), "gone.example")
            .await
            .unwrap_err();
        assert_eq!(error, "the host name does not resolve");
    }

    #[tokio::test]
    async fn c03_names_of_this_machine_are_refused_by_the_systems_answer_too() {
        let error = resolved(Source::System, "localhost").await.unwrap_err();
        assert_eq!(error, "an address of the host is loopback");
    }

    #[tokio::test]
    async fn c04_a_name_is_resolved_once_and_only_what_was_vetted_is_handed_on() {
        static ASKED: AtomicUsize = AtomicUsize::new(0);
        fn rebinding(_: &str) -> Vec<IpAddr> {
            match ASKED.fetch_add(1, Ordering::SeqCst) {
                0 => vec!["8.8.8.8".parse().unwrap()],
                _ => vec!["127.0.0.1".parse().unwrap()],
            }
        }
        let addresses = resolved(Source::Answers(rebinding), "rebind.example").await;
        assert_eq!(addresses.unwrap(), ["8.8.8.8:0".parse().unwrap()]);
        assert_eq!(ASKED.load(Ordering::SeqCst), 1);
    }
}
