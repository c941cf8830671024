//! One run of `awsenv-broker`, with the request that awsenv would write.

use std::ffi::OsString;
use std::io::Write;
use std::process::{Child, Command, Output, Stdio};
use std::time::Duration;

use awsenv_core::broker::{CacheFolders, CredentialsTask, PROTOCOL, Person, Request, Task};
use awsenv_core::call_settings::{CallDefaults, call_settings};
use awsenv_core::config::{ConfigText, parse_config};
use awsenv_core::diagnostic::SourceFile;
use awsenv_core::environment::Environment;
use awsenv_core::location::Files;
use awsenv_core::profile::ProfileSet;
use awsenv_core::resolve::{ResolveError, resolve_profile};
use awsenv_testkit::home::Home;
use serde_json::Value;

/// A home with its files, and how long calls may take.
pub(crate) struct Setting {
    pub(crate) home: Home,
    config: String,
    credentials: String,
    connect_timeout: Duration,
    call_timeout: Duration,
}

/// What the broker said.
pub(crate) struct Answer {
    pub(crate) json: Value,
    pub(crate) stderr: String,
}

impl Setting {
    /// A home with this `config`.
    pub(crate) fn new(config: &str) -> Self {
        Self {
            home: Home::new().config(config),
            config: config.to_owned(),
            credentials: String::new(),
            connect_timeout: Duration::from_secs(5),
            call_timeout: Duration::from_secs(30),
        }
    }

    /// Adds `.aws/credentials`.
    pub(crate) fn credentials(mut self, text: &str) -> Self {
        self.home = self.home.credentials(text);
        text.clone_into(&mut self.credentials);
        self
    }

    /// Replaces the config.
    pub(crate) fn with_config(mut self, text: &str) -> Self {
        self.home = self.home.config(text);
        text.clone_into(&mut self.config);
        self
    }

    /// Adds or replaces a variable.
    pub(crate) fn variable(mut self, name: &str, value: impl Into<OsString>) -> Self {
        self.home = self.home.variable(name, value);
        self
    }

    /// How long a connection, and a whole call, may take.
    pub(crate) fn timeouts(mut self, connect: Duration, call: Duration) -> Self {
        (self.connect_timeout, self.call_timeout) = (connect, call);
        self
    }

    pub(crate) fn environment(&self) -> Environment {
        self.home.environment().into_iter().map(|(name, value)| (name.into_string().unwrap(), value)).collect()
    }

    /// The request for `profile`'s credentials.
    pub(crate) fn request(&self, profile: &str) -> Result<Request, ResolveError> {
        let (config, credentials) =
            (ConfigText::from(self.config.as_str()), ConfigText::from(self.credentials.as_str()));
        let set = ProfileSet::normalize(
            parse_config(SourceFile::Config, &config),
            parse_config(SourceFile::Credentials, &credentials),
        );
        let defaults = CallDefaults {
            connect_timeout: self.connect_timeout,
            call_timeout: self.call_timeout,
            ..CallDefaults::default()
        };
        let calls = call_settings(&set, set.get(profile), &self.environment(), &defaults)?;
        let chain = resolve_profile(&set, profile)?;
        let aws = self.home.join(".aws");
        Ok(Request {
            protocol: PROTOCOL,
            files: Files { config: aws.join("config"), credentials: aws.join("credentials") },
            caches: CacheFolders {
                cli: aws.join("cli/cache"),
                sso: aws.join("sso/cache"),
                login: aws.join("login/cache"),
                own: self.home.join(".cache/awsenv"),
            },
            calls,
            person: Person::default(),
            task: Task::Credentials(CredentialsTask {
                profile: profile.to_owned(),
                shared: vec![None; chain.steps.len()],
                chain,
                refresh: false,
                session_for_long_term_keys: false,
                needs_account: false,
                duration_seconds: None,
            }),
        })
    }

    /// Runs the broker for `profile`.
    pub(crate) fn run(&self, profile: &str) -> Answer {
        match self.request(profile) {
            Ok(request) => self.ask(&request),
            Err(error) => Answer::refused(&error),
        }
    }

    /// Who the profile's credentials belong to, by STS.
    pub(crate) fn identity(&self, profile: &str) -> Answer {
        let mut request = match self.request(profile) {
            Ok(request) => request,
            Err(error) => return Answer::refused(&error),
        };
        let Task::Credentials(task) = request.task else { unreachable!("made so") };
        request.task = Task::CallerIdentity(task);
        self.ask(&request)
    }

    /// Runs the broker with `request`.
    pub(crate) fn ask(&self, request: &Request) -> Answer {
        Answer::of(&self.start(request).wait_with_output().unwrap())
    }

    /// Starts the broker with `request`.
    pub(crate) fn start(&self, request: &Request) -> Child {
        start(self.home.command(env!("CARGO_BIN_EXE_awsenv-broker")), request)
    }
}

/// Runs `command`, which is the broker, with `request`.
pub(crate) fn pipe(command: Command, request: &Request) -> Answer {
    Answer::of(&start(command, request).wait_with_output().unwrap())
}

fn start(mut command: Command, request: &Request) -> Child {
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    stdin.write_all(&serde_json::to_vec(request).unwrap()).unwrap();
    child
}

impl Answer {
    /// Reads the output of a run. Whatever happened, no secret of the tests may be in it but in an answer's own fields.
    pub(crate) fn of(output: &Output) -> Self {
        let stderr = String::from_utf8(output.stderr.clone()).unwrap();
        let json: Value = serde_json::from_slice(&output.stdout)
            .unwrap_or_else(|error| panic!("{error}: {} {stderr}", String::from_utf8_lossy(&output.stdout)));
        let told = format!("{} {}", json["error"], json["awsenv"]);
        assert!(!told.contains("canary"), "{told}");
        assert!(output.status.success(), "{told}");
        Self { json, stderr }
    }

    fn refused(error: &ResolveError) -> Self {
        let error = serde_json::json!({"code": error.code, "message": error.message, "hint": error.hint});
        Self { json: serde_json::json!({"error": error}), stderr: String::new() }
    }

    /// The access key id of credentials.
    #[track_caller]
    pub(crate) fn key_id(&self) -> &str {
        self.json["AccessKeyId"].as_str().unwrap_or_else(|| panic!("no credentials: {} {}", self.json, self.stderr))
    }

    /// The code of a failure.
    #[track_caller]
    pub(crate) fn code(&self) -> &str {
        let code = self.json["error"]["code"].as_str();
        code.unwrap_or_else(|| panic!("no failure: {}", self.json["AccessKeyId"]))
    }

    /// The message of a failure.
    #[track_caller]
    pub(crate) fn message(&self) -> &str {
        self.code();
        self.json["error"]["message"].as_str().unwrap()
    }

    /// What to do next, or nothing.
    pub(crate) fn hint(&self) -> &str {
        self.json["error"]["hint"].as_str().unwrap_or("")
    }

    /// What was warned of, a line each.
    pub(crate) fn warnings(&self) -> String {
        let lines = self.json["awsenv"]["warnings"].as_array().into_iter().flatten();
        lines.map(|line| line.as_str().unwrap()).collect::<Vec<_>>().join("\n")
    }
}
