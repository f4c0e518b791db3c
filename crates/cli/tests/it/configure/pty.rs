//! A program on a pseudo-terminal, as a person at a keyboard meets it.

use std::fs::{File, OpenOptions};
use std::io::{Read, Write};
use std::process::{Child, Command, Stdio};

use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};

/// A running program and everything its terminal showed so far.
pub(super) struct Session {
    child: Child,
    terminal: File,
    screen: Vec<u8>,
}

impl Session {
    /// Starts a program with the terminal as its standard input and error;
    /// standard output is a pipe.
    pub(super) fn start(command: &mut Command) -> Self {
        let main = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
        grantpt(&main).unwrap();
        unlockpt(&main).unwrap();
        let name = ptsname(&main, Vec::new()).unwrap();
        let side = OpenOptions::new()
            .read(true)
            .write(true)
            .open(name.to_str().unwrap())
            .unwrap();
        let child = command
            .stdin(side.try_clone().unwrap())
            .stderr(side)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        // The command keeps its copies of the terminal's other side, and the
        // end of the program would go unnoticed.
        command.stdin(Stdio::null()).stderr(Stdio::null());
        Self {
            child,
            terminal: File::from(main),
            screen: Vec::new(),
        }
    }

    /// Waits for the prompt of a question and types a line.
    pub(super) fn answer(&mut self, question: &str, line: &str) {
        while !self.asks(question) {
            assert!(self.read(), "'{question}' was not asked: {}", self.shown());
        }
        self.terminal
            .write_all(format!("{line}\n").as_bytes())
            .unwrap();
        // The echo of the line ends the prompt, so that the next one is a new one.
        while !self.screen.ends_with(b"\n") {
            assert!(self.read(), "no echo, but the end: {}", self.shown());
        }
    }

    /// Waits for the end; gives success, the screen, and standard output.
    pub(super) fn finish(mut self) -> (bool, String, String) {
        while self.read() {}
        let mut output = String::new();
        let mut stdout = self.child.stdout.take().unwrap();
        stdout.read_to_string(&mut output).unwrap();
        let status = self.child.wait().unwrap();
        (status.success(), self.shown(), output)
    }

    /// Whether the cursor stands behind the prompt of a question.
    fn asks(&self, question: &str) -> bool {
        let line = self.screen.rsplit(|byte| *byte == b'\n').next().unwrap();
        line.starts_with(question.as_bytes()) && line.ends_with(b": ")
    }

    /// Reads one byte, so that nothing behind a prompt's end is taken early.
    fn read(&mut self) -> bool {
        let mut byte = [0];
        // On Linux the read fails, elsewhere it ends, when the program is gone.
        let got = matches!(self.terminal.read(&mut byte), Ok(1));
        if got {
            self.screen.push(byte[0]);
        }
        got
    }

    fn shown(&self) -> String {
        String::from_utf8_lossy(&self.screen).replace("\r\n", "\n")
    }
}
