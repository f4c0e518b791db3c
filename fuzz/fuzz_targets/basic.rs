//! `Authorization: Basic`: as a client would write it and as anybody would. Any
//! bytes are answered, and what was encoded comes back (RFC 6749 section 2.3.1).
#![no_main]

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use libfuzzer_sys::fuzz_target;
use shukuba_issuer::fuzzing;
use url::form_urlencoded::byte_serialize;

fuzz_target!(|data: &[u8]| {
    for header in [data.to_vec(), header(data)] {
        let Some((id, secret)) = fuzzing::basic(&header) else {
            continue;
        };
        assert!(!id.is_empty() && !secret.is_empty());
        assert!(header.trim_ascii_start()[..5].eq_ignore_ascii_case(b"basic"));
        let encoded = [&id, &secret].map(|text| byte_serialize(text.as_bytes()).collect());
        let encoded: [String; 2] = encoded;
        let again = self::header(encoded.join(":").as_bytes());
        assert_eq!(fuzzing::basic(&again), Some((id, secret)));
    }
});

/// The header with these credentials.
fn header(userinfo: &[u8]) -> Vec<u8> {
    format!("Basic {}", STANDARD.encode(userinfo)).into_bytes()
}
