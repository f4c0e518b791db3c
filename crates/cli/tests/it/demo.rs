//! `shukuba demo`.

use crate::bed::shukuba;

#[test]
fn the_demo_plays_the_whole_story_and_ends_by_itself() {
    let output = shukuba()
        .args(["demo", "--token-lifetime", "2"])
        .output()
        .unwrap();
    let told = String::from_utf8(output.stdout).unwrap();
    assert!(
        output.status.success(),
        "{told}\n{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let at = |text: &str| {
        told.find(text)
            .unwrap_or_else(|| panic!("'{text}' is not told:\n{told}"))
    };
    let refused =
        at("OAuth authorization failed: Claim 'client_id' value mismatch with configuration.");
    let fix = at("shukuba api update --profile rfc9068");
    let first = at("add(2, 3) = 5");
    let expired = at("The old token is refused");
    let again = told.rfind("add(2, 3) = 5").unwrap();
    assert!(
        refused < fix && fix < first && first < expired && expired < again,
        "{told}"
    );
}
