//! Who waits sees for whom.

use awsenv_testkit::fake::Fault;
use awsenv_testkit::terminal::Terminal;

use crate::world::{ADMIN, Answer, CONFIG, World, until};

#[test]
fn a_person_sees_who_is_waited_for() {
    let world = World::new(CONFIG, |fake| fake);
    world.fake.set_fault("AssumeRole", Fault::Hang, 1);
    let holder = world.start(&world.request("a"));
    until("its call", || (world.fake.calls("AssumeRole") == 1).then_some(()));
    std::fs::write(world.home.join("request"), world.request("a")).expect("a request");
    let script = "\"$0\" < request > answer; echo done";
    let mut terminal = Terminal::start(
        std::path::Path::new("/bin/sh"),
        &["-c", script, env!("CARGO_BIN_EXE_awsenv-broker")],
        world.home.path(),
        world.home.environment(),
    );
    let screen = terminal.wait_for("Admin");
    let text: String = screen.lines().collect();
    let expected = format!("awsenv: waiting for process {}, which is getting the session of {ADMIN}", holder.id());
    assert_eq!(text.trim_end(), expected, "once, and nothing else");
    drop(holder);
    terminal.wait_for("done");
    let answer = std::fs::read_to_string(world.home.join("answer")).expect("an answer");
    let answer = Answer { json: serde_json::from_str(&answer).expect("JSON") };
    world.assert_session(&answer, ADMIN);
    assert_eq!(world.fake.calls("AssumeRole"), 2);
}
