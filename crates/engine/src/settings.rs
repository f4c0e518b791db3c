//! What the engine is told when it begins.

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::fmt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use shukuba_model::Clock;

/// Everything [`crate::Engine::new`] needs.
#[derive(Debug, Clone)]
pub struct EngineSettings {
    /// The data directory: `versions/`, `logs/`, `instances/` and `cache/` lie in it.
    pub data_dir: PathBuf,
    /// A program that is run as `LAUNCHER __instance -- PROGRAM ARGUMENTS…` and
    /// calls [`crate::instance::become_instance`], so that an instance dies with
    /// the server however the server ends. `None` starts programs directly.
    pub launcher: Option<PathBuf>,
    /// How many instances there may be, and how long they may take.
    pub limits: Limits,
    /// Tells the time for idle timeouts and lifetimes.
    pub clock: Clock,
    /// The server's own environment, of which builds see a short allow-list and
    /// instances see `PATH` and `LANG`.
    pub environment: OuterEnvironment,
}

impl EngineSettings {
    /// The defaults for a data directory, with this process's environment.
    pub fn new(data_dir: impl Into<PathBuf>) -> Self {
        Self {
            data_dir: data_dir.into(),
            launcher: None,
            limits: Limits::default(),
            clock: Clock::system(),
            environment: OuterEnvironment::inherited(),
        }
    }
}

/// How many instances there may be, and how long they may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Instances on this server.
    pub total: usize,
    /// Instances of one runtime.
    pub per_runtime: usize,
    /// Instances that belong to one principal, over all runtimes.
    pub per_principal: usize,
    /// How long a start may take until the instance accepts connections.
    pub start_timeout: Duration,
    /// How long an instance may take to end after SIGTERM, before SIGKILL.
    pub stop_grace: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            total: 200,
            per_runtime: 100,
            per_principal: 20,
            start_timeout: Duration::from_secs(60),
            stop_grace: Duration::from_secs(5),
        }
    }
}

/// The environment the server itself was started with. Its values are never
/// shown: tokens of package indexes may be among them.
#[derive(Clone, Default)]
pub struct OuterEnvironment(BTreeMap<OsString, OsString>);

/// Variables a build may see besides `PATH`, `HOME` and `LANG`.
const BUILD_VARIABLES: &[&str] = &[
    "SSL_CERT_FILE",
    "SSL_CERT_DIR",
    "REQUESTS_CA_BUNDLE",
    "CURL_CA_BUNDLE",
    "HTTPS_PROXY",
    "HTTP_PROXY",
    "NO_PROXY",
    "https_proxy",
    "http_proxy",
    "no_proxy",
    "CARGO_HOME",
    "RUSTUP_HOME",
    "RUSTUP_TOOLCHAIN",
];

/// Prefixes of further variables a build may see: settings of pip and uv.
const BUILD_PREFIXES: &[&str] = &["PIP_", "UV_"];

impl OuterEnvironment {
    /// This process's environment.
    pub fn inherited() -> Self {
        std::env::vars_os().collect()
    }

    /// The directories in which programs are looked for.
    pub(crate) fn path(&self) -> OsString {
        self.get("PATH").map_or_else(
            || OsString::from("/usr/local/bin:/usr/bin:/bin"),
            OsStr::to_owned,
        )
    }

    /// The language of messages, `C.UTF-8` unless set.
    pub(crate) fn lang(&self) -> OsString {
        self.get("LANG")
            .map_or_else(|| OsString::from("C.UTF-8"), OsStr::to_owned)
    }

    /// The whole environment of a build tool.
    pub(crate) fn for_build(&self, fallback_home: &Path) -> BTreeMap<OsString, OsString> {
        let mut built: BTreeMap<OsString, OsString> = self
            .0
            .iter()
            .filter(|(name, _)| is_for_builds(name))
            .map(|(name, value)| (name.clone(), value.clone()))
            .collect();
        let home = self
            .get("HOME")
            .map_or_else(|| fallback_home.as_os_str().to_owned(), OsStr::to_owned);
        built.insert("PATH".into(), self.path());
        built.insert("LANG".into(), self.lang());
        built.insert("HOME".into(), home);
        built
    }

    /// The absolute path of a program that lies on `PATH`.
    pub(crate) fn find_program(&self, name: &str) -> Option<PathBuf> {
        std::env::split_paths(&self.path())
            .filter(|directory| directory.is_absolute())
            .map(|directory| directory.join(name))
            .find(|candidate| is_executable_file(candidate))
    }

    fn get(&self, name: &str) -> Option<&OsStr> {
        self.0.get(OsStr::new(name)).map(OsString::as_os_str)
    }
}

impl<N: Into<OsString>, V: Into<OsString>> FromIterator<(N, V)> for OuterEnvironment {
    fn from_iter<I: IntoIterator<Item = (N, V)>>(variables: I) -> Self {
        Self(
            variables
                .into_iter()
                .map(|(name, value)| (name.into(), value.into()))
                .collect(),
        )
    }
}

impl fmt::Debug for OuterEnvironment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "OuterEnvironment({} variables)", self.0.len())
    }
}

fn is_for_builds(name: &OsStr) -> bool {
    name.to_str().is_some_and(|name| {
        BUILD_VARIABLES.contains(&name)
            || BUILD_PREFIXES.iter().any(|prefix| name.starts_with(prefix))
    })
}

/// Whether a path names a file that may be executed by someone.
pub(crate) fn is_executable_file(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    path.metadata()
        .is_ok_and(|facts| facts.is_file() && facts.permissions().mode() & 0o111 != 0)
}
