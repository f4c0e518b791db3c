//! What holds at every address of the console, whoever wrote its page: nothing
//! is changed from another site, and no answer stands in a frame or a cache.

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use http::header::{CACHE_CONTROL, HOST, ORIGIN, PRAGMA, VARY};
use http::{HeaderMap, Method};
use shukuba_pages::Language;

use super::shell::GUARD;
use super::trouble::{Kind, Trouble};
use crate::Control;

/// Turns away what another site sent, and gives every answer the headers that it
/// lacks.
pub(super) async fn guard(
    State(control): State<Control>,
    request: Request,
    next: Next,
) -> Response {
    let only_reads = matches!(*request.method(), Method::GET | Method::HEAD);
    let headers = request.headers();
    let mut answer = if only_reads || !is_of_elsewhere(headers, &control.parts().public_url) {
        next.run(request).await
    } else {
        Trouble::of(Language::of(headers), Kind::Forged).into_response()
    };
    complete(answer.headers_mut());
    answer
}

/// Whether the browser says that another origin's page sent a request. A browser
/// that says nothing is left to the form's own proof.
fn is_of_elsewhere(headers: &HeaderMap, public_url: &str) -> bool {
    let site = headers.get("sec-fetch-site");
    if site.is_some_and(|site| site != "same-origin" && site != "none") {
        return true;
    }
    // `null` is what our own pages send, since their policy is no referrer.
    let Some(origin) = headers.get(ORIGIN).filter(|origin| *origin != "null") else {
        return false;
    };
    // An operator may have come by another name, such as the end of a tunnel. A
    // page elsewhere can choose its own origin, and not the host it sends to.
    let by_name = |origin: &str| {
        let host = headers.get(HOST).and_then(|host| host.to_str().ok());
        let (_, authority) = origin.split_once("://").unwrap_or_default();
        host.is_some_and(|host| host == authority)
    };
    let origin = origin.to_str().unwrap_or_default();
    origin != public_url && !by_name(origin)
}

fn complete(headers: &mut HeaderMap) {
    let mut all = HeaderMap::new();
    GUARD.secure(&mut all);
    if headers.contains_key(CACHE_CONTROL) {
        for name in [CACHE_CONTROL, PRAGMA, VARY] {
            all.remove(name);
        }
    }
    for (name, value) in &all {
        headers.entry(name).or_insert_with(|| value.clone());
    }
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    #[test]
    fn a_form_of_another_origin_is_told_by_what_the_browser_says() {
        let of_elsewhere = |pairs: &[(&'static str, &'static str)]| {
            let mut headers = HeaderMap::new();
            for (name, value) in pairs {
                headers.insert(*name, HeaderValue::from_static(value));
            }
            is_of_elsewhere(&headers, "https://mcp.example")
        };
        for own in [
            &[][..],
            &[("origin", "null")],
            &[("origin", "https://mcp.example")],
            &[
                ("origin", "http://127.0.0.1:8430"),
                ("host", "127.0.0.1:8430"),
            ],
            &[("sec-fetch-site", "same-origin"), ("origin", "null")],
            &[("sec-fetch-site", "none")],
        ] {
            assert!(!of_elsewhere(own), "{own:?}");
        }
        for foreign in [
            &[("sec-fetch-site", "cross-site")][..],
            &[("sec-fetch-site", "same-site")],
            &[("sec-fetch-site", "cross-site"), ("origin", "null")],
            &[("origin", "https://evil.example"), ("host", "mcp.example")],
            &[("origin", "http://mcp.example"), ("host", "127.0.0.1:8430")],
            &[("origin", "https://mcp.example.evil.example")],
            &[("origin", "")],
        ] {
            assert!(of_elsewhere(foreign), "{foreign:?}");
        }
    }

    #[test]
    fn a_file_that_is_kept_for_ever_stays_so_and_stands_in_no_frame() {
        let mut headers = HeaderMap::new();
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("public"));
        complete(&mut headers);
        assert_eq!(headers[CACHE_CONTROL], "public");
        assert!(!headers.contains_key(PRAGMA));
        assert_eq!(headers["x-frame-options"], "DENY");
        let mut bare = HeaderMap::new();
        complete(&mut bare);
        assert_eq!(bare[CACHE_CONTROL], "no-store");
    }
}
