//! `cargo xtask try`: the main job on the sample files, in a real shell and a temporary home, shown and checked.

use std::collections::BTreeMap;
use std::env;
use std::ffi::OsString;
use std::io::{IsTerminal as _, Write as _};
use std::path::{Path, PathBuf};
use std::time::Instant;

use jiff::{SignedDuration, Timestamp};

use crate::args::Args;
use crate::failure::{Failure, Result};
use crate::files;
use crate::process;
use crate::tour::{self, Seen, Stop};
use crate::try_aws;
use crate::workspace::Workspace;

pub(crate) const HELP: &str = "
  --quick  the first part alone

Builds awsenv (debug), copies tests/samples/home to a temporary HOME below target/, and goes through a day's work in a
real shell (bash, else sh). Then it builds awsenv-broker, which takes minutes the first time, and shows a role with MFA
and a login at IAM Identity Center against fakes of AWS on loopback: no account is needed, and nothing leaves the machine.
Everything shown is checked too: the exit status is 0 only if all of it is right.
Your own ~/.aws is neither read nor written. Secrets are shown as ********.
";

/// Stand before and after what a stop printed, and around its number and status. No program prints them by itself.
const MARKS: (char, char) = ('\u{1e}', '\u{1f}');

/// Every made-up secret and token in the samples ends in one of these.
const SECRETS: [&str; 2] = ["EXAMPLEKEY", "EXAMPLETOKEN=="];

/// What a secret looks like in the transcript.
const MASK: &str = "********";

/// The programs of the first part: all that a shell waits for.
const HOT: [&str; 2] = ["awsenv", "awsenv-prompt"];

/// Runs the command.
pub(crate) fn run(workspace: &Workspace, mut args: Args) -> Result<bool> {
    let is_quick = args.flag("--quick");
    args.finish()?;
    let start = Instant::now();
    println!("building awsenv ...");
    process::must(workspace.cargo(["build", "--quiet", "--locked", "-p", "awsenv-cli", "--bins"]), false)?;
    println!("built in {:.1} s\n", start.elapsed().as_secs_f64());

    let scratch = files::Scratch::new(workspace.target().join(format!("try-{}", std::process::id())))?;
    let shell = ["bash", "sh"].iter().find_map(|name| process::find(name));
    let shell = shell.ok_or_else(|| Failure::new("there is neither bash nor sh on PATH"))?;
    let home = make_home(workspace, scratch.path())?;
    // Without the broker, which may lie beside them: nothing here asks anybody.
    let programs = gather(workspace, &scratch.path().join("bin"), &HOT)?;
    let walk = Walk { shell: &shell, programs: &programs, home: &home, scratch: scratch.path(), variables: Vec::new() };
    let title = format!("A tour in {}, on the files in tests/samples/home (~ is a temporary HOME).\n", shell.display());
    if !walk.show(&title, &tour::stops())? {
        return Ok(false);
    }
    if is_quick {
        println!("Roles, MFA and logins: `cargo xtask try` without --quick, which builds the broker, too.");
    } else if !try_aws::run(workspace, &shell, scratch.path())? {
        return Ok(false);
    }
    println!("Yours: `cargo xtask install`, then `eval \"$(awsenv use PROFILE)\"`.");
    Ok(true)
}

/// Copies programs that were built into a folder of their own, where only the user can change them.
pub(crate) fn gather(workspace: &Workspace, folder: &Path, names: &[&str]) -> Result<PathBuf> {
    for name in names {
        let name = format!("{name}{}", env::consts::EXE_SUFFIX);
        let place = folder.join(&name);
        files::copy(&workspace.target().join("debug").join(&name), &place)?;
        files::set_mode(&place, 0o755)?;
    }
    Ok(folder.to_owned())
}

/// A way through stops, in one shell.
pub(crate) struct Walk<'a> {
    /// The shell.
    pub(crate) shell: &'a Path,
    /// Where the programs are.
    pub(crate) programs: &'a Path,
    /// The temporary HOME.
    pub(crate) home: &'a Path,
    /// A folder for what is written on the way.
    pub(crate) scratch: &'a Path,
    /// More variables.
    pub(crate) variables: Vec<(&'static str, OsString)>,
}

impl Walk<'_> {
    /// Walks, shows what was seen, and checks it: whether all of it is right.
    pub(crate) fn show(&self, title: &str, stops: &[Stop]) -> Result<bool> {
        let start = Instant::now();
        let seen = walk(self, stops)?;
        let time = start.elapsed();
        let bold = std::io::stdout().is_terminal();
        let mut text = title.to_owned();
        let mut wrong = 0;
        let mut before: Option<&Seen> = None;
        for (stop, seen) in stops.iter().zip(&seen) {
            text.push_str(&transcript(stop, seen, self.home, bold));
            let mut faults = stop.faults(seen, before);
            if !stop.shows_secrets && SECRETS.iter().any(|secret| seen.output.contains(secret)) {
                faults.push("it printed a secret".to_owned());
            }
            for fault in &faults {
                text.push_str(&format!("    ^^^ NOT AS IT SHOULD BE: {}\n", mask(fault)));
            }
            wrong += usize::from(!faults.is_empty());
            before = Some(seen);
        }
        let checks: usize = stops.iter().map(Stop::checks).sum();
        if wrong == 0 {
            let (count, time) = (stops.len(), time.as_secs_f64());
            text.push_str(&format!("\nAll as it should be: {count} commands, {checks} checks, {time:.1} s.\n"));
        } else {
            text.push_str(&format!("\n{wrong} of {} commands are not as they should be.\n", stops.len()));
        }
        // In one write, so that a pager that is left early is no panic.
        let written = std::io::stdout().write_all(text.as_bytes());
        written.map_err(|error| Failure::new(format!("standard output: {error}")))?;
        Ok(wrong == 0)
    }
}

/// Copies the samples, with the expiry in the AWS CLI's cache an hour from now, as after a recent `aws` command.
fn make_home(workspace: &Workspace, scratch: &Path) -> Result<PathBuf> {
    let samples = workspace.root().join("tests/samples/home");
    let home = scratch.join("home");
    let in_one_hour = (Timestamp::now() + SignedDuration::from_hours(1)).strftime("%Y-%m-%dT%H:%M:%SZ").to_string();
    let (cached, rest): (Vec<_>, Vec<_>) =
        files::tree(&samples)?.into_iter().partition(|file| file.starts_with(".aws/cli/cache"));
    // What is older than the files may come from what they said before.
    for file in rest.into_iter().chain(cached) {
        let place = home.join(&file);
        files::copy(&samples.join(&file), &place)?;
        if file.starts_with(".aws/cli/cache") {
            files::write(&place, files::read(&place)?.replace("@IN_ONE_HOUR@", &in_one_hour))?;
        }
        if file.starts_with(".aws") {
            files::set_mode(&place, 0o600)?;
        }
    }
    Ok(home)
}

/// Runs every stop's command in one shell, so that what one leaves behind the next one finds.
fn walk(walk: &Walk<'_>, stops: &[Stop]) -> Result<Vec<Seen>> {
    let Walk { shell, programs, home, scratch, variables } = walk;
    let mut script = String::from("cd ~\n");
    let (open, close) = (MARKS.0 as u32, MARKS.1 as u32);
    for (number, stop) in stops.iter().enumerate() {
        let command = stop.command.replace('\'', r"'\''");
        let variables = scratch.join(format!("variables-{number}"));
        script.push_str(&format!(
            "printf '\\{open:03o}'\neval '{command}'\nprintf '\\{close:03o}%d\\n' \"$?\"\nenv >'{}'\n",
            variables.display()
        ));
    }
    let place = scratch.join("tour.sh");
    files::write(&place, script)?;

    let path = env::var_os("PATH").unwrap_or_default();
    let folders = [(*programs).to_owned(), home.join("bin")].into_iter().chain(env::split_paths(&path));
    let path = env::join_paths(folders).map_err(|error| Failure::new(format!("PATH: {error}")))?;
    let mut command = process::command(shell, []);
    command.arg(&place).env_clear().env("HOME", home).env("PATH", path).env("LANG", "C.UTF-8").env("TERM", "dumb");
    command.envs(variables.iter().map(|(name, value)| (name, value)));
    let ran = process::run(command, false)?;
    if !ran.ok {
        return Err(Failure::new(format!("the shell itself failed\n{}", mask(&ran.output))));
    }
    let mut seen = Vec::new();
    for (number, (output, status)) in parse(&ran.output).into_iter().enumerate() {
        let text = files::read(&scratch.join(format!("variables-{number}")))?;
        let pairs = text.lines().filter_map(|line| line.split_once('='));
        let variables = pairs.filter(|(name, _)| name.starts_with("AWS"));
        let variables: BTreeMap<_, _> = variables.map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
        seen.push(Seen { output, status, variables });
    }
    if seen.len() != stops.len() {
        return Err(Failure::new(format!("the shell stopped early\n{}", mask(&ran.output))));
    }
    Ok(seen)
}

/// What each stop printed, and its status.
fn parse(output: &str) -> Vec<(String, i32)> {
    let pieces = output.split(MARKS.0).skip(1);
    pieces
        .filter_map(|piece| {
            let (text, status) = piece.rsplit_once(MARKS.1)?;
            Some((text.to_owned(), status.trim().parse().ok()?))
        })
        .collect()
}

/// What the reader sees of one stop.
fn transcript(stop: &Stop, seen: &Seen, home: &Path, bold: bool) -> String {
    let (bold, plain) = if bold { ("\u{1b}[1m", "\u{1b}[0m") } else { ("", "") };
    let about = if stop.about.is_empty() { String::new() } else { format!("\n# {}\n", stop.about) };
    let mut text = format!("{about}{bold}$ {}{plain}\n", stop.command);
    let output = mask(&seen.output).replace(&home.display().to_string(), "~");
    if !output.trim_end().is_empty() {
        text.push_str(output.trim_end());
        text.push('\n');
    } else if stop.shows_secrets {
        text.push_str("(nothing)\n");
    }
    if seen.status != 0 {
        text.push_str(&format!("[exit status {}]\n", seen.status));
    }
    text
}

/// The text with every word that ends like a secret of the samples hidden.
fn mask(text: &str) -> String {
    let is_word = |letter: char| letter.is_ascii_alphanumeric() || "/+=-_.".contains(letter);
    let mut masked = String::new();
    let mut rest = text;
    while !rest.is_empty() {
        let end = rest.find(|letter| !is_word(letter)).unwrap_or(rest.len());
        let (word, tail) = rest.split_at(end);
        match word.split_once('=') {
            _ if !SECRETS.iter().any(|secret| word.contains(secret)) => masked.push_str(word),
            Some((name, value)) if !value.trim_matches('=').is_empty() => {
                masked.push_str(name);
                masked.push('=');
                masked.push_str(MASK);
            }
            _ => masked.push_str(MASK),
        }
        let mut letters = tail.chars();
        masked.extend(letters.next());
        rest = letters.as_str();
    }
    masked
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hides_secrets_and_nothing_else() {
        assert_eq!(
            mask("AWS_SECRET_ACCESS_KEY=a/EXAMPLEKEY\nAWS_ACCESS_KEY_ID=AKIAIOSFODNN7EXAMPLE\n"),
            "AWS_SECRET_ACCESS_KEY=********\nAWS_ACCESS_KEY_ID=AKIAIOSFODNN7EXAMPLE\n"
        );
        assert_eq!(mask("AWS_SESSION_TOKEN='x+EXAMPLETOKEN==' ok"), "AWS_SESSION_TOKEN='********' ok");
        assert_eq!(mask("\"x/EXAMPLETOKEN==\","), "\"********\",");
    }

    #[test]
    fn splits_what_the_shell_printed() {
        let output = "noise\u{1e}one\ntwo\n\u{1f}0\n\u{1e}\u{1f}1\n";
        assert_eq!(parse(output), [("one\ntwo\n".to_owned(), 0), (String::new(), 1)]);
    }
}
