//! Names of cache files and the splitting of commands, against Python and (where it is installed) botocore.

use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use awsenv_host::cli_cache::{RoleCacheKey, SsoCacheKey};
use awsenv_host::credential_process::{split_windows_words, split_words};
use awsenv_host::environment::capture;
use awsenv_host::sso_cache::SsoTokenKey;
use serde_json::{Value, json};

/// A Python: the one of the test tools, which has botocore, else the one on `PATH`.
fn python() -> Option<PathBuf> {
    let environment = capture();
    let tools = environment
        .get_nonempty("AWSENV_TEST_TOOLS")
        .map_or_else(|| PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../target/test-tools")), PathBuf::from);
    let on_path = environment.get_os("PATH").map_or_else(Vec::new, |path| std::env::split_paths(path).collect());
    let on_path = on_path.into_iter().map(|folder| folder.join("python3"));
    std::iter::once(tools.join("bin/python")).chain(on_path).find(|path| path.is_file())
}

/// What Python answers to each `[kind, case]`; `None`, said aloud, where there is no Python and no one insists.
#[expect(clippy::disallowed_macros, clippy::print_stderr, reason = "a test that is skipped says so")]
fn ask(test: &str, cases: &[Value]) -> Option<Vec<Value>> {
    let Some(python) = python() else {
        let environment = capture();
        let strict = ["CI", "AWSENV_STRICT"].into_iter().any(|name| environment.get_nonempty(name).is_some());
        assert!(!strict, "{test} needs python3");
        eprintln!("skipped: {test} (no python3)");
        return None;
    };
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/python/oracle.py");
    let mut child =
        Command::new(python).arg(script).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("python starts");
    let input = cases.iter().map(|case| format!("{case}\n")).collect::<String>();
    let mut stdin = child.stdin.take().unwrap();
    let writer = std::thread::spawn(move || stdin.write_all(input.as_bytes()));
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap().unwrap();
    assert!(output.status.success());
    let answers = String::from_utf8(output.stdout).unwrap();
    let answers = answers.lines().map(|line| serde_json::from_str(line).unwrap()).collect::<Vec<_>>();
    assert_eq!(answers.len(), cases.len());
    Some(answers)
}

/// Numbers that look random and are the same every time.
struct Dice(u64);

impl Dice {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % limit
    }

    fn one<'a>(&mut self, of: &[&'a str]) -> &'a str {
        of[self.below(of.len())]
    }

    /// A text of up to `length` of these pieces.
    fn text(&mut self, of: &[&str], length: usize) -> String {
        (0..self.below(length + 1)).map(|_| self.one(of)).collect()
    }

    fn maybe<T>(&mut self, make: impl FnOnce(&mut Self) -> T) -> Option<T> {
        (self.below(2) == 0).then(|| make(self))
    }
}

const PIECES: &[&str] = &[
    "a",
    "Z",
    "0",
    " ",
    "\"",
    "\\",
    "/",
    "'",
    "\n",
    "\r",
    "\t",
    "\u{8}",
    "\u{c}",
    "\0",
    "\u{1}",
    "\u{1b}",
    "\u{7f}",
    "\u{80}",
    "ä",
    "€",
    "\u{2028}",
    "\u{ffff}",
    "😀",
    "𐀀",
    "\u{10ffff}",
    "<",
    "&",
    "=",
    "+",
    "e\u{301}",
];

#[test]
fn cache_names_are_botocore_s() {
    let mut dice = Dice(2);
    let (mut cases, mut names) = (Vec::new(), Vec::new());
    for _ in 0..500 {
        let key = RoleCacheKey {
            role_arn: format!("arn:aws:iam::123456789012:role/{}", dice.text(PIECES, 6)),
            // botocore takes an empty session name for none.
            role_session_name: dice.maybe(|dice| format!("s{}", dice.text(PIECES, 4))),
            external_id: dice.maybe(|dice| dice.text(PIECES, 6)),
            mfa_serial: dice.maybe(|dice| dice.text(PIECES, 6)),
            duration_seconds: dice.maybe(|dice| dice.below(50_000) as u64),
            policy: dice.maybe(|dice| {
                let deep =
                    json!([dice.text(PIECES, 3), dice.below(9), null, true, {dice.text(PIECES, 2): [], "b": {}}]);
                json!({dice.text(PIECES, 3): deep, dice.text(PIECES, 3): -5, "Version": "2012-10-17"}).to_string()
            }),
        };
        let mut case = json!({"RoleArn": key.role_arn});
        for (name, value) in [
            ("RoleSessionName", key.role_session_name.clone()),
            ("ExternalId", key.external_id.clone()),
            ("SerialNumber", key.mfa_serial.clone()),
            ("Policy", key.policy.clone()),
        ] {
            if let Some(value) = value {
                case[name] = value.into();
            }
        }
        if let Some(seconds) = key.duration_seconds {
            case["DurationSeconds"] = seconds.into();
        }
        cases.push(json!(["role", case]));
        names.push(key.file_name().unwrap());

        let account_id = dice.text(PIECES, 3);
        let role_name = dice.text(PIECES, 4);
        let text = format!("s{}", dice.text(PIECES, 4));
        let (field, session) = match dice.below(2) {
            0 => ("sessionName", SsoTokenKey::SessionName(text.clone())),
            _ => ("startUrl", SsoTokenKey::StartUrl(text.clone())),
        };
        cases.push(json!(["sso", {"accountId": account_id, "roleName": role_name, field: text}]));
        names.push(SsoCacheKey { account_id, role_name, session }.file_name());
    }
    let Some(answers) = ask("cache_names_are_botocore_s", &cases) else { return };
    for ((case, name), answer) in cases.iter().zip(names).zip(answers) {
        assert_eq!(json!(name.strip_suffix(".json")), answer, "{case}");
    }
}

#[test]
fn commands_are_split_as_botocore_splits_them() {
    let pieces = [
        " ", "\t", "\n", "\r", "'", "\"", "\\", "a", "b c", "#", "$x", "`", "~", ";", "ä", "\u{a0}", "\u{b}", "\\\\",
        "\\\"",
    ];
    let mut dice = Dice(3);
    let cases = (0..3000).flat_map(|_| {
        let text = dice.text(&pieces, 9);
        [json!(["words", text]), json!(["windows", text])]
    });
    let cases = cases.collect::<Vec<_>>();
    let Some(answers) = ask("commands_are_split_as_botocore_splits_them", &cases) else { return };
    for (case, answer) in cases.iter().zip(answers) {
        let text = case[1].as_str().unwrap();
        let split = if case[0] == "words" { split_words(text) } else { split_windows_words(text) };
        if answer != "no botocore" {
            assert_eq!(json!(split.ok()), answer, "{case}");
        }
    }
}
