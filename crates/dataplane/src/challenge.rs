//! A refusal as a client sees it: 401 or 403 with a challenge (RFC 6750
//! section 3, RFC 9728 section 5.1) and a JSON-RPC error.

use std::fmt::Write as _;

use http::header::WWW_AUTHENTICATE;
use http::{HeaderValue, Response, StatusCode};
use serde_json::json;
use serde_json::value::RawValue;
use shukuba_verify::Refusal;

use crate::message::ErrorResponse;
use crate::reply::{self, Body};

/// The code AgentCore gives to authentication errors.
const AUTHENTICATION: i32 = -32001;
/// The code AgentCore gives to authorization errors.
const AUTHORIZATION: i32 = -32002;

/// Renders a refusal; `metadata` is the absolute address of the resource's metadata.
pub(crate) fn answer(refusal: &Refusal, metadata: &str, id: Option<&RawValue>) -> Response<Body> {
    let status = StatusCode::from_u16(refusal.status).unwrap_or(StatusCode::UNAUTHORIZED);
    let code = if status == StatusCode::FORBIDDEN {
        AUTHORIZATION
    } else {
        AUTHENTICATION
    };
    let data = json!({
        // Repeated here for whoever is shown the body alone: the page of Inspector 0.16
        // logs in when what its proxy tells it has a 401 in it.
        "status": refusal.status,
        "reason": refusal.reason.as_str(),
        "claim": refusal.claim,
        "seen": refusal.seen,
        "expected": refusal.expected,
        "fixes": refusal.fixes,
    });
    let body = ErrorResponse::new(id, code, &refusal.message, Some(&data)).to_json();
    let mut answer = reply::json(status, body);
    answer
        .headers_mut()
        .insert(WWW_AUTHENTICATE, header(refusal, metadata));
    answer
}

fn header(refusal: &Refusal, metadata: &str) -> HeaderValue {
    let mut challenge = "Bearer ".to_owned();
    // Without a token there is no error to speak of (RFC 6750 section 3.1).
    if let Some(error) = refusal.error {
        let description = refusal.description();
        // Writing to a String cannot fail.
        let _ = write!(
            challenge,
            "error=\"{error}\", error_description=\"{description}\", "
        );
    }
    if let Some(scope) = &refusal.scope {
        let scope: String = scope.chars().filter(|c| is_scope_character(*c)).collect();
        let _ = write!(challenge, "scope=\"{scope}\", ");
    }
    let _ = write!(challenge, "resource_metadata=\"{metadata}\"");
    HeaderValue::try_from(challenge).unwrap_or(HeaderValue::from_static("Bearer"))
}

/// RFC 6749 appendix A.4, and the space between scopes.
fn is_scope_character(c: char) -> bool {
    matches!(c, ' ' | '!' | '#'..='[' | ']'..='~')
}

#[cfg(test)]
mod tests {
    use shukuba_verify::Reason;

    use super::*;

    fn refusal(reason: Reason) -> Refusal {
        Refusal {
            reason,
            message: "Claim \"x\" says \\ ü".to_owned(),
            claim: Some("x"),
            seen: Some("\u{fc}".to_owned()),
            expected: None,
            fixes: vec!["mend it".to_owned()],
            status: reason.status(),
            error: reason.error(),
            scope: None,
        }
    }

    fn challenge(refusal: &Refusal) -> String {
        let answer = answer(refusal, "https://h/.well-known/x", None);
        answer.headers()[WWW_AUTHENTICATE]
            .to_str()
            .unwrap()
            .to_owned()
    }

    #[test]
    fn a_request_without_a_token_is_told_the_way_and_no_error_rfc6750_3_1() {
        assert_eq!(
            challenge(&refusal(Reason::MissingToken)),
            "Bearer resource_metadata=\"https://h/.well-known/x\""
        );
    }

    #[test]
    fn a_description_keeps_to_the_characters_of_rfc6750_3() {
        assert_eq!(
            challenge(&refusal(Reason::Client)),
            "Bearer error=\"invalid_token\", error_description=\"Claim 'x' says / ?\", resource_metadata=\"https://h/.well-known/x\""
        );
    }

    #[tokio::test]
    async fn the_body_alone_tells_the_status_too() {
        for (reason, status) in [
            (Reason::MissingToken, 401),
            (Reason::InsufficientScope, 403),
        ] {
            let body = answer(&refusal(reason), "m", None).into_body();
            let body = http_body_util::BodyExt::collect(body)
                .await
                .unwrap()
                .to_bytes();
            let told: serde_json::Value = serde_json::from_slice(&body).unwrap();
            assert_eq!(told["error"]["data"]["status"], status);
        }
    }

    #[test]
    fn only_a_missing_scope_is_403_and_names_the_scopes() {
        let mut refusal = refusal(Reason::InsufficientScope);
        refusal.scope = Some("a:read \"b".to_owned());
        assert_eq!(answer(&refusal, "m", None).status(), 403);
        assert!(challenge(&refusal).contains("error=\"insufficient_scope\""));
        assert!(challenge(&refusal).contains("scope=\"a:read b\""));
    }
}
