//! The shells: how each quotes a value, how each applies an environment change at once or not at all, and how each
//! is made to notice a failure.
//!
//! The change is data ([`EnvChange`]); this crate only renders it. One file a shell, the same four functions in the
//! same order: `quote`, `change`, `failure`, `form`. Shells of the `sh` family share their grammar in `sh_family`.
//!
//! Quoting is a security boundary of each shell: no shell borrows another's. What comes in has been checked by
//! awsenv-core (names are names, values hold no control characters), so that a renderer has to refuse only what its
//! own shell can't say.

mod ash;
mod bash;
mod cmd;
pub mod completion;
mod dash;
mod dialect;
mod elvish;
mod error;
mod fish;
mod init;
mod ksh;
mod mksh;
mod nu;
mod posix;
mod powershell;
pub mod prompt;
mod sh_family;
mod shell;
mod snippet;
mod tcsh;
mod xonsh;
mod yash;
mod zsh;

use awsenv_core::change::{EnvChange, EnvVar, check_value};

pub use error::RenderError;
pub use init::{CoreSettings, InitError, InitOptions, core_script, hook_completion, init_script};
pub use shell::{Shell, UnknownShell};
pub use snippet::Snippet;

/// The text that makes `shell` apply `change` when it is evaluated in the shell's documented way
/// ([`evaluation_form`]).
///
/// It applies the whole change or nothing, and says which by the status of the evaluation:
/// - Cut off after any byte it applies nothing and the evaluation fails; only an empty text succeeds everywhere. Two
///   shells can't promise that, and their files say what they do instead: tcsh doesn't notice a cut after the first
///   4 or 5 bytes (nothing is applied then either), and cmd takes one command a line.
/// - If a variable can't be changed (it is readonly; in ksh and mksh a name reference; in fish a universal variable that
///   would have to be unset), nothing is applied, a line on the shell's standard error says so, and it fails.
/// - Otherwise every variable of the change is afterwards what the change says, whatever attribute or scope it had
///   before, and the status is 0, also under strict modes.
///
/// No trailing line break.
pub fn render_change(shell: Shell, change: &EnvChange) -> Result<Snippet, RenderError> {
    render(shell, change, "")
}

/// As [`render_change`], for a shell that has loaded its hook ([`init_script`]): the text has the hook keep what
/// `awsenv back` gives back, after it is certain that the change can be applied and before it is.
///
/// `is_exported` says which variables were in the environment when the text was made. The process that renders was
/// started by the shell, so its own environment is the answer; most shells of the `sh` family could not tell cheaply.
pub fn render_change_for_hook(
    shell: Shell,
    change: &EnvChange,
    is_exported: impl Fn(&str) -> bool,
) -> Result<Snippet, RenderError> {
    render(shell, change, &save_arguments(change, is_exported))
}

fn render(shell: Shell, change: &EnvChange, save: &str) -> Result<Snippet, RenderError> {
    let mut snippet = Snippet::with_capacity(snippet::capacity(change));
    (shell.dialect().change)(change, save, snippet.text_mut())?;
    Ok(snippet)
}

/// The arguments of the hook's `__awsenv_save`: the names that are exported now, `--`, all others.
fn save_arguments(change: &EnvChange, is_exported: impl Fn(&str) -> bool) -> String {
    let (exported, others): (Vec<&str>, Vec<&str>) =
        change.iter().map(EnvVar::name).partition(|name| is_exported(name));
    exported.into_iter().chain(["--"]).chain(others).collect::<Vec<_>>().join(" ")
}

/// The text that makes an evaluation in `shell` fail and changes nothing.
///
/// `message` may hold anything. Only nu's text carries it (nu goes on after a failing command in a pipe, so the error
/// must be in the data); every other shell gets a constant, and the reason goes to standard error.
pub fn render_failure(shell: Shell, message: &str) -> String {
    (shell.dialect().failure)(message)
}

/// The text that applies `change` as [`render_change`] does, and then fails: for a lock after a failure, which must not
/// look like a success.
pub fn render_change_and_fail(shell: Shell, change: &EnvChange, message: &str) -> Result<Snippet, RenderError> {
    Ok(and_fail(shell, render_change(shell, change)?, message))
}

/// [`render_change_for_hook`] with the failure of [`render_change_and_fail`]: a lock is a step that `back` undoes.
pub fn render_change_and_fail_for_hook(
    shell: Shell,
    change: &EnvChange,
    is_exported: impl Fn(&str) -> bool,
    message: &str,
) -> Result<Snippet, RenderError> {
    Ok(and_fail(shell, render_change_for_hook(shell, change, is_exported)?, message))
}

fn and_fail(shell: Shell, mut snippet: Snippet, message: &str) -> Snippet {
    let failure = render_failure(shell, message);
    let text = snippet.text_mut();
    match shell {
        // One object says both.
        Shell::Nu => {
            text.truncate(text.len() - 1);
            text.push_str(", ");
            text.push_str(failure.trim_start_matches('{'));
        }
        // Its evaluation takes one line.
        Shell::Tcsh => {
            text.push_str("; ");
            text.push_str(&failure);
        }
        _ => {
            text.push('\n');
            text.push_str(&failure);
        }
    }
    snippet
}

/// `value` as one word of `shell`'s language, safe to stand as an argument in a command line that a person copies.
pub fn quote(shell: Shell, value: &str) -> Result<String, RenderError> {
    check_value("the word", value)?;
    let mut text = String::with_capacity(value.len() + 2);
    (shell.dialect().quote)(value, &mut text)?;
    Ok(text)
}

/// How a person evaluates `command`, itself a command line such as `awsenv use client1`, at `shell`'s prompt.
pub fn evaluation_form(shell: Shell, command: &str) -> String {
    (shell.dialect().form)(command)
}

#[cfg(test)]
mod tests;
