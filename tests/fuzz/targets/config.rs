//! Both files, separated by a NUL: read, merged, resolved, remarked upon. Nothing may panic, and what a line says is
//! never told of another line.
#![no_main]

use awsenv_core::config::{ConfigText, is_identifier, parse_config};
use awsenv_core::diagnostic::{Origin, SourceFile};
use awsenv_core::profile::ProfileSet;
use awsenv_core::profile_settings::export_settings;
use awsenv_core::remarks;
use awsenv_core::resolve::{find_profile, resolve_profile};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let (config, credentials) = match data.iter().position(|byte| *byte == 0) {
        Some(at) => (&data[..at], &data[at + 1..]),
        None => (data, &[][..]),
    };
    let (Ok(config), Ok(credentials)) =
        (ConfigText::from_bytes(config.to_vec()), ConfigText::from_bytes(credentials.to_vec()))
    else {
        return;
    };
    let lines: [Vec<&str>; 2] = [&config, &credentials].map(|text| text.as_str().split('\n').collect());
    let line = |origin: Origin| {
        let lines = &lines[usize::from(origin.file == SourceFile::Credentials)];
        lines.get(origin.line as usize - 1).copied().expect("an origin is a line of its file")
    };
    let set = ProfileSet::normalize(
        parse_config(SourceFile::Config, &config),
        parse_config(SourceFile::Credentials, &credentials),
    );

    for file in [SourceFile::Config, SourceFile::Credentials] {
        let file = set.file(file);
        for section in file.sections() {
            assert!(line(section.origin).contains(section.header));
            for property in file.properties(section) {
                assert!(property.origin.line > section.origin.line);
                assert!(line(property.origin).contains(property.key));
                assert!(line(property.origin).contains(property.first_line));
                let mut last = property.origin.line;
                for continuation in file.continuations(property) {
                    assert!(continuation.origin.line > last);
                    last = continuation.origin.line;
                    assert!(line(continuation.origin).contains(continuation.text));
                }
            }
        }
    }
    for diagnostic in remarks::all(&set) {
        if let Some(origin) = diagnostic.origin {
            line(origin);
        }
        assert!(is_identifier(diagnostic.code));
    }
    for profile in set.profiles() {
        assert!(find_profile(&set, profile.name()).is_ok_and(|found| found.name() == profile.name()));
        for (_, value) in profile.properties() {
            line(value.origin);
        }
        match resolve_profile(&set, profile.name()) {
            Ok(chain) => {
                assert!(!chain.steps.is_empty());
                assert_eq!(chain.roles().count() + 1, chain.steps.len());
            }
            Err(error) => assert!(!error.to_string().is_empty()),
        }
        if let Ok(settings) = export_settings(&set, profile) {
            assert!(settings.variables.iter().all(|(name, _)| name.starts_with("AWS_")));
        }
    }
    if let Err(error) = find_profile(&set, "no such profile, I hope") {
        assert!(!error.to_string().is_empty());
    }
});
