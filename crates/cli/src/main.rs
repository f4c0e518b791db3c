//! The one binary: a file per command.
fn main() {}
