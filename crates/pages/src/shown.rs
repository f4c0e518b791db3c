//! What strangers wrote, made fit to be shown; and sentences with gaps.

/// Text without what does not show, or changes how the text around it reads;
/// white space is one space, and what is too long is cut.
pub fn clean(text: &str, longest: usize) -> String {
    let mut clean = String::new();
    let mut length = 0;
    let mut gap = false;
    for c in text.chars() {
        if c.is_whitespace() {
            gap = length > 0;
            continue;
        }
        if c.is_control() || is_invisible(c) {
            continue;
        }
        if length + usize::from(gap) >= longest {
            clean.push('…');
            break;
        }
        if std::mem::take(&mut gap) {
            clean.push(' ');
            length += 1;
        }
        clean.push(c);
        length += 1;
    }
    clean
}

/// A line of a program's output, without what does not show, or changes how the
/// text around it reads; its spaces stay, and what is too long is cut.
pub fn line(text: &str, longest: usize) -> String {
    let shows = |c: &char| *c == '\t' || !(c.is_control() || is_invisible(*c));
    let mut shown: String = text.chars().filter(shows).take(longest).collect();
    if text.chars().filter(shows).nth(longest).is_some() {
        shown.push('…');
    }
    shown
}

/// JSON that means the same, in which what does not show, or changes how the
/// text around it reads, is an escape: nothing in it is hidden. Its lines stay.
pub fn escape(json: &str) -> String {
    let hides = |c: char| (c.is_control() && c != '\n') || is_invisible(c);
    let mut shown = String::with_capacity(json.len());
    for c in json.chars() {
        if hides(c) {
            let units = c.encode_utf16(&mut [0; 2]).to_vec();
            shown.extend(units.iter().map(|unit| format!("\\u{unit:04x}")));
        } else {
            shown.push(c);
        }
    }
    shown
}

/// A page without what controls a terminal, or turns the direction of the text
/// around it: no page of ours needs it, and whoever writes a name may use it to
/// make another page of one.
pub fn upright(page: String) -> String {
    let turns = |c: char| {
        (c.is_control() && !matches!(c, '\n' | '\r' | '\t'))
            || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    if page.contains(turns) {
        page.chars().filter(|c| !turns(*c)).collect()
    } else {
        page
    }
}

/// Marks of direction, joiners, tags and other characters that have no shape.
fn is_invisible(c: char) -> bool {
    matches!(
        c,
        '\u{ad}'
            | '\u{34f}'
            | '\u{61c}'
            | '\u{115f}'..='\u{1160}'
            | '\u{17b4}'..='\u{17b5}'
            | '\u{180b}'..='\u{180f}'
            | '\u{200b}'..='\u{200f}'
            | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{3164}'
            | '\u{fe00}'..='\u{fe0f}'
            | '\u{feff}'
            | '\u{ffa0}'
            | '\u{fff0}'..='\u{fffb}'
            | '\u{e0000}'..='\u{e0fff}'
    )
}

/// What a browser is, out of what it calls itself; `None` where nothing is known.
pub fn browser(user_agent: &str) -> Option<String> {
    let first = |known: &[(&str, &'static str)]| {
        known
            .iter()
            .find(|(mark, _)| user_agent.contains(mark))
            .map(|(_, name)| *name)
    };
    // The narrower first: each calls itself by the names of those before it.
    let product = first(&[
        ("Edg", "Edge"),
        ("OPR/", "Opera"),
        ("Firefox/", "Firefox"),
        ("FxiOS/", "Firefox"),
        ("Chrome/", "Chrome"),
        ("CriOS/", "Chrome"),
        ("Safari/", "Safari"),
    ]);
    let system = first(&[
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Android", "Android"),
        ("Windows", "Windows"),
        ("Mac OS X", "macOS"),
        ("CrOS", "ChromeOS"),
        ("Linux", "Linux"),
    ]);
    match (product, system) {
        (Some(product), Some(system)) => Some(format!("{product} · {system}")),
        (Some(one), None) | (None, Some(one)) => Some(one.to_owned()),
        (None, None) => Some(clean(user_agent, 60)).filter(|text| !text.is_empty()),
    }
}

/// A sentence with its gaps, `{name}`, filled.
pub fn fill(sentence: &str, values: &[(&str, &str)]) -> String {
    let mut filled = String::with_capacity(sentence.len());
    let mut rest = sentence;
    while let Some((before, after)) = rest.split_once('{') {
        filled.push_str(before);
        let (gap, after) = after.split_once('}').unwrap_or((after, ""));
        let value = values.iter().find(|(name, _)| *name == gap);
        filled.push_str(value.map_or("", |(_, value)| value));
        rest = after;
    }
    filled.push_str(rest);
    filled
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_reads_in_its_own_direction_whoever_wrote_its_names() {
        let page = "a\u{202e}b\u{2066}c\u{1b}[0m\td\r\n".to_owned();
        assert_eq!(upright(page), "abc[0m\td\r\n");
        let names = "שלום\u{200f} नमस्ते\u{200d} 日本".to_owned();
        assert_eq!(upright(names.clone()), names);
    }

    #[test]
    fn what_does_not_show_in_json_is_an_escape_that_means_the_same() {
        let json = "{\n\"a\u{200b}\": \"\u{202e}\u{7f}\u{e0041}é宿\"\n}";
        let shown = escape(json);
        assert_eq!(
            shown,
            "{\n\"a\\u200b\": \"\\u202e\\u007f\\udb40\\udc41é宿\"\n}"
        );
    }

    #[test]
    fn a35_texts_lose_what_does_not_show_and_are_cut() {
        let shown = |text: &str| clean(text, 100);
        assert_eq!(shown("Claude\u{202e}edoC\u{200b}"), "ClaudeedoC");
        assert_eq!(shown(" a\r\n\u{0}\t b\u{7}  c "), "a b c");
        assert_eq!(shown("宿場 クライアント"), "宿場 クライアント");
        assert_eq!(shown("x".repeat(5_000).as_str()).chars().count(), 101);
        assert_eq!(shown(&"x".repeat(100)), "x".repeat(100));
        assert_eq!(shown("\u{200b}\u{3164} \n"), "");
    }

    #[test]
    fn browsers_are_told_apart_by_what_only_they_say() {
        let chrome = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36";
        assert_eq!(browser(chrome).as_deref(), Some("Chrome · Linux"));
        assert_eq!(
            browser(&format!("{chrome} Edg/140")).as_deref(),
            Some("Edge · Linux")
        );
        let phone = "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605 Version/19.0 Safari/604.1";
        assert_eq!(browser(phone).as_deref(), Some("Safari · iPhone"));
        assert_eq!(browser("curl/8\u{202e}.1").as_deref(), Some("curl/8.1"));
        assert_eq!(browser(""), None);
    }

    #[test]
    fn a_value_is_no_sentence_with_gaps_of_its_own() {
        let filled = fill("{a} asks {b}.", &[("a", "{b}"), ("b", "x{a")]);
        assert_eq!(filled, "{b} asks x{a.");
    }
}
