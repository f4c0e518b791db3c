//! What clients did on their way in.

use std::time::{SystemTime, UNIX_EPOCH};

use shukuba_model::journey::{Journey, State, Step, Stop};
use shukuba_model::wire::{Advice, JourneyView};

use crate::{Control, ControlError};

impl Control {
    /// The newest journeys, the one that moved last first.
    pub(crate) fn journeys(&self) -> Vec<JourneyView> {
        let journeys = self.parts().journeys.newest();
        journeys.into_iter().map(|one| self.viewed(one)).collect()
    }

    /// The journey of that number.
    ///
    /// # Errors
    /// When it is not kept.
    pub(crate) fn journey(&self, id: u64) -> Result<JourneyView, ControlError> {
        let journey = self.parts().journeys.get(id).ok_or_else(|| {
            ControlError::NotFound(format!(
                "there is no journey {id}: the newest are kept until the server ends, and `shukuba journeys` lists them"
            ))
        })?;
        Ok(self.viewed(journey))
    }

    fn viewed(&self, journey: Journey) -> JourneyView {
        let state = journey.state(now());
        let advice = match state {
            State::Stopped { at, why } => Some(self.advice(&journey, at, why)),
            _ => None,
        };
        JourneyView {
            journey,
            state,
            advice,
        }
    }

    fn advice(&self, journey: &Journey, at: Step, why: Stop) -> Advice {
        let advice = |what: &str, fix: &str| Advice {
            what: what.to_owned(),
            fix: fix.to_owned(),
        };
        if let (Stop::Refused, Some((reason, text))) = (why, journey.refusal()) {
            return advice(&format!("{reason}: {text}"), after_refusal(at, reason));
        }
        if self.is_refused_for_http() && at <= Step::IssuerMetadata {
            return advice(
                "The client read where to log in, and did not go on. The server's public address is plain http and not this machine: Claude Code, Inspector 2, mcp-remote and the TypeScript SDK 2 send no credentials there.",
                "Give the server TLS with --tls-cert and --tls-key, or put a proxy with TLS before it and name its address with --public-url.",
            );
        }
        let (what, fix) = silence(why);
        advice(what, fix)
    }

    /// Whether clients hold it against the public address that it is http.
    pub(crate) fn is_refused_for_http(&self) -> bool {
        let url = &self.parts().public_url;
        let host = url.strip_prefix("http://");
        host.is_some_and(|host| {
            !["localhost", "127.", "[::1]"]
                .iter()
                .any(|local| host.starts_with(local))
        })
    }
}

fn after_refusal(at: Step, reason: &str) -> &'static str {
    match (at, reason) {
        (Step::Login, _) => {
            "The person may try again; `shukuba user reset NAME` makes a link to choose a new password."
        }
        (Step::Registration, "invalid_redirect_uri") => {
            "Have the client register an https address, a loopback http address, or an address of its own scheme."
        }
        (Step::Registration, "access_denied" | "invalid_token") => {
            "Make an application with `shukuba app create`, and give the client its id; or start the server with --registration open."
        }
        (Step::Authorization, "invalid_client") => {
            "The client uses an id this server does not know: have it forget its old registration and connect again, or make an application with `shukuba app create`."
        }
        (Step::Authorization, "invalid_request") => {
            "Compare the client's redirect address with those of its application (`shukuba app show`): it must be the same, letter by letter; only the port of a loopback address may differ."
        }
        (Step::Authorization | Step::Consent, "access_denied") => {
            "The person, or the runtime's login.allow, said no. Connect again and allow it, or change login.allow and launch again."
        }
        (Step::Token, "invalid_client") => {
            "The client's secret is wrong or was removed: `shukuba app secret` makes another."
        }
        (Step::Token, "invalid_grant") => {
            "A code works once, within a minute, for the client and redirect address it was made for: have the client log in again."
        }
        (Step::Refresh, _) => {
            "The login has ended, was revoked, or its refresh token was used by another program: have the client log in again."
        }
        (Step::Call, "expired") => {
            "The client went on with a token that has ended. It should use its refresh token; a pasted token has to be pasted anew."
        }
        (Step::Call, "audience") => {
            "The token is for another resource: the client should send `resource` with the runtime's address, or the runtime's allowedAudience should name the token's audience."
        }
        _ => {
            "The text says what was wrong; `shukuba token explain TOKEN` shows every rule for a token."
        }
    }
}

fn silence(why: Stop) -> (&'static str, &'static str) {
    match why {
        Stop::Refused => ("The step was refused.", "Connect again."),
        Stop::IgnoredChallenge => (
            "The client was told where the metadata is, and did not read it: it may know nothing of OAuth.",
            "Give it a token: `shukuba token get` prints one for a header, or for Claude Code's headersHelper.",
        ),
        Stop::IgnoredIssuer => (
            "The client read the resource metadata, and asked nothing of the authorization server.",
            "Check that it can reach the authorization server's address from where it runs.",
        ),
        Stop::WentNoFurther => (
            "The client read where to register and to log in, and did neither.",
            "It may need a client id: make one with `shukuba app create --preset`, and enter it there. Or its user has to press its login button (in Claude Code: /mcp).",
        ),
        Stop::NoBrowser => (
            "The client registered, and no browser came to log in.",
            "Open the address that the client prints in a browser on the same machine.",
        ),
        Stop::PersonLeft => (
            "A page was shown, and the person did not go on.",
            "Connect again from the client, and answer the page within ten minutes.",
        ),
        Stop::NoExchange => (
            "The browser was sent back to the client, and the client did not ask for its token.",
            "Check that the client still runs and that its redirect address leads to it: a client on another machine than the browser gets nothing at localhost.",
        ),
        Stop::NoCall => (
            "The client has a token, and did not call with it.",
            "Connect again from the client; its own log says why it stopped.",
        ),
    }
}

/// Milliseconds since 1970.
fn now() -> i64 {
    let elapsed = SystemTime::now().duration_since(UNIX_EPOCH);
    elapsed.map_or(0, |elapsed| {
        i64::try_from(elapsed.as_millis()).unwrap_or(i64::MAX)
    })
}
