//! `first_screen PROGRAM HOME PROFILES RUNS`: how long `PROGRAM use` takes from its start to its first whole screen, in
//! microseconds, one line a run.
//!
//! Run by `cargo xtask bench` in a release build. The screen is a pseudo-terminal's, read as a terminal reads it.
#![allow(clippy::print_stdout, reason = "printing the result is what it is for")]
#![allow(clippy::disallowed_methods, reason = "it measures the time of a program of its own")]

use std::error::Error;
use std::ffi::OsStr;
use std::io::{Read, Write};
use std::path::Path;
use std::time::{Duration, Instant};

use portable_pty::{CommandBuilder, PtySize, native_pty_system};

const ROWS: u16 = 50;
const COLUMNS: u16 = 120;

/// How long a screen is waited for.
const PATIENCE: Duration = Duration::from_secs(10);

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<_> = std::env::args_os().skip(1).collect();
    let [program, home, profiles, runs] = &arguments[..] else {
        return Err("usage: first_screen PROGRAM HOME PROFILES RUNS".into());
    };
    let number = |text: &OsStr| text.to_str().and_then(|text| text.parse::<usize>().ok()).ok_or("not a number");
    let (profiles, runs) = (number(profiles)?, number(runs)?);
    for _ in 0..runs {
        println!("{}", run(program, Path::new(home), profiles)?.as_micros());
    }
    Ok(())
}

fn run(program: &OsStr, home: &Path, profiles: usize) -> Result<Duration, Box<dyn Error>> {
    let pair = native_pty_system().openpty(PtySize { rows: ROWS, cols: COLUMNS, pixel_width: 0, pixel_height: 0 })?;
    let mut output = pair.master.try_clone_reader()?;
    let mut input = pair.master.take_writer()?;
    // Standard output must not be the terminal: the picker is on it.
    let mut command = CommandBuilder::new("/bin/sh");
    command.args(["-c", "\"$1\" use --shell bash >/dev/null 2>&1", "sh"]);
    command.arg(program);
    command.env_clear();
    command.env("HOME", home);
    command.env("PATH", "/usr/bin:/bin");
    command.env("TERM", "xterm-256color");
    let mut screen = vt100::Parser::new(ROWS.try_into()?, COLUMNS.try_into()?, 0);
    let mut buffer = [0; 64 * 1024];
    let start = Instant::now();
    let mut child = pair.slave.spawn_command(command)?;
    // Only with the child alone at the other end does its end end the reading.
    drop(pair.slave);
    let time = loop {
        let count = output.read(&mut buffer).unwrap_or(0);
        screen.process(&buffer[..count]);
        if is_whole(&screen.screen().contents(), profiles) {
            break start.elapsed();
        }
        if count == 0 || start.elapsed() > PATIENCE {
            return Err(format!("no picker on the screen, but:\n{}", screen.screen().contents()).into());
        }
    };
    input.write_all(b"\x03")?;
    // What it writes at its end has to be read, or it waits.
    while output.read(&mut buffer).is_ok_and(|count| count > 0) {}
    child.wait()?;
    Ok(time)
}

/// Whether every row is there: the filter, the profiles, the help.
fn is_whole(screen: &str, profiles: usize) -> bool {
    screen.lines().count() == usize::from(ROWS)
        && screen.lines().all(|line| !line.trim().is_empty())
        && screen.contains(&format!("{profiles}/{profiles}"))
}
