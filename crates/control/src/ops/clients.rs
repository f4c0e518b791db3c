//! Clients whatever way they came: registered by the operator or by themselves,
//! or a metadata document.

use shukuba_model::wire::{
    ApplicationView, AuthorizerSettings, DocumentImport, DocumentImported, DocumentView,
    ListedSource, SecretView,
};
use shukuba_model::{ApiIdentifier, ApplicationKind, Client, ClientSource};
use shukuba_store::{ClientDocument, ClientFilter, ClientSecretFacts};

use crate::{Control, ControlError};

/// A page of applications.
pub(crate) struct ClientPage<'a> {
    /// Which ones.
    pub(crate) source: ListedSource,
    /// Only those that hold this text: in name or client id; documents in their
    /// address.
    pub(crate) search: Option<&'a str>,
    /// Only those after the client of that id.
    pub(crate) after: Option<&'a str>,
    /// How many at most.
    pub(crate) limit: u32,
}

impl Control {
    /// Applications, without what is told of secrets: those with a row of their
    /// own, the oldest first, then those that are documents, by address.
    ///
    /// # Errors
    /// When the application to go on after is gone.
    pub(crate) async fn applications(
        &self,
        page: &ClientPage<'_>,
    ) -> Result<Vec<ApplicationView>, ControlError> {
        let store = &self.parts().store;
        let source = match page.source {
            ListedSource::Registered => Some(ClientSource::Registered),
            ListedSource::Dynamic => Some(ClientSource::Dynamic),
            ListedSource::Document => Some(ClientSource::Document),
            ListedSource::All => None,
        };
        // Only the id of a document is an address.
        let among_documents = page.after.filter(|id| id.starts_with("https://"));
        let mut views = Vec::new();
        if source != Some(ClientSource::Document) && among_documents.is_none() {
            let filter = ClientFilter {
                source,
                search: page.search,
                after: page.after,
                limit: page.limit,
            };
            views.extend(store.clients(&filter).await?.into_iter().map(view));
        }
        if matches!(source, None | Some(ClientSource::Document)) {
            let taken = u32::try_from(views.len()).unwrap_or(u32::MAX);
            let left = page.limit.saturating_sub(taken);
            let documents = store.client_documents(among_documents, page.search, left);
            let documents = documents.await?;
            views.extend(documents.iter().map(|kept| self.document_view(kept)));
        }
        Ok(views)
    }

    /// Applications that were given an API, oldest first, at most `limit`,
    /// without what is told of secrets.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub(crate) async fn applications_of(
        &self,
        api: &ApiIdentifier,
        limit: u32,
    ) -> Result<Vec<ApplicationView>, ControlError> {
        let clients = self.parts().store.clients_of_api(api, limit).await?;
        Ok(clients.into_iter().map(view).collect())
    }

    /// Applications among which those are that the configured entry of a runtime
    /// lets in, as far as there are many: those it names, else those of the APIs
    /// it names, else the oldest.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub(crate) async fn applications_near(
        &self,
        rules: &AuthorizerSettings,
    ) -> Result<Vec<ApplicationView>, ControlError> {
        const MOST: u32 = 200;
        const CLIENTS: usize = 50;
        const APIS: usize = 5;
        let store = &self.parts().store;
        let mut found = Vec::new();
        for id in rules.allowed_clients.iter().take(CLIENTS) {
            found.extend(store.client(id).await?.map(view));
        }
        if !rules.allowed_clients.is_empty() {
            return Ok(found);
        }
        for name in rules.allowed_audience.iter().take(APIS) {
            if let Ok(api) = name.parse() {
                found.extend(self.applications_of(&api, MOST).await?);
            }
        }
        if !rules.allowed_audience.is_empty() {
            return Ok(found);
        }
        let oldest = ClientPage {
            source: ListedSource::Registered,
            search: None,
            after: None,
            limit: MOST,
        };
        self.applications(&oldest).await
    }

    /// One application: by client id, or by the name that the operator gave it.
    ///
    /// # Errors
    /// When there is no such application.
    pub(crate) async fn application(&self, which: &str) -> Result<ApplicationView, ControlError> {
        let store = &self.parts().store;
        // An id before a name: no name that somebody chose stands in its way.
        let mut client = store.client(which).await?;
        if client.is_none() {
            if let Some(kept) = store.client_document(which).await? {
                return Ok(self.document_view(&kept));
            }
            client = store.registered_client(which).await?;
        }
        let Some(client) = client else {
            return Err(ControlError::NotFound(format!(
                "there is no application '{which}': `shukuba app list --source all` names them; one that the operator did not register goes by its client id"
            )));
        };
        let secrets = store.client_secrets(&client.id).await?;
        Ok(ApplicationView {
            secrets: secrets.into_iter().map(secret_view).collect(),
            ..view(client)
        })
    }

    /// Removes an application; what people granted it and its tokens are dead
    /// at once.
    ///
    /// # Errors
    /// When there is no such application.
    pub(crate) async fn delete_application(&self, which: &str) -> Result<(), ControlError> {
        let application = self.application(which).await?;
        let id = application.client_id;
        self.parts().authority.delete_client(id.clone()).await?;
        let detail = match application.source {
            ClientSource::Registered => application.name,
            source => format!("{} ({})", application.name, source.as_str()),
        };
        self.record("application.deleted", id.as_str(), &detail)
            .await;
        Ok(())
    }

    /// Keeps the metadata document of a client whose host this server cannot
    /// reach; it is judged as a fetched one.
    ///
    /// # Errors
    /// When the document breaks a rule.
    pub(crate) async fn import_document(
        &self,
        import: DocumentImport,
    ) -> Result<DocumentImported, ControlError> {
        let DocumentImport {
            client_id,
            document,
        } = import;
        let authority = &self.parts().authority;
        let imported = authority.import_document(client_id, document).await?;
        let client = imported.client;
        self.record("application.imported", client.id.as_str(), &client.name)
            .await;
        Ok(DocumentImported {
            application: ApplicationView {
                document: Some(DocumentView {
                    imported: true,
                    fresh_until: None,
                    problem: None,
                }),
                ..view(client)
            },
            notes: imported.notes,
        })
    }

    fn document_view(&self, kept: &ClientDocument) -> ApplicationView {
        let read = self.parts().authority.client_of(kept);
        let document = DocumentView {
            imported: kept.imported,
            fresh_until: (!kept.imported).then_some(kept.fresh_until),
            problem: read.as_ref().err().cloned(),
        };
        let shown = read.map_or_else(|_| unreadable(kept), view);
        ApplicationView {
            document: Some(document),
            ..shown
        }
    }
}

/// What is known of a client whose document cannot be read: people log in with
/// every client that is one.
fn unreadable(kept: &ClientDocument) -> ApplicationView {
    ApplicationView {
        name: kept.client_id.to_string(),
        client_id: kept.client_id.clone(),
        source: ClientSource::Document,
        kind: ApplicationKind::Connector,
        auth_method: None,
        apis: Vec::new(),
        redirect_uris: Vec::new(),
        created_at: kept.fetched_at,
        last_used_at: kept.last_used_at,
        secrets: Vec::new(),
        document: None,
    }
}

pub(super) fn view(client: Client) -> ApplicationView {
    ApplicationView {
        name: client.name,
        client_id: client.id,
        source: client.source,
        kind: client.kind,
        auth_method: Some(client.auth_method),
        apis: client.apis.into_iter().map(|api| api.identifier).collect(),
        redirect_uris: client.redirect_uris,
        created_at: client.created_at,
        last_used_at: client.last_used_at,
        secrets: Vec::new(),
        document: None,
    }
}

pub(super) fn secret_view(secret: ClientSecretFacts) -> SecretView {
    SecretView {
        id: secret.id,
        created_at: secret.created_at,
        last_used_at: secret.last_used_at,
    }
}
