//! Runs servers: packages versions, starts instances, keeps sessions.
