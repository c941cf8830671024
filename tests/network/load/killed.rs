//! The one that makes the call is killed, at any moment.

use std::time::Duration;

use awsenv_testkit::fake::Fault;
use rustix::process::Signal;

use crate::world::{ADMIN, CONFIG, Running, World, assert_whole, until};

/// Numbers that look random and are the same every time.
struct Dice(u64);

impl Dice {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % limit
    }
}

/// Which of `running` holds a lock; `None` when all have ended.
fn holder(world: &World, running: &mut [Running]) -> Option<usize> {
    until("a holder, or the end of all", || {
        let locks: Vec<_> = std::fs::read_dir(world.own("locks")).ok()?.flatten().collect();
        let texts = locks.iter().filter_map(|lock| std::fs::read_to_string(lock.path()).ok());
        let mut ids = texts.filter_map(|text| text.parse::<u32>().ok());
        let held = ids.find_map(|id| running.iter().position(|running| running.id() == id));
        let mut all_ended = || running.iter_mut().all(|running| !running.is_alive());
        held.map(Some).or_else(|| all_ended().then_some(None))
    })
}

/// Starts three that want the same session, of which `kill` ends one; returns whether it did.
fn round(world: &World, dice: &mut Dice, kill: impl FnOnce(&mut [Running], &mut Dice, u64) -> bool) -> bool {
    let _ = std::fs::remove_dir_all(world.cli(""));
    world.fake.clear_faults();
    world.fake.reset_calls();
    let delay = 5 + dice.below(25);
    world.fake.set_fault("AssumeRole", Fault::Delay(Duration::from_millis(delay)), 1000);
    let request = world.request("a");
    let mut running: Vec<_> = (0..3).map(|_| world.start(&request)).collect();
    let killed = kill(&mut running, dice, delay);
    let answers: Vec<_> = running.into_iter().filter_map(Running::answer_unless_killed).collect();
    assert!(answers.len() >= 2, "one at most was killed");
    for answer in &answers {
        world.assert_session(answer, ADMIN);
    }
    // The killed one's, and one for the others.
    let calls = world.fake.calls("AssumeRole");
    assert!((1..=2).contains(&calls), "{calls} calls");
    assert_whole(world);
    // What is there now serves the next one.
    world.assert_session(&world.ask("a"), ADMIN);
    assert_eq!(world.fake.calls("AssumeRole"), calls);
    killed
}

fn kill(running: &mut Running) -> bool {
    let is_alive = running.is_alive();
    if is_alive {
        running.signal(Signal::KILL);
    }
    is_alive
}

#[test]
fn a_hundred_holders_of_the_lock() {
    let world = World::new(CONFIG, |fake| fake);
    let mut dice = Dice(5);
    let mut killed = 0;
    for rounds in 1.. {
        killed += usize::from(round(&world, &mut dice, |running, dice, delay| {
            let holder = holder(&world, running);
            // Before, in and after the call, while its answer is written.
            std::thread::sleep(Duration::from_micros(dice.below(1000 * delay + 5000)));
            holder.is_some_and(|holder| kill(&mut running[holder]))
        }));
        if killed == 100 {
            break;
        }
        assert!(rounds < 500, "only {killed} were killed");
    }
}

#[test]
fn at_any_moment_from_the_start() {
    let world = World::new(CONFIG, |fake| fake);
    let mut dice = Dice(6);
    for _ in 0..30 {
        round(&world, &mut dice, |running, dice, _| {
            std::thread::sleep(Duration::from_micros(dice.below(60_000)));
            kill(&mut running[0])
        });
    }
}
