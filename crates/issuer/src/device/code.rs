//! User codes as people type them (RFC 8628 section 6.1).

use shukuba_store::Secret;

use crate::Issuer;

/// The length of a code without its dash.
const LENGTH: usize = 8;

/// The letters of a typed code, whatever case and dashes it has; `None` when
/// it can be no code.
pub(super) fn typed(text: &str) -> Option<String> {
    if text.len() > 64 {
        return None;
    }
    let letters: String = text
        .chars()
        .filter(|c| !c.is_whitespace() && !matches!(c, '-' | '_' | '.'))
        .map(|c| c.to_ascii_uppercase())
        .collect();
    let usual = letters.len() == LENGTH && letters.bytes().all(|byte| byte.is_ascii_uppercase());
    usual.then_some(letters)
}

/// The letters as people read them: two groups of four.
pub(super) fn shown(letters: &str) -> String {
    match letters.split_at_checked(LENGTH / 2) {
        Some((left, right)) => format!("{left}-{right}"),
        None => letters.to_owned(),
    }
}

/// What the database hashes. So short a code could be found from a plain hash,
/// so it goes through a key that is not in the database.
pub(super) fn secret(issuer: &Issuer, letters: &str) -> Secret {
    issuer.0.store.derive("user code", letters)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn g06_codes_are_read_in_any_case_and_with_any_dashes() {
        for text in ["WDJB-MJHT", "wdjbmjht", " wdjb mjht ", "W-D-J-B-M-J-H-T"] {
            assert_eq!(typed(text).as_deref(), Some("WDJBMJHT"), "{text}");
        }
        for text in ["", "WDJB-MJH", "WDJB-MJHT1", "WDJB-MJH1", "ＷDJBMJHT"] {
            assert_eq!(typed(text), None, "{text}");
        }
        assert_eq!(typed(&" ".repeat(1000)), None);
        assert_eq!(shown("WDJBMJHT"), "WDJB-MJHT");
    }
}
