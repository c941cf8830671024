//! What a role's credentials are wanted for: a shell, a command, another tool.

use std::os::unix::fs::PermissionsExt;

use awsenv_testkit::shells::{RealShell, evaluate};
use awsenv_testkit::tools;

use crate::common::{ACCOUNT, ADMIN_ENTRY, World};

fn admin() -> String {
    format!("arn:aws:sts::{ACCOUNT}:assumed-role/Admin/")
}

#[test]
fn a_switch_in_shells() {
    let world = World::new();
    for (shell, statement) in [
        (RealShell::Bash, r#"eval "$(awsenv use admin)""#),
        (RealShell::Zsh, r#"eval "$(awsenv use admin)""#),
        (RealShell::Fish, "awsenv use admin | source"),
    ] {
        let Some(program) = shell.require("a_switch_in_shells") else { continue };
        let outcome = evaluate(shell, &program, &world.home, "", statement);
        assert!(outcome.succeeded, "{outcome:?}");
        let id = outcome.get("AWS_ACCESS_KEY_ID").expect("a key id");
        assert!(world.fake.identity_of(id).is_some_and(|arn| arn.starts_with(&admin())), "{outcome:?}");
        let (secret, token) = world.fake.secret_of(id).expect("the key's secret");
        assert_eq!(outcome.get("AWS_SECRET_ACCESS_KEY"), Some(secret.as_str()));
        assert_eq!(outcome.get("AWS_SESSION_TOKEN"), token.as_deref());
        assert_eq!(outcome.get("AWS_ACCOUNT_ID"), Some(ACCOUNT));
        assert_eq!(outcome.get("AWSENV_PROFILE"), Some("admin"));
        assert_eq!(outcome.get("AWS_REGION"), Some("eu-west-1"));
    }
    assert_eq!(world.fake.calls("AssumeRole"), 1, "the session of the first serves the others");
}

#[test]
fn the_session_is_kept_where_the_aws_cli_looks_and_for_the_user_alone() {
    let world = World::new();
    assert!(world.exported("admin").starts_with(&admin()));
    let entry = world.home.join(ADMIN_ENTRY);
    assert_eq!(entry.metadata().expect("the entry").permissions().mode() & 0o777, 0o600);
    assert!(world.exported("admin").starts_with(&admin()));
    assert_eq!(world.fake.calls("AssumeRole"), 1);
    assert!(world.exported("admin --refresh").starts_with(&admin()));
    assert_eq!(world.fake.calls("AssumeRole"), 2);
    // Options that are part of the call are another session.
    world.exported("admin --duration 15m");
    world.exported("admin --role-session-name somebody-else");
    let named = |r: &awsenv_testkit::fake::Recorded| r.parameter("RoleSessionName").as_deref() == Some("somebody-else");
    let requests = world.fake.requests();
    assert!(requests.iter().any(named), "{requests:?}");
    assert!(requests.iter().any(|r| r.parameter("DurationSeconds").as_deref() == Some("900")), "{requests:?}");
    assert_eq!(world.fake.calls("AssumeRole"), 4);
}

#[test]
fn a_command_runs_as_the_role() {
    let world = World::new();
    let run = world.awsenv("exec admin -- sh -c printenv").expect(0, &[]);
    let value = |name: &str| run.stdout.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix('='));
    let id = value("AWS_ACCESS_KEY_ID").expect("a key id");
    assert!(world.fake.identity_of(id).is_some_and(|arn| arn.starts_with(&admin())));
    assert_eq!(value("AWS_ENDPOINT_URL"), Some(world.fake.url().as_str()));
    world.awsenv("exec admin -- sh -c exit\u{a0}3").expect(127, &[]);
    let status = world.command(&["exec", "admin", "--", "sh", "-c", "exit 7"]).status().expect("awsenv starts");
    assert_eq!(status.code(), Some(7), "the command's own");
}

/// `awsenv export --format process` as the `credential_process` of a profile that botocore reads, which then asks STS.
#[test]
fn botocore_gets_its_credentials_from_awsenv() {
    const TEST: &str = "botocore_gets_its_credentials_from_awsenv";
    let Some(python) = tools::require("python", TEST) else { return };
    let world = World::with(
        |fake| fake,
        |home| home.file("other-config", "[profile via]\ncredential_process = awsenv export admin --format process\n"),
    );
    let script = "import boto3, sys\n\
                  session = boto3.Session(profile_name='via', region_name='eu-west-1')\n\
                  print(session.client('sts', endpoint_url=sys.argv[1]).get_caller_identity()['Arn'])\n";
    let mut command = world.home.command(python);
    // awsenv reads the real files, botocore the other one.
    let files = [("AWS_CONFIG_FILE", "other-config"), ("AWS_SHARED_CREDENTIALS_FILE", "none")];
    let config = std::fs::read_to_string(world.home.join(".aws/config")).expect("the config");
    let both = config + &world.read("other-config");
    std::fs::write(world.home.join("other-config"), both).expect("a file in a temporary home");
    std::fs::copy(world.home.join(".aws/credentials"), world.home.join("none")).expect("a copy");
    let output = command.args(["-c", script, &world.fake.url()]).envs(files).output().expect("Python runs");
    let stdout = String::from_utf8_lossy(&output.stdout);
    assert!(stdout.starts_with(&admin()), "{stdout}{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(world.fake.calls("AssumeRole"), 1);
}

#[test]
fn what_aws_refuses_changes_nothing_and_says_where() {
    let world = World::new();
    let run = world.awsenv("use closed --shell bash").expect(1, &["AssumeRole", "AccessDenied", "/.aws/config:"]);
    assert_eq!(run.stdout, "false\n");
    assert!(run.stderr.contains('[') && !run.stderr.contains(world.user.secret_access_key()), "{run:?}");
    let Some(bash) = RealShell::Bash.require("what_aws_refuses_changes_nothing_and_says_where") else { return };
    let outcome = evaluate(
        RealShell::Bash,
        &bash,
        &world.home,
        "export AWS_ACCESS_KEY_ID=AKIAOLD AWS_SECRET_ACCESS_KEY=old",
        r#"eval "$(awsenv use closed)""#,
    );
    assert!(!outcome.succeeded, "{outcome:?}");
    assert_eq!(outcome.get("AWS_ACCESS_KEY_ID"), Some("AKIAOLD"));
    assert_eq!(outcome.get("AWSENV_PROFILE"), None);
}
