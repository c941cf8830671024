//! The completion scripts, which are real files that the shells' own linters read (`completions/`).
//!
//! Each begins with two assignments, `__awsenv_complete_bin` and `__awsenv_complete_command`: the program that is asked
//! and the name that is completed. As files they say `awsenv` twice; in a hook they say what the hook stands for.

use crate::error::RenderError;
use crate::{Shell, quote};

/// The shells that awsenv completes in.
pub const SHELLS: [Shell; 9] = [
    Shell::Bash,
    Shell::Zsh,
    Shell::Fish,
    Shell::Yash,
    Shell::Tcsh,
    Shell::Elvish,
    Shell::Nu,
    Shell::Xonsh,
    Shell::Powershell,
];

/// The script that completes `awsenv`, asking the program of that name on `PATH`; `None` where a shell has no way to
/// complete.
pub fn text(shell: Shell) -> Option<&'static str> {
    Some(match shell {
        Shell::Bash => include_str!("../../../completions/awsenv.bash"),
        Shell::Zsh => include_str!("../../../completions/awsenv.zsh"),
        Shell::Fish => include_str!("../../../completions/awsenv.fish"),
        Shell::Yash => include_str!("../../../completions/awsenv.yash"),
        Shell::Tcsh => include_str!("../../../completions/awsenv.tcsh"),
        Shell::Elvish => include_str!("../../../completions/awsenv.elv"),
        Shell::Nu => include_str!("../../../completions/awsenv.nu"),
        Shell::Xonsh => include_str!("../../../completions/awsenv.xsh"),
        Shell::Powershell => include_str!("../../../completions/awsenv.ps1"),
        _ => return None,
    })
}

/// What the script is called in `completions/`.
pub fn file_name(shell: Shell) -> Option<String> {
    let extension = match shell {
        Shell::Elvish => "elv",
        Shell::Xonsh => "xsh",
        Shell::Powershell => "ps1",
        shell => shell.name(),
    };
    text(shell).map(|_| format!("awsenv.{extension}"))
}

/// The script that completes the command (or function) `command`, asking the program `binary`, a path or a name on
/// `PATH`.
///
/// `None` where a shell has no way to complete.
///
/// # Errors
/// `binary` or `command` is a text that `shell` can't say.
pub fn script(shell: Shell, binary: &str, command: &str) -> Result<Option<String>, RenderError> {
    let Some(text) = text(shell) else { return Ok(None) };
    let mut script = String::with_capacity(text.len() + binary.len());
    for line in text.split_inclusive('\n') {
        let replaced = [("__awsenv_complete_bin", binary), ("__awsenv_complete_command", command)]
            .into_iter()
            .find_map(|(name, value)| Some((line.split_once(name)?, name, value)))
            // Only an assignment at the beginning of a line, of the value that stands in the file.
            .filter(|((before, after), ..)| {
                !before.starts_with([' ', '\t', '#']) && after.trim_end().ends_with("awsenv'")
            });
        match replaced {
            None => script.push_str(line),
            Some(((before, after), name, value)) => {
                script.push_str(before);
                script.push_str(name);
                script.push_str(after.trim_end().strip_suffix("'awsenv'").unwrap_or(after));
                script.push_str(&quote(shell, value)?);
                script.push('\n');
            }
        }
    }
    Ok(Some(script))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_two_names_are_replaced_and_nothing_else() {
        for shell in SHELLS {
            let text = text(shell).unwrap();
            let same = script(shell, "awsenv", "awsenv").unwrap().unwrap();
            assert_eq!(text.lines().count(), same.lines().count(), "{shell}");
            let other = script(shell, "/opt/my tools/awsenv", "aws-switch").unwrap().unwrap();
            let changed: Vec<&str> =
                text.lines().zip(other.lines()).filter(|(old, new)| old != new).map(|(_, new)| new).collect();
            assert_eq!(changed.len(), 2, "{shell}: {changed:?}");
            for value in ["/opt/my tools/awsenv", "aws-switch"] {
                assert!(other.contains(&quote(shell, value).unwrap()), "{shell}: {value}");
            }
        }
        assert_eq!(text(Shell::Dash), None);
    }
}
