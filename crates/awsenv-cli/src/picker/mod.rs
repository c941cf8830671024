//! The picker behind `awsenv use` without a name: on the person's terminal, whatever the standard streams are.
//!
//! What is picked is what was shown highlighted (or, on a dumb terminal, named without doubt); anything else is
//! cancelled, and then everything stays as it was.

mod details;
mod keys;
mod model;
mod numbered;
mod rank;
mod screen;
mod text;
mod view;

use std::io;

use awsenv_core::profile::ProfileSet;
use awsenv_host::history::{self, History};
use awsenv_host::settings::Settings;
use awsenv_host::terminal::Terminal;

use crate::context::Context;
use crate::error::CliError;
use crate::panic;
use details::Describer;
use rank::Ranking;

/// The profile that the person at the terminal picks.
///
/// # Errors
/// There is no profile, no terminal, or nothing was picked.
pub(crate) fn pick(context: &Context, settings: &Settings, set: &ProfileSet<'_>) -> Result<String, CliError> {
    let history = history::path().map_or_else(History::default, |path| history::read(&path));
    let now = context.now.as_second();
    let names = set.profiles().map(|profile| profile.name()).collect();
    let ranking = Ranking::new(names, |name| history.score(name, now));
    let describer = Describer { set, settings, current: context.environment.get_nonempty("AWSENV_PROFILE") };
    let mut terminal = Terminal::open().map_err(|_| no_terminal())?;
    let picked = if is_dumb(context) {
        numbered::run(&mut terminal, &ranking, &describer)
    } else {
        let colors = context.environment.get_os("NO_COLOR").is_none_or(std::ffi::OsStr::is_empty);
        screen::run(&mut terminal, ranking, &describer, colors, || panic::provoke_in_picker(context))
    };
    picked.map_err(|error| unusable(&error))?.ok_or_else(cancelled)
}

/// Whether the terminal can do no more than print line after line.
fn is_dumb(context: &Context) -> bool {
    context.environment.get_nonempty("TERM").is_none_or(|name| name == "dumb")
}

fn no_terminal() -> CliError {
    CliError::new("no-terminal", "which profile? There is no terminal to ask on")
        .hint("awsenv use PROFILE; `awsenv list` shows them")
        .needs_person()
}

fn unusable(error: &io::Error) -> CliError {
    CliError::new("no-terminal", format!("which profile? The terminal can't be used: {error}"))
        .hint("awsenv use PROFILE; `awsenv list` shows them")
        .needs_person()
}

fn cancelled() -> CliError {
    CliError::new("cancelled", "nothing was picked: everything stays as it was").interrupted()
}
