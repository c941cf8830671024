//! `awsenv-broker`: one request on standard input, one answer on standard output (`awsenv_core::broker`).

use std::io::{IsTerminal, Read, Write};
use std::process::ExitCode;

use zeroize::Zeroizing;

/// The most that a request may be, in bytes. Real ones have about two thousand.
const LARGEST_REQUEST: u64 = 16 << 20;

fn main() -> ExitCode {
    awsenv_host::process::forbid_core_dumps();
    awsenv_broker::install_panic_hook();
    if std::io::stdin().is_terminal() {
        let _ = writeln!(
            std::io::stderr(),
            "awsenv-broker is started by awsenv, which hands it a request; there is nothing to run by hand [usage]"
        );
        return ExitCode::from(2);
    }
    let environment = awsenv_host::environment::capture();
    let mut request = Zeroizing::new(Vec::new());
    if std::io::stdin().take(LARGEST_REQUEST).read_to_end(&mut request).is_err() {
        return ExitCode::FAILURE;
    }
    let answer = awsenv_broker::answer(&request, &environment);
    match std::io::stdout().write_all(&answer) {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => ExitCode::FAILURE,
    }
}
