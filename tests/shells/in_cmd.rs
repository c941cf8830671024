//! `awsenv.exe` in the command prompt of Wine, as `cargo xtask test` builds and lays it out.
//!
//! Wine's `for /f` runs the form `do @call %i` alone, which reads `%` and `^` once more than cmd's own `do @%i` does:
//! the values here have neither. What they would need is compared with golden files.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::path::PathBuf;

use awsenv_testkit::corpus;
use awsenv_testkit::home::Home;
use awsenv_testkit::tools;

/// Values in one session, each of them once as the secret and once as the token.
const VALUES: usize = 40;

/// Before every dump of the environment.
const MARK: &str = "awsenv-status ";

/// Wine with a home in which `awsenv.exe` is found.
struct Wine {
    program: PathBuf,
    folder: PathBuf,
    home: Home,
}

/// What a command left: `%errorlevel%` and every variable.
struct After {
    status: String,
    environment: BTreeMap<String, String>,
}

impl After {
    fn get(&self, name: &str) -> Option<&str> {
        self.environment.get(name).map(String::as_str)
    }

    fn aws(&self) -> Vec<&str> {
        let names = self.environment.keys().map(String::as_str);
        let known = ["AWS_SHARED_CREDENTIALS_FILE", "AWS_CONFIG_FILE"];
        names.filter(|name| name.starts_with("AWS") && !known.contains(name)).collect()
    }
}

impl Wine {
    /// `None`: a named skip.
    fn new(test: &str, credentials: &str) -> Option<Self> {
        let program = tools::require("wine64", test)?;
        let folder = tools::require_made("wine/awsenv.exe", test)?.parent().expect("it is in a folder").to_owned();
        let home = Home::new().credentials(credentials).config("");
        let windows = |path: PathBuf| format!("Z:{}", path.display()).replace('/', "\\");
        let (config, keys) = (windows(home.join(".aws/config")), windows(home.join(".aws/credentials")));
        let home = home
            .variable("WINEPREFIX", folder.join("prefix"))
            .variable("WINEDEBUG", "-all")
            .variable("WINEPATH", windows(folder.clone()))
            .variable("AWS_CONFIG_FILE", config)
            .variable("AWS_SHARED_CREDENTIALS_FILE", keys);
        Some(Self { program, folder, home })
    }

    fn variable(mut self, name: &str, value: &str) -> Self {
        self.home = self.home.variable(name, value);
        self
    }

    /// Types each command in its evaluation form at one prompt; what each left, and everything on standard error.
    fn type_each(&self, commands: &[String]) -> (Vec<After>, String) {
        let mut typed = String::from("@echo off\r\n");
        for command in commands {
            typed += &format!("for /f \"delims=\" %i in ('{command}') do @call %i\r\n");
            typed += &format!("echo {MARK}%errorlevel%\r\nset\r\n");
        }
        fs::write(self.home.join("typed"), typed).expect("a file in a temporary home");
        self.run(&["cmd.exe"], Some("typed"))
    }

    /// The same as a batch file, where the loop's variable is written `%%i`.
    fn run_batch(&self, command: &str) -> (Vec<After>, String) {
        let text = format!(
            "@echo off\r\nfor /f \"delims=\" %%i in ('{command}') do @call %%i\r\n\
             echo {MARK}%errorlevel%\r\nset\r\n"
        );
        fs::write(self.home.join("batch.bat"), text).expect("a file in a temporary home");
        self.run(&["cmd.exe", "/c", "batch.bat"], None)
    }

    fn run(&self, arguments: &[&str], input: Option<&str>) -> (Vec<After>, String) {
        let mut command = self.home.command(&self.program);
        command.args(arguments);
        if let Some(input) = input {
            command.stdin(File::open(self.home.join(input)).expect("it was just written"));
        }
        let output = command.output().expect("wine starts");
        let stdout = String::from_utf8_lossy(&output.stdout).into_owned();
        let parts = stdout.split(MARK).skip(1).map(|part| {
            let mut lines = part.lines().map(|line| line.trim_end_matches('\r'));
            let status = lines.next().unwrap_or_default().to_owned();
            let pairs = lines.filter_map(|line| line.split_once('='));
            After { status, environment: pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).collect() }
        });
        (parts.collect(), String::from_utf8_lossy(&output.stderr).into_owned())
    }

    /// Fails where an old build lies there: `cargo xtask test` makes a new one before it runs the tests.
    fn assert_is_this_version(&self) {
        let output = self.home.command(&self.program).arg(self.folder.join("awsenv.exe")).arg("--version").output();
        let said = String::from_utf8_lossy(&output.expect("wine starts").stdout).trim().to_owned();
        let wanted = concat!("awsenv ", env!("CARGO_PKG_VERSION"));
        assert_eq!(said, wanted, "awsenv.exe is another build: cargo xtask test --only windows");
    }
}

fn profile(name: &str, secret: &str, token: &str) -> String {
    format!("[{name}]\naws_access_key_id=ASIA{name}\naws_secret_access_key={secret}\naws_session_token={token}\n")
}

/// What cmd, this form of evaluation and the file can all hold.
fn values() -> Vec<String> {
    let can_be_said = |value: &String| {
        let in_cmd = value.is_ascii() && !value.contains(['%', '^', '"']);
        in_cmd && !value.is_empty() && value.trim() == value && !value.contains(" #") && !value.contains(" ;")
    };
    let mut values: Vec<String> = corpus::sample().into_iter().filter(can_be_said).collect();
    let others: Vec<String> = corpus::values().into_iter().filter(can_be_said).collect();
    let stride = others.len() / (VALUES - values.len().min(VALUES - 1));
    values.extend(others.into_iter().step_by(stride));
    values
}

#[test]
fn values_arrive() {
    let values = values();
    assert!(values.len() >= VALUES, "{}", values.len());
    let pairs: Vec<(&String, &String)> = values.iter().zip(values.iter().rev()).collect();
    let text: String = pairs
        .iter()
        .enumerate()
        .map(|(number, (secret, token))| profile(&format!("p{number}"), secret, token))
        .collect();
    let Some(wine) = Wine::new("values arrive in cmd", &text) else { return };
    wine.assert_is_this_version();
    let commands: Vec<String> = (0..pairs.len()).map(|number| format!("awsenv use p{number} --shell cmd")).collect();
    let (afters, stderr) = wine.type_each(&commands);
    assert_eq!(afters.len(), pairs.len(), "{stderr}");
    for (number, (after, (secret, token))) in afters.iter().zip(pairs).enumerate() {
        assert_eq!(after.status, "0", "{stderr}");
        assert_eq!(after.get("AWS_ACCESS_KEY_ID"), Some(format!("ASIAp{number}").as_str()));
        assert_eq!(after.get("AWS_SECRET_ACCESS_KEY"), Some(secret.as_str()));
        assert_eq!(after.get("AWS_SESSION_TOKEN"), Some(token.as_str()));
        assert_eq!(after.get("AWSENV_PROFILE"), Some(format!("p{number}").as_str()));
        assert_eq!(after.get("AWS_PROFILE"), None);
    }
}

#[test]
fn a_switch_leaves_nothing_stale_and_a_failure_changes_nothing() {
    let text = profile("acme", "secret", "token")
        + "[two words]\naws_access_key_id=AKIATWO\naws_secret_access_key=two\n"
        + &profile("quote", "a\"b", "token");
    let Some(wine) = Wine::new("use, clear and failures in cmd", &text) else { return };
    wine.assert_is_this_version();
    let wine = wine
        .variable("AWS_PROFILE", "old")
        .variable("AWS_VAULT", "old")
        .variable("GRANTED_SSO", "true")
        .variable("AWS_SESSION_TOKEN", "old token");
    let commands = [
        "awsenv use typo --shell cmd",
        "awsenv use acme --shell cmd",
        "awsenv use quote --shell cmd",
        "awsenv use acme --no-such-option --shell cmd",
        "awsenv use \"two words\" --shell cmd",
        "awsenv use - --shell cmd",
        "awsenv use typo --or-clear --shell cmd",
        "awsenv clear --shell cmd",
        "awsenv back --shell cmd",
    ];
    let (afters, stderr) = wine.type_each(&commands.map(str::to_owned));
    let [typo, acme, quote, option, two_words, previous, locked, clear, back] = &afters[..] else {
        panic!("{}: {stderr}", afters.len())
    };
    for (after, name) in [(typo, "old"), (quote, "acme"), (option, "acme")] {
        assert_ne!(after.status, "0", "{name}");
        assert_eq!(after.get("AWS_PROFILE").or(after.get("AWSENV_PROFILE")), Some(name), "{stderr}");
    }
    assert_eq!(typo.get("AWS_SESSION_TOKEN"), Some("old token"));
    assert_eq!(typo.environment.get("GRANTED_SSO"), Some(&"true".to_owned()));
    for text in ["profile-not-found", "no-such-option", "AWS_SECRET_ACCESS_KEY"] {
        assert!(stderr.contains(text), "{text}: {stderr}");
    }
    assert!(!stderr.contains("a\"b"), "{stderr}");

    let of_acme = [
        "AWSENV_KEY_ID",
        "AWSENV_PROFILE",
        "AWSENV_SOURCE",
        "AWS_ACCESS_KEY_ID",
        "AWS_SECRET_ACCESS_KEY",
        "AWS_SESSION_TOKEN",
    ];
    assert_eq!(acme.aws(), of_acme);
    assert_eq!((acme.get("AWS_SESSION_TOKEN"), acme.get("GRANTED_SSO")), (Some("token"), None));
    assert_eq!(quote.environment, acme.environment);
    assert_eq!(option.environment, acme.environment);
    assert_eq!(two_words.get("AWSENV_PROFILE"), Some("two words"));
    assert_eq!((two_words.get("AWS_SECRET_ACCESS_KEY"), two_words.get("AWS_SESSION_TOKEN")), (Some("two"), None));
    assert_eq!(previous.get("AWSENV_PROFILE"), Some("acme"));

    assert_ne!(locked.status, "0");
    assert_eq!((locked.get("AWS_PROFILE"), locked.get("AWS_ACCESS_KEY_ID")), (Some("awsenv-locked"), None));
    assert_eq!(clear.status, "0");
    assert_eq!(clear.aws(), ["AWSENV_PREVIOUS"]);
    assert_ne!(back.status, "0");
    assert_eq!(back.environment, clear.environment);
}

#[test]
fn in_a_batch_file() {
    let Some(wine) = Wine::new("a batch file in cmd", &profile("acme", "a b!c&d|e", "token")) else { return };
    wine.assert_is_this_version();
    let (afters, stderr) = wine.run_batch("awsenv use acme --shell cmd");
    assert_eq!(afters.len(), 1, "{stderr}");
    assert_eq!((afters[0].status.as_str(), afters[0].get("AWS_SECRET_ACCESS_KEY")), ("0", Some("a b!c&d|e")));
    let (afters, stderr) = wine.run_batch("awsenv use typo --shell cmd");
    assert_eq!(afters.len(), 1, "{stderr}");
    assert_ne!(afters[0].status, "0");
    assert_eq!(afters[0].aws(), Vec::<&str>::new());
}
