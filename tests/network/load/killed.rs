//! The one that makes the call is killed, at any moment.

use std::time::Duration;

use awsenv_testkit::fake::Fault;
use rustix::process::Signal;

use crate::world::{ADMIN, CONFIG, World, assert_whole, until};

const ROUNDS: u64 = 100;

/// Numbers that look random and are the same every time.
struct Dice(u64);

impl Dice {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % limit
    }
}

#[test]
fn a_hundred_times() {
    let world = World::new(CONFIG, |fake| fake);
    let request = world.request("a");
    let mut dice = Dice(5);
    let mut killed = 0;
    for round in 0..ROUNDS {
        let _ = std::fs::remove_dir_all(world.cli(""));
        world.fake.clear_faults();
        world.fake.reset_calls();
        world.fake.set_fault("AssumeRole", Fault::Delay(Duration::from_millis(dice.below(30))), 1000);
        let mut running: Vec<_> = (0..3).map(|_| Some(world.start(&request))).collect();
        // Any moment: half of the time after the lock is held, while the call is made and its answer written.
        if round % 2 == 0 {
            std::thread::sleep(Duration::from_millis(dice.below(60)));
            running[0].as_ref().expect("it runs").signal(Signal::KILL);
            killed += 1;
        } else {
            let holder = until("a holder, or the end of all", || {
                let locks: Vec<_> = std::fs::read_dir(world.own("locks")).ok()?.flatten().collect();
                let ids = locks.iter().filter_map(|lock| std::fs::read_to_string(lock.path()).ok());
                let held = ids.filter_map(|id| id.parse::<u32>().ok()).find_map(|id| {
                    running.iter().position(|running| running.as_ref().is_some_and(|running| running.id() == id))
                });
                let is_over = |running: &mut Option<_>| {
                    let running: &mut crate::world::Running = running.as_mut().expect("it runs");
                    matches!(running.child.try_wait(), Ok(Some(_)))
                };
                held.map(Some).or_else(|| running.iter_mut().all(is_over).then_some(None))
            });
            if let Some(holder) = holder {
                std::thread::sleep(Duration::from_micros(dice.below(50_000)));
                let holder = running[holder].as_mut().expect("it runs");
                if matches!(holder.child.try_wait(), Ok(None)) {
                    holder.signal(Signal::KILL);
                    killed += 1;
                }
            }
        }
        let answers: Vec<_> =
            running.iter_mut().map(|running| running.take().expect("it runs").answer_unless_killed()).collect();
        let given: Vec<_> = answers.iter().flatten().collect();
        assert!(given.len() >= 2, "round {round}: one at most was killed");
        for answer in &given {
            world.assert_session(answer, ADMIN);
        }
        // The killed one's, and one for the others.
        let calls = world.fake.calls("AssumeRole");
        assert!((1..=2).contains(&calls), "round {round}: {calls} calls");
        assert_whole(&world);
        // What is there now serves the next one.
        world.assert_session(&world.ask("a"), ADMIN);
        assert_eq!(world.fake.calls("AssumeRole"), calls, "round {round}");
    }
    assert!(killed > ROUNDS / 2, "{killed} were killed");
}
