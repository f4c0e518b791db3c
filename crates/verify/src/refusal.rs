//! Why a request was not let in.

use std::fmt;

/// The closed, countable reasons of a refusal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Reason {
    /// No `Authorization` header.
    MissingToken,
    /// More than one `Authorization` header.
    SeveralHeaders,
    /// Another scheme than `Bearer`.
    WrongScheme,
    /// `Bearer` without a token in the form RFC 6750 section 2.1 demands.
    MalformedHeader,
    /// Not a signed JWT in compact form, or a claim of the wrong type.
    MalformedToken,
    /// `none`, a symmetric algorithm, or one this server does not know.
    Algorithm,
    /// The runtime accepts no tokens of this `iss`.
    Issuer,
    /// The issuer's document or keys cannot be had.
    ProviderUnavailable,
    /// No published key has the token's `kid`.
    UnknownKey,
    /// No published key made this signature.
    Signature,
    /// An ID token, or another kind of JWT.
    TokenType,
    /// `exp` has passed, or there is none.
    Expired,
    /// `nbf` or `iat` lies ahead.
    NotYetValid,
    /// Given by our own issuer, but to a kind of bearer, person or application,
    /// that no entry of the runtime judges.
    Entry,
    /// The token, its grant, its client or its user was revoked.
    Revoked,
    /// The client is not an allowed one, or the claim that names it is missing.
    Client,
    /// The person is none of those who may log in.
    User,
    /// `aud` names no allowed audience.
    Audience,
    /// None of the allowed scopes.
    InsufficientScope,
}

impl Reason {
    /// Every reason.
    pub const ALL: [Self; 19] = [
        Self::MissingToken,
        Self::SeveralHeaders,
        Self::WrongScheme,
        Self::MalformedHeader,
        Self::MalformedToken,
        Self::Algorithm,
        Self::Issuer,
        Self::ProviderUnavailable,
        Self::UnknownKey,
        Self::Signature,
        Self::TokenType,
        Self::Expired,
        Self::NotYetValid,
        Self::Entry,
        Self::Revoked,
        Self::Client,
        Self::User,
        Self::Audience,
        Self::InsufficientScope,
    ];

    /// The label used in logs and metrics.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::MissingToken => "missing_token",
            Self::SeveralHeaders => "several_authorization_headers",
            Self::WrongScheme => "wrong_scheme",
            Self::MalformedHeader => "malformed_header",
            Self::MalformedToken => "malformed_token",
            Self::Algorithm => "algorithm",
            Self::Issuer => "issuer",
            Self::ProviderUnavailable => "provider_unavailable",
            Self::UnknownKey => "unknown_key",
            Self::Signature => "signature",
            Self::TokenType => "token_type",
            Self::Expired => "expired",
            Self::NotYetValid => "not_yet_valid",
            Self::Entry => "entry",
            Self::Revoked => "revoked",
            Self::Client => "client",
            Self::User => "user",
            Self::Audience => "audience",
            Self::InsufficientScope => "insufficient_scope",
        }
    }

    /// The HTTP status: 403 for [`Reason::InsufficientScope`], else 401.
    pub fn status(self) -> u16 {
        match self {
            Self::InsufficientScope => 403,
            _ => 401,
        }
    }

    /// The `error` of the challenge (RFC 6750 section 3.1); none when the
    /// request brought no bearer token at all.
    pub fn error(self) -> Option<&'static str> {
        match self {
            Self::MissingToken | Self::WrongScheme => None,
            Self::SeveralHeaders | Self::MalformedHeader => Some("invalid_request"),
            Self::InsufficientScope => Some("insufficient_scope"),
            _ => Some("invalid_token"),
        }
    }
}

/// Why a request was not let in, in words its caller may read: what was seen
/// is from the caller's own token, and no allowed value is given away.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// The countable reason.
    pub reason: Reason,
    /// The whole text: AgentCore's sentence where it has one, then what was
    /// seen and how to mend it. Never contains the token.
    pub message: String,
    /// The claim the rule looked at.
    pub claim: Option<&'static str>,
    /// What the token carries.
    pub seen: Option<String>,
    /// What the rule wants, without naming allowed values.
    pub expected: Option<String>,
    /// The ways to mend it.
    pub fixes: Vec<String>,
    /// 401, or 403 for a missing scope and nothing else.
    pub status: u16,
    /// The `error` of the challenge (RFC 6750 section 3.1), when there is one.
    pub error: Option<&'static str>,
    /// The `scope` of the challenge, space-separated.
    pub scope: Option<String>,
}

impl Refusal {
    /// The message in the characters an `error_description` may have
    /// (RFC 6750 section 3), at most 1,024 bytes.
    pub fn description(&self) -> String {
        self.message
            .chars()
            .take(1024)
            .map(|c| match c {
                '"' => '\'',
                '\\' => '/',
                ' '..='~' => c,
                _ => '?',
            })
            .collect()
    }
}

/// A refusal being worded: a sentence, what was seen, the ways to mend it.
#[derive(Debug)]
pub(crate) struct Draft {
    refusal: Refusal,
    detail: String,
}

impl Draft {
    /// Begins with the sentence people search for.
    pub(crate) fn new(reason: Reason, sentence: &str) -> Self {
        Self {
            refusal: Refusal {
                reason,
                message: sentence.to_owned(),
                claim: None,
                seen: None,
                expected: None,
                fixes: Vec::new(),
                status: reason.status(),
                error: reason.error(),
                scope: None,
            },
            detail: String::new(),
        }
    }

    /// One or more whole sentences on what was found.
    pub(crate) fn detail(mut self, sentences: impl Into<String>) -> Self {
        self.detail = sentences.into();
        self
    }

    /// The claim the rule looked at.
    pub(crate) fn claim(mut self, claim: &'static str) -> Self {
        self.refusal.claim = Some(claim);
        self
    }

    /// What the token carries.
    pub(crate) fn seen(mut self, seen: impl Into<String>) -> Self {
        self.refusal.seen = Some(seen.into());
        self
    }

    /// What the rule wants, without naming allowed values.
    pub(crate) fn expected(mut self, expected: impl Into<String>) -> Self {
        self.refusal.expected = Some(expected.into());
        self
    }

    /// A way to mend it, as an imperative without a full stop.
    pub(crate) fn fix(mut self, fix: impl Into<String>) -> Self {
        self.refusal.fixes.push(fix.into());
        self
    }

    /// The `scope` of the challenge.
    pub(crate) fn scope(mut self, scope: String) -> Self {
        self.refusal.scope = Some(scope);
        self
    }

    /// Puts the message together.
    pub(crate) fn refuse(self) -> Box<Refusal> {
        let Self {
            mut refusal,
            detail,
        } = self;
        // AgentCore's sentences do not all end in a full stop; the text after
        // them must not be glued on.
        if !refusal.message.ends_with('.') {
            refusal.message.push('.');
        }
        let mend = match refusal.fixes.as_slice() {
            [] => String::new(),
            [one] => format!("To mend it: {one}."),
            [one, other] => format!("To mend it, either {one}, or {other}."),
            several => format!("To mend it, one of: {}.", several.join("; ")),
        };
        for part in [detail, mend] {
            if !part.is_empty() {
                refusal.message.push(' ');
                refusal.message.push_str(&part);
            }
        }
        Box::new(refusal)
    }
}

/// A value from a token as it may stand in a message: in double quotes, at
/// most 200 characters, control characters escaped.
pub(crate) fn quoted(value: &str) -> String {
    let mut text = String::with_capacity(value.len().min(200) + 2);
    text.push('"');
    for (count, c) in value.chars().enumerate() {
        if count == 200 {
            text.push('…');
            break;
        }
        if c.is_control() || c == '"' || c == '\\' {
            text.extend(c.escape_default());
        } else {
            text.push(c);
        }
    }
    text.push('"');
    text
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Refusal {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_reason_has_a_label_of_its_own_and_only_scope_is_403() {
        let mut labels: Vec<_> = Reason::ALL.iter().map(|reason| reason.as_str()).collect();
        labels.sort_unstable();
        labels.dedup();
        assert_eq!(labels.len(), Reason::ALL.len());
        for reason in Reason::ALL {
            let forbidden = reason == Reason::InsufficientScope;
            assert_eq!(reason.status() == 403, forbidden, "{reason:?}");
        }
    }

    #[test]
    fn a_description_holds_only_what_error_description_may_rfc_6750_section_3() {
        let refusal = Draft::new(Reason::Client, "A \u{1f600} \"quoted\" back\\slash\r\nX: y")
            .detail("z".repeat(5000))
            .refuse();
        let description = refusal.description();
        assert!(description.len() <= 1024);
        assert!(
            description
                .bytes()
                .all(|b| matches!(b, 0x20..=0x21 | 0x23..=0x5b | 0x5d..=0x7e)),
            "{description}"
        );
    }

    #[test]
    fn values_are_quoted_short_and_without_control_characters() {
        assert_eq!(quoted("a\nb\"c"), "\"a\\nb\\\"c\"");
        assert!(quoted(&"x".repeat(5000)).len() < 210);
    }
}
