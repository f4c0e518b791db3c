//! What strangers wrote, as these pages show it.

use shukuba_pages::shown::clean;

use super::texts::Texts;

/// The longest name that is shown, in characters.
const LONGEST_NAME: usize = 100;
/// The longest explanation of a scope that is shown, in characters.
pub(super) const LONGEST_MEANING: usize = 300;

/// A name that a stranger chose, as a page may show it.
pub(super) fn name(texts: &Texts, text: &str) -> String {
    let clean = clean(text, LONGEST_NAME);
    if clean.is_empty() {
        texts.nameless.to_owned()
    } else {
        clean
    }
}

#[cfg(test)]
mod tests {
    use super::super::texts::ENGLISH;
    use super::*;

    #[test]
    fn a_name_that_does_not_show_has_a_word_in_its_place() {
        assert_eq!(name(&ENGLISH, "\u{200b}\u{3164} \n"), ENGLISH.nameless);
        assert_eq!(name(&ENGLISH, &"x".repeat(5_000)).chars().count(), 101);
    }
}
