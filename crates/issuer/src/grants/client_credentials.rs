//! `client_credentials` (RFC 6749 section 4.4): an application acts for itself.

use shukuba_model::Client;
use shukuba_model::wire::TokenIssued;

use crate::Issuer;
use crate::grants::target::Asked;
use crate::oauth_error::OAuthError;
use crate::token::form::{Form, shortened};

pub(crate) async fn issue(
    issuer: &Issuer,
    application: &Client,
    form: &Form,
) -> Result<TokenIssued, OAuthError> {
    refuse_scopes(application, form)?;
    let asked = asked(form)?;
    Ok(issuer.issue(application, asked).await?)
}

/// An application has no permission to be granted, and needs none.
fn refuse_scopes(application: &Client, form: &Form) -> Result<(), OAuthError> {
    let asked = form.get("scope").unwrap_or_default().trim();
    if asked.is_empty() {
        return Ok(());
    }
    Err(OAuthError::InvalidScope(format!(
        "The application '{}' has been granted no scope, so it cannot get '{}'. It needs none: leave scope out.",
        application.name,
        shortened(asked)
    )))
}

fn asked(form: &Form) -> Result<Asked<'_>, OAuthError> {
    let mut resources = form.all("resource");
    let resource = resources.next();
    if resources.next().is_some() {
        return Err(OAuthError::InvalidTarget(
            "A token of this server is for one resource: send resource once and ask again for the next one.".to_owned(),
        ));
    }
    Ok(Asked {
        audience: form.get("audience"),
        resource,
    })
}
