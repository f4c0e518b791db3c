//! The audit log: who did what, when, from where, and what came of it. Rows
//! are only ever added, and each is chained to the one before it by a keyed
//! hash. No secret, code or token is ever in one.

mod chain;
mod filter;
mod log;
#[cfg(test)]
mod plan;

use serde::Serialize;
use sqlx::Row as _;

use crate::database::{Engine, Row};
use crate::{Store, StoreError};

pub use filter::AuditFilter;
use filter::Place;
pub use log::AuditLog;

/// An event to be recorded.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AuditEvent {
    /// What happened: a closed, countable word such as `login` or `token.issued`.
    pub event: &'static str,
    /// What came of it: `ok`, or a countable word for why not.
    pub outcome: &'static str,
    /// Who did it: a user id, `operator`, `server`, or empty for a stranger.
    pub actor: String,
    /// The client it was done with; empty where none took part. Only ids that
    /// are known: a stranger's text may be a secret in the wrong field.
    pub client_id: String,
    /// What it was done to: an API, a grant, a key, a user.
    pub subject: String,
    /// The address it came from; empty for the server itself.
    pub address: String,
    /// What else is worth knowing, in words.
    pub detail: String,
}

/// A recorded event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AuditEntry {
    /// Its number, without gaps.
    pub seq: i64,
    /// When it was recorded, seconds since 1970.
    pub at: i64,
    /// As in [`AuditEvent::event`].
    pub event: String,
    /// As in [`AuditEvent::outcome`].
    pub outcome: String,
    /// As in [`AuditEvent::actor`].
    pub actor: String,
    /// As in [`AuditEvent::client_id`].
    pub client_id: String,
    /// As in [`AuditEvent::subject`].
    pub subject: String,
    /// As in [`AuditEvent::address`].
    pub address: String,
    /// As in [`AuditEvent::detail`].
    pub detail: String,
}

/// What came of checking the chain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AuditCheck {
    /// Every row is as it was written.
    Whole {
        /// How many rows there are.
        entries: u64,
        /// The last row's hash in hex: written down elsewhere, it shows later
        /// that nothing was cut off the end.
        head: String,
    },
    /// A row was changed, moved or removed.
    Broken {
        /// The first row that does not fit.
        seq: i64,
    },
}

impl Store {
    /// Adds events in their order, together, as recorded at `now`.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn append_audit(&self, events: &[AuditEvent], now: i64) -> Result<(), StoreError> {
        let mut transaction = self.database.begin().await?;
        let last = sqlx::query("SELECT seq, hash FROM audit ORDER BY seq DESC LIMIT 1")
            .fetch_optional(&mut *transaction)
            .await?;
        let (mut seq, mut previous): (i64, Vec<u8>) = match last {
            Some(row) => (row.try_get("seq")?, row.try_get("hash")?),
            None => (0, Vec::new()),
        };
        for event in events {
            seq += 1;
            let entry = AuditEntry {
                seq,
                at: now,
                event: event.event.to_owned(),
                outcome: event.outcome.to_owned(),
                actor: event.actor.clone(),
                client_id: event.client_id.clone(),
                subject: event.subject.clone(),
                address: event.address.clone(),
                detail: event.detail.clone(),
            };
            let hash = chain::link(&self.derivation_key, &previous, &entry);
            insert(&mut transaction, &entry, &previous, &hash).await?;
            previous = hash;
        }
        transaction.commit().await?;
        Ok(())
    }

    /// Entries, the newest first.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn audit(&self, filter: &AuditFilter) -> Result<Vec<AuditEntry>, StoreError> {
        let page = match filter.before {
            Some(before) if filter.is_filtered() => match self.place_before(before).await? {
                Some(place) => Some(place),
                None => return Ok(Vec::new()),
            },
            _ => None,
        };
        let mut query = filter.query(page);
        let rows = query.build().fetch_all(self.database.reader()).await?;
        rows.iter().map(from_row).collect()
    }

    /// Where the page after the entry of that number begins: of the number, or of
    /// the nearest one below it. `None` where there is none.
    async fn place_before(&self, before: i64) -> Result<Option<Place>, StoreError> {
        let nearest = "SELECT at, seq FROM audit WHERE seq <= $1 ORDER BY seq DESC LIMIT 1";
        let row = sqlx::query(nearest)
            .bind(before)
            .fetch_optional(self.database.reader())
            .await?;
        let place = row.map(|row| -> Result<Place, StoreError> {
            let (at, seq): Place = (row.try_get("at")?, row.try_get("seq")?);
            // An entry that is not the one asked after belongs to the page.
            Ok((at, before.min(seq.saturating_add(1))))
        });
        place.transpose()
    }

    /// Checks every row against the chain.
    ///
    /// # Errors
    /// [`StoreError::Database`].
    pub async fn check_audit(&self) -> Result<AuditCheck, StoreError> {
        const PAGE: i64 = 1000;
        // Nothing is ever cut off the beginning.
        let mut expected: (i64, Vec<u8>) = (1, Vec::new());
        let mut entries = 0;
        let mut after = 0;
        loop {
            let rows = sqlx::query("SELECT * FROM audit WHERE seq > $1 ORDER BY seq LIMIT $2")
                .bind(after)
                .bind(PAGE)
                .fetch_all(self.database.reader())
                .await?;
            for row in &rows {
                let entry = from_row(row)?;
                let previous: Vec<u8> = row.try_get("previous")?;
                let kept: Vec<u8> = row.try_get("hash")?;
                let follows = expected == (entry.seq, previous.clone());
                let hash = chain::link(&self.derivation_key, &previous, &entry);
                if !follows || hash != kept {
                    return Ok(AuditCheck::Broken { seq: entry.seq });
                }
                entries += 1;
                after = entry.seq;
                expected = (entry.seq + 1, hash);
            }
            if rows.is_empty() {
                return Ok(AuditCheck::Whole {
                    entries,
                    head: chain::hex(&expected.1),
                });
            }
        }
    }
}

async fn insert(
    transaction: &mut sqlx::Transaction<'_, Engine>,
    entry: &AuditEntry,
    previous: &[u8],
    hash: &[u8],
) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO audit (seq, at, event, outcome, actor, client_id, subject, address,
            detail, previous, hash)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
    )
    .bind(entry.seq)
    .bind(entry.at)
    .bind(&entry.event)
    .bind(&entry.outcome)
    .bind(&entry.actor)
    .bind(&entry.client_id)
    .bind(&entry.subject)
    .bind(&entry.address)
    .bind(&entry.detail)
    .bind(previous)
    .bind(hash)
    .execute(&mut **transaction)
    .await?;
    Ok(())
}

fn from_row(row: &Row) -> Result<AuditEntry, StoreError> {
    Ok(AuditEntry {
        seq: row.try_get("seq")?,
        at: row.try_get("at")?,
        event: row.try_get("event")?,
        outcome: row.try_get("outcome")?,
        actor: row.try_get("actor")?,
        client_id: row.try_get("client_id")?,
        subject: row.try_get("subject")?,
        address: row.try_get("address")?,
        detail: row.try_get("detail")?,
    })
}
