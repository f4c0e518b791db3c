//! Runs servers: builds versions from uploaded projects, starts instances of
//! them, ties requests to instances and ends what is no longer needed.

mod activity;
mod attach;
mod engine;
pub mod instance;
mod logs;
mod package;
mod process;
mod random;
mod sessions;
mod settings;
mod smoke;

pub use activity::Activity;
pub use attach::{Attach, AttachError, ExitFacts, Selector};
pub use engine::{Engine, EngineError};
pub use logs::LogLines;
pub use package::{Build, BuildError, BuildEvent, BuildFailure, BuildSource, Packed, Packer};
pub use sessions::Lease;
pub use settings::{EngineSettings, Limits, OuterEnvironment};
pub use smoke::{Smoke, SmokeError};
