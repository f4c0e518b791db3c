use std::collections::BTreeSet;
use std::path::Path;

use serde_json::Value;

use super::document;

/// Where the document is kept for readers.
const KEPT: &str = "docs/reference/openapi.json";
/// The environment variable that writes it again.
const REWRITE: &str = "SHUKUBA_REWRITE";

#[test]
fn the_document_that_is_checked_in_is_the_one_that_is_served() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../..")
        .join(KEPT);
    let served = document().to_pretty_json().unwrap() + "\n";
    if std::env::var_os(REWRITE).is_some() {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, &served).unwrap();
    }
    let kept = std::fs::read_to_string(&path).unwrap_or_default();
    let differs = kept.lines().zip(served.lines()).position(|(a, b)| a != b);
    assert!(
        kept == served,
        "{KEPT} is not what the routes declare (first difference in line {}): look whether the change is meant, then write it again with `{REWRITE}=1 cargo test -p shukuba-control openapi`",
        differs.unwrap_or_else(|| kept.lines().count().min(served.lines().count())) + 1,
    );
}

/// Method and operation, of every route.
fn operations() -> Vec<(String, Value)> {
    let document = serde_json::to_value(document()).unwrap();
    let mut all = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            all.push((format!("{method} {path}"), operation.clone()));
        }
    }
    all
}

#[test]
fn every_route_has_an_id_of_its_own_a_summary_a_known_subject_and_its_refusals() {
    let document = serde_json::to_value(document()).unwrap();
    let tags: BTreeSet<&str> = document["tags"]
        .as_array()
        .unwrap()
        .iter()
        .map(|tag| tag["name"].as_str().unwrap())
        .collect();
    let mut ids = BTreeSet::new();
    for (route, operation) in operations() {
        let id = operation["operationId"].as_str().unwrap().to_owned();
        assert!(ids.insert(id), "{route}: {operation}");
        assert!(operation["summary"].is_string(), "{route}");
        assert!(
            tags.contains(operation["tags"][0].as_str().unwrap()),
            "{route}"
        );
        let responses = operation["responses"].as_object().unwrap();
        assert!(responses.contains_key("401"), "{route}");
        for (status, response) in responses
            .iter()
            .filter(|(status, _)| *status >= &"400".to_owned())
        {
            assert!(
                response.to_string().contains("Problem") || response["$ref"].is_string(),
                "{route} {status}: {response}"
            );
        }
    }
    assert!(ids.len() > 25, "{ids:?}");
}

#[test]
fn every_parameter_is_described_and_every_one_of_a_path_is_declared() {
    for (route, operation) in operations() {
        let parameters = operation["parameters"].as_array().into_iter().flatten();
        let mut declared = BTreeSet::new();
        for parameter in parameters {
            assert!(parameter["description"].is_string(), "{route}: {parameter}");
            if parameter["in"] == "path" {
                declared.insert(parameter["name"].as_str().unwrap().to_owned());
            }
        }
        let named: BTreeSet<String> = route
            .split('/')
            .filter_map(|segment| segment.strip_prefix('{')?.strip_suffix('}'))
            .map(str::to_owned)
            .collect();
        assert_eq!(declared, named, "{route}");
    }
}

#[test]
fn every_body_is_described() {
    let document = serde_json::to_value(document()).unwrap();
    for (name, schema) in document["components"]["schemas"].as_object().unwrap() {
        assert!(schema["description"].is_string(), "{name}");
    }
}
