use shukuba_model::Clock;
use shukuba_store::{AuditCheck, AuditEntry, AuditEvent, AuditFilter, AuditLog};
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

/// What a filter asks for, found by looking at every entry.
fn found(all: &[AuditEntry], filter: &AuditFilter) -> Vec<AuditEntry> {
    let is = |asked: &Option<String>, value: &str| asked.as_deref().is_none_or(|one| one == value);
    let mut found: Vec<AuditEntry> = all
        .iter()
        .filter(|entry| is(&filter.event, &entry.event))
        .filter(|entry| is(&filter.actor, &entry.actor))
        .filter(|entry| is(&filter.client_id, &entry.client_id))
        .filter(|entry| is(&filter.person, &entry.actor) || is(&filter.person, &entry.subject))
        .filter(|entry| filter.since.is_none_or(|since| entry.at >= since))
        .filter(|entry| filter.until.is_none_or(|until| entry.at < until))
        .cloned()
        .collect();
    found.sort_by_key(|entry| std::cmp::Reverse((entry.at, entry.seq)));
    found
}

/// Entries of three people, clients and events, with a clock that is set back
/// twice.
async fn with_a_clock_set_back(fixture: &Fixture) -> Vec<AuditEntry> {
    let word = |number: usize, [one, two, three]: [&'static str; 3]| match number % 3 {
        0 => one,
        1 => two,
        _ => three,
    };
    for (number, at) in [10, 20, 20, 5, 15, 30, 30, 31, 8, 40]
        .into_iter()
        .enumerate()
    {
        let event = |more: usize| AuditEvent {
            event: word(number + more, ["login", "consent", "token.issued"]),
            outcome: "ok",
            actor: word(number / 2 + more, ["a", "b", "c"]).to_owned(),
            subject: word(number, ["b", "a", "api"]).to_owned(),
            client_id: word(number / 3 + more, ["m", "n", ""]).to_owned(),
            ..AuditEvent::default()
        };
        let events = [event(0), event(1), event(2)];
        fixture.store.append_audit(&events, at).await.unwrap();
    }
    fixture.store.audit(&newest(1000)).await.unwrap()
}

#[tokio::test]
async fn a_span_of_time_is_found_whole_by_page_and_with_every_other_filter() {
    let fixture = Fixture::new().await;
    let all = with_a_clock_set_back(&fixture).await;
    let numbers: Vec<i64> = all.iter().map(|entry| entry.seq).collect();
    assert_eq!(numbers, (1..=30).rev().collect::<Vec<i64>>());
    let spans = [None, Some(0), Some(8), Some(20), Some(30), Some(99)];
    let spans = spans
        .iter()
        .flat_map(|since| spans.iter().map(move |until| (*since, *until)));
    let text = |is: bool, text: &str| is.then(|| text.to_owned());
    let mut hits = 0;
    for ((since, until), bits) in spans.flat_map(|span| (0..16).map(move |bits| (span, bits))) {
        let mut filter = AuditFilter {
            since,
            until,
            event: text(bits & 1 > 0, "login"),
            actor: text(bits & 2 > 0, "b"),
            person: text(bits & 4 > 0, "a"),
            client_id: text(bits & 8 > 0, "m"),
            ..newest(4)
        };
        if bits == 0 && since.is_none() && until.is_none() {
            continue;
        }
        let expected = found(&all, &filter);
        let mut paged = Vec::new();
        loop {
            let page = fixture.store.audit(&filter).await.unwrap();
            let Some(last) = page.last() else { break };
            filter.before = Some(last.seq);
            paged.extend(page);
            assert!(paged.len() <= expected.len(), "{filter:?}");
        }
        assert_eq!(paged, expected, "{filter:?}");
        hits += expected.len();
    }
    assert!(hits > 500, "{hits}");
}

#[tokio::test]
async fn a_page_may_begin_at_a_number_that_no_entry_has() {
    let fixture = Fixture::new().await;
    let all = with_a_clock_set_back(&fixture).await;
    let of = |before| AuditFilter {
        since: Some(0),
        before: Some(before),
        ..newest(1000)
    };
    for nothing in [i64::MIN, -1, 0] {
        let found = fixture.store.audit(&of(nothing)).await.unwrap();
        assert_eq!(found, [], "{nothing}");
    }
    // The newest is the last by time as well.
    for everything in [31, 1_000_000, i64::MAX] {
        let page = fixture.store.audit(&of(everything)).await.unwrap();
        assert_eq!(page, found(&all, &of(everything)), "{everything}");
    }
    tamper(&fixture, "DELETE FROM audit WHERE seq = 8").await;
    let page = fixture.store.audit(&of(8)).await.unwrap();
    let numbers: Vec<i64> = page.iter().map(|entry| entry.seq).collect();
    // 4 to 9 are of one time.
    assert_eq!(numbers.get(..3), Some(&[7, 6, 5][..]));
}
