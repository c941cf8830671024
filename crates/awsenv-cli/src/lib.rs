//! The command line of awsenv: arguments in, one write out.
//!
//! This crate alone reads arguments, prints and ends the process. Commands whose output a shell evaluates (`use`,
//! `clear`, `back`) and unknown ones print, whatever goes wrong, what makes the evaluation fail.

pub mod args;
mod commands;
mod complete;
mod confirm;
mod context;
mod error;
mod evaluation;
mod learn;
mod obtain;
mod outcome;
mod panic;
mod picker;
mod prepare;
mod request;
mod segment;
mod sessions;
mod state;

use std::ffi::OsString;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use awsenv_host::history;
use awsenv_shell::Shell;
use clap::ArgMatches;
use clap::error::ErrorKind;

use crate::commands::allow::Answer;
use crate::commands::list::Form;
use crate::commands::{
    allow, clear, completions, current, exec, explain, export, flag, identity_options, init, list, login, logout,
    mfa_code, prompt, use_,
};
use crate::commands::{folder, guard, renew};
use crate::context::Context;
use crate::error::CliError;
use crate::evaluation::{Target, has_option, option_value};
use crate::outcome::Outcome;
use crate::prepare::Wanted;

pub use crate::args::command;

/// musl's own allocator maps and unmaps memory dozens of times in the life of one `use`, which is a quarter of its time;
/// this one takes a piece and keeps it.
#[cfg(target_env = "musl")]
#[global_allocator]
static ALLOCATOR: dlmalloc::GlobalDlmalloc = dlmalloc::GlobalDlmalloc;

/// Runs awsenv with the arguments behind the program's name.
pub fn main(arguments: &[OsString]) -> ExitCode {
    // Help and the version are clap's here; the segment is awsenv-prompt's, whatever else is asked.
    if let Some((name, rest)) = arguments.split_first()
        && name == "prompt"
        && !["-h", "--help"].iter().any(|help| has_option(rest, help))
    {
        return prompt::main(rest);
    }
    // Every start of a shell waits for it.
    if let Some((name, rest)) = arguments.split_first()
        && name == "init"
        && let Some(call) = init::Init::plain(rest)
    {
        panic::install_for(call.shell);
        return write_out(&init::run(&call).into());
    }
    let context = Context::capture();
    panic::install(&context, arguments);
    let outcome = run(&context, arguments);
    let status = write_out(&outcome);
    // The shell can go on by now.
    if let Some(name) = outcome.used.as_ref().filter(|_| status == ExitCode::SUCCESS)
        && let Some(path) = history::path()
    {
        history::record(&path, name, context.now.as_second());
    }
    status
}

/// Runs `awsenv-prompt` with the arguments behind the program's name.
pub fn prompt_main(arguments: &[OsString]) -> ExitCode {
    prompt::main(arguments)
}

/// One write to each stream. A reader that went away is no reason to fail; a full disk is: a snippet that did not
/// arrive whole must not count as done.
fn write_out(outcome: &Outcome) -> ExitCode {
    let _ = std::io::stderr().write_all(outcome.stderr.as_bytes());
    let mut stdout = std::io::stdout().lock();
    let written = stdout.write_all(outcome.stdout.as_bytes()).and_then(|()| stdout.flush());
    if let Err(error) = written
        && error.kind() != std::io::ErrorKind::BrokenPipe
    {
        let _ = writeln!(std::io::stderr(), "awsenv: standard output: {error}");
        return ExitCode::from(1);
    }
    ExitCode::from(u8::try_from(outcome.status).unwrap_or(u8::MAX))
}

fn run(context: &Context, arguments: &[OsString]) -> Outcome {
    panic::provoke(context);
    let Some(name) = arguments.first().and_then(|name| name.to_str()) else {
        return help_or_failure(context, arguments, command().try_get_matches_from(whole_line(arguments)));
    };
    let rest = &arguments[1..];
    match name {
        "use" => run_use(context, rest),
        "clear" => evaluated(context, rest, args::clear(), |target, matches| {
            Ok(clear::run(context, target, flag(matches, "lock"), flag(matches, "print")))
        }),
        "back" => evaluated(context, rest, args::back(), |target, _| {
            let error = if target.shell == Shell::Cmd {
                CliError::new("no-hook", "cmd can't remember what was there before without handing it to every program")
                    .hint("`awsenv use -` goes to the profile before")
            } else {
                CliError::new("no-hook", "only the shell itself remembers what was there before")
                    .hint("load awsenv's hook in this shell's start-up file; `awsenv use -` goes to the profile before")
            };
            Ok(evaluation::failure(context, target.shell, &error))
        }),
        complete::REQUEST => complete::run(context, rest),
        folder::FOLDER => folder::run(context, rest),
        guard::GUARD => guard::run(context, rest),
        renew::END => renew::end(context, Target::of_arguments(rest)),
        renew::TAKE => renew::take(context, Target::of_arguments(rest), shell_id(rest)),
        renew::RENEW => renew::renew(context, shell_id(rest)),
        "list" if rest.len() == 1 && rest[0] == "--names" => list::run(context, &[], Form::Names, None).into(),
        "list" => parsed(args::list(), rest, |matches| {
            let filters: Vec<String> = matches.get_many("filter").into_iter().flatten().cloned().collect();
            let forms = [("long", Form::Long), ("json", Form::Json), ("names", Form::Names), ("tree", Form::Tree)];
            let form = forms.into_iter().find(|(name, _)| flag(matches, name)).map_or(Form::Table, |(_, form)| form);
            list::run(context, &filters, form, matches.get_one::<String>("by").map(String::as_str))
        }),
        "current" => parsed(args::current(), rest, |matches| {
            Ok(current::run(context, flag(matches, "json"), flag(matches, "verify")))
        }),
        "explain" => parsed(args::explain(), rest, |matches| {
            explain::run(context, &text(matches, "profile"), flag(matches, "json"))
        }),
        "login" => parsed(args::login(), rest, |matches| login::run(context, matches)),
        "logout" => parsed(args::logout(), rest, |matches| logout::run(context, matches)),
        "init" => parsed(args::init(), rest, |matches| init::run(&init::Init::from_matches(matches)?)),
        // Only its help comes here.
        "prompt" => parsed(args::prompt(), rest, |_| Ok(Outcome::default())),
        "export" => run_export(context, rest),
        "completions" => parsed(args::completions(), rest, |matches| completions::run(&text(matches, "shell"))),
        "allow" => parsed(args::allow(), rest, |matches| allow::run(context, Answer::Allow, named_folder(matches))),
        "deny" => parsed(args::deny(), rest, |matches| allow::run(context, Answer::Deny, named_folder(matches))),
        "exec" => run_exec(context, rest),
        _ => help_or_failure(context, arguments, command().try_get_matches_from(whole_line(arguments))),
    }
}

fn run_use(context: &Context, rest: &[OsString]) -> Outcome {
    // The plain form is the hot path: no need for clap.
    if let Some((target, name)) = plain_use(rest) {
        return use_::run(context, target, &use_::Use::of_profile(name));
    }
    let outcome = evaluated(context, rest, args::use_(), |target, matches| {
        Ok(use_::run(context, target, &use_::Use::from_matches(matches)?))
    });
    if outcome.status != 0 && has_option(rest, use_::OR_CLEAR) {
        return use_::lock_and_fail(context, Target::of_arguments(rest), outcome);
    }
    outcome
}

/// `[--shell SHELL | --hook SHELL] NAME`, where nothing else can be an option.
fn plain_use(rest: &[OsString]) -> Option<(Target, &str)> {
    let is_plain = |name: &OsString| name == "-" || !name.as_encoded_bytes().starts_with(b"-");
    let (option, name) = match rest {
        [name] if is_plain(name) => (None, name),
        [option, shell, name] if (option == "--shell" || option == "--hook") && is_plain(name) => {
            (Some((option, shell.to_str()?.parse::<Shell>().ok()?)), name)
        }
        _ => return None,
    };
    let of = |wanted: &str| option.and_then(|(option, shell)| (option == wanted).then_some(shell));
    Some((Target::new(of("--shell"), of("--hook")), name.to_str()?))
}

fn run_export(context: &Context, rest: &[OsString]) -> Outcome {
    let run = |matches: &ArgMatches| -> Result<Outcome, CliError> {
        let profile = text(matches, "profile");
        let options = identity_options(matches)?;
        let (refresh, yes) = (flag(matches, "refresh"), flag(matches, "yes"));
        let wanted = Wanted { profile: &profile, options, refresh, yes, mfa: mfa_code(matches)?, renewal: None };
        Ok(export::run(context, &wanted, &text(matches, "format"), flag(matches, "print")))
    };
    let mut outcome = parsed(args::export(), rest, run);
    // A wrong option must fail where the text is evaluated, as any other failure does.
    let format = option_value(rest, "--format").unwrap_or_default();
    if outcome.status != 0
        && outcome.stdout.is_empty()
        && !context.stdout_is_terminal
        && let Some(shell) = export::evaluating_shell(&format)
    {
        outcome.stdout = format!("{}\n", awsenv_shell::render_failure(shell, "usage"));
    }
    outcome
}

fn run_exec(context: &Context, rest: &[OsString]) -> Outcome {
    let say = |warnings: &str| {
        let _ = std::io::stderr().write_all(warnings.as_bytes());
    };
    let mut outcome = match args::exec().try_get_matches_from(with_name(rest)) {
        Err(error) => return exec_usage(&error),
        Ok(matches) => {
            let profile = text(&matches, "profile");
            let command: Vec<OsString> = matches.get_many("command").into_iter().flatten().cloned().collect();
            match identity_options(&matches).and_then(|options| Ok((options, mfa_code(&matches)?))) {
                Err(error) => Outcome::failure(&error),
                Ok((options, mfa)) => {
                    let (refresh, yes) = (flag(&matches, "refresh"), flag(&matches, "yes"));
                    let wanted = Wanted { profile: &profile, options, refresh, yes, mfa, renewal: None };
                    return exec::run(context, &wanted, &command, say);
                }
            }
        }
    };
    outcome.status = exec::FAILED;
    outcome
}

fn exec_usage(error: &clap::Error) -> Outcome {
    let mut outcome = of_clap(error);
    if outcome.status != 0 {
        outcome.status = exec::FAILED;
    }
    outcome
}

/// A command whose output people or programs read.
fn parsed(
    command: clap::Command,
    rest: &[OsString],
    run: impl FnOnce(&ArgMatches) -> Result<Outcome, CliError>,
) -> Outcome {
    match command.try_get_matches_from(with_name(rest)) {
        Ok(matches) => run(&matches).into(),
        Err(error) => of_clap(&error),
    }
}

/// A command whose output a shell evaluates: a failure of any kind makes the evaluation fail, and help stays out of it.
fn evaluated(
    context: &Context,
    rest: &[OsString],
    command: clap::Command,
    run: impl FnOnce(Target, &ArgMatches) -> Result<Outcome, CliError>,
) -> Outcome {
    let target = Target::of_arguments(rest);
    match command.try_get_matches_from(with_name(rest)) {
        Ok(matches) => run(target, &matches).unwrap_or_else(|error| evaluation::failure(context, target.shell, &error)),
        Err(error) => clap_failure(context, target.shell, &error),
    }
}

/// No command, an unknown one, `--help`, `--version`.
fn help_or_failure(context: &Context, arguments: &[OsString], matches: Result<ArgMatches, clap::Error>) -> Outcome {
    match matches {
        Err(error) if matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion) => of_clap(&error),
        Err(error) => clap_failure(context, Target::of_arguments(arguments).shell, &error),
        // Every command was matched by name before: this one is not UTF-8.
        Ok(_) => Outcome::failure(&CliError::new("usage", "the arguments are not UTF-8").usage()),
    }
}

fn clap_failure(context: &Context, shell: Shell, error: &clap::Error) -> Outcome {
    let mut outcome = of_clap(error);
    if outcome.status == 0 {
        // Help: into the eyes, not into the evaluation.
        if !context.stdout_is_terminal {
            outcome.stderr = std::mem::take(&mut outcome.stdout);
        }
    } else if !context.stdout_is_terminal {
        outcome.stdout = format!("{}\n", awsenv_shell::render_failure(shell, "the command line can't be understood"));
    }
    outcome
}

/// clap's own words; help and version on standard output.
fn of_clap(error: &clap::Error) -> Outcome {
    // It quotes the arguments as they are.
    let text: String = error.render().to_string().lines().map(|line| error::printable(line) + "\n").collect();
    match error.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => Outcome::stdout(text),
        _ => Outcome { stdout: String::new(), stderr: text, status: error::Status::Usage as i32, used: None },
    }
}

/// The process id of the shell that asks, its last argument; 0, which no shell has, where there is none.
fn shell_id(rest: &[OsString]) -> u32 {
    rest.last().and_then(|id| id.to_str()?.parse().ok()).unwrap_or(0)
}

fn named_folder(matches: &ArgMatches) -> &Path {
    matches.get_one::<PathBuf>("folder").map_or(Path::new("."), PathBuf::as_path)
}

fn text(matches: &ArgMatches, name: &str) -> String {
    matches.get_one::<String>(name).cloned().unwrap_or_default()
}

fn whole_line(arguments: &[OsString]) -> impl Iterator<Item = OsString> {
    std::iter::once(OsString::from("awsenv")).chain(arguments.iter().cloned())
}

fn with_name(rest: &[OsString]) -> impl Iterator<Item = OsString> {
    std::iter::once(OsString::from("awsenv")).chain(rest.iter().cloned())
}
