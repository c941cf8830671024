//! A fake AWS, a home whose profiles lead there, and `awsenv`.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::OnceLock;

use awsenv_testkit::fake::{Builder, FakeAws, MfaRule, Role, SsoInstance, User};
use awsenv_testkit::home::Home;
use awsenv_testkit::programs;
use serde_json::Value;

pub(crate) const SERIAL: &str = "arn:aws:iam::111122223333:mfa/phone";
pub(crate) const START_URL: &str = "https://acme.awsapps.com/start";
/// The account of the roles.
pub(crate) const ACCOUNT: &str = "123456789012";
/// The account of the user.
pub(crate) const HOME_ACCOUNT: &str = "111122223333";
/// The session that `awsenv` writes for the role Admin into the AWS CLI's cache: the SHA-1 of the call's arguments.
pub(crate) const ADMIN_ENTRY: &str = ".aws/cli/cache/51e7b105b5040ce662656c8dc6ab4de70c4de7ad.json";

/// `awsenv`, beside its broker.
pub(crate) fn awsenv_path() -> &'static Path {
    static PATH: OnceLock<PathBuf> = OnceLock::new();
    const BROKER: &str = env!("CARGO_BIN_EXE_awsenv-broker");
    PATH.get_or_init(|| {
        // Where files are made for the group to write (umask 002), awsenv would not trust it.
        let only_ours = std::os::unix::fs::PermissionsExt::from_mode(0o755);
        std::fs::set_permissions(BROKER, only_ours).expect("the broker is this user's");
        programs::beside(BROKER, "awsenv", "awsenv-cli")
    })
}

/// A user with a phone, roles with and without MFA, IAM Identity Center; and a home that knows them.
pub(crate) struct World {
    pub(crate) fake: FakeAws,
    pub(crate) home: Home,
    pub(crate) user: User,
}

impl World {
    pub(crate) fn new() -> Self {
        Self::with(|fake| fake, |home| home)
    }

    pub(crate) fn with(more: impl FnOnce(Builder) -> Builder, settle: impl FnOnce(Home) -> Home) -> Self {
        let user = User::new(HOME_ACCOUNT, "someone").mfa(SERIAL, &["111111", "222222"]);
        let role = |name: &str| Role::new(&format!("arn:aws:iam::{ACCOUNT}:role/{name}")).trusts(&user.arn());
        let fake = more(
            FakeAws::builder()
                .user(user.clone())
                .role(role("Admin"))
                .role(role("Secured").mfa(MfaRule::Needed))
                .role(role("Second").mfa(MfaRule::Needed))
                .role(Role::new(&format!("arn:aws:iam::{ACCOUNT}:role/Closed")))
                .role(Role::new("arn:aws:iam::210987654321:role/Far").trusts("*"))
                .sso(SsoInstance::new(START_URL).assign(ACCOUNT, "Admin")),
        )
        .start();
        let url = fake.url();
        let config = format!(
            "[profile base]\nendpoint_url = {url}\nregion = eu-west-1\n\
             [profile admin]\nendpoint_url = {url}\nregion = eu-west-1\n\
             role_arn = arn:aws:iam::{ACCOUNT}:role/Admin\nsource_profile = base\n\
             [profile secured]\nendpoint_url = {url}\nmfa_serial = {SERIAL}\n\
             role_arn = arn:aws:iam::{ACCOUNT}:role/Secured\nsource_profile = base\n\
             [profile second]\nendpoint_url = {url}\nmfa_serial = {SERIAL}\n\
             role_arn = arn:aws:iam::{ACCOUNT}:role/Second\nsource_profile = base\n\
             [profile closed]\nendpoint_url = {url}\n\
             role_arn = arn:aws:iam::{ACCOUNT}:role/Closed\nsource_profile = base\n\
             [sso-session acme]\nsso_start_url = {START_URL}\nsso_region = eu-west-1\n\
             sso_registration_scopes = sso:account:access\n\
             [profile dev]\nendpoint_url = {url}\nsso_session = acme\nsso_account_id = {ACCOUNT}\nsso_role_name = Admin\n\
             [profile far]\nendpoint_url = {url}\nrole_arn = arn:aws:iam::210987654321:role/Far\nsource_profile = dev\n"
        );
        let credentials = format!("[base]\n{}", user.credentials_lines());
        let folder = awsenv_path().parent().expect("a program is in a folder");
        let home =
            Home::new().config(config).credentials(credentials).variable("AWS_ENDPOINT_URL", &url).path_first(folder);
        Self { fake, home: settle(home), user }
    }

    /// `awsenv` in this home, not yet started.
    pub(crate) fn command(&self, arguments: &[impl AsRef<OsStr>]) -> Command {
        let mut command = self.home.command(awsenv_path());
        command.args(arguments).stdin(Stdio::null());
        command
    }

    /// Runs `awsenv`.
    #[track_caller]
    pub(crate) fn awsenv(&self, line: &str) -> Run {
        let words: Vec<&str> = line.split(' ').collect();
        Run::of(&self.command(&words).output().expect("awsenv starts"))
    }

    /// The role or user behind what `awsenv export PROFILE` gives.
    #[track_caller]
    pub(crate) fn exported(&self, line: &str) -> String {
        let run = self.awsenv(&format!("export {line}")).expect(0, &[]);
        self.identity(&run.json())
    }

    /// Whose the credentials in this JSON are, by the fake's own books; they must be whole.
    #[track_caller]
    pub(crate) fn identity(&self, json: &Value) -> String {
        let id = json["AccessKeyId"].as_str().unwrap_or_else(|| panic!("no key id: {json}"));
        let (secret, token) = self.fake.secret_of(id).unwrap_or_else(|| panic!("{id} is nobody's"));
        assert_eq!(json["SecretAccessKey"], secret.as_str());
        assert_eq!(json["SessionToken"].as_str(), token.as_deref());
        self.fake.identity_of(id).expect("a known key has an owner")
    }

    /// What AWS was asked.
    pub(crate) fn asked(&self) -> Vec<String> {
        self.fake.requests().into_iter().map(|request| request.operation).collect()
    }

    /// What is in a file of the home.
    #[track_caller]
    pub(crate) fn read(&self, path: &str) -> String {
        std::fs::read_to_string(self.home.join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
    }
}

/// What one run did.
#[derive(Debug)]
pub(crate) struct Run {
    pub(crate) status: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Run {
    /// Takes the result of a run; a bug in awsenv is a failure at once.
    #[track_caller]
    pub(crate) fn of(output: &Output) -> Self {
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        let run = Self { status: output.status.code(), stdout: text(&output.stdout), stderr: text(&output.stderr) };
        assert_ne!(run.status, Some(255), "a bug: {run:?}");
        run
    }

    /// Fails unless the status is `status` and standard error says every one of `said`.
    #[track_caller]
    pub(crate) fn expect(self, status: i32, said: &[&str]) -> Self {
        assert_eq!(self.status, Some(status), "{self:?}");
        for text in said {
            assert!(self.stderr.contains(text), "{text:?} is missing in {self:?}");
        }
        self
    }

    /// Standard output as JSON.
    #[track_caller]
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }
}

/// Every file below `folder`, with what is in it.
pub(crate) fn files(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut found = BTreeMap::new();
    for entry in std::fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path()) {
        if entry.is_dir() {
            found.extend(files(&entry));
        } else {
            found.insert(entry.clone(), std::fs::read(&entry).expect("a file"));
        }
    }
    found
}
