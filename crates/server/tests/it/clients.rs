//! Clients that the operator did not register, and what lets them register.

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::Bed;
use crate::audit::of_operator;

const DOCUMENT: &str = "https://client.localhost/oauth/client.json";

/// The path of an application.
fn path(id: &str) -> String {
    let id = id.replace(':', "%3A").replace('/', "%2F");
    format!("/api/v1/applications/{id}")
}

/// Registers a client as a stranger does; its id.
pub(crate) async fn register(bed: &Bed, name: &str) -> String {
    let body = json!({
        "client_name": name,
        "redirect_uris": ["http://localhost/callback"],
        "token_endpoint_auth_method": "none",
    });
    let request = bed.anonymous(Method::POST, "/oauth/register").json(&body);
    let response = request.send().await.unwrap();
    assert_eq!(response.status(), StatusCode::CREATED);
    let told: Value = response.json().await.unwrap();
    told["client_id"].as_str().unwrap().to_owned()
}

fn document() -> Value {
    json!({
        "client_id": DOCUMENT,
        "client_name": "Inside",
        "redirect_uris": ["http://localhost/callback", "javascript:alert(1)"],
        "token_endpoint_auth_method": "none",
    })
}

async fn import(bed: &Bed, document: &Value) -> (StatusCode, Value) {
    let body = json!({ "client_id": DOCUMENT, "document": document.to_string() });
    bed.post("/api/v1/client-documents", body).await
}

/// The client ids of a list.
async fn listed(bed: &Bed, query: &str) -> Vec<String> {
    let path = format!("/api/v1/applications?{query}");
    let (status, listed) = bed.get(&path).await;
    assert_eq!(status, StatusCode::OK, "{listed}");
    let listed = listed.as_array().unwrap().iter();
    let id = |client: &Value| client["client_id"].as_str().unwrap().to_owned();
    listed.map(id).collect()
}

#[tokio::test]
async fn clients_are_listed_by_their_source_and_page_by_page() {
    let bed = Bed::new().await;
    let native = json!({ "name": "mine", "type": "native" });
    let (_, created) = bed.post("/api/v1/applications", native).await;
    assert_eq!(created["source"], "registered");
    let mine = created["client_id"].as_str().unwrap().to_owned();
    let stranger = register(&bed, "stranger").await;
    let (status, _) = import(&bed, &document()).await;
    assert_eq!(status, StatusCode::CREATED);
    let document = DOCUMENT.to_owned();
    for (query, expected) in [
        ("", vec![&mine]),
        ("source=registered", vec![&mine]),
        ("source=dynamic", vec![&stranger]),
        ("source=document", vec![&document]),
        ("source=all", vec![&mine, &stranger, &document]),
        ("source=all&limit=2", vec![&mine, &stranger]),
    ] {
        // What one registers first in the same second comes by its name.
        assert_eq!(
            listed(&bed, query).await,
            expected.into_iter().cloned().collect::<Vec<_>>(),
            "{query}"
        );
    }
    let mut seen = Vec::new();
    loop {
        let after = seen.last().map(|last: &String| format!("&after={last}"));
        let query = format!("source=all&limit=1{}", after.unwrap_or_default());
        let page = listed(&bed, &query).await;
        if page.is_empty() {
            break;
        }
        seen.extend(page);
    }
    assert_eq!(seen, [mine, stranger, document]);
    bed.server.shutdown().await;
}

#[tokio::test]
async fn what_registered_itself_goes_by_its_client_id_and_holds_nothing_of_the_operator() {
    let bed = Bed::new().await;
    let id = register(&bed, "stranger").await;
    let (status, _) = bed.get(&path("stranger")).await;
    assert_eq!(status, StatusCode::NOT_FOUND, "its name is only a claim");
    let (_, shown) = bed.get(&path(&id)).await;
    assert_eq!(shown["name"], "stranger");
    assert_eq!(shown["source"], "dynamic");
    for what in ["secrets", "token"] {
        let path = format!("{}/{what}", path(&id));
        let (status, problem) = bed.post(&path, json!({})).await;
        assert_eq!(status, StatusCode::BAD_REQUEST, "{problem}");
    }
    let (status, _) = bed.delete(&path("stranger")).await;
    assert_eq!(status, StatusCode::NOT_FOUND);
    let (status, _) = bed.delete(&path(&id)).await;
    assert_eq!(status, StatusCode::NO_CONTENT);
    let (status, _) = bed.get(&path(&id)).await;
    assert_eq!(status, StatusCode::NOT_FOUND);
    let expected = ["application.deleted", &id, "stranger (dynamic)"].map(str::to_owned);
    assert_eq!(of_operator(&bed, 1).await, [expected]);
    bed.server.shutdown().await;
}

#[tokio::test]
async fn a_document_is_imported_by_the_rules_of_a_fetched_one() {
    let bed = Bed::new().await;
    let (status, imported) = import(&bed, &document()).await;
    assert_eq!(status, StatusCode::CREATED, "{imported}");
    assert_eq!(imported["name"], "Inside");
    assert_eq!(imported["source"], "document");
    assert_eq!(imported["document"], json!({ "imported": true }));
    assert_eq!(
        imported["redirect_uris"],
        json!(["http://localhost/callback"])
    );
    let note = imported["notes"][0].as_str().unwrap();
    assert!(note.contains("javascript:alert(1)"), "{note}");
    let expected = ["application.imported", DOCUMENT, "Inside"].map(str::to_owned);
    assert_eq!(of_operator(&bed, 1).await, [expected]);

    let with = |name: &str, value: Value| {
        let mut document = document();
        document[name] = value;
        document
    };
    for (broken, named) in [
        (
            with("client_id", json!("https://client.localhost/other")),
            "byte for byte",
        ),
        (
            with("redirect_uris", json!(["javascript:x"])),
            "redirect_uris",
        ),
        (
            with("token_endpoint_auth_method", json!("client_secret_basic")),
            "client_secret_basic",
        ),
        (with("client_secret", json!("x")), "client_secret"),
        (json!([]), "object"),
    ] {
        let (status, problem) = import(&bed, &broken).await;
        assert_eq!(status, StatusCode::BAD_REQUEST, "{problem}");
        let message = problem["message"].as_str().unwrap();
        assert!(
            message.contains(named) && message.contains(DOCUMENT),
            "{message}"
        );
    }
    let body = json!({ "client_id": "http://client.localhost/c", "document": "{}" });
    let (status, problem) = bed.post("/api/v1/client-documents", body).await;
    assert_eq!(status, StatusCode::BAD_REQUEST);
    assert!(
        problem["message"].as_str().unwrap().contains("https"),
        "{problem}"
    );
    let (_, shown) = bed.get(&path(DOCUMENT)).await;
    assert_eq!(shown["name"], "Inside", "what is refused replaces nothing");
    bed.server.shutdown().await;
}

#[tokio::test]
async fn people_are_asked_for_an_imported_client_until_it_is_deleted() {
    let bed = Bed::new().await;
    import(&bed, &document()).await;
    let api = json!({ "name": "A", "identifier": "https://api.example/" });
    bed.post("/api/v1/apis", api).await;
    // The client is known where a code of it would be redeemed.
    let redeem = async || {
        let form = [
            ("grant_type", "authorization_code"),
            ("client_id", DOCUMENT),
            ("code", "skc_none"),
        ];
        let request = bed.anonymous(Method::POST, "/oauth/token").form(&form);
        let answer: Value = request.send().await.unwrap().json().await.unwrap();
        answer["error"].as_str().unwrap().to_owned()
    };
    assert_ne!(redeem().await, "invalid_client");
    let (status, _) = bed.delete(&path(DOCUMENT)).await;
    assert_eq!(status, StatusCode::NO_CONTENT);
    let (_, listed) = bed.get("/api/v1/applications?source=document").await;
    assert_eq!(listed, json!([]));
    assert_eq!(
        redeem().await,
        "invalid_client",
        "and its host answers nobody here"
    );
    bed.server.shutdown().await;
}

#[tokio::test]
async fn an_initial_access_token_is_listed_without_itself_and_taken_back() {
    let bed = Bed::new().await;
    let tokens = "/api/v1/initial-access-tokens";
    let body = json!({ "name": "farm", "uses": 3, "lifetime": 600 });
    let (_, created) = bed.post(tokens, body).await;
    let (id, token) = (&created["id"], created["token"].as_str().unwrap());
    let (_, listed) = bed.get(tokens).await;
    assert_eq!(listed[0]["id"], *id);
    assert_eq!(
        (&listed[0]["uses"], &listed[0]["uses_left"]),
        (&json!(3), &json!(3))
    );
    assert!(listed[0].get("last_used_at").is_none());
    assert!(!listed.to_string().contains(token));
    let path = format!("{tokens}/{}", id.as_str().unwrap());
    let (status, _) = bed.delete(&path).await;
    assert_eq!(status, StatusCode::NO_CONTENT);
    let (status, _) = bed.delete(&path).await;
    assert_eq!(status, StatusCode::NOT_FOUND);
    let (_, listed) = bed.get(tokens).await;
    assert_eq!(listed, json!([]));
    let id = id.as_str().unwrap();
    let expected = [
        ["initial_token.revoked", id, "farm"].map(str::to_owned),
        ["initial_token.created", id, "farm, for 3 clients"].map(str::to_owned),
    ];
    assert_eq!(of_operator(&bed, 2).await, expected);
    bed.server.shutdown().await;
}
