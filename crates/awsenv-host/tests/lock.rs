//! The lock between real processes.

mod again;

use std::time::Duration;

use again::{Guarded, again, part, until};
use awsenv_host::lock::{Lock, LockError};

const PROCESSES: usize = 8;
const ROUNDS: usize = 25;

#[test]
fn many_processes_one_at_a_time() {
    if let Some((_, folder)) = part() {
        for _ in 0..ROUNDS {
            let _lock = Lock::acquire(&folder.join("lock"), Duration::from_secs(60)).unwrap();
            let counter = folder.join("counter");
            let count = std::fs::read_to_string(&counter).unwrap().parse::<usize>().unwrap();
            std::thread::yield_now();
            std::fs::write(&counter, (count + 1).to_string()).unwrap();
        }
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("counter"), "0").unwrap();
    let start = || Guarded::spawn(again("many_processes_one_at_a_time", "count", folder.path()));
    let children = (0..PROCESSES).map(|_| start()).collect::<Vec<_>>();
    for mut child in children {
        assert!(child.0.wait().unwrap().success());
    }
    let count = std::fs::read_to_string(folder.path().join("counter")).unwrap();
    assert_eq!(count, (PROCESSES * ROUNDS).to_string());
}

#[test]
fn a_killed_process_lets_go() {
    if let Some((_, folder)) = part() {
        let _lock = Lock::acquire(&folder.join("lock"), Duration::ZERO).unwrap();
        std::fs::write(folder.join("held"), "").unwrap();
        std::thread::sleep(Duration::from_secs(600));
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let lock = folder.path().join("lock");
    let child = Guarded::spawn(again("a_killed_process_lets_go", "hold", folder.path()));
    until("the lock to be held", || folder.path().join("held").exists().then_some(()));
    match Lock::acquire(&lock, Duration::from_millis(20)) {
        Err(LockError::Held { holder, .. }) => assert!(cfg!(windows) || holder == Some(child.0.id())),
        other => panic!("{other:?}"),
    }
    drop(child);
    Lock::acquire(&lock, Duration::from_secs(60)).unwrap();
}

/// A lock that a child inherited would be held for as long as the child lives.
#[cfg(unix)]
#[test]
fn a_child_does_not_inherit_it() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("lock");
    let lock = Lock::acquire(&path, Duration::ZERO).unwrap();
    let mut sleep = std::process::Command::new("sleep");
    sleep.arg("600");
    let _child = Guarded::spawn(sleep);
    drop(lock);
    Lock::acquire(&path, Duration::ZERO).unwrap();
}
