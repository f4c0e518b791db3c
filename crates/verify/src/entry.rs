//! The entries of an authorizer as the rules see them: those a person
//! configured, and the one for people who log in.

use shukuba_model::login::is_machine;
use shukuba_model::{ClientClaim, Entry, LoginAllow, LoginEntry};

use crate::claims::Claims;

/// The rules of one entry. An empty list is a rule that was not set.
#[derive(Debug, Clone)]
pub(crate) struct EntryRules<'a> {
    /// The name explanations use.
    pub(crate) name: &'a str,
    /// The token's `aud` names one of these.
    pub(crate) allowed_audience: Vec<&'a str>,
    /// The token's client is one of these.
    pub(crate) allowed_clients: &'a [String],
    /// The token carries one of these scopes.
    pub(crate) allowed_scopes: &'a [String],
    /// Which claims may name the client.
    pub(crate) client_claim: ClientClaim,
    /// Who may log in, when this is the entry for people.
    pub(crate) login: Option<&'a LoginAllow>,
}

impl<'a> EntryRules<'a> {
    /// An entry that a person configured.
    pub(crate) fn configured(entry: &'a Entry) -> Self {
        Self {
            name: &entry.name,
            allowed_audience: entry.allowed_audience.iter().map(String::as_str).collect(),
            allowed_clients: &entry.allowed_clients,
            allowed_scopes: &entry.allowed_scopes,
            client_claim: entry.client_claim,
            login: None,
        }
    }

    /// The entry for people. The client plays no part: the issuer's
    /// registration policy has let it in, and the person has consented.
    pub(crate) fn login(entry: &'a LoginEntry) -> Self {
        Self {
            name: LoginEntry::NAME,
            allowed_audience: vec![entry.api.as_str()],
            allowed_clients: &[],
            allowed_scopes: &[],
            // Our own tokens name their client in either, by the API's profile.
            client_claim: ClientClaim::Auth0,
            login: Some(&entry.allow),
        }
    }

    /// Whether this entry judges such tokens of our own issuer: configured
    /// ones those of applications, the one for people all others.
    pub(crate) fn takes(&self, claims: &Claims) -> bool {
        self.login.is_none() == is_of_machine(claims)
    }
}

/// Whether an application got this token of our own issuer for itself.
pub(crate) fn is_of_machine(claims: &Claims) -> bool {
    claims.sub.as_deref().is_some_and(is_machine)
}
