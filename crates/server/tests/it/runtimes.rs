//! A runtime over the administration API, from the upload of its code to its end.

use flate2::Compression;
use flate2::write::GzEncoder;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::Bed;

/// Uploads a project of one file; the digest it lies under.
async fn upload(bed: &Bed, name: &str, text: &str) -> String {
    let mut archive = tar::Builder::new(GzEncoder::new(Vec::new(), Compression::fast()));
    let mut header = tar::Header::new_gnu();
    header.set_size(text.len() as u64);
    header.set_mode(0o644);
    archive
        .append_data(&mut header, name, text.as_bytes())
        .unwrap();
    let bundle = archive.into_inner().unwrap().finish().unwrap();
    let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, &bundle);
    let hex = |byte: &u8| format!("{byte:02x}");
    let digest: String = digest.as_ref().iter().map(hex).collect();
    let request = bed.operator(Method::PUT, &format!("/api/v1/bundles/{digest}"));
    let response = request.body(bundle).send().await.unwrap();
    assert_eq!(response.status(), StatusCode::CREATED);
    digest
}

/// Launches the adder; its events.
async fn launch(bed: &Bed, runtime: &str) -> Vec<Value> {
    let code = include_str!("../../../cli/tests/fixtures/adder/mcp_server.py");
    let sha256 = upload(bed, "mcp_server.py", code).await;
    let body = json!({
        "source": { "kind": "bundle", "sha256": sha256, "entrypoint": "mcp_server.py" },
        "region": "us-west-2",
        "login": true,
    });
    let path = format!("/api/v1/runtimes/{runtime}/versions");
    let (status, events) = bed.post(&path, body).await;
    assert_eq!(status, StatusCode::OK);
    events.as_array().unwrap().clone()
}

#[tokio::test]
async fn a_runtime_is_launched_shown_explained_logged_and_removed() {
    let bed = Bed::new().await;
    let events = launch(&bed, "adder").await;
    let last = events.last().unwrap();
    assert_eq!(last["event"], "launched", "{events:?}");
    assert!(events.iter().any(|event| event["event"] == "step"));
    let launched = &last["runtime"];
    assert_eq!(
        (&launched["name"], &launched["version"]),
        (&json!("adder"), &json!(1))
    );
    assert_eq!(launched["versions"][0]["tools"][0]["name"], "add");

    let (_, listed) = bed.get("/api/v1/runtimes").await;
    assert_eq!(listed[0]["id"], launched["id"]);
    let arn = launched["arn"].as_str().unwrap().replace('/', "%2F");
    for which in ["adder", launched["id"].as_str().unwrap(), &arn] {
        let (status, shown) = bed.get(&format!("/api/v1/runtimes/{which}")).await;
        assert_eq!(status, StatusCode::OK, "{which}");
        assert_eq!(shown["endpoint"], launched["endpoint"]);
    }
    let body = json!({ "token": "no.token.this", "runtime": "adder" });
    let (status, explained) = bed.post("/api/v1/explain", body).await;
    assert_eq!(
        (status, &explained["admitted"]),
        (StatusCode::OK, &json!(false))
    );
    let (status, lines) = bed.get("/api/v1/runtimes/adder/logs?tail=5").await;
    assert_eq!((status, lines.is_string()), (StatusCode::OK, true));

    let (status, _) = bed.delete("/api/v1/runtimes/adder").await;
    assert_eq!(status, StatusCode::NO_CONTENT);
    assert_eq!(bed.get("/api/v1/runtimes").await.1, json!([]));
    for path in ["/api/v1/runtimes/adder", "/api/v1/runtimes/adder/logs"] {
        let gone = (Method::GET, path, None);
        bed.refused(gone, StatusCode::NOT_FOUND, "shukuba list")
            .await;
    }
    bed.server.shutdown().await;
}
