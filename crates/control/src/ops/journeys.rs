//! What clients did on their way in.

mod advice;
mod needs;
mod refusals;

use shukuba_model::journey::{Journey, State, Step, Stop};
use shukuba_model::wire::{Advice, JourneyView};
use shukuba_pages::Language;

use crate::{Control, ControlError};

pub(crate) use refusals::Refusals;

impl Control {
    /// The newest journeys, the one that moved last first, with advice in that
    /// language.
    pub(crate) fn journeys(&self, language: Language) -> Vec<JourneyView> {
        let journeys = self.parts().journeys.newest();
        let viewed = journeys.into_iter().map(|one| self.viewed(one, language));
        viewed.collect()
    }

    /// The journey of that number, with advice in that language.
    ///
    /// # Errors
    /// When it is not kept.
    pub(crate) fn journey(&self, id: u64, language: Language) -> Result<JourneyView, ControlError> {
        let journey = self.parts().journeys.get(id).ok_or_else(|| {
            ControlError::NotFound(format!(
                "there is no journey {id}: the newest are kept until the server ends, and `shukuba journeys` lists them"
            ))
        })?;
        Ok(self.viewed(journey, language))
    }

    fn viewed(&self, journey: Journey, language: Language) -> JourneyView {
        let now = self.parts().clock.now().saturating_mul(1000);
        let state = journey.state(now);
        let advice = match state {
            State::Stopped { at, why } => Some(self.advice(language, &journey, at, why)),
            _ => None,
        };
        JourneyView {
            journey,
            state,
            advice,
        }
    }

    fn advice(&self, language: Language, journey: &Journey, at: Step, why: Stop) -> Advice {
        let needs = needs::of(language, journey).map(str::to_owned);
        if let (Stop::Refused, Some((reason, text))) = (why, journey.refusal()) {
            return Advice {
                what: format!("{reason}: {text}"),
                fix: advice::after_refusal(language, at, reason).to_owned(),
                needs,
            };
        }
        let (what, fix) = if self.is_refused_for_http() && at <= Step::IssuerMetadata {
            advice::plain_http(language)
        } else {
            advice::silence(language, why)
        };
        Advice {
            what: what.to_owned(),
            fix: fix.to_owned(),
            needs,
        }
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
