//! `tab_speed SHELL PROGRAMS HOME SCRIPT RUNS`: how long TAB takes in SHELL (bash or zsh), from the key to the last byte
//! on the terminal, in microseconds. One line a run: `SOME ALL OWN`, where SOME is a prefix that leaves some hundred
//! names of profiles, ALL is none typed, and OWN is the shell's own way of completing as many words from a file.
//!
//! Run by `cargo xtask bench` in a release build, with 10,000 profiles in HOME.
#![allow(clippy::print_stdout, reason = "printing the result is what it is for")]
#![allow(clippy::disallowed_methods, reason = "it measures the time of a program of its own")]

use std::error::Error;
use std::ffi::OsString;
use std::io::{Read, Write};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::thread;
use std::time::{Duration, Instant};

use portable_pty::{CommandBuilder, PtySize, native_pty_system};

/// Silence of the terminal for so long means that the shell waits for a key.
const REST: Duration = Duration::from_millis(400);

/// How long the first byte is waited for.
const PATIENCE: Duration = Duration::from_secs(10);

const BASH: &str = r#"PS1='> '; bind 'set bell-style none' 'set show-all-if-ambiguous on' 'set page-completions off'
bind 'set show-all-if-ambiguous on'; bind 'set page-completions off'; bind 'set completion-query-items 0'
. "$SCRIPT"
__own() { local IFS=$'\n'; COMPREPLY=($(compgen -W "$(<"$HOME/names")" -- "$2")); }
complete -F __own own
"#;

const ZSH: &str = r#"PS1='> '; LISTMAX=1000000; setopt no_beep; autoload -Uz compinit; compinit -u -D
. "$SCRIPT"
__own() { local -a names; names=("${(@f)$(<$HOME/names)}"); _describe profile names }
compdef __own own
"#;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<OsString> = std::env::args_os().skip(1).collect();
    let [shell, programs, home, script, runs] = &arguments[..] else {
        return Err("usage: tab_speed SHELL PROGRAMS HOME SCRIPT RUNS".into());
    };
    let runs: usize = runs.to_str().ok_or("not a number")?.parse()?;
    let (start, options) = match shell.to_str() {
        Some("bash") => (BASH, &["--norc", "--noprofile", "-i"][..]),
        Some("zsh") => (ZSH, &["-f"][..]),
        _ => return Err("bash or zsh".into()),
    };
    let folder = std::path::Path::new(home);
    std::fs::write(folder.join("rc"), start)?;
    let names: String = (1..=10_000).map(|index| format!("client{index}-dev\n")).collect();
    std::fs::write(folder.join("names"), format!("default\n{names}"))?;

    let pair = native_pty_system().openpty(PtySize { rows: 50, cols: 200, pixel_width: 0, pixel_height: 0 })?;
    let mut output = pair.master.try_clone_reader()?;
    let mut input = pair.master.take_writer()?;
    let mut command = CommandBuilder::new(shell);
    command.args(options);
    command.env_clear();
    command.env("HOME", home);
    command.env("SCRIPT", script);
    let mut path = programs.clone();
    path.push(":/usr/bin:/bin");
    command.env("PATH", path);
    command.env("TERM", "xterm");
    let mut child = pair.slave.spawn_command(command)?;
    drop(pair.slave);
    let (sender, bytes) = channel();
    thread::spawn(move || {
        let mut buffer = [0; 64 * 1024];
        while let Ok(count @ 1..) = output.read(&mut buffer) {
            if sender.send((Instant::now(), count)).is_err() {
                break;
            }
        }
    });
    let mut press = |keys: &str| -> Result<Duration, Box<dyn Error>> {
        let start = Instant::now();
        input.write_all(keys.as_bytes())?;
        input.flush()?;
        until_rest(&bytes, start)
    };
    press("")?;
    press(". ~/rc\r")?;
    for _ in 0..runs {
        let mut times = Vec::new();
        for line in ["awsenv explain client43", "awsenv explain ", "own "] {
            press(line)?;
            times.push(press("\t")?.as_micros().to_string());
            press("\u{15}\u{c}")?;
        }
        println!("{}", times.join(" "));
    }
    child.kill()?;
    child.wait()?;
    Ok(())
}

/// The time from `start` to the last byte before a rest.
fn until_rest(bytes: &Receiver<(Instant, usize)>, start: Instant) -> Result<Duration, Box<dyn Error>> {
    let (mut last, mut count) = (start, 0);
    loop {
        match bytes.recv_timeout(if count == 0 { PATIENCE } else { REST }) {
            Ok((at, more)) => (last, count) = (at, count + more),
            Err(RecvTimeoutError::Timeout) if count > 0 => return Ok(last.duration_since(start)),
            Err(_) => return Err("the shell says nothing".into()),
        }
    }
}
