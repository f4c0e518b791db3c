//! What the engine promises, tried with real processes.

mod building;
mod failures;
mod fixture;
mod leftovers;
mod lifecycle;
mod sessions;
mod smoke;
mod unpacking;
