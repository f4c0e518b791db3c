//! The embedded authorization server: discovery, keys, token endpoint, token profiles.
//!
//! Read `token::endpoint` first: a call per phase of a token request. Then
//! `authorize::dispatch`: what happens next to a person who was sent here.

mod authorize;
mod clients;
mod discovery;
mod grants;
mod keys;
mod oauth_error;
mod pages;
mod people;
mod resources;
mod respond;
mod settings;
mod token;
mod tokens;

use std::sync::Arc;

use axum::Router;
use axum::routing::MethodRouter;
use shukuba_model::jose::OwnIssuer;
use shukuba_model::wire::TokenIssued;
use shukuba_model::{ApiIdentifier, Clock, Snapshot};
use shukuba_store::{Application, AuditEvent, AuditLog, Store, StoreError};

pub use keys::{KeyChangeError, KeyFacts};
pub use shukuba_store::KeyState;

use discovery::Documents;
use grants::target::{self, Asked, TargetError};
use keys::KeyRing;
use people::password::Passwords;
use people::throttle::LoginThrottle;
use token::attempts::WrongSecrets;

pub use clients::document::{ClientIdUrl, ClientIdUrlError, DocumentError, MetadataDocument};
pub use people::{NewPerson, PeopleError};
pub use resources::{Resources, RuntimeFacts, SharedResources};
pub use settings::{IssuerSettings, Lifetimes, RegistrationPolicy};

/// The authorization server. Clones share it.
#[derive(Clone)]
pub struct Issuer(Arc<Inner>);

struct Inner {
    settings: IssuerSettings,
    store: Store,
    clock: Clock,
    keys: Snapshot<KeyRing>,
    /// Held while the keys are changed, so that one change follows another.
    changing_keys: tokio::sync::Mutex<()>,
    own: Snapshot<OwnIssuer>,
    documents: Snapshot<Documents>,
    wrong_secrets: WrongSecrets,
    audit: AuditLog,
    passwords: Passwords,
    login_throttle: LoginThrottle,
}

/// Why the issuer does not start.
#[derive(Debug, thiserror::Error)]
pub enum IssuerError {
    /// The issuer identifier is not an origin.
    #[error(
        "the issuer identifier '{issuer}' is not usable: give an http or https address without slash, query or fragment at its end"
    )]
    Identifier {
        /// The refused text.
        issuer: String,
    },
    /// The signing keys cannot be read or kept.
    #[error("the signing keys cannot be read or kept: {0}")]
    Store(#[from] StoreError),
    /// A signing key cannot be made or used.
    #[error("the {algorithm} signing key cannot be {action}: {reason}")]
    Key {
        /// The JOSE name of the algorithm.
        algorithm: &'static str,
        /// `made` or `read`.
        action: &'static str,
        /// The cause.
        reason: String,
    },
}

/// Why an application got no token.
#[derive(Debug, thiserror::Error)]
pub enum MintError {
    /// The application may not get a token for the API, or there is none.
    #[error("{reason}")]
    Target {
        /// What was asked, why it was refused and what to do, in one paragraph.
        reason: String,
    },
    /// The database failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The key did not sign.
    #[error("the {algorithm} key did not sign the token")]
    Signing {
        /// The JOSE name of the algorithm.
        algorithm: &'static str,
    },
}

impl Issuer {
    /// Reads the signing keys, making those that are missing, and publishes them.
    ///
    /// # Errors
    /// When the identifier is not an origin or the keys cannot be had.
    pub async fn open(
        settings: IssuerSettings,
        store: Store,
        clock: Clock,
    ) -> Result<Self, IssuerError> {
        check_identifier(&settings.issuer)?;
        let keys = KeyRing::open(&store, clock.now()).await?;
        let own = OwnIssuer {
            issuer: settings.issuer.clone(),
            discovery_urls: discovery::addresses(&settings.issuer),
            keys: keys.published(),
            ..OwnIssuer::default()
        };
        Ok(Self(Arc::new(Inner {
            documents: Snapshot::new(Documents::new(&own)),
            own: Snapshot::new(own),
            wrong_secrets: WrongSecrets::new(clock.clone()),
            audit: AuditLog::start(store.clone(), clock.clone()),
            passwords: Passwords::new(),
            login_throttle: LoginThrottle::new(clock.clone()),
            settings,
            store,
            clock,
            keys: Snapshot::new(keys),
            changing_keys: tokio::sync::Mutex::new(()),
        })))
    }

    /// The issuer's addresses, to be merged into the server's router.
    pub fn router(&self) -> Router {
        let route = |router: Router<Self>, (path, methods): (&str, MethodRouter<Self>)| {
            router.route(path, methods)
        };
        discovery::routes()
            .into_iter()
            .chain(token::routes())
            .chain(authorize::routes())
            .chain(people::routes())
            .chain(pages::routes())
            .fold(Router::new(), route)
            .with_state(self.clone())
    }

    /// What the verifier in this process needs to judge our own tokens.
    pub fn own(&self) -> Snapshot<OwnIssuer> {
        self.0.own.clone()
    }

    /// Where events are recorded.
    pub fn audit_log(&self) -> &AuditLog {
        &self.0.audit
    }

    /// Records an event.
    pub(crate) async fn record(&self, event: AuditEvent) {
        self.0.audit.record(event).await;
    }

    /// Mints an access token for an application without its secret, for the
    /// operator; for its default API when none is named.
    ///
    /// # Errors
    /// [`MintError::Target`] when the application may not get a token for that API.
    pub async fn mint_for_application(
        &self,
        application: &Application,
        api: Option<&ApiIdentifier>,
    ) -> Result<TokenIssued, MintError> {
        let asked = Asked {
            audience: api.map(ApiIdentifier::as_str),
            resource: None,
        };
        self.issue(application, asked).await
    }

    /// Finds what the token is for and mints it.
    async fn issue(
        &self,
        application: &Application,
        asked: Asked<'_>,
    ) -> Result<TokenIssued, MintError> {
        let Inner {
            settings,
            store,
            clock,
            keys,
            ..
        } = &*self.0;
        let target = target::choose(store, settings.resources.as_ref(), application, asked)
            .await
            .map_err(|error| match error {
                TargetError::Refused(reason) => MintError::Target { reason },
                TargetError::Store(error) => MintError::Store(error),
            })?;
        let issued = tokens::mint::for_application(
            &keys.load(),
            &settings.issuer,
            &application.client_id,
            &target,
            clock.now(),
        )?;
        tracing::info!(
            client_id = %application.client_id,
            api = %target.api.identifier,
            expires_in = issued.expires_in,
            "access token issued"
        );
        Ok(issued)
    }
}

impl std::fmt::Debug for Issuer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Issuer")
            .field("issuer", &self.0.settings.issuer)
            .finish_non_exhaustive()
    }
}

fn check_identifier(issuer: &str) -> Result<(), IssuerError> {
    let usable = issuer
        .parse::<http::Uri>()
        .is_ok_and(|uri| matches!(uri.scheme_str(), Some("http" | "https")))
        && !issuer.ends_with('/')
        && !issuer.contains(['?', '#', '@']);
    if usable {
        Ok(())
    } else {
        Err(IssuerError::Identifier {
            issuer: issuer.to_owned(),
        })
    }
}
