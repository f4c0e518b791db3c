//! The commands, one file each.

pub(crate) mod adder;
pub(crate) mod api;
pub(crate) mod app;
pub(crate) mod audit;
pub(crate) mod configure;
pub(crate) mod demo;
pub(crate) mod destroy;
pub(crate) mod first_person;
pub(crate) mod grant;
pub(crate) mod instance;
pub(crate) mod invoke;
pub(crate) mod issuing;
pub(crate) mod journeys;
pub(crate) mod key;
pub(crate) mod launch;
pub(crate) mod list;
pub(crate) mod listening;
pub(crate) mod login;
pub(crate) mod logs;
pub(crate) mod rollback;
pub(crate) mod serve;
pub(crate) mod status;
pub(crate) mod token;
pub(crate) mod up;
pub(crate) mod user;
