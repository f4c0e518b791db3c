//! Redirect URIs: a line that is registered, a line that is presented. What
//! matches is the same address but for the port on loopback.
#![no_main]

use libfuzzer_sys::fuzz_target;
use shukuba_model::{RawUrl, RedirectUri};

fuzz_target!(|data: &str| {
    let (registered, presented) = data.split_once('\n').unwrap_or((data, data));
    let Ok(uri) = registered.parse::<RedirectUri>() else {
        return;
    };
    assert!(uri.matches(registered));
    assert!(!uri.host_label().is_empty());
    assert!(
        !uri.origin_for_csp()
            .contains([' ', ';', ',', '\'', '"', '*', '\n'])
    );
    if presented == registered || !uri.matches(presented) {
        return;
    }
    assert!(uri.is_loopback());
    assert!(presented.parse::<RedirectUri>().is_ok());
    let parts = |text| RawUrl::split(text).map(|url| (url.scheme, url.host, url.rest));
    assert_eq!(parts(registered), parts(presented));
});
