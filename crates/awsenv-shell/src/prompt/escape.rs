//! What each shell would expand in a prompt, and how it is told not to. Every rule was seen in the real shell
//! (`tests/prompt`), but PowerShell's, and cmd's only in Wine.

use super::Embed;
use crate::Shell;

/// `text`, which [`clean`](super::clean()) has been through, so that `shell` shows it as it is and runs nothing of it.
///
/// Safe and exact under the shell's own options; where an option changes what a prompt means (`promptvars`,
/// `prompt_subst`), safe in both positions. What no escape can show is replaced, visibly.
pub fn escape(shell: Shell, embed: Embed, text: &str) -> String {
    let rule = rule(shell, embed);
    let mut escaped = String::with_capacity(text.len() + text.len() / 4);
    for character in text.chars() {
        match rule(character) {
            Some(replacement) => escaped.push_str(replacement),
            None => escaped.push(character),
        }
    }
    escaped
}

/// What stands for a character; `None` for itself.
type Rule = fn(char) -> Option<&'static str>;

fn rule(shell: Shell, embed: Embed) -> Rule {
    match (shell, embed) {
        // Fetched from a variable, or the output of a function, and not looked at again. mksh replaces `!` before it
        // expands, and nothing after.
        (Shell::Bash | Shell::Zsh | Shell::Dash | Shell::Mksh, Embed::Late)
        | (Shell::Fish | Shell::Elvish | Shell::Nu | Shell::Powershell, _) => as_it_is,
        (Shell::Bash, Embed::Early) => bash_early,
        (Shell::Zsh, Embed::Early) => zsh_early,
        (Shell::Dash, Embed::Early) => dash_early,
        (Shell::Mksh, Embed::Early) => mksh_early,
        (Shell::Tcsh, Embed::Late) => tcsh_late,
        (Shell::Tcsh, Embed::Early) => tcsh_early,
        (Shell::Ash | Shell::Yash, Embed::Late) => backslash_late,
        (Shell::Ash, Embed::Early) => ash_early,
        (Shell::Yash, Embed::Early) => yash_early,
        (Shell::Ksh, Embed::Late) => ksh_late,
        (Shell::Ksh, Embed::Early) => ksh_early,
        (Shell::Posix, _) => posix,
        (Shell::Xonsh, Embed::Late) => xonsh_late,
        (Shell::Xonsh, Embed::Early) => xonsh_early,
        (Shell::Cmd, _) => cmd,
    }
}

fn as_it_is(_: char) -> Option<&'static str> {
    None
}

/// First `\` and, in POSIX mode, `!` are replaced, then the result is expanded as in double quotes.
fn bash_early(character: char) -> Option<&'static str> {
    Some(match character {
        '\\' => r"\\\\",
        '$' => r"\\$",
        '`' => r"\\`",
        '!' => r"\041",
        _ => return None,
    })
}

/// With `prompt_subst` first expanded as in double quotes, then `%` is replaced. `%{%}` is nothing, and it parts `$` and
/// `\` from what follows with and without that option. Nothing of the kind can stand in a backtick's place.
fn zsh_early(character: char) -> Option<&'static str> {
    Some(match character {
        '%' => "%%",
        '$' => "$%{%}",
        '\\' => r"\%{%}",
        '`' => "'",
        _ => return None,
    })
}

fn dash_early(character: char) -> Option<&'static str> {
    Some(match character {
        '\\' => r"\\",
        '$' => r"\$",
        '`' => r"\`",
        _ => return None,
    })
}

/// `!` is replaced by the number of the command, `!!` by `!`.
fn mksh_early(character: char) -> Option<&'static str> {
    if character == '!' { Some("!!") } else { dash_early(character) }
}

/// Expanded first, then `!` is replaced.
fn ksh_late(character: char) -> Option<&'static str> {
    (character == '!').then_some("!!")
}

/// Quotes are taken away, too.
fn ksh_early(character: char) -> Option<&'static str> {
    Some(match character {
        '"' => r#"\""#,
        '\'' => r"\'",
        other => return mksh_early(other),
    })
}

/// Expanded first, then the prompt's own escapes are replaced.
fn backslash_late(character: char) -> Option<&'static str> {
    (character == '\\').then_some(r"\\")
}

/// The expansion leaves a backslash where it is, and the prompt's own escapes see it. `\[\]` is nothing, and parts `$`
/// from what follows.
fn yash_early(character: char) -> Option<&'static str> {
    Some(match character {
        '\\' => r"\\",
        '$' => r"$\[\]",
        '`' => r"\`",
        _ => return None,
    })
}

/// As in yash, but the expansion takes one backslash of two.
fn ash_early(character: char) -> Option<&'static str> {
    if character == '\\' { Some(r"\\\\") } else { yash_early(character) }
}

/// Nobody knows which shell it is: what some shell expands is not shown.
fn posix(character: char) -> Option<&'static str> {
    matches!(character, '\\' | '$' | '`' | '!' | '"' | '\'' | '%').then_some("?")
}

/// It counts a column for every character, so that one that takes none would make it lose count. std prints such marks
/// as they are only behind another character.
fn tcsh_late(character: char) -> Option<&'static str> {
    let is_mark = !character.is_ascii() && !is_private(character) && character.escape_debug().len() > 1;
    is_mark.then_some("?")
}

fn is_private(character: char) -> bool {
    matches!(character, '\u{e000}'..='\u{f8ff}' | '\u{f0000}'..='\u{ffffd}')
}

fn tcsh_early(character: char) -> Option<&'static str> {
    Some(match character {
        '%' => "%%",
        '\\' => r"\\",
        '^' => r"\^",
        '!' => r"\!",
        other => return tcsh_late(other),
    })
}

/// The fields are filled in first, then the names of colors in braces are replaced.
fn xonsh_late(character: char) -> Option<&'static str> {
    Some(match character {
        '{' => "{{",
        '}' => "}}",
        _ => return None,
    })
}

fn xonsh_early(character: char) -> Option<&'static str> {
    Some(match character {
        '{' => "{{{{",
        '}' => "}}}}",
        _ => return None,
    })
}

fn cmd(character: char) -> Option<&'static str> {
    (character == '$').then_some("$$")
}
