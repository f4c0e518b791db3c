//! Reads a page as a browser's tokenizer does, as far as our pages go, and finds
//! what should not be in one. A page that is written otherwise than ours are is
//! a finding too.

/// Elements that our pages are made of.
const ELEMENTS: &str = "a abbr article aside b body br button caption circle code col colgroup \
    datalist dd desc details dialog div dl dt em fieldset figcaption figure footer form g h1 h2 \
    h3 h4 h5 head header hr html input kbd label legend li line link main mark menu meta meter nav \
    noscript ol optgroup option output p path polygon polyline pre progress q rect samp script \
    search section select small span strong sub summary sup svg table tbody td template text \
    textarea tfoot th thead time title tr ul use var wbr";
/// Attributes that hold an address.
const ADDRESSES: [&str; 6] = [
    "href",
    "src",
    "action",
    "formaction",
    "poster",
    "xlink:href",
];

/// A tag as it opens.
struct Tag {
    name: String,
    attributes: Vec<(String, String)>,
}

/// What a page has that none of ours should.
pub(super) fn inspect(page: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut rest = page;
    let mut seen_doctype = false;
    while let Some(at) = rest.find('<') {
        let (text, tail) = rest.split_at(at);
        hidden(text, &mut found);
        let Some(end) = end_of_tag(tail) else {
            found.push(format!("a tag without an end: {tail:.80}"));
            break;
        };
        let inside = tail.get(1..end).unwrap();
        let after = tail.get(end + 1..).unwrap();
        rest = after;
        if let Some(name) = inside.strip_prefix('/') {
            if !is_element(name.trim()) {
                found.push(format!("</{name}>"));
            }
            continue;
        }
        if inside.eq_ignore_ascii_case("!doctype html") && !seen_doctype {
            seen_doctype = true;
            continue;
        }
        match tag(inside) {
            Some(tag) => {
                judge(&tag, &mut found);
                let raw = ["script", "style"].contains(&tag.name.as_str());
                if raw && !rest.starts_with("</") {
                    found.push(format!("<{}> with something in it", tag.name));
                }
            }
            None => found.push(format!("no tag of ours: <{inside:.80}>")),
        }
    }
    hidden(rest, &mut found);
    found
}

/// Where a tag ends: at a `>` that stands in no quotes.
fn end_of_tag(tail: &str) -> Option<usize> {
    let mut quote = None;
    tail.char_indices().skip(1).find_map(|(at, c)| {
        match quote {
            Some(open) if c == open => quote = None,
            Some(_) => {}
            None if c == '"' || c == '\'' => quote = Some(c),
            None if c == '>' => return Some(at),
            None => {}
        }
        None
    })
}

fn is_element(name: &str) -> bool {
    ELEMENTS.split_whitespace().any(|known| known == name)
}

/// A tag whose attributes are written as ours are: quoted, or without a value.
fn tag(inside: &str) -> Option<Tag> {
    let (name, mut rest) = match inside.split_once(|c: char| c.is_whitespace()) {
        Some((name, rest)) => (name, rest.trim()),
        None => (inside, ""),
    };
    if !is_element(name.trim_end_matches('/')) {
        return None;
    }
    let mut attributes = Vec::new();
    while !rest.is_empty() && rest != "/" {
        let end = rest.find(|c: char| c == '=' || c.is_whitespace());
        let end = end.unwrap_or(rest.len());
        let (name, after) = rest.split_at(end);
        let plain = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == ':';
        if name.is_empty() || !name.chars().all(plain) {
            return None;
        }
        let value;
        if let Some(quoted) = after.strip_prefix("=\"") {
            let (inner, after) = quoted.split_once('"')?;
            if !(after.is_empty() || after.starts_with(char::is_whitespace) || after == "/") {
                return None;
            }
            (value, rest) = (inner, after.trim());
        } else if after.starts_with('=') {
            return None;
        } else {
            (value, rest) = ("", after.trim());
        }
        attributes.push((name.to_owned(), decoded(value)));
    }
    Some(Tag {
        name: name.to_owned(),
        attributes,
    })
}

/// A value with the references in it that matter for an address.
fn decoded(value: &str) -> String {
    let mut value = value.to_owned();
    for (reference, meant) in [
        ("&#60;", "<"),
        ("&#62;", ">"),
        ("&#34;", "\""),
        ("&#39;", "'"),
        ("&#58;", ":"),
        ("&colon;", ":"),
        ("&Tab;", ""),
        ("&NewLine;", ""),
        ("&#38;", "&"),
        ("&amp;", "&"),
    ] {
        value = value.replace(reference, meant);
    }
    value
}

fn judge(tag: &Tag, found: &mut Vec<String>) {
    let of = |name: &str| {
        let mut attributes = tag.attributes.iter();
        attributes
            .find(|(own, _)| own == name)
            .map(|(_, value)| value.as_str())
    };
    for (name, value) in &tag.attributes {
        if name.to_ascii_lowercase().starts_with("on") || name == "style" || name == "srcdoc" {
            found.push(format!("<{} {name}=\"{value:.60}\">", tag.name));
        }
        let is_icon = of("rel") == Some("icon") && value.starts_with("data:image/svg+xml,");
        if ADDRESSES.contains(&name.as_str()) && !is_icon && !leads_well(value) {
            found.push(format!("<{} {name}=\"{value:.60}\">", tag.name));
        }
        hidden(value, found);
    }
    let own_script = of("src").is_some_and(|src| src.starts_with("/console/assets/"));
    if tag.name == "script" && !own_script {
        found.push("<script> of another".to_owned());
    }
    if tag.name == "meta" && of("http-equiv").is_some() {
        found.push("<meta http-equiv>".to_owned());
    }
}

/// Whether an address stays here, or is one of the web.
fn leads_well(address: &str) -> bool {
    // Browsers read over white space and control characters.
    let read: String = address.chars().filter(|c| *c > ' ').collect();
    let here = read.starts_with('#') || read.starts_with('?');
    let path = read.starts_with('/') && !read.starts_with("//") && !read.starts_with("/\\");
    here || path || read.starts_with("https://")
}

/// Characters that change how the text around them reads, or are none.
fn hidden(text: &str, found: &mut Vec<String>) {
    let is_hidden = |c: char| {
        (c.is_control() && !"\n\r\t".contains(c))
            || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    if let Some(at) = text.find(is_hidden) {
        let before: String = text.get(..at).unwrap().chars().rev().take(40).collect();
        let before: String = before.chars().rev().collect();
        found.push(format!("a character that hides, after {before:?}"));
    }
}

#[test]
fn what_no_page_of_ours_has_is_found() {
    for bad in [
        "<script>alert(1)</script>",
        "<p>\"><img src=x onerror=alert(1)></p>",
        "<p onclick=\"x\">",
        "<p onclick=x>",
        "<a href=\"javascript:alert(1)\">",
        "<a href=\"&#32;java&Tab;script&colon;alert(1)\">",
        "<a href=\"//evil.example\">",
        "<a href=\"data:text/html,x\">",
        "<p style=\"color: red\">",
        "<p title=\"a\"b\">",
        "<p>\u{202e}</p>",
        "<p title=\"\u{1b}\">",
        "<p",
        "< b>",
        "<script src=\"https://evil.example/x.js\"></script>",
        "<meta http-equiv=\"refresh\" content=\"0\">",
        "<form action=\"https:evil\">",
    ] {
        assert!(!inspect(bad).is_empty(), "{bad}");
    }
    let good = "<!doctype html><html lang=\"en\"><p class=\"a\">a &#60;b&#62;\n<input disabled value=\"&#34;\"><a href=\"/console?a=b#c\">x</a><script type=\"module\" src=\"/console/assets/x.js\"></script>";
    assert_eq!(inspect(good), Vec::<String>::new());
}
