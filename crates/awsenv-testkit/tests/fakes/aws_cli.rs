//! The AWS CLI (version 2, as Debian has it) against the fakes, by AWS's own host names through the proxy.

use std::path::Path;
use std::process::{Output, Stdio};
use std::time::Duration;

use awsenv_testkit::fake::{FakeAws, MfaRule, Recorded, Role, SsoInstance, User};
use awsenv_testkit::home::Home;
use awsenv_testkit::tools;
use serde_json::Value;

const ADMIN: &str = "arn:aws:iam::123456789012:role/Admin";
const START: &str = "https://acme.awsapps.com/start";

fn aws(fake: &FakeAws, home: &Home, program: &Path, arguments: &[&str]) -> Output {
    let mut command = home.command(program);
    command.args(arguments).stdin(Stdio::null()).env("HTTPS_PROXY", fake.url()).env("AWS_CA_BUNDLE", fake.ca_file());
    command.env("AWS_EC2_METADATA_DISABLED", "true").env("AWS_MAX_ATTEMPTS", "1");
    command.output().expect("the AWS CLI runs")
}

fn json(output: &Output) -> Value {
    let error = String::from_utf8_lossy(&output.stderr);
    serde_json::from_slice(&output.stdout).unwrap_or_else(|e| panic!("{e}: {error}"))
}

#[test]
fn the_aws_cli_assumes_a_role_and_keeps_it() {
    let test = "the_aws_cli_assumes_a_role_and_keeps_it";
    let Some(program) = tools::require_aws_cli(test) else { return };
    let someone = User::new("111122223333", "someone");
    let mfa = "arn:aws:iam::123456789012:role/Mfa";
    let fake = FakeAws::builder()
        .role(Role::new(ADMIN).trusts(&someone.arn()).external_id("xy"))
        .role(Role::new(mfa).trusts(&someone.arn()).mfa(MfaRule::Needed))
        .user(someone.clone())
        .start();
    let home = Home::new().credentials(format!("[someone]\n{}", someone.credentials_lines())).config(format!(
        "[profile admin]\nrole_arn = {ADMIN}\nsource_profile = someone\nexternal_id = xy\nregion = eu-west-1\n\
         role_session_name = me\n[profile mfa]\nrole_arn = {mfa}\nsource_profile = someone\nregion = eu-west-1\n\
         [profile wrong]\nrole_arn = {ADMIN}\nsource_profile = someone\nexternal_id = xz\nregion = eu-west-1\n"
    ));
    let identity = |profile: &str| aws(&fake, &home, &program, &["sts", "get-caller-identity", "--profile", profile]);
    for _ in 0..2 {
        assert_eq!(json(&identity("admin"))["Arn"], "arn:aws:sts::123456789012:assumed-role/Admin/me");
    }
    assert_eq!((fake.calls("AssumeRole"), fake.calls("GetCallerIdentity")), (1, 2));
    for profile in ["mfa", "wrong"] {
        let refused = identity(profile);
        let error = String::from_utf8_lossy(&refused.stderr);
        assert!(error.contains("(AccessDenied) when calling the AssumeRole operation"), "{profile}: {error}");
    }
    let asked = fake.requests();
    assert!(asked.iter().filter(|one| one.service == "sts").all(|one| one.host() == "sts.eu-west-1.amazonaws.com"));
}

#[test]
fn the_aws_cli_logs_in_with_a_device_code() {
    let test = "the_aws_cli_logs_in_with_a_device_code";
    let Some(program) = tools::require_aws_cli(test) else { return };
    let fake = FakeAws::builder().sso(SsoInstance::new(START).assign("123456789012", "Admin")).start();
    let home = Home::new().config(format!(
        "[sso-session my-sso]\nsso_start_url = {START}\nsso_region = eu-west-1\n\
         sso_registration_scopes = sso:account:access\n[profile session]\nsso_session = my-sso\n\
         sso_account_id = 123456789012\nsso_role_name = Admin\nregion = eu-west-1\n"
    ));
    let run = |arguments: &[&str]| aws(&fake, &home, &program, &[arguments, &["--profile", "session"]].concat());
    let login = std::thread::scope(|scope| {
        scope.spawn(|| {
            // The CLI shows the code once it was told to wait; the person reads it there. Its own limits end a login
            // where nothing happens.
            let told_to_wait = |one: &Recorded| one.error.as_deref() == Some("AuthorizationPendingException");
            for _ in 0..3000 {
                if fake.requests().iter().any(told_to_wait) {
                    let code = fake.pending_user_codes();
                    assert!(code.len() == 1 && fake.approve_device(&code[0]));
                    return;
                }
                std::thread::sleep(Duration::from_millis(20));
            }
        });
        run(&["sso", "login", "--no-browser"])
    });
    let said = String::from_utf8_lossy(&login.stdout).into_owned() + &String::from_utf8_lossy(&login.stderr);
    assert!(login.status.success() && said.contains("Successfully logged into Start URL"), "{said}");
    assert!(said.contains("https://oidc.eu-west-1.amazonaws.com/device"), "{said}");
    let who = json(&run(&["sts", "get-caller-identity"]));
    let arn = who["Arn"].as_str().expect("an ARN");
    assert!(arn.starts_with("arn:aws:sts::123456789012:assumed-role/AWSReservedSSO_Admin_"), "{arn}");
    let credentials = fake.requests().into_iter().find(|one| one.operation == "GetRoleCredentials").expect("asked");
    assert_eq!(credentials.host(), "portal.sso.eu-west-1.amazonaws.com");
    // Logged out, it has nothing to go by, and the fake would refuse what it had.
    assert!(run(&["sso", "logout"]).status.success());
    assert_eq!(fake.calls("Logout"), 1);
    assert!(!run(&["sts", "get-caller-identity"]).status.success());
}
