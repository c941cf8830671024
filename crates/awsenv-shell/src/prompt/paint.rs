//! Colors around a text that has been escaped, so that the shell knows that they take no room.

use awsenv_core::color::Color;

use super::Embed;
use crate::Shell;

/// `escaped` in `color`, or as it is where the shell can't be told that a color takes no room, and would lose count of
/// the columns: there, nothing but the prompt around the text could say it.
pub fn paint(shell: Shell, embed: Embed, escaped: &str, color: Color) -> String {
    let (sequence, name) = (color.number() + 30, color.name());
    match (shell, embed) {
        // What `\[` and `\]` become.
        (Shell::Bash, Embed::Late) => format!("\u{1}\u{1b}[{sequence}m\u{2}{escaped}\u{1}\u{1b}[39m\u{2}"),
        (Shell::Bash, Embed::Early) | (Shell::Ash, Embed::Late) => {
            format!(r"\[\e[{sequence}m\]{escaped}\[\e[39m\]")
        }
        (Shell::Zsh, Embed::Early) => format!("%F{{{name}}}{escaped}%f"),
        (Shell::Tcsh, Embed::Early) => format!(r"%{{\033[{sequence}m%}}{escaped}%{{\033[39m%}}"),
        (Shell::Yash, _) => {
            let letter = if color == Color::Black { "k" } else { &name[..1] };
            format!(r"\f{letter}.{escaped}\fd.")
        }
        (Shell::Xonsh, _) => format!("{{{}}}{escaped}{{RESET}}", name.to_uppercase()),
        // They know such sequences, have the terminal itself count, or edit no line.
        (Shell::Fish | Shell::Ksh | Shell::Nu | Shell::Powershell | Shell::Dash, _) => {
            format!("\u{1b}[{sequence}m{escaped}\u{1b}[39m")
        }
        (Shell::Zsh | Shell::Tcsh, Embed::Late)
        | (Shell::Ash, Embed::Early)
        | (Shell::Mksh | Shell::Elvish | Shell::Posix | Shell::Cmd, _) => escaped.to_owned(),
    }
}
