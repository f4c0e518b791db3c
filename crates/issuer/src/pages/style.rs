//! The stylesheet, under an address that changes with it.

use std::sync::LazyLock;

use aws_lc_rs::digest::{SHA256, digest};
use axum::extract::Path;
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodRouter, get};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::header::{CACHE_CONTROL, CONTENT_TYPE, X_CONTENT_TYPE_OPTIONS};
use http::{HeaderValue, StatusCode};

use crate::Issuer;

pub(super) const STYLE: &str = include_str!("../../templates/style.css");

static NAME: LazyLock<String> = LazyLock::new(|| {
    let hash = URL_SAFE_NO_PAD.encode(digest(&SHA256, STYLE.as_bytes()));
    format!("style-{}.css", hash.get(..16).unwrap_or_default())
});

/// Where pages find it.
pub(super) fn address() -> String {
    format!("/oauth/assets/{}", *NAME)
}

pub(super) fn routes() -> Vec<(&'static str, MethodRouter<Issuer>)> {
    vec![("/oauth/assets/{name}", get(style))]
}

/// The stylesheet, for ever; nothing under another name.
async fn style(Path(name): Path<String>) -> Response {
    if name != *NAME {
        return StatusCode::NOT_FOUND.into_response();
    }
    let headers = [
        (
            CONTENT_TYPE,
            HeaderValue::from_static("text/css; charset=utf-8"),
        ),
        (
            CACHE_CONTROL,
            HeaderValue::from_static("public, max-age=31536000, immutable"),
        ),
        (X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    ];
    (headers, STYLE).into_response()
}
