//! The language switch.

use axum::extract::{Request, State};
use axum::response::Response;

use super::posted::Posted;
use super::trouble::Trouble;
use super::{ACCOUNT, cookies, see_other};
use crate::Issuer;
use crate::pages::Language;

/// `POST /oauth/language`: keeps the choice and goes back to the page. It needs
/// no token: whoever forges it changes the language of a page.
pub(super) async fn switch(
    State(issuer): State<Issuer>,
    request: Request,
) -> Result<Response, Trouble> {
    let posted = Posted::read(&issuer, request).await?;
    let chosen = Language::of_tag(posted.text("language"))
        .ok_or_else(|| Trouble::unreadable(&posted.parts.headers))?;
    let back = posted.get("back").filter(|back| is_ours(back));
    let cookie = cookies::set(&issuer, Language::COOKIE, chosen.tag(), cookies::YEAR);
    Ok(see_other(back.unwrap_or(ACCOUNT), [cookie]))
}

/// Whether it is a path of this server: browsers read `//` and `/\` as the
/// beginning of another host's address, and skip tabs and line ends.
fn is_ours(back: &str) -> bool {
    back.starts_with('/')
        && !back.starts_with("//")
        && back
            .bytes()
            .all(|byte| byte.is_ascii_graphic() && byte != b'\\')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_switch_goes_back_to_a_page_of_ours_alone() {
        for ours in ["/account", "/oauth/authorize/continue?request=skq_1"] {
            assert!(is_ours(ours), "{ours}");
        }
        for foreign in [
            "",
            "account",
            "//evil.example",
            "/\\evil.example",
            "/\t/evil.example",
            "https://evil.example",
            "/a\r\nx: y",
        ] {
            assert!(!is_ours(foreign), "{foreign:?}");
        }
    }
}
