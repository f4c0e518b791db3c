//! The record of a judgement: each rule's verdict, and the first refusal.

use shukuba_model::wire::{RuleVerdict, Verdict};

use crate::refusal::Refusal;

/// The rules, in the order they are tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Rule {
    Format,
    Algorithm,
    Issuer,
    Signature,
    Entry,
    Typ,
    Exp,
    Nbf,
    Revoked,
    ClientId,
    User,
    Aud,
    Scope,
}

impl Rule {
    const ALL: [Self; 13] = [
        Self::Format,
        Self::Algorithm,
        Self::Issuer,
        Self::Signature,
        Self::Entry,
        Self::Typ,
        Self::Exp,
        Self::Nbf,
        Self::Revoked,
        Self::ClientId,
        Self::User,
        Self::Aud,
        Self::Scope,
    ];

    fn as_str(self) -> &'static str {
        match self {
            Self::Format => "format",
            Self::Algorithm => "algorithm",
            Self::Issuer => "issuer",
            Self::Signature => "signature",
            Self::Entry => "entry",
            Self::Typ => "typ",
            Self::Exp => "exp",
            Self::Nbf => "nbf",
            Self::Revoked => "revoked",
            Self::ClientId => "client_id",
            Self::User => "user",
            Self::Aud => "aud",
            Self::Scope => "scope",
        }
    }
}

/// What the rules have said so far.
#[derive(Debug, Clone, Default)]
pub(crate) struct Trace {
    verdicts: Vec<RuleVerdict>,
    refusal: Option<Box<Refusal>>,
}

impl Trace {
    /// The rule holds.
    pub(crate) fn pass(&mut self, rule: Rule, seen: String, expected: Option<String>) {
        self.record(rule, Verdict::Pass, Some(seen), expected, Vec::new());
    }

    /// The rule was not configured.
    pub(crate) fn skip(&mut self, rule: Rule, seen: Option<String>) {
        self.record(rule, Verdict::Skipped, seen, None, Vec::new());
    }

    /// The rule does not hold. `expected` may name allowed values: it is for
    /// whoever runs the server, the refusal is for the caller.
    pub(crate) fn fail(&mut self, rule: Rule, refusal: Box<Refusal>, expected: Option<String>) {
        self.record(
            rule,
            Verdict::Fail,
            refusal.seen.clone(),
            expected.or_else(|| refusal.expected.clone()),
            refusal.fixes.clone(),
        );
        self.refusal.get_or_insert(refusal);
    }

    /// The first refusal.
    pub(crate) fn refusal(&self) -> Option<&Refusal> {
        self.refusal.as_deref()
    }

    /// The verdicts of all rules, those never reached as skipped, and the first refusal.
    pub(crate) fn finish(mut self) -> (Vec<RuleVerdict>, Option<Box<Refusal>>) {
        for rule in Rule::ALL.into_iter().skip(self.verdicts.len()) {
            self.skip(rule, None);
        }
        (self.verdicts, self.refusal)
    }

    fn record(
        &mut self,
        rule: Rule,
        verdict: Verdict,
        seen: Option<String>,
        expected: Option<String>,
        fixes: Vec<String>,
    ) {
        debug_assert_eq!(
            Rule::ALL.get(self.verdicts.len()),
            Some(&rule),
            "rules are tried in order, each once"
        );
        self.verdicts.push(RuleVerdict {
            rule: rule.as_str().to_owned(),
            verdict,
            seen,
            expected,
            fixes,
        });
    }
}
