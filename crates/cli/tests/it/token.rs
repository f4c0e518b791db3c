//! `shukuba token` and `shukuba api`: what goes to stdout, and what is refused.

use crate::bed::{Bed, IDENTIFIER, shukuba, value};

#[test]
fn token_get_prints_the_token_and_nothing_else_in_each_format() {
    let bed = Bed::with_server();
    bed.register("both");
    let get = |format: &str| {
        bed.run(&["token", "get", "--app", "mcp", "--format", format])
            .ok()
    };
    let raw = get("raw");
    assert_eq!(raw.trim().split('.').count(), 3);
    assert_eq!(raw.lines().count(), 1);
    let answer: serde_json::Value = serde_json::from_str(&get("json")).unwrap();
    assert_eq!(answer["token_type"], "Bearer");
    assert_eq!(answer["expires_in"], 3600);
    assert!(get("header").starts_with("Authorization: Bearer ey"));
    let headers: serde_json::Value = serde_json::from_str(&get("headers-helper")).unwrap();
    assert!(
        headers["Authorization"]
            .as_str()
            .unwrap()
            .starts_with("Bearer ey")
    );
    assert_eq!(headers.as_object().unwrap().len(), 1);
}

#[test]
fn token_get_works_from_anywhere_with_the_secret_in_the_environment() {
    let bed = Bed::with_server();
    bed.run(&["api", "create", "--name", "A", "--identifier", IDENTIFIER])
        .ok();
    let created = bed
        .run(&[
            "app", "create", "--name", "mcp", "--type", "m2m", "--api", IDENTIFIER,
        ])
        .ok();
    let get = |secret: &str| {
        shukuba()
            .args([
                "token",
                "get",
                "--issuer",
                bed.origin(),
                "--client-id",
                &value(&created, "client id"),
            ])
            .env("SHUKUBA_CLIENT_SECRET", secret)
            .output()
            .unwrap()
    };
    let right = get(&value(&created, "client secret"));
    assert!(
        right.status.success(),
        "{}",
        String::from_utf8_lossy(&right.stderr)
    );
    assert!(right.stdout.starts_with(b"ey"));
    let wrong = get("shukuba_cs_wrong");
    assert_eq!(wrong.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&wrong.stderr).contains("invalid_client"));
    assert!(wrong.stdout.is_empty());
}

#[test]
fn a_lifetime_of_thirty_days_warns_and_one_second_more_is_refused() {
    let bed = Bed::with_server();
    let create = |lifetime: &str| {
        bed.run(&[
            "api",
            "create",
            "--name",
            "A",
            "--identifier",
            IDENTIFIER,
            "--profile",
            "rfc9068",
            "--token-lifetime",
            lifetime,
        ])
    };
    let refused = create("2592001");
    assert_eq!(refused.code, 2);
    assert!(refused.stderr.contains("2592000"), "{}", refused.stderr);
    let accepted = create("2592000");
    assert_eq!(accepted.code, 0);
    assert_eq!(
        accepted
            .stderr
            .lines()
            .filter(|line| line.starts_with("warning:"))
            .count(),
        1
    );
}

#[test]
fn identifiers_with_and_without_their_slash_are_two_apis() {
    let bed = Bed::with_server();
    let bare = IDENTIFIER.trim_end_matches('/');
    bed.run(&[
        "api",
        "create",
        "--name",
        "with",
        "--identifier",
        IDENTIFIER,
    ])
    .ok();
    bed.run(&["api", "create", "--name", "without", "--identifier", bare])
        .ok();
    let again = bed.run(&["api", "create", "--name", "again", "--identifier", bare]);
    assert_eq!(again.code, 1);
    assert!(again.stderr.contains(bare), "{}", again.stderr);
    let several = bed.run(&["api", "update", "--profile", "auth0"]);
    assert_eq!(several.code, 2);
    assert!(several.stderr.contains(IDENTIFIER), "{}", several.stderr);
    let listed = bed.run(&["api", "list", "--json"]).ok();
    let apis: serde_json::Value = serde_json::from_str(&listed).unwrap();
    assert_eq!(apis.as_array().unwrap().len(), 2);
}
