//! The audit log.

use shukuba_model::wire::{AuditCheckView, AuditView};
use shukuba_store::{AuditCheck, AuditEntry, AuditEvent, AuditFilter};

use crate::{Control, ControlError};

impl Control {
    /// Records a change the operator made.
    pub(super) async fn record(&self, event: &'static str, subject: &str, detail: &str) {
        let event = AuditEvent {
            event,
            outcome: "ok",
            actor: "operator".to_owned(),
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
