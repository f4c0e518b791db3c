//! Work that goes on when nobody waits for it any more.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::runtime::Handle;

/// A future that is not cancelled when it is dropped, but finished in the
/// background, within a limit. Until then it runs on the task that awaits it.
pub(super) struct Outliving<F: Future + Send + 'static>
where
    F::Output: Send,
{
    running: Option<Pin<Box<F>>>,
    limit: Duration,
}

impl<F: Future + Send + 'static> Outliving<F>
where
    F::Output: Send,
{
    pub(super) fn new(running: Pin<Box<F>>, limit: Duration) -> Self {
        Self {
            running: Some(running),
            limit,
        }
    }
}

impl<F: Future + Send + 'static> Future for Outliving<F>
where
    F::Output: Send,
{
    type Output = F::Output;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<F::Output> {
        let Some(running) = &mut self.running else {
            return Poll::Pending;
        };
        let output = std::task::ready!(running.as_mut().poll(context));
        self.running = None;
        Poll::Ready(output)
    }
}

impl<F: Future + Send + 'static> Drop for Outliving<F>
where
    F::Output: Send,
{
    fn drop(&mut self) {
        // Without a runtime the program is ending, and the work with it.
        if let (Some(running), Ok(runtime)) = (self.running.take(), Handle::try_current()) {
            runtime.spawn(tokio::time::timeout(self.limit, running));
        }
    }
}
