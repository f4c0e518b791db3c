//! `shukuba user`: what an operator types, and what becomes of the person.

use serde_json::Value;
use shukuba_testkit::browser::Browser;
use tokio::runtime::Runtime;

use crate::bed::Bed;

const PASSWORD: &str = "correct horse battery";

/// The line of a person in `user list`.
fn line(bed: &Bed, name: &str) -> String {
    let listed = bed.run(&["user", "list"]).ok();
    let begins = |line: &&str| line.split_whitespace().next() == Some(name);
    let line = listed.lines().find(begins);
    line.unwrap_or_else(|| panic!("no {name} in:\n{listed}"))
        .to_owned()
}

/// What the account page shows a new browser that logs in.
fn account(bed: &Bed, password: &str) -> String {
    Runtime::new().unwrap().block_on(async {
        let mut browser = Browser::new(bed.origin());
        browser.log_in("ada", password).await;
        browser.open("/account").await.html
    })
}

fn choose(bed: &Bed, link: &str, password: &str) {
    let page = Runtime::new().unwrap().block_on(async {
        let mut browser = Browser::new(bed.origin());
        browser.choose_password(link, password).await
    });
    assert!(
        page.status.is_redirection(),
        "{} {}",
        page.status,
        page.html
    );
}

#[test]
fn a_person_is_created_chooses_a_password_is_kept_out_let_in_and_reset() {
    let bed = Bed::with_server();
    let created = bed.run(&["user", "create", "ada", "--display-name", "Ada L."]);
    assert_eq!(created.value("name"), "ada");
    assert!(created.value("id").starts_with("user_"));
    assert!(created.stderr.contains("this once"), "{}", created.stderr);
    assert!(line(&bed, "ada").contains("no password yet"));
    choose(&bed, &created.value("login link"), PASSWORD);
    assert!(line(&bed, "ada").contains("active"));
    assert!(account(&bed, PASSWORD).contains("Logged in as"));

    let disabled = bed.run(&["user", "disable", "ada"]);
    assert!(
        disabled.stderr.contains("ada is kept out"),
        "{}",
        disabled.stderr
    );
    disabled.ok();
    assert!(line(&bed, "ada").contains("disabled"));
    assert!(!account(&bed, PASSWORD).contains("Logged in as"));
    bed.run(&["user", "reset", "ada"]).failed(1, "ada");
    // By its id, as well as by its name.
    bed.run(&["user", "enable", &created.value("id")]).ok();
    assert!(account(&bed, PASSWORD).contains("Logged in as"));

    let reset = bed.json(&["user", "reset", "ada"]);
    choose(
        &bed,
        reset["login_link"].as_str().unwrap(),
        "another password",
    );
    assert!(!account(&bed, PASSWORD).contains("Logged in as"));
    assert!(account(&bed, "another password").contains("Logged in as"));
}

#[test]
fn a_first_password_comes_by_standard_input_and_is_never_printed() {
    let bed = Bed::with_server();
    let create = ["user", "create", "ada", "--password-stdin"];
    bed.run_with(&create, "").failed(2, "held no password");
    bed.run_with(&create, "short\n")
        .failed(1, "at least 8 characters");
    let created = bed.run_with(&create, &format!("{PASSWORD}\n"));
    assert!(!created.stderr.contains(PASSWORD));
    let printed = created.ok();
    assert!(
        !printed.contains(PASSWORD) && !printed.contains("login link"),
        "{printed}"
    );
    assert!(account(&bed, PASSWORD).contains("Logged in as"));
    let listed: Value = bed.json(&["user", "list"]);
    let listed = listed.as_array().unwrap();
    assert_eq!(listed.len(), 2, "the owner, and ada");
    let ada = listed.iter().find(|user| user["name"] == "ada");
    assert_eq!(ada.unwrap()["has_password"], true);
}

#[test]
fn a_role_opens_the_console_and_closes_it_again() {
    let bed = Bed::with_server();
    let create = [
        "user",
        "create",
        "ada",
        "--password-stdin",
        "--role",
        "viewer",
    ];
    bed.run_with(&create, PASSWORD).ok();
    assert!(line(&bed, "ada").contains("viewer"));
    let console = || {
        Runtime::new().unwrap().block_on(async {
            let mut browser = Browser::new(bed.origin());
            browser.log_in("ada", PASSWORD).await;
            browser.open("/console").await.status.as_u16()
        })
    };
    assert_eq!(console(), 200);
    let role = |role: &str| bed.run(&["user", "role", "ada", role]);
    assert!(
        role("none")
            .stderr
            .contains("may do nothing in the console")
    );
    assert_eq!(console(), 403);
    assert!(
        role("operator")
            .stderr
            .contains("may do everything in the console")
    );
    assert_eq!(console(), 200);
    role("owner").failed(2, "'none', 'viewer' or 'operator'");
}

#[test]
fn what_is_wrong_is_said_with_what_to_do() {
    let bed = Bed::with_server();
    bed.run(&["user", "create", "ada"]).ok();
    bed.run(&["user", "create", "ada"]).failed(1, "ada");
    bed.run(&["user", "create", "a b"]).failed(2, "1 to 64");
    bed.run(&["user", "create"]).failed(2, "<NAME>");
    bed.run(&["user", "create", "bob", "--email", "nowhere"])
        .failed(1, "name@host");
    for verb in ["disable", "enable", "reset"] {
        bed.run(&["user", verb, "eve"])
            .failed(1, "shukuba user list");
        bed.run(&["user", verb, "../status"])
            .failed(1, "'../status'");
    }
}

#[test]
fn without_the_operators_key_nothing_is_told() {
    let bed = Bed::with_server();
    let elsewhere = bed.path("elsewhere");
    let elsewhere_text = elsewhere.to_str().unwrap();
    let list = ["--data-dir", elsewhere_text, "user", "list"];
    bed.run(&list).failed(1, "--data-dir");
    std::fs::create_dir(&elsewhere).unwrap();
    std::fs::write(elsewhere.join("operator.key"), "shukuba_op_wrong\n").unwrap();
    bed.run(&list).failed(1, "operator.key");
    let nobody = ["--server", "http://127.0.0.1:9", "user", "list"];
    bed.run(&nobody).failed(1, "shukuba serve");
}
