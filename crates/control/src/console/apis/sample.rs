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
    /// The text, or what stands before what follows the form.
    pub(super) text: String,
    /// What follows the form, where something does.
    pub(super) live: Option<Live>,
    /// Whether other profiles have it otherwise.
    pub(super) decided: bool,
}

/// A part of a claim that follows what is typed into the form.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Live {
    /// What it follows: `identifier` or `lifetime`.
    pub(super) of: &'static str,
    pub(super) value: String,
    /// What stands after it.
    pub(super) rest: String,
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
        let name = line.trim_start().split('"').nth(1).unwrap_or_default();
        let follows = match name {
            "aud" => Some(("identifier", "\": \"", '"')),
            "exp" => Some(("lifetime", "\": ", ',')),
            _ => None,
        };
        if let Some((of, before, after)) = follows
            && let Some((head, value)) = line.split_once(before)
        {
            let length = value.find(after).unwrap_or(value.len());
            let (value, rest) = value.split_at(length);
            let (value, rest) = (value.to_owned(), rest.to_owned());
            return Self {
                text: format!("{head}{before}"),
                live: Some(Live { of, value, rest }),
                decided: false,
            };
        }
        Self {
            decided: DECIDED.contains(&name),
            text: line.to_owned(),
            live: None,
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

    fn live(line: &str) -> Option<(&'static str, String, String)> {
        let live = Line::of(line).live?;
        Some((live.of, live.value, live.rest))
    }

    #[test]
    fn what_follows_the_form_and_what_the_profile_decides_stand_out() {
        let wanted = |of, value: &str, rest: &str| Some((of, value.to_owned(), rest.to_owned()));
        assert_eq!(
            live("  \"aud\": \"https://api.example/\","),
            wanted("identifier", "https://api.example/", "\",")
        );
        assert_eq!(live("  \"exp\": 3600,"), wanted("lifetime", "3600", ","));
        assert_eq!(live("  \"exp\": 3600"), wanted("lifetime", "3600", ""));
        assert!(Line::of("  \"azp\": \"CLIENT_ID\"").decided);
        let plain = Line::of("  \"iat\": 0,");
        assert!(!plain.decided && plain.live.is_none());
    }
}
