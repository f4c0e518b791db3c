//! Which APIs a client may get tokens for.

use shukuba_model::{ApiIdentifier, ClientApi, ClientId};
use sqlx::Transaction;

use crate::database::Engine;
use crate::{Store, StoreError, client_rows};

/// The APIs of a client before and after a change, the default first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClientApisChange {
    /// Those it had.
    pub before: Vec<ApiIdentifier>,
    /// Those it has now.
    pub after: Vec<ApiIdentifier>,
}

impl Store {
    /// Replaces the APIs of an operator's client by those that `decide` makes
    /// of the ones it has, the default first; what `decide` refuses changes
    /// nothing. Nobody else changes the client in between. An API that stays
    /// keeps the scopes that the client may have of it; of a new one it may
    /// have all.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when the operator registered no such client, or
    /// one of the APIs does not exist; what `decide` refuses.
    pub async fn change_client_apis<E: From<StoreError>>(
        &self,
        client_id: &ClientId,
        decide: impl FnOnce(&[ApiIdentifier]) -> Result<Vec<ApiIdentifier>, E> + Send,
    ) -> Result<ClientApisChange, E> {
        let mut transaction = self.database.begin().await?;
        let known = of_registered(&mut transaction, client_id).await?;
        let before: Vec<ApiIdentifier> = known.iter().map(|api| api.identifier.clone()).collect();
        let after = decide(&before)?;
        if after != before {
            let wanted: Vec<ClientApi> = after.iter().map(|api| kept(&known, api)).collect();
            replace(&mut transaction, client_id, &wanted).await?;
        }
        transaction.commit().await.map_err(StoreError::from)?;
        Ok(ClientApisChange { before, after })
    }
}

/// The API as the client had it, else all of it.
fn kept(known: &[ClientApi], identifier: &ApiIdentifier) -> ClientApi {
    let mut known = known.iter();
    let before = known.find(|api| api.identifier == *identifier);
    ClientApi {
        identifier: identifier.clone(),
        scopes: before.and_then(|api| api.scopes.clone()),
    }
}

/// The APIs of an operator's client, the default first.
async fn of_registered(
    transaction: &mut Transaction<'_, Engine>,
    client_id: &ClientId,
) -> Result<Vec<ClientApi>, StoreError> {
    let rows = sqlx::query(
        "SELECT apis.identifier AS api, m.scopes AS api_scopes
         FROM clients c
         LEFT JOIN client_apis m ON m.client_id = c.client_id
         LEFT JOIN apis ON apis.id = m.api_id
         WHERE c.client_id = $1 AND c.source = 'registered' ORDER BY m.position",
    )
    .bind(client_id.as_str())
    .fetch_all(&mut **transaction)
    .await?;
    if rows.is_empty() {
        return Err(StoreError::not_found("application", client_id));
    }
    client_rows::apis(&rows, &format!("client '{client_id}'"))
}

async fn replace(
    transaction: &mut Transaction<'_, Engine>,
    client_id: &ClientId,
    wanted: &[ClientApi],
) -> Result<(), StoreError> {
    sqlx::query("DELETE FROM client_apis WHERE client_id = $1")
        .bind(client_id.as_str())
        .execute(&mut **transaction)
        .await?;
    link(transaction, client_id, wanted).await
}

/// Lists the APIs of a client that has none, the default first, each once.
pub(crate) async fn link(
    transaction: &mut Transaction<'_, Engine>,
    client_id: &ClientId,
    wanted: &[ClientApi],
) -> Result<(), StoreError> {
    for (position, api) in (0_i64..).zip(wanted) {
        let repeated = wanted
            .iter()
            .take_while(|earlier| !std::ptr::eq(*earlier, api))
            .any(|earlier| earlier.identifier == api.identifier);
        if repeated {
            continue;
        }
        let linked = sqlx::query(
            "INSERT INTO client_apis (client_id, api_id, position, scopes)
             SELECT $1, id, $3, $4 FROM apis WHERE identifier = $2",
        )
        .bind(client_id.as_str())
        .bind(api.identifier.as_str())
        .bind(position)
        .bind(api.scopes.as_ref().map(ToString::to_string))
        .execute(&mut **transaction)
        .await?;
        if linked.rows_affected() == 0 {
            return Err(StoreError::not_found("API", &api.identifier));
        }
    }
    Ok(())
}
