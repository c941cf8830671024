//! Sessions of `aws login`: the cache that is shared with the AWS tools, renewals with DPoP, one for many.

use std::os::unix::fs::PermissionsExt;

use awsenv_testkit::fake::{FakeAws, Fault, LoginSession, Role};
use serde_json::{Value, json};

use crate::oracle;
use crate::program::{Answer, Setting};

const IDENTITY: &str = "arn:aws:iam::111122223333:user/someone";
const ROLE: &str = "arn:aws:iam::111122223333:role/Admin";

/// Lays the cache file of a login into a home.
pub(crate) fn plant(setting: &Setting, identity: &str, json: &Value) {
    let path = setting.home.join(".aws/login/cache").join(file_name(identity));
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, json.to_string()).unwrap();
}

fn file_name(identity: &str) -> String {
    let digest = ring::digest::digest(&ring::digest::SHA256, identity.as_bytes());
    let hex: String = digest.as_ref().iter().map(|byte| format!("{byte:02x}")).collect();
    format!("{hex}.json")
}

fn kept(setting: &Setting, identity: &str) -> Value {
    let path = setting.home.join(".aws/login/cache").join(file_name(identity));
    serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
}

struct Scene {
    fake: FakeAws,
    login: LoginSession,
    setting: Setting,
}

/// A login whose credentials have `seconds` left.
fn scene(seconds: i64) -> Scene {
    let fake = FakeAws::builder().role(Role::new(ROLE).trusts(IDENTITY)).start();
    let login = fake.login_session(IDENTITY, seconds);
    let setting = Setting::new(&format!(
        "[profile p]\nlogin_session = {IDENTITY}\nregion = eu-west-1\nendpoint_url = {}\nmax_attempts = 1\n\
         [profile r]\nrole_arn = {ROLE}\nsource_profile = p\nregion = eu-west-1\nendpoint_url = {}\n",
        fake.url(),
        fake.url()
    ));
    let mut json = login.to_cache_json();
    json["canary-unknown"] = json!({"kept": [1, null, "é"]});
    plant(&setting, IDENTITY, &json);
    Scene { fake, login, setting }
}

#[test]
fn a_session_that_lives_is_used_as_it_is() {
    let scene = scene(600);
    let answer = scene.setting.run("p");
    assert_eq!(answer.key_id(), scene.login.access_key_id);
    assert_eq!(answer.json["AccountId"], "111122223333");
    assert_eq!(scene.fake.requests().len(), 0);
    let answer = scene.setting.run("r");
    assert!(scene.fake.identity_of(answer.key_id()).unwrap().contains("/Admin/"));
}

#[test]
fn a_session_that_ends_is_renewed_and_kept_for_all_tools() {
    for seconds in [299, 0, -86_400] {
        let scene = scene(seconds);
        let before = kept(&scene.setting, IDENTITY);
        let answer = scene.setting.run("p");
        assert_ne!(answer.key_id(), scene.login.access_key_id);
        assert_eq!(scene.fake.identity_of(answer.key_id()).as_deref(), Some(IDENTITY));
        assert_eq!(scene.fake.calls("CreateOAuth2Token"), 1);

        let after = kept(&scene.setting, IDENTITY);
        assert_eq!(after["accessToken"]["accessKeyId"], answer.json["AccessKeyId"]);
        assert_eq!(after["accessToken"]["accountId"], "111122223333");
        assert_ne!(after["refreshToken"], before["refreshToken"]);
        for field in ["tokenType", "clientId", "idToken", "dpopKey", "canary-unknown"] {
            assert_eq!(after[field], before[field], "{field}");
        }
        let path = scene.setting.home.join(".aws/login/cache").join(file_name(IDENTITY));
        assert_eq!(std::fs::metadata(path).unwrap().permissions().mode() & 0o777, 0o600);

        // The next one makes no call, whoever it is.
        assert_eq!(scene.setting.run("p").key_id(), answer.key_id());
        let input = json!([{"profile": "p"}]);
        let home = &scene.setting.home;
        let Some(theirs) = oracle::ask_in(home, "aws login", "oracle_credentials.py", &input) else { return };
        assert_eq!(theirs[0]["access_key"], answer.json["AccessKeyId"], "{theirs}");
        assert_eq!(theirs[0]["account_id"], "111122223333");
        assert_eq!(scene.fake.calls("CreateOAuth2Token"), 1);
    }
}

#[test]
fn what_botocore_renewed_is_used_and_can_be_renewed_again() {
    let scene = scene(-60);
    let input = json!([{"profile": "p"}]);
    let home = &scene.setting.home;
    let Some(theirs) = oracle::ask_in(home, "aws login", "oracle_credentials.py", &input) else { return };
    assert_eq!(scene.fake.calls("CreateOAuth2Token"), 1, "{theirs}");
    assert_eq!(scene.setting.run("p").json["AccessKeyId"], theirs[0]["access_key"]);
    let mut json = kept(&scene.setting, IDENTITY);
    json["accessToken"]["expiresAt"] = "2026-01-01T00:00:00Z".into();
    plant(&scene.setting, IDENTITY, &json);
    let answer = scene.setting.run("p");
    assert_ne!(answer.json["AccessKeyId"], theirs[0]["access_key"]);
    assert_eq!(scene.fake.calls("CreateOAuth2Token"), 2);
}

#[test]
fn python_s_cryptography_finds_the_proof_good() {
    let scene = scene(-60);
    scene.fake.set_fault("CreateOAuth2Token", Fault::Status(500), 1);
    scene.setting.variable("AWS_MAX_ATTEMPTS", "2").run("p").key_id();
    let proofs: Vec<_> =
        scene.fake.requests().iter().filter_map(|request| request.header("dpop").map(str::to_owned)).collect();
    // Every try has one of its own.
    assert_eq!(proofs.len(), 2);
    let url = format!("{}/v1/token", scene.fake.url());
    let input = json!({"proofs": proofs, "url": url, "key": scene.login.dpop_key});
    let Some(verdict) = oracle::ask("DPoP", "oracle_dpop.py", &input) else { return };
    assert_eq!(verdict, json!({"good": 2, "ids": 2}));
    let wrong = json!({"proofs": proofs, "url": "http://127.0.0.1/other", "key": scene.login.dpop_key});
    assert_eq!(oracle::ask("DPoP", "oracle_dpop.py", &wrong).unwrap()["good"], 0);
    let other = scene.fake.login_session(IDENTITY, 1).dpop_key;
    let wrong = json!({"proofs": proofs, "url": url, "key": other});
    assert_eq!(oracle::ask("DPoP", "oracle_dpop.py", &wrong).unwrap()["good"], 0);
}

#[test]
fn many_at_once_make_one_call() {
    let scene = scene(-60);
    let request = scene.setting.request("p").unwrap();
    let running: Vec<_> = (0..40).map(|_| scene.setting.start(&request)).collect();
    let answers: Vec<_> = running.into_iter().map(|child| Answer::of(&child.wait_with_output().unwrap())).collect();
    assert_eq!(scene.fake.calls("CreateOAuth2Token"), 1);
    let kept = kept(&scene.setting, IDENTITY);
    for answer in &answers {
        assert_eq!(answer.json["AccessKeyId"], kept["accessToken"]["accessKeyId"]);
    }
}

/// A lost refresh token would mean a new login.
#[test]
fn whoever_is_killed_loses_no_refresh_token() {
    let mut seed: u64 = 0x9e37_79b9_7f4a_7c15;
    for round in 0..40 {
        let scene = scene(-60);
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        let mut child = scene.setting.start(&scene.setting.request("p").unwrap());
        std::thread::sleep(std::time::Duration::from_micros(seed >> 48));
        child.kill().unwrap();
        child.wait().unwrap();
        let answer = scene.setting.run("p");
        let identity = scene.fake.identity_of(answer.key_id());
        assert_eq!(identity.as_deref(), Some(IDENTITY), "round {round}: {}", answer.json);
        // Whichever process it was, the token was used once.
        assert_eq!(scene.fake.calls("CreateOAuth2Token"), 1, "round {round}");
    }
}

/// A login has a key of its own: what is renewed meanwhile by the old one must not be put beside it.
#[test]
fn a_login_meanwhile_is_left_as_it_is() {
    let scene = scene(-60);
    scene.fake.set_fault("CreateOAuth2Token", Fault::Delay(std::time::Duration::from_millis(1500)), 1);
    let child = scene.setting.start(&scene.setting.request("p").unwrap());
    while scene.fake.calls("CreateOAuth2Token") < 1 {
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
    let login = scene.fake.login_session(IDENTITY, 600).to_cache_json();
    plant(&scene.setting, IDENTITY, &login);
    Answer::of(&child.wait_with_output().unwrap()).key_id();
    assert_eq!(kept(&scene.setting, IDENTITY), login);
}

/// Another tool, which knows nothing of awsenv's lock, has used the refresh token up.
#[test]
fn a_refresh_token_that_another_tool_used_is_not_the_end() {
    let scene = scene(-60);
    let spent = kept(&scene.setting, IDENTITY);
    let first = scene.setting.run("p");
    // While the next renewal is on its way with the old token, the other tool puts the new one there.
    let fresh = kept(&scene.setting, IDENTITY);
    plant(&scene.setting, IDENTITY, &spent);
    scene.fake.set_fault("CreateOAuth2Token", Fault::Delay(std::time::Duration::from_millis(1500)), 1);
    let child = scene.setting.start(&scene.setting.request("p").unwrap());
    while scene.fake.calls("CreateOAuth2Token") < 2 {
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
    plant(&scene.setting, IDENTITY, &fresh);
    let answer = Answer::of(&child.wait_with_output().unwrap());
    assert_eq!(answer.key_id(), first.key_id());
}

#[test]
fn a_login_that_no_longer_stands_needs_a_person() {
    for code in ["TOKEN_EXPIRED", "USER_CREDENTIALS_CHANGED"] {
        let scene = scene(-60);
        scene.fake.revoke_logins(code);
        let answer = scene.setting.run("p");
        assert_eq!((answer.code(), &answer.json["error"]["kind"]), ("login-needed", &json!("needs-person")), "{code}");
        assert_eq!(answer.hint(), "log in: aws login --profile p");
    }
    let scene = scene(-60);
    scene.fake.revoke_logins("INSUFFICIENT_PERMISSIONS");
    let answer = scene.setting.run("p");
    assert_eq!((answer.code(), &answer.json["error"]["kind"]), ("access-denied", &json!("refused")));
    assert!(answer.hint().contains("signin:CreateOAuth2Token"));
}

#[test]
fn a_file_that_is_no_session_needs_a_person() {
    let scene = scene(600);
    let good = kept(&scene.setting, IDENTITY);
    let without = |field: &str| {
        let mut json = good.clone();
        json.as_object_mut().unwrap().remove(field);
        json.to_string()
    };
    let path = scene.setting.home.join(".aws/login/cache").join(file_name(IDENTITY));
    for text in [
        String::new(),
        "{".to_owned(),
        "[]".to_owned(),
        without("accessToken"),
        without("refreshToken"),
        without("dpopKey"),
    ] {
        std::fs::write(&path, &text).unwrap();
        assert_eq!(scene.setting.run("p").code(), "login-needed", "{text}");
    }
    std::fs::remove_file(&path).unwrap();
    assert_eq!(scene.setting.run("p").code(), "login-needed");

    let mut json = good.clone();
    json["accessToken"]["expiresAt"] = "2026-01-01T00:00:00Z".into();
    json["dpopKey"] = "-----BEGIN EC PRIVATE KEY-----\nY2FuYXJ5\n-----END EC PRIVATE KEY-----\n".into();
    std::fs::write(&path, json.to_string()).unwrap();
    assert_eq!(scene.setting.run("p").code(), "login-needed");
    assert_eq!(scene.fake.requests().len(), 0);

    let mut json = good;
    json["accessToken"]["accountId"] = "999999999999".into();
    std::fs::write(&path, json.to_string()).unwrap();
    assert_eq!(scene.setting.run("p").code(), "account-mismatch");
}

#[test]
fn trouble_on_the_way_stops_nobody_while_the_old_ones_work() {
    for fault in [Fault::Status(500), Fault::Close, Fault::Garbage, Fault::CloseMidBody] {
        let scene = scene(200);
        scene.fake.set_fault("CreateOAuth2Token", fault.clone(), 1);
        let answer = scene.setting.run("p");
        assert_eq!(answer.key_id(), scene.login.access_key_id, "{fault:?}");
        assert!(answer.warnings().contains("could not be renewed"), "{fault:?}: {}", answer.json);
        // Nothing is lost, unless the token was used up before the answer broke off.
        let again = scene.setting.run("p");
        if again.json["AccessKeyId"].is_string() {
            assert_ne!(again.key_id(), scene.login.access_key_id, "{fault:?}");
        } else {
            assert_eq!((&fault, again.code()), (&Fault::CloseMidBody, "login-needed"));
        }
    }
    let scene = scene(-60);
    scene.fake.set_fault("CreateOAuth2Token", Fault::Status(500), 1);
    assert_eq!(scene.setting.run("p").code(), "aws-unavailable");
}

/// The refresh token is used up by a renewal: where the new one can't be kept, none is spent while the old credentials
/// live, and afterwards the new ones are used all the same.
#[test]
fn a_session_that_can_t_be_kept_is_still_used() {
    for (seconds, calls) in [(200, 0), (-60, 1)] {
        let scene = scene(seconds);
        let folder = scene.setting.home.join(".aws/login/cache");
        let path = folder.join(file_name(IDENTITY));
        let unwritable = Unwritable::new(&folder);
        let answer = scene.setting.run("p");
        drop(unwritable);
        assert_eq!(answer.key_id() == scene.login.access_key_id, calls == 0, "{}", answer.json);
        assert!(answer.warnings().contains("kept"), "{}", answer.json);
        assert_eq!(scene.fake.calls("CreateOAuth2Token"), calls);
        assert!(path.exists());
    }
}

/// A folder that nobody can write into; root could, so for root it is another user's.
struct Unwritable {
    folder: std::path::PathBuf,
    owner: u32,
}

impl Unwritable {
    fn new(folder: &std::path::Path) -> Self {
        use std::os::unix::fs::MetadataExt;
        let owner = std::fs::metadata(folder).unwrap().uid();
        if owner == 0 {
            std::os::unix::fs::chown(folder, Some(12_345), None).unwrap();
        } else {
            std::fs::set_permissions(folder, PermissionsExt::from_mode(0o500)).unwrap();
        }
        Self { folder: folder.to_owned(), owner }
    }
}

impl Drop for Unwritable {
    fn drop(&mut self) {
        if self.owner == 0 {
            std::os::unix::fs::chown(&self.folder, Some(0), None).unwrap();
        } else {
            std::fs::set_permissions(&self.folder, PermissionsExt::from_mode(0o700)).unwrap();
        }
    }
}

#[test]
fn the_login_s_own_region_is_asked() {
    use crate::connect_proxy::{Proxy, Way};
    let proxy = Proxy::start(Way::Refused(403), None);
    let fake = FakeAws::builder().start();
    for (identity, lines, sign_in_region, expected) in [
        (IDENTITY, "region = eu-west-1", Some("ap-south-1"), "ap-south-1.signin.aws.amazon.com"),
        (IDENTITY, "region = eu-west-1", None, "eu-west-1.signin.aws.amazon.com"),
        (IDENTITY, "", None, "us-east-1.signin.aws.amazon.com"),
        ("arn:aws-cn:iam::111122223333:user/x", "", None, "cn-north-1.signin.amazonaws.cn"),
        ("arn:aws-eusc:iam::111122223333:user/x", "", None, "eusc-de-east-1.signin.amazonaws-eusc.eu"),
    ] {
        let login = fake.login_session(identity, -60);
        let setting = Setting::new(&format!("[profile p]\nlogin_session = {identity}\nmax_attempts = 1\n{lines}\n"))
            .variable("HTTPS_PROXY", format!("http://{}", proxy.address()))
            .variable("NO_PROXY", "");
        let mut json = login.to_cache_json();
        if let Some(region) = sign_in_region {
            json["signInRegion"] = region.into();
        }
        plant(&setting, identity, &json);
        setting.run("p").code();
        let asked: Vec<_> = proxy.take().into_iter().map(|asked| asked.what).collect();
        assert_eq!(asked, [format!("CONNECT {expected}:443")]);
    }
}
