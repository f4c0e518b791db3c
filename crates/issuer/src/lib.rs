//! The embedded authorization server: discovery, keys, token endpoint, token profiles.
