//! What a word on an awsenv command line is: by clap_complete's engine, from the definition of that one command.

use std::ffi::OsString;

use clap::{Arg, Command};
use clap_complete::engine::{ArgValueCompleter, CompletionCandidate, complete};

use super::answer::Candidate;
use super::names::Dash;
use crate::args;

/// What the last word can be.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Position {
    /// A profile's name.
    Profile(Dash),
    /// What chooses among profiles: a name, or a field of the naming pattern with its value.
    Filter(Dash),
    /// A region, behind this (`--region=`, or nothing).
    Region(String),
    /// The name of an `[sso-session]`, behind this (`--sso-session=`, or nothing).
    SsoSession(String),
    /// The word, or a part, of another command that begins at this word.
    Command(usize),
    /// One of these, or nothing that is known.
    Other(Vec<Candidate>),
}

/// Stands for the names in what the engine answers, so that it need not carry 10,000 of them; no argument can hold it.
const PROFILES: &str = "\u{1}profiles";
/// Stands for the regions.
const REGIONS: &str = "\u{1}regions";
/// Stands for the names of SSO sessions.
const SSO_SESSIONS: &str = "\u{1}sso-sessions";

/// Reads `words`, of which the first is awsenv itself and the last is being typed.
pub(super) fn of(words: &[OsString]) -> Position {
    let (Some((typed, before)), Some(name)) = (words.split_last(), words.get(1).and_then(|name| name.to_str())) else {
        return Position::Other(Vec::new());
    };
    let escape = before.iter().position(|word| word == "--");
    if let Some(at) = escape.filter(|at| name == "exec" && *at >= 2) {
        return Position::Command(at + 1);
    }
    // Only that command is built; the whole tree where the command itself is being typed.
    let (command, line) = match args::subcommand(name) {
        Some(command) if words.len() > 2 => (command, &words[1..]),
        _ if words.len() > 2 => return Position::Other(Vec::new()),
        _ => (args::command(), words),
    };
    let mut command = marked(command);
    let Ok(mut found) = complete(&mut command, line.to_vec(), line.len() - 1, None) else {
        return Position::Other(Vec::new());
    };
    let is_option = typed.as_encoded_bytes().starts_with(b"-") && escape.is_none();
    let text = |candidate: &CompletionCandidate| candidate.get_value().to_string_lossy().into_owned();
    for value in found.iter().map(text) {
        if value == PROFILES && !is_option {
            let dash = if escape.is_some() { Dash::Anything } else { Dash::NotFirst };
            return if name == "list" { Position::Filter(dash) } else { Position::Profile(dash) };
        }
        if let Some(option) = value.strip_suffix(REGIONS) {
            return Position::Region(option.to_owned());
        }
        if let Some(option) = value.strip_suffix(SSO_SESSIONS) {
            return Position::SsoSession(option.to_owned());
        }
    }
    // Options are offered to those who begin one, or where nothing else is there.
    if !is_option && found.iter().any(|candidate| !text(candidate).starts_with('-')) {
        found.retain(|candidate| !text(candidate).starts_with('-'));
    }
    let found = found.iter().filter(|candidate| text(candidate) != PROFILES);
    Position::Other(
        found
            .map(|candidate| {
                let help = candidate.get_help().map(ToString::to_string).unwrap_or_default();
                Candidate::new(&text(candidate)).described(&help)
            })
            .collect(),
    )
}

fn marked(command: Command) -> Command {
    let mark = |mark: &'static str| {
        move |arg: Arg| arg.add(ArgValueCompleter::new(move |_: &std::ffi::OsStr| vec![CompletionCandidate::new(mark)]))
    };
    let names: Vec<String> = command.get_arguments().map(|arg| arg.get_id().to_string()).collect();
    names.into_iter().fold(command, |command, name| match name.as_str() {
        "profile" | "filter" => command.mut_arg(name, mark(PROFILES)),
        "region" => command.mut_arg(name, mark(REGIONS)),
        "sso-session" => command.mut_arg(name, mark(SSO_SESSIONS)),
        // Each changed argument goes to the end, and their order counts: so all of them go.
        _ => command.mut_arg(name, |arg| arg),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn position(line: &str) -> Position {
        of(&line.split(' ').map(OsString::from).collect::<Vec<_>>())
    }

    fn values(line: &str) -> Vec<String> {
        match position(line) {
            Position::Other(candidates) => candidates.into_iter().map(|candidate| candidate.value).collect(),
            other => panic!("{line}: {other:?}"),
        }
    }

    #[test]
    fn profiles_where_profiles_are_taken() {
        for line in [
            "awsenv use ",
            "awsenv use a",
            "awsenv use --region eu-west-1 a",
            "awsenv use --refresh a",
            "awsenv explain ",
            "awsenv exec a",
            "awsenv export --format env a",
        ] {
            assert_eq!(position(line), Position::Profile(Dash::NotFirst), "{line}");
        }
        assert_eq!(position("awsenv list a b"), Position::Filter(Dash::NotFirst));
        assert_eq!(position("awsenv list a -- -b"), Position::Filter(Dash::Anything));
        assert_eq!(position("awsenv use -- -a"), Position::Profile(Dash::Anything));
    }

    #[test]
    fn commands_options_and_their_values() {
        assert!(values("awsenv ").contains(&"use".to_owned()));
        assert!(!values("awsenv ").iter().any(|value| value.starts_with('-') || value.starts_with('_')));
        assert_eq!(values("awsenv exp"), ["explain", "export"]);
        assert!(values("awsenv use --re").contains(&"--region".to_owned()));
        assert!(values("awsenv use -").contains(&"--or-clear".to_owned()));
        assert_eq!(values("awsenv use --as k"), ["keys"]);
        assert_eq!(values("awsenv use --shell=z"), ["--shell=zsh"]);
        assert_eq!(values("awsenv export a --format github"), ["github"]);
        assert_eq!(values("awsenv use a b"), [""; 0]);
        assert_eq!(values("awsenv nonsense "), [""; 0]);
        assert_eq!(position("awsenv use --region e"), Position::Region(String::new()));
        assert_eq!(position("awsenv login --sso-session a"), Position::SsoSession(String::new()));
        assert_eq!(position("awsenv logout --sso-session="), Position::SsoSession("--sso-session=".to_owned()));
        assert_eq!(position("awsenv login a"), Position::Profile(Dash::NotFirst));
        assert_eq!(position("awsenv use --region=e"), Position::Region("--region=".to_owned()));
    }

    #[test]
    fn what_exec_runs_is_another_command() {
        assert_eq!(position("awsenv exec a -- l"), Position::Command(4));
        assert_eq!(position("awsenv exec a -- aws s3 "), Position::Command(4));
    }
}
