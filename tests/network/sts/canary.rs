//! No secret leaves the broker but in its answer: not to its children, not by its arguments, not on disk.

use std::path::Path;

use awsenv_core::credentials::Secret;
use awsenv_testkit::fake::Role;

use crate::common::{ADMIN, BROKER, World, assume, bytes, role, role_with_mfa, script, world_with_mfa};

/// Every file under `folder`, with what is in it.
fn files(folder: &Path) -> Vec<(std::path::PathBuf, Vec<u8>)> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    entries
        .flat_map(|entry| {
            let path = entry.path();
            if path.is_dir() { files(&path) } else { vec![(path.clone(), std::fs::read(&path).unwrap_or_default())] }
        })
        .collect()
}

fn contains(bytes: &[u8], text: &str) -> bool {
    bytes.windows(text.len()).any(|window| window == text.as_bytes())
}

/// The child that gives the code writes down all that it can see of itself and of the broker.
#[test]
#[cfg(target_os = "linux")]
fn a_child_sees_no_secret() {
    let world = world_with_mfa(&["475869"]);
    let text = "#!/bin/sh\n\
                { cat /proc/self/environ /proc/self/cmdline /proc/$PPID/cmdline; ls -l /proc/self/fd/; } >seen\n\
                cat /proc/$PPID/environ >>seen 2>>denied\n\
                cat /proc/$PPID/mem >/dev/null 2>>denied\n\
                echo 475869\n";
    let path = script(&world.home, "code", text);
    let mut request = world.request(vec![world.keys(), assume("acme", role_with_mfa(ADMIN))]);
    request.person.mfa_process = Some(path.display().to_string());
    let answer = world.answer(&request);
    let seen = std::fs::read(world.home.join("seen")).expect("what the child saw");
    assert!(contains(&seen, "HOME="), "it saw its environment");
    let keys = [world.user.secret_access_key(), answer.json["SecretAccessKey"].as_str().expect("a secret")];
    for secret in keys.into_iter().chain([world.user.access_key_id(), "475869"]) {
        assert!(!contains(&seen, secret), "{}", String::from_utf8_lossy(&seen));
    }
}

#[test]
fn only_the_caches_hold_sessions_and_nothing_holds_codes_or_keys() {
    let world = world_with_mfa(&["475869", "586970"]);
    let mut request = world.request(vec![world.keys(), assume("acme", role_with_mfa(ADMIN))]);
    request.person.mfa_code = Some(Secret::new("475869"));
    let answer = world.answer(&request);
    let token = answer.json["SessionToken"].as_str().expect("a token");
    let written = files(world.home.path());
    assert!(!written.is_empty());
    for (path, bytes) in &written {
        let shown = path.display();
        assert!(!contains(bytes, world.user.secret_access_key()), "the long-term key is in {shown}");
        assert!(!contains(bytes, "475869"), "the code is in {shown}");
        let is_cache =
            path.starts_with(world.home.join(".cache/awsenv")) || path.starts_with(world.home.join(".aws/cli/cache"));
        assert!(is_cache || !contains(bytes, token), "the session is in {shown}");
        use std::os::unix::fs::PermissionsExt;
        let mode = std::fs::metadata(path).expect("a file").permissions().mode() & 0o777;
        assert_eq!(mode, 0o600, "{shown}");
    }
}

/// While it works: its arguments are its name alone, and nobody else can read its memory or environment.
#[test]
#[cfg(target_os = "linux")]
fn while_it_works_nothing_is_in_sight() {
    use std::io::Write;
    use std::process::Stdio;
    use std::time::{Duration, Instant};

    let user = crate::common::someone(&[]);
    let trust = Role::new(ADMIN).trusts(&user.arn());
    let world = World::new(user, |fake| fake.role(trust));
    world.fake.set_fault("AssumeRole", awsenv_testkit::fake::Fault::Hang, 1);
    let mut request = world.request(vec![world.keys(), assume("acme", role(ADMIN))]);
    request.calls.call_timeout_ms = 10_000;
    let mut command = world.home.command(BROKER);
    let mut child =
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("it starts");
    let mut input = child.stdin.take().expect("a pipe");
    input.write_all(&bytes(&request)).expect("it reads");
    drop(input);
    let start = Instant::now();
    while world.fake.calls("AssumeRole") == 0 {
        assert!(start.elapsed() < Duration::from_secs(30), "it asks STS");
        std::thread::sleep(Duration::from_millis(5));
    }
    let folder = format!("/proc/{}", child.id());
    let arguments = std::fs::read(format!("{folder}/cmdline")).expect("its arguments are public");
    assert_eq!(arguments, [BROKER.as_bytes(), b"\0"].concat());
    // Not dumpable: its files in /proc belong to root.
    use std::os::unix::fs::MetadataExt;
    assert_eq!(std::fs::metadata(format!("{folder}/mem")).expect("it is there").uid(), 0);
    if let Ok(environment) = std::fs::read(format!("{folder}/environ")) {
        assert!(!contains(&environment, world.user.secret_access_key()));
    }
    child.kill().expect("it is this test's own");
    let output = child.wait_with_output().expect("it ends");
    assert!(output.stderr.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
}
