//! A home, a fake AWS, and awsenv-broker as a program that is asked for a profile of the home.

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use awsenv_core::broker::{CacheFolders, CallSettings, CredentialsTask, PROTOCOL, Person, Request, Task};
use awsenv_core::config::{ConfigText, parse_config};
use awsenv_core::credentials::Credentials;
use awsenv_core::diagnostic::SourceFile;
use awsenv_core::environment::Environment;
use awsenv_core::location::Files;
use awsenv_core::profile::ProfileSet;
use awsenv_core::resolve::resolve_profile;
use awsenv_core::session_key::session_key;
use awsenv_host::cli_cache::RoleUser;
use awsenv_host::clock;
use awsenv_host::own_cache::OwnCache;
use awsenv_host::sessions::{Sessions, Slot, may_share, shared_name};
use awsenv_testkit::fake::{Builder, FakeAws, Role, User};
use awsenv_testkit::home::Home;
use serde_json::Value;

/// The account of the users.
pub(crate) const PEOPLE: &str = "111122223333";
/// A role.
pub(crate) const ADMIN: &str = "arn:aws:iam::123456789012:role/Admin";
/// The name of its entry in the AWS CLI's cache where nothing but the ARN is configured.
pub(crate) const ADMIN_ENTRY: &str = "51e7b105b5040ce662656c8dc6ab4de70c4de7ad.json";
/// Profile `a` assumes it with the keys of `one`.
pub(crate) const CONFIG: &str = "[profile a]\nrole_arn = arn:aws:iam::123456789012:role/Admin\nsource_profile = one\n";

/// Far longer than anything here takes; it only ends a test that hangs.
const PATIENCE: Duration = Duration::from_secs(120);

/// All of it.
pub(crate) struct World {
    pub(crate) home: Home,
    pub(crate) fake: FakeAws,
}

/// The user whose keys the profile `name` has.
pub(crate) fn user(name: &str) -> User {
    User::new(PEOPLE, name)
}

/// The credentials file with the keys of these users, each a profile of its name.
pub(crate) fn keys(names: &[&str]) -> String {
    names.iter().map(|name| format!("[{name}]\n{}", user(name).credentials_lines())).collect()
}

impl World {
    /// `config`, keys of the users `one` and `two`, and whatever `build` adds to a role Admin that trusts both.
    pub(crate) fn new(config: &str, build: impl FnOnce(Builder) -> Builder) -> Self {
        let home = Home::new().config(config).credentials(keys(&["one", "two"]));
        let admin = Role::new(ADMIN).trusts(&user("one").arn()).trusts(&user("two").arn());
        let fake = build(FakeAws::builder().user(user("one")).user(user("two")).role(admin)).start();
        Self { home, fake }
    }

    /// Writes the config anew, as somebody does with an editor.
    pub(crate) fn edit(&self, config: &str, credentials: &str) {
        std::fs::write(self.home.join(".aws/config"), config).expect("a config");
        std::fs::write(self.home.join(".aws/credentials"), credentials).expect("credentials");
    }

    /// Makes a file so old.
    pub(crate) fn age(&self, path: &Path, age: Duration) {
        let file = std::fs::File::options().write(true).open(path).expect("a file");
        file.set_modified(std::time::SystemTime::now() - age).expect("a time");
    }

    /// A file of the AWS CLI's cache.
    pub(crate) fn cli(&self, name: &str) -> PathBuf {
        self.home.join(".aws/cli/cache").join(name)
    }

    /// A file of awsenv's own cache.
    pub(crate) fn own(&self, name: &str) -> PathBuf {
        self.home.join(".cache/awsenv").join(name)
    }

    /// The request for `profile`'s credentials, as awsenv makes it, changed by `change`.
    pub(crate) fn request_with(
        &self,
        profile: &str,
        change: impl FnOnce(&mut Request, &mut CredentialsTask),
    ) -> Vec<u8> {
        let files = Files { config: self.home.join(".aws/config"), credentials: self.home.join(".aws/credentials") };
        let read = |path: &Path| ConfigText::from(std::fs::read_to_string(path).expect("a file").as_str());
        let (config, credentials) = (read(&files.config), read(&files.credentials));
        let set = ProfileSet::normalize(
            parse_config(SourceFile::Config, &config),
            parse_config(SourceFile::Credentials, &credentials),
        );
        let chain = resolve_profile(&set, profile).expect("a chain");
        let shared = |step| shared_name(&set, step).filter(|_| may_share(&set, step));
        let mut task = CredentialsTask {
            profile: profile.to_owned(),
            shared: chain.steps.iter().map(shared).collect(),
            chain,
            refresh: false,
            session_for_long_term_keys: false,
            needs_account: false,
            duration_seconds: None,
        };
        let endpoints = ["STS", "SSO", "SSO_OIDC"].map(|service| (service.to_owned(), self.fake.url()));
        let aws = self.home.join(".aws");
        let mut request = Request {
            protocol: PROTOCOL,
            files,
            caches: CacheFolders {
                cli: aws.join("cli/cache"),
                sso: aws.join("sso/cache"),
                login: aws.join("login/cache"),
                own: self.own("").components().collect(),
            },
            calls: CallSettings {
                region: Some("eu-west-1".to_owned()),
                endpoint_urls: BTreeMap::from(endpoints),
                connect_timeout_ms: 30_000,
                call_timeout_ms: 60_000,
                ..CallSettings::default()
            },
            person: Person::default(),
            task: Task::Credentials(task.clone()),
        };
        change(&mut request, &mut task);
        request.task = Task::Credentials(task);
        serde_json::to_vec(&request).expect("a request")
    }

    /// The name of `profile`'s entry in the AWS CLI's cache, where it may be shared.
    pub(crate) fn shared(&self, profile: &str) -> Option<String> {
        let mut name = None;
        self.request_with(profile, |_, task| name = task.shared.last().cloned().flatten());
        name
    }

    /// Keeps a session of the role `arn` for `profile`, as awsenv does.
    pub(crate) fn keep(&self, profile: &str, session: &Credentials, arn: &str) {
        self.request_with(profile, |request, task| {
            let environment: Environment = self
                .home
                .environment()
                .into_iter()
                .map(|(name, value)| (name.into_string().expect("UTF-8"), value))
                .collect();
            let key = session_key(&task.chain.steps, &environment, request.calls.endpoints());
            let shared = task.shared.last().and_then(Option::as_deref);
            let (cli, own) = (self.cli(""), OwnCache::new(&request.caches.own));
            let sessions = Sessions { cli: &cli, own: &own, files: &request.files };
            let slot = Slot { step: task.chain.last(), key: &key, shared };
            let user = RoleUser { arn, role_id: "AROA:x" };
            sessions.keep(slot, session, Some(user), clock::now()).expect("a cache");
        });
    }

    /// As [`request_with`](Self::request_with), unchanged.
    pub(crate) fn request(&self, profile: &str) -> Vec<u8> {
        self.request_with(profile, |_, _| {})
    }

    /// Starts the broker with `request`.
    pub(crate) fn start(&self, request: &[u8]) -> Running {
        Running::of(self.home.command(env!("CARGO_BIN_EXE_awsenv-broker")), request)
    }

    /// Asks for `profile` and waits for the answer.
    pub(crate) fn ask(&self, profile: &str) -> Answer {
        self.start(&self.request(profile)).answer()
    }

    /// As [`ask`](Self::ask), with a changed request.
    pub(crate) fn ask_with(&self, profile: &str, change: impl FnOnce(&mut Request, &mut CredentialsTask)) -> Answer {
        self.start(&self.request_with(profile, change)).answer()
    }

    /// The answer holds credentials that the fake gave to a session of `role_arn`.
    pub(crate) fn assert_session(&self, answer: &Answer, role_arn: &str) {
        let identity = self.fake.identity_of(answer.key_id()).unwrap_or_default();
        let (account, name) = (role_arn.split(':').nth(4), role_arn.rsplit('/').next());
        let prefix = format!("arn:aws:sts::{}:assumed-role/{}/", account.expect("an ARN"), name.expect("an ARN"));
        assert!(identity.starts_with(&prefix), "{identity} for {role_arn}");
        assert_eq!(answer.json["AccountId"].as_str(), account);
    }
}

/// A broker at work.
pub(crate) struct Running {
    pub(crate) child: Child,
}

impl Running {
    /// Starts `command` and hands it `request`.
    pub(crate) fn of(mut command: Command, request: &[u8]) -> Self {
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().expect("the broker starts");
        let mut stdin = child.stdin.take().expect("a pipe");
        // One that was killed meanwhile reads no more.
        let _ = stdin.write_all(request);
        Self { child }
    }

    /// The process id.
    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// Whether it has not ended yet.
    pub(crate) fn is_alive(&mut self) -> bool {
        matches!(self.child.try_wait(), Ok(None))
    }

    /// Sends a signal.
    #[cfg(unix)]
    pub(crate) fn signal(&self, signal: rustix::process::Signal) {
        rustix::process::kill_process(rustix::process::Pid::from_child(&self.child), signal).expect("it runs");
    }

    /// Waits for the answer; `None` where it was killed.
    pub(crate) fn answer_unless_killed(mut self) -> Option<Answer> {
        let start = Instant::now();
        let status = loop {
            match self.child.try_wait().expect("a child") {
                Some(status) => break status,
                None => assert!(start.elapsed() < PATIENCE, "process {} is stuck", self.id()),
            }
            std::thread::sleep(Duration::from_millis(5));
        };
        let (mut stdout, mut stderr) = (String::new(), String::new());
        self.child.stdout.take().expect("a pipe").read_to_string(&mut stdout).expect("UTF-8");
        self.child.stderr.take().expect("a pipe").read_to_string(&mut stderr).expect("UTF-8");
        status.code()?;
        assert!(status.success(), "{status}: {stderr}");
        assert_eq!(stderr, "", "nothing is said on standard error");
        let json = serde_json::from_str(&stdout).unwrap_or_else(|error| panic!("{error}: {stdout}"));
        Some(Answer { json })
    }

    /// Waits for the answer.
    pub(crate) fn answer(self) -> Answer {
        self.answer_unless_killed().expect("nobody killed it")
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// What the broker said.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) json: Value,
}

impl Answer {
    /// The access key id of the credentials.
    pub(crate) fn key_id(&self) -> &str {
        self.json["AccessKeyId"].as_str().unwrap_or_else(|| panic!("no credentials: {}", self.json))
    }

    /// The code of the failure.
    pub(crate) fn code(&self) -> &str {
        self.json["error"]["code"].as_str().unwrap_or_else(|| panic!("no failure"))
    }

    /// What a person is told.
    pub(crate) fn warnings(&self) -> Vec<&str> {
        let warnings = self.json["awsenv"]["warnings"].as_array().expect("a list");
        warnings.iter().map(|warning| warning.as_str().expect("text")).collect()
    }
}

/// Waits until `condition` holds.
pub(crate) fn until<T>(what: &str, mut condition: impl FnMut() -> Option<T>) -> T {
    let start = Instant::now();
    loop {
        if let Some(value) = condition() {
            return value;
        }
        assert!(start.elapsed() < PATIENCE, "waited in vain for {what}");
        std::thread::sleep(Duration::from_millis(1));
    }
}

/// Every entry of both caches is whole: there is nothing that a killed process has cut off.
pub(crate) fn assert_whole(world: &World) {
    for folder in [world.cli(""), world.own("")] {
        for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
            let name = entry.file_name().into_string().expect("UTF-8");
            if name.ends_with(".json") {
                let text = std::fs::read_to_string(entry.path()).expect("a file");
                let parsed = serde_json::from_str::<Value>(&text);
                assert!(parsed.is_ok(), "{name} has {} bytes and is no JSON", text.len());
            }
        }
    }
}
