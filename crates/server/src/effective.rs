//! The settings as they came out, for people to look at.

use std::net::SocketAddr;
use std::path::Path;

use shukuba_control::WaysIn;
use shukuba_model::PublicOrigin;
use shukuba_model::setting::{Knob, Setting, SettingSource};

use crate::{Issuing, RegistrationPolicy, Settings, TlsFiles};

const DAY: i64 = 86_400;

/// Each setting with its value and who said so. The master key's is where it
/// lies, never what it is.
pub(crate) fn settings(
    told: &Settings,
    origin: &PublicOrigin,
    address: SocketAddr,
    data_dir: &Path,
) -> Vec<Setting> {
    let setting = |knob| Setting {
        knob,
        value: value(knob, told, origin, address, data_dir),
        source: match knob {
            Knob::MasterKey if told.master_key.is_some() => SettingSource::Environment,
            _ => told.sources.of(knob),
        },
    };
    Knob::ALL.into_iter().map(setting).collect()
}

/// Which clients get in that nobody registered.
pub(crate) fn ways_in(issuing: &Issuing) -> WaysIn {
    WaysIn {
        open_registration: issuing.registration == RegistrationPolicy::Open,
        client_documents: issuing.client_documents,
    }
}

fn value(
    knob: Knob,
    told: &Settings,
    origin: &PublicOrigin,
    address: SocketAddr,
    data_dir: &Path,
) -> String {
    let issuing = &told.issuing;
    let file = |which: fn(&TlsFiles) -> &Path| {
        let file = told.tls.as_ref().map(which);
        file.map(|file| file.display().to_string())
            .unwrap_or_default()
    };
    match knob {
        Knob::PublicUrl => origin.to_string(),
        Knob::Listen => address.ip().to_string(),
        Knob::Port => address.port().to_string(),
        Knob::TlsCertificate => file(|files| &files.certificate),
        Knob::TlsKey => file(|files| &files.key),
        Knob::TrustedProxies => {
            let ranges = told.trusted_proxies.iter().map(ToString::to_string);
            ranges.collect::<Vec<_>>().join(", ")
        }
        Knob::Registration => issuing.registration.as_str().to_owned(),
        Knob::ClientDocuments => if issuing.client_documents {
            "on"
        } else {
            "off"
        }
        .to_owned(),
        Knob::LoginIdleDays => (issuing.lifetimes.refresh_idle / DAY).to_string(),
        Knob::LoginDays => (issuing.lifetimes.refresh_absolute / DAY).to_string(),
        Knob::DataDir => data_dir.display().to_string(),
        Knob::MasterKey if told.master_key.is_some() => String::new(),
        Knob::MasterKey => data_dir.join("master.key").display().to_string(),
    }
}
