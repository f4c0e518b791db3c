//! `shukuba journeys`: what an operator reads of a client that got stuck.

use tokio::runtime::Runtime;

use crate::bed::Bed;

/// A client that looks for a runtime which is not there.
fn get_lost(bed: &Bed) {
    let address = format!("{}/mcp/nowhere", bed.origin());
    Runtime::new().unwrap().block_on(async {
        let client = reqwest::Client::builder().user_agent("lost/1.0");
        let request = client.build().unwrap().get(address);
        request.send().await.unwrap();
    });
}

#[test]
fn a_client_that_got_stuck_is_listed_and_told_step_by_step() {
    let bed = Bed::with_server();
    let none = bed.run(&["journeys"]);
    assert!(none.stderr.contains("no client came"), "{}", none.stderr);
    get_lost(&bed);
    let listed = bed.run(&["journeys"]).ok();
    let line = listed.lines().nth(1).unwrap();
    assert!(line.starts_with("1        lost/1.0"), "{listed}");
    assert!(line.ends_with("stopped at call"), "{listed}");
    let told = bed.run(&["journeys", "1"]).ok();
    for part in [
        "Journey 1: lost/1.0 from 127.0.0.1, stopped at call",
        "GET /mcp/nowhere -> 404",
        "unknown_runtime: No endpoint or agent found",
        "To do: ",
    ] {
        assert!(told.contains(part), "{part} is not in:\n{told}");
    }
    let missing = bed.run(&["journeys", "7"]);
    assert!(
        missing.stderr.contains("there is no journey 7"),
        "{}",
        missing.stderr
    );
}
