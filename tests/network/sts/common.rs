//! A fake AWS, a home, and the broker as awsenv starts it.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

use awsenv_core::broker::{
    CacheFolders, CallSettings, CredentialsTask, MetadataSettings, PROTOCOL, Person, Request, Task,
};
use awsenv_core::chain::{AssumeRole, ChainStep, CredentialChain, CredentialSource};
use awsenv_core::credentials::Secret;
use awsenv_core::diagnostic::{Origin, SourceFile};
use awsenv_core::location::Files;
use awsenv_testkit::fake::{Builder, FakeAws, MfaRule, Role, User};
use awsenv_testkit::home::Home;
use awsenv_testkit::tools;
use serde_json::Value;

pub(crate) const BROKER: &str = env!("CARGO_BIN_EXE_awsenv-broker");
pub(crate) const ADMIN: &str = "arn:aws:iam::123456789012:role/Admin";
pub(crate) const DEPLOY: &str = "arn:aws:iam::123456789012:role/Deploy";
pub(crate) const OTHER: &str = "arn:aws:iam::210987654321:role/path/to/Other";
pub(crate) const SERIAL: &str = "arn:aws:iam::111122223333:mfa/phone";

/// The person with the keys; the phone shows `codes`, each good once.
pub(crate) fn someone(codes: &[&str]) -> User {
    User::new("111122223333", "someone").mfa(SERIAL, codes)
}

/// A fake AWS and a home whose requests go there.
pub(crate) struct World {
    pub(crate) fake: FakeAws,
    pub(crate) home: Home,
    pub(crate) user: User,
}

impl World {
    pub(crate) fn new(user: User, more: impl FnOnce(Builder) -> Builder) -> Self {
        let fake = more(FakeAws::builder().user(user.clone())).start();
        Self { fake, home: Home::new().variable("USER", "someone"), user }
    }

    /// Long-term keys in the credentials file, line 2.
    pub(crate) fn keys(&self) -> ChainStep {
        let source = CredentialSource::Static {
            access_key_id: self.user.access_key_id().to_owned(),
            secret_access_key: Secret::new(self.user.secret_access_key()),
            session_token: None,
            account_id: None,
        };
        ChainStep { profile: "base".to_owned(), origin: origin(SourceFile::Credentials, 2), source }
    }

    /// A request for the end of `steps`, which nobody may be asked about and no cached role serves.
    pub(crate) fn request(&self, steps: Vec<ChainStep>) -> Request {
        let folder = |name: &str| self.home.join(name);
        Request {
            protocol: PROTOCOL,
            files: Files { config: folder(".aws/config"), credentials: folder(".aws/credentials") },
            caches: CacheFolders {
                cli: folder(".aws/cli/cache"),
                sso: folder(".aws/sso/cache"),
                login: folder(".aws/login/cache"),
                own: folder(".cache/awsenv"),
            },
            calls: CallSettings {
                region: Some("eu-west-1".to_owned()),
                endpoint_url: Some(self.fake.url()),
                endpoint_urls: BTreeMap::new(),
                connect_timeout_ms: 5000,
                call_timeout_ms: 30_000,
                metadata: MetadataSettings::default(),
                ..CallSettings::default()
            },
            person: Person::default(),
            task: Task::Credentials(CredentialsTask {
                profile: steps.last().map_or_else(String::new, |step| step.profile.clone()),
                shared: vec![None; steps.len()],
                chain: CredentialChain { steps },
                refresh: true,
                session_for_long_term_keys: false,
                needs_account: false,
                duration_seconds: None,
            }),
        }
    }

    /// The broker's answer to `request`, in a session without a terminal.
    #[track_caller]
    pub(crate) fn answer(&self, request: &Request) -> Answer {
        self.answer_to(&self.home, request)
    }

    /// As [`answer`](Self::answer), with the environment of another home.
    #[track_caller]
    pub(crate) fn answer_to(&self, home: &Home, request: &Request) -> Answer {
        let setsid = tools::find("setsid").expect("setsid, of util-linux");
        let mut command = home.command(setsid);
        command.arg("--wait").arg(BROKER);
        let answer = Answer::of(&run(command, &bytes(request)));
        self.assert_no_secret(&answer);
        answer
    }

    /// Nothing of what must stay secret stands in an error or on standard error, whatever came of it.
    #[track_caller]
    pub(crate) fn assert_no_secret(&self, answer: &Answer) {
        let mut secrets = vec![self.user.secret_access_key().to_owned()];
        for recorded in self.fake.requests() {
            secrets.extend(recorded.header("x-amz-security-token").map(str::to_owned));
            secrets.extend(recorded.parameter("TokenCode"));
            secrets.extend(recorded.parameter("WebIdentityToken"));
        }
        let shown =
            if answer.is_failure() { format!("{}{}", answer.stderr, answer.json) } else { answer.stderr.clone() };
        for secret in secrets.iter().filter(|secret| secret.len() > 5) {
            assert!(!shown.contains(secret.as_str()), "a secret is shown: {shown}");
        }
    }
}

/// Roles that want MFA: two in any way, the third on the call itself.
pub(crate) fn world_with_mfa(codes: &[&str]) -> World {
    let user = someone(codes);
    let trust = |arn: &str, rule| Role::new(arn).trusts(&user.arn()).mfa(rule);
    let roles = [trust(ADMIN, MfaRule::Needed), trust(DEPLOY, MfaRule::Needed), trust(OTHER, MfaRule::NeededOnTheCall)];
    World::new(user, |fake| roles.into_iter().fold(fake, Builder::role))
}

/// A role at line 9 of the config file.
pub(crate) fn assume(profile: &str, role: AssumeRole) -> ChainStep {
    ChainStep {
        profile: profile.to_owned(),
        origin: origin(SourceFile::Config, 9),
        source: CredentialSource::AssumeRole(role),
    }
}

/// A role without anything else.
pub(crate) fn role(arn: &str) -> AssumeRole {
    AssumeRole {
        role_arn: arn.to_owned(),
        role_session_name: None,
        external_id: None,
        mfa_serial: None,
        duration_seconds: None,
        region: None,
    }
}

/// A role that wants the phone.
pub(crate) fn role_with_mfa(arn: &str) -> AssumeRole {
    AssumeRole { mfa_serial: Some(SERIAL.to_owned()), ..role(arn) }
}

pub(crate) fn origin(file: SourceFile, line: u32) -> Origin {
    Origin { file, line, column: 1 }
}

pub(crate) fn bytes(request: &Request) -> Vec<u8> {
    serde_json::to_vec(request).expect("a request is JSON")
}

/// Runs `command` with `input`.
pub(crate) fn run(mut command: Command, input: &[u8]) -> Output {
    let mut child =
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the broker starts");
    child.stdin.take().expect("a pipe").write_all(input).expect("the broker reads");
    child.wait_with_output().expect("the broker ends")
}

/// What the broker said.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) json: Value,
    pub(crate) stderr: String,
}

impl Answer {
    #[track_caller]
    pub(crate) fn of(output: &Output) -> Self {
        let stderr = String::from_utf8(output.stderr.clone()).expect("text on standard error");
        assert!(output.status.success(), "{:?}: {stderr}", output.status);
        Self::read(&output.stdout, stderr)
    }

    #[track_caller]
    pub(crate) fn read(stdout: &[u8], stderr: String) -> Self {
        let json = serde_json::from_slice(stdout).unwrap_or_else(|error| panic!("{error}: {stderr}"));
        Self { json, stderr }
    }

    pub(crate) fn is_failure(&self) -> bool {
        !self.json["error"].is_null()
    }

    /// The access key id of the credentials.
    #[track_caller]
    pub(crate) fn key_id(&self) -> &str {
        self.json["AccessKeyId"].as_str().unwrap_or_else(|| panic!("no credentials: {}", self.json))
    }

    #[track_caller]
    fn error(&self, field: &str) -> &str {
        let text = &self.json["error"][field];
        text.as_str().unwrap_or_else(|| panic!("no `{field}` of an error: {}", self.json))
    }

    #[track_caller]
    pub(crate) fn code(&self) -> &str {
        self.error("code")
    }

    #[track_caller]
    pub(crate) fn message(&self) -> &str {
        self.error("message")
    }

    #[track_caller]
    pub(crate) fn hint(&self) -> &str {
        self.error("hint")
    }

    #[track_caller]
    pub(crate) fn place(&self) -> &str {
        self.error("place")
    }

    #[track_caller]
    pub(crate) fn kind(&self) -> &str {
        self.error("kind")
    }

    pub(crate) fn warnings(&self) -> Vec<&str> {
        self.json["awsenv"]["warnings"].as_array().into_iter().flatten().filter_map(Value::as_str).collect()
    }
}

/// A program of the test's own in the home.
pub(crate) fn script(home: &Home, name: &str, text: &str) -> PathBuf {
    use std::os::unix::fs::PermissionsExt;
    let path = home.join(name);
    std::fs::write(&path, text).expect("a file in a temporary home");
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).expect("an executable file");
    path
}
