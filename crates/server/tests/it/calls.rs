//! Calls of the administration API, each held against its document.

use reqwest::header::CONTENT_TYPE;
use reqwest::{Method, StatusCode};
use serde_json::Value;

use crate::{Bed, document};

impl Bed {
    /// Calls the administration API as the operator; the status and the body,
    /// of a stream of events an array of them. An answer that the document does
    /// not describe fails the test.
    pub(crate) async fn call(
        &self,
        method: Method,
        path: &str,
        body: Option<&Value>,
    ) -> (StatusCode, Value) {
        let mut request = self.operator(method.clone(), path);
        if let Some(body) = body {
            request = request.json(body);
        }
        let response = request.send().await.unwrap();
        let status = response.status();
        let kind = response.headers().get(CONTENT_TYPE);
        let kind = kind.map(|kind| kind.to_str().unwrap().to_owned());
        let text = response.text().await.unwrap();
        let answer = (status, kind.as_deref(), text.as_str());
        document::describes((&method, path), body, answer);
        (status, body_of(kind.as_deref(), text))
    }

    pub(crate) async fn get(&self, path: &str) -> (StatusCode, Value) {
        self.call(Method::GET, path, None).await
    }

    pub(crate) async fn post(&self, path: &str, body: Value) -> (StatusCode, Value) {
        self.call(Method::POST, path, Some(&body)).await
    }

    pub(crate) async fn delete(&self, path: &str) -> (StatusCode, Value) {
        self.call(Method::DELETE, path, None).await
    }

    /// A call that must be refused with `status`, and whose refusal must name `named`.
    pub(crate) async fn refused(
        &self,
        (method, path, body): (Method, &str, Option<Value>),
        status: StatusCode,
        named: &str,
    ) {
        let (answered, problem) = self.call(method.clone(), path, body.as_ref()).await;
        assert_eq!(answered, status, "{method} {path} {body:?}: {problem}");
        let said = format!("{} {}", problem["message"], problem["hint"]);
        assert!(
            said.contains(named),
            "{method} {path}: '{named}' is not in {problem}"
        );
    }
}

fn body_of(kind: Option<&str>, text: String) -> Value {
    match kind {
        None => Value::Null,
        Some("application/json") => serde_json::from_str(&text).unwrap(),
        Some("application/x-ndjson") => text
            .lines()
            .map(|line| serde_json::from_str::<Value>(line).unwrap())
            .collect(),
        Some(_) => text.into(),
    }
}
