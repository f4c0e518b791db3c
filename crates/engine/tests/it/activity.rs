//! What the engine tells of its runtimes: instances, sessions and the last
//! start that failed.

use std::time::Duration;

use shukuba_engine::{Activity, Attach, AttachError, Limits, Selector};
use shukuba_model::session::SessionMode::{Stateful, Stateless};
use tokio::time::timeout;

use super::fixture::{House, eventually, numbered, runtime, version};

/// Where starts take no longer than that.
fn impatient(milliseconds: u64) -> House {
    House::with_limits(Limits {
        start_timeout: Duration::from_millis(milliseconds),
        ..Limits::default()
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn instances_and_sessions_of_every_runtime_are_counted_at_one_moment() {
    let house = House::new();
    assert!(house.engine.activities().is_empty());
    let stateful = version("stateful", Stateful);
    let attach = |principal| house.attach(&stateful, principal, Selector::NewSession);
    let (one, two) = (attach("alice").await.unwrap(), attach("bob").await.unwrap());
    one.remember_session("s-1");
    one.remember_session("s-2");
    two.remember_session("s-1");
    two.adopt_for_principal();
    let other = runtime("other");
    let wish = Attach {
        runtime: &other,
        version: &version("stateless", Stateless),
        lifecycle: house.lifecycle,
        principal: "alice",
        selector: Selector::Principal,
    };
    let three = house.engine.attach(wish).await.unwrap();
    let activities = house.engine.activities();
    let expected = |instances, sessions| Activity {
        instances,
        sessions,
        ..Activity::default()
    };
    assert_eq!(activities.len(), 2);
    assert_eq!(activities[&house.runtime], expected(2, 3));
    assert_eq!(activities[&other], expected(1, 0), "it keeps no sessions");
    assert_eq!(house.engine.activity(&other), expected(1, 0));
    two.forget_session("s-1");
    assert_eq!(house.engine.activity(&house.runtime), expected(2, 2));
    drop((one, two, three));
    house.engine.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failed_start_is_kept_until_one_succeeds_or_another_version_serves() {
    let house = House::new();
    let failure = || house.engine.activity(&house.runtime).last_failure;
    let attach = |number, kind: &'static str| {
        let version = numbered(number, kind, Stateless);
        let house = &house;
        async move { house.attach(&version, "alice", Selector::Principal).await }
    };
    house.clock.advance(5);
    attach(1, "die").await.unwrap_err();
    let told = failure().unwrap();
    assert_eq!((told.version, told.failed_at), (1, 1_000_005));
    assert!(
        told.message.contains("ended with exit code 7"),
        "{}",
        told.message
    );
    let mut log = house.engine.logs(&house.runtime, 100, false).await;
    let mut last = String::new();
    while let Some(line) = log.next().await {
        last = line;
    }
    let noted = format!("[the instance did not start: {}]", told.message);
    assert!(last.ends_with(&noted), "{last}");
    let all = house.engine.activities();
    assert_eq!(all[&house.runtime].last_failure, Some(told));
    assert_eq!(all[&house.runtime].instances, 0);

    house.clock.advance(5);
    attach(1, "die").await.unwrap_err();
    assert_eq!(failure().unwrap().failed_at, 1_000_010, "the last one");
    attach(1, "stateless").await.unwrap();
    assert_eq!(failure(), None, "one came up");

    attach(2, "die").await.unwrap_err();
    house.engine.retire_old_versions(&house.runtime, 2);
    assert_eq!(failure().unwrap().version, 2, "it is the one that serves");
    house.engine.retire_old_versions(&house.runtime, 3);
    assert_eq!(failure(), None, "another was launched");

    attach(3, "die").await.unwrap_err();
    house.engine.stop_runtime(&house.runtime).await;
    assert!(house.engine.activities().is_empty(), "it was removed");
    house.engine.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_start_that_nobody_waits_for_any_more_fails_all_the_same() {
    let house = impatient(400);
    let mute = version("mute", Stateless);
    let asked = house.attach(&mute, "alice", Selector::Principal);
    timeout(Duration::from_millis(50), asked).await.unwrap_err();
    let activity = house.engine.activity(&house.runtime);
    assert_eq!((activity.instances, activity.starting), (1, 1));
    assert_eq!(activity.last_failure, None);
    let failed = || house.engine.activity(&house.runtime).last_failure;
    eventually("the start fails", || failed().is_some()).await;
    let message = failed().unwrap().message;
    assert!(message.contains("did not listen"), "{message}");
    assert_eq!(house.engine.instances(&house.runtime), 0);
    house.engine.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_instance_that_was_stopped_while_it_started_did_not_fail() {
    let house = impatient(60_000);
    let mute = version("mute", Stateless);
    let asked = house.attach(&mute, "alice", Selector::Principal);
    let stop = async {
        eventually("it starts", || house.engine.instances(&house.runtime) == 1).await;
        let running = house.engine.running(&house.runtime);
        assert!(house.engine.stop_instance(&house.runtime, &running[0].id));
    };
    let (outcome, ()) = tokio::join!(asked, stop);
    assert_eq!(outcome.unwrap_err(), AttachError::ShuttingDown);
    assert!(house.engine.activities().is_empty());
    house.engine.shutdown().await;
}
