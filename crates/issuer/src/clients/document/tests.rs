//! Numbers in names are those of the negative test list.

mod real_clients;

use proptest::prelude::*;
use serde_json::json;

use super::*;

const ID: &str = "https://client.example/oauth/client.json";

/// A document with what every document needs, and what the test adds or (with
/// null) takes away.
fn document(changes: Value) -> Value {
    let mut document = json!({
        "client_id": ID,
        "client_name": "A client",
        "redirect_uris": ["http://localhost/callback"],
        "token_endpoint_auth_method": "none",
    });
    let members = document.as_object_mut().unwrap();
    for (name, value) in changes.as_object().unwrap() {
        members.insert(name.clone(), value.clone());
        if value.is_null() {
            members.remove(name);
        }
    }
    document
}

fn parse(changes: Value) -> Result<MetadataDocument, DocumentError> {
    MetadataDocument::parse(ID, document(changes).to_string().as_bytes())
}

fn parsed(changes: Value) -> MetadataDocument {
    parse(changes).unwrap_or_else(|error| panic!("{error}"))
}

#[track_caller]
fn refused(changes: Value) -> DocumentError {
    parse(changes.clone()).expect_err(&changes.to_string())
}

fn fingerprint(changes: Value) -> String {
    parsed(changes).metadata.fingerprint.unwrap()
}

fn key() -> Value {
    json!({"kty": "EC", "crv": "P-256", "kid": "1", "x": "AAAA", "y": "BBBB"})
}

#[test]
fn c01_a_document_from_an_unusable_address_is_refused() {
    for id in [
        "http://client.example/id",
        "https://client.example/",
        "client",
    ] {
        let body = document(json!({"client_id": id})).to_string();
        let error = MetadataDocument::parse(id, body.as_bytes()).unwrap_err();
        assert!(matches!(error, DocumentError::ClientId(_)), "{id}: {error}");
    }
}

#[test]
fn c08_a_document_has_at_most_5120_bytes() {
    let mut body = document(json!({})).to_string();
    body.push_str(&" ".repeat(5_120 - body.len()));
    assert!(MetadataDocument::parse(ID, body.as_bytes()).is_ok());
    body.push(' ');
    let error = MetadataDocument::parse(ID, body.as_bytes()).unwrap_err();
    assert!(matches!(error, DocumentError::TooLarge { size: 5_121, .. }));
}

#[test]
fn c11_what_is_no_unambiguous_object_is_refused() {
    let good = document(json!({})).to_string();
    let deep = format!("{}{}", "{\"a\":".repeat(800), "}".repeat(800));
    for body in [
        format!("[{good}]"),
        format!("\u{feff}{good}"),
        format!("{good}\u{0}"),
        format!("{good}{good}"),
        good.replacen('{', &format!("{{\"client_id\":\"{ID}\","), 1),
        good.replacen('{', "{\"x\":{\"y\":1,\"y\":2},", 1),
        deep,
        "null".to_owned(),
        "<html>".to_owned(),
        String::new(),
    ] {
        let error = MetadataDocument::parse(ID, body.as_bytes()).unwrap_err();
        assert!(
            matches!(error, DocumentError::NotJson { .. }),
            "{body}: {error}"
        );
    }
}

#[test]
fn c12_a_client_id_that_differs_in_one_byte_is_another_clients() {
    for other in [
        "https://client.example:443/oauth/client.json",
        "https://client.example/oauth/client.json/",
        "https://client.example/OAuth/client.json",
        "https://Client.example/oauth/client.json",
        "https://client.example/oauth/client%2Ejson",
        "https://client.example/oauth/client.json?",
        "https://client.example/oauth/client.json\u{0}",
        " https://client.example/oauth/client.json",
        "",
    ] {
        let error = refused(json!({"client_id": other}));
        assert!(
            matches!(error, DocumentError::AnotherClient { .. }),
            "{other}: {error}"
        );
    }
    for odd in [json!(null), json!(7), json!([ID])] {
        let error = refused(json!({"client_id": odd}));
        assert!(
            matches!(
                error,
                DocumentError::Member {
                    member: "client_id",
                    ..
                }
            ),
            "{error}"
        );
    }
    let body = document(json!({"client_id": "https://client.example/a%2fb"})).to_string();
    let other = "https://client.example/a%2Fb";
    assert!(MetadataDocument::parse(other, body.as_bytes()).is_err());
}

#[test]
fn c13_a_document_that_holds_or_needs_a_secret_is_refused() {
    for member in [
        "client_secret",
        "client_secret_expires_at",
        "client_secrets",
    ] {
        let error = refused(json!({member: "s3cret"}));
        assert!(matches!(error, DocumentError::Secret { .. }), "{error}");
        assert!(!error.to_string().contains("s3cret"), "{error}");
    }
    for method in [
        "client_secret_basic",
        "client_secret_post",
        "client_secret_jwt",
        "tls_client_auth",
        "NONE",
        "",
    ] {
        for changes in [
            json!({"token_endpoint_auth_method": method}),
            json!({
                "token_endpoint_auth_method": method,
                "token_endpoint_auth_methods_supported": ["none"],
            }),
            json!({
                "token_endpoint_auth_method": null,
                "token_endpoint_auth_methods_supported": [method],
            }),
        ] {
            let error = refused(changes);
            assert!(
                matches!(error, DocumentError::AuthMethod { .. }),
                "{method}: {error}"
            );
        }
    }
}

#[test]
fn c13_a_document_that_gives_away_a_private_key_is_refused() {
    for member in ["d", "p", "q", "dp", "dq", "qi", "oth", "k"] {
        let mut key = key();
        key[member] = json!("c2VjcmV0");
        let error = refused(json!({"jwks": {"keys": [key]}}));
        assert!(
            matches!(error, DocumentError::Key { .. }),
            "{member}: {error}"
        );
        assert!(!error.to_string().contains("c2VjcmV0"), "{error}");
    }
    for jwks in [
        json!({"keys": [{"kty": "oct"}]}),
        json!({"keys": []}),
        json!({"keys": {}}),
        json!({"keys": [7]}),
        json!({"keys": [{}]}),
        json!([]),
        json!("x"),
        json!({"keys": vec![key(); 21]}),
    ] {
        let error = refused(json!({"jwks": jwks}));
        assert!(matches!(error, DocumentError::Key { .. }), "{error}");
    }
    assert!(parse(json!({"jwks": {"keys": vec![key(); 20]}})).is_ok());
}

#[test]
fn an_assertion_needs_keys_from_one_place_on_the_public_internet() {
    let method = json!({"token_endpoint_auth_method": "private_key_jwt"});
    assert_eq!(refused(method.clone()), DocumentError::NoKeys);
    let mut inline = method.clone();
    inline["jwks"] = json!({"keys": [key()]});
    let client = parsed(inline.clone());
    assert_eq!(client.auth_method, AuthMethod::PrivateKeyJwt);
    assert!(!client.lists_none);
    assert_eq!(client.jwks.unwrap().keys.len(), 1);
    inline["jwks_uri"] = json!("https://client.example/jwks");
    assert_eq!(refused(inline), DocumentError::KeysTwice);
    for address in [
        "https://127.0.0.1/jwks",
        "https://0x7f.1/jwks",
        "https://[64:ff9b::7f00:1]/jwks",
        "https://169.254.169.254/jwks",
        "https://localhost/jwks",
        "https://keys.internal/jwks",
        "http://client.example/jwks",
        "jwks.json",
    ] {
        let mut changes = method.clone();
        changes["jwks_uri"] = json!(address);
        let error = refused(changes);
        assert!(
            matches!(error, DocumentError::KeysAddress(_)),
            "{address}: {error}"
        );
    }
    // A list that offers an assertion without keys still offers none.
    let client = parsed(json!({
        "token_endpoint_auth_method": null,
        "token_endpoint_auth_methods_supported": ["private_key_jwt", "none", "client_secret_post"],
    }));
    assert_eq!(client.auth_method, AuthMethod::None);
}

#[test]
fn an_odd_redirect_uri_among_good_ones_is_dropped_and_named() {
    let client = parsed(json!({"redirect_uris": [
        "javascript:alert(1)",
        "https://client.example/cb",
        "http://client.example/cb",
        "https://client.example/cb",
        "https://*.client.example/cb",
        "https://client.example/cb#x",
    ]}));
    let kept: Vec<_> = client
        .redirect_uris
        .iter()
        .map(RedirectUri::as_str)
        .collect();
    assert_eq!(kept, ["https://client.example/cb"]);
    assert_eq!(client.notes.len(), 4, "{:?}", client.notes);
    for none in [json!(null), json!([]), json!(["javascript:alert(1)"])] {
        let error = refused(json!({"redirect_uris": none}));
        assert!(
            matches!(error, DocumentError::NoRedirectUri { .. }),
            "{error}"
        );
    }
    let many: Vec<_> = (0..21)
        .map(|n| format!("https://client.example/{n}"))
        .collect();
    for odd in [json!("https://client.example/cb"), json!([7]), json!(many)] {
        let error = refused(json!({"redirect_uris": odd}));
        assert!(matches!(error, DocumentError::Member { .. }), "{error}");
    }
}

#[test]
fn a_document_without_a_grant_for_people_is_refused() {
    for grants in [
        json!([]),
        json!(["client_credentials"]),
        json!(["refresh_token"]),
        json!(["implicit", "password"]),
    ] {
        assert_eq!(
            refused(json!({"grant_types": grants})),
            DocumentError::NoGrant
        );
    }
}

#[test]
fn a_name_is_made_fit_to_be_shown_and_the_host_stands_in_for_none() {
    for (given, shown) in [
        (json!("A\u{202e}B\u{0}C"), "ABC"),
        (json!("\u{200b}\u{3164}"), "client.example"),
        (json!(null), "client.example"),
        (json!("x".repeat(4_000)), "x".repeat(100).as_str()),
    ] {
        assert_eq!(parsed(json!({"client_name": given})).name, shown);
    }
    assert!(parse(json!({"client_name": ["a"]})).is_err());
}

#[test]
fn links_that_lead_elsewhere_than_the_public_internet_are_dropped() {
    let client = parsed(json!({
        "client_uri": "https://10.0.0.1/",
        "logo_uri": "javascript:alert(1)",
        "tos_uri": "http://client.example/tos",
        "policy_uri": "https://client.example/privacy",
    }));
    let metadata = &client.metadata;
    assert_eq!(
        metadata.policy_uri.as_deref(),
        Some("https://client.example/privacy")
    );
    assert!(metadata.client_uri.is_none() && metadata.logo_uri.is_none());
    assert!(metadata.tos_uri.is_none());
    assert_eq!(client.notes.len(), 3, "{:?}", client.notes);
}

#[test]
fn c17_a_change_of_redirects_keys_or_name_changes_the_fingerprint_and_nothing_else_does() {
    let before = fingerprint(json!({}));
    let changed = [
        json!({"client_name": "Another"}),
        json!({"redirect_uris": ["http://localhost/callback", "https://client.example/cb"]}),
        json!({"redirect_uris": ["http://localhost/callback2"]}),
        json!({"jwks": {"keys": [key()]}}),
        json!({"jwks_uri": "https://client.example/jwks"}),
        json!({"jwks_uri": "https://client.example/jwks2"}),
    ]
    .map(fingerprint);
    for (at, one) in changed.iter().enumerate() {
        assert_ne!(*one, before);
        assert!(!changed[..at].contains(one));
    }
    for same in [
        json!({"client_uri": "https://client.example/"}),
        json!({"grant_types": ["authorization_code"]}),
        json!({"whatever": {"x": [1]}}),
    ] {
        assert_eq!(fingerprint(same), before);
    }
    let one = json!({"redirect_uris": ["http://localhost/a", "http://localhost/b"]});
    let other = json!({"redirect_uris": ["http://localhost/b", "http://localhost/a"]});
    assert_eq!(fingerprint(one), fingerprint(other));
}

proptest! {
    #[test]
    fn o08_no_bytes_break_the_parser(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        prop_assert!(MetadataDocument::parse(ID, &bytes).is_err());
    }

    #[test]
    fn whatever_members_hold_the_parser_answers_and_keeps_its_promises(
        member in prop::sample::select(vec![
            "client_name", "redirect_uris", "grant_types", "jwks", "jwks_uri", "client_uri",
            "token_endpoint_auth_method", "token_endpoint_auth_methods_supported",
        ]),
        value in prop_oneof![
            Just(json!(null)), Just(json!(true)), Just(json!(1.5)), Just(json!({"keys": [{}]})),
            any::<String>().prop_map(Value::from),
            prop::collection::vec(any::<String>(), 0..4).prop_map(Value::from),
        ],
    ) {
        if let Ok(client) = parse(json!({member: value})) {
            prop_assert!(!client.redirect_uris.is_empty());
            prop_assert!(!client.grant_types.is_empty());
            prop_assert!(!client.name.is_empty());
            prop_assert!(!client.auth_method.has_secret());
        }
    }
}
