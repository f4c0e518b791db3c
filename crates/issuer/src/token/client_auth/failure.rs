//! Clients that did not prove themselves, in the audit log.

use shukuba_store::AuditEvent;
use shukuba_verify::ClientAssertion;

use super::credentials::Presented;
use crate::Issuer;
use crate::oauth_error::OAuthError;

/// Records that a client did not prove itself, with the way it tried and with
/// nothing of what it sent: secrets are pasted into every field.
pub(super) async fn record(
    issuer: &Issuer,
    presented: Option<&Presented<'_>>,
    error: &OAuthError,
    address: &str,
) {
    if !matches!(
        error,
        OAuthError::InvalidClient { .. } | OAuthError::TooManyAttempts { .. }
    ) {
        return;
    }
    let event = AuditEvent {
        event: "client.refused",
        outcome: error.code(),
        client_id: match presented.and_then(named) {
            Some(id) => known(issuer, &id).await.unwrap_or_default(),
            None => String::new(),
        },
        address: address.to_owned(),
        detail: way(presented).to_owned(),
        ..AuditEvent::default()
    };
    issuer.record_of_stranger(event).await;
}

/// The client that a request says it is from.
fn named(presented: &Presented<'_>) -> Option<String> {
    match presented {
        Presented::Id(id) => Some((*id).to_owned()),
        Presented::Secret(presented) => Some(presented.client_id.clone()),
        Presented::Assertion { assertion, .. } => {
            let assertion = ClientAssertion::parse(assertion).ok()?;
            assertion.subject().map(str::to_owned)
        }
    }
}

/// The id, where it is that of a client here.
async fn known(issuer: &Issuer, id: &str) -> Option<String> {
    let store = &issuer.0.store;
    // What the database does not tell now is only left out.
    if let Some(client) = store.client(id).await.ok().flatten() {
        return Some(client.id.to_string());
    }
    let document = store.client_document(id).await.ok().flatten()?;
    Some(document.client_id.to_string())
}

fn way(presented: Option<&Presented<'_>>) -> &'static str {
    match presented {
        None => "credentials that cannot be read",
        Some(Presented::Id(_)) => "client_id alone",
        Some(Presented::Secret(presented)) if presented.basic => "secret by Basic",
        Some(Presented::Secret(_)) => "secret in the body",
        Some(Presented::Assertion { .. }) => "client_assertion",
    }
}
