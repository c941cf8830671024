//! A fake AWS with an Identity Center, a home, and the broker as awsenv starts it.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use awsenv_core::broker::{
    CacheFolders, CallSettings, CredentialsTask, LoginTask, LogoutSession, LogoutTask, MetadataSettings, PROTOCOL,
    Person, Request, Task,
};
use awsenv_core::chain::{ChainStep, CredentialChain, CredentialSource, Sso};
use awsenv_core::diagnostic::{Origin, SourceFile};
use awsenv_core::location::Files;
use awsenv_host::cli_cache::SsoCacheKey;
use awsenv_host::sso_cache::SsoTokenKey;
use awsenv_testkit::fake::{Builder, FakeAws, SsoInstance, SsoToken};
use awsenv_testkit::home::Home;
use awsenv_testkit::terminal::Terminal;
use awsenv_testkit::tools;
use serde_json::Value;

pub(crate) const BROKER: &str = env!("CARGO_BIN_EXE_awsenv-broker");
pub(crate) const START_URL: &str = "https://acme.awsapps.com/start";
pub(crate) const REGION: &str = "eu-west-1";
pub(crate) const ACCOUNT: &str = "123456789012";

/// How long anything here may take; only a hang takes it.
const PATIENCE: Duration = Duration::from_secs(60);

/// A role of the session `acme`.
pub(crate) fn session() -> Sso {
    Sso {
        sso_session: Some("acme".to_owned()),
        start_url: START_URL.to_owned(),
        sso_region: REGION.to_owned(),
        account_id: Some(ACCOUNT.to_owned()),
        role_name: Some("Admin".to_owned()),
        scopes: vec!["sso:account:access".to_owned()],
    }
}

/// The same role in the legacy form.
pub(crate) fn legacy() -> Sso {
    Sso { sso_session: None, scopes: Vec::new(), ..session() }
}

/// A fake AWS and a home whose requests go there.
pub(crate) struct World {
    pub(crate) fake: FakeAws,
    pub(crate) home: Home,
}

impl World {
    pub(crate) fn new() -> Self {
        Self::with(|fake| fake)
    }

    pub(crate) fn with(more: impl FnOnce(Builder) -> Builder) -> Self {
        let instance = SsoInstance::new(START_URL).assign(ACCOUNT, "Admin").assign("210987654321", "Admin");
        let world = Self { fake: more(FakeAws::builder().sso(instance)).start(), home: Home::new() };
        for folder in [".aws/sso/cache", ".aws/cli/cache"] {
            std::fs::create_dir_all(world.home.join(folder)).expect("folders in a temporary home");
        }
        world
    }

    /// The file of the token of `sso`.
    pub(crate) fn token_file(&self, sso: &Sso) -> PathBuf {
        self.home.join(".aws/sso/cache").join(key(sso).file_name())
    }

    /// The file of the role credentials of `sso` in the AWS CLI's cache.
    pub(crate) fn role_file(&self, sso: &Sso) -> PathBuf {
        self.home.join(".aws/cli/cache").join(role_entry(sso))
    }

    /// Leaves a token as the AWS CLI would have, good for `seconds`.
    pub(crate) fn plant(&self, sso: &Sso, seconds: i64) -> SsoToken {
        let token = self.fake.sso_token(START_URL, seconds);
        self.write(sso, &token.to_cache_json(REGION));
        token
    }

    pub(crate) fn write(&self, sso: &Sso, entry: &Value) {
        std::fs::write(self.token_file(sso), entry.to_string()).expect("a file in a temporary home");
    }

    pub(crate) fn token(&self, sso: &Sso) -> Value {
        let bytes = std::fs::read(self.token_file(sso)).expect("a token");
        serde_json::from_slice(&bytes).expect("a whole token")
    }

    pub(crate) fn request(&self, task: Task) -> Request {
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
                region: Some(REGION.to_owned()),
                endpoint_url: Some(self.fake.url()),
                endpoint_urls: BTreeMap::new(),
                max_attempts: Some(1),
                connect_timeout_ms: 5000,
                call_timeout_ms: 30_000,
                metadata: MetadataSettings::default(),
                ..CallSettings::default()
            },
            person: Person::default(),
            task,
        }
    }

    /// A request for the role of `sso`, of a profile at line 7 of the config file.
    pub(crate) fn role(&self, sso: &Sso) -> Request {
        let origin = Origin { file: SourceFile::Config, line: 7, column: 1 };
        let source = CredentialSource::Sso(sso.clone());
        self.request(Task::Credentials(CredentialsTask {
            profile: "dev".to_owned(),
            shared: vec![Some(role_entry(sso))],
            chain: CredentialChain { steps: vec![ChainStep { profile: "dev".to_owned(), origin, source }] },
            refresh: false,
            session_for_long_term_keys: false,
            needs_account: false,
            duration_seconds: None,
        }))
    }

    pub(crate) fn login(&self, sso: &Sso) -> Request {
        self.request(Task::Login(login(sso)))
    }

    pub(crate) fn logout(&self, all: &[Sso]) -> Request {
        let sessions =
            all.iter().map(|sso| LogoutSession { sso: sso.clone(), role_entries: vec![role_entry(sso)] }).collect();
        self.request(Task::Logout(LogoutTask { sessions }))
    }

    /// The broker's answer to `request`, in a session without a terminal.
    #[track_caller]
    pub(crate) fn answer(&self, request: &Request) -> Answer {
        self.start(&self.home, request).answer(self)
    }

    /// Starts the broker with the environment of `home`, in a session without a terminal.
    pub(crate) fn start(&self, home: &Home, request: &Request) -> Running {
        let setsid = tools::find("setsid").expect("setsid, of util-linux");
        let mut command = home.command(setsid);
        command.arg("--wait").arg(BROKER);
        Running(Some(spawn(command, request)))
    }

    /// The broker itself, with no program before it, so that it is the child that signals reach.
    pub(crate) fn start_bare(&self, request: &Request) -> Running {
        Running(Some(spawn(self.home.command(BROKER), request)))
    }

    /// The broker on a terminal, with its standard streams elsewhere, as awsenv starts it. Says `ended` when it has
    /// ended, and whether the terminal is as it was.
    pub(crate) fn on_terminal(&self, home: &Home, request: &Request) -> Terminal {
        std::fs::write(home.join("request"), bytes(request)).expect("a file in a temporary home");
        let line = format!(
            "stty -g >before; '{BROKER}' <request >answer 2>stderr; echo $? >status; stty -g >after; \
             cmp before after && echo en''ded; sleep 30"
        );
        // Ctrl-C is for the broker alone; the shell goes on.
        let line = format!("trap : INT; {line}");
        Terminal::start("/bin/sh".as_ref(), &["-c", &line], home.path(), home.environment())
    }

    /// What the broker answered on the terminal, once it has ended and left it as it was.
    #[track_caller]
    pub(crate) fn ended(&self, home: &Home, terminal: &mut Terminal) -> Answer {
        terminal.wait_for("ended");
        let read = |name: &str| std::fs::read(home.join(name)).expect("what the broker said");
        assert_eq!(read("status"), b"0\n");
        let shown = format!("{}{}", text(&read("stderr")), text(&terminal.bytes()));
        let answer = Answer::read(&read("answer"), text(&read("stderr")));
        self.assert_no_secret(&answer, &shown);
        answer
    }

    /// Nothing of what must stay secret stands in an error or on a screen, whatever came of it.
    #[track_caller]
    fn assert_no_secret(&self, answer: &Answer, shown: &str) {
        let mut secrets = Vec::new();
        for recorded in self.fake.requests() {
            secrets.extend(recorded.header("x-amz-sso_bearer_token").map(str::to_owned));
            let names = ["code", "codeVerifier", "refreshToken", "clientSecret", "deviceCode"];
            secrets.extend(names.iter().filter_map(|name| recorded.parameter(name)));
        }
        for entry in std::fs::read_dir(self.home.join(".aws/sso/cache")).into_iter().flatten().flatten() {
            let Ok(Value::Object(entry)) = serde_json::from_slice(&std::fs::read(entry.path()).unwrap_or_default())
            else {
                continue;
            };
            let names = ["accessToken", "refreshToken", "clientSecret"];
            secrets.extend(names.iter().filter_map(|name| entry.get(*name)?.as_str().map(str::to_owned)));
        }
        let shown = if answer.is_failure() { format!("{shown}{}", answer.json) } else { shown.to_owned() };
        for secret in secrets.iter().filter(|secret| secret.len() > 5) {
            assert!(!shown.contains(secret.as_str()), "a secret is shown: {shown}");
        }
    }
}

pub(crate) fn login(sso: &Sso) -> LoginTask {
    LoginTask {
        sso: sso.clone(),
        profile: Some("dev".to_owned()),
        device_code: false,
        open_browser: true,
        force: false,
    }
}

pub(crate) fn key(sso: &Sso) -> SsoTokenKey {
    match &sso.sso_session {
        Some(name) => SsoTokenKey::SessionName(name.clone()),
        None => SsoTokenKey::StartUrl(sso.start_url.clone()),
    }
}

/// The name of the role's entry in the AWS CLI's cache.
pub(crate) fn role_entry(sso: &Sso) -> String {
    let (account_id, role_name) = (sso.account_id.clone().expect("a role"), sso.role_name.clone().expect("a role"));
    SsoCacheKey { account_id, role_name, session: key(sso) }.file_name()
}

pub(crate) fn bytes(request: &Request) -> Vec<u8> {
    serde_json::to_vec(request).expect("a request is JSON")
}

pub(crate) fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn spawn(mut command: Command, request: &Request) -> Child {
    let mut child =
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the broker starts");
    child.stdin.take().expect("a pipe").write_all(&bytes(request)).expect("the broker reads");
    child
}

/// A broker that runs; killed when dropped.
pub(crate) struct Running(pub(crate) Option<Child>);

impl Running {
    pub(crate) fn id(&self) -> u32 {
        self.0.as_ref().expect("running").id()
    }

    /// Sends a signal by its name without `SIG`.
    pub(crate) fn signal(&self, name: &str) {
        kill(self.id(), name);
    }

    #[track_caller]
    pub(crate) fn answer(mut self, world: &World) -> Answer {
        let output = self.0.take().expect("running").wait_with_output().expect("the broker ends");
        let stderr = text(&output.stderr);
        assert!(output.status.success(), "{:?}: {stderr}", output.status);
        let answer = Answer::read(&output.stdout, stderr);
        world.assert_no_secret(&answer, &answer.stderr);
        answer
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if let Some(mut child) = self.0.take() {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

/// Sends a signal, by its name without `SIG`, to a process that the test has started.
pub(crate) fn kill(process: u32, name: &str) {
    let kill = tools::find("kill").expect("kill");
    let status = Home::new().command(kill).arg(format!("-{name}")).arg(process.to_string()).status();
    assert!(status.expect("kill").success());
}

/// Waits until `condition` holds.
#[track_caller]
pub(crate) fn until<T>(what: &str, mut condition: impl FnMut() -> Option<T>) -> T {
    let start = Instant::now();
    loop {
        if let Some(value) = condition() {
            return value;
        }
        assert!(start.elapsed() < PATIENCE, "waited in vain for {what}");
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// What the broker said.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) json: Value,
    pub(crate) stderr: String,
}

impl Answer {
    #[track_caller]
    fn read(stdout: &[u8], stderr: String) -> Self {
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
    pub(crate) fn error(&self, field: &str) -> &str {
        let text = &self.json["error"][field];
        text.as_str().unwrap_or_else(|| panic!("no `{field}` of an error: {}", self.json))
    }

    /// Code, kind and hint of an error that a login helps against.
    #[track_caller]
    pub(crate) fn assert_login_needed(&self, command: &str) {
        assert_eq!(self.error("code"), "login-needed", "{}", self.json);
        assert_eq!(self.error("kind"), "needs-person");
        assert_eq!(self.error("hint"), format!("run: {command}"));
    }

    pub(crate) fn warnings(&self) -> Vec<&str> {
        self.json["awsenv"]["warnings"].as_array().into_iter().flatten().filter_map(Value::as_str).collect()
    }
}
