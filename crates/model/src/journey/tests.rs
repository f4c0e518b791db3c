//! Which step belongs to whom, and how far each got.

use super::*;
use crate::ClientId;

const CLAUDE: &str = "claude-code/2.1";
const BROWSER: &str = "Mozilla/5.0 Chrome/140";
const HOME: &str = "192.0.2.1";

#[derive(Default)]
struct Played {
    journeys: Journeys,
    now: i64,
}

impl Played {
    fn wait(&mut self, milliseconds: i64) {
        self.now += milliseconds;
    }

    fn step(&mut self, address: &str, agent: &str, note: Note) {
        self.now += 10;
        let status = match note.outcome {
            Outcome::Refused { .. } => 400,
            _ => 200,
        };
        let seen = Seen {
            at: self.now,
            took: 1,
            address: address.to_owned(),
            agent: agent.to_owned(),
            request: format!("GET /{}", note.step.as_str()),
            status,
        };
        self.journeys.record(seen, note);
    }

    fn find(&mut self, address: &str, agent: &str) {
        for step in [
            Step::Challenge,
            Step::ResourceMetadata,
            Step::IssuerMetadata,
        ] {
            self.step(address, agent, Note::done(step));
        }
    }

    /// Everything up to the first call, as Claude Code does it.
    fn arrive(&mut self, address: &str, id: &str, subject: &str) {
        self.find(address, CLAUDE);
        let note = |step| Note::done(step).client(&client(id));
        self.step(address, CLAUDE, note(Step::Registration));
        let request = format!("login at {}", self.now);
        let login = |step| Note::waits(step).client(&client(id)).login(&request);
        self.step(address, BROWSER, login(Step::Login));
        self.step(address, BROWSER, login(Step::Consent));
        self.step(address, BROWSER, note(Step::Authorization).login(&request));
        self.step(address, CLAUDE, note(Step::Token).subject(subject));
        self.step(address, CLAUDE, note(Step::Call).subject(subject));
    }

    fn only(&self) -> Journey {
        let journeys = self.journeys.newest();
        assert_eq!(journeys.len(), 1, "{journeys:#?}");
        journeys.into_iter().next().unwrap()
    }

    fn state(&self) -> State {
        self.journeys.newest()[0].state(self.now)
    }
}

fn client(id: &str) -> ClientId {
    id.parse().unwrap()
}

fn steps(journey: &Journey) -> Vec<Step> {
    journey.steps.iter().map(|taken| taken.step).collect()
}

#[test]
fn a_login_is_one_journey_from_the_challenge_to_the_first_call() {
    let mut played = Played::default();
    played.arrive(HOME, "c1", "u1");
    let journey = played.only();
    assert_eq!(
        steps(&journey),
        [
            Step::Challenge,
            Step::ResourceMetadata,
            Step::IssuerMetadata,
            Step::Registration,
            Step::Login,
            Step::Consent,
            Step::Authorization,
            Step::Token,
            Step::Call,
        ]
    );
    assert_eq!(journey.agent, CLAUDE);
    assert_eq!(journey.client_id.as_deref(), Some("c1"));
    assert_eq!(played.state(), State::Arrived);
}

#[test]
fn a_browser_elsewhere_belongs_to_the_client_that_sent_it() {
    let mut played = Played::default();
    let hosted = "160.79.104.7";
    played.find(hosted, "Claude-User");
    let note = |step| Note::done(step).client(&client("c1"));
    played.step(hosted, "Claude-User", note(Step::Registration));
    played.step(HOME, BROWSER, note(Step::Authorization).login("q1"));
    played.step(HOME, BROWSER, Note::waits(Step::Login).login("q1"));
    played.step(hosted, "Claude-User", note(Step::Token).subject("u1"));
    assert_eq!(played.only().steps.len(), 7);
    assert_eq!(played.only().address, hosted);
}

#[test]
fn a_new_client_takes_along_what_it_did_before_it_said_who_it_is() {
    let mut played = Played::default();
    played.arrive(HOME, "c1", "u1");
    let dead = Note::refused(Step::Call, "expired", "The token has expired.");
    played.step(HOME, CLAUDE, dead.client(&client("c1")));
    played.find(HOME, CLAUDE);
    let login = Note::waits(Step::Login).client(&client("c2")).login("q2");
    played.step(HOME, BROWSER, login);
    let journeys = played.journeys.newest();
    assert_eq!(
        steps(&journeys[0]),
        [
            Step::Challenge,
            Step::ResourceMetadata,
            Step::IssuerMetadata,
            Step::Login,
        ]
    );
    assert_eq!(journeys[0].agent, CLAUDE);
    assert_eq!(steps(&journeys[1]).last(), Some(&Step::Call));
}

#[test]
fn two_clients_at_one_address_are_two_journeys() {
    let mut played = Played::default();
    played.arrive(HOME, "c1", "u1");
    played.wait(1_000);
    played.find(HOME, "mcp-remote/0.1");
    let note = Note::done(Step::Registration).client(&client("c2"));
    played.step(HOME, "mcp-remote/0.1", note);
    let journeys = played.journeys.newest();
    assert_eq!(journeys.len(), 2);
    assert_eq!(journeys[0].client_id.as_deref(), Some("c2"));
    assert_eq!(steps(&journeys[0]).len(), 4);
    assert_eq!(steps(&journeys[1]).len(), 9);
}

#[test]
fn a_client_that_logs_in_again_begins_a_journey() {
    let mut played = Played::default();
    played.arrive(HOME, "c1", "u1");
    played.wait(5_000);
    played.arrive(HOME, "c1", "u1");
    let journeys = played.journeys.newest();
    assert_eq!(journeys.len(), 2);
    assert_eq!(steps(&journeys[0]).len(), 9);
}

#[test]
fn a_token_that_ended_overnight_and_was_renewed_stays_in_one_journey() {
    let mut played = Played::default();
    played.arrive(HOME, "c1", "u1");
    played.wait(9 * 3_600_000);
    let ended = Note::refused(Step::Call, "expired", "The token has ended.");
    played.step(HOME, CLAUDE, ended);
    assert_eq!(played.journeys.newest().len(), 2, "nobody known yet");
    let note = |step| Note::done(step).client(&client("c1")).subject("u1");
    played.step(HOME, CLAUDE, note(Step::Refresh));
    played.step(HOME, CLAUDE, note(Step::Call));
    let journey = played.only();
    assert_eq!(
        steps(&journey)[8..],
        [Step::Call, Step::Call, Step::Refresh, Step::Call]
    );
    assert_eq!(played.state(), State::Arrived);
}

#[test]
fn a_client_that_stops_leaves_the_step_and_the_reason() {
    for (step, why) in [
        (Step::Challenge, Stop::IgnoredChallenge),
        (Step::ResourceMetadata, Stop::IgnoredIssuer),
        (Step::IssuerMetadata, Stop::WentNoFurther),
        (Step::Registration, Stop::NoBrowser),
        (Step::Authorization, Stop::NoExchange),
        (Step::Token, Stop::NoCall),
    ] {
        let mut played = Played::default();
        played.step(HOME, CLAUDE, Note::done(step));
        assert_eq!(played.state(), State::Underway);
        played.wait(61_000);
        assert_eq!(played.state(), State::Stopped { at: step, why });
    }
}

#[test]
fn a_page_waits_for_its_person_longer_than_a_program_is_waited_for() {
    let mut played = Played::default();
    played.step(HOME, BROWSER, Note::waits(Step::Consent).login("q1"));
    played.wait(300_000);
    assert_eq!(played.state(), State::WaitsForPerson);
    played.wait(300_000);
    let (at, why) = (Step::Consent, Stop::PersonLeft);
    assert_eq!(played.state(), State::Stopped { at, why });
}

#[test]
fn a_refusal_stops_at_once_and_what_follows_it_goes_on() {
    let mut played = Played::default();
    played.find(HOME, CLAUDE);
    let wrong = Note::refused(Step::Token, "invalid_grant", "The code was used.");
    played.step(HOME, CLAUDE, wrong.client(&client("c1")));
    let (at, why) = (Step::Token, Stop::Refused);
    assert_eq!(played.state(), State::Stopped { at, why });
    let refusal = played.only();
    assert_eq!(
        refusal.refusal(),
        Some(("invalid_grant", "The code was used."))
    );
    let call = Note::done(Step::Call).client(&client("c1")).subject("u1");
    played.step(HOME, CLAUDE, call);
    assert_eq!(played.state(), State::Arrived);
}

#[test]
fn what_repeats_is_counted_and_a_long_journey_keeps_both_ends() {
    let mut played = Played::default();
    for _ in 0..500 {
        played.step(HOME, CLAUDE, Note::done(Step::Challenge));
    }
    assert_eq!(played.only().steps[0].times, 500);
    for count in 0..500 {
        let note = Note::done(Step::Token).fact("count", &count.to_string());
        played.step(HOME, CLAUDE, note.client(&client("c1")).subject("u1"));
    }
    let journey = played.only();
    assert_eq!(journey.steps.len(), MOST_STEPS);
    assert_eq!(journey.left_out, 441);
    assert_eq!(journey.steps[1].facts[0].value, "0");
    assert_eq!(journey.steps[MOST_STEPS - 1].facts[0].value, "499");
}

#[test]
fn strangers_who_knock_push_out_each_other_and_not_those_who_got_in() {
    let mut played = Played::default();
    played.arrive(HOME, "c1", "u1");
    for stranger in 0..1_000 {
        played.find(&format!("198.51.100.{stranger}"), "scanner");
    }
    let journeys = played.journeys.newest();
    assert_eq!(journeys.len(), MOST_JOURNEYS);
    assert!(journeys.iter().any(|journey| journey.address == HOME));
}

#[test]
fn what_strangers_say_is_cut_and_has_no_control_characters() {
    let mut played = Played::default();
    let long = "x".repeat(5_000);
    let note = Note::refused(Step::Registration, "invalid", &format!("a\u{1b}[31m{long}"));
    played.step(HOME, &format!("agent\r\n{long}"), note.fact("name", &long));
    let journey = played.only();
    let taken = &journey.steps[0];
    assert_eq!(journey.agent.chars().count(), 601);
    assert!(!journey.agent.contains('\r'));
    assert_eq!(taken.facts[0].value.chars().count(), 601);
    assert!(!journey.refusal().unwrap().1.contains('\u{1b}'));
}
