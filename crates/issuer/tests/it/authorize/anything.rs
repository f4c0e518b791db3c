//! Whatever is asked, nobody is sent anywhere but to a registered address.

use proptest::prelude::*;
use proptest::test_runner::TestRunner;

use super::{Ask, Bed, CALLBACK};

/// A value that is good, nearly good, or anything.
fn value() -> impl Strategy<Value = String> {
    let known = [
        "code",
        "S256",
        "none",
        "login",
        "openid",
        "tools:read",
        "web",
        "stranger",
        CALLBACK,
        "https://evil.example/cb",
        crate::API,
        crate::ADDRESS,
        "0",
        "",
    ];
    prop_oneof![
        2 => prop::sample::select(known.to_vec()).prop_map(str::to_owned),
        1 => any::<String>(),
        1 => "[!-~]{0,80}",
    ]
}

fn changes() -> impl Strategy<Value = Vec<(bool, &'static str, String)>> {
    let names = [
        "client_id",
        "redirect_uri",
        "response_type",
        "code_challenge",
        "code_challenge_method",
        "state",
        "scope",
        "resource",
        "audience",
        "prompt",
        "max_age",
        "request",
        "nonce",
        "login_hint",
    ];
    let change = (any::<bool>(), prop::sample::select(names.to_vec()), value());
    prop::collection::vec(change, 0..4)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn o08_any_request_is_a_page_or_goes_to_the_registered_address() {
    let bed = Bed::new().await;
    let browser = bed.anns().await;
    let handle = tokio::runtime::Handle::current();
    tokio::task::block_in_place(|| {
        TestRunner::default()
            .run(&changes(), |changes| {
                let ask =
                    changes
                        .into_iter()
                        .fold(Ask::of("web"), |ask, (replace, name, value)| {
                            if replace {
                                ask.with(name, &value)
                            } else {
                                ask.and(name, &value)
                            }
                        });
                let answer = handle.block_on(browser.authorize(&ask));
                match answer.header("location") {
                    None => prop_assert!(
                        matches!(answer.status.as_u16(), 200 | 400),
                        "{}",
                        answer.status
                    ),
                    Some(location) => {
                        prop_assert_eq!(answer.status.as_u16(), 302);
                        prop_assert!(
                            location.starts_with(&format!("{CALLBACK}?")),
                            "{}",
                            location
                        );
                        prop_assert_eq!(location.matches("iss=http").count(), 1);
                    }
                }
                Ok(())
            })
            .unwrap();
    });
}
