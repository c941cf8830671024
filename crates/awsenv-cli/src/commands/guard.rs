//! `__guard -- COMMAND…`: whether a guarded command may run with the identity at hand. The hook's functions for the
//! commands that the settings guard ask this first; status 0 lets the command run.

use std::ffi::OsString;
use std::path::Path;

use awsenv_core::identity::{Active, Identity};
use awsenv_host::folders;
use awsenv_host::glob;
use awsenv_host::settings::{Class, Settings};

use crate::confirm;
use crate::context::Context;
use crate::error::{CliError, printable};
use crate::evaluation::use_form_of_hook;
use crate::outcome::Outcome;

/// The name of the request.
pub(crate) const GUARD: &str = "__guard";

/// Runs it.
pub(crate) fn run(context: &Context, rest: &[OsString]) -> Outcome {
    let command: Vec<String> =
        rest.iter().skip_while(|word| *word == "--").map(|word| word.to_string_lossy().into_owned()).collect();
    match check(context, &command) {
        Ok(()) => Outcome::default(),
        Err(error) => Outcome::failure(&error),
    }
}

fn check(context: &Context, command: &[String]) -> Result<(), CliError> {
    let (settings, _) = context.read_settings()?;
    let guards = |class: &&Class| class.guard.iter().any(|pattern| is_guarded(pattern, command));
    if !settings.classes.iter().any(|class| guards(&class)) {
        return Ok(());
    }
    let name = printable(command.first().map_or("", String::as_str));
    let identity = Identity::from_environment(&context.environment, false);
    let stop = |code, why: String| Err(CliError::new(code, format!("{name} was not run: {why}")));
    if matches!(identity.active, Active::Locked | Active::None) {
        // It will fail by itself, and nobody is hurt.
        return Ok(());
    }
    if identity.expiration.is_some_and(|end| end <= context.now) {
        return stop("ended", "the identity has come to its end".to_owned());
    }
    if let Some(conflict) = identity.conflicts.first() {
        return stop("foreign", format!("{} {}", conflict.variable, conflict.why)).map_err(|error: CliError| {
            error.hint("`awsenv current` tells all; `awsenv use PROFILE` makes it one identity")
        });
    }
    let Some(profile) = identity.profile.as_deref() else {
        return stop("foreign", "nobody knows whose keys these are: awsenv did not export them".to_owned())
            .map_err(|error: CliError| error.hint("awsenv use PROFILE"));
    };
    check_folder(context, &settings, &identity, profile).or_else(|why| stop("not-the-folders", why))?;
    match settings.class_of(profile).filter(guards) {
        Some(class) => confirm::ask_for_command(class, profile, &name),
        None => Ok(()),
    }
}

/// Whether the identity is the one that is meant in this folder; why not, if not.
fn check_folder(context: &Context, settings: &Settings, identity: &Identity, profile: &str) -> Result<(), String> {
    let binding = match folders::find(Path::new("."), settings) {
        Ok(Some(binding)) => binding,
        Ok(None) => return Ok(()),
        Err(error) => return Err(printable(&error.to_string())),
    };
    let folder = printable(&binding.folder.display().to_string());
    if let Some(meant) = binding.meant.profile.as_deref().filter(|meant| *meant != profile) {
        return Err(format!(
            "in {folder} {} is meant, and this is {} ({})",
            printable(meant),
            printable(profile),
            printable(&use_form_of_hook(awsenv_shell::Shell::Posix, meant))
        ));
    }
    let account = context.environment.get_nonempty("AWSENV_ACCOUNT").filter(|_| identity.owned);
    match (binding.meant.account.as_deref(), account) {
        (Some(meant), Some(is)) if meant != is => {
            Err(format!("{folder} is pinned to account {meant}, and this is {is}", is = printable(is)))
        }
        (Some(meant), None) => Err(format!("{folder} is pinned to account {meant}, and nothing proves whose this is")),
        _ => Ok(()),
    }
}

/// Whether each word of `pattern` matches a word of the command, in the same order, the first one the command itself.
/// Options may stand anywhere between them: asking once too often is the lesser evil.
fn is_guarded(pattern: &str, command: &[String]) -> bool {
    let mut words = command.iter();
    let mut pattern = pattern.split_whitespace();
    let is_command = match (pattern.next(), words.next()) {
        (Some(wanted), Some(name)) => glob::matches(wanted, name.rsplit('/').next().unwrap_or(name)),
        _ => false,
    };
    is_command && pattern.all(|wanted| words.any(|word| glob::matches(wanted, word)))
}

/// The commands that functions are made for: the first words of the patterns, as far as they are plain names.
pub(crate) fn guarded_commands(settings: &Settings) -> Vec<&str> {
    let patterns = settings.classes.iter().flat_map(|class| &class.guard);
    let mut names: Vec<&str> = patterns.filter_map(|pattern| pattern.split_whitespace().next()).collect();
    let is_name = |name: &str| {
        let ok = |b: u8| b.is_ascii_alphanumeric() || b"_-.".contains(&b);
        name.starts_with(|c: char| c.is_ascii_alphabetic()) && name.bytes().all(ok) && name != "awsenv"
    };
    names.retain(|name| is_name(name));
    names.sort_unstable();
    names.dedup();
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    fn guarded(pattern: &str, line: &str) -> bool {
        is_guarded(pattern, &line.split(' ').map(str::to_owned).collect::<Vec<_>>())
    }

    #[test]
    fn words_in_order_wherever_options_stand() {
        for (pattern, line) in [
            ("terraform apply", "terraform apply"),
            ("terraform apply", "terraform apply -auto-approve"),
            ("terraform apply", "terraform -chdir=live apply"),
            ("terraform apply", "/usr/bin/terraform apply"),
            ("aws * delete-*", "aws s3api delete-bucket --bucket x"),
            ("aws * delete-*", "aws --profile p --region eu-west-1 s3api delete-bucket"),
            ("kubectl", "kubectl get pods"),
            ("terra* destroy", "terragrunt destroy"),
        ] {
            assert!(guarded(pattern, line), "{pattern}: {line}");
        }
        for (pattern, line) in [
            ("terraform apply", "terraform plan"),
            ("terraform apply", "tofu apply"),
            ("aws * delete-*", "aws s3 rm"),
            ("aws * delete-*", "aws delete-x"),
            ("", "terraform"),
        ] {
            assert!(!guarded(pattern, line), "{pattern}: {line}");
        }
    }

    #[test]
    fn functions_are_made_for_plain_names() {
        let class =
            |guard: &[&str]| Class { guard: guard.iter().map(|g| (*g).to_owned()).collect(), ..Class::default() };
        let settings = Settings {
            classes: vec![
                class(&["terraform apply", "aws * delete-*", "x;touch$IFS/ran y", "* all", "/bin/rm x", "awsenv use"]),
                class(&["terraform destroy", "aws-nuke", ""]),
            ],
            ..Settings::default()
        };
        assert_eq!(guarded_commands(&settings), ["aws", "aws-nuke", "terraform"]);
    }
}
