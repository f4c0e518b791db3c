//! Who may register clients and how long logins last: the flags of `serve` and `up`.

use clap::{Args, ValueEnum};
use shukuba_server::{Issuing, Lifetimes, RegistrationPolicy};

const DAY: i64 = 86_400;

/// The flags that `serve` and `up` share.
#[derive(Debug, Args)]
pub(crate) struct IssuingArgs {
    /// Who may register a client by itself (RFC 7591): open, initial-access-token
    /// or off. Open where not given: what such a client gets, a person has to allow.
    #[arg(
        long,
        env = "SHUKUBA_REGISTRATION",
        value_name = "POLICY",
        default_value = "open"
    )]
    registration: RegistrationPolicy,
    /// Whether a client id may be the https address of a document about the
    /// client, which is then fetched.
    #[arg(long, env = "SHUKUBA_CIMD", value_enum, default_value_t = Switch::On)]
    cimd: Switch,
    /// How many days a login lasts that is not used.
    #[arg(
        long,
        env = "SHUKUBA_LOGIN_IDLE_DAYS",
        value_name = "DAYS",
        default_value_t = 30,
        value_parser = clap::value_parser!(i64).range(1..=3650)
    )]
    login_idle_days: i64,
    /// How many days a login lasts, however much it is used.
    #[arg(
        long,
        env = "SHUKUBA_LOGIN_DAYS",
        value_name = "DAYS",
        default_value_t = 90,
        value_parser = clap::value_parser!(i64).range(1..=3650)
    )]
    login_days: i64,
}

/// On or off.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Switch {
    /// Yes.
    On,
    /// No.
    Off,
}

impl IssuingArgs {
    /// What a server is told.
    pub(crate) fn issuing(&self) -> Issuing {
        Issuing {
            registration: self.registration,
            client_documents: self.cimd == Switch::On,
            lifetimes: Lifetimes {
                refresh_idle: self.login_idle_days * DAY,
                refresh_absolute: self.login_days * DAY,
                ..Lifetimes::default()
            },
        }
    }
}
