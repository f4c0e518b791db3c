//! Scopes: two lines, two sets. What is parsed is a set of the names in the text,
//! and comparing two sets never finds more in one than is there.
#![no_main]

use libfuzzer_sys::fuzz_target;
use shukuba_model::Scopes;

fuzz_target!(|data: &str| {
    let (one, other) = data.split_once('\n').unwrap_or((data, data));
    let (Ok(one), Ok(other)) = (parsed(one), parsed(other)) else {
        return;
    };
    let union = one.union(&other);
    assert!(one.is_within(&union) && other.is_within(&union));
    let common = one.filtered(|scope| other.contains(scope));
    assert!(common.is_within(&one) && common.is_within(&other));
    assert_eq!(one.is_within(&other), common == one);
});

fn parsed(text: &str) -> Result<Scopes, ()> {
    let scopes: Scopes = text.parse().map_err(|_| ())?;
    let names: Vec<&str> = text.split(' ').filter(|name| !name.is_empty()).collect();
    assert!(names.iter().all(|name| scopes.contains(name)));
    assert!(scopes.iter().all(|scope| names.contains(&scope)));
    // Quotes and backslashes would end or escape a text that repeats a scope.
    assert!(!text.contains(['"', '\\', '\n', '\t']) && text.is_ascii());
    assert_eq!(
        scopes.to_string().parse::<Scopes>().map_err(|_| ())?,
        scopes
    );
    Ok(scopes)
}
