//! The broker that is not there, not to be trusted, or not itself.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::time::{Duration, Instant};

use awsenv_testkit::fake::Fault;
use awsenv_testkit::terminal::Terminal;

use crate::common::{Run, World, awsenv_path};
use crate::secrets::broker_of;

/// Far more than anything here needs.
const PATIENCE: Duration = Duration::from_secs(25);

/// A world whose broker is this shell script.
fn with_broker(script: &str) -> World {
    World::with(
        |fake| fake,
        |home| {
            let home = home.file("broker", format!("#!/bin/sh\n{script}\n"));
            let path = home.join("broker");
            std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).expect("a mode");
            home.settings(format!("[settings]\nbroker = {}\n", path.display()))
        },
    )
}

/// `use admin` fails with these words and changes nothing.
#[track_caller]
fn fails(world: &World, said: &[&str]) -> Run {
    let run = world.awsenv("use admin --shell bash").expect(1, said);
    assert_eq!(run.stdout, "false\n");
    assert!(!run.stderr.contains(world.user.secret_access_key()), "{run:?}");
    run
}

#[test]
fn beside_awsenv_itself_and_nowhere_else() {
    let world = World::new();
    let elsewhere = world.home.join("alone");
    std::fs::create_dir(&elsewhere).expect("a folder in a temporary home");
    let copy = elsewhere.join("awsenv");
    std::fs::copy(awsenv_path(), &copy).expect("a copy");
    // On PATH, and in the folder one stands in, there is one.
    let run = |program: &Path| {
        let mut command = world.home.command(program);
        command.current_dir(awsenv_path().parent().expect("a folder"));
        Run::of(&command.args(["export", "admin"]).output().expect("awsenv starts"))
    };
    run(&copy).expect(1, &["broker-missing", "alone/awsenv-broker", "cargo xtask install"]);
    // A link to awsenv leads to where it really is.
    let link = elsewhere.join("link");
    std::os::unix::fs::symlink(awsenv_path(), &link).expect("a link");
    run(&link).expect(0, &[]);
}

#[test]
fn one_that_others_can_change_gets_no_keys() {
    let world = with_broker("cat >stolen; exit 0");
    std::fs::set_permissions(world.home.join("broker"), std::fs::Permissions::from_mode(0o777)).expect("a mode");
    fails(&world, &["broker-untrusted", "chmod"]);
    assert!(!world.home.join("stolen").exists());
}

#[test]
fn a_relative_path_is_not_taken() {
    let world = World::with(|fake| fake, |home| home.settings("[settings]\nbroker = bin/awsenv-broker\n"));
    let run = world.awsenv("export admin").expect(0, &["`broker` must be an absolute path"]);
    assert!(run.stdout.contains("ASIA"), "the one beside awsenv is");
}

#[test]
fn an_answer_that_is_none_is_told() {
    for (script, said) in [
        ("cat >/dev/null; exit 1", "ended without an answer"),
        ("exit 0", "ended without an answer"),
        ("cat >/dev/null; kill -SEGV $$", "ended without an answer"),
        ("cat >/dev/null; echo garbage", "broker-answer"),
        (r#"cat >/dev/null; echo '{"awsenv": {"protocol": 99}}'"#, "version 99"),
        (r#"cat >/dev/null; echo '{"awsenv": {"protocol": 1}}'"#, "broker-answer"),
    ] {
        let run = fails(&with_broker(script), &[said]);
        assert!(run.stderr.contains("cargo xtask install"), "{script}: {run:?}");
    }
}

#[test]
fn it_is_started_without_arguments_and_told_everything_on_its_input() {
    let world = with_broker("echo $# >arguments; env >environment; cat >request; exit 1");
    fails(&world, &["broker-failed"]);
    assert_eq!(world.read("arguments"), "0\n");
    let secret = world.user.secret_access_key();
    assert!(world.read("request").contains(secret), "keys travel here");
    assert!(!world.read("environment").contains(secret), "and nowhere else");
}

/// Who kills awsenv while it asks leaves no question behind, and the terminal as it was.
#[test]
fn a_question_ends_with_awsenv() {
    let world = World::new();
    // The shell stays in front: the broker goes on as a child of nobody where it is not told.
    let line = format!(
        "stty -g >before; '{}' export secured >out & echo $! >pid; wait; \
         until stty -g >after; cmp -s before after; do sleep 0.1; done; echo ov''er; sleep 30",
        awsenv_path().display()
    );
    let shell = ["-c", line.as_str()];
    let mut terminal = Terminal::start("/bin/sh".as_ref(), &shell, world.home.path(), world.home.environment());
    terminal.wait_for("MFA");
    let pid: u32 = world.read("pid").trim().parse().expect("a process id");
    let broker = broker_of(pid);
    let killed = world.home.command("kill").args(["-KILL", &pid.to_string()]).status();
    assert!(killed.is_ok_and(|status| status.success()));
    terminal.wait_for("over");
    let Some(broker) = broker else { return };
    let start = Instant::now();
    while std::fs::read_to_string(format!("/proc/{broker}/stat")).is_ok_and(|s| !s.contains(") Z ")) {
        assert!(start.elapsed() < PATIENCE, "the broker goes on");
        std::thread::sleep(Duration::from_millis(10));
    }
}

/// A call that hangs is ended by Ctrl-C, and its end is awsenv's.
#[test]
fn ctrl_c_while_aws_is_silent_is_130() {
    let world = World::new();
    world.fake.set_fault("AssumeRole", Fault::Hang, 10);
    let line = format!("trap : INT; '{}' export admin >out; echo status $?; sleep 30", awsenv_path().display());
    let mut terminal = Terminal::start("/bin/sh".as_ref(), &["-c", &line], world.home.path(), world.home.environment());
    let start = Instant::now();
    while world.fake.calls("AssumeRole") == 0 {
        assert!(start.elapsed() < PATIENCE, "{}", terminal.text());
        std::thread::sleep(Duration::from_millis(10));
    }
    terminal.send("\u{3}");
    terminal.wait_for("status 130");
    assert_eq!(world.read("out"), "");
}

#[test]
fn a_silent_aws_is_not_waited_for_longer_than_the_settings_say() {
    let world = World::with(|fake| fake, |home| home.settings("[settings]\ncall_timeout = 1s\n"));
    world.fake.set_fault("AssumeRole", Fault::Hang, 10);
    fails(&world, &["timeout", "STS", "1 s"]);
}
