//! A launch: build, smoke start, commit, publish. Until the commit nothing of
//! what serves has changed.

use shukuba_engine::{Build, BuildError, BuildEvent, BuildSource, Smoke, SmokeError};
use shukuba_model::route::{Lifecycle, Version};
use shukuba_model::session::SessionMode;
use shukuba_model::wire::{LaunchEvent, LaunchRequest, LaunchSource, Problem, RuntimeView};
use shukuba_model::{Qualifier, RuntimeName};
use shukuba_store::{Launch, NewVersion, RuntimeRecord};
use tokio::sync::mpsc;

use super::plan::Plan;
use crate::{Control, ControlError};

/// A launch that changed nothing, and the lines of the tool that failed.
struct LaunchFailure {
    problem: Problem,
    output: Vec<String>,
}

impl From<ControlError> for LaunchFailure {
    fn from(error: ControlError) -> Self {
        if let ControlError::Internal(cause) = &error {
            tracing::error!(cause = %cause, "a launch failed");
        }
        Self {
            problem: error.problem(),
            output: Vec::new(),
        }
    }
}

impl From<BuildError> for LaunchFailure {
    fn from(error: BuildError) -> Self {
        Self::told("build_failed", error.message, error.hint, error.output)
    }
}

impl From<SmokeError> for LaunchFailure {
    fn from(error: SmokeError) -> Self {
        Self::told("start_failed", error.message, error.hint, error.output)
    }
}

impl LaunchFailure {
    fn told(reason: &str, message: String, hint: String, output: Vec<String>) -> Self {
        let hint = Some(hint).filter(|hint| !hint.is_empty());
        Self {
            problem: Problem {
                error: reason.to_owned(),
                message,
                hint,
            },
            output,
        }
    }
}

impl Control {
    /// Launches, telling `events` what happens; the last event is `Launched`
    /// or `Failed`.
    pub(crate) async fn launch(
        &self,
        name: RuntimeName,
        request: LaunchRequest,
        events: mpsc::Sender<LaunchEvent>,
    ) {
        let _one_at_a_time = self.0.launching.lock().await;
        let last = match self.try_launch(name, &request, &events).await {
            Ok(runtime) => LaunchEvent::Launched {
                runtime: Box::new(runtime),
            },
            Err(failure) => LaunchEvent::Failed {
                problem: failure.problem,
                output: failure.output,
            },
        };
        // The asker may have hung up; the launch is what it is.
        drop(events.send(last).await);
    }

    async fn try_launch(
        &self,
        name: RuntimeName,
        request: &LaunchRequest,
        events: &mpsc::Sender<LaunchEvent>,
    ) -> Result<RuntimeView, LaunchFailure> {
        let plan = self.plan(name, request).await?;
        let build = self.build(&request.source, events).await?;
        if request.reuse_unchanged && self.unchanged(&plan, &build, request).await? {
            step(events, "Nothing changed: the newest version stays").await;
            return Ok(self.runtime(plan.name.as_str()).await?);
        }
        step(events, "Starting it once to see what it offers").await;
        let smoke = self.smoke(&plan, &build).await?;
        let number = self.commit(&plan, request, build, smoke).await?;
        let older = if number > 1 {
            "; sessions of older ones finish"
        } else {
            ""
        };
        step(events, &format!("Version {number} serves{older}")).await;
        Ok(self.runtime(plan.name.as_str()).await?)
    }

    async fn build(
        &self,
        source: &LaunchSource,
        events: &mpsc::Sender<LaunchEvent>,
    ) -> Result<Build, LaunchFailure> {
        let source = self.build_source(source)?;
        let (sender, mut receiver) = mpsc::channel(64);
        let forward = async {
            while let Some(event) = receiver.recv().await {
                let event = match event {
                    BuildEvent::Step(text) => LaunchEvent::Step { text },
                    BuildEvent::Output(line) => LaunchEvent::Output { line },
                };
                drop(events.send(event).await);
            }
        };
        let (build, ()) = tokio::join!(self.parts().engine.build(source, sender), forward);
        Ok(build?)
    }

    fn build_source(&self, source: &LaunchSource) -> Result<BuildSource, ControlError> {
        match source {
            LaunchSource::Bundle {
                sha256,
                entrypoint,
                requirements_file,
            } => Ok(BuildSource::Bundle {
                bundle: self.bundle_path(sha256)?,
                entrypoint: entrypoint.clone(),
                requirements_file: requirements_file.clone(),
            }),
            LaunchSource::Builtin => {
                let program = self.parts().builtin.clone();
                let program = program
                    .ok_or_else(|| ControlError::invalid("this server has no built-in adder"))?;
                Ok(BuildSource::Builtin {
                    program,
                    arguments: vec!["__adder".to_owned()],
                })
            }
        }
    }

    async fn unchanged(
        &self,
        plan: &Plan,
        build: &Build,
        request: &LaunchRequest,
    ) -> Result<bool, ControlError> {
        let Some(runtime) = self.find_runtime(plan.name.as_str()).await? else {
            return Ok(false);
        };
        let store = &self.parts().store;
        let endpoints = store.endpoints(&runtime.id).await?;
        let newest = store.versions(&runtime.id).await?.pop();
        Ok(newest.is_some_and(|newest| {
            newest.version.digest == build.digest
                && newest.version.command == build.command
                && endpoints.get(&Qualifier::default()) == Some(&newest.version.number)
                && runtime.authorizer == plan.authorizer
                && runtime.login == request.login
                && runtime.login_allow == request.login_allow
        }))
    }

    async fn smoke(&self, plan: &Plan, build: &Build) -> Result<Smoke, LaunchFailure> {
        let candidate = Version {
            number: 0,
            digest: build.digest.clone(),
            command: build.command.clone(),
            sessions: SessionMode::default(),
        };
        Ok(self.parts().engine.smoke(&plan.arn.id, &candidate).await?)
    }

    async fn commit(
        &self,
        plan: &Plan,
        request: &LaunchRequest,
        build: Build,
        smoke: Smoke,
    ) -> Result<u32, ControlError> {
        let parts = self.parts();
        let now = parts.clock.now();
        let launch = Launch {
            runtime: RuntimeRecord {
                name: plan.name.clone(),
                id: plan.arn.id.clone(),
                arn: plan.arn.clone(),
                authorizer: plan.authorizer.clone(),
                authorization_server: plan.authorization_server.clone(),
                login: request.login,
                login_allow: request.login_allow.clone(),
                lifecycle: Lifecycle::default(),
                created_at: now,
            },
            version: NewVersion {
                digest: build.digest,
                command: build.command,
                sessions: smoke.sessions,
                tools: smoke.tools,
                start_ms: smoke.start_ms,
                created_at: now,
            },
        };
        let number = parts.store.launch(&launch).await?;
        self.publish_routes().await?;
        parts.engine.retire_old_versions(&plan.arn.id, number);
        tracing::info!(runtime = %plan.arn.id, version = number, "launched");
        let detail = format!("version {number}, build {}", launch.version.digest);
        self.record("runtime.launched", plan.arn.id.as_str(), &detail)
            .await;
        Ok(number)
    }
}

async fn step(events: &mpsc::Sender<LaunchEvent>, text: &str) {
    drop(
        events
            .send(LaunchEvent::Step {
                text: text.to_owned(),
            })
            .await,
    );
}
