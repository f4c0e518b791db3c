//! The documents of real clients, with their quirks.

use super::*;

#[test]
fn c21_claude_codes_document_works() {
    let id = "https://claude.ai/oauth/claude-code-client-metadata";
    let body = json!({
        "client_id": id,
        "client_name": "Claude Code",
        "client_uri": "https://claude.ai",
        "redirect_uris": ["http://localhost/callback", "http://127.0.0.1/callback"],
        "grant_types": ["authorization_code", "refresh_token"],
        "response_types": ["code"],
        "token_endpoint_auth_method": "none",
    });
    let client = MetadataDocument::parse(id, body.to_string().as_bytes()).unwrap();
    assert_eq!(client.name, "Claude Code");
    assert_eq!(client.auth_method, AuthMethod::None);
    assert!(client.redirect_uris[0].matches("http://localhost:49336/callback"));
    assert_eq!(
        client.metadata.client_uri.as_deref(),
        Some("https://claude.ai")
    );
    assert!(client.notes.is_empty(), "{:?}", client.notes);
    // C22: only programs on this machine are called back.
    assert!(client.is_loopback_only());
}

#[test]
fn c21_claude_desktops_document_works_without_the_grant_it_lists_too_many() {
    let id = "https://claude.ai/oauth/mcp-oauth-client-metadata";
    let body = json!({
        "client_id": id,
        "client_name": "Claude",
        "redirect_uris": ["https://claude.ai/api/mcp/auth_callback"],
        "grant_types": [
            "authorization_code", "refresh_token", "urn:ietf:params:oauth:grant-type:jwt-bearer"
        ],
        "token_endpoint_auth_method": "none",
    });
    let client = MetadataDocument::parse(id, body.to_string().as_bytes()).unwrap();
    let login = [GrantType::AuthorizationCode, GrantType::RefreshToken];
    assert_eq!(client.grant_types, login);
    assert!(client.notes[0].contains("jwt-bearer"), "{:?}", client.notes);
    assert!(!client.is_loopback_only());
}

#[test]
fn c21_chatgpts_document_works_with_its_choice_of_methods() {
    let changes = json!({
        "client_name": "ChatGPT",
        "redirect_uris": ["https://chatgpt.com/connector_platform_oauth_redirect"],
        "token_endpoint_auth_method": "private_key_jwt",
        "token_endpoint_auth_methods_supported": ["none", "private_key_jwt"],
        "token_endpoint_auth_signing_alg": "RS256",
        "jwks_uri": "https://chatgpt.com/oauth/jwks.json",
    });
    let client = parsed(changes.clone());
    assert_eq!(client.auth_method, AuthMethod::PrivateKeyJwt);
    assert!(client.lists_none);
    let keys = client.jwks_uri.unwrap();
    assert_eq!(keys.as_str(), "https://chatgpt.com/oauth/jwks.json");
    // Without the single member, the list alone says the same.
    let mut listed = changes;
    listed["token_endpoint_auth_method"] = Value::Null;
    assert_eq!(parsed(listed).auth_method, AuthMethod::PrivateKeyJwt);
}

#[test]
fn c21_documents_of_vs_code_and_opencode_work() {
    let client = parsed(json!({
        "client_name": "Visual Studio Code",
        "redirect_uris": [
            "http://127.0.0.1/", "http://127.0.0.1:33418/",
            "https://vscode.dev/redirect", "https://insiders.vscode.dev/redirect"
        ],
        "grant_types": [
            "authorization_code", "refresh_token", "urn:ietf:params:oauth:grant-type:device_code"
        ],
        "response_types": ["code"],
        "application_type": "native",
        "logo_uri": "https://code.visualstudio.com/assets/branding/code-stable.png",
    }));
    assert!(client.redirect_uris[0].matches("http://127.0.0.1:51234/"));
    assert_eq!(client.grant_types.len(), 3);
    assert_eq!(client.metadata.application_type.as_deref(), Some("native"));
    let client = parsed(json!({
        "client_name": "OpenCode",
        "redirect_uris": ["http://127.0.0.1:19876/mcp/oauth/callback"],
        "token_endpoint_auth_method": null,
    }));
    assert_eq!(client.auth_method, AuthMethod::None);
    assert!(client.grant_types.contains(&GrantType::RefreshToken));
}
