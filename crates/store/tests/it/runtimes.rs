use std::collections::BTreeMap;

use shukuba_model::route::{Command, Lifecycle};
use shukuba_model::session::SessionMode;
use shukuba_model::wire::{AuthorizerSettings, Tool};
use shukuba_model::{ClientClaim, LoginAllow, Qualifier, RuntimeArn, RuntimeId};
use shukuba_store::{Launch, NewVersion, RuntimeFilter, RuntimeRecord, StoreError};

use crate::Fixture;

const ID: &str = "mcp_server-y2iy3YFsSN";

fn launch(id: &str, digest: &str) -> Launch {
    let arn: RuntimeArn = format!("arn:aws:bedrock-agentcore:us-west-2:123456789012:runtime/{id}")
        .parse()
        .unwrap();
    Launch {
        runtime: RuntimeRecord {
            name: arn.id.name().parse().unwrap(),
            id: arn.id.clone(),
            arn,
            authorizer: AuthorizerSettings {
                discovery_url: "https://idp.example/.well-known/openid-configuration"
                    .parse()
                    .unwrap(),
                allowed_clients: vec!["one".to_owned(), "two".to_owned()],
                allowed_audience: vec!["https://api.example/".to_owned()],
                allowed_scopes: Vec::new(),
                client_claim: ClientClaim::Auth0,
            },
            authorization_server: "https://idp.example/".to_owned(),
            login: true,
            login_allow: vec!["ada".to_owned()].into(),
            lifecycle: Lifecycle {
                idle_timeout: 60,
                max_lifetime: 600,
            },
            created_at: 10,
        },
        version: NewVersion {
            digest: digest.to_owned(),
            command: Command {
                program: "/data/versions/d/venv/bin/python".into(),
                arguments: vec!["-m".to_owned(), "mcp_server".to_owned()],
                directory: "/data/versions/d/app".into(),
                environment: BTreeMap::from([("PATH".to_owned(), "/usr/bin".to_owned())]),
                path: "/mcp".to_owned(),
            },
            sessions: SessionMode::Stateful,
            tools: vec![Tool {
                name: "add".to_owned(),
                input_schema: serde_json::json!({"type": "object"}),
                ..Tool::default()
            }],
            start_ms: 412,
            created_at: 11,
        },
    }
}

fn id(text: &str) -> RuntimeId {
    text.parse().unwrap()
}

#[tokio::test]
async fn a_first_launch_creates_the_runtime_with_version_1_behind_default() {
    let fixture = Fixture::new().await;
    let launched = launch(ID, "d1");
    assert_eq!(fixture.store.launch(&launched).await.unwrap(), 1);
    let fixture = fixture.reopened().await;
    let store = &fixture.store;
    for key in ["mcp_server", ID] {
        let found = store.runtime(key).await.unwrap();
        assert_eq!(found.as_ref(), Some(&launched.runtime));
    }
    assert_eq!(store.runtime("mcp").await.unwrap(), None);
    let versions = store.versions(&id(ID)).await.unwrap();
    assert_eq!(versions.len(), 1);
    let version = &versions[0];
    assert_eq!(version.version.number, 1);
    assert_eq!(version.version.digest, "d1");
    assert_eq!(version.version.command, launched.version.command);
    assert_eq!(version.version.sessions, SessionMode::Stateful);
    assert_eq!(version.tools, launched.version.tools);
    assert_eq!((version.start_ms, version.created_at), (412, 11));
    let endpoints = store.endpoints(&id(ID)).await.unwrap();
    assert_eq!(endpoints, BTreeMap::from([(Qualifier::default(), 1)]));
}

#[tokio::test]
async fn a_later_launch_adds_a_version_moves_default_and_takes_the_new_rules() {
    let fixture = Fixture::new().await;
    let store = &fixture.store;
    let first = launch(ID, "d1");
    store.launch(&first).await.unwrap();
    let mut second = launch(ID, "d2");
    second.runtime.authorizer.allowed_clients = vec!["three".to_owned()];
    second.runtime.authorization_server = "https://other.example".to_owned();
    second.runtime.login = false;
    second.runtime.login_allow = LoginAllow::All;
    second.runtime.created_at = 999;
    second.version.sessions = SessionMode::Stateless;
    assert_eq!(store.launch(&second).await.unwrap(), 2);
    let found = store.runtime(ID).await.unwrap().unwrap();
    let mut expected = second.runtime.clone();
    expected.created_at = first.runtime.created_at;
    assert_eq!(found, expected);
    let digests: Vec<_> = store.versions(&id(ID)).await.unwrap();
    let digests: Vec<_> = digests.iter().map(|v| v.version.digest.as_str()).collect();
    assert_eq!(digests, ["d1", "d2"]);
    let endpoints = store.endpoints(&id(ID)).await.unwrap();
    assert_eq!(endpoints, BTreeMap::from([(Qualifier::default(), 2)]));
}

#[tokio::test]
async fn a_name_belongs_to_one_id_and_a_refused_launch_leaves_nothing() {
    let fixture = Fixture::new().await;
    fixture.store.launch(&launch(ID, "d1")).await.unwrap();
    let other = "mcp_server-aaaaaaaaaa";
    let error = fixture
        .store
        .launch(&launch(other, "d2"))
        .await
        .unwrap_err();
    assert!(matches!(error, StoreError::Conflict { .. }), "{error}");
    assert_eq!(fixture.store.runtimes().await.unwrap().len(), 1);
    assert_eq!(fixture.store.versions(&id(other)).await.unwrap(), []);
}

#[tokio::test]
async fn launches_at_the_same_time_get_numbers_of_their_own() {
    let fixture = Fixture::new().await;
    let mut launches = tokio::task::JoinSet::new();
    for n in 0..8 {
        let store = fixture.store.clone();
        launches.spawn(async move { store.launch(&launch(ID, &format!("d{n}"))).await.unwrap() });
    }
    let mut numbers = launches.join_all().await;
    numbers.sort_unstable();
    assert_eq!(numbers, [1, 2, 3, 4, 5, 6, 7, 8]);
    let endpoints = fixture.store.endpoints(&id(ID)).await.unwrap();
    assert_eq!(endpoints, BTreeMap::from([(Qualifier::default(), 8)]));
}

#[tokio::test]
async fn default_moves_to_a_version_that_is_there_and_to_no_other() {
    let fixture = Fixture::new().await;
    let store = &fixture.store;
    store.launch(&launch(ID, "d1")).await.unwrap();
    store.launch(&launch(ID, "d2")).await.unwrap();
    store.serve_version(&id(ID), 1).await.unwrap();
    let first = BTreeMap::from([(Qualifier::default(), 1)]);
    assert_eq!(store.endpoints(&id(ID)).await.unwrap(), first);
    for (runtime, number) in [(ID, 0), (ID, 3), ("other-aaaaaaaaaa", 1)] {
        let refused = store.serve_version(&id(runtime), number).await;
        assert!(matches!(refused, Err(StoreError::NotFound { .. })));
    }
    assert_eq!(store.endpoints(&id(ID)).await.unwrap(), first);
    assert_eq!(store.launch(&launch(ID, "d3")).await.unwrap(), 3);
}

#[tokio::test]
async fn rules_are_replaced_and_versions_and_endpoints_stay() {
    let fixture = Fixture::new().await;
    let store = &fixture.store;
    store.launch(&launch(ID, "d1")).await.unwrap();
    let mut runtime = store.runtime(ID).await.unwrap().unwrap();
    runtime.authorizer.allowed_clients = vec!["another".to_owned()];
    runtime.authorization_server = "https://other.example".to_owned();
    runtime.login = !runtime.login;
    runtime.login_allow = vec!["ada".to_owned()].into();
    store.set_rules(&runtime).await.unwrap();
    assert_eq!(store.runtime(ID).await.unwrap(), Some(runtime.clone()));
    assert_eq!(store.versions(&id(ID)).await.unwrap().len(), 1);
    assert_eq!(store.endpoints(&id(ID)).await.unwrap().len(), 1);
    store.delete_runtime(&id(ID)).await.unwrap();
    let gone = store.set_rules(&runtime).await;
    assert!(matches!(gone, Err(StoreError::NotFound { .. })));
    assert_eq!(store.runtime(ID).await.unwrap(), None);
}

#[tokio::test]
async fn all_runtimes_come_with_what_each_has_and_nobody_elses() {
    let fixture = Fixture::new().await;
    let store = &fixture.store;
    store.launch(&launch(ID, "d1")).await.unwrap();
    store.launch(&launch(ID, "d2")).await.unwrap();
    let other = "other-aaaaaaaaaa";
    store.launch(&launch(other, "d3")).await.unwrap();
    let stored = store
        .stored_runtimes(&RuntimeFilter::default())
        .await
        .unwrap();
    assert_eq!(stored.len(), 2);
    for one in stored {
        let id = &one.runtime.id;
        assert_eq!(
            store.runtime(id.as_str()).await.unwrap().as_ref(),
            Some(&one.runtime)
        );
        assert_eq!(store.versions(id).await.unwrap(), one.versions);
        assert_eq!(store.endpoints(id).await.unwrap(), one.endpoints);
        assert!(!one.versions.is_empty() && !one.endpoints.is_empty());
    }
}

#[tokio::test]
async fn runtimes_are_listed_by_page_and_by_a_part_of_the_name() {
    let fixture = Fixture::new().await;
    let store = &fixture.store;
    for name in ["a_1", "b", "a91", "C_1"] {
        let id = format!("{name}-aaaaaaaaaa");
        store.launch(&launch(&id, "d1")).await.unwrap();
    }
    let named = async |filter: RuntimeFilter<'_>| {
        let found = store.stored_runtimes(&filter).await.unwrap();
        assert!(found.iter().all(|one| one.versions.len() == 1));
        assert!(found.iter().all(|one| one.endpoints.len() == 1));
        let names = found.iter().map(|one| one.runtime.name.to_string());
        names.collect::<Vec<_>>().join(" ")
    };
    let page = RuntimeFilter {
        limit: Some(2),
        ..RuntimeFilter::default()
    };
    assert_eq!(named(page).await, "C_1 a91");
    let after = Some("a91");
    assert_eq!(named(RuntimeFilter { after, ..page }).await, "a_1 b");
    let of = |text| RuntimeFilter {
        search: Some(text),
        ..page
    };
    // Neither `_` nor `%` stands for anything else here.
    assert_eq!(named(of("_1")).await, "C_1 a_1");
    assert_eq!(named(of("c")).await, "C_1");
    assert_eq!(named(of("%")).await, "");
    assert_eq!(named(RuntimeFilter { after, ..of("_1") }).await, "a_1");
}

#[tokio::test]
async fn a_deleted_runtime_takes_versions_and_endpoints_with_it() {
    let fixture = Fixture::new().await;
    let store = &fixture.store;
    store.launch(&launch(ID, "d1")).await.unwrap();
    store
        .launch(&launch("other-aaaaaaaaaa", "d1"))
        .await
        .unwrap();
    store.delete_runtime(&id(ID)).await.unwrap();
    assert_eq!(store.runtime(ID).await.unwrap(), None);
    assert_eq!(store.versions(&id(ID)).await.unwrap(), []);
    assert_eq!(store.endpoints(&id(ID)).await.unwrap(), BTreeMap::new());
    assert_eq!(store.runtimes().await.unwrap().len(), 1);
    let again = store.delete_runtime(&id(ID)).await;
    assert!(matches!(again, Err(StoreError::NotFound { .. })));
    assert_eq!(store.launch(&launch(ID, "d3")).await.unwrap(), 1);
}
