//! People, their links and their sessions.

use shukuba_model::UserId;
use shukuba_store::{NewSession, PasswordHash, Secret, Store, StoreError, User, new_user_id};

use super::Fixture;

const DAY: i64 = 86_400;

async fn person(store: &Store, name: &str) -> UserId {
    let user = User {
        id: new_user_id(),
        name: name.parse().unwrap(),
        display_name: name.to_owned(),
        email: None,
        has_password: false,
        disabled: false,
        role: shukuba_model::Role::None,
        created_at: 1,
    };
    store.create_user(&user).await.unwrap();
    user.id
}

async fn begin(store: &Store, user: &UserId, now: i64, replaces: Option<&Secret>) -> Secret {
    let session = Secret::generate("sks_");
    let new = NewSession {
        session: &session,
        replaces,
        user,
        now,
        expires_at: now + DAY,
        address: "192.0.2.1",
        user_agent: "Browser/1",
    };
    store.create_session(&new).await.unwrap();
    session
}

fn hash(text: &str) -> PasswordHash {
    PasswordHash::new(text.to_owned())
}

#[tokio::test]
async fn a_name_belongs_to_one_person_and_finds_them_with_their_password() {
    let Fixture { store, .. } = &Fixture::new().await;
    let ann = person(store, "ann").await;
    let again = User {
        id: new_user_id(),
        ..store.user(&ann).await.unwrap().unwrap()
    };
    let refused = store.create_user(&again).await.unwrap_err();
    assert!(matches!(refused, StoreError::Conflict { .. }), "{refused}");

    let name = "ann".parse().unwrap();
    let (user, none) = store.user_named(&name).await.unwrap().unwrap();
    assert_eq!((user.has_password, none), (false, None));
    store.set_password(&ann, &hash("$phc"), 5).await.unwrap();
    let (user, found) = store.user_named(&name).await.unwrap().unwrap();
    assert_eq!((user.has_password, found), (true, Some(hash("$phc"))));
    assert!(!format!("{found:?}", found = hash("$phc")).contains("phc$"));
    assert_eq!(store.users().await.unwrap(), [user]);
    let nobody = store.set_password(&new_user_id(), &hash("x"), 5).await;
    assert!(matches!(nobody, Err(StoreError::NotFound { .. })));
}

#[tokio::test]
async fn a_session_lives_until_it_is_idle_old_ended_or_its_person_is_kept_out() {
    let Fixture { store, .. } = &Fixture::new().await;
    let ann = person(store, "ann").await;
    let session = begin(store, &ann, 1_000, None).await;
    let at = |now| store.session(&session, now, 100);
    let (found, user) = at(1_059).await.unwrap().unwrap();
    assert_eq!((found.auth_time, user.id), (1_000, ann.clone()));
    let untouched = at(1_090).await.unwrap().unwrap().0;
    assert_eq!(untouched.last_seen_at, 1_000, "not within a minute");
    let touched = at(1_189).await.unwrap().unwrap().0;
    assert_eq!(touched.last_seen_at, 1_090);
    assert!(at(1_289).await.unwrap().is_none(), "idle");
    let always = i64::MAX;
    assert!(
        store
            .session(&session, 1_000 + DAY - 1, always)
            .await
            .unwrap()
            .is_some()
    );
    assert!(
        store
            .session(&session, 1_000 + DAY, always)
            .await
            .unwrap()
            .is_none()
    );

    assert!(store.end_session(&session).await.unwrap());
    assert!(!store.end_session(&session).await.unwrap());
    assert!(at(1_001).await.unwrap().is_none());

    let session = begin(store, &ann, 1_000, None).await;
    assert!(store.set_user_disabled(&ann, true).await.unwrap());
    assert!(store.session(&session, 1_001, 100).await.unwrap().is_none());
    store.set_user_disabled(&ann, false).await.unwrap();
    assert!(store.session(&session, 1_001, 100).await.unwrap().is_none());
}

#[tokio::test]
async fn a31_a_login_replaces_the_session_of_its_browser_and_no_other() {
    let Fixture { store, .. } = &Fixture::new().await;
    let ann = person(store, "ann").await;
    let elsewhere = begin(store, &ann, 1_000, None).await;
    let before = begin(store, &ann, 1_000, None).await;
    let after = begin(store, &ann, 1_001, Some(&before)).await;
    assert!(store.session(&before, 1_001, 100).await.unwrap().is_none());
    assert!(store.session(&after, 1_001, 100).await.unwrap().is_some());
    assert!(
        store
            .session(&elsewhere, 1_001, 100)
            .await
            .unwrap()
            .is_some()
    );

    let bob = person(store, "bob").await;
    let sessions = store.sessions_of_user(&ann, 1_001, 100).await.unwrap();
    assert_eq!(sessions.len(), 2);
    let handle = &sessions[0].handle;
    assert!(!store.end_session_of_user(&bob, handle).await.unwrap());
    assert!(!store.end_session_of_user(&ann, "?").await.unwrap());
    assert!(store.end_session_of_user(&ann, handle).await.unwrap());
    assert_eq!(store.end_sessions_of_user(&ann).await.unwrap(), 1);
}

#[tokio::test]
async fn a_changed_password_ends_every_session() {
    let Fixture { store, .. } = &Fixture::new().await;
    let ann = person(store, "ann").await;
    let bob = person(store, "bob").await;
    let hers = begin(store, &ann, 1_000, None).await;
    let his = begin(store, &bob, 1_000, None).await;
    store
        .set_password(&ann, &hash("$new"), 1_001)
        .await
        .unwrap();
    assert!(store.session(&hers, 1_001, 100).await.unwrap().is_none());
    assert!(store.session(&his, 1_001, 100).await.unwrap().is_some());
}

#[tokio::test]
async fn a_password_that_was_changed_meanwhile_begins_no_session() {
    let Fixture { store, .. } = &Fixture::new().await;
    let ann = person(store, "ann").await;
    let session = Secret::generate("sks_");
    let new = NewSession {
        session: &session,
        replaces: None,
        user: &ann,
        now: 1_000,
        expires_at: 2_000,
        address: "192.0.2.1",
        user_agent: "",
    };
    let proven = async |text: &str| {
        let hash = hash(text);
        store.create_session_by_password(&new, &hash).await.unwrap()
    };
    assert!(!proven("$old").await, "none was chosen");
    store
        .set_password(&ann, &hash("$new"), 1_000)
        .await
        .unwrap();
    assert!(!proven("$old").await);
    assert!(store.session(&session, 1_001, 100).await.unwrap().is_none());
    assert!(proven("$new").await);
    store.end_session(&session).await.unwrap();
    store.set_user_disabled(&ann, true).await.unwrap();
    assert!(!proven("$new").await);
}

#[tokio::test]
async fn a_link_is_used_once_even_by_twenty_at_a_time() {
    let Fixture { store, .. } = &Fixture::new().await;
    let ann = person(store, "ann").await;
    let old = begin(store, &ann, 1_000, None).await;
    let link = Secret::generate("skl_");
    store
        .create_login_link(&link, &ann, 1_000, 1_000 + DAY)
        .await
        .unwrap();
    for _ in 0..2 {
        let found = store.login_link(&link, 1_001).await.unwrap();
        assert_eq!(found.unwrap().id, ann, "looking changes nothing");
    }
    let tries: Vec<_> = (0..20)
        .map(|n| {
            let (store, link) = (store.clone(), link.clone());
            tokio::spawn(async move {
                let hash = hash(&format!("$phc{n}"));
                store.use_login_link(&link, &hash, 1_001).await.unwrap()
            })
        })
        .collect();
    let mut won = 0;
    for attempt in tries {
        won += usize::from(attempt.await.unwrap() == Some(ann.clone()));
    }
    assert_eq!(won, 1);
    assert!(store.login_link(&link, 1_001).await.unwrap().is_none());
    assert!(store.session(&old, 1_001, 100).await.unwrap().is_none());
}

#[tokio::test]
async fn a_link_ends_with_its_day_its_successor_and_its_person() {
    let Fixture { store, .. } = &Fixture::new().await;
    let ann = person(store, "ann").await;
    let links: Vec<_> = (0..3).map(|_| Secret::generate("skl_")).collect();
    store
        .create_login_link(&links[0], &ann, 1, 1 + DAY)
        .await
        .unwrap();
    assert!(store.login_link(&links[0], DAY).await.unwrap().is_some());
    assert!(
        store
            .login_link(&links[0], 1 + DAY)
            .await
            .unwrap()
            .is_none()
    );
    assert_eq!(
        store
            .use_login_link(&links[0], &hash("x"), 1 + DAY)
            .await
            .unwrap(),
        None
    );

    store
        .create_login_link(&links[1], &ann, 2, 2 + DAY)
        .await
        .unwrap();
    assert_eq!(
        store
            .use_login_link(&links[0], &hash("x"), 3)
            .await
            .unwrap(),
        None
    );
    store.set_user_disabled(&ann, true).await.unwrap();
    assert_eq!(
        store
            .use_login_link(&links[1], &hash("x"), 3)
            .await
            .unwrap(),
        None
    );
    store
        .create_login_link(&links[2], &ann, 3, 3 + DAY)
        .await
        .unwrap();
    assert_eq!(
        store
            .use_login_link(&links[2], &hash("x"), 3)
            .await
            .unwrap(),
        None
    );
}
