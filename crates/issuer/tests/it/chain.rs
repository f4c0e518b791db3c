//! A chain of refresh tokens against a model of it: whatever is used in
//! whatever order and whenever, the server does as the model says.

use proptest::prelude::*;

use crate::login::{DAY, Login, Tokens};

const IDLE: i64 = 30 * DAY;
const LONGEST: i64 = 90 * DAY;
const GRACE: i64 = 60;
const MOST_STEPS: usize = 16;

#[derive(Debug, Clone, Copy)]
enum Step {
    /// Uses the token that many places before the newest.
    Use(usize),
    /// Lets that many seconds pass.
    Wait(i64),
}

/// What the rules say, in the fewest words.
struct Model {
    /// By place in the chain: the end, and when it was used.
    tokens: Vec<(i64, Option<i64>)>,
    ends: i64,
    revoked: bool,
}

impl Model {
    /// Uses the token at `place`; the place of its successor, unless refused.
    fn use_token(&mut self, place: usize, now: i64) -> Option<usize> {
        let newest = self.tokens.len() - 1;
        let (expires, used) = self.tokens[place];
        if self.revoked || now >= self.ends {
            return None;
        }
        match used {
            None if now >= expires => None,
            None => {
                self.tokens[place].1 = Some(now);
                self.tokens.push(((now + IDLE).min(self.ends), None));
                Some(place + 1)
            }
            Some(used) if newest - place <= MOST_STEPS && now - used <= GRACE => Some(newest),
            Some(_) => {
                self.revoked = true;
                None
            }
        }
    }
}

/// Single steps, and the newest used twice around the end of its grace, which
/// chance alone would hardly hit.
fn steps() -> impl Strategy<Value = Vec<Step>> {
    let waits = vec![1, 29, 3_600, 9 * DAY, 29 * DAY, IDLE];
    let around = vec![0, 1, GRACE - 1, GRACE, GRACE, GRACE + 1];
    let some = prop_oneof![
        4 => Just(vec![Step::Use(0)]),
        1 => Just(vec![Step::Use(1)]),
        1 => (2..4_usize).prop_map(|back| vec![Step::Use(back)]),
        2 => prop::sample::select(waits).prop_map(|wait| vec![Step::Wait(wait)]),
        4 => prop::sample::select(around)
            .prop_map(|wait| vec![Step::Use(0), Step::Wait(wait), Step::Use(1)]),
    ];
    let some = prop_oneof![
        12 => some,
        1 => Just(vec![Step::Use(0), Step::Use(0), Step::Use(2)]),
    ];
    prop::collection::vec(some, 1..12).prop_map(|some| some.concat())
}

async fn run(steps: Vec<Step>) {
    let login = Login::new().await;
    let begun = login.fixture.clock.now();
    let mut chain: Vec<String> = vec![login.tokens().await.refresh];
    let mut live: Option<Tokens> = None;
    let mut model = Model {
        tokens: vec![(begun + IDLE, None)],
        ends: begun + LONGEST,
        revoked: false,
    };
    for step in steps {
        let back = match step {
            Step::Use(back) => back,
            Step::Wait(seconds) => {
                login.fixture.clock.advance(seconds);
                live = None;
                continue;
            }
        };
        let place = (chain.len() - 1).saturating_sub(back);
        let answer = login.refresh(&chain[place]).await;
        match model.use_token(place, login.fixture.clock.now()) {
            Some(successor) => {
                let tokens = answer.tokens();
                if successor == chain.len() {
                    assert!(!chain.contains(&tokens.refresh));
                    chain.push(tokens.refresh.clone());
                }
                assert_eq!(chain[successor], tokens.refresh);
                live = Some(tokens);
            }
            None => {
                answer.refused(400, "invalid_grant");
            }
        }
        if let Some(tokens) = &live {
            assert_eq!(login.is_active(&tokens.access).await, !model.revoked);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn a_chain_does_as_its_model_whatever_is_used_and_whenever(steps in steps()) {
        tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap()
            .block_on(run(steps));
    }
}
