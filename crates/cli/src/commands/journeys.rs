//! `shukuba journeys`: what clients did on their way in, and where they got stuck.

use clap::Args;
use shukuba_model::journey::{Journey, Outcome, State, Taken};
use shukuba_model::wire::JourneyView;

use crate::client::Client;
use crate::failure::Failure;
use crate::{Global, ui};

/// The longest name of a client in the list, in characters.
const LONGEST_NAME: usize = 32;

/// `shukuba journeys`.
#[derive(Debug, Args)]
pub(crate) struct JourneysArgs {
    /// Show every step of the journey with this number.
    number: Option<u64>,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

/// Lists the journeys, or shows one.
///
/// # Errors
/// When the server cannot be reached or does not keep that journey.
pub(crate) async fn run(global: &Global, args: &JourneysArgs) -> Result<(), Failure> {
    let client = Client::new(global)?;
    match args.number {
        Some(number) => {
            let path = format!("/api/v1/journeys/{number}");
            let view: JourneyView = client.get(&path).await?;
            if args.json {
                ui::json(&view);
            } else {
                show(&view);
            }
        }
        None => {
            let views: Vec<JourneyView> = client.get("/api/v1/journeys").await?;
            if args.json {
                ui::json(&views);
            } else {
                list(&views);
            }
        }
    }
    Ok(())
}

fn list(views: &[JourneyView]) {
    if views.is_empty() {
        ui::note("no client came since the server was started");
        return;
    }
    let rows: Vec<Vec<String>> = views
        .iter()
        .map(|view| {
            let journey = &view.journey;
            vec![
                journey.id.to_string(),
                who(journey).chars().take(LONGEST_NAME).collect(),
                journey.address.clone(),
                journey.runtime.clone().unwrap_or_else(|| "-".to_owned()),
                ui::time(journey.last() / 1000),
                state(&view.state),
            ]
        })
        .collect();
    ui::table(
        &["JOURNEY", "CLIENT", "FROM", "RUNTIME", "LAST STEP", "STATE"],
        &rows,
    );
}

/// The name it registered, else what it calls itself.
fn who(journey: &Journey) -> &str {
    match &journey.client_name {
        Some(name) => name,
        None if journey.agent.is_empty() => "a client without a name",
        None => &journey.agent,
    }
}

fn state(state: &State) -> String {
    match state {
        State::Arrived => "arrived".to_owned(),
        State::Underway => "under way".to_owned(),
        State::WaitsForPerson => "waits for a person".to_owned(),
        State::Stopped { at, .. } => format!("stopped at {}", at.as_str()),
    }
}

fn show(view: &JourneyView) {
    let journey = &view.journey;
    ui::data(format!(
        "Journey {}: {} from {}, {}",
        journey.id,
        who(journey),
        journey.address,
        state(&view.state)
    ));
    let known = [
        ("calls itself", Some(&journey.agent)),
        ("client id", journey.client_id.as_ref()),
        ("runtime", journey.runtime.as_ref()),
        ("subject", journey.subject.as_ref()),
    ];
    for (name, value) in known {
        if let Some(value) = value.filter(|value| !value.is_empty()) {
            ui::data(format!("{name:<14}{value}"));
        }
    }
    ui::data("");
    for taken in &journey.steps {
        ui::data(step(taken, journey.began()));
        for detail in details(taken) {
            ui::data(format!("{:>12}{detail}", ""));
        }
    }
    if let Some(advice) = &view.advice {
        ui::data("");
        ui::data(&advice.what);
        ui::data(format!("To do: {}", advice.fix));
        if let Some(needs) = &advice.needs {
            ui::data(format!("This client: {needs}"));
        }
    }
}

/// A step on one line: when, who, what, and the status of the answer.
fn step(taken: &Taken, began: i64) -> String {
    let after = taken.at.saturating_sub(began);
    let by = if taken.step.is_of_browser() {
        "browser"
    } else {
        "client"
    };
    let times = match taken.times {
        1 => String::new(),
        times => format!(", {times} times"),
    };
    let (seconds, rest) = (after / 1000, after % 1000);
    format!(
        "{:>10}  {by:<8}{:<18}{} -> {} in {} ms{times}",
        format!("+{seconds}.{rest:03} s"),
        taken.step.as_str(),
        taken.request,
        taken.status,
        taken.took
    )
}

fn details(taken: &Taken) -> Vec<String> {
    let facts = taken
        .facts
        .iter()
        .map(|fact| format!("{}: {}", fact.name, fact.value));
    let outcome = match &taken.outcome {
        Outcome::Done => None,
        Outcome::Waits => Some("waits for a person".to_owned()),
        Outcome::Refused { reason, text } => Some(format!("{reason}: {text}")),
    };
    facts.chain(outcome).collect()
}
