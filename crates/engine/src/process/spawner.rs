//! The one thread that starts instances.
//!
//! The kernel ties an instance's "die with your parent" to the *thread* that
//! started it, so instances may not be started on threads that a pool ends.

use std::io;
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use tokio::process::{Child, Command};
use tokio::runtime::Handle;
use tokio::sync::oneshot;

const BUSY_TRIES: u32 = 20;
const BUSY_PAUSE: Duration = Duration::from_millis(5);

struct Order {
    command: Command,
    reply: oneshot::Sender<io::Result<Child>>,
}

/// Starts processes on a thread that lives as long as this value.
#[derive(Debug)]
pub(crate) struct Spawner {
    orders: mpsc::Sender<Order>,
}

impl Spawner {
    /// Starts the thread; children are awaited on `runtime`.
    pub(crate) fn new(runtime: Handle) -> io::Result<Self> {
        let (orders, inbox) = mpsc::channel::<Order>();
        thread::Builder::new()
            .name("spawner".to_owned())
            .spawn(move || {
                let _context = runtime.enter();
                for mut order in inbox {
                    let outcome = spawn_patiently(&mut order.command);
                    // A caller that is gone drops the child, which kills it.
                    drop(order.reply.send(outcome));
                }
            })?;
        Ok(Self { orders })
    }

    /// Starts a process.
    pub(crate) async fn spawn(&self, command: Command) -> io::Result<Child> {
        let gone = || io::Error::other("the thread that starts instances has ended");
        let (reply, answer) = oneshot::channel();
        self.orders
            .send(Order { command, reply })
            .map_err(|_| gone())?;
        answer.await.map_err(|_| gone())?
    }
}

/// Starts a process. A program that was written a moment ago may be "busy"
/// while another thread is between fork and exec and still holds it open.
pub(crate) fn spawn_patiently(command: &mut Command) -> io::Result<Child> {
    for _ in 0..BUSY_TRIES {
        match command.spawn() {
            Err(error) if error.kind() == io::ErrorKind::ExecutableFileBusy => {
                thread::sleep(BUSY_PAUSE);
            }
            outcome => return outcome,
        }
    }
    command.spawn()
}
