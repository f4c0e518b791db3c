//! A posted form: any bytes are answered, and what is taken is what the URL
//! standard reads there, each name once.
#![no_main]

use std::collections::HashSet;

use libfuzzer_sys::fuzz_target;
use shukuba_issuer::fuzzing;
use url::form_urlencoded::{Serializer, parse};

fuzz_target!(|body: &[u8]| {
    let Some(parameters) = fuzzing::form(body) else {
        return;
    };
    assert!(parameters.len() <= 64);
    let mut names = HashSet::new();
    for (name, _) in &parameters {
        assert!(!name.is_empty());
        // RFC 8707 section 2 lets this one come again.
        assert!(names.insert(name) || name == "resource");
    }
    let read = parse(body).into_owned();
    let named: Vec<_> = read.filter(|(name, _)| !name.is_empty()).collect();
    assert_eq!(parameters, named);
    let mut written = Serializer::new(String::new());
    let written = written.extend_pairs(&parameters).finish();
    assert_eq!(fuzzing::form(written.as_bytes()), Some(parameters));
});
