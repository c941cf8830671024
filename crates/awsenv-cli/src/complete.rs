//! What the completion scripts ask: `awsenv __complete SHELL REQUEST …`, hidden from help and stable.
//!
//! | request | answers |
//! |---|---|
//! | `words INDEX -- WORD…` | what word INDEX of an awsenv command line can become (0 is the command itself) |
//! | `profiles WORD` | profile names that begin with WORD and can stand as a word of their own |
//! | `assigned WORD` | profile names that begin with WORD and follow a `=` |
//! | `core` | the rest of the hook's text, for shells whose hook comes in two parts |
//! | `script COMMAND` | the script itself, for the hook's function COMMAND, asking this program by its path |
//! | `line awsenv\|aws\|assignments` (bash) | the same for a line of text, see [`bash`] |
//!
//! Status 0 with candidates, one a line, in the form that the shell's script expects ([`answer`]); [`COMMAND`] where
//! the words from the printed number on are another command's; [`NOT_OURS`] where awsenv has nothing to say. Nothing is
//! ever said on standard error: it would land in the middle of the line that is being typed.

mod answer;
mod bash;
mod lexer;
mod names;
mod position;
mod word;

use std::ffi::OsString;
use std::io::Read;

use awsenv_host::settings::HookMode;
use awsenv_shell::{CoreSettings, Shell, core_script, hook_completion};

use crate::commands::guard::guarded_commands;
use crate::commands::init::own_path;
use crate::context::Context;
use crate::outcome::Outcome;

use names::{Dash, Matching};
use position::Position;

/// The name of the hidden command.
pub(crate) const REQUEST: &str = "__complete";

/// The exit status that says: complete another command, whose first word is the one of the printed number.
const COMMAND: i32 = 10;

/// The exit status that says: this is no place for a profile's name.
const NOT_OURS: i32 = 11;

/// Runs it.
pub(crate) fn run(context: &Context, arguments: &[OsString]) -> Outcome {
    answered(context, arguments).unwrap_or_else(|| with_status(NOT_OURS, String::new()))
}

fn answered(context: &Context, arguments: &[OsString]) -> Option<Outcome> {
    let (shell, rest) = arguments.split_first()?;
    let shell: Shell = shell.to_str()?.parse().ok()?;
    let (request, rest) = rest.split_first()?;
    match request.to_str()? {
        "core" => core(context, shell),
        "script" => {
            let program = own_path().ok()?;
            let command = rest.first()?.to_str()?;
            Some(Outcome::stdout(hook_completion(shell, program.to_str()?, command).ok()??))
        }
        "line" => line(context, rest.first()?.to_str()?),
        "words" => {
            let (index, rest) = rest.split_first()?;
            let (separator, words) = rest.split_first()?;
            let index: usize = index.to_str()?.parse().ok()?;
            let mut words: Vec<OsString> = if separator == "--" { words.to_vec() } else { return None };
            words.truncate(index + 1);
            words.resize(index + 1, OsString::new());
            let typed = word::typed(shell, words[index].to_str()?);
            words[index] = typed.clone().into();
            let candidates = match position::of(&words) {
                Position::Command(first) => return Some(another_command(first)),
                Position::Profile(dash) => names::candidates(context, &typed, dash, Matching::of(shell)),
                Position::Filter(dash) => names::filters(context, &typed, dash, Matching::of(shell)),
                Position::Region(before) => names::regions(context, &typed, &before),
                Position::SsoSession(before) => names::sso_sessions(context, &typed, &before),
                Position::Other(candidates) => candidates,
            };
            Some(Outcome::stdout(answer::render(shell, &candidates)))
        }
        request @ ("profiles" | "assigned") => {
            let typed = word::typed(shell, rest.first().map_or(Some(""), |word| word.to_str())?);
            let dash = if request == "assigned" { Dash::Anything } else { Dash::NotFirst };
            let candidates = names::candidates(context, &typed, dash, Matching::of(shell));
            Some(Outcome::stdout(answer::render(shell, &candidates)))
        }
        _ => None,
    }
}

/// The rest of the hook, with what the settings say about it. Settings that can't be read are told by what else reads
/// them.
fn core(context: &Context, shell: Shell) -> Option<Outcome> {
    let settings = context.read_settings().map(|(settings, _)| settings).unwrap_or_default();
    let guards = guarded_commands(&settings);
    let settings = CoreSettings {
        folders: settings.hook != HookMode::Off,
        binds_folders: !settings.directories.is_empty(),
        guards: &guards,
    };
    Some(Outcome::stdout(core_script(shell, &settings)?))
}

fn another_command(first: usize) -> Outcome {
    with_status(COMMAND, format!("{first}\n"))
}

fn with_status(status: i32, stdout: String) -> Outcome {
    Outcome { stdout, stderr: String::new(), status, used: None }
}

/// bash's own request: its words are broken at `:` and `=`, so its script hands over the text, by standard input, since
/// a line to complete can hold a secret and everybody sees arguments.
fn line(context: &Context, grammar: &str) -> Option<Outcome> {
    let mut input = String::new();
    std::io::stdin().lock().take(1 << 20).read_to_string(&mut input).ok()?;
    let (tail, line) = input.split_once('\0')?;
    let request = bash::Line::read(line, tail)?;
    let (typed, prefix) = (request.typed(), String::new());
    let profiles = |typed: &str, dash| names::candidates(context, typed, dash, Matching::Prefix);
    let (prefix, candidates) = match grammar {
        "awsenv" => {
            let words: Vec<OsString> = request.words().iter().map(OsString::from).collect();
            match position::of(&words) {
                Position::Command(first) => return Some(another_command(first)),
                Position::Profile(dash) => (prefix, profiles(typed, dash)),
                Position::Filter(dash) => (prefix, names::filters(context, typed, dash, Matching::Prefix)),
                Position::Region(before) => (prefix, names::regions(context, typed, &before)),
                Position::SsoSession(before) => (prefix, names::sso_sessions(context, typed, &before)),
                Position::Other(candidates) => (prefix, candidates),
            }
        }
        "aws" => match typed.strip_prefix("--profile=") {
            Some(rest) => ("--profile=".to_owned(), profiles(rest, Dash::Anything)),
            None if request.words().iter().rev().nth(1).is_some_and(|word| word == "--profile") => {
                (prefix, profiles(typed, Dash::NotFirst))
            }
            None => return None,
        },
        "assignments" => {
            let (name, rest) = typed.split_once('=')?;
            if !matches!(name, "AWS_PROFILE" | "AWS_DEFAULT_PROFILE") {
                return None;
            }
            (format!("{name}="), profiles(rest, Dash::Anything))
        }
        _ => return None,
    };
    Some(Outcome::stdout(request.render(&prefix, &candidates)))
}
