//! Texts that strangers give themselves, made fit to stand on a page.

/// The longest name that is shown, in characters.
const LONGEST: usize = 100;

/// A text without what would hide, reverse or break what stands around it:
/// control characters, direction marks and other characters without a glyph.
/// White space becomes single spaces; the rest is cut at 100 characters.
/// Escaping for the page is the page's own affair.
pub(crate) fn clean(text: &str) -> String {
    let visible: String = text
        .chars()
        .map(|c| if c.is_whitespace() { ' ' } else { c })
        .filter(|c| !c.is_control() && !is_invisible(*c))
        .collect();
    let words: Vec<&str> = visible.split(' ').filter(|word| !word.is_empty()).collect();
    let joined: String = words.join(" ").chars().take(LONGEST).collect();
    joined.trim_end().to_owned()
}

/// Characters without a glyph of their own: soft hyphen, direction marks,
/// embeddings, overrides and isolates, joiners, fillers, tags and the like
/// (Unicode general category Cf, and the fillers names are forged with).
fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
        | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{2800}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}'
        | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}' | '\u{1d173}'..='\u{1d17a}'
        | '\u{e0000}'..='\u{e0fff}')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a35_a_name_cannot_hide_reverse_or_flood() {
        for (given, shown) in [
            ("Claude Code", "Claude Code"),
            ("\u{65e5}\u{672c} \u{8a9e}", "\u{65e5}\u{672c} \u{8a9e}"),
            ("  a \t\r\n b  ", "a b"),
            ("a\u{202e}evil\u{202c}", "aevil"),
            ("\u{2066}a\u{2069}\u{200f}", "a"),
            ("a\u{200b}\u{feff}\u{0}\u{7f}\u{85}b", "a b"),
            ("\u{3164}\u{2028}", ""),
            ("<script>", "<script>"),
        ] {
            assert_eq!(clean(given), shown, "{given:?}");
        }
        assert_eq!(clean(&"a".repeat(5_000)).len(), 100);
        assert_eq!(clean(&"\u{65e5}".repeat(5_000)).chars().count(), 100);
    }

    proptest! {
        #[test]
        fn a_clean_text_is_one_short_line_and_stays_as_it_is(text: String) {
            let shown = clean(&text);
            prop_assert!(shown.chars().count() <= 100);
            prop_assert!(!shown.chars().any(|c| c.is_control() || is_invisible(c)));
            prop_assert_eq!(clean(&shown), shown);
        }
    }
}
