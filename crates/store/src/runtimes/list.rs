//! Runtimes with all that hangs on them, page by page.

use std::collections::{BTreeMap, HashMap};

use shukuba_model::{Qualifier, RuntimeId};
use sqlx::{QueryBuilder, Row as _};

use super::{RuntimeRecord, VersionRecord, endpoint_from_row, runtime_from_row, version_from_row};
use crate::client_list::holding;
use crate::database::{Engine, Row};
use crate::{Store, StoreError};

/// A runtime with all that hangs on it.
#[derive(Debug, Clone, PartialEq)]
pub struct StoredRuntime {
    /// The runtime.
    pub runtime: RuntimeRecord,
    /// Its versions, oldest first.
    pub versions: Vec<VersionRecord>,
    /// Which qualifier points to which version.
    pub endpoints: BTreeMap<Qualifier, u32>,
}

/// Which runtimes are listed; the default is all.
#[derive(Debug, Clone, Copy, Default)]
pub struct RuntimeFilter<'a> {
    /// Only those after this name, the last one of the page before.
    pub after: Option<&'a str>,
    /// Only those whose name holds this text; upper and lower case are one.
    pub search: Option<&'a str>,
    /// How many at most.
    pub limit: Option<u32>,
}

impl RuntimeFilter<'_> {
    /// Adds the statement that reads these columns of the page.
    fn push(&self, query: &mut QueryBuilder<Engine>, columns: &str) {
        query.push("SELECT ").push(columns);
        query.push(" FROM runtimes WHERE 1 = 1");
        if let Some(after) = self.after {
            query.push(" AND name > ").push_bind(after.to_owned());
        }
        if let Some(text) = self.search {
            query.push(" AND name LIKE ").push_bind(holding(text));
            query.push(" ESCAPE '\\'");
        }
        query.push(" ORDER BY name");
        if let Some(limit) = self.limit {
            query.push(" LIMIT ").push_bind(i64::from(limit));
        }
    }

    /// The statement that reads what hangs on the runtimes of the page.
    fn of_page(&self, select: &str, order: &str) -> QueryBuilder<Engine> {
        let mut query = QueryBuilder::new(select);
        query.push(" WHERE runtime_id IN (");
        self.push(&mut query, "id");
        query.push(")").push(order);
        query
    }
}

impl Store {
    /// Runtimes with their versions and endpoints, by name, in as many
    /// statements for many as for one.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`] or [`StoreError::Database`].
    pub async fn stored_runtimes(
        &self,
        filter: &RuntimeFilter<'_>,
    ) -> Result<Vec<StoredRuntime>, StoreError> {
        let reader = self.database.reader();
        let mut query = QueryBuilder::<Engine>::new("");
        filter.push(&mut query, "*");
        let runtimes = query.build().fetch_all(reader).await?;
        // Endpoints first: the version that one points to is then there.
        let mut endpoints: HashMap<RuntimeId, BTreeMap<Qualifier, u32>> = HashMap::new();
        let select = "SELECT runtime_id, qualifier, version FROM endpoints";
        let mut query = filter.of_page(select, "");
        for row in query.build().fetch_all(reader).await? {
            let id = owner(&row)?;
            let (qualifier, version) = endpoint_from_row(&row, &id)?;
            endpoints.entry(id).or_default().insert(qualifier, version);
        }
        let mut versions: HashMap<RuntimeId, Vec<VersionRecord>> = HashMap::new();
        let select = "SELECT runtime_id, number, digest, command, sessions, tools, start_ms, created_at FROM versions";
        let mut query = filter.of_page(select, " ORDER BY runtime_id, number");
        for row in query.build().fetch_all(reader).await? {
            let id = owner(&row)?;
            let version = version_from_row(&row, &id)?;
            versions.entry(id).or_default().push(version);
        }
        let with_both = |row: &Row| {
            let runtime = runtime_from_row(row)?;
            Ok(StoredRuntime {
                versions: versions.remove(&runtime.id).unwrap_or_default(),
                endpoints: endpoints.remove(&runtime.id).unwrap_or_default(),
                runtime,
            })
        };
        runtimes.iter().map(with_both).collect()
    }
}

/// Whose version or endpoint a row is.
fn owner(row: &Row) -> Result<RuntimeId, StoreError> {
    let id: String = row.try_get("runtime_id")?;
    id.parse()
        .map_err(|error| StoreError::corrupt(format!("runtime {id}"), error))
}
