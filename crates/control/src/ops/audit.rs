//! The audit log.

use std::collections::HashMap;

use shukuba_model::UserName;
use shukuba_model::wire::{AuditCheckView, AuditView};
use shukuba_store::{AuditCheck, AuditEntry, AuditEvent, AuditFilter};

use crate::{Control, ControlError};

impl Control {
    /// Records a change that an operator made.
    pub(super) async fn record(&self, event: &'static str, subject: &str, detail: &str) {
        let event = AuditEvent {
            event,
            outcome: "ok",
            actor: self.actor().to_owned(),
            subject: subject.to_owned(),
            detail: detail.to_owned(),
            ..AuditEvent::default()
        };
        self.parts().audit.record(event).await;
    }

    /// Entries, the newest first.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub(crate) async fn audit(&self, filter: &AuditFilter) -> Result<Vec<AuditView>, ControlError> {
        // What was just done is part of the answer.
        self.parts().audit.flush().await;
        let entries = self.parts().store.audit(filter).await?;
        Ok(entries.into_iter().map(view).collect())
    }

    /// The names of the people in entries, by id, where they are known.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub(crate) async fn people_of(
        &self,
        entries: &[AuditView],
    ) -> Result<HashMap<String, UserName>, ControlError> {
        let mut people = HashMap::new();
        for id in entries.iter().flat_map(|one| [&one.actor, &one.subject]) {
            let known = people.contains_key(id);
            let Some(user_id) = id.parse().ok().filter(|_| !known) else {
                continue;
            };
            if let Some(user) = self.parts().store.user(&user_id).await? {
                people.insert(id.clone(), user.name);
            }
        }
        Ok(people)
    }

    /// The id of whoever goes by that name, else the text as it is: `operator`
    /// and `server` are nobody's name, and people may be gone.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub(crate) async fn person_in_audit(&self, which: &str) -> Result<String, ControlError> {
        match self.find_user(which).await {
            Ok(user) => Ok(user.id.to_string()),
            Err(ControlError::NotFound(_)) => Ok(which.to_owned()),
            Err(error) => Err(error),
        }
    }

    /// Checks that no entry was changed, moved or removed.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub(crate) async fn check_audit(&self) -> Result<AuditCheckView, ControlError> {
        self.parts().audit.flush().await;
        Ok(match self.parts().store.check_audit().await? {
            AuditCheck::Whole { entries, head } => AuditCheckView {
                whole: true,
                entries: Some(entries),
                head: Some(head),
                broken_at: None,
            },
            AuditCheck::Broken { seq } => AuditCheckView {
                whole: false,
                entries: None,
                head: None,
                broken_at: Some(seq),
            },
        })
    }
}

fn view(entry: AuditEntry) -> AuditView {
    AuditView {
        seq: entry.seq,
        at: entry.at,
        event: entry.event,
        outcome: entry.outcome,
        actor: entry.actor,
        client_id: entry.client_id,
        subject: entry.subject,
        address: entry.address,
        detail: entry.detail,
    }
}
