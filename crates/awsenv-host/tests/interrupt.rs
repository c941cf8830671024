//! Signals are held off while somebody holds them off, and end the process afterwards.
#![cfg(unix)]

mod again;

use std::os::unix::process::ExitStatusExt;

use again::{again, part};
use awsenv_host::interrupt::Interrupts;
use rustix::process::{Signal, getpid, kill_process};

#[test]
fn held_off_by_one_or_two_and_never_after() {
    if let Some((signal, folder)) = part() {
        let signal = if signal == "INT" { Signal::INT } else { Signal::TERM };
        let outer = Interrupts::hold().unwrap();
        let inner = Interrupts::hold().unwrap();
        assert!(!outer.asked() && !inner.asked());
        drop(inner);
        kill_process(getpid(), signal).unwrap();
        while !outer.asked() {
            std::thread::yield_now();
        }
        drop(outer);
        let again = Interrupts::hold().unwrap();
        assert!(!again.asked());
        drop(again);
        std::fs::write(folder.join("alive"), "").unwrap();
        kill_process(getpid(), signal).unwrap();
        loop {
            std::thread::yield_now();
        }
    }
    for (name, signal) in [("INT", Signal::INT), ("TERM", Signal::TERM)] {
        let folder = tempfile::tempdir().unwrap();
        let mut child = again::Guarded::spawn(again("held_off_by_one_or_two_and_never_after", name, folder.path()));
        let status = again::until("the child's end", || child.0.try_wait().unwrap());
        assert_eq!(status.signal(), Some(signal.as_raw()), "{name}");
        assert!(folder.path().join("alive").exists(), "{name}");
    }
}

/// Who waits for another process in front of the terminal outlives a key, and not a request meant for it alone.
#[test]
fn keys_alone_are_held_off() {
    const TEST: &str = "keys_alone_are_held_off";
    if let Some((_, folder)) = part() {
        let keys = Interrupts::hold_keys().unwrap();
        drop(Interrupts::hold().unwrap());
        kill_process(getpid(), Signal::INT).unwrap();
        while !keys.asked() {
            std::thread::yield_now();
        }
        std::fs::write(folder.join("alive"), "").unwrap();
        kill_process(getpid(), Signal::TERM).unwrap();
        loop {
            std::thread::yield_now();
        }
    }
    let folder = tempfile::tempdir().unwrap();
    let mut child = again::Guarded::spawn(again(TEST, "child", folder.path()));
    let status = again::until("the child's end", || child.0.try_wait().unwrap());
    assert_eq!(status.signal(), Some(Signal::TERM.as_raw()));
    assert!(folder.path().join("alive").exists());
}
