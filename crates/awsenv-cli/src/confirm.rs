//! `confirm = yes` in the settings: who wants an identity of such a class types its name.

use awsenv_host::settings::{Class, Settings};
use awsenv_host::terminal::{Terminal, read_line};

use crate::error::{CliError, printable};

/// How often the name may be typed.
const TRIES: usize = 3;

/// Lets `profile` through if its class asks for no confirmation, or the person at the terminal gives it. `said` is
/// `--yes`.
pub(crate) fn confirm(settings: &Settings, profile: &str, said: bool) -> Result<(), CliError> {
    match settings.class_of(profile).filter(|class| class.confirm && !said) {
        Some(class) => ask(class, profile, "", "to use it"),
        None => Ok(()),
    }
}

/// The same before a guarded command of this name.
pub(crate) fn ask_for_command(class: &Class, profile: &str, command: &str) -> Result<(), CliError> {
    ask(class, profile, &format!("{command} is guarded, and "), &format!("to run {command}")).map_err(|mut error| {
        error.message = format!("{command} was not run: {}", error.message);
        if error.code == "confirm-needed" {
            error.hint = Some(format!("in a script: command {command} …"));
        }
        error
    })
}

fn ask(class: &Class, profile: &str, before: &str, purpose: &str) -> Result<(), CliError> {
    let what = format!("{before}{} is of the class {}", printable(profile), printable(&class.name));
    let no_terminal = |_| {
        CliError::new("confirm-needed", format!("{what}, which must be confirmed, and there is no terminal to ask on"))
            .hint("in a script: --yes")
            .needs_person()
    };
    let mut terminal = Terminal::open().map_err(no_terminal)?;
    terminal.write(&format!("awsenv: {what}.\n")).map_err(no_terminal)?;
    for _ in 0..TRIES {
        terminal.write(&format!("Its name, {purpose} (Ctrl-C leaves everything as it is): ")).map_err(no_terminal)?;
        match read_line(&mut terminal).map_err(no_terminal)? {
            // A name may have blanks at its ends, which nobody would type.
            Some(line) if line.trim() == profile.trim() => return Ok(()),
            Some(_) => {}
            None => {
                let _ = terminal.write("\n");
                return Err(CliError::new("cancelled", "not confirmed: everything stays as it was").interrupted());
            }
        }
    }
    Err(CliError::new("not-confirmed", format!("that is not {profile:?}: everything stays as it was")))
}
