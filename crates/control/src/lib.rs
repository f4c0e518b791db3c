//! Operations on runtimes, APIs and applications, and their HTTP skin.
//!
//! `ops` holds what can be done; `api` is the administration API under
//! `/api/v1`, a skin that parses, calls one operation and writes its answer.
//! Every later skin calls the same operations.

mod api;
mod authority;
mod console;
mod door;
mod error;
mod ops;

use std::path::PathBuf;
use std::sync::Arc;

use shukuba_engine::Engine;
use shukuba_model::journey::Journeys;
use shukuba_model::setting::Setting;
use shukuba_model::{Clock, RouteTable, Snapshot, UserId};
use shukuba_store::{AuditLog, Store};
use shukuba_verify::Verifier;

pub use authority::{AuthorizationServer, ImportedDocument, LoginLink, Person, Visitor};
pub use door::FrontDoor;
pub use error::ControlError;

/// Who is recorded for what the operator's key was used for.
const OPERATOR: &str = "operator";

/// What the operations work with.
pub struct Parts {
    /// The database.
    pub store: Store,
    /// Judges tokens, for explanations; finds issuers, for launches.
    pub verifier: Arc<Verifier>,
    /// Builds versions and runs instances.
    pub engine: Engine,
    /// Where the route table is published.
    pub routes: Snapshot<RouteTable>,
    /// The server's own front door.
    pub door: Arc<dyn FrontDoor>,
    /// The authorization server.
    pub authority: Arc<dyn AuthorizationServer>,
    /// Where changes are recorded.
    pub audit: AuditLog,
    /// What clients did on their way in.
    pub journeys: Journeys,
    /// The time.
    pub clock: Clock,
    /// How clients may come to an id.
    pub ways_in: WaysIn,
    /// The public origin, without a trailing slash; also the issuer.
    pub public_url: String,
    /// How the server is set up, and who said so.
    pub settings: Vec<Setting>,
    /// The data directory.
    pub data_dir: PathBuf,
    /// The key that the administration API demands.
    pub operator_key: OperatorKey,
    /// How the built-in adder is started; `None` where this binary has none.
    pub builtin: Option<PathBuf>,
}

/// How clients that the operator did not register come to an id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WaysIn {
    /// Whether anybody may register (RFC 7591).
    pub open_registration: bool,
    /// Whether clients may be known by a document of their own.
    pub client_documents: bool,
}

/// The operator's key, kept as its SHA-256.
#[derive(Clone)]
pub struct OperatorKey([u8; 32]);

impl OperatorKey {
    /// Takes the key's text.
    pub fn new(text: &str) -> Self {
        Self(sha256(text.as_bytes()))
    }

    /// Whether `presented` is the key; takes the same time either way.
    fn is(&self, presented: &[u8]) -> bool {
        use subtle::ConstantTimeEq as _;
        self.0.ct_eq(&sha256(presented)).into()
    }
}

fn sha256(bytes: &[u8]) -> [u8; 32] {
    let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, bytes);
    let mut value = [0; 32];
    value.copy_from_slice(digest.as_ref());
    value
}

/// The operations, shared by every skin, and who is recorded for what they
/// change: a user id, or `operator`.
#[derive(Clone)]
pub struct Control(Arc<Inner>, Arc<str>);

struct Inner {
    parts: Parts,
    /// One launch at a time: builds are heavy, and two launches of one runtime
    /// must not race for its next version number's settings.
    launching: tokio::sync::Mutex<()>,
    /// Those begun by the console.
    launches: ops::launches::Launches,
    /// Changes of rules that were saved on its pages.
    saved_rules: ops::saved_rules::SavedRules,
}

impl Control {
    /// Takes the parts and publishes the runtimes the database knows.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn open(parts: Parts) -> Result<Self, ControlError> {
        let inner = Inner {
            parts,
            launching: tokio::sync::Mutex::new(()),
            launches: ops::launches::Launches::default(),
            saved_rules: ops::saved_rules::SavedRules::default(),
        };
        let control = Self(Arc::new(inner), OPERATOR.into());
        control.publish_routes().await?;
        Ok(control)
    }

    /// The administration API, to be mounted at the root.
    pub fn router(&self) -> axum::Router {
        api::router(self.clone())
    }

    /// The pages under `/console`, to be mounted at the root.
    pub fn console(&self) -> axum::Router {
        console::router(self.clone())
    }

    /// The same operations, recorded as what that person did.
    pub(crate) fn acting(&self, person: &Person) -> Self {
        Self(Arc::clone(&self.0), person.id.as_str().into())
    }

    /// Who is recorded for what these change.
    pub(crate) fn actor(&self) -> &str {
        &self.1
    }

    /// Whether that person is recorded for what these change.
    pub(crate) fn acts_as(&self, person: &UserId) -> bool {
        *self.1 == *person.as_str()
    }

    fn parts(&self) -> &Parts {
        &self.0.parts
    }
}
