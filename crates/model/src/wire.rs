//! Bodies of the administration API under `/api/v1`, shared by the server
//! that answers and the CLI that asks.

mod apis;
mod applications;
mod audit;
mod client_documents;
mod grants;
mod initial_tokens;
mod journeys;
mod keys;
mod launch;
mod runtimes;
mod server;
mod tokens;
mod users;

pub use apis::{ApiCreate, ApiUpdate, ApiView};
pub use applications::{
    ApplicationApis, ApplicationCreate, ApplicationCreated, ApplicationView, ListedSource,
    SecretAdded, SecretView, TokenRequest,
};
pub use audit::{AuditCheckView, AuditView};
pub use client_documents::{DocumentImport, DocumentImported, DocumentView};
pub use grants::GrantView;
pub use initial_tokens::{InitialTokenCreate, InitialTokenCreated, InitialTokenView};
pub use journeys::{Advice, JourneyView};
pub use keys::{KeyRotate, KeyView};
pub use launch::{LaunchEvent, LaunchRequest, LaunchSource};
pub use runtimes::{
    AuthorizerSettings, InstanceView, Rollback, RuntimeRules, RuntimeView, StartFailure, Tool,
    VersionView,
};
pub use server::{Problem, ServerStatus};
pub use tokens::{ExplainRequest, Explanation, RuleVerdict, TokenIssued, Verdict};
pub use users::{UserCreate, UserCreated, UserUpdate, UserView};
