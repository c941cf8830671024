//! What the hooks of bash and zsh do by themselves: the segment without a process, the end of an identity, folders, and
//! guarded commands.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use awsenv_testkit::home::Home;
use awsenv_testkit::shells::RealShell;
use awsenv_testkit::tools;

use crate::common::{awsenv, load};
use crate::session::Session;

/// One test in bash and one in zsh.
macro_rules! in_both {
    ($check:path) => {
        awsenv_testkit::in_every_shell!($check, bash = Bash, zsh = Zsh);
    };
}

const SETTINGS: &str = "[settings]\nhook = switch\n[class production]\nmatch = *prod*\nguard = deploy live, wipe\n";

/// A home with two profiles, folders that mean them, and two programs that tell how they were called.
fn home() -> Home {
    let keys = |name: &str| {
        format!(
            "[{name}]\naws_access_key_id = AKIA{}\naws_secret_access_key = canary\n",
            name.replace('-', "").to_uppercase()
        )
    };
    let program = "#!/bin/sh\nprintf '%s|' \"$0\" \"$@\" | sed 's|.*/||' >>called\ncat >>called\nexit 7\n";
    let home = Home::new()
        .credentials(["acme-dev", "acme-prod"].map(keys).concat())
        .settings(SETTINGS)
        .file("acme/live/deep/x", "")
        .file("acme/.awsenv", "profile = acme-dev\n")
        .file("acme/live/.awsenv", "profile = acme-prod\n")
        .file("other/x", "")
        .file("bin/deploy", program)
        .file("bin/wipe", program)
        .file("bin/plain", program);
    for name in ["deploy", "wipe", "plain"] {
        fs::set_permissions(home.join("bin").join(name), fs::Permissions::from_mode(0o755)).unwrap();
    }
    let path = format!(
        "{}:{}:{}",
        home.join("bin").display(),
        awsenv().parent().unwrap().display(),
        tools::system_path().into_string().unwrap()
    );
    home.variable("PATH", path)
}

fn start(shell: RealShell, program: &Path, home: &Home) -> Session {
    let mut session = Session::start(shell, program, home);
    session.run(&load(shell, "--prompt"));
    session
}

/// Fifty prompts, and what the shell starts meanwhile, by strace.
fn check_steady(shell: RealShell, program: &Path) {
    let Some(strace) = tools::require("strace", module_path!()) else { return };
    let home = home();
    let traced = home.file(
        "traced",
        format!(
            "#!/bin/sh\nexec {} -f -qq -e trace=fork,vfork,clone,clone3,execve -o trace {} \"$@\"\n",
            strace.display(),
            program.display()
        ),
    );
    fs::set_permissions(traced.join("traced"), fs::Permissions::from_mode(0o755)).unwrap();
    let mut session = start(shell, &traced.join("traced"), &traced);
    session.run("awsenv use acme-prod --for 2h");
    assert!(session.ask("$AWSENV_SEGMENT").contains("acme-prod"));
    let news = |session: &mut Session, what: &str| {
        let before = fs::read_to_string(traced.join("trace")).unwrap().len();
        session.run(what);
        let trace = fs::read_to_string(traced.join("trace")).unwrap();
        // Threads of programs that were started before may still end; only new processes count.
        trace[before..].lines().filter(|line| !line.contains("resumed>")).map(str::to_owned).collect::<Vec<_>>()
    };
    for _ in 0..25 {
        let started = news(&mut session, ":");
        assert!(started.is_empty(), "{}: {started:?}", shell.label());
    }
    // A file that was read has changed: one awsenv-prompt, once.
    fs::write(traced.join(".config/awsenv/config"), SETTINGS.replace("match", "color = red\nmatch")).unwrap();
    let started = news(&mut session, ":");
    let programs = started.iter().filter(|line| line.contains("execve(")).count();
    assert!(programs == 1 && started.iter().any(|line| line.contains("--learn")), "{}: {started:?}", shell.label());
    let started = news(&mut session, ":");
    assert!(started.is_empty(), "{}: {started:?}", shell.label());
    // So does a variable, though only its export.
    session.run("unset AWS_PROFILE; AWS_PROFILE=acme-dev");
    let started = news(&mut session, "export AWS_PROFILE");
    assert_eq!(started.iter().filter(|line| line.contains("execve(")).count(), 1, "{}: {started:?}", shell.label());
    assert!(session.ask("$AWSENV_SEGMENT").contains('!'), "keys and a profile");
}

mod steady {
    use super::*;
    in_both!(check_steady);
}

/// The end locks the shell, is said once, and shows the way on.
fn check_end(shell: RealShell, program: &Path) {
    let home = home();
    let mut session = start(shell, program, &home);
    session.run("awsenv use acme-dev --for 2s");
    assert!(session.ask("$AWSENV_SEGMENT").contains("ends "), "{}", shell.label());
    let screen = session.run("sleep 2.2");
    let screen = if screen.contains("has come to its end") { screen } else { session.run(":") };
    assert_eq!(screen.matches("has come to its end").count(), 1, "{}: {screen}", shell.label());
    assert!(screen.contains("to go on: awsenv use acme-dev"), "{screen}");
    assert_eq!(session.ask("$AWS_PROFILE|${AWS_ACCESS_KEY_ID-}|$AWSENV_SEGMENT"), "awsenv-expired||aws:expired");
    session.run(":");
    session.run("awsenv use -");
    assert_eq!(session.ask("$AWSENV_PROFILE"), "acme-dev", "{}", shell.label());
    // What somebody changed meanwhile is left alone.
    session.run("awsenv use acme-dev --for 2s");
    session.run("export AWS_ACCESS_KEY_ID=AKIABYHAND");
    session.run("sleep 2.2");
    assert_eq!(session.ask("${AWS_PROFILE-}|$AWS_ACCESS_KEY_ID"), "|AKIABYHAND", "{}", shell.label());
}

mod end {
    use super::*;
    awsenv_testkit::in_every_shell!(check_end, bash = Bash, zsh = Zsh, ksh93 = Ksh93, mksh = Mksh, yash = Yash,);
}

fn check_folders(shell: RealShell, program: &Path) {
    // As in a new pane of a terminal that was opened in a folder with a pin.
    let home = home().variable("AWSENV_FOLDER_ACCOUNT", "123456789012");
    let mut session = start(shell, program, &home);
    assert_eq!(session.ask("${AWSENV_FOLDER_ACCOUNT-none}"), "none", "{}", shell.label());
    let in_folder = |session: &mut Session, folder: &str| {
        session.run(&format!("cd ~/{folder}"));
        session.ask("${AWSENV_PROFILE-}")
    };
    session.run("export AWS_PROFILE=before AWS_REGION='it'\\''s'");
    assert_eq!(in_folder(&mut session, "acme"), "", "not allowed");
    session.run("awsenv allow && awsenv allow live");
    assert_eq!(session.ask("$AWSENV_PROFILE"), "acme-dev", "at the next prompt");
    assert_eq!(in_folder(&mut session, "acme/live/deep"), "acme-prod", "nested");
    assert_eq!(in_folder(&mut session, "acme"), "acme-dev", "out of the inner one");
    assert_eq!(in_folder(&mut session, "other"), "", "out");
    assert_eq!(session.ask("$AWS_PROFILE|$AWS_REGION|${AWS_ACCESS_KEY_ID-}"), "before|it's|", "what was there before");
    // In a subshell nothing happens to this one.
    session.run("(cd ~/acme); true");
    assert_eq!(session.ask("${AWSENV_PROFILE-}"), "");
    // By a link, the real folder counts.
    session.run("ln -s ~/acme/live/deep ~/link");
    assert_eq!(in_folder(&mut session, "link"), "acme-prod", "{}", shell.label());
    // Somebody's own switch stays when the folder is left.
    session.run("awsenv use acme-dev");
    assert_eq!(in_folder(&mut session, "other"), "acme-dev", "{}", shell.label());
    session.run("awsenv clear");
    // Changed after it was allowed: not any more.
    fs::write(home.join("acme/.awsenv"), "profile = acme-prod\n").unwrap();
    assert_eq!(in_folder(&mut session, "acme"), "", "{}", shell.label());
    // A folder that is deleted while one is in it.
    session.run("mkdir ~/acme/gone; cd ~/acme/gone; rmdir ~/acme/gone");
    assert_eq!(session.ask("${AWSENV_PROFILE-}"), "", "{}", shell.label());
}

mod folders {
    use super::*;
    in_both!(check_folders);
}

fn check_guards(shell: RealShell, program: &Path) {
    let home = home();
    let called = || {
        let text = fs::read_to_string(home.join("called")).unwrap_or_default();
        let _ = fs::remove_file(home.join("called"));
        text
    };
    let mut session = start(shell, program, &home);
    session.run("awsenv use acme-prod");
    // Unguarded ones, and guarded ones in other uses: as ever, with their status, arguments and pipes.
    session.run("plain 'a b' \"\" '*' </dev/null; echo $? >status");
    assert_eq!(called(), "plain|a b||*|");
    assert_eq!(fs::read_to_string(home.join("status")).unwrap(), "7\n");
    session.run("printf 'in' | deploy test 'a b'; true");
    assert_eq!(called(), "deploy|test|a b|in", "{}", shell.label());
    // A guarded one asks.
    session.send("deploy live 'a b' </dev/null; echo $? >status\r");
    session.wait_for("deploy is guarded");
    session.run_after("acme-prod\r");
    assert_eq!(called(), "deploy|live|a b|", "{}", shell.label());
    assert_eq!(fs::read_to_string(home.join("status")).unwrap(), "7\n");
    session.send("clear; (wipe all | cat); true\r");
    session.wait_for("wipe is guarded");
    session.run_after("no\rno\rno\r");
    assert_eq!(called(), "", "{}: not run", shell.label());
    // An alias leads to the same; `command` goes around it; a script never hears of it.
    session.run("alias d='deploy live'");
    session.send("clear; d x </dev/null; true\r");
    session.wait_for("deploy is guarded");
    session.run_after("acme-prod\r");
    assert_eq!(called(), "deploy|live|x|", "{}", shell.label());
    session.run("command wipe </dev/null; sh -c 'wipe </dev/null'; true");
    assert_eq!(called(), "wipe|wipe|", "{}", shell.label());
    // Another class: nobody asks.
    session.run("awsenv use acme-dev");
    session.run("wipe </dev/null; true");
    assert_eq!(called(), "wipe|", "{}", shell.label());
    // Foreign keys: stopped, with the reason.
    session.run("export AWS_ACCESS_KEY_ID=AKIABYHAND");
    let screen = session.run("clear; wipe </dev/null; echo $? >status");
    assert!(screen.contains("wipe was not run") && called().is_empty(), "{}: {screen}", shell.label());
    assert_eq!(fs::read_to_string(home.join("status")).unwrap(), "1\n");
}

mod guards {
    use super::*;
    in_both!(check_guards);
}

/// Values that could do harm, in the variables that the hook computes with.
fn check_hostile(shell: RealShell, program: &Path) {
    let home = home();
    let mut session = start(shell, program, &home);
    session.run("awsenv use acme-dev");
    for value in [
        "a[$(touch ran)]",
        "$(touch ran)",
        "`touch ran`",
        "1;touch ran",
        "x[0$(touch ran)]",
        "-1",
        "99999999999999999999",
    ] {
        for name in [
            "AWSENV_EXPIRATION",
            "AWSENV_UNTIL",
            "AWSENV_CLASS",
            "AWSENV_OPTIONS",
            "AWSENV_FOLDER_ACCOUNT",
            "AWS_REGION",
        ] {
            session.run(&format!("export {name}='{value}'"));
        }
        session.run(&format!(
            "__awsenv_end='{value}' __awsenv_renew_at='{value}'; AWS_PROFILE='{value}'; export AWS_PROFILE"
        ));
        session.run("unset AWS_PROFILE");
        assert!(!home.join("ran").exists(), "{}: {value}", shell.label());
    }
}

mod hostile {
    use super::*;
    in_both!(check_hostile);
}
