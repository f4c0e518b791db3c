//! Unguessable ids.

use std::fmt::Write as _;

/// 16 random hexadecimal digits.
pub(crate) fn hex_id() -> String {
    let mut bytes = [0_u8; 8];
    if aws_lc_rs::rand::fill(&mut bytes).is_err() {
        // Ids are names, not secrets: a time that never repeats will do.
        let nanos = jiff::Timestamp::now().as_nanosecond();
        for (byte, source) in bytes.iter_mut().zip(nanos.to_le_bytes()) {
            *byte = source;
        }
    }
    hex(&bytes)
}

/// Bytes in lower-case hexadecimal.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        // Writing to a String does not fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}
