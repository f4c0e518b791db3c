//! The one evaluator: a token against the entries of an authorizer, rule by
//! rule. A check takes its outcome, an explanation shows all of it.

use shukuba_model::wire::RuleVerdict;
use shukuba_model::{Authorizer, Clock};

use crate::bearer::is_b64token;
use crate::discovery::DiscoveryError;
use crate::entry::EntryRules;
use crate::issuers::{Issuers, Source};
use crate::jws::{FormatError, Jws};
use crate::keys::{Algorithm, KeyMatch};
use crate::permit::Principal;
use crate::refusal::{Refusal, quoted};
use crate::rules::Case;
use crate::trace::{Rule, Trace};
use crate::wording;

/// What came out of judging a token.
#[derive(Debug)]
pub(crate) struct Judgement {
    /// The entry that judged, when the issuer picked one.
    pub(crate) entry: Option<String>,
    /// Every rule's verdict.
    pub(crate) verdicts: Vec<RuleVerdict>,
    /// What the token is good for, or why it is refused.
    pub(crate) outcome: Result<Admission, Box<Refusal>>,
}

/// A token that every rule of one entry admits.
#[derive(Debug)]
pub(crate) struct Admission {
    /// Who it speaks for.
    pub(crate) principal: Principal,
    /// The entry that admits it.
    pub(crate) entry: String,
    /// Its `exp`.
    pub(crate) expires_at: i64,
    /// The tolerance its times were judged with.
    pub(crate) leeway: i64,
    /// The keys it was judged with.
    pub(crate) source: Source,
    /// The value of `aud` that counts only while it is an address of the runtime.
    pub(crate) address: Option<String>,
}

/// What tokens are judged with.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Judge<'a> {
    /// The issuers and their keys.
    pub(crate) issuers: &'a Issuers,
    /// The time.
    pub(crate) clock: &'a Clock,
    /// The runtime's entries.
    pub(crate) authorizer: &'a Authorizer,
    /// More `aud` values that tokens of our own issuer may carry.
    pub(crate) audiences: &'a [String],
}

impl Judge<'_> {
    /// Tries the rules in order.
    pub(crate) async fn judge(&self, token: &str) -> Judgement {
        let mut trace = Trace::default();
        let Some(jws) = format(token, &mut trace) else {
            return refused(trace, None);
        };
        let Some(algorithm) = algorithm(&jws, &mut trace) else {
            return refused(trace, None);
        };
        let picked = self.issuer(&jws, &mut trace).await;
        let takes = |(entry, source): &(EntryRules<'_>, Source)| {
            !source.is_own() || entry.takes(&jws.claims)
        };
        let (candidates, others): (Vec<_>, Vec<_>) = picked.into_iter().partition(takes);
        let mut first = None;
        for (entry, source) in candidates {
            let judgement = self
                .entry(entry, source, &jws, algorithm, trace.clone())
                .await;
            if judgement.outcome.is_ok() {
                return judgement;
            }
            first.get_or_insert(judgement);
        }
        if let (None, Some((_, source))) = (&first, others.first())
            && signature(source, &jws, algorithm, &mut trace).await
        {
            trace.fail(Rule::Entry, wording::no_entry(&jws.claims), None);
        }
        first.unwrap_or_else(|| refused(trace, None))
    }

    /// The entries whose issuer is the token's `iss`, byte for byte.
    async fn issuer(&self, jws: &Jws<'_>, trace: &mut Trace) -> Vec<(EntryRules<'_>, Source)> {
        let iss = jws.claims.iss.as_deref();
        let mut picked = Vec::new();
        let mut known = Vec::new();
        let mut errors: Vec<DiscoveryError> = Vec::new();
        for entry in &self.authorizer.entries {
            match self.issuers.source(&entry.discovery_url).await {
                Ok(source) if iss == Some(source.issuer()) => {
                    picked.push((EntryRules::configured(entry), source));
                }
                Ok(source) => known.push(source.issuer().to_owned()),
                Err(error) => errors.push(error),
            }
        }
        if let Some(login) = &self.authorizer.login {
            let source = self.issuers.own();
            if iss == Some(source.issuer()) {
                picked.push((EntryRules::login(login), source));
            } else {
                known.push(source.issuer().to_owned());
            }
        }
        match iss {
            Some(iss) if !picked.is_empty() => {
                trace.pass(Rule::Issuer, format!("iss = {}", quoted(iss)), None);
            }
            Some(_) if !errors.is_empty() => {
                let cause = wording::unavailable_cause(&errors);
                trace.fail(Rule::Issuer, wording::unavailable(), Some(cause));
            }
            _ => {
                known.dedup();
                let refusal = wording::other_issuer(iss, &known);
                let expected = format!("iss is one of: {}", known.join(", "));
                trace.fail(Rule::Issuer, refusal, Some(expected));
            }
        }
        picked
    }

    /// The rules of one entry.
    async fn entry(
        &self,
        entry: EntryRules<'_>,
        source: Source,
        jws: &Jws<'_>,
        algorithm: Algorithm,
        mut trace: Trace,
    ) -> Judgement {
        let name = Some(entry.name.to_owned());
        if !signature(&source, jws, algorithm, &mut trace).await {
            return refused(trace, name);
        }
        let case = Case {
            entry,
            revoked: source.revoked(),
            preset: source.preset(),
            audiences: self.audiences,
            now: self.clock.now(),
        };
        case.judge(jws, &mut trace);
        let (Some(expires_at), None) = (jws.claims.exp, trace.refusal()) else {
            return refused(trace, name);
        };
        let client = case.named_client(&jws.claims).map(|(_, client)| client);
        let principal = Principal::new(
            source.issuer().to_owned(),
            jws.claims.sub.clone().unwrap_or_default(),
            client.unwrap_or_default().to_owned(),
        );
        let address = case.address_in_audience(&jws.claims).map(str::to_owned);
        let admission = Admission {
            principal,
            entry: case.entry.name.to_owned(),
            expires_at,
            leeway: case.leeway(),
            address,
            source,
        };
        Judgement {
            entry: name,
            verdicts: trace.finish().0,
            outcome: Ok(admission),
        }
    }
}

fn format<'a>(token: &'a str, trace: &mut Trace) -> Option<Jws<'a>> {
    let parsed = if is_b64token(token) {
        Jws::parse(token)
    } else {
        Err(FormatError::new(
            "It is empty or holds characters that a token cannot have (spaces, quotes, line ends).",
        ))
    };
    match parsed {
        Ok(jws) => {
            trace.pass(Rule::Format, "a JWT in compact form".to_owned(), None);
            Some(jws)
        }
        Err(error) => {
            trace.fail(Rule::Format, wording::unparsable(error), None);
            None
        }
    }
}

fn algorithm(jws: &Jws<'_>, trace: &mut Trace) -> Option<Algorithm> {
    let name = jws.header.alg.as_str();
    match Algorithm::parse(name) {
        Ok(algorithm) => {
            let expected = Some(wording::algorithms());
            trace.pass(Rule::Algorithm, format!("alg = {name}"), expected);
            Some(algorithm)
        }
        Err(error) => {
            trace.fail(Rule::Algorithm, wording::algorithm(name, error), None);
            None
        }
    }
}

async fn signature(
    source: &Source,
    jws: &Jws<'_>,
    algorithm: Algorithm,
    trace: &mut Trace,
) -> bool {
    let kid = jws.header.kid.as_deref();
    let refusal = match source.verify(jws, algorithm).await {
        KeyMatch::Verified => {
            let seen = kid.map_or_else(|| "no kid".to_owned(), |kid| format!("kid = {kid}"));
            trace.pass(Rule::Signature, seen, None);
            return true;
        }
        KeyMatch::Forged => wording::forged(kid),
        KeyMatch::Unknown => wording::unknown_key(kid),
        KeyMatch::OtherAlgorithm(usable) => wording::key_of_other_algorithm(algorithm, &usable),
    };
    trace.fail(Rule::Signature, refusal, None);
    false
}

fn refused(trace: Trace, entry: Option<String>) -> Judgement {
    let (verdicts, refusal) = trace.finish();
    Judgement {
        entry,
        verdicts,
        outcome: Err(
            refusal.unwrap_or_else(|| wording::unparsable(FormatError::new("No rule admits it.")))
        ),
    }
}
