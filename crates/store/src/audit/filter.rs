//! Which entries of the log are wanted, and the statement that finds them.

use sqlx::QueryBuilder;

use crate::database::Engine;

/// Which entries are wanted. Empty fields ask for all.
///
/// They come the newest first: all of the log in the order of their numbers, what
/// is filtered in the order of the time it was recorded, then of its number. The
/// two differ where the clock was set back.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AuditFilter {
    /// Only what comes after the entry of this number, for the next page.
    pub before: Option<i64>,
    /// Only what was recorded at this time or later, seconds since 1970.
    pub since: Option<i64>,
    /// Only what was recorded earlier than this, seconds since 1970.
    pub until: Option<i64>,
    /// Only this event.
    pub event: Option<String>,
    /// Only this actor.
    pub actor: Option<String>,
    /// Only what this one did, and what was done to them.
    pub person: Option<String>,
    /// Only this client.
    pub client_id: Option<String>,
    /// The most entries to give.
    pub limit: u32,
}

/// Where an entry stands among those that are filtered: its time and its number.
pub(super) type Place = (i64, i64);

impl AuditFilter {
    /// Whether anything is asked for besides a page.
    pub(super) fn is_filtered(&self) -> bool {
        let asked = [&self.event, &self.actor, &self.person, &self.client_id];
        asked.into_iter().any(Option::is_some) || self.since.is_some() || self.until.is_some()
    }

    /// The statement. Only what is asked stands in it, so that an index serves
    /// it; a person is looked for as who did and as whom it was done to, by an
    /// index each. `page` is where the page begins among what is filtered.
    pub(super) fn query(&self, page: Option<Place>) -> QueryBuilder<Engine> {
        let mut query = QueryBuilder::new("");
        match &self.person {
            None => self.push_page(&mut query, page, None),
            Some(person) => {
                query.push("SELECT * FROM (");
                self.push_page(&mut query, page, Some(("actor", person)));
                query.push(") UNION SELECT * FROM (");
                self.push_page(&mut query, page, Some(("subject", person)));
                query.push(")");
                self.push_order(&mut query);
            }
        }
        query
    }

    fn push_page(
        &self,
        query: &mut QueryBuilder<Engine>,
        page: Option<Place>,
        person: Option<(&str, &String)>,
    ) {
        query.push("SELECT * FROM audit WHERE 1 = 1");
        let asked = [
            person,
            self.actor.as_ref().map(|actor| ("actor", actor)),
            self.client_id.as_ref().map(|client| ("client_id", client)),
            self.event.as_ref().map(|event| ("event", event)),
        ];
        // The first one picks the index, and the others are judged in it: a `+`
        // keeps a column from being looked up.
        let mut plus = "";
        for (column, value) in asked.into_iter().flatten() {
            query.push(" AND ").push(plus).push(column).push(" = ");
            query.push_bind(value.clone());
            plus = "+";
        }
        if let Some(since) = self.since {
            query.push(" AND at >= ").push_bind(since);
        }
        // One bound, the lower: of two, the index would be read from either.
        let until = self.until.map(|until| (until, 0));
        match [page, until].into_iter().flatten().min() {
            Some((at, seq)) => {
                query.push(" AND (at, seq) < (").push_bind(at).push(", ");
                query.push_bind(seq).push(")");
            }
            None => {
                if let Some(before) = self.before {
                    query.push(" AND seq < ").push_bind(before);
                }
            }
        }
        self.push_order(query);
    }

    fn push_order(&self, query: &mut QueryBuilder<Engine>) {
        query.push(if self.is_filtered() {
            " ORDER BY at DESC, seq DESC LIMIT "
        } else {
            " ORDER BY seq DESC LIMIT "
        });
        query.push_bind(i64::from(self.limit));
    }
}
