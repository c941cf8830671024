//! botocore of today and the AWS CLI 2.9 of Debian read what awsenv wrote, and awsenv reads what they wrote.

use std::io::Write;
use std::path::PathBuf;
use std::process::Stdio;

use awsenv_core::chain::Sso;
use awsenv_testkit::tools;
use serde_json::{Value, json};

use crate::common::{REGION, START_URL, World, legacy, session, until};

/// Where Debian's package `awscli` has its Python code: a botocore of the AWS CLI's own inside.
const AWSCLI: &str = "/usr/lib/python3/dist-packages";

/// A Python with a botocore.
struct Oracle {
    name: &'static str,
    python: PathBuf,
    path: Vec<String>,
}

/// All there are. Each that is missing is a failure where nothing may be skipped, and said elsewhere.
fn oracles(test: &str) -> Vec<Oracle> {
    let botocore = tools::require("python", test).map(|python| Oracle { name: "botocore", python, path: Vec::new() });
    botocore.into_iter().chain(awscli(test)).collect()
}

/// The AWS CLI of Debian, where there is one.
#[expect(
    clippy::disallowed_macros,
    clippy::print_stderr,
    reason = "a skipped test says so, by name, where people look"
)]
fn awscli(test: &str) -> Option<Oracle> {
    let own = format!("{AWSCLI}/awscli");
    if !PathBuf::from(&own).join("botocore").exists() {
        let missing = "version 2 of the AWS CLI is missing (Debian: apt-get install awscli)";
        assert!(!tools::is_strict(), "{test}: {missing}");
        eprintln!("SKIPPED {test}: {missing}");
        return None;
    }
    Some(Oracle { name: "AWS CLI 2.9", python: "/usr/bin/python3".into(), path: vec![own, AWSCLI.to_owned()] })
}

impl Oracle {
    #[track_caller]
    fn ask(&self, world: &World, mut asked: Value) -> Value {
        let config = format!(
            "[sso-session acme]\nsso_start_url = {START_URL}\nsso_region = {REGION}\n\
             sso_registration_scopes = sso:account:access\n\
             [profile dev]\nsso_session = acme\nsso_account_id = 123456789012\nsso_role_name = Admin\n\
             [profile old]\nsso_start_url = {START_URL}\nsso_region = {REGION}\nsso_account_id = 123456789012\n\
             sso_role_name = Admin\n"
        );
        std::fs::write(world.home.join(".aws/config"), config).unwrap();
        asked["url"] = world.fake.url().into();
        asked["folder"] = world.home.path().to_str().unwrap().into();
        asked["path"] = json!(self.path);
        asked["start_url"] = START_URL.into();
        let script = tools::workspace_root().join("tests/network/sso/oracle.py");
        let mut child = world
            .home
            .command(&self.python)
            .arg(script)
            .env("AWS_MAX_ATTEMPTS", "1")
            .env("PYTHONDONTWRITEBYTECODE", "1")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("Python starts");
        child.stdin.take().unwrap().write_all(asked.to_string().as_bytes()).unwrap();
        let output = child.wait_with_output().unwrap();
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{}: {asked}: {stderr}", self.name);
        serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{}: {error}: {stderr}", self.name))
    }
}

/// A login by awsenv with a code, which the person types at once.
fn log_in(world: &World, sso: &Sso) {
    let mut request = world.login(sso);
    let awsenv_core::broker::Task::Login(task) = &mut request.task else { unreachable!("made so") };
    task.device_code = true;
    let running = world.start(&world.home, &request);
    let code = until("a code", || world.fake.pending_user_codes().pop());
    world.fake.approve_device(&code);
    assert!(!running.answer(world).is_failure());
}

fn expire(world: &World, sso: &Sso) {
    let mut token = world.token(sso);
    token["expiresAt"] = "2026-01-01T00:00:00Z".into();
    world.write(sso, &token);
}

#[test]
fn they_use_and_renew_the_token_of_awsenv_s_login() {
    for oracle in oracles("they use and renew the token of awsenv's login") {
        let world = World::new();
        log_in(&world, &session());
        world.fake.reset_calls();
        let token = world.token(&session());
        let answer = oracle.ask(&world, json!({"do": "load"}));
        assert_eq!(answer["token"], token["accessToken"], "{}", oracle.name);
        assert_eq!(world.fake.requests().len(), 0, "{}", oracle.name);

        expire(&world, &session());
        let answer = oracle.ask(&world, json!({"do": "load"}));
        assert_ne!(answer["token"], token["accessToken"], "{}", oracle.name);
        assert_eq!(world.fake.calls("CreateToken:refresh_token"), 1, "{}", oracle.name);
        // What they have renewed serves awsenv, and can be renewed by it.
        assert!(!world.answer(&world.role(&session())).is_failure(), "{}", oracle.name);
        assert_eq!(world.fake.calls("CreateToken:refresh_token"), 1, "{}", oracle.name);
        expire(&world, &session());
        std::fs::remove_file(world.role_file(&session())).unwrap();
        assert!(!world.answer(&world.role(&session())).is_failure(), "{}", oracle.name);
        assert_eq!(world.fake.calls("CreateToken:refresh_token"), 2, "{}", oracle.name);
        // And what awsenv has renewed, them.
        let answer = oracle.ask(&world, json!({"do": "load"}));
        assert_eq!(answer["token"], world.token(&session())["accessToken"], "{}", oracle.name);
        assert_eq!(world.fake.calls("CreateToken:refresh_token"), 2, "{}", oracle.name);
    }
}

#[test]
fn the_role_credentials_of_one_serve_the_other() {
    for oracle in oracles("the role credentials of one serve the other") {
        for (sso, profile) in [(session(), "dev"), (legacy(), "old")] {
            let world = World::new();
            world.plant(&sso, 3600);
            let ours = world.answer(&world.role(&sso));
            let theirs = oracle.ask(&world, json!({"do": "role", "profile": profile}));
            assert_eq!(theirs["key"], ours.key_id(), "{} {profile}", oracle.name);
            assert_eq!(world.fake.calls("GetRoleCredentials"), 1, "{} {profile}", oracle.name);

            std::fs::remove_file(world.role_file(&sso)).unwrap();
            std::fs::remove_dir_all(world.home.join(".cache")).ok();
            let theirs = oracle.ask(&world, json!({"do": "role", "profile": profile}));
            assert_eq!(world.answer(&world.role(&sso)).key_id(), theirs["key"], "{} {profile}", oracle.name);
            assert_eq!(world.fake.calls("GetRoleCredentials"), 2, "{} {profile}", oracle.name);
        }
    }
}

#[test]
fn a_login_of_the_aws_cli_serves_awsenv_and_its_client_too() {
    let Some(cli) = awscli("a login of the AWS CLI serves awsenv and its client too") else { return };
    for (sso, name, scopes) in
        [(session(), json!("acme"), json!(["sso:account:access"])), (legacy(), Value::Null, Value::Null)]
    {
        let world = World::new();
        let login = json!({"do": "device", "session": name, "scopes": scopes});
        let theirs = cli.ask(&world, login.clone());
        let answer = world.answer(&world.login(&sso));
        assert_eq!(answer.json["was_valid"], true, "{}", answer.json);
        assert_eq!(answer.json["renewable"], sso.sso_session.is_some());
        assert_eq!(world.token(&sso)["accessToken"], theirs["token"]);
        assert!(!world.answer(&world.role(&sso)).is_failure());

        // The client that the one has registered is the other's.
        std::fs::remove_file(world.token_file(&sso)).unwrap();
        log_in(&world, &sso);
        assert_eq!(world.fake.calls("RegisterClient"), 1);
        let world = World::new();
        log_in(&world, &sso);
        // The AWS CLI takes the token, and, made to log in, the client.
        assert_eq!(cli.ask(&world, login.clone())["token"], world.token(&sso)["accessToken"]);
        let mut forced = login;
        forced["force"] = true.into();
        cli.ask(&world, forced);
        assert_eq!(world.fake.calls("RegisterClient"), 1);
    }
}

#[test]
fn a_logout_of_the_aws_cli_takes_awsenv_s_files() {
    let Some(cli) = awscli("a logout of the AWS CLI takes awsenv's files") else { return };
    let world = World::new();
    log_in(&world, &session());
    assert!(!world.answer(&world.role(&session())).is_failure());
    cli.ask(&world, json!({"do": "logout"}));
    assert!(!world.token_file(&session()).exists() && !world.role_file(&session()).exists());
    assert_eq!(world.fake.calls("Logout"), 1);
    world.answer(&world.role(&session())).assert_login_needed("awsenv login --sso-session acme");
}
