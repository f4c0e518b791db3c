//! A runtime on Home: whether it serves, and what it was asked.

use shukuba_model::wire::RuntimeView;
use shukuba_pages::Language;
use shukuba_pages::shown::{clean, fill};

use crate::console::phrases;
use crate::console::shown::Time;
use crate::console::texts::{self, HomeTexts};
use crate::console::traffic::Chart;

/// How much of what a failed start said is shown, in characters.
const LONGEST_MESSAGE: usize = 200;

/// A runtime with its state and its calls.
pub(in crate::console) struct Tile {
    pub(in crate::console) view: RuntimeView,
    pub(in crate::console) state: String,
    /// The colour of the state.
    pub(in crate::console) tone: &'static str,
    pub(in crate::console) instances: String,
    /// What the last start said, where it failed.
    pub(in crate::console) failed: Option<String>,
    pub(in crate::console) chart: Chart,
}

impl Tile {
    pub(super) fn new(language: Language, mut view: RuntimeView, chart: Chart) -> Self {
        view.isolation = phrases::said(language, &view.isolation);
        let t = texts::home(language);
        let (state, tone) = state(t, &view);
        let starting = view.starting.to_string();
        let count = view.instances.to_string();
        let failed = view.last_failure.as_ref().map(|failure| {
            let time = Time::of_seconds(failure.failed_at).shown;
            let message = phrases::said(language, &failure.message);
            let message = clean(&message, LONGEST_MESSAGE);
            fill(t.failed, &[("time", &time), ("message", &message)])
        });
        Self {
            state,
            tone,
            instances: match view.starting {
                0 => count,
                _ => fill(
                    t.some_starting,
                    &[("count", &count), ("starting", &starting)],
                ),
            },
            failed,
            chart,
            view,
        }
    }
}

/// What a runtime is doing, in words and a colour: what failed stands before
/// what is tried again, and what serves before what will.
fn state(t: &HomeTexts, view: &RuntimeView) -> (String, &'static str) {
    let ready = view.instances.saturating_sub(view.starting);
    match (&view.last_failure, ready, view.starting) {
        (Some(_), ..) => (t.failing.to_owned(), "bad"),
        (None, 0, 0) => (t.idle.to_owned(), "good"),
        (None, 0, _) => (t.starting.to_owned(), "warn"),
        (None, 1, _) => (t.serving_one.to_owned(), "good"),
        (None, ..) => (
            fill(t.serving_many, &[("count", &ready.to_string())]),
            "good",
        ),
    }
}

#[cfg(test)]
mod tests {
    use shukuba_model::wire::StartFailure;
    use shukuba_pages::Language;

    use super::*;
    use crate::console::texts;

    fn runtime(instances: usize, starting: usize) -> RuntimeView {
        let arn = "arn:aws:bedrock-agentcore:us-west-2:123456789012:runtime/adder-0123456789";
        let view = serde_json::json!({
            "name": "adder", "id": "adder-0123456789", "arn": arn,
            "endpoint": "", "invocation_url": "", "version": 1, "versions": [],
            "authorizer": { "discovery_url": "https://issuer.example/.well-known/openid-configuration" },
            "login": false, "isolation": "", "instances": instances, "starting": starting,
        });
        serde_json::from_value(view).unwrap()
    }

    fn tile(view: RuntimeView) -> Tile {
        let chart = Chart::of(texts::traffic(Language::English), &[]);
        Tile::new(Language::English, view, chart)
    }

    #[test]
    fn a_runtime_is_ready_starts_serves_or_fails() {
        for (instances, starting, state, tone, told) in [
            (0, 0, "Ready to serve", "good", "0"),
            (1, 1, "Starting", "warn", "1, of which 1 starting"),
            (1, 0, "Serving with 1 instance", "good", "1"),
            (
                3,
                1,
                "Serving with 2 instances",
                "good",
                "3, of which 1 starting",
            ),
        ] {
            let tile = tile(runtime(instances, starting));
            assert_eq!((tile.state.as_str(), tile.tone), (state, tone));
            assert_eq!(tile.instances, told);
            assert_eq!(tile.failed, None);
        }
    }

    #[test]
    fn a_failed_start_is_said_also_while_another_is_tried_and_is_text() {
        let failure = StartFailure {
            version: 1,
            failed_at: 0,
            message: "it\u{202e} broke\nhere".to_owned(),
        };
        for (instances, starting) in [(0, 0), (1, 1), (2, 0)] {
            let tile = tile(RuntimeView {
                last_failure: Some(failure.clone()),
                ..runtime(instances, starting)
            });
            assert_eq!(
                (tile.state.as_str(), tile.tone),
                ("Last start failed", "bad")
            );
            let told = tile.failed.unwrap();
            assert!(
                told.contains("1970-01-01 00:00 UTC: it broke here"),
                "{told}"
            );
        }
    }
}
