//! Nothing secret but where it belongs: the files of the user, the named caches, the output that was asked for.

use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use awsenv_testkit::fake::Fault;

use awsenv_testkit::tools;
use serde_json::Value;

use crate::common::{START_URL, World, awsenv_path, files};
use crate::sso::put_token;

/// The secrets in what was exported, and in what awsenv's own cache keeps besides (the MFA session).
fn secrets(world: &World, exported: &[Value]) -> Vec<String> {
    let mut secrets = vec![world.user.secret_access_key().to_owned(), "111111".to_owned()];
    let own = files(&world.home.join(".cache/awsenv"));
    let own = own.values().filter_map(|text| serde_json::from_slice::<Value>(text).ok());
    let own = own.map(|entry| entry["credentials"].clone());
    for json in exported.iter().cloned().chain(own) {
        for field in ["SecretAccessKey", "SessionToken"] {
            secrets.extend(json[field].as_str().map(str::to_owned));
        }
    }
    secrets
}

/// The files below the home that hold one of `secrets`.
fn holders(world: &World, secrets: &[String]) -> Vec<PathBuf> {
    let holds = |text: &[u8]| {
        let text = String::from_utf8_lossy(text).into_owned();
        secrets.iter().any(|secret| text.contains(secret))
    };
    let found = files(world.home.path()).into_iter().filter(|(_, text)| holds(text));
    found.map(|(path, _)| path.strip_prefix(world.home.path()).expect("below the home").to_owned()).collect()
}

#[test]
fn secrets_are_in_the_named_caches_alone() {
    let world = World::with(|fake| fake, |home| home.file("tmp/keep", "").variable("TMPDIR", "tmp"));
    let token = world.fake.sso_token(START_URL, 3600);
    put_token(&world, &token);
    let mut exported = Vec::new();
    let mut said = String::new();
    for line in ["admin", "secured --mfa 111111", "second", "dev", "far", "base"] {
        let run = world.awsenv(&format!("export {line}")).expect(0, &[]);
        exported.push(run.json());
        said += &run.stderr;
    }
    for line in
        ["use closed --shell bash", "use secured --mfa 999999 --refresh --shell bash", "list --json", "login", "logout"]
    {
        let run = world.awsenv(line);
        said += &(run.stderr + &run.stdout);
    }
    let mut secrets = secrets(&world, &exported);
    secrets.extend([token.access_token.clone(), token.refresh_token.clone(), token.client_secret.clone()]);
    for secret in &secrets {
        assert!(!said.contains(secret.as_str()), "a secret was said: {said}");
    }
    let allowed = [".aws/credentials", ".aws/cli/cache", ".aws/sso/cache", ".cache/awsenv"];
    let holders = holders(&world, &secrets);
    assert!(holders.iter().any(|path| path.starts_with(".aws/cli/cache")), "the test sees nothing: {holders:?}");
    assert!(holders.iter().any(|path| path.starts_with(".cache/awsenv")), "the test sees nothing: {holders:?}");
    let astray: Vec<_> = holders.iter().filter(|path| !allowed.iter().any(|folder| path.starts_with(folder))).collect();
    assert!(astray.is_empty(), "{astray:?}");
    // What awsenv keeps is for its user alone.
    for path in holders.iter().filter(|path| path.starts_with(".aws/cli") || path.starts_with(".cache")) {
        use std::os::unix::fs::PermissionsExt;
        let mode = world.home.join(path).metadata().expect("a file").permissions().mode();
        assert_eq!(mode & 0o077, 0, "{path:?}");
    }
}

/// A process, killed when dropped.
struct Guarded(Child);

impl Drop for Guarded {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// The broker that this awsenv runs, where the system tells.
pub(crate) fn broker_of(awsenv: u32) -> Option<u32> {
    let children = std::fs::read_to_string(format!("/proc/{awsenv}/task/{awsenv}/children")).ok()?;
    children.split_whitespace().next()?.parse().ok()
}

/// While AWS is silent, neither process shows a secret in its arguments or its environment.
#[test]
fn running_processes_show_nothing() {
    if !Path::new("/proc/self/task").is_dir() {
        // Only Linux tells what a process was started with in files.
        return;
    }
    let world = World::new();
    world.fake.set_fault("AssumeRole", Fault::Hang, 10);
    let mut command = world.command(&["export", "admin"]);
    let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("awsenv starts");
    let awsenv = Guarded(child);
    let start = Instant::now();
    while world.fake.calls("AssumeRole") == 0 {
        assert!(start.elapsed() < Duration::from_secs(30), "AWS was not asked");
        std::thread::sleep(Duration::from_millis(10));
    }
    let broker = broker_of(awsenv.0.id()).expect("awsenv runs its broker");
    let secret = world.user.secret_access_key();
    for (pid, name) in [(awsenv.0.id(), "awsenv"), (broker, "awsenv-broker")] {
        let read = |file: &str| std::fs::read(format!("/proc/{pid}/{file}"));
        let arguments = String::from_utf8_lossy(&read("cmdline").expect("a command line")).into_owned();
        assert!(arguments.contains(name) && !arguments.contains(secret), "{arguments}");
        // Where it may be read at all.
        let environment = read("environ").unwrap_or_default();
        assert!(!String::from_utf8_lossy(&environment).contains(secret), "{name}'s environment");
    }
}

/// A process that is aborted with no limit on cores leaves one here; the broker and awsenv do not.
#[test]
fn neither_process_leaves_a_core() {
    use std::os::unix::process::ExitStatusExt;

    let world = World::new();
    let unlimited = |command: &str| {
        let mut shell = world.home.command("/bin/sh");
        shell.args(["-c", &format!("ulimit -c unlimited || exit 77; exec {command}")]);
        let child = shell.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped()).spawn();
        Guarded(child.expect("a shell starts"))
    };
    let abort = |pid: u32| {
        let killed = world.home.command("kill").args(["-ABRT", &pid.to_string()]).status();
        assert!(killed.is_ok_and(|status| status.success()));
    };
    let until = |what: &str, done: &dyn Fn() -> bool| {
        let start = Instant::now();
        while !done() {
            assert!(start.elapsed() < Duration::from_secs(30), "{what}");
            std::thread::sleep(Duration::from_millis(10));
        }
    };
    let called = |pid: u32, name: &str| {
        std::fs::read_to_string(format!("/proc/{pid}/comm")).is_ok_and(|comm| comm.trim() == name)
    };
    let mut control = unlimited("sleep 30");
    let pid = control.0.id();
    until("the control does not start", &|| called(pid, "sleep"));
    abort(pid);
    if !control.0.wait().expect("an end").core_dumped() {
        return tools::cannot_be_shown("neither_process_leaves_a_core", "this machine lets no process leave one");
    }
    world.fake.set_fault("AssumeRole", Fault::Hang, 10);
    let awsenv = format!("'{}' export admin", awsenv_path().display());

    // The broker dies: awsenv says how, and that there was no core.
    let mut first = unlimited(&awsenv);
    until("AWS is not asked", &|| world.fake.calls("AssumeRole") > 0);
    abort(broker_of(first.0.id()).expect("awsenv runs its broker"));
    let mut said = String::new();
    first.0.stderr.take().expect("a pipe").read_to_string(&mut said).expect("text");
    assert_eq!(first.0.wait().expect("an end").code(), Some(1), "{said}");
    assert!(said.contains("SIGABRT") && !said.contains("core dumped"), "{said}");

    // awsenv dies.
    world.fake.reset_calls();
    let mut second = unlimited(&awsenv);
    until("AWS is not asked", &|| world.fake.calls("AssumeRole") > 0);
    abort(second.0.id());
    let status = second.0.wait().expect("an end");
    assert!(status.signal().is_some() && !status.core_dumped(), "{status}");
}
