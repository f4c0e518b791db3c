//! The nouns of Shukuba: names, settings, snapshots and wire bodies.
//!
//! Everything here parses or fails, and nothing here does I/O. Every other
//! crate shares these words, so a word has one meaning and one type.

pub mod application;
pub mod authorizer;
pub mod client;
pub mod clock;
pub mod jose;
pub mod journey;
pub mod login;
pub mod name;
pub mod origin;
pub mod paste;
pub mod peer;
pub mod preset;
pub mod project;
pub mod raw_url;
pub mod redirect;
pub mod resource_server;
pub mod revocation;
pub mod route;
pub mod scope;
pub mod session;
pub mod setting;
pub mod snapshot;
pub mod traffic;
pub mod user;
pub mod wire;

pub use application::{ApplicationKind, ClientId};
pub use authorizer::{Authorizer, ClientClaim, Entry};
pub use client::{AuthMethod, Client, ClientApi, ClientMetadata, ClientSource, GrantType};
pub use clock::Clock;
pub use login::{LoginAllow, LoginEntry};
pub use name::{AccountId, NameError, Qualifier, Region, RuntimeArn, RuntimeId, RuntimeName};
pub use origin::PublicOrigin;
pub use peer::{AddressRange, ClientAddress};
pub use preset::Preset;
pub use raw_url::RawUrl;
pub use redirect::RedirectUri;
pub use resource_server::{
    ApiIdentifier, SigningAlgorithm, TokenLifetime, TokenProfile, TokenSample,
};
pub use revocation::Revocations;
pub use route::{Route, RouteTable};
pub use scope::{ApiScope, Scopes};
pub use snapshot::Snapshot;
pub use traffic::Traffic;
pub use user::{Role, UserId, UserName};
