//! A client's metadata document: any bytes are answered, and what is believed
//! keeps its promises.
#![no_main]

use libfuzzer_sys::fuzz_target;
use shukuba_issuer::{ClientIdUrl, MetadataDocument};

/// Documents that are believed need this id, so the fuzzer may find some.
const ID: &str = "https://c.example/c";

fuzz_target!(|data: &[u8]| {
    if let Ok(text) = std::str::from_utf8(data)
        && let Ok(id) = ClientIdUrl::parse(text)
    {
        assert_eq!(id.as_str(), text);
        assert!(text.starts_with("https://") && !id.host().is_empty());
    }
    if let Ok(client) = MetadataDocument::parse(ID, data) {
        assert!(!client.redirect_uris.is_empty());
        assert!(!client.grant_types.is_empty());
        assert!(!client.auth_method.has_secret());
        assert!(!client.name.is_empty() && client.name.chars().count() <= 100);
        assert!(!client.name.contains(char::is_control));
        assert!(client.metadata.fingerprint.is_some());
    }
});
