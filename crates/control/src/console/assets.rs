//! The stylesheet and the script of the pages.

use std::sync::LazyLock;

use axum::extract::Path;
use axum::response::Response;
use shukuba_pages::{Asset, PALETTE};

static STYLE: LazyLock<Asset> = LazyLock::new(|| {
    let own = include_str!("../../templates/console/console.css");
    Asset::style("console", format!("{PALETTE}\n{own}"))
});

static SCRIPT: LazyLock<Asset> = LazyLock::new(|| {
    Asset::script(
        "console",
        include_str!("../../templates/console/console.js"),
    )
});

/// Where pages find the stylesheet.
pub(super) fn style() -> String {
    format!("/console/assets/{}", STYLE.name())
}

/// Where pages find the script.
pub(super) fn script() -> String {
    format!("/console/assets/{}", SCRIPT.name())
}

/// `GET /console/assets/{name}`.
pub(super) async fn serve(Path(name): Path<String>) -> Response {
    if name == SCRIPT.name() {
        SCRIPT.serve(&name)
    } else {
        STYLE.serve(&name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_that_a_page_loads_is_small() {
        let size = STYLE.content().len() + SCRIPT.content().len();
        assert!(size < 150_000, "{size} bytes");
    }
}
