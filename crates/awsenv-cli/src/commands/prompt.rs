//! `awsenv prompt` and `awsenv-prompt`: what the prompt says about the identity.
//!
//! A prompt is no place for errors: whatever goes wrong, what is printed is short, the status is 0 and standard error
//! stays empty. It is also the one command that runs all the time, so clap stays out of it.

use std::ffi::OsString;
use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

use awsenv_core::chain::CredentialSource;
use awsenv_core::identity::Identity;
use awsenv_core::prompt_format::PromptFormat;
use awsenv_core::resolve::resolve_profile;
use awsenv_host::environment;
use awsenv_host::freshness::renew_window;
use awsenv_host::settings::Settings;
use awsenv_shell::Shell;
use awsenv_shell::prompt::{Embed, escape, paint};
use jiff::Timestamp;

use crate::commands::renew;
use crate::context::Context;
use crate::learn;
use crate::segment::{Body, Outlook, Segment, Template};
use crate::sessions::Kept;
use crate::state::{State, beyond};

/// In place of a segment that could not be made; means the same in every shell.
const TROUBLE: &str = "aws?";

const HELP: &str = "\
Print the prompt segment: who the environment says you are, where, and for how long

Usage: awsenv-prompt [--shell SHELL] [--embed late|early] [--format TEXT] [--json]

Options:
      --shell SHELL       Escape it for the prompt of this shell; by default it is plain text
      --embed late|early  How it gets into the prompt: by a variable that the prompt names (late, the
                          default), or pasted into it (early)
      --format TEXT       This format in place of the settings', such as '{profile}{ left}'
      --json              Everything as data, in one line; nothing where nobody chose an identity
  -h, --help              Print help
  -V, --version           Print version
";

/// What the arguments ask for.
#[derive(Debug, PartialEq, Eq)]
enum Asked {
    Segment(Option<Shell>, Embed, Option<String>),
    /// What it is made of, as JSON.
    Json,
    /// The same for a hook, which learns by the exit status what else there is to do; the last is its shell's process id.
    Told(Shell, Embed, u32),
    /// What this shell needs to build it itself, whose process id is the second.
    Learn(Shell, u32),
    Help,
    Version,
}

/// Prints the segment, or what else the arguments ask for.
pub(crate) fn main(arguments: &[OsString]) -> ExitCode {
    let _ = std::panic::take_hook();
    #[allow(clippy::exit, reason = "a panic hook has no other way to choose the status")]
    std::panic::set_hook(Box::new(|_| {
        say(TROUBLE);
        std::process::exit(0);
    }));
    match asked(arguments) {
        Some(Asked::Segment(shell, embed, format)) => {
            say(&segment(&Context::of(environment::capture()), shell, embed, format.as_deref()));
        }
        Some(Asked::Json) => say(&json(&Context::of(environment::capture()))),
        Some(Asked::Told(shell, embed, process)) => {
            let context = Context::of(environment::capture());
            say(&segment(&context, Some(shell), embed, None));
            return ExitCode::from(renew::due(&context, process));
        }
        Some(Asked::Learn(shell, process)) => say(&learn::text(&Context::of(environment::capture()), shell, process)),
        Some(Asked::Help) => say(HELP),
        Some(Asked::Version) => say(concat!("awsenv-prompt ", env!("CARGO_PKG_VERSION"), "\n")),
        None => say(TROUBLE),
    }
    ExitCode::SUCCESS
}

/// One write. That nobody reads it is no news.
fn say(text: &str) {
    let mut stdout = std::io::stdout().lock();
    let _ = stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush());
}

/// `None` where they can't be understood.
fn asked(arguments: &[OsString]) -> Option<Asked> {
    let (mut shell, mut embed, mut told, mut format) = (None, Embed::default(), None, None);
    let mut arguments = arguments.iter().map(|argument| argument.to_str());
    while let Some(argument) = arguments.next() {
        let argument = argument?;
        let (option, value) = argument.split_once('=').map_or((argument, None), |(name, value)| (name, Some(value)));
        match option {
            "--shell" => shell = Some(value.or_else(|| arguments.next()?)?.parse().ok()?),
            // The hook's, and nobody else's.
            "--learn" => {
                let shell = value.or_else(|| arguments.next()?)?.parse().ok()?;
                let process = arguments.next()??.parse().ok()?;
                return arguments.next().is_none().then_some(Asked::Learn(shell, process));
            }
            "--format" => format = Some(value.or_else(|| arguments.next()?)?.to_owned()),
            "--json" if value.is_none() => return arguments.next().is_none().then_some(Asked::Json),
            "--tell" => told = Some(value.or_else(|| arguments.next()?)?.parse().ok()?),
            "--embed" => embed = value.or_else(|| arguments.next()?)?.parse().ok()?,
            "-h" | "--help" if value.is_none() => return Some(Asked::Help),
            "-V" | "--version" if value.is_none() => return Some(Asked::Version),
            _ => return None,
        }
    }
    Some(match told {
        Some(process) => Asked::Told(shell?, embed, process),
        None => Asked::Segment(shell, embed, format),
    })
}

fn segment(context: &Context, shell: Option<Shell>, embed: Embed, format: Option<&str>) -> String {
    let environment = &context.environment;
    let settings = || {
        let mut settings = Settings::of_user(environment).ok();
        if let (Some(settings), Some(format)) = (&mut settings, format) {
            settings.prompt = PromptFormat::parse(format).0;
        }
        settings
    };
    let segment = Segment::of(environment, context.now, settings, |profile| outlook(context, profile).outlook);
    let Some(Segment { text, color }) = segment else { return String::new() };
    // Plain text is for programs that have colors of their own.
    let Some(shell) = shell else { return text };
    let escaped = escape(shell, embed, &text);
    match color.filter(|_| context.shows_colors()) {
        Some(color) => paint(shell, embed, &escaped, color),
        None => escaped,
    }
}

/// Names and values as they are shown: clean, and cut where they are long.
fn json(context: &Context) -> String {
    let settings = || Settings::of_user(&context.environment).ok();
    let outlook = |profile: &str| outlook(context, profile).outlook;
    let Some(template) = Template::of(&context.environment, None, settings, outlook) else { return String::new() };
    let Template { body, facts, .. } = template;
    let end = match &body {
        Body::Timed { end, .. } => Some(end.as_second()),
        Body::Fixed(_) => None,
    };
    let value = serde_json::json!({
        "text": body.at(context.now),
        "profile": facts.name,
        "region": facts.region,
        "class": facts.class,
        "account_id": facts.account,
        "expiration": end,
        "at_the_end": facts.outlook.as_str(),
        "conflict": facts.is_marked,
    });
    format!("{value}\n")
}

/// What files and caches say about the end of an identity.
pub(crate) struct Found {
    /// What comes then.
    pub(crate) outlook: Outlook,
    /// From when on a renewal in the background makes sense; only for an identity whose keys are in the environment.
    pub(crate) renew_at: Option<Timestamp>,
    /// The files.
    pub(crate) files: Vec<PathBuf>,
}

/// Looks up what comes when the credentials of `profile` end.
pub(crate) fn outlook(context: &Context, profile: &str) -> Found {
    let missing = |files| Found { outlook: Outlook::Missing, renew_at: None, files };
    let Ok(texts) = context.read_files() else { return missing(Vec::new()) };
    let mut files = vec![texts.files.config.clone(), texts.files.credentials.clone()];
    let set = texts.profiles();
    let Ok(chain) = resolve_profile(&set, profile) else { return missing(files) };
    files.extend(learn::cache(context, &chain));
    let outlook = match beyond(context, &chain) {
        State::LoginNeeded => Outlook::NeedsLogin,
        State::MfaNeeded => Outlook::NeedsMfa,
        State::Refreshable => Outlook::Renews,
        State::Ready | State::Expired | State::Broken => Outlook::Ends,
    };
    let end = Identity::from_environment(&context.environment, false).expiration;
    let is_kept = matches!(
        chain.last().source,
        CredentialSource::AssumeRole(_)
            | CredentialSource::WebIdentity { .. }
            | CredentialSource::Sso(_)
            | CredentialSource::LoginSession { .. }
    );
    // What ends because it was not to be kept longer is not renewed for that.
    let is_wanted = context.environment.get("AWSENV_UNTIL") != context.environment.get("AWSENV_EXPIRATION");
    let renew_at = end.filter(|_| is_kept && is_wanted && context.environment.is_set("AWSENV_KEY_ID")).map(|end| {
        let entry = Kept::of(context, &set, &chain).and_then(|kept| kept.session(&chain.steps));
        end - renew_window(entry.and_then(|entry| entry.lifetime()))
    });
    Found { outlook, renew_at, files }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(line: &str) -> Option<Asked> {
        asked(&line.split_whitespace().map(OsString::from).collect::<Vec<_>>())
    }

    #[test]
    fn arguments() {
        assert_eq!(of(""), Some(Asked::Segment(None, Embed::Late, None)));
        assert_eq!(of("--shell zsh --embed=early"), Some(Asked::Segment(Some(Shell::Zsh), Embed::Early, None)));
        assert_eq!(of("--embed late --shell=nu"), Some(Asked::Segment(Some(Shell::Nu), Embed::Late, None)));
        assert_eq!((of("-h"), of("--shell zsh --version")), (Some(Asked::Help), Some(Asked::Version)));
        assert_eq!(of("--format {profile}"), Some(Asked::Segment(None, Embed::Late, Some("{profile}".into()))));
        assert_eq!((of("--json"), of("--json x")), (Some(Asked::Json), None));
        assert_eq!(of("--learn bash 42"), Some(Asked::Learn(Shell::Bash, 42)));
        for wrong in [
            "--learn bash",
            "--learn bash x",
            "--learn bash 1 2",
            "--shell",
            "--shell sh9",
            "--embed soon",
            "x",
            "--",
            "--help=1",
            "--shell=",
        ] {
            assert_eq!(of(wrong), None, "{wrong}");
        }
    }
}
