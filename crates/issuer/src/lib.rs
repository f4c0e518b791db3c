//! The embedded authorization server: discovery, keys, token endpoint, token profiles.
//!
//! Read `token::endpoint` first: a call per phase of a token request. Then
//! `authorize::dispatch`: what happens next to a person who was sent here.

mod authorize;
mod clients;
mod device;
mod discovery;
#[cfg(feature = "fuzzing")]
pub mod fuzzing;
mod grants;
mod introspect;
mod journey;
mod keys;
mod limits;
mod oauth_error;
mod pages;
mod people;
mod reap;
mod resources;
mod respond;
mod revocations;
mod revoke;
mod settings;
mod strangers;
mod throttle;
mod token;
mod tokens;
mod userinfo;

use std::sync::Arc;

use axum::Router;
use axum::middleware::from_fn_with_state;
use axum::routing::MethodRouter;
use shukuba_model::jose::OwnIssuer;
use shukuba_model::wire::TokenIssued;
use shukuba_model::{
    ApiIdentifier, Client, Clock, Revocations, Scopes, Snapshot, TokenLifetime, TokenProfile,
    TokenSample,
};
use shukuba_store::{AuditEvent, AuditLog, Store, StoreError};

pub use keys::{KeyChangeError, KeyFacts};
pub use shukuba_store::KeyState;

use clients::Fetched;
use discovery::Documents;
use grants::target::{self, Asked, Target};
use keys::KeyRing;
use limits::Limits;
use people::password::Passwords;
use people::throttle::LoginThrottle;
use strangers::Strangers;
use token::attempts::WrongSecrets;
use tokens::mint::{self, AccessToken};
use tokens::profile::{self, Audience, Owner, TokenFacts};

pub use clients::document::{ClientIdUrl, ClientIdUrlError, DocumentError, MetadataDocument};
pub use clients::{ImportError, Imported, client_of};
pub use people::{LoginLink, NewPerson, PeopleError, VisitingPerson, Visitor};
pub use resources::{Resources, RuntimeFacts, SharedResources};
pub use revocations::BY_OPERATOR;
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
    device_requests: WrongSecrets,
    wrong_user_codes: WrongSecrets,
    /// Held while what is revoked is changed and published.
    revoking: tokio::sync::Mutex<()>,
    fetched: Fetched,
    limits: Limits,
    strangers: Strangers,
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
            revoked: Revocations::new(store.live_revocations(clock.now()).await?),
        };
        Ok(Self(Arc::new(Inner {
            documents: Snapshot::new(Documents::new(&own)),
            own: Snapshot::new(own),
            wrong_secrets: WrongSecrets::new(clock.clone()),
            audit: AuditLog::start(store.clone(), clock.clone()),
            passwords: Passwords::new(),
            login_throttle: LoginThrottle::new(clock.clone()),
            device_requests: WrongSecrets::allowing(device::MOST_PER_ADDRESS, clock.clone()),
            wrong_user_codes: WrongSecrets::allowing(device::MOST_WRONG_CODES, clock.clone()),
            revoking: tokio::sync::Mutex::new(()),
            fetched: Fetched::new(&settings, &clock),
            limits: Limits::new(&clock),
            strangers: Strangers::new(&clock),
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
            .chain(device::routes())
            .chain(revoke::routes())
            .chain(introspect::routes())
            .chain(userinfo::routes())
            .chain(clients::routes())
            .fold(Router::new(), route)
            .layer(from_fn_with_state(self.clone(), limits::hold))
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
        application: &Client,
        api: Option<&ApiIdentifier>,
    ) -> Result<TokenIssued, MintError> {
        let client = application;
        let asked = Asked {
            audience: api.map(ApiIdentifier::as_str),
            resource: None,
        };
        let Inner {
            settings, store, ..
        } = &*self.0;
        let target = target::choose(store, settings.resources.as_ref(), client, asked).await?;
        let scope = authorize::scope::available(client, &target.api);
        self.issue(client, &target, &scope)
    }

    /// What an application's token of an API would say. Client and id are
    /// words that say so.
    pub fn sample(
        &self,
        profile: TokenProfile,
        api: &ApiIdentifier,
        scope: &Scopes,
        lifetime: TokenLifetime,
    ) -> TokenSample {
        let now = self.0.clock.now();
        let facts = TokenFacts {
            issuer: &self.0.settings.issuer,
            client_id: "CLIENT_ID",
            owner: Owner::Application,
            audience: Audience::of(api.as_str(), None),
            scope,
            issued_at: now,
            expires_at: now.saturating_add_unsigned(lifetime.seconds()),
            token_id: "TOKEN_ID".to_owned(),
        };
        profile::sample(profile, facts)
    }

    /// Mints an access token that a client gets for itself.
    fn issue(
        &self,
        client: &Client,
        target: &Target,
        scope: &Scopes,
    ) -> Result<TokenIssued, MintError> {
        let Inner {
            settings,
            clock,
            keys,
            ..
        } = &*self.0;
        let wanted = AccessToken {
            issuer: &settings.issuer,
            client_id: &client.id,
            owner: Owner::Application,
            api: &target.api,
            address: target.address.as_deref(),
            scope,
        };
        let issued = mint::access_token(&keys.load(), wanted, clock.now())?;
        tracing::info!(
            client_id = %client.id,
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
