use shukuba_model::Clock;
use shukuba_store::{AuditCheck, AuditEvent, AuditFilter, AuditLog};
use sqlx::sqlite::SqlitePoolOptions;

use crate::Fixture;

fn event(actor: &str) -> AuditEvent {
    AuditEvent {
        event: "login",
        outcome: "ok",
        actor: actor.to_owned(),
        ..AuditEvent::default()
    }
}

fn newest(limit: u32) -> AuditFilter {
    AuditFilter {
        limit,
        ..AuditFilter::default()
    }
}

async fn tamper(fixture: &Fixture, statement: &'static str) {
    let url = format!(
        "sqlite://{}",
        fixture.directory.path().join("shukuba.db").display()
    );
    let pool = SqlitePoolOptions::new().connect(&url).await.unwrap();
    sqlx::query(statement).execute(&pool).await.unwrap();
    pool.close().await;
}

#[tokio::test]
async fn entries_are_numbered_filtered_and_whole_after_a_restart() {
    let fixture = Fixture::new().await;
    let log = AuditLog::start(fixture.store.clone(), Clock::fixed(7));
    for actor in ["a", "b", "a"] {
        log.record(event(actor)).await;
    }
    log.flush().await;
    let fixture = fixture.reopened().await;
    let entries = fixture.store.audit(&newest(2)).await.unwrap();
    let numbers: Vec<i64> = entries.iter().map(|entry| entry.seq).collect();
    assert_eq!(numbers, [3, 2]);
    assert_eq!(entries[0].at, 7);
    let of_a = AuditFilter {
        actor: Some("a".to_owned()),
        before: Some(3),
        ..newest(10)
    };
    assert_eq!(fixture.store.audit(&of_a).await.unwrap().len(), 1);
    let check = fixture.store.check_audit().await.unwrap();
    assert!(matches!(check, AuditCheck::Whole { entries: 3, .. }));
}

#[tokio::test]
async fn a_changed_removed_or_moved_row_breaks_the_chain() {
    for (statement, seq) in [
        ("UPDATE audit SET detail = 'x' WHERE seq = 2", 2),
        ("DELETE FROM audit WHERE seq = 2", 3),
        ("DELETE FROM audit WHERE seq < 3", 3),
        (
            "UPDATE audit SET actor = '', subject = actor WHERE seq = 3",
            3,
        ),
    ] {
        let fixture = Fixture::new().await;
        let events = [event("a"), event("b"), event("c"), event("d")];
        fixture.store.append_audit(&events, 1).await.unwrap();
        tamper(&fixture, statement).await;
        let check = fixture.store.check_audit().await.unwrap();
        assert_eq!(check, AuditCheck::Broken { seq }, "{statement}");
    }
}
