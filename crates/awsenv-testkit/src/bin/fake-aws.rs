//! `fake-aws`: the fake AWS services as a program, for tests that are not Rust and for `cargo xtask try`.

use std::io::{Read as _, Write as _};
use std::path::PathBuf;
use std::process::ExitCode;

use awsenv_testkit::fake::{Browser, FakeAws};

const USAGE: &str = "usage: fake-aws [--world FILE] | fake-aws browser URL";

#[allow(clippy::print_stderr, reason = "a program's own failure")]
fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let result = match words.as_slice() {
        [] => serve("{}"),
        ["--world", file] => {
            std::fs::read_to_string(file).map_err(|e| format!("{file}: {e}")).and_then(|text| serve(&text))
        }
        ["browser", url] => browse(url),
        _ => Err(USAGE.to_owned()),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("fake-aws: {why}");
            ExitCode::FAILURE
        }
    }
}

/// Serves `world` until standard input ends.
fn serve(world: &str) -> Result<(), String> {
    let world = serde_json::from_str(world).map_err(|e| format!("the world is not JSON: {e}"))?;
    let fake = FakeAws::builder().world(&world)?.start();
    let line = serde_json::json!({"url": fake.url(), "tls_url": fake.tls_url(), "ca_file": fake.ca_file()});
    let mut stdout = std::io::stdout();
    writeln!(stdout, "{line}").and_then(|()| stdout.flush()).map_err(|e| e.to_string())?;
    let mut sink = [0; 256];
    while std::io::stdin().read(&mut sink).is_ok_and(|count| count > 0) {}
    Ok(())
}

fn browse(url: &str) -> Result<(), String> {
    let ca_file = std::env::var_os("AWS_CA_BUNDLE").map(PathBuf::from);
    let visits = Browser { ca_file, proxy: std::env::var("HTTPS_PROXY").ok() }.follow(url)?;
    match visits.last() {
        Some(last) if last.status >= 400 => Err(format!("{}: status {}", last.url, last.status)),
        _ => Ok(()),
    }
}
