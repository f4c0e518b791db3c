use shukuba_issuer::{Issuer, IssuerError, IssuerSettings};
use shukuba_model::Clock;

use crate::{Fixture, open_issuer, open_store, settings};

#[tokio::test]
async fn a_new_server_has_a_key_for_each_algorithm_with_its_thumbprint_as_kid() {
    let directory = tempfile::tempdir().unwrap();
    let store = open_store(directory.path()).await;
    let issuer = open_issuer(&store, &Clock::fixed(1)).await;
    let keys = &issuer.own().load_full().keys.keys;
    let facts: Vec<_> = keys
        .iter()
        .map(|key| (key.kty.as_str(), key.alg.as_deref(), key.usage.as_deref()))
        .collect();
    let expected = [
        ("RSA", Some("RS256"), Some("sig")),
        ("RSA", Some("RS256"), Some("sig")),
        ("EC", Some("ES256"), Some("sig")),
        ("EC", Some("ES256"), Some("sig")),
    ];
    assert_eq!(facts, expected, "a current and a next one each");
    assert_eq!(keys[0].n.as_ref().unwrap().len(), 342, "2048 bits");
    assert_eq!(keys[0].e.as_deref(), Some("AQAB"));
    assert_eq!(keys[2].crv.as_deref(), Some("P-256"));
    assert_eq!(keys[2].x.as_ref().unwrap().len(), 43);
    assert!(keys.iter().all(|key| key.kid.as_ref().unwrap().len() == 43));
}

#[tokio::test]
async fn keys_outlive_a_restart_so_tokens_do_too() {
    let fixture = Fixture::new().await;
    let before = fixture.issuer.own().load_full();
    fixture.store.close().await;
    let store = open_store(fixture.directory.path()).await;
    let issuer = open_issuer(&store, &fixture.clock).await;
    let after = issuer.own().load_full();
    assert_eq!(after.keys, before.keys);
    assert_eq!(after.keys.keys.len(), 4);
    assert_eq!(issuer.keys(), fixture.issuer.keys());
}

#[tokio::test]
async fn an_issuer_identifier_that_is_no_origin_is_refused() {
    let fixture = Fixture::new().await;
    for bad in [
        "",
        "issuer.example",
        "ftp://issuer.example",
        "http://issuer.example/",
        "http://issuer.example?x=1",
        "http://issuer.example#x",
        "http://user@issuer.example",
    ] {
        let settings = IssuerSettings {
            issuer: bad.to_owned(),
            ..settings()
        };
        let outcome = Issuer::open(settings, fixture.store.clone(), Clock::fixed(1)).await;
        assert!(
            matches!(outcome, Err(IssuerError::Identifier { .. })),
            "{bad}"
        );
    }
}
