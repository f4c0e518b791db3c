//! Launches that nobody waits for: they go on by themselves, and what became of
//! them can be looked up for a while.

use std::collections::VecDeque;
use std::sync::Arc;

use parking_lot::Mutex;
use shukuba_engine::Packed;
use shukuba_model::authorizer::DiscoveryUrl;
use shukuba_model::wire::{AuthorizerSettings, LaunchEvent, LaunchRequest, Problem};
use shukuba_model::{ApiIdentifier, ClientClaim, RuntimeName};
use tokio::sync::mpsc;

use crate::{Control, ControlError};

/// How many are remembered.
const MOST: usize = 20;
/// How many steps and lines of tools are kept of each.
const MOST_STEPS: usize = 100;
const MOST_LINES: usize = 200;
/// How many events may wait to be noted.
const EVENT_BACKLOG: usize = 64;

/// The newest launches, oldest first.
#[derive(Default)]
pub(crate) struct Launches(Mutex<Kept>);

#[derive(Default)]
struct Kept {
    last_id: u64,
    launches: VecDeque<Progress>,
}

/// How far a launch got.
#[derive(Clone)]
pub(crate) struct Progress {
    /// What it is looked up by; no secret.
    pub(crate) id: u64,
    /// The runtime's name.
    pub(crate) runtime: RuntimeName,
    /// What was done so far.
    pub(crate) steps: Vec<String>,
    /// The newest lines that tools printed.
    pub(crate) output: VecDeque<String>,
    /// How it ended.
    pub(crate) end: Option<End>,
}

/// How a launch ended.
#[derive(Clone)]
pub(crate) enum End {
    /// That version serves.
    Launched(u32),
    /// Nothing changed.
    Failed(Problem),
}

impl Launches {
    /// Makes room for one more; the oldest that has ended gives way.
    fn begin(&self, runtime: RuntimeName) -> Result<u64, ControlError> {
        let mut kept = self.0.lock();
        if kept.launches.len() >= MOST {
            let ended = kept.launches.iter().position(|one| one.end.is_some());
            let Some(ended) = ended else {
                return Err(ControlError::Conflict {
                    message: format!("{MOST} launches are under way or wait for their turn"),
                    hint: Some("wait until one of them has ended".to_owned()),
                });
            };
            kept.launches.remove(ended);
        }
        kept.last_id += 1;
        let id = kept.last_id;
        kept.launches.push_back(Progress {
            id,
            runtime,
            steps: Vec::new(),
            output: VecDeque::new(),
            end: None,
        });
        Ok(id)
    }

    fn note(&self, id: u64, event: LaunchEvent) {
        let mut kept = self.0.lock();
        if let Some(launch) = kept.launches.iter_mut().find(|one| one.id == id) {
            launch.note(event);
        }
    }

    fn find(&self, id: u64) -> Option<Progress> {
        let kept = self.0.lock();
        kept.launches.iter().find(|one| one.id == id).cloned()
    }
}

impl Progress {
    fn note(&mut self, event: LaunchEvent) {
        match event {
            LaunchEvent::Step { text } => {
                if self.steps.len() < MOST_STEPS {
                    self.steps.push(text);
                }
            }
            LaunchEvent::Output { line } => self.print(line),
            LaunchEvent::Launched { runtime } => self.end = Some(End::Launched(runtime.version)),
            LaunchEvent::Failed { problem, output } => {
                if !output.is_empty() {
                    self.output.clear();
                }
                output.into_iter().for_each(|line| self.print(line));
                self.end = Some(End::Failed(problem));
            }
        }
    }

    fn print(&mut self, line: String) {
        if self.output.len() >= MOST_LINES {
            self.output.pop_front();
        }
        self.output.push_back(line);
    }
}

impl Control {
    /// Begins a launch of a project that was packed, which goes on whoever looks.
    ///
    /// # Errors
    /// When too many are under way, or the project cannot be stored.
    pub(crate) async fn begin_launch(
        &self,
        name: RuntimeName,
        packed: Packed,
        request: LaunchRequest,
    ) -> Result<u64, ControlError> {
        let chunk = futures_util::stream::iter([Ok(packed.bytes.into())]);
        self.store_bundle(&packed.sha256, Box::pin(chunk)).await?;
        let id = self.0.launches.begin(name.clone())?;
        let (events, mut receiver) = mpsc::channel(EVENT_BACKLOG);
        let control = self.clone();
        tokio::spawn(async move { control.launch(name, request, events).await });
        let inner = Arc::clone(&self.0);
        tokio::spawn(async move {
            while let Some(event) = receiver.recv().await {
                inner.launches.note(id, event);
            }
            inner.launches.broken_off(id);
        });
        Ok(id)
    }

    /// How far a launch got that was begun by [`Control::begin_launch`].
    ///
    /// # Errors
    /// When it is not remembered.
    pub(crate) fn launch_progress(&self, id: &str) -> Result<Progress, ControlError> {
        let found = id.parse().ok().and_then(|id| self.0.launches.find(id));
        found.ok_or_else(|| {
            ControlError::NotFound(format!(
                "there is no such launch: the newest {MOST} are remembered, until the server stops"
            ))
        })
    }

    /// Rules that take tokens of our own issuer for a registered API, of those
    /// clients, or of every one where none is named.
    ///
    /// # Errors
    /// When the API is not registered.
    pub(crate) async fn rules_of_api(
        &self,
        api: &ApiIdentifier,
        clients: Vec<String>,
    ) -> Result<AuthorizerSettings, ControlError> {
        let api = self.api(api).await?;
        let discovery_url: DiscoveryUrl = self
            .openid_configuration()
            .try_into()
            .map_err(ControlError::internal)?;
        Ok(AuthorizerSettings {
            discovery_url,
            allowed_clients: clients,
            allowed_audience: vec![api.identifier.to_string()],
            allowed_scopes: Vec::new(),
            client_claim: ClientClaim::default(),
        })
    }
}

impl Launches {
    /// A launch that told no end will tell none.
    fn broken_off(&self, id: u64) {
        let mut kept = self.0.lock();
        let launch = kept.launches.iter_mut().find(|one| one.id == id);
        if let Some(launch) = launch.filter(|one| one.end.is_none()) {
            launch.end = Some(End::Failed(Problem {
                error: "internal".to_owned(),
                message: "the launch broke off; the server's log says why".to_owned(),
                hint: None,
            }));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name() -> RuntimeName {
        "adder".parse().unwrap()
    }

    fn failed() -> LaunchEvent {
        LaunchEvent::Failed {
            problem: Problem {
                error: "build_failed".to_owned(),
                message: "no".to_owned(),
                hint: None,
            },
            output: Vec::new(),
        }
    }

    #[test]
    fn what_has_ended_gives_way_and_what_is_under_way_does_not() {
        let launches = Launches::default();
        let ids: Vec<u64> = (0..MOST).map(|_| launches.begin(name()).unwrap()).collect();
        assert!(launches.begin(name()).is_err());
        launches.note(ids[3], failed());
        launches.begin(name()).unwrap();
        assert!(launches.find(ids[3]).is_none());
        assert!(launches.find(ids[0]).is_some());
        assert_eq!(launches.0.lock().launches.len(), MOST);
    }

    #[test]
    fn a_tool_that_prints_without_end_takes_no_more_room() {
        let launches = Launches::default();
        let id = launches.begin(name()).unwrap();
        for number in 0..1000 {
            let line = number.to_string();
            launches.note(id, LaunchEvent::Output { line });
            let text = number.to_string();
            launches.note(id, LaunchEvent::Step { text });
        }
        let progress = launches.find(id).unwrap();
        assert_eq!(progress.output.len(), MOST_LINES);
        assert_eq!(progress.output.back().unwrap(), "999");
        assert_eq!(progress.steps.len(), MOST_STEPS);
        launches.broken_off(id);
        assert!(matches!(
            launches.find(id).unwrap().end,
            Some(End::Failed(_))
        ));
    }
}
