//! Whoever holds a lock and does nothing holds nobody up.

use std::time::Duration;

use awsenv_testkit::fake::Fault;
use rustix::process::Signal;

use crate::world::{ADMIN, CONFIG, Running, World, assert_whole, until};

/// Waits until `running` holds a lock.
fn until_it_holds(world: &World, running: &Running) {
    let id = running.id().to_string();
    until("a lock to be held", || {
        let locks = std::fs::read_dir(world.own("locks")).ok()?;
        locks.flatten().find(|lock| std::fs::read_to_string(lock.path()).is_ok_and(|holder| holder == id)).map(drop)
    });
}

#[test]
fn a_stopped_holder_is_passed_by_with_one_call_for_all_others() {
    let world = World::new(CONFIG, |fake| fake);
    world.fake.set_fault("AssumeRole", Fault::Delay(Duration::from_millis(300)), 1000);
    let request = world.request("a");
    let first = world.start(&request);
    until_it_holds(&world, &first);
    first.signal(Signal::STOP);
    let others: Vec<_> = (0..20).map(|_| world.start(&request)).collect();
    for other in others {
        world.assert_session(&other.answer(), ADMIN);
    }
    let calls = world.fake.calls("AssumeRole");
    assert!((1..=2).contains(&calls), "one for all others and perhaps that of the first, not {calls}");
    first.signal(Signal::CONT);
    world.assert_session(&first.answer(), ADMIN);
    assert!(world.fake.calls("AssumeRole") <= 2);
    assert_whole(&world);
}

#[test]
fn many_stopped_holders_are_passed_by() {
    let world = World::new(CONFIG, |fake| fake);
    world.fake.set_fault("AssumeRole", Fault::Delay(Duration::from_millis(300)), 1000);
    let request = world.request("a");
    // Each takes the next of a key's three locks, and stays there.
    let stopped: Vec<_> = (0..3)
        .map(|_| {
            let running = world.start(&request);
            until_it_holds(&world, &running);
            running.signal(Signal::STOP);
            running
        })
        .collect();
    world.assert_session(&world.ask("a"), ADMIN);
    for running in stopped {
        running.signal(Signal::CONT);
        world.assert_session(&running.answer(), ADMIN);
    }
    assert_whole(&world);
}

#[test]
fn a_holder_that_takes_longer_than_a_call_may_is_not_waited_for() {
    let world = World::new(CONFIG, |fake| fake);
    world.fake.set_fault("AssumeRole", Fault::Hang, 1);
    let first = world.start(&world.request("a"));
    until_it_holds(&world, &first);
    until("its call", || (world.fake.calls("AssumeRole") == 1).then_some(()));
    // The limit is that of one's own calls.
    let answer = world.ask_with("a", |request, _| request.calls.call_timeout_ms = 3000);
    world.assert_session(&answer, ADMIN);
    assert_eq!(world.fake.calls("AssumeRole"), 2);
}
