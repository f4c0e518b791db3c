//! docs/reference/negative-cases.md is checked against the tests it names, and
//! they against it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

const LEDGER: &str = "docs/reference/negative-cases.md";
/// The letters of the cases and how many each has.
const CASES: [(char, u32); 13] = [
    ('A', 37),
    ('T', 41),
    ('J', 12),
    ('D', 15),
    ('C', 22),
    ('R', 19),
    ('V', 6),
    ('G', 6),
    ('X', 7),
    ('P', 2),
    ('Q', 2),
    ('M', 4),
    ('O', 12),
];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn read(path: &str) -> String {
    std::fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

fn is_number(text: &str) -> bool {
    let mut chars = text.chars();
    let letter = chars.next().is_some_and(|c| c.is_ascii_uppercase());
    letter && text.len() == 3 && chars.all(|c| c.is_ascii_digit())
}

/// A row of the ledger.
struct Entry {
    number: String,
    /// Case and answer.
    words: [String; 2],
    tests: Vec<String>,
    /// The reason why there is none.
    reason: Option<String>,
    /// Files of this directory with rows of the case.
    http: BTreeSet<String>,
}

fn entries() -> Vec<Entry> {
    let text = read(LEDGER);
    let cells = text.lines().filter_map(|line| {
        let cells: Vec<&str> = line.strip_prefix("| ")?.split('|').map(str::trim).collect();
        is_number(cells[0]).then_some(cells)
    });
    cells.map(|cells| entry(&cells)).collect()
}

fn entry(cells: &[&str]) -> Entry {
    assert_eq!(cells.len(), 6, "five cells and the end: {cells:?}");
    let named = cells[3].split('`').skip(1).step_by(2);
    let http = cells[4].split(", ").filter(|file| !file.is_empty());
    Entry {
        number: cells[0].to_owned(),
        words: [cells[1].to_owned(), cells[2].to_owned()],
        tests: named.map(str::to_owned).collect(),
        reason: cells[3].strip_prefix("none: ").map(str::to_owned),
        http: http.map(str::to_owned).collect(),
    }
}

/// The names of the tests of a file: functions under a `test` attribute.
fn tests_in(text: &str) -> BTreeSet<&str> {
    let mut found = BTreeSet::new();
    let mut attributed = false;
    for line in text.lines().map(str::trim_start) {
        let signature = line.strip_prefix("async ").unwrap_or(line);
        if line.starts_with("#[") {
            attributed |= line.starts_with("#[test]") || line.starts_with("#[tokio::test");
        } else if let Some(rest) = signature.strip_prefix("fn ") {
            let name = rest.split(['(', '<']).next().unwrap_or_default();
            found.extend(attributed.then_some(name));
            attributed = false;
        } else if !line.starts_with("//") && !line.is_empty() {
            attributed = false;
        }
    }
    found
}

/// The numbers in the name of a test: `t07_t11_an_assertion` has two.
fn numbers_of(name: &str) -> impl Iterator<Item = String> {
    let parts = name.split('_').map(str::to_uppercase);
    let letters = |part: &String| CASES.iter().any(|(letter, _)| part.starts_with(*letter));
    parts.filter(move |part| is_number(part) && letters(part))
}

fn rust_files(directory: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(directory).unwrap().flatten();
    entries
        .flat_map(|entry| match entry.path() {
            path if path.is_dir() => rust_files(&path),
            path if path.extension().is_some_and(|end| end == "rs") => vec![path],
            _ => Vec::new(),
        })
        .collect()
}

#[test]
fn every_case_is_in_the_ledger_once_and_said() {
    let entries = entries();
    let known: Vec<&str> = entries.iter().map(|entry| entry.number.as_str()).collect();
    let mut expected: Vec<String> = CASES
        .iter()
        .flat_map(|(letter, count)| (1..=*count).map(move |n| format!("{letter}{n:02}")))
        .collect();
    assert_eq!(expected.len(), 185);
    let mut sorted = known.clone();
    sorted.sort_unstable();
    expected.sort_unstable();
    assert_eq!(sorted, expected);
    for entry in &entries {
        let number = &entry.number;
        assert!(
            entry.words.iter().all(|words| !words.is_empty()),
            "{number}"
        );
        assert_eq!(entry.tests.is_empty(), entry.reason.is_some(), "{number}");
    }
}

#[test]
fn every_test_that_the_ledger_names_is_one() {
    for entry in entries() {
        for test in &entry.tests {
            let (file, name) = test.split_once("::").unwrap_or_else(|| panic!("{test}"));
            let text = read(file);
            assert!(
                tests_in(&text).contains(name),
                "{}: {file} has no test {name}",
                entry.number
            );
        }
    }
}

#[test]
fn every_case_that_a_test_is_named_after_is_held_and_no_other_is_said_to_be() {
    let mut named: BTreeMap<String, String> = BTreeMap::new();
    for file in rust_files(&root().join("crates")) {
        let text = std::fs::read_to_string(&file).unwrap();
        for name in tests_in(&text) {
            let numbers = numbers_of(name).map(|number| (number, name.to_owned()));
            named.extend(numbers);
        }
    }
    for entry in entries() {
        match named.remove(&entry.number) {
            Some(test) => assert!(entry.reason.is_none(), "{}: {test}", entry.number),
            None => assert!(entry.reason.is_some(), "no test is named {}", entry.number),
        }
    }
    assert!(named.is_empty(), "not in the ledger: {named:?}");
}

#[test]
fn the_ledger_says_which_cases_go_over_http_and_they_do() {
    let entries = entries();
    let mut over_http = BTreeSet::new();
    for file in rust_files(&root().join("crates/server/tests/it/negative")) {
        let stem = file.file_stem().unwrap().to_str().unwrap().to_owned();
        if stem == "ledger" {
            continue;
        }
        let text = std::fs::read_to_string(&file).unwrap();
        let quoted: BTreeSet<&str> = text.split('"').filter(|part| is_number(part)).collect();
        for entry in &entries {
            let sent = quoted.contains(entry.number.as_str());
            let said = entry.http.contains(&stem);
            assert_eq!(sent, said, "{} in {stem}", entry.number);
            over_http.extend(sent.then(|| entry.number.clone()));
        }
    }
    assert!(
        over_http.len() >= 130,
        "only {} go over HTTP",
        over_http.len()
    );
}

#[test]
fn what_is_not_built_stands_among_the_divergences() {
    let divergences = read("docs/divergences.md");
    let (_, later) = divergences.split_once("## Not there yet").unwrap();
    for entry in entries().iter().filter(|entry| entry.reason.is_some()) {
        let group = entry.number.chars().next().unwrap_or_default();
        let named = later.contains(&entry.number)
            || ['P', 'Q', 'X'].contains(&group) && later.contains("cases P, Q and X");
        assert!(named, "{} is not under 'Not there yet'", entry.number);
        assert!(entry.http.is_empty(), "{}", entry.number);
    }
}

#[test]
fn tests_and_their_numbers_are_read_as_they_are_written() {
    let text = "#[tokio::test(flavor = \"multi_thread\")]\nasync fn a01_b() {}\nfn c02() {}\n\
        #[test]\n#[cfg(unix)]\n  fn d03(x: u8) {}\n#[test]\nlet x;\nfn e04() {}";
    assert_eq!(tests_in(text), BTreeSet::from(["a01_b", "d03"]));
    let numbers: Vec<String> = numbers_of("t07_t11_x64_s3_an_s256_z01_of_x1").collect();
    assert_eq!(numbers, ["T07", "T11", "X64"]);
}
