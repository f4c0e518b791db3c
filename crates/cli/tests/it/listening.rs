//! Where `serve` and `up` listen, and what they are called.

use std::path::PathBuf;
use std::process::Stdio;

use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use rustix::process::Signal;
use serde_json::Value;

use crate::bed::{Bed, Running, eventually, fixture, shukuba, signal};

/// Files of a private authority and of a certificate for `name` by it.
struct Tls {
    root: PathBuf,
    certificate: PathBuf,
    key: PathBuf,
}

impl Tls {
    fn new(bed: &Bed, name: &str) -> Self {
        let root_key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::default();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let root = params.self_signed(&root_key).unwrap().pem();
        let key = KeyPair::generate().unwrap();
        let certificate = CertificateParams::new([name.to_owned()])
            .unwrap()
            .signed_by(&key, &Issuer::new(params, root_key))
            .unwrap()
            .pem();
        let written = |name: &str, content: String| {
            let path = bed.path(name);
            std::fs::write(&path, content).unwrap();
            path
        };
        Self {
            root: written("root.crt", root),
            certificate: written("tls.crt", certificate),
            key: written("tls.key", key.serialize_pem()),
        }
    }

    fn arguments(&self) -> [&str; 4] {
        let [certificate, key] = [&self.certificate, &self.key].map(|path| path.to_str().unwrap());
        ["--tls-cert", certificate, "--tls-key", key]
    }
}

#[test]
fn bad_flags_are_refused_with_what_is_wrong_and_no_server_is_left() {
    let bed = Bed::new();
    let missing = bed.path("missing.pem");
    let missing = missing.to_str().unwrap();
    for (arguments, code, named) in [
        (&["--listen", "localhost"][..], 2, "--listen"),
        (&["--listen", "0.0.0.0"], 1, "--public-url"),
        (&["--listen", "::"], 1, "--public-url"),
        (&["--listen", "192.0.2.77"], 1, "192.0.2.77"),
        (&["--port", "65536"], 2, "--port"),
        (&["--public-url", "mcp.example"], 2, "https://mcp.example"),
        (&["--public-url", "https://mcp.example/path"], 2, "no path"),
        (&["--public-url", "https://0.0.0.0"], 2, "connect to"),
        (&["--tls-cert", missing], 2, "--tls-key"),
        (&["--tls-key", missing], 2, "--tls-cert"),
        (&["--tls-cert", missing, "--tls-key", missing], 1, missing),
        (&["--trusted-proxy", "proxy"], 2, "10.0.0.0/8"),
        (&["--trusted-proxy", "10.0.0.1/8"], 2, "10.0.0.1/8"),
        (&["--trusted-proxy", "10.0.0.0/8,x"], 2, "'x'"),
    ] {
        let serve = [&["serve", "--port", "0"], arguments].concat();
        let serve = match arguments.first() {
            Some(&"--port") => [&["serve"], arguments].concat(),
            _ => serve,
        };
        let finished = bed.run(&serve);
        assert_eq!(finished.code, code, "{arguments:?}: {}", finished.stderr);
        assert!(finished.stderr.contains(named), "{}", finished.stderr);
    }
}

#[test]
fn a_master_key_that_is_none_is_refused_and_not_repeated() {
    let bed = Bed::new();
    for value in ["", "canary-of-the-master-key"] {
        let output = shukuba()
            .args(["serve", "--port", "0", "--data-dir"])
            .arg(bed.data_dir())
            .env("SHUKUBA_MASTER_KEY", value)
            .output()
            .unwrap();
        let stderr = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(1), "{stderr}");
        assert!(stderr.contains("SHUKUBA_MASTER_KEY"), "{stderr}");
        assert!(stderr.contains("32 bytes"), "{stderr}");
        assert!(!stderr.contains("canary"), "{stderr}");
    }
    assert!(!bed.data_dir().join("master.key").exists());
}

#[test]
fn plain_http_beyond_this_machine_is_warned_about_with_the_clients_that_refuse_it() {
    let bed = Bed::new();
    let mut child = shukuba()
        .args([
            "serve",
            "--port",
            "0",
            "--public-url",
            "http://192.0.2.1:8430",
        ])
        .arg("--data-dir")
        .arg(bed.data_dir())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let holder = bed.data_dir().join("lock");
    eventually("the server has started", || {
        assert!(child.try_wait().unwrap().is_none(), "it ended early");
        std::fs::read_to_string(&holder).is_ok_and(|text| text.contains("192.0.2.1"))
            && bed.data_dir().join("shukuba.db").exists()
    });
    signal(child.id(), Signal::INT);
    let output = child.wait_with_output().unwrap();
    let stderr = String::from_utf8(output.stderr).unwrap();
    let warning = stderr.lines().find(|line| line.starts_with("warning: "));
    let warning = warning.unwrap_or_else(|| panic!("no warning in {stderr}"));
    for named in ["http://192.0.2.1:8430", "Claude Code", "--public-url"] {
        assert!(warning.contains(named), "{warning}");
    }
}

#[test]
fn commands_reach_a_server_with_tls_when_its_root_is_trusted() {
    let bed = Bed::new();
    let tls = Tls::new(&bed, "127.0.0.1");
    let arguments = [&["--port", "0"], tls.arguments().as_slice()].concat();
    let running = Running::serve_with(&bed.data_dir(), &arguments);
    assert!(running.origin.starts_with("https://127.0.0.1:"));
    let list = |root: Option<&PathBuf>| {
        let mut command = shukuba();
        command
            .args(["list", "--server", &running.origin, "--data-dir"])
            .arg(bed.data_dir());
        if let Some(root) = root {
            command.env("SSL_CERT_FILE", root);
        }
        command.output().unwrap()
    };
    let trusting = list(Some(&tls.root));
    let stderr = String::from_utf8_lossy(&trusting.stderr);
    assert!(trusting.status.success(), "{stderr}");
    assert_eq!(list(None).status.code(), Some(1));
    running.interrupt();
}

#[test]
fn up_calls_its_tool_whatever_it_is_called_outside() {
    let bed = Bed::new();
    let tls = Tls::new(&bed, "mcp.example");
    let ready = bed.path("ready.json");
    let mut child = shukuba()
        .arg("up")
        .arg(fixture("").parent().unwrap().join("adder"))
        .args(["--port", "0", "--public-url", "https://mcp.example"])
        .args(tls.arguments())
        .arg("--ready-json")
        .arg(&ready)
        .arg("--data-dir")
        .arg(bed.data_dir())
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    eventually("up is ready", || {
        assert!(child.try_wait().unwrap().is_none(), "up ended early");
        ready.is_file()
    });
    signal(child.id(), Signal::INT);
    assert!(child.wait().unwrap().success());
    let facts: Value = serde_json::from_slice(&std::fs::read(&ready).unwrap()).unwrap();
    assert_eq!(facts["smoke"]["tool"], "add");
    assert_eq!(facts["issuer"], "https://mcp.example");
}
