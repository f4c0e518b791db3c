//! A form that a person sent: read once, and proven to come from a page of
//! ours in the same browser.

use axum::body::to_bytes;
use axum::extract::Request;
use http::request::Parts;

use super::browser::{self, Browser};
use super::trouble::Trouble;
use crate::Issuer;
use crate::token::form::Form;

/// The largest body, in bytes.
const BODY_LIMIT: usize = 16 * 1024;

/// A form and the browser it came from.
pub(super) struct Posted {
    /// The request without its body.
    pub(super) parts: Parts,
    /// The browser.
    pub(super) browser: Browser,
    form: Form,
}

impl Posted {
    /// Reads the body.
    pub(super) async fn read(issuer: &Issuer, request: Request) -> Result<Self, Trouble> {
        let (parts, body) = request.into_parts();
        let unreadable = || Trouble::unreadable(&parts.headers);
        let body = to_bytes(body, BODY_LIMIT).await.map_err(|_| unreadable())?;
        let form = Form::parse(&body).map_err(|_| unreadable())?;
        Ok(Self {
            browser: browser::of(issuer, &parts.headers),
            parts,
            form,
        })
    }

    /// A field; `None` when it is empty.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.form.get(name)
    }

    /// A field; empty when it is absent.
    pub(super) fn text(&self, name: &str) -> &str {
        self.get(name).unwrap_or_default()
    }

    /// Refuses a form that is not one of ours about `subject`, made for this
    /// browser. `Origin` proves nothing here, as our own pages, which send no
    /// referrer, send it as `null`.
    pub(super) fn prove(&self, issuer: &Issuer, subject: &str) -> Result<(), Trouble> {
        let cross_site = self
            .parts
            .headers
            .get("sec-fetch-site")
            .is_some_and(|site| site == "cross-site");
        let token = self.text("csrf");
        if !cross_site && browser::has_csrf_token(issuer, &self.browser, subject, token) {
            Ok(())
        } else {
            Err(Trouble::forged(&self.parts.headers))
        }
    }
}
