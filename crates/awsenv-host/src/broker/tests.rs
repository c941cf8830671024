use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use awsenv_core::broker::{CacheFolders, CallSettings, CredentialsTask, FailureKind, Person, Task};
use awsenv_core::chain::{ChainStep, CredentialChain, CredentialSource};
use awsenv_core::credentials::Secret;
use awsenv_core::diagnostic::{Origin, SourceFile};
use awsenv_core::location::Files;

use super::*;

const NOTES: &str = r#""awsenv": {"protocol": 1, "warnings": []}"#;

fn request() -> Request {
    let step = ChainStep {
        profile: "p".into(),
        origin: Origin::line(SourceFile::Credentials, 2),
        source: CredentialSource::Static {
            access_key_id: "AKIAX".into(),
            secret_access_key: Secret::new("canary-in"),
            session_token: None,
            account_id: None,
        },
    };
    let folder = || PathBuf::from("/nowhere");
    Request {
        protocol: awsenv_core::broker::PROTOCOL,
        files: Files { config: folder(), credentials: folder() },
        caches: CacheFolders { cli: folder(), sso: folder(), login: folder(), own: folder() },
        calls: CallSettings::default(),
        person: Person::default(),
        task: Task::CallerIdentity(CredentialsTask {
            profile: "p".into(),
            chain: CredentialChain { steps: vec![step] },
            shared: vec![None],
            refresh: false,
            session_for_long_term_keys: false,
            needs_account: false,
            duration_seconds: None,
        }),
    }
}

/// A folder with a broker that is this shell script.
fn broker(script: &str) -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("awsenv-broker");
    fs::write(&path, format!("#!/bin/sh\n{script}\n")).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    (folder, path)
}

fn answered(script: &str) -> Result<Answer, BrokerError> {
    let (_folder, path) = broker(script);
    let answer = run(&path, &request());
    if let Err(error) = &answer {
        assert!(!format!("{error} {error:?} {:?}", error.hint()).contains("canary"), "{error:?}");
    }
    answer
}

#[test]
fn the_request_goes_in_and_the_answer_comes_out() {
    let script = format!(
        r#"[ $# = 0 ] || exit 9
read -r request
case $request in *'"do":"caller-identity"'*canary-in*) ;; *) exit 8 ;; esac
printf '%s' '{{"account_id": "123456789012", "arn": "arn:aws:iam::123456789012:user/x", "user_id": "AIDA", {NOTES}}}'"#
    );
    let answer = answered(&script).unwrap();
    assert_eq!(answer.identity().unwrap().account_id, "123456789012");
    assert!(matches!(answer.credentials(), Err(BrokerError::Answer(_))));
}

#[test]
fn a_failure_comes_with_all_its_words_and_warnings() {
    let error = answered(
        r#"cat >/dev/null; printf '%s' '{"error": {"code": "mfa-needed", "message": "a code is needed", "hint": "one\ntwo", "place": "c:3", "kind": "needs-person"}, "awsenv": {"protocol": 1, "warnings": ["w"]}}'"#,
    );
    let Err(BrokerError::Failed { failure, warnings }) = error else { panic!("no failure") };
    assert_eq!((failure.code.as_str(), failure.message.as_str()), ("mfa-needed", "a code is needed"));
    assert_eq!((failure.hint.as_deref(), failure.place.as_deref()), (Some("one\ntwo"), Some("c:3")));
    assert_eq!((failure.kind, warnings), (FailureKind::NeedsPerson, vec!["w".to_owned()]));
}

#[test]
fn no_answer_has_a_reason() {
    let cases = [
        ("exit 0", "broker-failed"),
        ("cat >/dev/null; kill -KILL $$", "broker-failed"),
        ("printf canary", "broker-answer"),
        ("printf '{}'", "broker-answer"),
        (r#"printf '{"canary": "canary", "awsenv": {"protocol": "1"}}'"#, "broker-answer"),
        (r#"printf '{"awsenv": {"protocol": 2, "more": 1}}'"#, "broker-protocol"),
        (r#"printf '{"error": {"code": "x"}, "awsenv": {"protocol": 1}}'"#, "broker-answer"),
        (
            r#"printf '{"error": {"code": "A [x]", "message": "m", "kind": "refused"}, "awsenv": {"protocol": 1}}'"#,
            "broker-answer",
        ),
        ("yes canary | head -c 3000000", "broker-answer"),
    ];
    for (script, code) in cases {
        let error = answered(script).err().unwrap_or_else(|| panic!("{script} was an answer"));
        assert_eq!(error.code(), code, "{script}: {error}");
        assert!(error.hint().is_some(), "{script}");
    }
}

#[test]
fn what_is_over_is_no_credentials() {
    let text = |end: &str| {
        format!(r#"{{"Version": 1, "AccessKeyId": "A", "SecretAccessKey": "s", "Expiration": "{end}", {NOTES}}}"#)
    };
    let now = "2026-10-20T12:00:00Z".parse().unwrap();
    assert!(read_answer(text("2026-10-20T12:00:01Z").as_bytes(), now).unwrap().credentials().is_ok());
    assert!(read_answer(text("2026-10-20T12:00:00Z").as_bytes(), now).unwrap().credentials().is_err());
}

#[test]
fn one_that_others_can_change_is_not_started() {
    let (folder, path) = broker("exit 0");
    let code = |path: &Path| find(Some(path)).map_err(|error| error.code().to_owned());
    assert_eq!(code(&path), Ok(path.canonicalize().unwrap()));
    for mode in [0o775, 0o757] {
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
        assert_eq!(code(&path), Err("broker-untrusted".into()), "{mode:o}");
    }
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o777)).unwrap();
    assert_eq!(code(&path), Err("broker-untrusted".into()), "anybody could put another there");
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o1777)).unwrap();
    assert!(code(&path).is_ok(), "in a sticky folder nobody can");
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).unwrap();
    // A link is as good as what it leads to.
    let link = folder.path().join("link");
    std::os::unix::fs::symlink(&path, &link).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o777)).unwrap();
    assert_eq!(code(&link), Err("broker-untrusted".into()));
}

/// Where this runs as root, a file can be given to somebody else.
#[test]
fn one_of_another_user_is_not_started() {
    let (_folder, path) = broker("exit 0");
    if std::os::unix::fs::chown(&path, Some(12_345), None).is_ok() {
        assert_eq!(find(Some(&path)).unwrap_err().code(), "broker-untrusted");
    } else {
        assert!(!rustix::process::geteuid().is_root(), "root may give files away");
    }
}

#[test]
fn missing_and_relative_ones_are_told_apart() {
    assert_eq!(find(Some(Path::new("bin/awsenv-broker"))).unwrap_err().code(), "broker-untrusted");
    assert_eq!(find(Some(Path::new("/nowhere/awsenv-broker"))).unwrap_err().code(), "broker-missing");
    assert_eq!(find(Some(Path::new("/"))).unwrap_err().code(), "broker-missing");
    // Beside the test program there is none.
    let error = find(None).unwrap_err();
    assert!(matches!(&error, BrokerError::Missing { path } if path.ends_with("awsenv-broker")), "{error}");
}
