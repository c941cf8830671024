//! What the hook asks at a prompt: the end of an identity, and its renewal in the background. Hidden from help.
//!
//! | request | who | does |
//! |---|---|---|
//! | `__end --hook SHELL` | the prompt, when the end has come | locks the shell, and says so |
//! | `__renew PID` | a process in the background | gets new credentials into the caches, asking nobody; leaves a note beside the shell's stamp |
//! | `__take --hook SHELL PID` | the prompt, when there is a note | applies what is in the caches |
//!
//! All of them leave alone what awsenv did not make, what was changed by hand, and what would now come from other files
//! or another chain (`AWSENV_SOURCE`).

use std::fs;
use std::path::PathBuf;
use std::time::Duration;

use awsenv_core::fingerprint;
use awsenv_core::identity::{EXPIRED_PROFILE, Identity, epoch_seconds, owned_profile};
use awsenv_core::options::UseOptions;
use awsenv_core::switch::plan_lock;
use awsenv_host::freshness::LONGEST_RENEW_WINDOW;
use awsenv_host::{files, stamps};
use jiff::Timestamp;

use super::clear::missing_profile;
use super::prompt::outlook;
use crate::context::Context;
use crate::error::{CliError, Status, printable};
use crate::evaluation::{self, Target};
use crate::outcome::Outcome;
use crate::prepare::{Renewal, Wanted, prepare};

/// The name of the request at the end.
pub(crate) const END: &str = "__end";
/// The name of the request in the background.
pub(crate) const RENEW: &str = "__renew";
/// The name of the request that takes over.
pub(crate) const TAKE: &str = "__take";

/// What is left beside the stamp when there are new credentials.
const RENEWED: &str = "renewed";
/// What is left beside it when a person is needed; holds the line that says so.
const PERSON: &str = "person";
/// For which key that was said: it is said once.
const SAID: &str = "said";

/// How long after one try in the background another one is made.
const PAUSE: Duration = Duration::from_secs(60);
/// Nothing is to be done.
const NOTHING: u8 = 0;
/// The end has come: [`END`].
const ENDED: u8 = 10;
/// It is time for [`RENEW`].
const DUE: u8 = 11;
/// There is a note: [`TAKE`].
const NOTED: u8 = 12;

/// What a hook that can't tell the time has to do, as the exit status of awsenv-prompt: [`ENDED`], [`DUE`], [`NOTED`] or
/// [`NOTHING`]. That it is due is said once in a while.
pub(crate) fn due(context: &Context, shell: u32) -> u8 {
    let environment = &context.environment;
    let Some(profile) = owned_profile(environment) else { return NOTHING };
    let Some(end) = Identity::from_environment(environment, false).expiration else { return NOTHING };
    if end <= context.now {
        return ENDED;
    }
    let is_there = |kind: &str| note_path(shell, kind).is_some_and(|path| path.exists());
    if is_there(RENEWED) || is_there(PERSON) {
        return NOTED;
    }
    // Nothing is renewed earlier, and files stay closed until then.
    if end.duration_since(context.now) > LONGEST_RENEW_WINDOW {
        return NOTHING;
    }
    let is_wanted = context.read_settings().is_ok_and(|(settings, _)| settings.refresh);
    let is_time = is_wanted && outlook(context, profile).renew_at.is_some_and(|at| at <= context.now);
    if is_time && tries(context, shell) { DUE } else { NOTHING }
}

/// Whether the last try was long enough ago; then this counts as one.
fn tries(context: &Context, shell: u32) -> bool {
    let Some(path) = note_path(shell, "tried") else { return false };
    let tried = fs::metadata(&path).and_then(|metadata| metadata.modified()).ok();
    let tried = tried.and_then(|time| Timestamp::try_from(time).ok());
    let is_long_ago = tried.is_none_or(|tried| context.now.duration_since(tried).unsigned_abs() >= PAUSE);
    is_long_ago && stamps::set(&path, context.now.into()).is_ok()
}

/// Locks the shell if the end of awsenv's own identity has come; else changes nothing.
pub(crate) fn end(context: &Context, target: Target) -> Outcome {
    let identity = Identity::from_environment(&context.environment, false);
    let Some(profile) = identity.profile.as_deref().filter(|_| identity.owned) else { return Outcome::default() };
    if identity.expiration.is_none_or(|end| end > context.now) {
        return Outcome::default();
    }
    let locked = plan_lock(&context.environment, &missing_profile(context, EXPIRED_PROFILE))
        .map_err(CliError::from)
        .and_then(|change| Ok(target.render_quietly(&change)?));
    match locked {
        Ok(snippet) => Outcome {
            stdout: format!("{}\n", snippet.expose()),
            stderr: format!(
                "awsenv: {} has come to its end: no AWS tool finds an identity here now [ended]\n  to go on: {}\n",
                printable(profile),
                printable(&evaluation::use_form_of_hook(target.shell, profile)),
            ),
            status: 0,
            used: None,
        },
        Err(error) => evaluation::failure(context, target.shell, &error),
    }
}

/// Gets new credentials for the identity of the environment into the caches. Says nothing; what comes of it is noted
/// for the shell with this process id.
pub(crate) fn renew(context: &Context, shell: u32) -> Outcome {
    let note = |kind: &str, text: &str| {
        if let Some(path) = note_path(shell, kind) {
            // A note that can't be left is none: the identity comes to its end, and that is said.
            let _ = files::write_private(&path, text.as_bytes());
        }
    };
    match renewed(context) {
        Ok(Some(_)) => note(RENEWED, ""),
        Err(error) if error.status == Status::NeedsPerson || error.code == SOURCE_CHANGED => {
            let hint = error.hint.as_deref().and_then(|hint| hint.lines().next()).unwrap_or_default();
            if !was_said(context, shell) {
                note(PERSON, &format!("{}: {hint}", error.message));
            }
        }
        // The network, AWS: the hook asks again in a while.
        Ok(None) | Err(_) => {}
    }
    Outcome::default()
}

/// Applies what a renewal has put into the caches, or says that a person is needed.
pub(crate) fn take(context: &Context, target: Target, shell: u32) -> Outcome {
    let noted = |kind: &str| -> Option<String> {
        let path = note_path(shell, kind)?;
        let bytes = files::read_up_to(&path, 4096).ok().flatten()?;
        let _ = fs::remove_file(&path);
        Some(String::from_utf8_lossy(&bytes).into_owned())
    };
    // Two processes in the background can leave the same note one after the other.
    if let Some(text) = noted(PERSON).filter(|_| !was_said(context, shell)) {
        if let (Some(path), Some(key)) = (note_path(shell, SAID), context.environment.get("AWSENV_KEY_ID")) {
            // If that can't be written, it is said again.
            let _ = files::write_private(&path, key.as_bytes());
        }
        let profile = owned_profile(&context.environment).unwrap_or_default();
        return Outcome::default().prepend_stderr(&format!(
            "awsenv: {} is not renewed: {}\n",
            printable(profile),
            printable(&text)
        ));
    }
    if noted(RENEWED).is_none() {
        return Outcome::default();
    }
    match renewed(context) {
        Ok(Some(text)) => Outcome::stdout(text(target)),
        Err(error) if error.code == SOURCE_CHANGED => Outcome::default().prepend_stderr(&error.to_text()),
        Ok(None) | Err(_) => Outcome::default(),
    }
}

/// Whether this shell was told that the present key can't be renewed without a person.
fn was_said(context: &Context, shell: u32) -> bool {
    let said = note_path(shell, SAID).and_then(|path| fs::read_to_string(path).ok());
    said.is_some() && said.as_deref() == context.environment.get("AWSENV_KEY_ID")
}

/// The code of the refusal to renew from other files or another chain.
pub(crate) const SOURCE_CHANGED: &str = "source-changed";

/// The text that applies newer credentials than the environment's, for whichever shell; `None` where there is nothing to
/// renew or nothing newer.
fn renewed(context: &Context) -> Result<Option<impl FnOnce(Target) -> String>, CliError> {
    let environment = &context.environment;
    let get = |name| environment.get_nonempty(name);
    let (Some(profile), Some(source), Some(_)) =
        (owned_profile(environment), get("AWSENV_SOURCE"), get("AWSENV_KEY_ID"))
    else {
        return Ok(None);
    };
    let Some(options) = UseOptions::from_text(get("AWSENV_OPTIONS").unwrap_or_default()) else { return Ok(None) };
    let (settings, _) = context.read_settings()?;
    if !settings.refresh {
        return Ok(None);
    }
    let texts = context.read_files()?;
    let until = get("AWSENV_UNTIL").and_then(epoch_seconds);
    let renewal = Renewal { source: fingerprint::source_of(source).to_owned(), until };
    let wanted = Wanted { profile, options, refresh: false, yes: true, mfa: None, renewal: Some(renewal) };
    let prepared = prepare(context, &texts, &settings, &wanted)?;
    let had = Identity::from_environment(environment, false).expiration;
    if prepared.until() <= had {
        return Ok(None);
    }
    let change = prepared.plan(environment)?;
    Ok(Some(move |target: Target| {
        target.render_quietly(&change).map_or_else(|_| String::new(), |snippet| format!("{}\n", snippet.expose()))
    }))
}

fn note_path(shell: u32, kind: &str) -> Option<PathBuf> {
    Some(stamps::path(shell)?.with_extension(kind))
}
