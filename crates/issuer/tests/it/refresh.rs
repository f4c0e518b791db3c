//! `refresh_token`: rotation, its grace, and what ends a login.

use std::collections::HashSet;
use std::sync::Arc;

use serde_json::json;
use shukuba_store::AuditFilter;

use crate::login::{CONNECTOR, DAY, Login, NATIVE, STRANGER, claims, redeem, refreshing};
use crate::{ADDRESS, API, OTHER_API, give_scopes};

#[tokio::test]
async fn every_refresh_gives_another_refresh_token_for_both_kinds_of_clients() {
    let login = Login::new().await;
    let first = login.tokens().await;
    login.fixture.clock.advance(3600);
    let second = login.refresh(&first.refresh).await.tokens();
    assert_ne!(first.refresh, second.refresh);
    assert_ne!(first.access, second.access);
    assert!(login.is_active(&second.access).await);

    let code = login.code(CONNECTOR).await;
    let body = redeem(CONNECTOR, &code);
    let first = login
        .post_as_connector("/oauth/token", &body)
        .await
        .tokens();
    let body = refreshing(CONNECTOR, &first.refresh);
    login.token(&body).await.refused(401, "invalid_client");
    let second = login
        .post_as_connector("/oauth/token", &body)
        .await
        .tokens();
    assert_ne!(first.refresh, second.refresh);
}

#[tokio::test]
async fn t30_a_refresh_token_of_another_client_is_refused_and_its_own_still_works() {
    let login = Login::new().await;
    let tokens = login.tokens().await;
    let answer = login.token(&refreshing(STRANGER, &tokens.refresh)).await;
    answer.refused(400, "invalid_grant");
    let next = login.refresh(&tokens.refresh).await.tokens();
    // Nor can a stranger end a login with a token that was used.
    login.fixture.clock.advance(3600);
    let answer = login.token(&refreshing(STRANGER, &tokens.refresh)).await;
    answer.refused(400, "invalid_grant");
    login.refresh(&next.refresh).await.tokens();
}

#[tokio::test]
async fn a_scope_that_the_api_lost_is_in_no_token_from_then_on() {
    let login = Login::new().await;
    let tokens = login.tokens().await;
    assert_eq!(claims(&tokens.access)["scope"], "openid add read");
    let store = &login.fixture.store;
    give_scopes(store, API, &[("read", "may read".to_owned())]).await;
    let answer = login.refresh(&tokens.refresh).await;
    let next = answer.tokens();
    assert_eq!(answer.json()["scope"], "openid read");
    assert_eq!(claims(&next.access)["scope"], "openid read");
    let code = login.code(NATIVE).await;
    let late = login.token(&redeem(NATIVE, &code)).await;
    assert_eq!(late.json()["scope"], "openid read");
}

#[tokio::test]
async fn t31_a_narrower_scope_is_given_and_a_wider_one_refused() {
    let login = Login::new().await;
    let tokens = login.tokens().await;
    let body = format!("{}&scope=add+write", refreshing(NATIVE, &tokens.refresh));
    login.token(&body).await.refused(400, "invalid_scope");
    let body = format!("{}&scope=add", refreshing(NATIVE, &tokens.refresh));
    let answer = login.token(&body).await;
    let narrow = answer.tokens();
    assert_eq!(answer.json()["scope"], "add");
    assert!(answer.json().get("id_token").is_none());
    assert_eq!(claims(&narrow.access)["scope"], "add");
    // The refresh token keeps what was allowed (RFC 6749 section 6).
    let body = format!(
        "{}&scope=offline_access",
        refreshing(NATIVE, &narrow.refresh)
    );
    assert_eq!(login.token(&body).await.json()["scope"], "openid add read");
}

#[tokio::test]
async fn t32_a_foreign_resource_is_an_invalid_target_and_nothing_is_rotated() {
    let login = Login::new().await;
    let tokens = login.tokens().await;
    let body = format!(
        "{}&resource={OTHER_API}",
        refreshing(NATIVE, &tokens.refresh)
    );
    login.token(&body).await.refused(400, "invalid_target");
    login.fixture.clock.advance(61);
    let other = format!("{ADDRESS}?qualifier=DEFAULT");
    let body = format!("{}&resource={other}", refreshing(NATIVE, &tokens.refresh));
    let tokens = login.token(&body).await.tokens();
    assert_eq!(claims(&tokens.access)["aud"], json!([API, other]));
}

#[tokio::test]
async fn t33_reuse_after_the_grace_ends_the_login_and_its_access_tokens() {
    let login = Login::new().await;
    let first = login.tokens().await;
    let second = login.refresh(&first.refresh).await.tokens();
    login.fixture.clock.advance(61);
    let answer = login.refresh(&first.refresh).await;
    answer.refused(400, "invalid_grant");
    for dead in [&first.access, &second.access] {
        assert!(!login.is_active(dead).await);
    }
    let answer = login.refresh(&second.refresh).await;
    answer.refused(400, "invalid_grant");

    login.fixture.issuer.audit_log().flush().await;
    let filter = AuditFilter {
        limit: 100,
        ..AuditFilter::default()
    };
    let entries = login.fixture.store.audit(&filter).await.unwrap();
    let text = format!("{entries:?}");
    for secret in [&first.refresh, &second.refresh, &second.access] {
        assert!(!text.contains(secret.as_str()), "{text}");
    }
    let mut events: Vec<_> = entries
        .iter()
        .map(|entry| (entry.event.as_str(), entry.outcome.as_str()))
        .filter(|(event, _)| event.starts_with("token.") || event.starts_with("grant."))
        .collect();
    events.reverse();
    assert_eq!(
        events,
        [
            ("token.issued", "ok"),
            ("token.issued", "ok"),
            ("grant.revoked", "ok"),
            ("token.refused", "invalid_grant"),
            ("token.refused", "invalid_grant"),
        ]
    );
    assert!(text.contains("refresh token reused"), "{text}");
}

#[tokio::test]
async fn t34_within_the_grace_the_previous_token_gives_the_same_successor_again() {
    let login = Login::new().await;
    let first = login.tokens().await;
    let second = login.refresh(&first.refresh).await.tokens();
    for wait in [0, 30, 30] {
        login.fixture.clock.advance(wait);
        let again = login.refresh(&first.refresh).await.tokens();
        assert_eq!(again.refresh, second.refresh);
        assert_ne!(again.access, second.access);
        assert!(login.is_active(&again.access).await);
    }
    login.refresh(&second.refresh).await.tokens();
}

#[tokio::test]
async fn t34_within_the_grace_an_older_token_gives_the_newest_and_after_it_ends_the_login() {
    let login = Login::new().await;
    let first = login.tokens().await;
    let second = login.refresh(&first.refresh).await.tokens();
    let third = login.refresh(&second.refresh).await.tokens();
    let again = login.refresh(&first.refresh).await.tokens();
    assert_eq!(again.refresh, third.refresh, "one lineage");
    login.fixture.clock.advance(61);
    let answer = login.refresh(&first.refresh).await;
    answer.refused(400, "invalid_grant");
    let answer = login.refresh(&third.refresh).await;
    answer.refused(400, "invalid_grant");
    assert!(!login.is_active(&third.access).await);
}

#[tokio::test]
async fn t34_a_token_too_far_back_ends_the_login_even_within_the_grace() {
    let login = Login::new().await;
    let first = login.tokens().await;
    let mut newest = first.refresh.clone();
    for _ in 0..17 {
        newest = login.refresh(&newest).await.tokens().refresh;
    }
    let answer = login.refresh(&first.refresh).await;
    answer.refused(400, "invalid_grant");
    let answer = login.refresh(&newest).await;
    answer.refused(400, "invalid_grant");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn t35_twenty_parallel_refreshes_make_one_lineage() {
    let login = Arc::new(Login::new().await);
    let first = login.tokens().await;
    let tasks: Vec<_> = (0..20)
        .map(|_| {
            let (login, token) = (Arc::clone(&login), first.refresh.clone());
            tokio::spawn(async move { login.refresh(&token).await.tokens().refresh })
        })
        .collect();
    let mut successors = HashSet::new();
    for task in tasks {
        successors.insert(task.await.unwrap());
    }
    assert_eq!(successors.len(), 1, "all get the same successor");
    let successor = successors.into_iter().next().unwrap();
    login.refresh(&successor).await.tokens();
}

#[tokio::test]
async fn t36_a_person_who_was_kept_out_a_revoked_grant_and_a_revoked_client_end_it() {
    let login = Login::new().await;
    let store = &login.fixture.store;
    let tokens = login.tokens().await;
    store.set_user_disabled(&login.user.id, true).await.unwrap();
    let answer = login.refresh(&tokens.refresh).await;
    answer.refused(400, "invalid_grant");
    store
        .set_user_disabled(&login.user.id, false)
        .await
        .unwrap();
    let tokens = login.refresh(&tokens.refresh).await.tokens();

    let grants = store
        .grants_of_user(&login.user.id, login.fixture.clock.now())
        .await;
    let grant = grants.unwrap().remove(0);
    let issuer = &login.fixture.issuer;
    assert!(
        issuer
            .revoke_grant(&grant.id, "by the person")
            .await
            .unwrap()
    );
    assert!(
        !issuer
            .revoke_grant(&grant.id, "by the person")
            .await
            .unwrap()
    );
    let answer = login.refresh(&tokens.refresh).await;
    answer.refused(400, "invalid_grant");
    assert!(!login.is_active(&tokens.access).await);

    let tokens = login.tokens().await;
    let client_id = NATIVE.parse().unwrap();
    let ended = issuer.revoke_client(&client_id, "by the operator").await;
    assert_eq!(ended.unwrap(), 1);
    let answer = login.refresh(&tokens.refresh).await;
    answer.refused(400, "invalid_grant");
    assert!(!login.is_active(&tokens.access).await);

    login.fixture.clock.advance(1);
    let tokens = login.tokens().await;
    assert!(
        login.is_active(&tokens.access).await,
        "what came after lives"
    );
    let ended = issuer.revoke_user(&login.user.id, "by the operator").await;
    assert_eq!(ended.unwrap(), 1);
    assert!(!login.is_active(&tokens.access).await);
}

#[tokio::test]
async fn t37_use_keeps_a_login_alive_but_not_beyond_its_longest_life() {
    let login = Login::new().await;
    let mut tokens = login.tokens().await;
    for _ in 0..3 {
        login.fixture.clock.advance(29 * DAY);
        tokens = login.refresh(&tokens.refresh).await.tokens();
    }
    login.fixture.clock.advance(3 * DAY);
    let answer = login.refresh(&tokens.refresh).await;
    answer.refused(400, "invalid_grant");
    assert!(answer.description().contains("longest life"));
}

#[tokio::test]
async fn a_login_that_is_not_used_for_thirty_days_ends() {
    let login = Login::new().await;
    let tokens = login.tokens().await;
    login.fixture.clock.advance(30 * DAY);
    let answer = login.refresh(&tokens.refresh).await;
    answer.refused(400, "invalid_grant");
    assert!(answer.description().contains("not used for too long"));
}

#[tokio::test]
async fn a_login_outlives_a_restart_and_so_does_what_was_revoked() {
    let login = Login::new().await;
    let (kept, dead) = (login.tokens().await, login.tokens().await);
    let body = format!("client_id={NATIVE}&token={}", dead.refresh);
    assert_eq!(login.post("/oauth/revoke", &body).await.status, 200);
    let second = login.refresh(&kept.refresh).await.tokens();
    let revoked = login.fixture.issuer.own().load_full();
    let login = login.reopened().await;
    let again = login.fixture.issuer.own().load_full();
    assert_eq!(again.revoked, revoked.revoked);
    assert!(!login.is_active(&dead.access).await);
    let again = login.refresh(&kept.refresh).await.tokens();
    assert_eq!(
        again.refresh, second.refresh,
        "the grace outlives it as well"
    );
    let now = login.fixture.clock.now();
    let grants = login.fixture.store.grants_of_user(&login.user.id, now);
    assert_eq!(grants.await.unwrap().len(), 1);
}

#[tokio::test]
async fn what_is_dead_for_good_is_forgotten_and_what_lives_is_not() {
    let login = Login::new().await;
    let (kept, dead) = (login.tokens().await, login.tokens().await);
    let body = format!("client_id={NATIVE}&token={}", dead.refresh);
    login.post("/oauth/revoke", &body).await;
    login.code(NATIVE).await;
    let issuer = &login.fixture.issuer;
    assert_eq!(issuer.forget_dead_grants().await.unwrap(), 0);
    login.fixture.clock.advance(DAY + 60);
    // Three codes, and the grant that never gave a token.
    assert_eq!(issuer.forget_dead_grants().await.unwrap(), 4);
    login.fixture.clock.advance(25 * DAY);
    let kept = login.refresh(&kept.refresh).await.tokens();
    login.fixture.clock.advance(4 * DAY);
    // The revoked grant and its revocation.
    assert_eq!(issuer.forget_dead_grants().await.unwrap(), 2);
    login.refresh(&kept.refresh).await.tokens();
}
