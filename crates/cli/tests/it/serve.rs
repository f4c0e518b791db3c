//! `shukuba serve`: its lock, its port, its end.

use std::io::{BufRead as _, BufReader, Read};
use std::process::{Child, Stdio};

use rustix::process::Signal;
use shukuba_testkit::browser::Browser;
use tokio::runtime::Runtime;

use crate::bed::{Bed, Running, eventually, processes_below, shukuba, signal};

#[test]
fn a_second_server_on_the_same_data_directory_says_who_holds_it() {
    let bed = Bed::new();
    let first = Running::serve(&bed.data_dir(), 0);
    let second = bed.run(&["serve", "--port", "0"]);
    assert_eq!(second.code, 1);
    assert!(
        second.stderr.contains(&format!("process {}", first.pid())),
        "{}",
        second.stderr
    );
    assert!(second.stderr.contains(&first.origin), "{}", second.stderr);
    first.interrupt();
    Running::serve(&bed.data_dir(), 0).interrupt();
}

#[test]
fn a_taken_port_is_an_error_that_names_it() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let finished = Bed::new().run(&["serve", "--port", &port]);
    assert_eq!(finished.code, 1);
    assert!(finished.stderr.contains(&port), "{}", finished.stderr);
    assert!(finished.stderr.contains("--port"), "{}", finished.stderr);
}

#[test]
fn commands_without_a_server_or_a_key_say_how_to_get_one() {
    let bed = Bed::new();
    let without_key = bed.run(&["list"]);
    assert_eq!(without_key.code, 1);
    assert!(
        without_key.stderr.contains("shukuba serve"),
        "{}",
        without_key.stderr
    );
    let running = Running::serve(&bed.data_dir(), 0);
    let origin = running.origin.clone();
    running.interrupt();
    let without_server = bed.run(&["list", "--server", &origin]);
    assert_eq!(without_server.code, 1);
    assert!(
        without_server.stderr.contains(&origin),
        "{}",
        without_server.stderr
    );
    assert!(without_server.stdout.is_empty());
}

#[test]
fn no_process_is_left_however_the_server_ends() {
    for end in [Signal::INT, Signal::TERM, Signal::KILL] {
        let bed = Bed::with_server();
        let client = bed.register("both");
        bed.launch(&client);
        bed.run(&["invoke", "--tool", "add", "--arg", "a=2", "--arg", "b=3"])
            .ok();
        let versions = bed.data_dir().join("versions");
        assert!(!processes_below(&versions).is_empty(), "an instance runs");
        signal(bed.server().pid(), end);
        eventually("every instance has ended", || {
            processes_below(&versions).is_empty()
        });
    }
}

#[test]
fn the_administration_api_refuses_everyone_but_the_operator() {
    let bed = Bed::with_server();
    for key in ["", "Bearer ", "Bearer wrong", "Basic b3A6eA=="] {
        let output = std::process::Command::new(env!("CARGO_BIN_EXE_shukuba"))
            .args(["list", "--server", bed.origin(), "--data-dir"])
            .arg(wrong_key(&bed, key))
            .output()
            .unwrap();
        let stderr = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(1), "{stderr}");
        assert!(stderr.contains("operator"), "{stderr}");
    }
}

fn wrong_key(bed: &Bed, key: &str) -> std::path::PathBuf {
    let directory = bed.path("wrong");
    std::fs::create_dir_all(&directory).unwrap();
    std::fs::write(directory.join("operator.key"), key).unwrap();
    directory
}

/// `shukuba serve` on a free port, whose output is read.
fn serve(bed: &Bed, arguments: &[&str]) -> Child {
    shukuba()
        .args(["serve", "--port", "0", "--data-dir"])
        .arg(bed.data_dir())
        .args(arguments)
        .env("SHUKUBA_LOGIN_DAYS", "60")
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
}

/// The lines of a pipe, until one holds `last`.
fn until(pipe: impl Read, last: &str) -> String {
    let mut seen = String::new();
    for line in BufReader::new(pipe).lines() {
        let line = line.unwrap();
        seen.push_str(&line);
        seen.push('\n');
        if line.contains(last) {
            return seen;
        }
    }
    panic!("no '{last}' in: {seen}");
}

#[test]
fn the_first_start_prints_a_link_for_an_owner_who_may_do_everything() {
    const PASSWORD: &str = "correct horse battery";
    let bed = Bed::new();
    let mut first = serve(&bed, &["--listen", "127.0.0.1"]);
    let said = until(first.stdout.take().unwrap(), "skl_");
    assert!(said.contains("choose a password for 'owner'"), "{said}");
    let link = said.lines().last().unwrap().trim();
    let origin = link.split("/oauth/").next().unwrap();
    let settings = Runtime::new().unwrap().block_on(async {
        let mut browser = Browser::new(origin);
        browser.choose_password(link, PASSWORD).await;
        browser.open("/console/settings").await.html
    });
    for (setting, source) in [
        ("Listen address", "--listen"),
        ("Longest login", "SHUKUBA_LOGIN_DAYS"),
        ("Data directory", "--data-dir"),
        ("Registration of clients", "--registration"),
    ] {
        let (_, row) = settings.split_once(setting).unwrap();
        let row = row.split("</tr>").next().unwrap();
        assert!(row.contains(source), "{setting}: {row}");
        let is_default = source == "--registration";
        assert_eq!(row.contains("Default"), is_default, "{setting}: {row}");
    }
    signal(first.id(), Signal::INT);
    first.wait().unwrap();

    let mut second = serve(&bed, &[]);
    until(second.stderr.take().unwrap(), "Ctrl-C ends it.");
    signal(second.id(), Signal::INT);
    let said = second.wait_with_output().unwrap().stdout;
    assert_eq!(String::from_utf8(said).unwrap(), "", "nobody is new");
}
