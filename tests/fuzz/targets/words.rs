//! The small languages: headers, commands, options and names kept in variables, durations, times, patterns, key ids.
#![no_main]

use awsenv_core::account::account_from_key_id;
use awsenv_core::diagnostic::SourceFile;
use awsenv_core::duration::{format_duration, parse_duration};
use awsenv_core::header::read_header;
use awsenv_core::options::{UseOptions, format_previous, is_region, parse_previous};
use awsenv_host::credential_process::{split_windows_words, split_words};
use awsenv_host::timestamp::{format_expiration, parse_expiration};
use awsenv_shell::Shell;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    for file in [SourceFile::Config, SourceFile::Credentials] {
        read_header(file, text);
    }
    if let Ok(words) = split_words(text) {
        // Quoted again word by word they are the same words.
        let line: Vec<String> = words.iter().map(|word| format!("'{}'", word.replace('\'', "'\\''"))).collect();
        assert_eq!(split_words(&line.join(" ")).as_ref(), Ok(&words));
    }
    let _ = split_windows_words(text);
    if let Some(options) = UseOptions::from_text(text) {
        assert_eq!(UseOptions::from_text(&options.to_text()), Some(options.clone()));
        if !text.is_empty() {
            let previous = format_previous(text, &options.to_text());
            assert_eq!(parse_previous(&previous), Some((text, options)));
        }
    }
    if let Some((profile, options)) = parse_previous(text) {
        let again = format_previous(profile, &options.to_text());
        assert_eq!(parse_previous(&again), Some((profile, options)));
    }
    if let Ok(duration) = parse_duration(text) {
        assert_eq!(parse_duration(&format_duration(duration)), Ok(duration));
    }
    if let Some(time) = parse_expiration(text) {
        let again = parse_expiration(&format_expiration(time)).expect("what is written is read");
        assert!(again <= time && time.duration_since(again).as_secs() == 0);
    }
    if let Some(account) = account_from_key_id(text) {
        assert!(account.len() == 12 && account.bytes().all(|byte| byte.is_ascii_digit()));
    }
    assert!(!is_region(text) || text.is_ascii());
    let _ = Shell::from_process_name(text);
});
