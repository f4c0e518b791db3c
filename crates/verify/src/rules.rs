//! The rules on the claims of a token whose signature holds.

use shukuba_model::{ClientClaim, Revocations};

use crate::claims::Claims;
use crate::discovery::PresetHint;
use crate::entry::EntryRules;
use crate::jws::{Header, Jws};
use crate::refusal::{Draft, Reason, quoted};
use crate::trace::{Rule, Trace};
use crate::wording;

/// What the rules of one entry are judged with.
#[derive(Debug)]
pub(crate) struct Case<'a> {
    /// The entry.
    pub(crate) entry: EntryRules<'a>,
    /// What was revoked, where its issuer is our own; `None` where it is another.
    pub(crate) revoked: Option<&'a Revocations>,
    /// The provider, where it is a known one.
    pub(crate) preset: Option<PresetHint>,
    /// More `aud` values that tokens of our own issuer may carry.
    pub(crate) audiences: &'a [String],
    /// The time.
    pub(crate) now: i64,
}

/// How much another issuer's clock may differ from ours, in seconds.
const FOREIGN_LEEWAY: i64 = 60;

impl Case<'_> {
    /// The tolerance for times, in seconds: our own issuer reads the same clock.
    pub(crate) fn leeway(&self) -> i64 {
        if self.is_own() { 0 } else { FOREIGN_LEEWAY }
    }

    /// Whether the issuer is our own.
    pub(crate) fn is_own(&self) -> bool {
        self.revoked.is_some()
    }

    /// Tries every rule on claims, whatever the ones before have said: they do
    /// not depend on each other, and an explanation shows them all.
    pub(crate) fn judge(&self, jws: &Jws<'_>, trace: &mut Trace) {
        self.entry(&jws.claims, trace);
        typ(&jws.header, &jws.claims, trace);
        self.exp(&jws.claims, trace);
        self.nbf(&jws.claims, trace);
        self.revocation(&jws.claims, trace);
        self.client(&jws.claims, trace);
        self.user(&jws.claims, trace);
        self.aud(&jws.claims, trace);
        self.scope(&jws.claims, trace);
    }

    /// The claim and value that name the client, by the entry's preset.
    pub(crate) fn named_client<'c>(&self, claims: &'c Claims) -> Option<(&'static str, &'c str)> {
        self.entry
            .client_claim
            .claims()
            .iter()
            .find_map(|claim| Some((*claim, claims.client(claim)?)))
    }

    fn exp(&self, claims: &Claims, trace: &mut Trace) {
        let Some(exp) = claims.exp else {
            let draft = Draft::new(Reason::Expired, wording::NO_EXPIRY)
                .detail("The token carries no 'exp', so it would be valid for ever.");
            let draft = draft.claim("exp").seen("no exp").fix(wording::NEW_TOKEN);
            trace.fail(Rule::Exp, draft.refuse(), None);
            return;
        };
        let wanted = format!("a time after {} (now)", self.now);
        // RFC 7519 section 4.1.4: not on or after it.
        if self.now < exp.saturating_add(self.leeway()) {
            let left = exp.saturating_sub(self.now);
            trace.pass(Rule::Exp, format!("exp = {exp}, in {left} s"), Some(wanted));
            return;
        }
        let ago = wording::duration(self.now.saturating_sub(exp));
        let draft = Draft::new(Reason::Expired, wording::EXPIRED)
            .detail(format!("Its 'exp' = {exp} passed {ago} ago."))
            .claim("exp")
            .seen(format!("exp = {exp}, {ago} ago"))
            .expected(wanted)
            .fix(wording::NEW_TOKEN);
        trace.fail(Rule::Exp, draft.refuse(), None);
    }

    /// `nbf`, and `iat` with it: a token from the future is not valid yet.
    fn nbf(&self, claims: &Claims, trace: &mut Trace) {
        let latest = self.now.saturating_add(self.leeway());
        let ahead = [("nbf", claims.nbf), ("iat", claims.iat)]
            .into_iter()
            .find_map(|(claim, time)| Some((claim, time.filter(|time| *time > latest)?)));
        if let Some((claim, time)) = ahead {
            let by = wording::duration(time.saturating_sub(self.now));
            let draft = Draft::new(Reason::NotYetValid, wording::NOT_YET_VALID)
                .detail(format!("Its '{claim}' = {time} lies {by} ahead."))
                .claim(claim)
                .seen(format!("{claim} = {time}, {by} ahead"))
                .expected(format!("a time up to {latest}"))
                .fix("set the clocks of the issuer and of this server right");
            trace.fail(Rule::Nbf, draft.refuse(), None);
            return;
        }
        match claims.nbf {
            Some(nbf) => trace.pass(Rule::Nbf, format!("nbf = {nbf}"), None),
            None => trace.skip(Rule::Nbf, Some("no nbf".to_owned())),
        }
    }

    fn client(&self, claims: &Claims, trace: &mut Trace) {
        let named = self.named_client(claims);
        let allowed = &self.entry.allowed_clients;
        let seen = named.map(|(claim, client)| format!("{claim} = {}", quoted(client)));
        let expected = (!allowed.is_empty()).then(|| {
            let claims = self.entry.client_claim.claims().join(" or ");
            format!("{claims} is one of: {}", allowed.join(", "))
        });
        match named {
            None if allowed.is_empty() && claims.sub.is_none() => {
                trace.fail(Rule::ClientId, wording::nobody(), None);
            }
            _ if allowed.is_empty() => trace.skip(Rule::ClientId, seen),
            Some((_, client)) if allowed.iter().any(|one| one == client) => {
                trace.pass(Rule::ClientId, seen.unwrap_or_default(), expected);
            }
            Some((claim, client)) => {
                trace.fail(
                    Rule::ClientId,
                    wording::other_client(claim, client),
                    expected,
                );
            }
            None => trace.fail(
                Rule::ClientId,
                wording::client_elsewhere(self, claims),
                expected,
            ),
        }
    }

    fn aud(&self, claims: &Claims, trace: &mut Trace) {
        let seen = claims.aud.as_ref().map(|aud| wording::list("aud", aud));
        if self.entry.allowed_audience.is_empty() {
            trace.skip(Rule::Aud, seen);
            return;
        }
        let accepted: Vec<&str> = self.accepted().collect();
        let expected = Some(format!("aud names one of: {}", accepted.join(", ")));
        if claims.aud.iter().flatten().any(|aud| self.accepts(aud)) {
            trace.pass(Rule::Aud, seen.unwrap_or_default(), expected);
        } else {
            trace.fail(Rule::Aud, wording::other_audience(self, claims), expected);
        }
    }

    /// The value of `aud` that is accepted only because it is an address of
    /// the runtime; `None` when the entry itself accepts one, or has no rule.
    pub(crate) fn address_in_audience<'c>(&self, claims: &'c Claims) -> Option<&'c str> {
        let allowed = &self.entry.allowed_audience;
        let values = claims.aud.as_deref().unwrap_or_default();
        if allowed.is_empty() || values.iter().any(|aud| allowed.contains(&aud.as_str())) {
            return None;
        }
        values
            .iter()
            .find(|aud| self.accepts(aud))
            .map(String::as_str)
    }

    fn accepts(&self, aud: &str) -> bool {
        self.accepted().any(|one| one == aud)
    }

    /// The entry's audiences, and the runtime's addresses for tokens of our own.
    pub(crate) fn accepted(&self) -> impl Iterator<Item = &str> {
        let addresses = if self.is_own() { self.audiences } else { &[] };
        let allowed = self.entry.allowed_audience.iter().copied();
        allowed.chain(addresses.iter().map(String::as_str))
    }

    fn scope(&self, claims: &Claims, trace: &mut Trace) {
        let allowed = &self.entry.allowed_scopes;
        let seen = if claims.scopes.is_empty() {
            "no scope".to_owned()
        } else {
            wording::list("scope", &claims.scopes)
        };
        if allowed.is_empty() {
            trace.skip(Rule::Scope, Some(seen));
            return;
        }
        let wanted = allowed.join(" ");
        let expected = format!("one of the scopes: {wanted}");
        if claims.scopes.iter().any(|scope| allowed.contains(scope)) {
            trace.pass(Rule::Scope, seen, Some(expected));
            return;
        }
        let draft = Draft::new(Reason::InsufficientScope, wording::SCOPE)
            .detail(format!("The token carries {seen}."))
            .claim("scope")
            .seen(seen)
            .expected(expected)
            .fix(format!(
                "ask the issuer for a token with one of the scopes {wanted}"
            ))
            .scope(wanted);
        trace.fail(Rule::Scope, draft.refuse(), None);
    }
}

/// Refuses what is signed by the right issuer but is no access token
/// (RFC 8725 section 3.11, RFC 9068 section 4).
fn typ(header: &Header, claims: &Claims, trace: &mut Trace) {
    let typ = header.typ.as_deref().unwrap_or_default();
    let lower = typ.to_ascii_lowercase();
    let short = lower.strip_prefix("application/").unwrap_or(&lower);
    let kind = match claims.token_use.as_deref() {
        Some("access") | None => None,
        Some(other) => Some(format!("token_use = {}", quoted(other))),
    };
    if claims.bound {
        trace.fail(Rule::Typ, wording::bound_to_a_key(), None);
        return;
    }
    let wrong = match (short, claims.id_token_claim) {
        _ if kind.is_some() => kind,
        ("at+jwt", _) => None,
        ("" | "jwt", None) => None,
        ("" | "jwt", Some(claim)) => Some(format!("'{claim}', which only ID tokens have")),
        _ => Some(format!("typ = {}", quoted(typ))),
    };
    match wrong {
        None if typ.is_empty() => trace.pass(Rule::Typ, "no typ".to_owned(), None),
        None => trace.pass(Rule::Typ, format!("typ = {typ}"), None),
        Some(seen) => {
            let draft = Draft::new(Reason::TokenType, wording::NOT_AN_ACCESS_TOKEN)
                .detail(format!("It carries {seen}."))
                .claim("typ")
                .seen(seen)
                .expected("an access token: typ at+jwt, JWT or none")
                .fix("send the access token of the same answer, not the ID token");
            trace.fail(Rule::Typ, draft.refuse(), None);
        }
    }
}

/// Whether the preset is one under which `azp` names nobody.
pub(crate) fn ignores_azp(preset: ClientClaim) -> bool {
    !preset.claims().contains(&"azp")
}
