//! The JSON suites that AWS ships inside the crates.io package `aws-runtime`, run on the strict view: the names and
//! keys that the Rust SDK accepts.
#![allow(clippy::disallowed_methods, reason = "finding the package takes a child process")]

use std::collections::BTreeMap;
use std::path::PathBuf;

use awsenv_core::config::{ConfigFile, ConfigText, is_identifier, parse_config};
use awsenv_core::diagnostic::{Severity, SourceFile};
use awsenv_core::environment::Environment;
use awsenv_core::header::Acceptance;
use awsenv_core::location::{Files, Platform};
use awsenv_core::profile::{Profile, ProfileSet};
use serde_json::Value;

/// One of the suites of the unpacked package.
fn suite(name: &str) -> Vec<Value> {
    let output = std::process::Command::new(env!("CARGO"))
        .args(["metadata", "--format-version", "1", "--manifest-path"])
        .arg(concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml"))
        .output()
        .expect("cargo metadata runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let metadata: Value = serde_json::from_slice(&output.stdout).unwrap();
    let package = metadata["packages"].as_array().unwrap().iter().find(|p| p["name"] == "aws-runtime").unwrap();
    let folder = PathBuf::from(package["manifest_path"].as_str().unwrap());
    let path = folder.with_file_name("test-data").join(name);
    let suite: Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
    suite["tests"].as_array().unwrap().clone()
}

type Properties = BTreeMap<String, String>;

fn strict<'s, 'a: 's>(all: impl Iterator<Item = Profile<'s, 'a>>) -> BTreeMap<String, Properties> {
    all.filter(|profile| profile.acceptance() == Acceptance::All)
        .map(|profile| {
            let mut properties = Properties::new();
            for (_, section) in profile.sections() {
                let file = section.origin.file;
                for property in profile.properties_of(section) {
                    let key = property.key.to_ascii_lowercase();
                    if is_identifier(&key) {
                        let value = profile.get_in(file, &key).unwrap().text.into_owned();
                        properties.insert(key, value);
                    }
                }
            }
            (profile.name().to_owned(), properties)
        })
        .collect()
}

fn expected(case: &Value, kind: &str) -> BTreeMap<String, Properties> {
    let table = &case["output"]["config"][kind];
    if table.is_null() { BTreeMap::new() } else { serde_json::from_value(table.clone()).unwrap() }
}

/// The same meaning in our words.
fn same_meaning(theirs: &str, ours: &str) -> bool {
    let pairs = [
        ("Profile definition must end with ']'", "must start with '[' and end with ']'"),
        ("Expected a profile definition", "expected a profile definition"),
        ("Property did not have a name", "the property did not have a name"),
        ("Expected an '=' sign defining a property", "expected an '=' sign defining a property"),
        ("Expected a property definition", "expected a property definition"),
        ("Expected an '=' sign defining a sub-property", "expected an '=' sign defining a sub-property"),
        ("Sub-property did not have a name", "the sub-property did not have a name"),
    ];
    pairs.iter().any(|(a, b)| theirs.starts_with(a) && ours.contains(b))
}

#[test]
fn all_parser_cases() {
    let cases = suite("profile-parser-tests.json");
    assert_eq!(cases.len(), 65);
    let mut errors = 0;
    for case in &cases {
        let name = case["name"].as_str().unwrap();
        let text = |key: &str| ConfigText::from(case["input"][key].as_str().unwrap_or(""));
        let (config, credentials) = (text("configFile"), text("credentialsFile"));
        let config = parse_config(SourceFile::Config, &config);
        let credentials = parse_config(SourceFile::Credentials, &credentials);
        let found: Vec<_> = [&config, &credentials]
            .iter()
            .flat_map(|file| file.findings())
            .map(|finding| finding.to_diagnostic())
            .filter(|diagnostic| diagnostic.severity == Severity::Error)
            .collect();
        if let Some(theirs) = case["output"]["errorContaining"].as_str() {
            errors += 1;
            assert!(found.iter().any(|ours| same_meaning(theirs, &ours.message)), "{name}: {theirs} in {found:?}");
            assert!(found.iter().all(|ours| ours.origin.is_some_and(|o| o.line > 0 && o.column > 0)), "{name}");
        } else {
            assert!(found.is_empty(), "{name}: {found:?}");
            let set = ProfileSet::normalize(config, credentials);
            assert_eq!(strict(set.profiles()), expected(case, "profiles"), "{name}");
            assert_eq!(strict(set.sso_sessions()), expected(case, "sso_sessions"), "{name}");
        }
    }
    assert_eq!(errors, 10);
}

/// What AWS's suite leaves open: the rest of a file with a bad line stays of use.
#[test]
fn error_cases_lose_nothing_else() {
    for case in suite("profile-parser-tests.json") {
        let Some(_) = case["output"]["errorContaining"].as_str() else { continue };
        let bad = case["input"]["configFile"].as_str().unwrap();
        let text = ConfigText::from(format!("{bad}\n[profile good]\nregion = eu-west-1\n").as_str());
        let set =
            ProfileSet::normalize(parse_config(SourceFile::Config, &text), ConfigFile::empty(SourceFile::Credentials));
        let good = set.get("good").expect("the profile behind the bad line");
        assert_eq!(good.get("region").unwrap().text, "eu-west-1");
        assert_eq!(good.broken(), None);
        if let Some(foo) = set.get("foo") {
            assert!(foo.broken().is_some(), "{bad:?}");
        }
    }
}

#[test]
fn all_file_location_cases() {
    let cases = suite("file-location-tests.json");
    assert_eq!(cases.len(), 9);
    for case in &cases {
        let name = case["name"].as_str().unwrap();
        let variables = case["environment"].as_object().unwrap();
        let environment: Environment = variables.iter().map(|(k, v)| (k.as_str(), v.as_str().unwrap())).collect();
        let platform = match case["platform"].as_str().unwrap() {
            "windows" => Platform::Windows,
            _ => Platform::Unix,
        };
        let files = Files::locate(&environment, platform).unwrap();
        assert_eq!(files.config.to_str(), case["configLocation"].as_str(), "{name}");
        assert_eq!(files.credentials.to_str(), case["credentialsLocation"].as_str(), "{name}");
    }
}
