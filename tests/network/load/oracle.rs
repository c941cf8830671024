//! botocore, and the AWS CLI of Debian, read what awsenv-broker wrote, and it reads what they wrote.

use std::path::PathBuf;
use std::process::{Command, Stdio};

use awsenv_testkit::tools;
use serde_json::Value;

use crate::world::{ADMIN, CONFIG, World};

/// The Python of the test tools, which has botocore.
fn python(test: &str) -> Option<PathBuf> {
    tools::require("python", test)
}

/// What `program` prints, in the world's home.
fn run(world: &World, program: PathBuf, arguments: &[&str], endpoint: &str) -> Value {
    let mut command: Command = world.home.command(program);
    command.args(arguments).env("AWS_ENDPOINT_URL", endpoint).env("AWS_EC2_METADATA_DISABLED", "true");
    command.env("AWS_DEFAULT_REGION", "eu-west-1").env("AWS_MAX_ATTEMPTS", "1");
    let output = command.stdin(Stdio::null()).output().expect("it runs");
    let stdout = String::from_utf8_lossy(&output.stdout).into_owned();
    serde_json::from_str(&stdout)
        .unwrap_or_else(|error| panic!("{error}: {stdout}{}", String::from_utf8_lossy(&output.stderr)))
}

/// Credentials of `profile` by botocore with the AWS CLI's cache.
fn botocore(world: &World, python: PathBuf, profile: &str) -> Value {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/network/load/oracle.py");
    run(world, python, &[script, profile], &world.fake.url())
}

/// Profiles whose entries have names of every kind.
fn world() -> World {
    let config = format!(
        "{CONFIG}[profile named]\nrole_arn = {ADMIN}\nsource_profile = one\nrole_session_name = me\n\
         [profile full]\nrole_arn = {ADMIN}\nsource_profile = two\nrole_session_name = me@home\nexternal_id = x/1\n\
         duration_seconds = 1800\n[profile chained]\nrole_arn = arn:aws:iam::123456789012:role/Next\nsource_profile = full\n"
    );
    World::new(&config, |fake| {
        fake.role(awsenv_testkit::fake::Role::new("arn:aws:iam::123456789012:role/Next").trusts(ADMIN))
    })
}

const PROFILES: [&str; 4] = ["a", "named", "full", "chained"];

#[test]
fn botocore_uses_what_awsenv_cached() {
    let Some(python) = python("botocore_uses_what_awsenv_cached") else { return };
    let world = world();
    for profile in PROFILES {
        let ours = world.ask(profile);
        world.fake.reset_calls();
        let theirs = botocore(&world, python.clone(), profile);
        assert_eq!(theirs["access_key"], ours.json["AccessKeyId"], "{profile}");
        assert_eq!(theirs["secret_key"], ours.json["SecretAccessKey"], "{profile}");
        assert_eq!(theirs["token"], ours.json["SessionToken"], "{profile}");
        assert_eq!(world.fake.requests().len(), 0, "{profile}");
    }
}

#[test]
fn awsenv_uses_what_botocore_cached() {
    let Some(python) = python("awsenv_uses_what_botocore_cached") else { return };
    let world = world();
    for profile in PROFILES {
        let theirs = botocore(&world, python.clone(), profile);
        world.fake.reset_calls();
        let ours = world.ask(profile);
        assert_eq!(theirs["access_key"], ours.json["AccessKeyId"], "{profile}");
        assert_eq!(theirs["token"], ours.json["SessionToken"], "{profile}");
        assert_eq!(world.fake.requests().len(), 0, "{profile}");
    }
}

#[test]
fn the_aws_cli_uses_what_awsenv_cached() {
    let Some(aws) = tools::require_aws_cli("the_aws_cli_uses_what_awsenv_cached") else { return };
    let world = world();
    for profile in ["a", "full"] {
        let ours = world.ask(profile);
        let arguments = ["configure", "export-credentials", "--profile", profile, "--format", "process"];
        // It goes nowhere: what it says comes from the cache.
        let theirs = run(&world, aws.clone(), &arguments, "http://127.0.0.1:9");
        for field in ["AccessKeyId", "SecretAccessKey", "SessionToken"] {
            assert_eq!(theirs[field], ours.json[field], "{profile}: {field}");
        }
    }
}
