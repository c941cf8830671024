//! The AWS CLI itself, where it is installed: Debian's 2.9 knows `configure export-credentials`. A call of it costs half a
//! second, so there are few.

use std::path::Path;
use std::process::Stdio;

use awsenv_testkit::home::Home;
use awsenv_testkit::tools;

use crate::program::{Run, awsenv};

const CONFIG: &str = r#"[default]
region = us-east-1
[profile keys]
region = eu-west-1
[profile 'two words']
region = ap-southeast-2
aws_access_key_id = AKIATWOWORDS
aws_secret_access_key = config/secret+=
[profile process]
credential_process = /bin/echo '{"Version": 1, "AccessKeyId": "AKIAPROCESS", "SecretAccessKey": "a b", "SessionToken": "t"}'
[profile both]
aws_access_key_id = AKIACONFIG
aws_secret_access_key = of config
aws_session_token = of config
[profile half]
aws_access_key_id = AKIAHALF
[profile role]
role_arn = arn:aws:iam::123456789012:role/Admin
source_profile = keys
[profile loop]
role_arn = arn:aws:iam::123456789012:role/Loop
source_profile = loop
"#;

const CREDENTIALS: &str = "[keys]\naws_access_key_id = AKIAKEYS\naws_secret_access_key = of/the+keys=\n\
                           [both]\naws_access_key_id = AKIACREDS\naws_secret_access_key = of credentials\n\
                           [only-here]\nAWS_ACCESS_KEY_ID=AKIAHERE\naws_secret_access_key: s\n\
                           [token]\naws_access_key_id = ASIATOKEN\naws_secret_access_key = s\naws_session_token = t==\n";

const CACHED: &str = r#"{"Credentials": {"AccessKeyId": "ASIACACHED", "SecretAccessKey": "cached", "SessionToken": "t",
    "Expiration": "2999-01-01T00:00:00Z"}, "AssumedRoleUser": {"Arn": "arn:aws:sts::123456789012:assumed-role/Admin/me"}}"#;

fn aws(home: &Home, program: &Path, arguments: &[&str]) -> Run {
    let mut command = home.command(program);
    command.args(arguments).stdin(Stdio::null()).env("AWS_EC2_METADATA_DISABLED", "true");
    command.output().expect("the AWS CLI runs").into()
}

fn home() -> Home {
    // The SHA-1 of the call's arguments: the role's ARN alone.
    let name = "51e7b105b5040ce662656c8dc6ab4de70c4de7ad.json";
    Home::new().config(CONFIG).credentials(CREDENTIALS.replace("key: s", "key = s")).cli_cache(name, CACHED)
}

#[test]
fn the_aws_cli_exports_the_same_credentials() {
    let Some(program) = tools::require_aws_cli("the_aws_cli_exports_the_same_credentials") else { return };
    let home = home();
    for profile in ["keys", "two words", "process", "both", "only-here", "token", "role", "half", "loop"] {
        let theirs =
            aws(&home, &program, &["configure", "export-credentials", "--profile", profile, "--format", "process"]);
        let ours = awsenv(&home, &["export", profile, "--format", "process"]);
        assert_eq!(ours.status == Some(0), theirs.status == Some(0), "{profile}: {}{}", ours.stderr, theirs.stderr);
        if ours.status == Some(0) {
            let (ours, theirs) = (ours.json(), theirs.json());
            for field in ["Version", "AccessKeyId", "SecretAccessKey", "SessionToken"] {
                assert_eq!(ours[field], theirs[field], "{profile}: {field}");
            }
        }
    }
}

#[test]
fn the_aws_cli_has_the_same_regions() {
    let Some(program) = tools::require_aws_cli("the_aws_cli_has_the_same_regions") else { return };
    let home = home();
    for profile in ["keys", "two words", "both"] {
        let theirs = aws(&home, &program, &["configure", "get", "region", "--profile", profile]);
        let ours = awsenv(&home, &["explain", profile, "--json"]).json();
        assert_eq!(ours["region"]["value"].as_str().unwrap_or(""), theirs.stdout.trim_end(), "{profile}");
    }
}

/// What `use` prepares is what the AWS CLI then goes by.
#[test]
fn the_aws_cli_goes_by_the_environment() {
    let Some(program) = tools::require_aws_cli("the_aws_cli_goes_by_the_environment") else { return };
    let home = home();
    for mode in ["keys", "profile"] {
        let mut command = home.command(env!("CARGO_BIN_EXE_awsenv"));
        command.args(["exec", "keys", "--as", mode, "--"]).arg(&program).args(["configure", "list"]);
        command.env("AWS_ACCESS_KEY_ID", "AKIASTALE").env("AWS_SECRET_ACCESS_KEY", "s").env("AWS_REGION", "sa-east-1");
        let run: Run = command.stdin(Stdio::null()).output().expect("awsenv runs").into();
        let line = |name: &str| {
            let line = run.stdout.lines().find(|line| line.trim_start().starts_with(name));
            line.unwrap_or_else(|| panic!("{}{}", run.stdout, run.stderr)).to_owned()
        };
        assert!(line("access_key").contains("KEYS"), "{mode}: {}", run.stdout);
        assert!(line("region").contains("eu-west-1"), "{mode}: {}", run.stdout);
    }
}
