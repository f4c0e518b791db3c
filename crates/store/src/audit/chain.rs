//! The links of the chain.

use std::fmt::Write as _;

use aws_lc_rs::hmac;

use super::AuditEntry;

/// The hash of an entry: keyed, so that whoever can write the database but has
/// no master key cannot forge a chain; every field with its length, so that no
/// text can move from one field to the next.
pub(super) fn link(key: &hmac::Key, previous: &[u8], entry: &AuditEntry) -> Vec<u8> {
    let mut context = hmac::Context::with_key(key);
    let mut field = |bytes: &[u8]| {
        context.update(&(bytes.len() as u64).to_be_bytes());
        context.update(bytes);
    };
    field(b"audit");
    field(previous);
    field(&entry.seq.to_be_bytes());
    field(&entry.at.to_be_bytes());
    for text in [
        &entry.event,
        &entry.outcome,
        &entry.actor,
        &entry.client_id,
        &entry.subject,
        &entry.address,
        &entry.detail,
    ] {
        field(text.as_bytes());
    }
    context.sign().as_ref().to_vec()
}

pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        // Writing to a String cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}
