//! What to do first, where nothing was done yet.

use shukuba_model::wire::{ListedSource, RuntimeView};

use crate::console::texts::HomeTexts;
use crate::ops::clients::ClientPage;
use crate::{Control, ControlError};

/// How somebody begins here.
pub(in crate::console) struct Steps {
    /// Whether there is a runtime.
    pub(in crate::console) hosted: bool,
    pub(in crate::console) host_text: &'static str,
    /// Whether there is an application.
    pub(in crate::console) admitted: bool,
    /// The page of a runtime, where there is one.
    pub(in crate::console) connect: Option<String>,
}

impl Steps {
    /// None where there is a runtime, and a client that could call it or tried to.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub(super) async fn left(
        control: &Control,
        t: &'static HomeTexts,
        runtimes: &[RuntimeView],
        came: bool,
        is_operator: bool,
    ) -> Result<Option<Self>, ControlError> {
        let hosted = !runtimes.is_empty();
        if hosted && came {
            return Ok(None);
        }
        let any = ClientPage {
            source: ListedSource::All,
            search: None,
            after: None,
            limit: 1,
        };
        let admitted = !control.applications(&any).await?.is_empty();
        let steps = Self {
            hosted,
            host_text: if is_operator {
                t.host_text
            } else {
                t.host_by_operator
            },
            admitted,
            connect: runtimes
                .first()
                .map(|runtime| format!("/console/runtimes/{}#connect", runtime.name)),
        };
        Ok((!hosted || !admitted).then_some(steps))
    }
}
