//! The tables are held against the source of what they translate, so that a
//! sentence cannot be added or changed in one language only.

use std::path::{Path, PathBuf};

use super::*;

/// What looks like a sentence and is none by itself.
const NOT_SHOWN: &[&str] = &["; sessions of older ones finish", "there is no {} {}"];

fn all() -> impl Iterator<Item = &'static Phrase> {
    TABLES.into_iter().flatten()
}

#[test]
fn a_known_sentence_is_said_in_japanese_with_what_it_is_about() {
    let ja = |text| said(Language::Japanese, text);
    assert_eq!(
        ja("no instance 'i-1' of the runtime 'adder' runs: it may have ended by itself"),
        "ランタイム「adder」のインスタンス「i-1」は動いていません。すでに終了したのかもしれません"
    );
    assert_eq!(
        ja("redirect URI 'x' is not valid: it must be an absolute https URL"),
        "「x」は リダイレクト URI として正しくありません: https の絶対 URL でなければなりません"
    );
    assert_eq!(ja("exp = 5, 3 hours ago"), "exp = 5 (期限切れから 3 時間)");
}

#[test]
fn english_and_what_is_not_known_stay_as_they_came() {
    let text = "there is no runtime 'x'";
    assert_eq!(said(Language::English, text), text);
    for text in ["", "alg = RS256", "{0} {} {", "there is no runtime 'x"] {
        assert_eq!(said(Language::Japanese, text), text);
    }
}

#[test]
fn what_stands_in_a_gap_is_never_read_as_a_sentence_with_gaps() {
    let text = "there is no runtime '{0}{1~}'";
    assert_eq!(
        said(Language::Japanese, text),
        "ランタイム「{0}{1~}」はありません"
    );
}

#[test]
fn every_gap_has_a_value_and_no_sentence_stands_behind_a_wider_one() {
    for (english, japanese) in all() {
        let gaps = english.matches("{}").count();
        for gap in japanese.split('{').skip(1) {
            let number = gap.split('}').next().unwrap().trim_end_matches('~');
            assert!(number.parse::<usize>().unwrap() < gaps, "{japanese}");
        }
        let about = english.replace("{}", "value");
        let first = all().find(|(one, _)| captured(one, &about).is_some());
        assert_eq!(first.unwrap().0, *english, "another is found for it");
    }
}

#[test]
fn every_sentence_of_an_operation_is_known() {
    let own = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = vec![own.join("error.rs")];
    collect(&own.join("ops"), &mut files);
    let both = ["needs.rs", "advice.rs", "tests.rs"];
    files.retain(|file| !both.iter().any(|name| file.ends_with(name)));
    let mut found = 0;
    for file in files {
        for text in literals(&source(&file)) {
            if is_sentence(&text) && !NOT_SHOWN.contains(&text.as_str()) {
                found += 1;
                assert!(is_known(&text), "{}: {text}", file.display());
            }
        }
    }
    assert!(found > 60, "{found}");
}

#[test]
fn whatever_keeps_a_version_from_being_built_is_known() {
    let engine = Path::new(env!("CARGO_MANIFEST_DIR")).join("../engine/src");
    // Signs in what tools print, and the ends of sentences that go on.
    let parts = [
        "Traceback (most recent call last)",
        "ModuleNotFoundError: No module named '",
        "No module named 'mcp.server.fastmcp'",
        "(from versions: none)",
        " If name and version are right, the package index was not reached: check the network and its settings.",
    ];
    let mut found = 0;
    for file in ["package/failure.rs", "package/unpack.rs", "smoke.rs"] {
        for text in literals(&source(&engine.join(file))) {
            if is_sentence(&text) && !parts.contains(&text.as_str()) {
                found += 1;
                assert!(is_known(&text), "{file}: {text}");
            }
        }
    }
    assert!(found > 50, "{found}");
}

#[test]
fn everything_the_door_expects_and_advises_is_known() {
    let verify = Path::new(env!("CARGO_MANIFEST_DIR")).join("../verify/src");
    let mut files = Vec::new();
    collect(&verify, &mut files);
    // What is wrong with a request before there is a token stands in no explanation.
    files.retain(|file| !file.ends_with("bearer.rs"));
    let mut found = 0;
    for file in files {
        let text = source(&file);
        for call in [".expected(", ".fix(", ".seen("] {
            for rest in text.split(call).skip(1) {
                let rest = rest.trim_start();
                let rest = rest.strip_prefix("format!(").unwrap_or(rest).trim_start();
                if !rest.starts_with('"') {
                    continue;
                }
                let said = literals(rest).remove(0);
                // A claim and its value are the same in every language; which
                // claims are missing is known claim by claim.
                if call == ".seen("
                    && (said.contains(" = ") || said == "no {}" || !said.contains(' '))
                {
                    continue;
                }
                found += 1;
                assert!(is_known(&said), "{}: {said}", file.display());
            }
        }
    }
    assert!(found > 30, "{found}");
}

fn is_known(text: &str) -> bool {
    let about = text.replace("{}", "value");
    all().any(|(english, _)| captured(english, &about).is_some())
}

/// Whether people read it: three words and more, in English.
fn is_sentence(text: &str) -> bool {
    let letters = |word: &&str| word.chars().filter(char::is_ascii_alphabetic).count() >= 2;
    text.is_ascii() && text.contains(' ') && text.split(' ').filter(letters).count() >= 3
}

/// A file's code without its tests, comments, attributes of documents and what
/// goes to the log.
fn source(file: &Path) -> String {
    let text = std::fs::read_to_string(file).unwrap();
    let text = text.split("#[cfg(test)]").next().unwrap();
    let is_code = |line: &&str| !line.trim_start().starts_with("//");
    let text: Vec<&str> = text.lines().filter(is_code).collect();
    let mut kept = String::new();
    let text = text.join("\n");
    let mut parts = text.split("tracing::");
    kept.push_str(parts.next().unwrap());
    for part in parts {
        kept.push_str(part.split_once(";").map_or("", |(_, rest)| rest));
    }
    kept
}

/// The string literals of code, with `{}` for every gap.
fn literals(code: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut chars = code.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            // A quote as a character is no beginning of a string.
            '\'' if chars.peek() == Some(&'"') => {
                chars.next();
            }
            '"' => {
                let mut text = String::new();
                while let Some(c) = chars.next() {
                    match c {
                        '"' => break,
                        '\\' => match chars.next() {
                            Some('\n') => while chars.next_if(|c| c.is_whitespace()).is_some() {},
                            Some('n') => text.push('\n'),
                            Some(escaped) => text.push(escaped),
                            None => break,
                        },
                        c => text.push(c),
                    }
                }
                found.push(without_names(&text));
            }
            _ => {}
        }
    }
    found
}

/// `{name}` is `{}`; other braces stay.
fn without_names(text: &str) -> String {
    let mut plain = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        plain.push_str(before);
        plain.push('{');
        rest = after;
        if let Some((name, behind)) = after.split_once('}')
            && name
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || "_.:".contains(c))
            && !name.contains(',')
        {
            plain.push('}');
            rest = behind;
        }
    }
    plain.push_str(rest);
    plain
}

fn collect(directory: &Path, files: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
}
