//! The headers that keep a page to itself.

use http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, HeaderName, PRAGMA, REFERRER_POLICY, VARY,
    X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
};
use http::{HeaderMap, HeaderValue};

const OPENER_POLICY: HeaderName = HeaderName::from_static("cross-origin-opener-policy");

/// Whether a page may stand in a window that a client's page opened and
/// listens to. `Cross-Origin-Opener-Policy` would cut that tie for good, and
/// with it clients that learn from the window that the login is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Popup {
    /// The tie stays.
    May,
    /// The tie is cut.
    MayNot,
}

/// What a page may do besides showing itself.
#[derive(Debug, Clone, Copy)]
pub struct Guard<'a> {
    /// Where its forms may lead besides here.
    pub form_target: Option<&'a str>,
    /// Whether it may run scripts of ours, and fetch from us.
    pub scripts: bool,
    /// Whether it may stand in a client's window.
    pub popup: Popup,
}

impl Guard<'_> {
    /// Sets the headers of every page: no frames, no cache, no referrer, and
    /// nothing from elsewhere.
    pub fn secure(&self, headers: &mut HeaderMap) {
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
        headers.insert(PRAGMA, HeaderValue::from_static("no-cache"));
        headers.insert(CONTENT_SECURITY_POLICY, self.policy());
        headers.insert(X_FRAME_OPTIONS, HeaderValue::from_static("DENY"));
        headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
        headers.insert(REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
        headers.insert(VARY, HeaderValue::from_static("Accept-Language, Cookie"));
        if self.popup == Popup::MayNot {
            headers.insert(OPENER_POLICY, HeaderValue::from_static("same-origin"));
        }
    }

    fn policy(&self) -> HeaderValue {
        let target = self
            .form_target
            .filter(|target| is_source(target))
            .map(|target| format!(" {target}"))
            .unwrap_or_default();
        let scripts = if self.scripts {
            "script-src 'self'; connect-src 'self'; "
        } else {
            ""
        };
        let policy = format!(
            "default-src 'none'; {scripts}style-src 'self'; img-src 'self' data:; form-action 'self'{target}; frame-ancestors 'none'; base-uri 'none'"
        );
        HeaderValue::from_str(&policy)
            .unwrap_or_else(|_| HeaderValue::from_static("default-src 'none'; form-action 'self'"))
    }
}

/// Whether it is a scheme or an origin, so that it adds one source to the
/// policy and nothing else. It comes from a redirect URI, which strangers
/// register.
fn is_source(target: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b":/.-+[]_".contains(&byte);
    target.contains(':') && target.bytes().all(allowed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_redirect_uri_adds_itself_to_the_policy_and_nothing_else() {
        let policy = |target: &str| {
            let guard = Guard {
                form_target: Some(target),
                scripts: false,
                popup: Popup::May,
            };
            guard.policy().to_str().unwrap().to_owned()
        };
        for good in ["http://localhost:3118", "cursor:", "http://[::1]:80"] {
            assert!(policy(good).contains(&format!("form-action 'self' {good};")));
        }
        for bad in [
            "",
            "*",
            "'unsafe-inline'",
            "https://a; script-src *",
            "a:\n",
            "https://a https://b",
        ] {
            assert!(policy(bad).contains("form-action 'self'; "), "{bad}");
            assert!(!policy(bad).contains("script-src"), "{bad}");
        }
    }
}
