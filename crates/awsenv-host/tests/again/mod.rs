//! This test binary run again, as another process with a part to play.

use std::path::{Path, PathBuf};
use std::process::{Child, Command};
use std::time::{Duration, Instant};

use awsenv_core::environment::Environment;
use awsenv_host::environment::capture;

/// Names the part; see [`part`].
const PART: &str = "HOST_TEST_PART";
/// A folder that both sides know.
const FOLDER: &str = "HOST_TEST_FOLDER";

/// The test `test` of this binary as a command that plays `part`. Its report goes nowhere; a panic is seen.
pub(crate) fn again(test: &str, part: &str, folder: &Path) -> Command {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", test, "--nocapture", "--test-threads=1"]).env(PART, part).env(FOLDER, folder);
    command.stdout(std::process::Stdio::null());
    command
}

/// A child that doesn't outlive a test that fails.
#[allow(dead_code, reason = "not every test binary asks")]
pub(crate) struct Guarded(pub(crate) Child);

impl Guarded {
    #[allow(dead_code, reason = "not every test binary asks")]
    pub(crate) fn spawn(mut command: Command) -> Self {
        Self(command.spawn().unwrap())
    }
}

impl Drop for Guarded {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// The part this process plays, and the folder; `None` where it is the test itself.
#[allow(dead_code, reason = "not every test binary asks")]
pub(crate) fn part() -> Option<(String, PathBuf)> {
    let environment = capture();
    Some((environment.get_nonempty(PART)?.to_owned(), environment.get_nonempty(FOLDER)?.into()))
}

/// The environment without what makes a process play a part.
#[allow(dead_code, reason = "not every test binary asks")]
pub(crate) fn plain_environment() -> Environment {
    let mut environment = capture();
    environment.unset(PART);
    environment.unset(FOLDER);
    environment
}

/// Waits until `condition` holds. A minute is far more than anything here takes; it only ends a test that hangs.
#[allow(dead_code, reason = "not every test binary asks")]
pub(crate) fn until<T>(what: &str, mut condition: impl FnMut() -> Option<T>) -> T {
    let start = Instant::now();
    loop {
        if let Some(value) = condition() {
            return value;
        }
        assert!(start.elapsed() < Duration::from_secs(60), "waited in vain for {what}");
        std::thread::sleep(Duration::from_millis(2));
    }
}
