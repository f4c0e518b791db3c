//! The document of the administration API, as the server serves it, and
//! whether an answer is what it says.

use std::sync::LazyLock;

use reqwest::{Method, StatusCode};
use serde_json::Value;

use crate::{Bed, schema};

/// The document that is checked in; a test holds the served one against it.
static DOCUMENT: LazyLock<Value> = LazyLock::new(|| {
    let text = include_str!("../../../../docs/reference/openapi.json");
    serde_json::from_str(text).unwrap()
});

/// A route of the document.
pub(crate) struct Operation {
    /// Its method.
    pub(crate) method: Method,
    /// Its path, with `{names}` in it.
    pub(crate) template: &'static str,
    said: &'static Value,
}

impl Operation {
    /// The path, with `value` for every name, and for every parameter it needs.
    pub(crate) fn path_with(&self, value: &str) -> String {
        let segments: Vec<&str> = self
            .template
            .split('/')
            .map(|segment| {
                if segment.starts_with('{') {
                    value
                } else {
                    segment
                }
            })
            .collect();
        let needed: Vec<String> = self
            .parameters("query")
            .filter(|parameter| parameter["required"] == true)
            .map(|parameter| format!("{}={value}", parameter["name"].as_str().unwrap()))
            .collect();
        let question = if needed.is_empty() { "" } else { "?" };
        format!("{}{question}{}", segments.join("/"), needed.join("&"))
    }

    /// Whether the path holds a name.
    pub(crate) fn names_something(&self) -> bool {
        self.parameters("path").next().is_some()
    }

    /// Its parameters of the query or the path.
    pub(crate) fn parameters(&self, place: &'static str) -> impl Iterator<Item = &'static Value> {
        let all = self.said["parameters"].as_array().into_iter().flatten();
        all.filter(move |parameter| parameter["in"] == place)
    }

    /// Whether it takes a JSON body.
    pub(crate) fn takes_json(&self) -> bool {
        self.body_schema().is_some()
    }

    fn body_schema(&self) -> Option<&'static Value> {
        let body = self.said.get("requestBody")?;
        body["content"].get("application/json")?.get("schema")
    }

    fn matches(&self, method: &Method, path: &str) -> bool {
        let path = path.split('?').next().unwrap_or_default();
        let (ours, theirs) = (self.template.split('/'), path.split('/'));
        self.method == *method
            && ours.clone().count() == theirs.clone().count()
            && ours
                .zip(theirs)
                .all(|(our, their)| our == their || our.starts_with('{'))
    }
}

/// Every route that the document names.
pub(crate) fn operations() -> Vec<Operation> {
    let mut all = Vec::new();
    for (template, item) in DOCUMENT["paths"].as_object().unwrap() {
        for (method, said) in item.as_object().unwrap() {
            let method = method.to_uppercase();
            all.push(Operation {
                method: Method::from_bytes(method.as_bytes()).unwrap(),
                template,
                said,
            });
        }
    }
    assert!(all.len() > 25);
    all
}

/// Fails the test where the document does not know this answer to this request.
#[track_caller]
pub(crate) fn describes(
    (method, path): (&Method, &str),
    sent: Option<&Value>,
    (status, kind, text): (StatusCode, Option<&str>, &str),
) {
    let all = operations();
    // A path without a name comes before one with a name that fits it.
    let matching = all
        .iter()
        .filter(|operation| operation.matches(method, path));
    let operation = matching
        .min_by_key(|operation| operation.template.matches('{').count())
        .unwrap_or_else(|| panic!("the document knows no {method} {path}"));
    let response = &operation.said["responses"][status.as_str()];
    assert!(
        response.is_object(),
        "{method} {path}: the document knows no {status}: {text}"
    );
    let response = match response["$ref"].as_str() {
        Some(reference) => DOCUMENT.pointer(reference.trim_start_matches('#')).unwrap(),
        None => response,
    };
    let Some(content) = response["content"].as_object() else {
        assert_eq!(
            text, "",
            "{method} {path}: {status} has no body in the document"
        );
        return;
    };
    let kind = kind.unwrap_or_else(|| panic!("{method} {path}: {status} has no content type"));
    let content = content
        .get(kind)
        .unwrap_or_else(|| panic!("{method} {path}: the document knows no {kind}"));
    let lines: Vec<&str> = match kind {
        "application/json" => vec![text],
        "application/x-ndjson" => text.lines().collect(),
        _ => Vec::new(),
    };
    for line in lines {
        let value: Value = serde_json::from_str(line).unwrap();
        let fault = schema::fault(&DOCUMENT, &content["schema"], &value);
        assert_eq!(fault, None, "{method} {path}: {status} {line}");
    }
    if let (true, Some(sent), Some(schema)) = (status.is_success(), sent, operation.body_schema()) {
        let fault = schema::fault(&DOCUMENT, schema, sent);
        assert_eq!(fault, None, "{method} {path} took {sent}");
    }
}

#[tokio::test]
async fn the_document_is_served_to_the_operator() {
    let bed = Bed::new().await;
    let (status, served) = bed.get("/api/v1/openapi.json").await;
    assert_eq!(status, StatusCode::OK);
    // Whole documents would fill the screen; the test of `control` names the line.
    assert!(
        served == *DOCUMENT,
        "docs/reference/openapi.json is not what is served"
    );
    assert!(served["openapi"].as_str().unwrap().starts_with("3.1"));
    bed.server.shutdown().await;
}

#[tokio::test]
async fn the_facts_of_the_server_are_those_it_runs_with() {
    let bed = Bed::new().await;
    let (status, facts) = bed.get("/api/v1/status").await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(facts["issuer"], bed.server.public_url());
    assert_eq!(facts["pid"], std::process::id());
    let data = bed.directory.path().join("data");
    assert_eq!(facts["data_dir"], data.to_str().unwrap());
    bed.server.shutdown().await;
}
