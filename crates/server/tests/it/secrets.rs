//! Where secrets are, and where they are not.

use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use reqwest::Method;
use serde_json::{Value, json};

use crate::Bed;

#[tokio::test]
async fn a_client_secret_is_shown_once_and_lies_nowhere_in_clear() {
    let bed = Bed::new().await;
    let api = json!({ "name": "A", "identifier": "https://api.example/" });
    bed.operator(Method::POST, "/api/v1/apis")
        .json(&api)
        .send()
        .await
        .unwrap();
    let application = json!({ "name": "mcp", "type": "m2m", "apis": ["https://api.example/"] });
    let created = bed
        .operator(Method::POST, "/api/v1/applications")
        .json(&application);
    let created: Value = created.send().await.unwrap().json().await.unwrap();
    let secret = created["client_secret"].as_str().unwrap().to_owned();

    let listed = bed
        .operator(Method::GET, "/api/v1/applications")
        .send()
        .await
        .unwrap();
    assert!(!listed.text().await.unwrap().contains(&secret));

    let form = [("grant_type", "client_credentials")];
    let token = bed.anonymous(Method::POST, "/oauth/token");
    let token = token
        .basic_auth(created["client_id"].as_str().unwrap(), Some(&secret))
        .form(&form);
    let token: Value = token.send().await.unwrap().json().await.unwrap();
    let access_token = token["access_token"].as_str().unwrap().to_owned();

    let operator_key = bed.server.operator_key().to_owned();
    let key_file = bed.server.operator_key_path().to_owned();
    bed.server.shutdown().await;
    let files = files_below(&bed.directory.path().join("data"));
    assert!(files.iter().any(|file| file.ends_with("shukuba.db")));
    for file in files.iter().filter(|file| **file != key_file) {
        let content = std::fs::read(file).unwrap();
        for canary in [&secret, &access_token, &operator_key] {
            let found = content
                .windows(canary.len())
                .any(|window| window == canary.as_bytes());
            assert!(!found, "{} holds a secret", file.display());
        }
    }
}

#[tokio::test]
async fn keys_are_readable_by_their_owner_only() {
    let bed = Bed::new().await;
    let data = bed.directory.path().join("data");
    for name in ["operator.key", "master.key", "shukuba.db"] {
        let mode = std::fs::metadata(data.join(name))
            .unwrap()
            .permissions()
            .mode()
            & 0o777;
        assert_eq!(mode, 0o600, "{name}");
    }
    let mode = std::fs::metadata(&data).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode, 0o700);
    bed.server.shutdown().await;
}

#[tokio::test]
async fn the_issuer_survives_a_restart_with_the_same_keys() {
    let bed = Bed::new().await;
    let before = bed
        .anonymous(Method::GET, "/.well-known/jwks.json")
        .send()
        .await
        .unwrap();
    let before = before.text().await.unwrap();
    let data_dir = bed.directory.path().join("data");
    bed.server.shutdown().await;
    let settings = shukuba_server::Settings::local(data_dir, 0, None);
    let again = shukuba_server::Server::start(settings).await.unwrap();
    let url = format!("{}/.well-known/jwks.json", again.public_url());
    let after = bed
        .http
        .get(url)
        .send()
        .await
        .unwrap()
        .text()
        .await
        .unwrap();
    assert_eq!(after, before);
    again.shutdown().await;
}

fn files_below(directory: &Path) -> Vec<std::path::PathBuf> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(directory).unwrap().flatten() {
        let path = entry.path();
        if path.is_dir() {
            files.extend(files_below(&path));
        } else {
            files.push(path);
        }
    }
    files
}
