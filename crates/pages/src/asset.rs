//! A file under an address that changes with it, so that it is cached for ever.

use std::borrow::Cow;

use aws_lc_rs::digest::{SHA256, digest};
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::header::{CACHE_CONTROL, CONTENT_TYPE, X_CONTENT_TYPE_OPTIONS};
use http::{HeaderValue, StatusCode};

/// A file that pages load.
#[derive(Debug)]
pub struct Asset {
    name: String,
    content_type: &'static str,
    content: Cow<'static, str>,
}

impl Asset {
    /// A stylesheet: `stem`, a hash of its content, and `.css`.
    pub fn style(stem: &str, content: impl Into<Cow<'static, str>>) -> Self {
        Self::new(stem, "css", "text/css; charset=utf-8", content.into())
    }

    /// A script module: `stem`, a hash of its content, and `.js`.
    pub fn script(stem: &str, content: impl Into<Cow<'static, str>>) -> Self {
        let content_type = "text/javascript; charset=utf-8";
        Self::new(stem, "js", content_type, content.into())
    }

    fn new(
        stem: &str,
        extension: &str,
        content_type: &'static str,
        content: Cow<'static, str>,
    ) -> Self {
        let hash = URL_SAFE_NO_PAD.encode(digest(&SHA256, content.as_bytes()));
        let hash = hash.get(..16).unwrap_or_default();
        Self {
            name: format!("{stem}-{hash}.{extension}"),
            content_type,
            content,
        }
    }

    /// The last segment of its address.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What is in it.
    pub fn content(&self) -> &str {
        &self.content
    }

    /// The file, for ever; nothing under another name.
    pub fn serve(&self, name: &str) -> Response {
        if name != self.name {
            return StatusCode::NOT_FOUND.into_response();
        }
        let headers = [
            (CONTENT_TYPE, HeaderValue::from_static(self.content_type)),
            (
                CACHE_CONTROL,
                HeaderValue::from_static("public, max-age=31536000, immutable"),
            ),
            (X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
        ];
        (headers, self.content.clone().into_owned()).into_response()
    }
}
