//! What the bench is told.

use std::net::SocketAddr;
use std::path::PathBuf;

use anyhow::{Context as _, bail};

pub(crate) const USAGE: &str = "\
shukuba-bench --shukuba FILE [--adder-rs FILE] [--write FILE] [--quick] [--pages]

  --shukuba FILE   the built binary to measure
  --adder-rs FILE  the built binary of examples/adder-rs; without it `up` is not measured
  --write FILE     write the report there as well
  --quick          few and short rounds: to see that everything works, not to be quoted
  --pages          only the console's pages; --write puts them into a report that is there";

/// What this process is to do.
pub(crate) enum Mode {
    /// Say how it is used.
    Help,
    /// Be the bare proxy in front of an address.
    Proxy(SocketAddr),
    /// Measure.
    Measure(Options),
}

/// What to measure, and how long.
#[derive(Default)]
pub(crate) struct Options {
    pub(crate) shukuba: PathBuf,
    pub(crate) adder_rs: Option<PathBuf>,
    pub(crate) write: Option<PathBuf>,
    pub(crate) quick: bool,
    pub(crate) pages: bool,
}

impl Options {
    /// One number for a run to be quoted, another for a quick one.
    pub(crate) fn pick<T>(&self, full: T, quick: T) -> T {
        if self.quick { quick } else { full }
    }
}

impl Mode {
    /// Reads the arguments, the program's name left out.
    pub(crate) fn of(arguments: impl Iterator<Item = String>) -> anyhow::Result<Self> {
        let mut arguments = arguments.peekable();
        if arguments.next_if_eq("__proxy").is_some() {
            let upstream = arguments.next().context("__proxy wants an address")?;
            return Ok(Self::Proxy(upstream.parse()?));
        }
        let mut options = Options::default();
        while let Some(argument) = arguments.next() {
            let mut file = || {
                let value = arguments.next();
                value
                    .map(PathBuf::from)
                    .with_context(|| format!("{argument} wants a file"))
            };
            match argument.as_str() {
                "--shukuba" => options.shukuba = file()?,
                "--adder-rs" => options.adder_rs = Some(file()?),
                "--write" => options.write = Some(file()?),
                "--quick" => options.quick = true,
                "--pages" => options.pages = true,
                "--help" | "-h" => return Ok(Self::Help),
                unknown => bail!("'{unknown}' is no option\n\n{USAGE}"),
            }
        }
        // Children are started in other directories.
        options.shukuba = options.shukuba.canonicalize().context(
            "--shukuba names no file: build it with `cargo build --release -p shukuba-cli`",
        )?;
        options.adder_rs = options
            .adder_rs
            .map(|path| path.canonicalize())
            .transpose()?;
        Ok(Self::Measure(options))
    }
}
