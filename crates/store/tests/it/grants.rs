//! Grants and what begins, renews and ends them. Times are seconds.

use std::sync::Arc;

use shukuba_model::revocation::Revoked;
use shukuba_store::{
    DeviceAnswer, FirstTokens, GrantFilter, NewCode, NewDeviceCode, NewGrant, NewRefreshToken,
    Poll, Secret, Store, User, new_grant_id, new_user_id,
};

use crate::Fixture;

const DAY: i64 = 86_400;
const MONTH: i64 = 30 * DAY;

async fn person(store: &Store, name: &str) -> User {
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
    user
}

fn grant(user: &User, client_id: &str, now: i64) -> NewGrant {
    NewGrant {
        id: new_grant_id(),
        user_id: user.id.clone(),
        client_id: client_id.parse().unwrap(),
        client_name: "a client".to_owned(),
        api: "https://api.example/".parse().unwrap(),
        resource: None,
        scope: "add read".parse().unwrap(),
        auth_time: now,
        created_at: now,
        expires_at: now + 3 * MONTH,
    }
}

async fn code(store: &Store, grant: &NewGrant) -> Secret {
    let code = Secret::generate("skc_");
    let new = NewCode {
        code: code.clone(),
        grant: grant.clone(),
        redirect_uri: "http://localhost/callback".parse().unwrap(),
        challenge: "challenge".to_owned(),
        nonce: None,
        expires_at: grant.created_at + 60,
    };
    store.create_code(&new).await.unwrap();
    code
}

fn first(now: i64) -> FirstTokens {
    FirstTokens {
        refresh: Some(successor(now)),
        live_until: now + MONTH,
    }
}

fn successor(now: i64) -> NewRefreshToken {
    NewRefreshToken {
        token: Secret::generate("skr_"),
        expires_at: now + MONTH,
    }
}

/// A grant that gave a refresh token at `now`.
async fn begun(store: &Store, user: &User, client_id: &str, now: i64) -> (NewGrant, Secret) {
    let grant = grant(user, client_id, now);
    let code = code(store, &grant).await;
    let first = first(now);
    assert!(store.redeem_code(&code, &first, now).await.unwrap());
    (grant, first.refresh.unwrap().token)
}

#[tokio::test]
async fn a_code_reads_back_and_is_redeemed_once_and_in_time() {
    let Fixture { store, .. } = &Fixture::new().await;
    let user = person(store, "ada").await;
    let grant = grant(&user, "c", 100);
    let one = code(store, &grant).await;
    let kept = store.code(&one).await.unwrap().unwrap();
    assert_eq!(kept.grant.scope, grant.scope);
    assert_eq!((kept.expires_at, kept.consumed_at), (160, None));
    assert_eq!(store.code(&Secret::generate("skc_")).await.unwrap(), None);
    assert!(!store.redeem_code(&one, &first(160), 160).await.unwrap());
    assert!(store.redeem_code(&one, &first(159), 159).await.unwrap());
    assert!(!store.redeem_code(&one, &first(159), 159).await.unwrap());
    assert!(!store.burn_code(&one, 159).await.unwrap());
    let kept = store.code(&one).await.unwrap().unwrap();
    assert_eq!(kept.consumed_at, Some(159));
    assert_eq!(kept.grant.revoked_at, None);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_code_is_either_burned_or_redeemed_however_many_try() {
    let fixture = Arc::new(Fixture::new().await);
    let user = person(&fixture.store, "ada").await;
    for _ in 0..5 {
        let code = code(&fixture.store, &grant(&user, "c", 100)).await;
        let tasks: Vec<_> = (0..20)
            .map(|n| {
                let (fixture, code) = (Arc::clone(&fixture), code.clone());
                tokio::spawn(async move {
                    let store = &fixture.store;
                    match n % 2 {
                        0 => store.redeem_code(&code, &first(100), 100).await.unwrap(),
                        _ => store.burn_code(&code, 100).await.unwrap(),
                    }
                })
            })
            .collect();
        let mut succeeded = 0;
        for task in tasks {
            succeeded += u32::from(task.await.unwrap());
        }
        assert_eq!(succeeded, 1);
    }
}

#[tokio::test]
async fn a_refresh_token_is_rotated_once_while_its_grant_lives() {
    let Fixture { store, .. } = &Fixture::new().await;
    let user = person(store, "ada").await;
    let (grant, token) = begun(store, &user, "c", 100).await;
    let (one, other) = (successor(200), successor(200));
    assert!(store.rotate_refresh_token(&token, &one, 200).await.unwrap());
    assert!(
        !store
            .rotate_refresh_token(&token, &other, 200)
            .await
            .unwrap()
    );
    let old = store.refresh_token(&token).await.unwrap().unwrap();
    assert_eq!((old.generation, old.newest_generation), (0, 1));
    assert_eq!(old.consumed_at, Some(200));
    assert_eq!(old.grant.last_used_at, 200);
    assert_eq!(store.refresh_token(&other.token).await.unwrap(), None);
    store.revoke_grant(&grant.id, "test", 300).await.unwrap();
    let last = successor(300);
    assert!(
        !store
            .rotate_refresh_token(&one.token, &last, 300)
            .await
            .unwrap()
    );
    let kept = store.refresh_token(&one.token).await.unwrap().unwrap();
    assert_eq!(kept.consumed_at, None, "all of it or nothing");
}

#[tokio::test]
async fn only_grants_of_which_a_token_lives_are_listed_page_by_page() {
    let Fixture { store, .. } = &Fixture::new().await;
    let (ada, bob) = (person(store, "ada").await, person(store, "bob").await);
    code(store, &grant(&ada, "promised", 90)).await;
    let (first, _) = begun(store, &ada, "c", 100).await;
    let (second, _) = begun(store, &bob, "c", 101).await;
    let (third, token) = begun(store, &ada, "d", 101).await;
    let ids = |filter: GrantFilter<'static>, now| async move {
        let grants = store.grants(&filter, now).await.unwrap();
        grants.into_iter().map(|grant| grant.id).collect::<Vec<_>>()
    };
    let all = GrantFilter {
        limit: GrantFilter::PAGE,
        ..GrantFilter::default()
    };
    let mut newest = [second.id.clone(), third.id.clone()];
    newest.sort_by(|one, other| other.cmp(one));
    let [one, two] = newest;
    assert_eq!(ids(all, 200).await, [one.as_str(), &two, &first.id]);
    let page = GrantFilter {
        limit: 1,
        after: Some(&one),
        ..all
    };
    let page = store.grants(&page, 200).await.unwrap();
    assert_eq!(page.len(), 1);
    assert_eq!(page[0].id, two);
    let client = "c".parse().unwrap();
    let of_both = GrantFilter {
        user_id: Some(&ada.id),
        client_id: Some(&client),
        ..all
    };
    let of_both = store.grants(&of_both, 200).await.unwrap();
    assert_eq!(of_both.len(), 1);
    assert_eq!(of_both[0].id, first.id);

    let next = successor(MONTH);
    assert!(
        store
            .rotate_refresh_token(&token, &next, MONTH)
            .await
            .unwrap()
    );
    assert_eq!(
        ids(all, MONTH + 200).await,
        [third.id.as_str()],
        "unused ones end"
    );
    let grants = store.grants_of_user(&ada.id, 200).await.unwrap();
    assert_eq!(grants[0].id, third.id, "the last used first");
}

#[tokio::test]
async fn beyond_a_number_the_least_recently_used_grants_of_a_person_and_client_end() {
    let Fixture { store, .. } = &Fixture::new().await;
    let (ada, bob) = (person(store, "ada").await, person(store, "bob").await);
    let (oldest, token) = begun(store, &ada, "c", 100).await;
    let (second, _) = begun(store, &ada, "c", 101).await;
    let (third, _) = begun(store, &ada, "c", 102).await;
    begun(store, &ada, "d", 90).await;
    begun(store, &bob, "c", 91).await;
    let used = successor(150);
    assert!(
        store
            .rotate_refresh_token(&token, &used, 150)
            .await
            .unwrap()
    );

    let ended = store
        .revoke_surplus_grants(2, "surplus", 200)
        .await
        .unwrap();
    assert_eq!(ended, [second.id.as_str()]);
    let left = store.grants_of_user(&ada.id, 200).await.unwrap();
    assert_eq!(left.len(), 3);
    assert!(left.iter().any(|grant| grant.id == oldest.id));
    assert!(left.iter().any(|grant| grant.id == third.id));
    let revoked: Revoked = store.live_revocations(200).await.unwrap();
    assert!(
        revoked.grants.contains(&second.id),
        "its access tokens die with it"
    );
    let again = store
        .revoke_surplus_grants(2, "surplus", 200)
        .await
        .unwrap();
    assert!(again.is_empty());
}

#[tokio::test]
async fn what_is_revoked_is_listed_until_no_token_can_live() {
    let fixture = Fixture::new().await;
    let store = &fixture.store;
    let (ada, bob) = (person(store, "ada").await, person(store, "bob").await);
    let (one, _) = begun(store, &ada, "c", 100).await;
    let (other, _) = begun(store, &bob, "d", 100).await;
    assert!(store.revoke_grant(&one.id, "test", 200).await.unwrap());
    assert!(!store.revoke_grant(&one.id, "test", 200).await.unwrap());
    assert!(!store.revoke_grant("nothing", "test", 200).await.unwrap());
    store.revoke_access_token("jti", 500, 200).await.unwrap();
    assert_eq!(
        store
            .revoke_client(&other.client_id, "test", 201)
            .await
            .unwrap(),
        1
    );
    assert_eq!(store.revoke_user(&bob.id, "test", 202).await.unwrap(), 0);
    store.revoke_user(&bob.id, "again", 203).await.unwrap();
    let expected = Revoked {
        grants: [one.id.clone()].into(),
        tokens: ["jti".to_owned()].into(),
        clients: [("d".to_owned(), 201)].into(),
        users: [(bob.id.to_string(), 203)].into(),
    };
    let fixture = fixture.reopened().await;
    let store = &fixture.store;
    assert_eq!(store.live_revocations(499).await.unwrap(), expected);
    let later = store.live_revocations(500).await.unwrap();
    assert!(later.tokens.is_empty() && later.grants == expected.grants);
    let last = store.live_revocations(203 + MONTH).await.unwrap();
    assert_eq!(last, Revoked::default());
    assert_eq!(store.forget_dead_grants(203 + MONTH).await.unwrap(), 8);
    assert_eq!(store.grant(&one.id).await.unwrap(), None);
}

#[tokio::test]
async fn a_grant_needs_its_person_and_its_code_is_not_kept_without() {
    let Fixture { store, .. } = &Fixture::new().await;
    let user = person(store, "ada").await;
    let missing = grant(
        &User {
            id: new_user_id(),
            ..user
        },
        "c",
        100,
    );
    let new = NewCode {
        code: Secret::generate("skc_"),
        grant: missing,
        redirect_uri: "http://localhost/callback".parse().unwrap(),
        challenge: String::new(),
        nonce: None,
        expires_at: 160,
    };
    assert!(
        store.create_code(&new).await.is_err(),
        "nobody grants nothing"
    );
    assert_eq!(store.code(&new.code).await.unwrap(), None);
}

#[tokio::test]
async fn a_device_code_is_answered_once_and_redeemed_once() {
    let Fixture { store, .. } = &Fixture::new().await;
    let user = person(store, "ada").await;
    let new = NewDeviceCode {
        device_code: Secret::generate("skd_"),
        user_code: Secret::generate("u"),
        client_id: "c".parse().unwrap(),
        client_name: "a client".to_owned(),
        api: "https://api.example/".parse().unwrap(),
        resource: None,
        scope: "add".parse().unwrap(),
        interval: 5,
        address: "127.0.0.1".to_owned(),
        created_at: 100,
        expires_at: 700,
    };
    store.create_device_code(&new).await.unwrap();
    assert!(store.create_device_code(&new).await.is_err());
    assert_eq!(store.waiting_device_codes(699).await.unwrap(), 1);
    assert_eq!(store.waiting_device_codes(700).await.unwrap(), 0);
    for (at, poll) in [
        (100, Poll::InTime),
        (104, Poll::TooSoon),
        (114, Poll::InTime),
    ] {
        assert_eq!(store.poll_device(&new.device_code, at).await.unwrap(), poll);
    }
    let first = first(200);
    assert!(
        !store
            .redeem_device(&new.device_code, &first, 200)
            .await
            .unwrap()
    );
    let grant = grant(&user, "c", 200);
    let answer = store.answer_device(&new.user_code, Some(&grant), 200);
    assert!(answer.await.unwrap());
    assert!(
        !store
            .answer_device(&new.user_code, None, 200)
            .await
            .unwrap()
    );
    let stored = store.device_code_of(&new.user_code).await.unwrap().unwrap();
    assert_eq!(stored.answer, DeviceAnswer::Allowed(grant.id.clone()));
    assert!(
        store
            .redeem_device(&new.device_code, &first, 200)
            .await
            .unwrap()
    );
    assert!(
        !store
            .redeem_device(&new.device_code, &first, 200)
            .await
            .unwrap()
    );
    let stored = store.device_code(&new.device_code).await.unwrap().unwrap();
    assert_eq!(stored.consumed_at, Some(200));
}
