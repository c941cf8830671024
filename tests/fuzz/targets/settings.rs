//! awsenv's own settings file. Nothing panics, and every warning has a line of the file.
#![no_main]

use std::path::Path;

use awsenv_core::change::check_value;
use awsenv_host::settings::Settings;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    // Included files are read from disk, which is none of the fuzzer's business.
    if data.windows(7).any(|part| part == b"include") {
        return;
    }
    let lines = data.iter().filter(|byte| **byte == b'\n').count() + 1;
    let is_line = |line: u32| (1..=lines).contains(&(line as usize));
    match Settings::parse(Path::new("/settings"), data, Some(Path::new("/home/someone"))) {
        Ok(settings) => {
            for warning in &settings.warnings {
                assert!(is_line(warning.place.line), "{warning}");
                assert!(check_value("a warning", &warning.to_string()).is_ok(), "{warning:?}");
            }
            let text = String::from_utf8_lossy(data);
            for name in ["client1-prod", "", text.as_ref()] {
                settings.class_of(name);
                settings.alias_of(name);
                if let Ok(Some(account)) = settings.pin(name) {
                    assert!(account.len() == 12 && account.bytes().all(|byte| byte.is_ascii_digit()));
                }
            }
        }
        Err(error) => assert!(!error.to_string().is_empty()),
    }
});
