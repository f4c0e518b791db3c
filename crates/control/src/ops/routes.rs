//! Publishing what the data plane needs to know.

use std::collections::HashMap;
use std::sync::Arc;

use shukuba_model::wire::AuthorizerSettings;
use shukuba_model::{ApiIdentifier, Authorizer, Entry, LoginEntry, Route, RouteTable, RuntimeName};
use shukuba_store::{RuntimeFilter, RuntimeRecord, StoredRuntime};

use crate::{Control, ControlError};

impl Control {
    /// Reads every runtime and publishes the route table; requests under way
    /// keep the table they began with.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub(crate) async fn publish_routes(&self) -> Result<(), ControlError> {
        let mut routes = Vec::new();
        for stored in self
            .parts()
            .store
            .stored_runtimes(&RuntimeFilter::default())
            .await?
        {
            routes.push(self.route_of(stored).await?);
        }
        self.parts().routes.publish(RouteTable::new(routes));
        Ok(())
    }

    async fn route_of(&self, stored: StoredRuntime) -> Result<Route, ControlError> {
        let record = stored.runtime;
        let published = self.parts().routes.load_full();
        let traffic = published.by_id(record.id.as_str());
        let traffic = traffic.map_or_else(Arc::default, |route| Arc::clone(&route.traffic));
        let versions = stored.versions.into_iter();
        let versions: HashMap<u32, _> = versions
            .map(|stored| (stored.version.number, Arc::new(stored.version)))
            .collect();
        let endpoints = stored
            .endpoints
            .into_iter()
            .filter_map(|(name, number)| {
                versions
                    .get(&number)
                    .map(|version| (name, Arc::clone(version)))
            })
            .collect();
        let login = self.login_of(&record).await?;
        let authorization_server = match login {
            // People log in here, whichever provider knows the applications.
            Some(_) => self.parts().public_url.clone(),
            None => record.authorization_server,
        };
        let authorizer = Authorizer {
            entries: vec![configured(&record.authorizer)],
            login,
        };
        Ok(Route {
            addresses: Route::addresses_at(&self.parts().public_url, &record.name, &record.arn),
            name: record.name,
            arn: record.arn,
            created_at: record.created_at,
            authorizer: Arc::new(authorizer),
            authorization_server,
            endpoints,
            lifecycle: record.lifecycle,
            traffic,
        })
    }

    /// The entry for people, where the runtime has one.
    async fn login_of(&self, record: &RuntimeRecord) -> Result<Option<LoginEntry>, ControlError> {
        if !record.login {
            return Ok(None);
        }
        let RuntimeRecord {
            name,
            authorizer,
            authorization_server,
            ..
        } = record;
        Ok(Some(LoginEntry {
            allow: record.login_allow.clone(),
            api: self
                .login_api(name, authorizer, authorization_server)
                .await?,
        }))
    }

    /// The API whose tokens people get for a runtime: the one its configured
    /// entry names, where that is our issuer's and registered, so that people
    /// and applications share it; else the runtime's own.
    pub(super) async fn login_api(
        &self,
        name: &RuntimeName,
        authorizer: &AuthorizerSettings,
        issuer: &str,
    ) -> Result<ApiIdentifier, ControlError> {
        if issuer == self.parts().public_url {
            for audience in &authorizer.allowed_audience {
                if let Ok(identifier) = audience.parse()
                    && self.find_api(&identifier).await?.is_some()
                {
                    return Ok(identifier);
                }
            }
        }
        self.own_api(name)
    }

    /// The identifier of a runtime's own API: its canonical address.
    pub(super) fn own_api(&self, name: &RuntimeName) -> Result<ApiIdentifier, ControlError> {
        format!("{}/mcp/{name}", self.parts().public_url)
            .parse()
            .map_err(ControlError::internal)
    }
}

/// The configured rules as the data plane reads them.
fn configured(settings: &AuthorizerSettings) -> Entry {
    Entry {
        name: Entry::CONFIGURED.to_owned(),
        discovery_url: settings.discovery_url.clone(),
        allowed_audience: settings.allowed_audience.clone(),
        allowed_clients: settings.allowed_clients.clone(),
        allowed_scopes: settings.allowed_scopes.clone(),
        client_claim: settings.client_claim,
    }
}
