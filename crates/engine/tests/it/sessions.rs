//! Which request meets which instance.

use std::time::Duration;

use shukuba_engine::{AttachError, Limits, Selector};
use shukuba_model::session::{RuntimeSessionId, SessionMode::Stateful, SessionMode::Stateless};

use super::fixture::{House, eventually, is_alive, numbered, pid_of, version};

fn session(number: u32) -> RuntimeSessionId {
    format!("runtime-session-{number:040}").parse().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn requests_of_one_principal_share_one_start() {
    let house = House::new();
    let version = version("stateless", Stateless);
    let many: Vec<_> = (0..20)
        .map(|_| house.attach(&version, "alice", Selector::Principal))
        .collect();
    let leases = futures_util::future::join_all(many).await;
    let pids: Vec<i32> = leases
        .iter()
        .map(|lease| pid_of(lease.as_ref().unwrap()))
        .collect();
    assert!(pids.iter().all(|pid| *pid == pids[0]), "{pids:?}");
    assert_eq!(house.engine.instances(&house.runtime), 1);
    assert_eq!(house.starts().await, 1);
    house.engine.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn principals_never_share_an_instance() {
    let house = House::new();
    let version = version("stateless", Stateless);
    let alice = house
        .attach(&version, "alice", Selector::Principal)
        .await
        .unwrap();
    let bob = house
        .attach(&version, "bob", Selector::Principal)
        .await
        .unwrap();
    assert_ne!(pid_of(&alice), pid_of(&bob));
    house.engine.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_of_another_principal_is_unknown() {
    let house = House::new();
    let version = version("stateful", Stateful);
    let alice = house
        .attach(&version, "alice", Selector::NewSession)
        .await
        .unwrap();
    alice.remember_session("s-1");
    let again = house
        .attach(&version, "alice", Selector::McpSession("s-1"))
        .await
        .unwrap();
    assert_eq!(again.instance_id(), alice.instance_id());
    let bob = house
        .attach(&version, "bob", Selector::McpSession("s-1"))
        .await;
    assert_eq!(bob.unwrap_err(), AttachError::UnknownSession);
    let unheard_of = house
        .attach(&version, "alice", Selector::McpSession("s-2"))
        .await;
    assert_eq!(unheard_of.unwrap_err(), AttachError::UnknownSession);
    house.engine.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn equal_runtime_session_ids_of_two_principals_are_two_sessions() {
    let house = House::new();
    let version = version("stateful", Stateful);
    let id = session(1);
    let alice = house
        .attach(&version, "alice", Selector::RuntimeSession(&id))
        .await
        .unwrap();
    let bob = house
        .attach(&version, "bob", Selector::RuntimeSession(&id))
        .await
        .unwrap();
    assert_ne!(alice.instance_id(), bob.instance_id());
    house.engine.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn each_new_session_has_its_own_instance_and_a_version_without_sessions_has_none() {
    let house = House::new();
    let stateful = version("stateful", Stateful);
    let first = house
        .attach(&stateful, "alice", Selector::NewSession)
        .await
        .unwrap();
    let second = house
        .attach(&stateful, "alice", Selector::NewSession)
        .await
        .unwrap();
    assert_ne!(first.instance_id(), second.instance_id());
    let stateless = numbered(2, "stateless", Stateless);
    let third = house
        .attach(&stateless, "alice", Selector::NewSession)
        .await
        .unwrap();
    let fourth = house
        .attach(&stateless, "alice", Selector::Principal)
        .await
        .unwrap();
    assert_eq!(third.instance_id(), fourth.instance_id());
    house.engine.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_session_that_nobody_remembers_ends_with_its_request() {
    let house = House::new();
    let version = version("stateful", Stateful);
    let lease = house
        .attach(&version, "alice", Selector::NewSession)
        .await
        .unwrap();
    let pid = pid_of(&lease);
    drop(lease);
    eventually("the process ends", || !is_alive(pid)).await;
    assert_eq!(house.engine.instances(&house.runtime), 0);
    house.engine.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_adopted_instance_serves_the_principals_next_request() {
    let house = House::new();
    let version = version("stateful", Stateful);
    let lease = house
        .attach(&version, "alice", Selector::NewSession)
        .await
        .unwrap();
    lease.adopt_for_principal();
    let pid = pid_of(&lease);
    drop(lease);
    let next = house
        .attach(&version, "alice", Selector::Principal)
        .await
        .unwrap();
    assert_eq!(pid_of(&next), pid);
    house.engine.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_forgotten_session_is_unknown_and_its_instance_ends() {
    let house = House::new();
    let version = version("stateful", Stateful);
    let lease = house
        .attach(&version, "alice", Selector::NewSession)
        .await
        .unwrap();
    lease.remember_session("s-1");
    let pid = pid_of(&lease);
    lease.forget_session("s-1");
    let later = house
        .attach(&version, "alice", Selector::McpSession("s-1"))
        .await;
    assert_eq!(later.unwrap_err(), AttachError::UnknownSession);
    assert!(
        is_alive(pid),
        "the request that ended the session still needs its answer"
    );
    drop(lease);
    eventually("the process ends", || !is_alive(pid)).await;
    house.engine.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_stays_on_its_version_and_shared_instances_move_on() {
    let house = House::new();
    let (old, new) = (
        numbered(1, "stateful", Stateful),
        numbered(2, "stateful", Stateful),
    );
    let id = session(1);
    let in_session = house
        .attach(&old, "alice", Selector::RuntimeSession(&id))
        .await
        .unwrap();
    let mcp = house
        .attach(&old, "alice", Selector::NewSession)
        .await
        .unwrap();
    mcp.remember_session("s-1");
    let shared = house
        .attach(&old, "alice", Selector::Principal)
        .await
        .unwrap();
    let (session_pid, mcp_pid, shared_pid) = (pid_of(&in_session), pid_of(&mcp), pid_of(&shared));
    drop((in_session, mcp));

    house.engine.retire_old_versions(&house.runtime, 2);
    assert!(is_alive(shared_pid), "a request is under way");
    drop(shared);
    eventually("the shared instance ends", || !is_alive(shared_pid)).await;

    let in_session = house
        .attach(&new, "alice", Selector::RuntimeSession(&id))
        .await
        .unwrap();
    let mcp = house
        .attach(&new, "alice", Selector::McpSession("s-1"))
        .await
        .unwrap();
    assert_eq!((pid_of(&in_session), pid_of(&mcp)), (session_pid, mcp_pid));
    house.engine.shutdown().await;
}

fn limits(total: usize, per_runtime: usize, per_principal: usize) -> Limits {
    Limits {
        total,
        per_runtime,
        per_principal,
        ..Limits::default()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn at_a_limit_the_least_recently_used_idle_instance_makes_room() {
    for (limits, principals) in [
        (limits(9, 9, 2), ["alice", "alice", "alice"]),
        (limits(9, 2, 9), ["alice", "bob", "carol"]),
        (limits(2, 9, 9), ["alice", "bob", "carol"]),
    ] {
        let house = House::with_limits(limits);
        let version = version("stateful", Stateful);
        let [first, second, third] = [session(1), session(2), session(3)];
        let one = house
            .attach(&version, principals[0], Selector::RuntimeSession(&first))
            .await
            .unwrap();
        let two = house
            .attach(&version, principals[1], Selector::RuntimeSession(&second))
            .await
            .unwrap();
        let (pid_one, pid_two) = (pid_of(&one), pid_of(&two));
        drop((one, two));
        // The first is used again, so the second is the one to go.
        drop(
            house
                .attach(&version, principals[0], Selector::RuntimeSession(&first))
                .await
                .unwrap(),
        );
        house
            .attach(&version, principals[2], Selector::RuntimeSession(&third))
            .await
            .unwrap();
        eventually("the second ends", || !is_alive(pid_two)).await;
        assert!(is_alive(pid_one));
        house.engine.shutdown().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn at_a_limit_with_every_instance_in_use_the_caller_is_told_when_to_try_again() {
    let house = House::with_limits(limits(9, 9, 1));
    let version = version("stateful", Stateful);
    let busy = house
        .attach(&version, "alice", Selector::RuntimeSession(&session(1)))
        .await
        .unwrap();
    let refused = house
        .attach(&version, "alice", Selector::RuntimeSession(&session(2)))
        .await;
    let Err(
        error @ AttachError::AtCapacity {
            retry_after_s: 1..,
            limit: 1,
            ..
        },
    ) = refused
    else {
        panic!("{refused:?}");
    };
    assert!(
        error.to_string().contains("1 instances of this principal"),
        "{error}"
    );
    assert!(
        house
            .attach(&version, "bob", Selector::Principal)
            .await
            .is_ok()
    );
    assert!(is_alive(pid_of(&busy)));
    house.engine.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_that_gives_up_while_its_fresh_instance_starts_leaves_nothing() {
    let house = House::new();
    let version = version("mute", Stateful);
    let waiting = house.attach(&version, "alice", Selector::NewSession);
    assert!(
        tokio::time::timeout(Duration::from_millis(50), waiting)
            .await
            .is_err()
    );
    assert_eq!(house.engine.instances(&house.runtime), 0);
    house.engine.shutdown().await;
}
