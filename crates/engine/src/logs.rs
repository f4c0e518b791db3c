//! What instances print: a file per runtime, and the last lines of each instance.

use std::collections::{HashMap, VecDeque};
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use parking_lot::Mutex;
use shukuba_model::name::RuntimeId;
use tokio::io::{AsyncRead, AsyncReadExt as _};
use tokio::sync::mpsc;

/// A log file is set aside when it has grown to this many bytes.
const ROTATE_AT: u64 = 10 * 1024 * 1024;
/// A line longer than this is split.
const LONGEST_LINE: usize = 16 * 1024;
/// How many lines of an instance an error shows.
const TAIL_LINES: usize = 15;
/// How many lines a follower may be behind before it misses some.
const FOLLOWER_BUFFER: usize = 1024;

/// The logs of all runtimes.
#[derive(Debug)]
pub(crate) struct Logs {
    directory: PathBuf,
    open: Mutex<HashMap<RuntimeId, Arc<RuntimeLog>>>,
}

impl Logs {
    /// The logs in a directory, which is made.
    pub(crate) fn open(directory: PathBuf) -> io::Result<Self> {
        fs::create_dir_all(&directory)?;
        Ok(Self {
            directory,
            open: Mutex::default(),
        })
    }

    /// The log of a runtime.
    pub(crate) fn of(&self, runtime: &RuntimeId) -> Arc<RuntimeLog> {
        let mut open = self.open.lock();
        let log = open.entry(runtime.clone()).or_insert_with(|| {
            Arc::new(RuntimeLog {
                path: self.directory.join(format!("{runtime}.log")),
                state: Mutex::default(),
            })
        });
        Arc::clone(log)
    }
}

/// The log of one runtime.
#[derive(Debug)]
pub(crate) struct RuntimeLog {
    path: PathBuf,
    state: Mutex<LogState>,
}

#[derive(Debug, Default)]
struct LogState {
    file: Option<(File, u64)>,
    followers: Vec<mpsc::Sender<String>>,
}

impl RuntimeLog {
    fn write(&self, instance: &str, text: &str) {
        let line = format!("{:.3} {instance} {text}", jiff::Timestamp::now());
        let mut state = self.state.lock();
        if let Err(error) = self.append(&mut state.file, &line) {
            tracing::warn!(path = %self.path.display(), %error, "a log line is lost");
            state.file = None;
        }
        // A follower that is too slow misses lines; one that is gone is forgotten.
        state.followers.retain(|follower| {
            !matches!(
                follower.try_send(line.clone()),
                Err(mpsc::error::TrySendError::Closed(_))
            )
        });
    }

    fn append(&self, open: &mut Option<(File, u64)>, line: &str) -> io::Result<()> {
        if open.as_ref().is_some_and(|(_, size)| *size >= ROTATE_AT) {
            *open = None;
            fs::rename(&self.path, self.rotated())?;
        }
        let (file, size) = match open {
            Some(open) => open,
            None => {
                let file = OpenOptions::new()
                    .create(true)
                    .append(true)
                    .open(&self.path)?;
                let size = file.metadata()?.len();
                open.insert((file, size))
            }
        };
        let bytes = format!("{line}\n");
        file.write_all(bytes.as_bytes())?;
        *size += u64::try_from(bytes.len()).unwrap_or(0);
        Ok(())
    }

    fn rotated(&self) -> PathBuf {
        self.path.with_extension("log.1")
    }

    /// The last lines and, when followed, those that come.
    pub(crate) fn read(&self, tail: usize, follow: bool) -> LogLines {
        let mut state = self.state.lock();
        let mut lines = last_lines(&self.path, tail);
        if lines.len() < tail {
            let mut older = last_lines(&self.rotated(), tail - lines.len());
            older.append(&mut lines);
            lines = older;
        }
        let live = follow.then(|| {
            let (sender, receiver) = mpsc::channel(FOLLOWER_BUFFER);
            state.followers.push(sender);
            receiver
        });
        LogLines {
            backlog: lines.into_iter(),
            live,
        }
    }
}

fn last_lines(path: &Path, count: usize) -> Vec<String> {
    let Ok(bytes) = fs::read(path) else {
        return Vec::new();
    };
    let text = String::from_utf8_lossy(&bytes);
    let mut lines: Vec<String> = text.lines().rev().take(count).map(str::to_owned).collect();
    lines.reverse();
    lines
}

/// Lines of a runtime's log: the newest ones it has, then, when followed, each
/// new one. Ends when nothing more can come.
#[derive(Debug, Default)]
pub struct LogLines {
    backlog: std::vec::IntoIter<String>,
    live: Option<mpsc::Receiver<String>>,
}

impl LogLines {
    /// The next line.
    pub async fn next(&mut self) -> Option<String> {
        std::future::poll_fn(|context| self.poll_line(context)).await
    }

    fn poll_line(&mut self, context: &mut Context<'_>) -> Poll<Option<String>> {
        if let Some(line) = self.backlog.next() {
            return Poll::Ready(Some(line));
        }
        match &mut self.live {
            Some(live) => live.poll_recv(context),
            None => Poll::Ready(None),
        }
    }
}

impl futures_util::Stream for LogLines {
    type Item = String;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<String>> {
        self.poll_line(context)
    }
}

/// The log of one instance: lines go to the runtime's file, the last ones are kept.
#[derive(Debug)]
pub(crate) struct InstanceLog {
    runtime: Arc<RuntimeLog>,
    instance: String,
    last: Mutex<VecDeque<String>>,
}

impl InstanceLog {
    /// Begins the log of an instance.
    pub(crate) fn new(runtime: Arc<RuntimeLog>, instance: &str) -> Self {
        Self {
            runtime,
            instance: instance.to_owned(),
            last: Mutex::default(),
        }
    }

    /// Writes a line of ours, which is not one of the instance's last words.
    pub(crate) fn note(&self, text: &str) {
        self.runtime.write(&self.instance, &format!("[{text}]"));
    }

    /// The last lines the instance printed.
    pub(crate) fn tail(&self) -> Vec<String> {
        self.last.lock().iter().cloned().collect()
    }

    /// Copies an output of the instance until it ends.
    pub(crate) async fn copy(self: Arc<Self>, output: impl AsyncRead + Unpin) {
        each_line(output, |line| {
            self.runtime.write(&self.instance, line);
            push_last(&mut self.last.lock(), line, TAIL_LINES);
        })
        .await;
    }
}

/// Keeps the last `count` lines.
pub(crate) fn push_last(last: &mut VecDeque<String>, line: &str, count: usize) {
    if last.len() >= count {
        last.pop_front();
    }
    last.push_back(line.to_owned());
}

/// Calls `take` with each line of an output until it ends. Control characters,
/// which could steer a terminal that shows the line, are replaced.
pub(crate) async fn each_line(mut output: impl AsyncRead + Unpin, mut take: impl FnMut(&str)) {
    let mut pending: Vec<u8> = Vec::new();
    // Two of these live as long as an instance does.
    let mut chunk = vec![0_u8; 1024];
    loop {
        let count = match output.read(&mut chunk).await {
            Ok(0) | Err(_) => break,
            Ok(count) => count,
        };
        for byte in chunk.iter().take(count) {
            if *byte == b'\n' {
                take(&printable(&pending));
                pending.clear();
            } else {
                pending.push(*byte);
            }
            if pending.len() >= LONGEST_LINE {
                take(&printable(&pending));
                pending.clear();
            }
        }
    }
    if !pending.is_empty() {
        take(&printable(&pending));
    }
}

fn printable(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes)
        .trim_end_matches('\r')
        .chars()
        .map(|c| {
            if c.is_control() && c != '\t' {
                '\u{fffd}'
            } else {
                c
            }
        })
        .collect()
}
