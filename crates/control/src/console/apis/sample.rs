//! A token that a profile would make, to look at.

use shukuba_model::{TokenProfile, TokenSample};

use crate::console::texts::ApiTexts;

/// The claims that the profile decides.
const DECIDED: [&str; 4] = ["jti", "client_id", "azp", "gty"];

/// A preview of one profile.
pub(super) struct Sample {
    pub(super) profile: &'static str,
    pub(super) label: &'static str,
    pub(super) hint: &'static str,
    pub(super) typ: &'static str,
    pub(super) lines: Vec<Line>,
}

/// A line of the claims.
pub(super) struct Line {
    /// The text, or what stands before the identifier.
    pub(super) text: String,
    /// The identifier, where the line names it, and what follows it.
    pub(super) audience: Option<(String, &'static str)>,
    /// Whether other profiles have it otherwise.
    pub(super) decided: bool,
}

impl Sample {
    pub(super) fn of(t: &ApiTexts, profile: TokenProfile, token: &TokenSample) -> Self {
        Self {
            profile: profile.as_str(),
            label: label(t, profile),
            hint: match profile {
                TokenProfile::Auth0 => t.auth0_hint,
                TokenProfile::Rfc9068 => t.rfc9068_hint,
                TokenProfile::Both => t.both_hint,
            },
            typ: token.typ,
            lines: token.claims.lines().map(Line::of).collect(),
        }
    }
}

impl Line {
    fn of(line: &str) -> Self {
        if let Some(rest) = line.strip_prefix("  \"aud\": \"")
            && let Some(identifier) = rest.strip_suffix("\",")
        {
            return Self {
                text: "  \"aud\": \"".to_owned(),
                audience: Some((identifier.to_owned(), "\",")),
                decided: false,
            };
        }
        let name = line.trim_start().split('"').nth(1).unwrap_or_default();
        Self {
            decided: DECIDED.contains(&name),
            text: line.to_owned(),
            audience: None,
        }
    }
}

/// A profile's name for people.
pub(super) fn label(t: &ApiTexts, profile: TokenProfile) -> &'static str {
    match profile {
        TokenProfile::Auth0 => t.auth0,
        TokenProfile::Rfc9068 => t.rfc9068,
        TokenProfile::Both => t.both,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_audience_and_what_the_profile_decides_stand_out() {
        let line = Line::of("  \"aud\": \"https://api.example/\",");
        assert_eq!(
            line.audience,
            Some(("https://api.example/".to_owned(), "\","))
        );
        assert!(Line::of("  \"azp\": \"CLIENT_ID\"").decided);
        let plain = Line::of("  \"exp\": 3600,");
        assert!(!plain.decided && plain.audience.is_none());
    }
}
