//! All SQL: one file per aggregate over embedded SQLite.
