//! How a server is set up, and who said so: for people to look at, never to
//! act on. No secret is in it.

use std::collections::BTreeMap;

/// Something that a server is told when it is started.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Knob {
    /// The origin clients know it by.
    PublicUrl,
    /// The address it listens on.
    Listen,
    /// The port it listens on.
    Port,
    /// The TLS certificate's file.
    TlsCertificate,
    /// The file of the certificate's private key.
    TlsKey,
    /// The proxies whose `X-Forwarded-For` is believed.
    TrustedProxies,
    /// Who may register a client by itself.
    Registration,
    /// Whether a client id may be the address of a metadata document.
    ClientDocuments,
    /// How many days a login lasts that is not used.
    LoginIdleDays,
    /// How many days a login lasts at most.
    LoginDays,
    /// Where everything is kept.
    DataDir,
    /// Where the key lies that private keys are sealed under.
    MasterKey,
}

impl Knob {
    /// Every one, in the order in which they are shown.
    pub const ALL: [Self; 12] = [
        Self::PublicUrl,
        Self::Listen,
        Self::Port,
        Self::TlsCertificate,
        Self::TlsKey,
        Self::TrustedProxies,
        Self::Registration,
        Self::ClientDocuments,
        Self::LoginIdleDays,
        Self::LoginDays,
        Self::DataDir,
        Self::MasterKey,
    ];

    /// The flag that sets it, without the dashes; `None` where there is none.
    pub fn flag(self) -> Option<&'static str> {
        Some(match self {
            Self::PublicUrl => "public-url",
            Self::Listen => "listen",
            Self::Port => "port",
            Self::TlsCertificate => "tls-cert",
            Self::TlsKey => "tls-key",
            Self::TrustedProxies => "trusted-proxy",
            Self::Registration => "registration",
            Self::ClientDocuments => "cimd",
            Self::LoginIdleDays => "login-idle-days",
            Self::LoginDays => "login-days",
            Self::DataDir => "data-dir",
            Self::MasterKey => return None,
        })
    }

    /// The environment variable that sets it.
    pub fn variable(self) -> &'static str {
        match self {
            Self::PublicUrl => "SHUKUBA_PUBLIC_URL",
            Self::Listen => "SHUKUBA_LISTEN",
            Self::Port => "SHUKUBA_PORT",
            Self::TlsCertificate => "SHUKUBA_TLS_CERT",
            Self::TlsKey => "SHUKUBA_TLS_KEY",
            Self::TrustedProxies => "SHUKUBA_TRUSTED_PROXY",
            Self::Registration => "SHUKUBA_REGISTRATION",
            Self::ClientDocuments => "SHUKUBA_CIMD",
            Self::LoginIdleDays => "SHUKUBA_LOGIN_IDLE_DAYS",
            Self::LoginDays => "SHUKUBA_LOGIN_DAYS",
            Self::DataDir => "SHUKUBA_DATA_DIR",
            Self::MasterKey => "SHUKUBA_MASTER_KEY",
        }
    }
}

/// Who said what a setting is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum SettingSource {
    /// Nobody: it is as it is where nothing is said.
    #[default]
    Default,
    /// An environment variable.
    Environment,
    /// A flag of the command line.
    Flag,
}

/// Who said what each setting is; nobody where none is named.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SettingSources(BTreeMap<Knob, SettingSource>);

impl SettingSources {
    /// Of one of them.
    pub fn of(&self, knob: Knob) -> SettingSource {
        self.0.get(&knob).copied().unwrap_or_default()
    }
}

impl FromIterator<(Knob, SettingSource)> for SettingSources {
    fn from_iter<I: IntoIterator<Item = (Knob, SettingSource)>>(sources: I) -> Self {
        Self(sources.into_iter().collect())
    }
}

/// A setting as it came out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Setting {
    /// Which.
    pub knob: Knob,
    /// What it is; empty where it is nothing.
    pub value: String,
    /// Who said so.
    pub source: SettingSource,
}
