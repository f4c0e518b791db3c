//! The questions, in the AWS toolkit's order and words, then ours.

use std::path::Path;

use shukuba_model::authorizer::DiscoveryUrl;
use shukuba_model::wire::AuthorizerSettings;
use shukuba_verify::ProviderFacts;

use super::checks;
use super::console::Console;
use super::provider::{Provider, Suggestions};
use crate::failure::Failure;

/// What an answer of `-` says: no value, though one is offered.
const NONE: &str = "-";

/// The dialogue: who is asked, and who checks discovery URLs.
pub(super) struct Dialogue<'a, C, P> {
    pub(super) console: &'a mut C,
    pub(super) provider: &'a P,
}

impl<C: Console, P: Provider> Dialogue<'_, C, P> {
    /// Asks for the file to start.
    pub(super) fn entrypoint(
        &mut self,
        directory: &Path,
        known: Option<&str>,
    ) -> Result<String, Failure> {
        self.until("Entry point (the file to start)", known, |text| {
            checks::file_of_project(directory, Path::new(text))
        })
    }

    /// Asks for AWS's execution role; `None` lets the toolkit create one.
    pub(super) fn execution_role(
        &mut self,
        known: Option<&str>,
    ) -> Result<Option<String>, Failure> {
        self.heading("Execution Role");
        self.console
            .say("Kept for the AWS toolkit; nothing here runs under a role.");
        let default = known.unwrap_or("auto-create");
        self.until(
            "Execution role ARN or name, Enter to auto-create",
            Some(default),
            |text| {
                if text == "auto-create" {
                    return Ok(None);
                }
                checks::execution_role(text).map(Some)
            },
        )
    }

    /// Asks for the requirements file; `None` is the one found by itself, or none.
    pub(super) fn requirements_file(
        &mut self,
        directory: &Path,
        known: Option<&str>,
    ) -> Result<Option<String>, Failure> {
        self.heading("Requirements File");
        let usual = directory.join(checks::USUAL_REQUIREMENTS).is_file();
        let default = match known {
            Some(known) => known,
            None if usual => checks::USUAL_REQUIREMENTS,
            None => "none",
        };
        self.until("Requirements file", Some(default), |text| match text {
            "none" if !usual => Ok(None),
            text => {
                let file = checks::requirements_file(directory, Path::new(text))?;
                // The usual file is only worth a line where another stood before.
                let said = known.is_some() || file != checks::USUAL_REQUIREMENTS;
                Ok(said.then_some(file))
            }
        })
    }

    /// The seed's questions. `None` means no OAuth authorizer.
    pub(super) async fn authorizer(
        &mut self,
        known: Option<&AuthorizerSettings>,
        suggested: &Suggestions,
    ) -> Result<Option<AuthorizerSettings>, Failure> {
        self.heading("Authorization Configuration");
        self.console
            .say("By default, Bedrock AgentCore uses IAM authorization.");
        if !self.yes_or_no("Configure OAuth authorizer instead?", true)? {
            self.console.say("IAM authorization (SigV4) is not there yet: until it is, the runtime takes tokens of this server's own issuer for its own API.");
            return Ok(None);
        }
        self.console.say("Enter takes what stands in brackets.");
        let default = known.map_or(suggested.discovery_url.as_str(), |known| {
            known.discovery_url.as_str()
        });
        let (url, facts) = self
            .discovery_url(Some(default).filter(|url| !url.is_empty()))
            .await?;
        self.describe(&facts);
        let known = known.filter(|known| known.discovery_url == url);
        let (clients, audiences) = match known {
            Some(known) => (&*known.allowed_clients, &*known.allowed_audience),
            None if url.as_str() == suggested.discovery_url => {
                (&*suggested.clients, &*suggested.audiences)
            }
            None => (&[][..], &[][..]),
        };
        let (allowed_clients, allowed_audience) = self.lists(clients, audiences)?;
        self.console.say("OAuth authorizer configuration created");
        Ok(Some(AuthorizerSettings {
            discovery_url: url,
            allowed_clients,
            allowed_audience,
            allowed_scopes: known
                .map(|known| known.allowed_scopes.clone())
                .unwrap_or_default(),
            client_claim: known.map(|known| known.client_claim).unwrap_or_default(),
        }))
    }

    /// Ours: whether people may log in.
    pub(super) fn login(&mut self, known: Option<bool>) -> Result<bool, Failure> {
        self.heading("Login");
        self.console
            .say("A client is then given the address alone; its user logs in once, in a browser.");
        self.yes_or_no("Let people log in as well?", known.unwrap_or(true))
    }

    async fn discovery_url(
        &mut self,
        default: Option<&str>,
    ) -> Result<(DiscoveryUrl, ProviderFacts), Failure> {
        loop {
            let text = self.answer("Enter OAuth discovery URL", default)?;
            let checked = match text.parse::<DiscoveryUrl>() {
                Ok(url) => self.provider.facts(&url).await.map(|facts| (url, facts)),
                Err(error) => Err(error.to_string()),
            };
            match checked {
                Ok(good) => return Ok(good),
                Err(why) => self.refuse(&why),
            }
        }
    }

    fn describe(&mut self, facts: &ProviderFacts) {
        self.console.say(&format!("  issuer: {}", facts.issuer));
        if let Some(preset) = &facts.preset {
            self.console
                .say(&format!("  {}: {}", preset.provider, preset.advice));
        }
    }

    fn lists(
        &mut self,
        clients: &[String],
        audiences: &[String],
    ) -> Result<(Vec<String>, Vec<String>), Failure> {
        loop {
            let pair = (
                self.list("Enter allowed OAuth client IDs (comma-separated)", clients)?,
                self.list("Enter allowed OAuth audience (comma-separated)", audiences)?,
            );
            if !pair.0.is_empty() || !pair.1.is_empty() {
                return Ok(pair);
            }
            self.refuse("with neither, every token of the issuer would be let in: name at least one client ID or audience");
        }
    }

    /// An empty answer is an answer here, unless a default stands in brackets.
    fn list(&mut self, question: &str, default: &[String]) -> Result<Vec<String>, Failure> {
        let default = Some(default.join(", ")).filter(|joined| !joined.is_empty());
        let text = self.console.ask(question, default.as_deref())?;
        Ok(match (text.as_str(), default) {
            ("", Some(default)) => checks::split_list(&default),
            (NONE, _) => Vec::new(),
            (text, _) => checks::split_list(text),
        })
    }

    fn yes_or_no(&mut self, question: &str, default: bool) -> Result<bool, Failure> {
        let default = if default { "yes" } else { "no" };
        self.until(
            &format!("{question} (yes/no)"),
            Some(default),
            checks::yes_or_no,
        )
    }

    /// Asks until a check is content.
    fn until<T>(
        &mut self,
        question: &str,
        default: Option<&str>,
        check: impl Fn(&str) -> Result<T, String>,
    ) -> Result<T, Failure> {
        loop {
            let text = self.answer(question, default)?;
            match check(&text) {
                Ok(value) => return Ok(value),
                Err(why) => self.refuse(&why),
            }
        }
    }

    /// An answer that is not empty; Enter gives the default.
    fn answer(&mut self, question: &str, default: Option<&str>) -> Result<String, Failure> {
        loop {
            let text = self.console.ask(question, default)?;
            match (text.is_empty(), default) {
                (false, _) => return Ok(text),
                (true, Some(default)) => return Ok(default.to_owned()),
                (true, None) => self.refuse("an answer is needed"),
            }
        }
    }

    fn refuse(&mut self, why: &str) {
        self.console.say(&format!("  not accepted: {why}"));
    }

    fn heading(&mut self, title: &str) {
        self.console.say("");
        self.console.say(title);
    }
}
