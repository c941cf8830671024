//! What unit tests share.

use std::collections::BTreeMap;

use awsenv_core::broker::{
    CacheFolders, CallSettings, CredentialsTask, MetadataSettings, PROTOCOL, Person, Request, Task,
};
use awsenv_core::chain::{ChainStep, CredentialChain, CredentialSource};
use awsenv_core::location::Files;

/// A request for the credentials at the end of `steps`, with folders that don't exist.
pub(crate) fn request(steps: Vec<ChainStep>) -> Request {
    Request {
        protocol: PROTOCOL,
        files: Files { config: "/none/config".into(), credentials: "/none/credentials".into() },
        caches: CacheFolders {
            cli: "/none/cli".into(),
            sso: "/none/sso".into(),
            login: "/none/login".into(),
            own: "/none/own".into(),
        },
        calls: CallSettings {
            region: Some("eu-west-1".to_owned()),
            endpoint_urls: BTreeMap::new(),
            connect_timeout_ms: 5000,
            call_timeout_ms: 30_000,
            metadata: MetadataSettings::default(),
            ..CallSettings::default()
        },
        person: Person::default(),
        task: Task::Credentials(CredentialsTask {
            profile: "acme".to_owned(),
            shared: vec![None; steps.len()],
            chain: CredentialChain { steps },
            refresh: false,
            session_for_long_term_keys: false,
            needs_account: false,
            duration_seconds: None,
        }),
    }
}

/// A step at a line of the config file.
pub(crate) fn step(profile: &str, line: u32, source: CredentialSource) -> ChainStep {
    let origin = awsenv_core::diagnostic::Origin { file: awsenv_core::diagnostic::SourceFile::Config, line, column: 1 };
    ChainStep { profile: profile.to_owned(), origin, source }
}

/// What a Python program with botocore prints when it reads `input` as JSON; `None` where there is none, which a test in
/// CI does not get away with.
#[allow(clippy::disallowed_methods, reason = "the oracle of a test")]
pub(crate) fn python(test: &str, program: &str, input: &impl serde::Serialize) -> Option<String> {
    use std::io::Write;
    use std::process::Stdio;
    let python = awsenv_testkit::tools::require("python", test)?;
    let home = awsenv_testkit::home::Home::new();
    let mut command = home.command(python);
    command.args(["-c", program]).stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut child = command.spawn().unwrap();
    child.stdin.take().unwrap().write_all(&serde_json::to_vec(input).unwrap()).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success());
    Some(String::from_utf8(output.stdout).unwrap())
}
