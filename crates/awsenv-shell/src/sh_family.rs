//! The grammar that the shells of the `sh` family share, and the one shape of their snippet:
//!
//! ```sh
//! { if (\set -- A B C; \unset -v "$@"); then \unset -v A B C; A='1' B='2'; \export A B;
//!   else \echo '…' >&2; \false; fi; }
//! ```
//!
//! - `{` is open until the last byte: every cut is a syntax error, and nothing has run.
//! - The probe runs in a subshell, where `unset` may fail or, as in dash, end the shell without harm. It is cheaper
//!   than it looks (one fork), and the shells' own message names the readonly variable.
//! - Every variable is unset before any is set, which takes off attributes (`declare -i` would *evaluate* the value,
//!   `-u` and `-l` change it).
//! - `\` before a command name keeps aliases away. Assignments stand alone, because `export A='1'` means something
//!   else under `set -k`.
//!
//! A variable that is local to the function in which the snippet is evaluated stays local, as with any assignment.

use awsenv_core::change::EnvChange;

/// What differs between the shells.
pub(crate) struct Grammar {
    /// Text of the probe before `\unset -v "$@"`, where `"$@"` are the names.
    pub(crate) probe: &'static str,
    /// Text before the names of a command that comes before the real `\unset -v`, and text after them.
    pub(crate) prepare: Option<(&'static str, &'static str)>,
    /// How variables are exported.
    pub(crate) export: Export,
    /// What the line on standard error says after "nothing was changed: a managed variable is ".
    pub(crate) obstacle: &'static str,
}

/// The probe that refuses name references (`typeset -n`) in ksh93 and mksh, where there is no safe way to take one off:
/// `unset -v` follows it, `unset -n` is unknown to mksh and crashed ksh93u+m 1.0.4 in a subshell, and `typeset +n`
/// makes a local variable inside a function. `${!NAME}` is the name itself, unless it refers to another; ksh93 wants
/// `set +u` for it. The text that `eval` sees is built from names alone.
pub(crate) const NO_REFERENCES: &str = "\\set +u; for __awsenv_name do \
     if \\eval \"[[ \\${!$__awsenv_name} != $__awsenv_name ]]\"; then \\exit 1; fi; done; ";

/// How variables are exported.
#[derive(Clone, Copy)]
pub(crate) enum Export {
    /// `A='1' B='2'; \export A B`.
    Apart,
    /// `\export A='1' B='2'`.
    Together,
}

/// `'…'`, a single quote as `'\''`: nothing else is special, in any shell of the family.
pub(crate) fn quote(value: &str, out: &mut String) {
    out.push('\'');
    for character in value.chars() {
        if character == '\'' { out.push_str("'\\''") } else { out.push(character) }
    }
    out.push('\'');
}

/// The snippet.
pub(crate) fn change(change: &EnvChange, grammar: &Grammar, save: &str, out: &mut String) {
    if change.is_empty() {
        out.push_str("{ :; }");
        return;
    }
    out.push_str("{ if (\\set --");
    names(change, out);
    out.push_str("; ");
    out.push_str(grammar.probe);
    out.push_str("\\unset -v \"$@\"); then ");
    if !save.is_empty() {
        out.push_str("__awsenv_save ");
        out.push_str(save);
        out.push_str("; ");
    }
    if let Some((before, after)) = grammar.prepare {
        out.push_str(before);
        names(change, out);
        out.push_str(after);
    }
    out.push_str("\\unset -v");
    names(change, out);
    out.push_str("; ");
    export(change, grammar.export, out);
    out.push_str("else \\echo 'awsenv: nothing was changed: a managed variable is ");
    out.push_str(grammar.obstacle);
    out.push_str("' >&2; \\false; fi; }");
}

fn names(change: &EnvChange, out: &mut String) {
    for variable in change {
        out.push(' ');
        out.push_str(variable.name());
    }
}

fn export(change: &EnvChange, export: Export, out: &mut String) {
    let set = || change.iter().filter_map(|variable| Some((variable.name(), variable.value()?)));
    if set().next().is_none() {
        return;
    }
    if matches!(export, Export::Together) {
        out.push_str("\\export ");
    }
    for (index, (name, value)) in set().enumerate() {
        if index > 0 {
            out.push(' ');
        }
        out.push_str(name);
        out.push('=');
        quote(value.expose(), out);
    }
    if matches!(export, Export::Apart) {
        out.push_str("; \\export");
        for (name, _) in set() {
            out.push(' ');
            out.push_str(name);
        }
    }
    out.push_str("; ");
}

/// The text that fails.
pub(crate) fn failure() -> String {
    "false".to_owned()
}

/// `eval "$(command)"`.
pub(crate) fn form(command: &str) -> String {
    format!("eval \"$({command})\"")
}
