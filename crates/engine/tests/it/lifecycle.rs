//! How instances begin and end.

use std::time::Duration;

use serde_json::Value;
use shukuba_engine::{AttachError, Engine, EngineSettings, Limits, OuterEnvironment, Selector};
use shukuba_model::route::Lifecycle;
use shukuba_model::session::SessionMode::{Stateful, Stateless};

use super::fixture::{House, eventually, get, is_alive, pid_of, version};

#[tokio::test(flavor = "multi_thread")]
async fn after_a_crash_the_lease_learns_it_and_the_next_request_has_a_new_instance() {
    let house = House::new();
    let version = version("stateful", Stateful);
    let lease = house
        .attach(&version, "alice", Selector::Principal)
        .await
        .unwrap();
    lease.remember_session("s-1");
    let first = pid_of(&lease);
    get(lease.authority(), "/exit");
    let facts = lease.exited().await;
    assert_eq!(facts.code, Some(3));
    assert_eq!(facts.describe(), "ended with exit code 3");

    let session = house
        .attach(&version, "alice", Selector::McpSession("s-1"))
        .await;
    assert_eq!(session.unwrap_err(), AttachError::UnknownSession);
    let next = house
        .attach(&version, "alice", Selector::Principal)
        .await
        .unwrap();
    assert_ne!(pid_of(&next), first);
    house.engine.shutdown().await;
}

/// Requests come at every moment of an instance's end, also between its being
/// found and its being connected to.
#[tokio::test(flavor = "multi_thread")]
async fn while_an_instance_ends_no_request_is_told_that_its_start_failed() {
    let house = House::new();
    let version = version("stateless", Stateless);
    let attach = || house.attach(&version, "alice", Selector::Principal);
    for _ in 0..40 {
        let lease = attach().await.unwrap();
        let first = lease.instance_id().to_owned();
        get(lease.authority(), "/exit");
        drop(lease);
        while attach().await.unwrap().instance_id() == first {
            tokio::task::yield_now().await;
        }
    }
    house.engine.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_idle_instance_is_stopped_and_a_busy_one_is_not() {
    let mut house = House::new();
    house.lifecycle = Lifecycle {
        idle_timeout: 900,
        max_lifetime: 28_800,
    };
    let version = version("stateless", Stateless);
    let busy = house
        .attach(&version, "alice", Selector::Principal)
        .await
        .unwrap();
    let idle = house
        .attach(&version, "bob", Selector::Principal)
        .await
        .unwrap();
    let (busy_pid, idle_pid) = (pid_of(&busy), pid_of(&idle));
    drop(idle);
    house.clock.advance(899);
    house.engine.sweep();
    assert_eq!(house.engine.instances(&house.runtime), 2);
    house.clock.advance(1);
    house.engine.sweep();
    eventually("the idle one ends", || !is_alive(idle_pid)).await;
    assert!(is_alive(busy_pid));
    house.engine.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_instance_past_its_lifetime_gets_no_new_request_and_ends_after_its_last() {
    let mut house = House::new();
    house.lifecycle = Lifecycle {
        idle_timeout: 10_000,
        max_lifetime: 100,
    };
    let version = version("stateless", Stateless);
    let old = house
        .attach(&version, "alice", Selector::Principal)
        .await
        .unwrap();
    let old_pid = pid_of(&old);
    house.clock.advance(100);
    let new = house
        .attach(&version, "alice", Selector::Principal)
        .await
        .unwrap();
    assert_ne!(pid_of(&new), old_pid);
    assert!(is_alive(old_pid));
    drop(old);
    eventually("the old one ends", || !is_alive(old_pid)).await;
    house.engine.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_standing_request_does_not_keep_an_instance_for_ever() {
    let mut house = House::new();
    house.lifecycle = Lifecycle {
        idle_timeout: 10_000,
        max_lifetime: 100,
    };
    let version = version("stateless", Stateless);
    let standing = house
        .attach(&version, "alice", Selector::Principal)
        .await
        .unwrap();
    let pid = pid_of(&standing);
    house.clock.advance(100 + 900);
    house.engine.sweep();
    standing.exited().await;
    assert!(!is_alive(pid));
    house.engine.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn shutdown_leaves_no_process_not_even_what_an_instance_started() {
    let house = House::new();
    let version = version("brood", Stateful);
    let mut pids = Vec::new();
    for principal in ["alice", "bob"] {
        let lease = house
            .attach(&version, principal, Selector::Principal)
            .await
            .unwrap();
        pids.push(pid_of(&lease));
        pids.push(get(lease.authority(), "/child").parse().unwrap());
    }
    assert!(pids.iter().all(|pid| is_alive(*pid)));
    house.engine.shutdown().await;
    eventually("all have ended", || !pids.iter().any(|pid| is_alive(*pid))).await;
    let refused = house.attach(&version, "alice", Selector::Principal).await;
    assert_eq!(refused.unwrap_err(), AttachError::ShuttingDown);
    let left = std::fs::read_dir(house.directory.path().join("instances"))
        .unwrap()
        .count();
    assert_eq!(left, 0, "directories of instances");
}

#[tokio::test(flavor = "multi_thread")]
async fn stopping_a_runtime_ends_its_instances_only() {
    let house = House::new();
    let version = version("stateless", Stateless);
    let here = house
        .attach(&version, "alice", Selector::Principal)
        .await
        .unwrap();
    let mut elsewhere = House {
        runtime: super::fixture::runtime("other"),
        ..House::new()
    };
    elsewhere.engine = house.engine.clone();
    let there = elsewhere
        .attach(&version, "alice", Selector::Principal)
        .await
        .unwrap();
    let (here_pid, there_pid) = (pid_of(&here), pid_of(&there));
    house.engine.stop_runtime(&house.runtime).await;
    assert!(!is_alive(here_pid));
    assert!(is_alive(there_pid));
    assert_eq!(house.engine.instances(&house.runtime), 0);
    house.engine.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_deaf_to_sigterm_is_killed_after_its_grace() {
    let house = House::with_limits(Limits {
        stop_grace: Duration::from_millis(100),
        ..Limits::default()
    });
    let mut version = (*version("stateless", Stateless)).clone();
    let fixture = version.command.program.display().to_string();
    version.command.program = "/bin/sh".into();
    version.command.arguments.splice(
        0..0,
        [
            "-c".to_owned(),
            format!("trap '' TERM; exec {fixture} \"$@\""),
            "sh".to_owned(),
        ],
    );
    let lease = house
        .attach(&version.into(), "alice", Selector::Principal)
        .await
        .unwrap();
    let pid = pid_of(&lease);
    house.engine.stop_runtime(&house.runtime).await;
    assert_eq!(lease.exited().await.signal, Some(9));
    assert!(!is_alive(pid));
    house.engine.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_ends_at_once_is_an_error_with_its_last_lines_for_all_who_wait() {
    let house = House::new();
    let version = version("die", Stateless);
    let waiting = (0..3).map(|_| house.attach(&version, "alice", Selector::Principal));
    for outcome in futures_util::future::join_all(waiting).await {
        let Err(AttachError::StartFailed { message, log_tail }) = outcome else {
            panic!("{outcome:?}");
        };
        assert!(message.contains("ended with exit code 7"), "{message}");
        assert!(
            log_tail.iter().any(|line| line.contains("numpy")),
            "{log_tail:?}"
        );
    }
    assert_eq!(house.engine.instances(&house.runtime), 0);
    house.engine.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_never_listens_times_out_and_is_ended() {
    let house = House::with_limits(Limits {
        start_timeout: Duration::from_millis(300),
        ..Limits::default()
    });
    let version = version("mute", Stateless);
    let outcome = house.attach(&version, "alice", Selector::Principal).await;
    assert!(
        matches!(outcome, Err(AttachError::StartTimedOut { .. })),
        "{outcome:?}"
    );
    assert_eq!(house.engine.instances(&house.runtime), 0);
    house.engine.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_instances_environment_is_built_and_not_inherited() {
    let directory = tempfile::tempdir().unwrap();
    let engine = Engine::new(EngineSettings {
        environment: OuterEnvironment::from_iter([
            ("PATH", "/usr/bin:/bin"),
            ("LANG", "en_GB.UTF-8"),
            ("HOME", "/somewhere"),
            ("AWS_SECRET_ACCESS_KEY", "secret"),
            ("PYTHONDONTWRITEBYTECODE", "1"),
            ("PIP_INDEX_URL", "https://user:secret@example.org/"),
        ]),
        ..EngineSettings::new(directory.path())
    })
    .unwrap();
    let house = House {
        engine,
        ..House::new()
    };
    let version = version("stateless", Stateless);
    let lease = house
        .attach(&version, "alice", Selector::Principal)
        .await
        .unwrap();
    let all: Value = serde_json::from_str(&get(lease.authority(), "/env")).unwrap();
    let names: Vec<&str> = all
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect();
    assert_eq!(
        names,
        [
            "FIXTURE",
            "HOME",
            "HOST",
            "LANG",
            "PATH",
            "PORT",
            "SHUKUBA_INSTANCE",
            "TMPDIR"
        ]
    );
    assert_eq!(all["PATH"], "/usr/bin:/bin");
    assert_eq!(all["LANG"], "en_GB.UTF-8");
    assert_eq!(all["HOST"], "127.0.0.1");
    assert_eq!(all["PORT"], lease.authority().port().to_string());
    let home = all["HOME"].as_str().unwrap();
    assert!(home.contains(lease.instance_id()), "{home}");
    house.engine.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_log_can_be_read_from_its_end_and_followed() {
    let house = House::new();
    let version = version("stateless", Stateless);
    let alice = house
        .attach(&version, "alice", Selector::Principal)
        .await
        .unwrap();
    let mut lines = house.engine.logs(&house.runtime, 1, true).await;
    let last = lines.next().await.unwrap();
    assert!(last.contains(alice.instance_id()), "{last}");
    let bob = house
        .attach(&version, "bob", Selector::Principal)
        .await
        .unwrap();
    let followed = tokio::time::timeout(Duration::from_secs(30), async {
        loop {
            let line = lines.next().await.unwrap();
            if line.contains(&format!("listening on {}", bob.authority().port())) {
                return line;
            }
        }
    })
    .await
    .unwrap();
    assert!(followed.contains(bob.instance_id()), "{followed}");
    let nothing = house
        .engine
        .logs(&super::fixture::runtime("unheard"), 5, false)
        .await
        .next()
        .await;
    assert_eq!(nothing, None);
    house.engine.shutdown().await;
}
