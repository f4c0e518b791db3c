//! `shukuba app`: connectors, secrets, registration tokens.

use serde_json::{Value, json};

use crate::bed::{Bed, IDENTIFIER, value};

/// An address that no server asks, since it is this machine's own.
const DOCUMENT: &str = "https://client.localhost/oauth/client.json";

#[test]
fn a_connector_is_made_with_a_preset_and_shown_with_its_addresses() {
    let bed = Bed::with_server();
    let created = bed
        .run(&[
            "app",
            "create",
            "--name",
            "claude",
            "--type",
            "connector",
            "--preset",
            "claude",
            "--redirect-uri",
            "https://client.example/cb",
        ])
        .ok();
    let addresses = [
        "https://claude.ai/api/mcp/auth_callback",
        "https://claude.com/api/mcp/auth_callback",
        "https://client.example/cb",
    ];
    let shown = bed.run(&["app", "show", "claude"]).ok();
    for address in addresses {
        assert!(created.contains(address), "{created}");
        assert!(shown.contains(address), "{shown}");
    }
    assert!(!shown.contains(&value(&created, "client secret")));
    assert!(shown.contains("last used never"), "{shown}");
    let native = bed
        .run(&[
            "app",
            "create",
            "--name",
            "c",
            "--type",
            "native",
            "--preset",
            "claude-code",
        ])
        .ok();
    assert!(!native.contains("client secret"), "{native}");
}

#[test]
fn a_preset_that_is_none_is_a_usage_error_that_names_them() {
    let refused = crate::bed::shukuba()
        .args(["app", "create", "--name", "x", "--preset", "claud"])
        .output()
        .unwrap();
    assert_eq!(refused.status.code(), Some(2));
    let text = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(text.contains("mcp-remote"), "{text}");
}

#[test]
fn a_secret_is_added_and_the_old_one_removed() {
    let bed = Bed::with_server();
    bed.run(&["api", "create", "--name", "A", "--identifier", IDENTIFIER])
        .ok();
    bed.run(&["app", "create", "--name", "mcp", "--api", IDENTIFIER])
        .ok();
    let added = bed.run(&["app", "secret", "add", "mcp", "--json"]).ok();
    let added: Value = serde_json::from_str(&added).unwrap();
    let old = added["other"]["id"].as_str().unwrap();
    bed.run(&["app", "secret", "remove", "mcp", old]).ok();
    let shown = bed.run(&["app", "show", "mcp"]).ok();
    assert!(!shown.contains(old), "{shown}");
    assert!(shown.contains(added["id"].as_str().unwrap()), "{shown}");
}

#[test]
fn the_apis_of_an_application_are_changed_and_a_machine_keeps_one() {
    let bed = Bed::with_server();
    let other = "https://other.example/";
    for api in [IDENTIFIER, other] {
        bed.run(&["api", "create", "--name", "A", "--identifier", api])
            .ok();
    }
    bed.run(&["app", "create", "--name", "mcp", "--api", IDENTIFIER])
        .ok();
    let changed = bed.run(&["app", "apis", "mcp", other, IDENTIFIER]);
    assert_eq!(changed.code, 0, "{}", changed.stderr);
    let apis = |text: &str| {
        let lines = text.lines().filter_map(|line| line.strip_prefix("API"));
        lines.map(|api| api.trim().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(apis(&changed.stdout), [other, IDENTIFIER]);
    assert!(
        changed.stderr.contains("until they expire"),
        "{}",
        changed.stderr
    );
    let told = bed.run(&["app", "apis", "mcp", other, "--json"]).ok();
    let told: Value = serde_json::from_str(&told).unwrap();
    assert_eq!(told["apis"], json!([other]));
    assert_eq!(apis(&bed.run(&["app", "show", "mcp"]).ok()), [other]);

    for (args, code, named) in [
        (&["mcp", "--none"][..], 1, "needs an API"),
        (&["mcp", other, other], 1, "named twice"),
        (&["mcp", "https://z.example/"], 1, "https://z.example/"),
        (&["nobody", other], 1, "nobody"),
        (&["mcp"], 2, "API"),
        (&["mcp", other, "--none"], 2, "--none"),
    ] {
        let refused = bed.run(&[&["app", "apis"], args].concat());
        assert_eq!(refused.code, code, "{args:?}");
        assert!(refused.stderr.contains(named), "{}", refused.stderr);
    }
    let create = ["app", "create", "--name", "laptop", "--type", "native"];
    let create = [&create[..], &["--preset", "claude-code", "--api", other]].concat();
    bed.run(&create).ok();
    let none = bed.run(&["app", "apis", "laptop", "--none"]).ok();
    assert_eq!(apis(&none), [""; 0]);
}

/// Registers a client as a stranger does, with a token where one is given; its id.
fn register(bed: &Bed, name: &str, token: Option<&str>) -> Option<String> {
    let body = json!({
        "client_name": name,
        "redirect_uris": ["http://localhost/callback"],
        "token_endpoint_auth_method": "none",
    });
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let http = reqwest::Client::builder().build().unwrap();
        let request = http.post(format!("{}/oauth/register", bed.origin()));
        let request = match token {
            Some(token) => request.bearer_auth(token),
            None => request,
        };
        let told: Value = request
            .json(&body)
            .send()
            .await
            .unwrap()
            .json()
            .await
            .unwrap();
        told.get("client_id")?.as_str().map(str::to_owned)
    })
}

#[test]
fn a_client_that_registered_itself_is_listed_shown_and_deleted_by_its_id() {
    let bed = Bed::with_server();
    let id = register(&bed, "stranger", None).unwrap();
    let listed = |source: &str| bed.run(&["app", "list", "--source", source]).ok();
    assert!(!bed.run(&["app", "list"]).ok().contains(&id));
    for source in ["dynamic", "all"] {
        let listed = listed(source);
        let line = listed.lines().find(|line| line.contains(&id));
        let line = line.unwrap_or_default();
        assert!(
            line.contains("stranger") && line.contains("dynamic"),
            "{listed}"
        );
        assert!(line.contains("never"), "{listed}");
    }
    let shown = bed.run(&["app", "show", &id]);
    assert_eq!(shown.value("source"), "registered itself");
    assert_eq!(shown.value("redirect URI"), "http://localhost/callback");
    let refused = bed.run(&["app", "delete", "stranger"]);
    assert_eq!(refused.code, 1);
    assert!(
        refused.stderr.contains("by its client id"),
        "{}",
        refused.stderr
    );
    bed.run(&["app", "delete", &id]).ok();
    assert!(!listed("all").contains(&id));
    let refused = bed.run(&["app", "list", "--source", "odd"]);
    assert_eq!(refused.code, 2);
}

#[test]
fn a_document_is_imported_from_a_file_listed_and_deleted() {
    let bed = Bed::with_server();
    let file = bed.path("client.json");
    let document = json!({
        "client_id": DOCUMENT,
        "client_name": "Inside",
        "redirect_uris": ["http://localhost/callback"],
        "logo_uri": "http://client.localhost/logo.png",
    });
    std::fs::write(&file, document.to_string()).unwrap();
    let file = file.to_str().unwrap();
    let import = |url: &str, file: &str| bed.run(&["app", "import-document", url, "--file", file]);
    let imported = import(DOCUMENT, file);
    assert_eq!(imported.code, 0, "{}", imported.stderr);
    assert_eq!(imported.value("name"), "Inside");
    assert_eq!(imported.value("imported"), "just now");
    assert!(
        imported.stderr.contains("logo_uri was dropped"),
        "{}",
        imported.stderr
    );

    let other = import("https://client.localhost/other", file);
    assert_eq!(other.code, 1);
    assert!(other.stderr.contains("byte for byte"), "{}", other.stderr);
    let missing = import(DOCUMENT, "nowhere.json");
    assert_eq!(missing.code, 1);
    assert!(
        missing.stderr.contains("curl -o client.json"),
        "{}",
        missing.stderr
    );

    let listed = bed
        .run(&["app", "list", "--source", "document", "--json"])
        .ok();
    let listed: Value = serde_json::from_str(&listed).unwrap();
    assert_eq!(listed.as_array().unwrap().len(), 1);
    assert_eq!(listed[0]["document"]["imported"], true);
    let deleted = bed.run(&["app", "delete", DOCUMENT]);
    assert_eq!(deleted.code, 0, "{}", deleted.stderr);
    assert!(deleted.stderr.contains("--cimd off"), "{}", deleted.stderr);
    assert_eq!(bed.run(&["app", "show", DOCUMENT]).code, 1);
}

#[test]
fn registration_tokens_are_listed_by_id_and_one_that_is_revoked_registers_nobody() {
    let mut bed = Bed::with_server();
    bed.serve_with(&["--registration", "initial-access-token"]);
    let create = [
        "app",
        "registration-token",
        "create",
        "--name",
        "farm",
        "--uses",
        "2",
    ];
    let created = bed.run(&create);
    assert_eq!(created.code, 0, "{}", created.stderr);
    let token = created.stdout.trim();
    assert!(register(&bed, "one", Some(token)).is_some());
    let listed = bed.run(&["app", "registration-token", "list"]).ok();
    let line = listed.lines().nth(1).unwrap();
    assert!(
        line.contains("farm") && line.contains("1 of 2") && line.contains("just now"),
        "{listed}"
    );
    assert!(!listed.contains(token), "{listed}");
    let id = line.split_whitespace().next().unwrap();
    assert!(created.stderr.contains(id), "{}", created.stderr);
    bed.run(&["app", "registration-token", "revoke", id]).ok();
    assert_eq!(register(&bed, "two", Some(token)), None);
    let again = bed.run(&["app", "registration-token", "revoke", id]);
    assert_eq!(again.code, 1);
    assert!(again.stderr.contains(id), "{}", again.stderr);
    let nameless = bed.run(&["app", "registration-token"]);
    assert_eq!(nameless.code, 2);
    assert!(nameless.stderr.contains("--name"), "{}", nameless.stderr);
}

#[test]
fn a_registration_token_is_printed_alone() {
    let bed = Bed::with_server();
    let token = bed
        .run(&["app", "registration-token", "--name", "farm", "--uses", "3"])
        .ok();
    assert_eq!(token.lines().count(), 1);
    assert!(token.starts_with("ski_"), "{token}");
}
