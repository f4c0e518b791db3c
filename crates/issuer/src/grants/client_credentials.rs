//! `client_credentials` (RFC 6749 section 4.4): an application acts for itself.

use shukuba_model::{Client, NameError, Scopes};

use crate::Issuer;
use crate::authorize::scope;
use crate::authorize::scope::COMMON;
use crate::grants::Issued;
use crate::grants::target::{self, Asked, Target};
use crate::oauth_error::OAuthError;
use crate::token::form::{Form, shortened};

pub(crate) async fn issue(
    issuer: &Issuer,
    client: &Client,
    form: &Form,
) -> Result<Issued, OAuthError> {
    let asked = asked(form)?;
    let target = target::choose(
        &issuer.0.store,
        issuer.0.settings.resources.as_ref(),
        client,
        asked,
    )
    .await?;
    let scope = chosen(client, &target, form.get("scope"))?;
    // Never a refresh token (RFC 6749 section 4.4.3): the client can ask again.
    Ok(Issued {
        access: issuer.issue(client, &target, &scope)?,
        refresh_token: None,
        id_token: None,
        owner: String::new(),
        api: target.api.identifier,
    })
}

/// The scopes asked for; all that the client has when none are named.
fn chosen(client: &Client, target: &Target, asked: Option<&str>) -> Result<Scopes, OAuthError> {
    let granted = scope::available(client, &target.api);
    let asked: Scopes = asked
        .unwrap_or_default()
        .parse()
        .map_err(|error: NameError| OAuthError::InvalidScope(format!("{error}.")))?;
    // What says who a person is says nothing of a machine. SDKs that were told
    // no scope ask for all that the metadata lists.
    let asked = asked.filtered(|scope| granted.contains(scope) || !COMMON.contains(&scope));
    if asked.is_empty() {
        return Ok(granted);
    }
    if asked.is_within(&granted) {
        return Ok(asked);
    }
    let beyond = asked.filtered(|scope| !granted.contains(scope));
    let known = match granted.is_empty() {
        true => "has been granted no scope of it. It needs none: leave scope out".to_owned(),
        false => format!("has been granted: {}", shortened(&granted.to_string())),
    };
    Err(OAuthError::InvalidScope(format!(
        "The application '{}' cannot get the scope '{}' of the API '{}'; it {known}.",
        client.name,
        shortened(&beyond.to_string()),
        target.api.identifier,
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
