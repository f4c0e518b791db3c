//! The stylesheet of the pages.

use std::sync::LazyLock;

use axum::extract::Path;
use axum::response::Response;
use axum::routing::{MethodRouter, get};
use shukuba_pages::{Asset, PALETTE};

use crate::Issuer;

pub(super) static STYLE: LazyLock<Asset> = LazyLock::new(|| {
    let own = include_str!("../../templates/style.css");
    Asset::style("style", format!("{PALETTE}\n{own}"))
});

/// Where pages find it.
pub(super) fn address() -> String {
    format!("/oauth/assets/{}", STYLE.name())
}

pub(super) fn routes() -> Vec<(&'static str, MethodRouter<Issuer>)> {
    vec![("/oauth/assets/{name}", get(style))]
}

async fn style(Path(name): Path<String>) -> Response {
    STYLE.serve(&name)
}
