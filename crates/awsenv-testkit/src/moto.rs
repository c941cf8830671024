//! moto, which speaks for STS, IAM and the instance metadata: a server that isn't ours.
//!
//! It believes every signature, so what must be refused is shown on the fakes; what it answers is other people's idea of
//! AWS.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, ChildStdin, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use crate::home::Home;
use crate::tools;

/// How long it may take to start.
const PATIENCE: Duration = Duration::from_secs(120);

/// A running moto server; it ends when this is dropped, or with the test's process.
#[derive(Debug)]
pub struct Moto {
    child: Child,
    stdin: Option<ChildStdin>,
    port: u16,
    _home: Home,
}

impl Moto {
    /// Starts one on a free port of 127.0.0.1. Where there is no Python with moto: as [`tools::require`].
    ///
    /// # Panics
    ///
    /// Where it doesn't start within two minutes.
    pub fn start(test: &str) -> Option<Self> {
        let python = tools::require("python", test)?;
        tools::require_made("venv/bin/moto_server", test)?;
        let home = Home::new();
        let mut child = home
            .command(python)
            .args(["-c", include_str!("moto.py")])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("Python starts");
        let stdin = child.stdin.take();
        let mut lines = BufReader::new(child.stdout.take().expect("a pipe"));
        let (said, heard) = mpsc::channel();
        thread::spawn(move || {
            let mut line = String::new();
            let _ = lines.read_line(&mut line);
            let _ = said.send(line);
        });
        let line = heard.recv_timeout(PATIENCE).unwrap_or_default();
        let Ok(port) = line.trim().parse() else {
            let _ = child.kill();
            let _ = child.wait();
            panic!("{test}: moto did not start: it said {line:?}");
        };
        Some(Self { child, stdin, port, _home: home })
    }

    /// `http://127.0.0.1:PORT`, for `AWS_ENDPOINT_URL` and `AWS_EC2_METADATA_SERVICE_ENDPOINT`.
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// The process, which is this one's child.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }
}

impl Drop for Moto {
    fn drop(&mut self) {
        // The end of its input ends it; what does not end by that is ended by its own id.
        self.stdin = None;
        for _ in 0..100 {
            if self.child.try_wait().is_ok_and(|ended| ended.is_some()) {
                return;
            }
            thread::sleep(Duration::from_millis(20));
        }
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
