//! The life of a signing key: next, current, previous, gone.

use std::collections::BTreeSet;

use shukuba_issuer::{Issuer, KeyChangeError, KeyFacts, KeyState};
use shukuba_model::SigningAlgorithm::{Es256, Rs256};
use shukuba_model::wire::ApiUpdate;
use shukuba_model::{ClientClaim, SigningAlgorithm};
use shukuba_store::{AuditFilter, KeyStep};

use crate::verified::let_in;
use crate::{Fixture, GRANT, decoded, open_issuer, open_store};

const DAY: i64 = 86_400;
/// As long as the key set may be cached.
const CACHED: i64 = 300;

fn find(issuer: &Issuer, algorithm: SigningAlgorithm, state: KeyState) -> KeyFacts {
    let found: Vec<_> = issuer
        .keys()
        .into_iter()
        .filter(|key| key.algorithm == algorithm && key.state == state)
        .collect();
    assert_eq!(found.len(), 1, "{algorithm:?} {state:?}");
    found[0].clone()
}

impl Fixture {
    fn key(&self, state: KeyState) -> KeyFacts {
        find(&self.issuer, Rs256, state)
    }

    /// The key ids of the published key set, in its order.
    async fn published(&self) -> Vec<String> {
        let set = self.get("/.well-known/jwks.json").await.json();
        let keys = set["keys"].as_array().unwrap();
        keys.iter()
            .map(|key| key["kid"].as_str().unwrap().to_owned())
            .collect()
    }

    async fn let_in(&self, token: &str) -> bool {
        let_in(self, ClientClaim::Rfc9068, token).await
    }
}

fn signer(token: &str) -> String {
    decoded(token).0["kid"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn m02_the_key_set_holds_nothing_private_and_no_kid_twice() {
    let fixture = Fixture::new().await;
    fixture.issuer.rotate_keys(None).await.unwrap();
    let set = fixture.get("/.well-known/jwks.json").await.json();
    let keys = set["keys"].as_array().unwrap();
    assert_eq!(keys.len(), 6);
    let public = ["kty", "kid", "use", "alg", "n", "e", "crv", "x", "y"];
    for key in keys {
        for member in key.as_object().unwrap().keys() {
            assert!(public.contains(&member.as_str()), "{member}");
        }
    }
    let kids = fixture.published().await;
    assert_eq!(kids.iter().collect::<BTreeSet<_>>().len(), kids.len());
}

#[tokio::test]
async fn m02_a_retired_key_is_published_until_its_last_token_has_died() {
    let fixture = Fixture::new().await;
    let thirty_days = ApiUpdate {
        token_lifetime: Some(2_592_000.try_into().unwrap()),
        ..Default::default()
    };
    let api = crate::identifier(crate::API);
    fixture.store.update_api(&api, &thirty_days).await.unwrap();
    let old = fixture.key(KeyState::Current).kid;
    let token = fixture.token(GRANT).await;
    fixture.issuer.rotate_keys(None).await.unwrap();
    // What the API's tokens live for now says nothing of those it has given.
    let minute = ApiUpdate {
        token_lifetime: Some(60.try_into().unwrap()),
        ..Default::default()
    };
    fixture.store.update_api(&api, &minute).await.unwrap();

    fixture.clock.advance(30 * DAY - 1);
    let now = fixture.clock.now();
    fixture.issuer.rotate_keys_if_due(now).await.unwrap();
    assert!(fixture.published().await.contains(&old));
    assert!(fixture.let_in(&token).await, "its last second");

    fixture.clock.advance(61);
    let now = fixture.clock.now();
    fixture.issuer.rotate_keys_if_due(now).await.unwrap();
    assert!(!fixture.published().await.contains(&old));
    let gone = fixture.issuer.keys().iter().all(|key| key.kid != old);
    assert!(gone, "and its private part with it");
}

#[tokio::test]
async fn the_next_key_signs_after_a_rotation_and_older_tokens_stay_good() {
    let fixture = Fixture::new().await;
    let (current, next) = (fixture.key(KeyState::Current), fixture.key(KeyState::Next));
    let before = fixture.published().await;
    assert!(before.contains(&next.kid), "known before it signs");
    let old = fixture.token(GRANT).await;
    assert_eq!(signer(&old), current.kid);

    fixture.issuer.rotate_keys(Some(Rs256)).await.unwrap();
    let new = fixture.token(GRANT).await;
    assert_eq!(signer(&new), next.kid);
    assert!(fixture.let_in(&old).await && fixture.let_in(&new).await);
    let now = fixture.clock.now();
    assert_eq!(fixture.key(KeyState::Current).signs_since, Some(now));
    let kept = fixture.key(KeyState::Previous).keep_until.unwrap();
    assert!(kept >= now + 30 * DAY);
    let untouched = find(&fixture.issuer, Es256, KeyState::Current);
    assert!(before.contains(&untouched.kid), "only what was asked");
    assert_eq!(fixture.published().await[0], next.kid, "the signer first");
}

#[tokio::test]
async fn a_rotation_survives_a_restart() {
    let fixture = Fixture::new().await;
    fixture.issuer.rotate_keys(None).await.unwrap();
    let before = fixture.issuer.keys();
    fixture.store.close().await;
    let store = open_store(fixture.directory.path()).await;
    let issuer = open_issuer(&store, &fixture.clock).await;
    assert_eq!(issuer.keys(), before);
}

#[tokio::test]
async fn a_key_does_not_sign_while_a_cached_key_set_may_lack_it() {
    let fixture = Fixture::new().await;
    fixture.issuer.rotate_keys(None).await.unwrap();
    fixture.clock.advance(CACHED - 1);
    let before = fixture.issuer.keys();
    let refused = fixture.issuer.rotate_keys(None).await.unwrap_err();
    assert!(
        matches!(refused, KeyChangeError::TooSoon { wait: 1, .. }),
        "{refused}"
    );
    assert_eq!(fixture.issuer.keys(), before);
    fixture.clock.advance(1);
    fixture.issuer.rotate_keys(None).await.unwrap();
}

#[tokio::test]
async fn a_server_without_next_keys_gets_them_and_its_signers_stay() {
    let fixture = Fixture::new().await;
    let remove = |key: KeyFacts| KeyStep::Remove {
        kid: key.kid,
        state: key.state,
    };
    let next = |key: &KeyFacts| key.state == KeyState::Next;
    let steps: Vec<_> = fixture
        .issuer
        .keys()
        .into_iter()
        .filter(next)
        .map(remove)
        .collect();
    fixture.store.change_signing_keys(&steps).await.unwrap();
    let issuer = open_issuer(&fixture.store, &fixture.clock).await;
    for algorithm in SigningAlgorithm::ALL {
        let current = find(&issuer, algorithm, KeyState::Current);
        assert_eq!(current, find(&fixture.issuer, algorithm, KeyState::Current));
        assert_eq!(
            find(&issuer, algorithm, KeyState::Next).created_at,
            fixture.clock.now()
        );
    }
    let refused = issuer.rotate_keys(None).await.unwrap_err();
    assert!(
        matches!(refused, KeyChangeError::TooSoon { .. }),
        "unknown yet"
    );
}

#[tokio::test]
async fn keys_are_rotated_after_thirty_days_and_not_before() {
    let fixture = Fixture::new().await;
    let before = fixture.issuer.keys();
    let began = before[0].signs_since.unwrap();
    let issuer = &fixture.issuer;
    issuer
        .rotate_keys_if_due(began + 30 * DAY - 1)
        .await
        .unwrap();
    assert_eq!(issuer.keys(), before);
    issuer.rotate_keys_if_due(began + 30 * DAY).await.unwrap();
    for algorithm in SigningAlgorithm::ALL {
        let previous = find(issuer, algorithm, KeyState::Previous);
        assert!(before.iter().any(|key| key.kid == previous.kid));
    }
    issuer.audit_log().flush().await;
    let filter = AuditFilter {
        limit: 10,
        ..AuditFilter::default()
    };
    let recorded = fixture.store.audit(&filter).await.unwrap();
    assert_eq!(recorded.len(), 1);
    assert_eq!(recorded[0].actor, "server");
    assert!(recorded[0].detail.contains(&before[0].kid));
    let after = issuer.keys();
    issuer
        .rotate_keys_if_due(began + 30 * DAY + 3_600)
        .await
        .unwrap();
    assert_eq!(issuer.keys(), after);
}

#[tokio::test]
async fn r15_tokens_of_a_revoked_key_are_refused_at_once_and_others_are_not() {
    let fixture = Fixture::new().await;
    let (current, next) = (fixture.key(KeyState::Current), fixture.key(KeyState::Next));
    let stolen = fixture.token(GRANT).await;
    assert!(fixture.let_in(&stolen).await);
    fixture.issuer.revoke_key(&current.kid).await.unwrap();
    assert!(!fixture.let_in(&stolen).await);
    assert!(!fixture.published().await.contains(&current.kid));

    let token = fixture.token(GRANT).await;
    assert_eq!(signer(&token), next.kid, "the known key takes over");
    assert!(fixture.let_in(&token).await);
    assert_ne!(fixture.key(KeyState::Next).kid, next.kid);

    let next = fixture.key(KeyState::Next).kid;
    fixture.issuer.revoke_key(&next).await.unwrap();
    assert_ne!(fixture.key(KeyState::Next).kid, next);
    assert!(fixture.let_in(&token).await);

    fixture.clock.advance(CACHED);
    fixture.issuer.rotate_keys(None).await.unwrap();
    let previous = fixture.key(KeyState::Previous).kid;
    assert_eq!(signer(&token), previous);
    fixture.issuer.revoke_key(&previous).await.unwrap();
    assert!(!fixture.let_in(&token).await);

    let unknown = fixture.issuer.revoke_key(&previous).await.unwrap_err();
    assert!(matches!(unknown, KeyChangeError::NotFound { .. }));
    assert!(unknown.to_string().contains(&previous));
}

#[tokio::test]
async fn changes_at_the_same_time_follow_one_another() {
    let fixture = Fixture::new().await;
    let revoke = |state| {
        let (issuer, kid) = (fixture.issuer.clone(), fixture.key(state).kid);
        tokio::spawn(async move { issuer.revoke_key(&kid).await })
    };
    let (first, second) = (revoke(KeyState::Current), revoke(KeyState::Next));
    first.await.unwrap().unwrap();
    second.await.unwrap().unwrap();
    assert_eq!(fixture.issuer.keys().len(), 4);
    let token = fixture.token(GRANT).await;
    assert_eq!(signer(&token), fixture.key(KeyState::Current).kid);
    assert!(fixture.let_in(&token).await);
}

#[tokio::test]
async fn o10_no_token_is_refused_while_keys_rotate() {
    let fixture = Fixture::new().await;
    for _ in 0..3 {
        let before = fixture.token(GRANT).await;
        let rotating = fixture.issuer.clone();
        let rotating = tokio::spawn(async move { rotating.rotate_keys(Some(Rs256)).await });
        while !rotating.is_finished() {
            let token = fixture.token(GRANT).await;
            assert!(fixture.let_in(&token).await);
            assert!(fixture.let_in(&before).await);
            tokio::task::yield_now().await;
        }
        rotating.await.unwrap().unwrap();
        assert!(fixture.let_in(&before).await);
        fixture.clock.advance(CACHED);
    }
}
