//! What a change of rules means to those who call: whom it shuts out, and whom it
//! lets in besides.

#[cfg(test)]
mod tests;

use std::collections::HashSet;

use shukuba_model::LoginAllow;

/// How many names of a kind are told.
const MOST_NAMES: usize = 20;

/// Who may call a runtime, as its door judges it.
#[derive(Debug, Clone)]
pub(super) struct Door<'a> {
    /// Whose tokens the configured entry takes.
    pub(super) issuer: Issuer<'a>,
    /// The clients it lets in; any where none is named. So for the other lists.
    pub(super) clients: &'a [String],
    /// The claims that may name the client.
    pub(super) claims: &'static [&'static str],
    /// The audiences it lets in.
    pub(super) audiences: &'a [String],
    /// The scopes of which a token carries one.
    pub(super) scopes: &'a [String],
    /// The entry for people, where there is one.
    pub(super) people: Option<People<'a>>,
    /// The runtime's addresses, which a token of our own issuer may always be for.
    pub(super) addresses: &'a [String],
}

/// Whose tokens a configured entry takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Issuer<'a> {
    /// Our own, of whose tokens it takes those of applications.
    Own,
    /// Another.
    Other(&'a str),
}

/// The entry for people.
#[derive(Debug, Clone)]
pub(super) struct People<'a> {
    /// Who may log in.
    pub(super) allow: &'a LoginAllow,
    /// The API that their tokens are for.
    pub(super) api: String,
}

/// What a change means.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Effect {
    /// Who is let in no longer.
    pub(crate) shut_out: Vec<Callers>,
    /// Who is let in now and was not before, where all other rules hold.
    pub(crate) let_in: Vec<Callers>,
}

impl Effect {
    pub(super) fn of(before: &Door<'_>, after: &Door<'_>) -> Self {
        Self {
            shut_out: before.beyond(after),
            let_in: after.beyond(before),
        }
    }
}

/// Callers that one set of rules lets in and another does not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Callers {
    /// Whoever has a token of this issuer.
    Issuer(String),
    /// Applications with a token of our own issuer.
    Applications,
    /// These clients.
    Clients(Names),
    /// All clients but those that the narrower rules name.
    OtherClients,
    /// Clients that only one of these claims names.
    ClientsNamedBy(Names),
    /// Whoever has a token of which no other audience fits than these.
    Audiences(Names),
    /// Whoever has a token for another audience than the narrower rules name.
    OtherAudiences,
    /// Whoever has a token of which no other scope fits than these.
    Scopes(Names),
    /// Whoever has a token without a scope that the narrower rules name.
    OtherScopes,
    /// These people.
    People(Names),
    /// All people but those that the narrower rules name.
    OtherPeople,
    /// Everybody with an account.
    Everybody,
    /// People whose token is for this API.
    PeopleAt(String),
}

/// Values of a rule: the first of them, and how many more there are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Names {
    pub(crate) told: Vec<String>,
    pub(crate) more: usize,
}

impl Names {
    /// Those of `these` that are not among `others`, each once; `None` where
    /// there are none.
    fn without<'a>(
        these: impl IntoIterator<Item = &'a str>,
        others: impl IntoIterator<Item = &'a str>,
    ) -> Option<Self> {
        let mut seen: HashSet<&str> = others.into_iter().collect();
        let only = these.into_iter().filter(|name| seen.insert(name));
        let mut names = Self {
            told: Vec::new(),
            more: 0,
        };
        for name in only {
            if names.told.len() < MOST_NAMES {
                names.told.push(name.to_owned());
            } else {
                names.more += 1;
            }
        }
        (!names.told.is_empty()).then_some(names)
    }
}

/// What one list of a rule lets in and another does not.
enum Beyond {
    These(Names),
    /// All but what the other list names.
    Others,
}

impl Beyond {
    /// An empty list lets in everything; `always` is let in by any other.
    fn of(list: &[String], other: &[String], always: &[String]) -> Option<Self> {
        if other.is_empty() {
            None
        } else if list.is_empty() {
            Some(Self::Others)
        } else {
            let names = list.iter().map(String::as_str);
            let others = other.iter().chain(always).map(String::as_str);
            Names::without(names, others).map(Self::These)
        }
    }

    fn callers(self, these: fn(Names) -> Callers, others: Callers) -> Callers {
        match self {
            Self::These(names) => these(names),
            Self::Others => others,
        }
    }
}

impl Door<'_> {
    /// Whom these rules let in, and `other` does not.
    fn beyond(&self, other: &Self) -> Vec<Callers> {
        let mut callers = match self.issuer {
            same if same == other.issuer => self.of_issuer_beyond(other),
            Issuer::Own => vec![Callers::Applications],
            Issuer::Other(issuer) => vec![Callers::Issuer(issuer.to_owned())],
        };
        callers.extend(self.people_beyond(other));
        callers
    }

    fn of_issuer_beyond(&self, other: &Self) -> Vec<Callers> {
        let addresses = match self.issuer {
            Issuer::Own => self.addresses,
            Issuer::Other(_) => &[],
        };
        let clients = Beyond::of(self.clients, other.clients, &[]);
        let audiences = Beyond::of(self.audiences, other.audiences, addresses);
        let scopes = Beyond::of(self.scopes, other.scopes, &[]);
        let claims = Names::without(self.claims.iter().copied(), other.claims.iter().copied())
            // Where any client is let in, none need be named.
            .filter(|_| !other.clients.is_empty());
        [
            clients.map(|some| some.callers(Callers::Clients, Callers::OtherClients)),
            claims.map(Callers::ClientsNamedBy),
            audiences.map(|some| some.callers(Callers::Audiences, Callers::OtherAudiences)),
            scopes.map(|some| some.callers(Callers::Scopes, Callers::OtherScopes)),
        ]
        .into_iter()
        .flatten()
        .collect()
    }

    fn people_beyond(&self, other: &Self) -> Vec<Callers> {
        let Some(own) = &self.people else {
            return Vec::new();
        };
        let users = own.allow.users();
        let Some(other) = &other.people else {
            let named = Names::without(users.iter().map(String::as_str), []);
            return vec![named.map_or(Callers::Everybody, Callers::People)];
        };
        let allowed = Beyond::of(users, other.allow.users(), &[]);
        let taken = own.api == other.api || self.addresses.contains(&own.api);
        allowed
            .map(|some| some.callers(Callers::People, Callers::OtherPeople))
            .into_iter()
            .chain((!taken).then(|| Callers::PeopleAt(own.api.clone())))
            .collect()
    }
}
