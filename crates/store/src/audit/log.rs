//! Recording without waiting: events queue up, and one task writes what has
//! queued in one transaction. It waits a moment for more, since each
//! transaction costs a write to the disk, however few events are in it.

use std::time::Duration;

use shukuba_model::Clock;
use tokio::sync::{mpsc, oneshot};
use tokio::time::{Instant, timeout_at};

use super::AuditEvent;
use crate::Store;

/// Events that may wait. When more come than the disk takes, those who bring
/// them wait: an event is never dropped.
const QUEUE: usize = 1024;
/// The most events of one transaction.
const BATCH: usize = 256;
/// How long the first event of a transaction waits for others.
const GATHERING: Duration = Duration::from_millis(20);

/// Takes events. Clones share the queue.
#[derive(Debug, Clone)]
pub struct AuditLog(mpsc::Sender<Message>);

#[derive(Debug)]
enum Message {
    Event(AuditEvent),
    /// Answered when everything before it is written.
    Flush(oneshot::Sender<()>),
}

impl Message {
    fn is_awaited(&self) -> bool {
        matches!(self, Self::Flush(_))
    }
}

impl AuditLog {
    /// Begins to write; ends when the last clone is dropped.
    pub fn start(store: Store, clock: Clock) -> Self {
        let (sender, receiver) = mpsc::channel(QUEUE);
        tokio::spawn(write_until_closed(store, clock, receiver));
        Self(sender)
    }

    /// Records an event.
    pub async fn record(&self, event: AuditEvent) {
        tracing::info!(
            event = event.event,
            outcome = event.outcome,
            actor = event.actor,
            client_id = event.client_id,
            subject = event.subject,
            address = event.address,
            detail = event.detail,
            "audit"
        );
        if self.0.send(Message::Event(event)).await.is_err() {
            tracing::error!("the audit log has ended; the event above is not kept");
        }
    }

    /// Waits until everything recorded so far is written.
    pub async fn flush(&self) {
        let (done, written) = oneshot::channel();
        if self.0.send(Message::Flush(done)).await.is_ok() {
            drop(written.await);
        }
    }
}

async fn write_until_closed(store: Store, clock: Clock, mut receiver: mpsc::Receiver<Message>) {
    let mut messages = Vec::with_capacity(BATCH);
    while receiver.recv_many(&mut messages, BATCH).await > 0 {
        gather(&mut receiver, &mut messages).await;
        let mut events = Vec::with_capacity(messages.len());
        let mut waiting = Vec::new();
        for message in messages.drain(..) {
            match message {
                Message::Event(event) => events.push(event),
                Message::Flush(done) => waiting.push(done),
            }
        }
        if !events.is_empty()
            && let Err(error) = store.append_audit(&events, clock.now()).await
        {
            tracing::error!(%error, lost = events.len(), "audit events could not be written");
        }
        for done in waiting {
            // Whoever waited may be gone; the events are written all the same.
            let _ = done.send(());
        }
    }
}

/// Takes what comes within [`GATHERING`]; less when somebody waits for the
/// writing, when the transaction is full or when nothing can come any more.
async fn gather(receiver: &mut mpsc::Receiver<Message>, messages: &mut Vec<Message>) {
    let end = Instant::now() + GATHERING;
    let mut awaited = messages.iter().any(Message::is_awaited);
    while messages.len() < BATCH && !awaited {
        let Ok(Some(message)) = timeout_at(end, receiver.recv()).await else {
            return;
        };
        awaited = message.is_awaited();
        messages.push(message);
    }
}
