//! What remains when a server is killed: nothing, or what its successor ends.

use std::io::{BufRead as _, BufReader};
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use shukuba_engine::{Engine, EngineSettings, Selector};
use shukuba_model::session::SessionMode::Stateless;

use super::fixture::{House, eventually, get, is_alive, pid_of, run_only, version};

/// A server of its own, which tells the process ids of an instance and of the
/// instance's child.
struct Server {
    process: Child,
    instance: i32,
    grandchild: i32,
}

impl Server {
    fn start(data_dir: &Path, launcher: Option<&Path>) -> Self {
        let mut process = Command::new(std::env::current_exe().unwrap())
            .args(run_only("leftovers::fixture_engine"))
            .env("ENGINE_DATA", data_dir)
            .envs(launcher.map(|launcher| ("ENGINE_LAUNCHER", launcher)))
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let told = BufReader::new(process.stdout.take().unwrap())
            .lines()
            .map(Result::unwrap)
            .find_map(|line| {
                let (instance, grandchild) = line.strip_prefix("running ")?.split_once(' ')?;
                Some((instance.parse().ok()?, grandchild.parse().ok()?))
            });
        let (instance, grandchild) = told.unwrap();
        Self {
            process,
            instance,
            grandchild,
        }
    }

    fn kill(mut self) -> (i32, i32) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
        (self.instance, self.grandchild)
    }
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "not a test: a server that is killed"]
async fn fixture_engine() {
    let Some(data_dir) = std::env::var_os("ENGINE_DATA") else {
        return;
    };
    let engine = Engine::new(EngineSettings {
        launcher: std::env::var_os("ENGINE_LAUNCHER").map(Into::into),
        ..EngineSettings::new(data_dir)
    })
    .unwrap();
    let house = House {
        engine,
        ..House::new()
    };
    let version = version("brood", Stateless);
    let lease = house
        .attach(&version, "alice", Selector::Principal)
        .await
        .unwrap();
    println!(
        "\nrunning {} {}",
        pid_of(&lease),
        get(lease.authority(), "/child")
    );
    std::future::pending::<()>().await;
}

#[test]
#[ignore = "not a test: the first code of an instance"]
fn fixture_launcher() {
    if let Ok(arguments) = std::env::var("BECOME") {
        let arguments = arguments.split('\n').map(Into::into);
        panic!("{}", shukuba_engine::instance::become_instance(arguments));
    }
}

/// A program that is called like the command line's hidden subcommand.
fn launcher(directory: &Path) -> std::path::PathBuf {
    let path = directory.join("launcher");
    let this = std::env::current_exe().unwrap();
    let script = format!(
        "#!/bin/sh\n[ \"$1\" = __instance ] || exit 9\nshift\nBECOME=$(printf '%s\\n' \"$@\")\n\
         export BECOME\nexec {} {}\n",
        this.display(),
        run_only("leftovers::fixture_launcher").join(" ")
    );
    std::fs::write(&path, script).unwrap();
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
    path
}

#[tokio::test(flavor = "multi_thread")]
async fn with_a_launcher_an_instance_dies_with_a_server_that_is_killed() {
    let directory = tempfile::tempdir().unwrap();
    let launcher = launcher(directory.path());
    let server = Server::start(directory.path(), Some(&launcher));
    assert!(is_alive(server.instance));
    let (instance, grandchild) = server.kill();
    eventually("the kernel ends the instance", || !is_alive(instance)).await;

    // What the instance had started is known by its environment.
    let engine = Engine::new(EngineSettings::new(directory.path())).unwrap();
    eventually("the successor ends the rest", || !is_alive(grandchild)).await;
    engine.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_next_server_ends_what_a_killed_one_left() {
    let directory = tempfile::tempdir().unwrap();
    let (instance, grandchild) = Server::start(directory.path(), None).kill();
    assert!(is_alive(instance) && is_alive(grandchild));
    let engine = Engine::new(EngineSettings::new(directory.path())).unwrap();
    eventually("both end", || !is_alive(instance) && !is_alive(grandchild)).await;
    let left = std::fs::read_dir(directory.path().join("instances"))
        .unwrap()
        .count();
    assert_eq!(left, 0);
    engine.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stranger_with_a_recorded_process_id_is_left_alone() {
    use std::os::unix::process::CommandExt as _;

    let directory = tempfile::tempdir().unwrap();
    let mut stranger = Command::new("/bin/sleep")
        .arg("600")
        .process_group(0)
        .spawn()
        .unwrap();
    let record = directory.path().join("instances/0123456789abcdef");
    std::fs::create_dir_all(&record).unwrap();
    let text = format!("{{\"pid\": {}, \"started\": 1}}", stranger.id());
    std::fs::write(record.join("process.json"), text).unwrap();
    let engine = Engine::new(EngineSettings::new(directory.path())).unwrap();
    assert!(stranger.try_wait().unwrap().is_none(), "it still runs");
    stranger.kill().unwrap();
    stranger.wait().unwrap();
    assert!(!record.exists());
    engine.shutdown().await;
}
