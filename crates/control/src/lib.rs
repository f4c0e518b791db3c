//! Operations on runtimes, APIs, applications and keys, and their HTTP skin.
