//! `__folder --hook SHELL --was FOLDER HERE`: what the hook does when the shell has come to another folder. Hidden from
//! help.
//!
//! What it prints is evaluated: the folder that binds from now on (`__awsenv_folder`), the switch that is made there, or
//! that the one that was made is taken back (`__awsenv_leave_folder`).

use std::ffi::OsString;
use std::path::Path;

use awsenv_core::change::EnvChange;
use awsenv_core::folder::FOLDER_FILE;
use awsenv_core::identity::owned_profile;
use awsenv_core::options::UseOptions;
use awsenv_host::folders::{self, FolderBinding};
use awsenv_host::settings::{HookMode, Settings};
use awsenv_host::trust::{Trust, TrustStore};
use awsenv_shell::quote;

use crate::context::Context;
use crate::error::{CliError, printable};
use crate::evaluation::{Target, option_value, use_form_of_hook};
use crate::outcome::Outcome;
use crate::prepare::{Wanted, prepare};

/// The name of the request.
pub(crate) const FOLDER: &str = "__folder";

/// The account that the folder is pinned to, for the prompt and for guarded commands.
const ACCOUNT: &str = "AWSENV_FOLDER_ACCOUNT";

/// Runs it.
pub(crate) fn run(context: &Context, rest: &[OsString]) -> Outcome {
    let target = Target::of_arguments(rest);
    let was = option_value(rest, "--was").unwrap_or_default();
    let Some(here) = rest.last().map(Path::new) else { return Outcome::default() };
    // Settings that can't be read are told by what else reads them; a folder is no reason to say it again and again.
    let Ok((settings, _)) = context.read_settings() else { return Outcome::default() };
    if settings.hook == HookMode::Off {
        return Outcome::default();
    }
    let mut said = String::new();
    let found = folders::find(here, &settings);
    let now = match &found {
        Ok(binding) => binding.as_ref().map(|binding| binding.folder.display().to_string()).unwrap_or_default(),
        Err(error) => {
            said = CliError::new(error.code(), error.to_string()).hint("nothing was switched").to_text();
            format!("!{}", here.display())
        }
    };
    if now == was || (now.starts_with('!') && was.starts_with('!')) {
        return Outcome::default();
    }
    let Ok(folder) = quote(target.shell, &now) else { return Outcome::default() };
    let mut text = assignment(target, "__awsenv_folder", &folder);
    let binding = found.ok().flatten();
    let account = binding.as_ref().and_then(|binding| binding.meant.account.as_deref());
    text.push_str(&export_account(target, account));
    match binding.as_ref().map_or(Entered::NotSwitched, |binding| enter(context, &settings, target, binding, &mut said))
    {
        Entered::Switched(switch) => text.push_str(&switch),
        Entered::AlreadyThere => {}
        Entered::NotSwitched => text.push_str("__awsenv_leave_folder\n"),
    }
    Outcome::stdout(text).prepend_stderr(&said)
}

/// What comes of entering a folder.
enum Entered {
    /// The text that makes the folder's identity this shell's.
    Switched(String),
    /// It is this shell's already.
    AlreadyThere,
    /// It is only offered, may not be, or could not be: what another folder had switched to ends here.
    NotSwitched,
}

fn enter(
    context: &Context,
    settings: &Settings,
    target: Target,
    binding: &FolderBinding,
    said: &mut String,
) -> Entered {
    let Some(profile) = binding.meant.profile.as_deref() else { return Entered::NotSwitched };
    let is_active = owned_profile(&context.environment) == Some(profile);
    let folder = printable(&binding.folder.display().to_string());
    let form = printable(&use_form_of_hook(target.shell, profile));
    let trust = match &binding.file {
        None => Trust::Allowed,
        Some(file) => TrustStore::of_user().map_or(Trust::Unknown, |store| store.trust(&file.path, &file.content)),
    };
    if is_active {
        return Entered::AlreadyThere;
    }
    if trust == Trust::Denied {
        return Entered::NotSwitched;
    }
    if settings.hook == HookMode::Suggest {
        said.push_str(&format!("awsenv: in {folder} {} is meant: {form}\n", printable(profile)));
        return Entered::NotSwitched;
    }
    if trust == Trust::Unknown {
        said.push_str(&format!(
            "awsenv: {folder}/{FOLDER_FILE} means {} and may not switch yet: awsenv allow, or awsenv deny\n",
            printable(profile)
        ));
        return Entered::NotSwitched;
    }
    let options = UseOptions { region: binding.meant.region.clone(), ..UseOptions::default() };
    let switched = context.read_files().and_then(|texts| {
        let wanted = Wanted { profile, options, refresh: false, yes: false, mfa: None, renewal: None };
        let prepared = prepare(context, &texts, settings, &wanted)?;
        if let Some(meant) = binding.meant.account.as_deref().filter(|meant| prepared.account_id() != Some(*meant)) {
            let is = prepared.account_id().map_or("unknown", |account| account);
            return Err(CliError::new(
                "account-pin",
                format!("{folder} is pinned to account {meant}, and the account of {profile:?} is {is}"),
            ));
        }
        let snippet = target.render(context, &prepared.plan(&context.environment)?)?;
        Ok((prepared.warnings, snippet))
    });
    match switched {
        Ok((warnings, snippet)) => {
            said.push_str(&warnings);
            said.push_str(&format!("awsenv: {}, for {folder}\n", printable(profile)));
            let word = quote(target.shell, profile).unwrap_or_default();
            Entered::Switched(format!("{}\n__awsenv_keep_folder {word}\n", snippet.expose()))
        }
        Err(error) => {
            said.push_str(&error.to_text());
            Entered::NotSwitched
        }
    }
}

fn assignment(target: Target, name: &str, quoted: &str) -> String {
    match target.shell {
        awsenv_shell::Shell::Fish => format!("set -gu {name} {quoted}\n"),
        _ => format!("{name}={quoted}\n"),
    }
}

fn export_account(target: Target, account: Option<&str>) -> String {
    let mut change = EnvChange::new();
    let changed = match account {
        Some(account) => change.set(ACCOUNT, account),
        None => change.unset(ACCOUNT),
    };
    let rendered = changed.ok().and_then(|()| target.render_quietly(&change).ok());
    rendered.map_or_else(String::new, |snippet| format!("{}\n", snippet.expose()))
}
