//! IAM Identity Center: login, role credentials, logout.

use std::io::Read as _;
use std::os::unix::fs::PermissionsExt;
use std::process::Stdio;
use std::time::{Duration, Instant};

use awsenv_testkit::fake::SsoToken;
use awsenv_testkit::home::Home;

use crate::common::{ACCOUNT, Run, START_URL, World, files};

/// Far more than any page needs.
const PATIENCE: Duration = Duration::from_secs(30);

/// Puts a token where the AWS CLI has that of the session `acme`: the SHA-1 of the session's name.
pub(crate) fn put_token(world: &World, token: &SsoToken) {
    let folder = world.home.join(".aws/sso/cache");
    std::fs::create_dir_all(&folder).expect("a folder in a temporary home");
    let text = token.to_cache_json("eu-west-1").to_string();
    std::fs::write(folder.join(TOKEN), text).expect("a file in a temporary home");
}

/// `printf acme | sha1sum`.
const TOKEN: &str = "293abb6b76d7791c0732cc517d38c4b5c734b87f.json";

/// A home whose browser writes down where it is sent.
fn with_browser(home: Home) -> Home {
    let home = home.file("browser", "#!/bin/sh\nprintf %s \"$1\" >url.part && mv url.part url\n");
    let browser = home.join("browser");
    std::fs::set_permissions(&browser, std::fs::Permissions::from_mode(0o755)).expect("a mode");
    home.variable("BROWSER", browser)
}

/// Runs `awsenv LINE` while a person does what the browser, or the screen, asks.
fn while_somebody(world: &World, line: &str, acts: impl Fn(&World) -> bool) -> Run {
    let words: Vec<&str> = line.split(' ').collect();
    let mut child = world.command(&words).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("awsenv starts");
    let start = Instant::now();
    while !acts(world) {
        if let Some(status) = child.try_wait().expect("awsenv is waited for") {
            let mut said = String::new();
            let _ = child.stderr.take().expect("a pipe").read_to_string(&mut said);
            panic!("awsenv ended before anybody could act: {status} {said}");
        }
        assert!(start.elapsed() < PATIENCE, "nobody was asked anything");
        std::thread::sleep(Duration::from_millis(10));
    }
    Run::of(&child.wait_with_output().expect("awsenv ends"))
}

/// Follows the page that the browser was sent to, once it was.
fn browse(world: &World) -> bool {
    let Ok(url) = std::fs::read_to_string(world.home.join("url")) else { return false };
    std::fs::remove_file(world.home.join("url")).expect("the browser's note");
    world.fake.follow(&url);
    true
}

#[test]
fn login_use_logout() {
    let world = World::with(|fake| fake, with_browser);
    let run = world.awsenv("use dev --shell bash").expect(3, &["login-needed", "awsenv login"]);
    assert_eq!(run.stdout, "false\n");
    let run = while_somebody(&world, "login", browse).expect(0, &[]);
    assert!(run.stdout.contains("good for 8h"), "{run:?}");
    assert!(
        world.home.join(".aws/sso/cache").join(TOKEN).is_file(),
        "{:?}",
        files(&world.home.join(".aws/sso")).keys()
    );
    // A second login finds the first.
    let again = world.awsenv("login --sso-session acme").expect(0, &[]);
    assert!(again.stdout.contains("already"), "{again:?}");
    assert_eq!(world.fake.calls("CreateToken"), 1);
    for _ in 0..2 {
        assert!(world.exported("dev").contains("/AWSReservedSSO_Admin_"));
    }
    assert_eq!(world.fake.calls("GetRoleCredentials"), 1);
    // A role whose chain starts there.
    assert!(world.exported("far").starts_with("arn:aws:sts::210987654321:assumed-role/Far/"));
    let run = world.awsenv("logout far").expect(0, &[]);
    assert!(run.stdout.contains("logged out of acme") && run.stdout.contains("1 role"), "{run:?}");
    assert_eq!(world.fake.calls("Logout"), 1);
    world.awsenv("use dev --shell bash").expect(3, &["login-needed"]);
    let run = world.awsenv("logout").expect(0, &[]);
    assert!(run.stdout.contains("nobody was logged in to acme"), "{run:?}");
}

#[test]
fn a_code_is_typed_elsewhere() {
    let world = World::new();
    let approve =
        |world: &World| world.fake.pending_user_codes().first().is_some_and(|code| world.fake.approve_device(code));
    let run = while_somebody(&world, "login dev --device-code --no-browser", approve).expect(0, &["type this code"]);
    assert!(run.stdout.contains("good for"), "{run:?}");
    assert!(world.exported("dev").contains(ACCOUNT));
}

#[test]
fn logout_of_all_takes_each_and_nothing_else() {
    let world = World::new();
    put_token(&world, &world.fake.sso_token(START_URL, 3600));
    world.exported("dev");
    world.exported("admin");
    let run = world.awsenv("logout --all").expect(0, &[]);
    assert!(run.stdout.contains("logged out of acme"), "{run:?}");
    world.fake.reset_calls();
    world.exported("admin");
    assert_eq!(world.fake.calls("AssumeRole"), 0, "a role of STS is no login");
    world.awsenv("export dev").expect(3, &["login-needed"]);
}

#[test]
fn which_login_is_meant_must_be_certain() {
    let world = World::new();
    let config = world.read(".aws/config");
    let write = |more: &str| {
        std::fs::write(world.home.join(".aws/config"), format!("{config}{more}")).expect("a file in a temporary home");
    };
    write("[sso-session two]\nsso_start_url = https://two.awsapps.com/start\nsso_region = eu-west-1\n");
    for command in ["login", "logout"] {
        let run = world.awsenv(command).expect(2, &["which-sso-session", "--sso-session acme", "--sso-session two"]);
        assert_eq!(run.stdout, "");
        world.awsenv(&format!("{command} --sso-session thre")).expect(1, &["sso-session-not-found"]);
        world.awsenv(&format!("{command} base")).expect(1, &["not-sso"]);
        world.awsenv(&format!("{command} nobody")).expect(1, &["profile-not-found"]);
        world.awsenv(&format!("{command} dev --sso-session acme")).expect(2, &["cannot be used with"]);
    }
    write("[profile machine]\nlogin_session = arn:aws:iam::123456789012:user/me\n");
    world.awsenv("login machine").expect(1, &["aws login --profile machine"]);
    std::fs::write(world.home.join(".aws/config"), "").expect("a file in a temporary home");
    world.awsenv("login").expect(2, &["no-sso-session"]);
    assert_eq!(world.asked(), [""; 0]);
}
