//! Where a server listens and what it is called: the flags of `serve` and `up`.

use std::net::IpAddr;
use std::path::PathBuf;
use std::sync::Arc;

use clap::parser::ValueSource;
use clap::{ArgMatches, Args};
use shukuba_model::setting::{Knob, SettingSource, SettingSources};
use shukuba_model::{AddressRange, PublicOrigin};
use shukuba_server::{MasterKey, Settings, TlsFiles};

use crate::Global;
use crate::failure::Failure;

/// The port `serve` and `up` listen on.
const DEFAULT_PORT: u16 = 8430;
/// Holds the master key where it shall lie in no file.
const MASTER_KEY: &str = "SHUKUBA_MASTER_KEY";

/// The flags that `serve` and `up` share.
#[derive(Debug, Args)]
pub(crate) struct ListenArgs {
    /// The address to listen on; 0.0.0.0 or :: for all, with --public-url.
    #[arg(
        long,
        env = "SHUKUBA_LISTEN",
        default_value = "127.0.0.1",
        value_name = "ADDR"
    )]
    listen: IpAddr,
    /// The port to listen on; 0 takes any free one.
    #[arg(long, env = "SHUKUBA_PORT", default_value_t = DEFAULT_PORT)]
    port: u16,
    /// The origin clients know the server by: scheme, host and, where it is not
    /// the usual one, port. It is the issuer, and every address begins with it.
    /// The address listened on when not given.
    #[arg(long, env = "SHUKUBA_PUBLIC_URL", value_name = "URL")]
    public_url: Option<PublicOrigin>,
    /// The TLS certificate and those between it and its root, PEM; read again
    /// when it changes.
    #[arg(
        long,
        env = "SHUKUBA_TLS_CERT",
        value_name = "FILE",
        requires = "tls_key"
    )]
    tls_cert: Option<PathBuf>,
    /// The private key of the certificate, PEM.
    #[arg(
        long,
        env = "SHUKUBA_TLS_KEY",
        value_name = "FILE",
        requires = "tls_cert"
    )]
    tls_key: Option<PathBuf>,
    /// A proxy before the server whose X-Forwarded-For is believed, as an
    /// address or range; may be given again.
    #[arg(
        long,
        env = "SHUKUBA_TRUSTED_PROXY",
        value_name = "CIDR",
        value_delimiter = ','
    )]
    trusted_proxy: Vec<AddressRange>,
}

impl ListenArgs {
    /// What a server is started with.
    ///
    /// # Errors
    /// When the environment holds a master key that is none.
    pub(crate) fn settings(self, global: &Global) -> Result<Settings, Failure> {
        let launcher = std::env::current_exe().map_err(|error| {
            Failure::failed(format!("this program's own path is unknown: {error}"))
        })?;
        let tls = self.tls_cert.zip(self.tls_key);
        Ok(Settings {
            listen: self.listen,
            public_url: self.public_url,
            tls: tls.map(|(certificate, key)| TlsFiles { certificate, key }),
            trusted_proxies: self.trusted_proxy,
            master_key: master_key()?,
            ..Settings::local(global.data_dir.clone(), self.port, Some(launcher))
        })
    }
}

/// Who said what the settings of a server are, of the flags that a command has.
pub(crate) fn sources(command: &ArgMatches) -> SettingSources {
    let source = |knob: Knob| {
        let id = knob.flag()?.replace('-', "_");
        command.try_contains_id(&id).ok()?;
        let source = match command.value_source(&id)? {
            ValueSource::CommandLine => SettingSource::Flag,
            ValueSource::EnvVariable => SettingSource::Environment,
            _ => SettingSource::Default,
        };
        Some((knob, source))
    };
    Knob::ALL.into_iter().filter_map(source).collect()
}

/// The master key of the environment, if it holds one. The variable is not a
/// flag's, so that its value shows in no help and no process list.
fn master_key() -> Result<Option<Arc<MasterKey>>, Failure> {
    let Some(text) = std::env::var_os(MASTER_KEY) else {
        return Ok(None);
    };
    let parsed = text.to_str().unwrap_or_default().parse::<MasterKey>();
    parsed.map(|key| Some(Arc::new(key))).map_err(|error| {
        Failure::failed(format!("{MASTER_KEY}: {error}"))
            .hint("unset it to use the key in the data directory")
    })
}
