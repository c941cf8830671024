//! The hook: the text that a start-up file evaluates once (`eval "$(awsenv init bash)"`).
//!
//! Its substance is in real files, `shell/<shell>/hook.*`, that the shells' own linters read. What is generated is
//! only what differs from one installation to the next: a few assignments before the files, quoted by the shell's own
//! rule, and after them the definition of the one function that has a name without `__awsenv_`.

mod cmd;
mod elvish;
mod fish;
mod nu;
mod powershell;
mod tcsh;
mod xonsh;

use thiserror::Error;

use crate::{RenderError, Shell, completion, quote};

/// What differs from one installation of the hook to the next.
#[derive(Clone, Copy, Debug)]
pub struct InitOptions<'o> {
    /// The absolute path of `awsenv`.
    pub binary: &'o str,
    /// The absolute path of `awsenv-prompt`.
    pub prompt_binary: &'o str,
    /// What the function is called: a name made of letters, digits and `_`.
    pub command: &'o str,
    /// Whether the hook puts the segment at the left of the prompt.
    pub prompt: bool,
}

impl<'o> InitOptions<'o> {
    /// What the hooks call these values.
    fn assignments(&self) -> [(&'static str, &'o str); 3] {
        [
            ("__awsenv_binary", self.binary),
            ("__awsenv_prompt_binary", self.prompt_binary),
            ("__awsenv_in_prompt", if self.prompt { "yes" } else { "no" }),
        ]
    }
}

/// What the user's settings say about the hook.
#[derive(Clone, Copy, Debug, Default)]
pub struct CoreSettings<'o> {
    /// Whether folders may mean a profile at all.
    pub folders: bool,
    /// Whether the settings themselves bind folders; else only files can.
    pub binds_folders: bool,
    /// The commands that are guarded: letters, digits, `_`, `-` and `.`, beginning with a letter.
    pub guards: &'o [&'o str],
}

impl CoreSettings<'_> {
    /// As the hooks of bash, zsh and fish know them; others do nothing of that kind.
    fn write(&self, shell: Shell, out: &mut String) {
        let yes = |is: bool| if is { "yes" } else { "no" };
        let (folders, bound) = (yes(self.folders), yes(self.binds_folders));
        match shell {
            Shell::Bash | Shell::Zsh => {
                out.push_str(&format!("__awsenv_folders={folders} __awsenv_bound={bound}\n"));
            }
            Shell::Fish => {
                out.push_str(&format!("set -gu __awsenv_folders {folders}\nset -gu __awsenv_bound {bound}\n"));
            }
            _ => return,
        }
        if !self.guards.is_empty() {
            out.push_str(&format!("__awsenv_guard_commands {}\n", self.guards.join(" ")));
        }
    }
}

/// Why there is no hook's text.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum InitError {
    /// The name means something to the shell, or is none.
    #[error("`{}` can't be the name of the function", .name.escape_debug())]
    Command {
        /// The name.
        name: String,
    },
    /// The shell can't be told a path.
    #[error(transparent)]
    Render(#[from] RenderError),
    /// This shell runs nothing before a prompt.
    #[error("{shell} runs nothing before a prompt")]
    NoPrompt {
        /// The shell.
        shell: Shell,
    },
}

/// More than the longest of the texts takes: memory is asked for once.
const CAPACITY: usize = 16 * 1024;

/// How a shell's hook is put together.
struct Hook {
    /// The text of the assignments.
    head: fn(Shell, &InitOptions<'_>) -> Result<String, RenderError>,
    /// The files, in order.
    files: &'static [&'static str],
    /// The files that are asked for at the first call; none where the hook comes as a whole.
    core: &'static [&'static str],
    /// The definition of the function of that name.
    define: fn(command: &str) -> String,
}

/// Words that no function can be called, or that would take something from the shell. The names that a shell reserves
/// beyond these make the evaluation of the hook fail, which is loud.
const RESERVED: &[&str] = &[
    "alias", "and", "begin", "break", "builtin", "case", "cd", "command", "continue", "coproc", "def", "do", "done",
    "echo", "elif", "else", "end", "esac", "eval", "exec", "exit", "export", "false", "fi", "fn", "for", "function",
    "if", "in", "local", "not", "or", "printf", "read", "readonly", "repeat", "return", "select", "set", "setenv",
    "shift", "source", "switch", "test", "then", "time", "times", "trap", "true", "typeset", "unset", "unsetenv",
    "until", "while",
];

/// The hook for `shell`. Ends in a line break.
pub fn init_script(shell: Shell, options: &InitOptions<'_>) -> Result<String, InitError> {
    if !is_command_name(options.command) {
        return Err(InitError::Command { name: options.command.to_owned() });
    }
    if options.prompt && shell == Shell::Cmd {
        return Err(InitError::NoPrompt { shell });
    }
    let hook = hook(shell);
    let mut text = String::with_capacity(CAPACITY);
    text.push_str(&(hook.head)(shell, options)?);
    for file in hook.files {
        match hook.core {
            [] => text.push_str(file),
            _ => condense(file, &mut text),
        }
    }
    let define = (hook.define)(options.command);
    let completion = match shell {
        // Their hooks ask for it at the first TAB, or at the first prompt.
        Shell::Bash | Shell::Zsh | Shell::Yash | Shell::Tcsh => String::new(),
        _ => completion::script(shell, options.binary, options.command)?.unwrap_or_default(),
    };
    match shell {
        // It completes for the editor, which is not everywhere.
        Shell::Elvish => {
            text.push_str(&define);
            text.push_str(&elvish::in_editor(&completion));
        }
        // The command's definition names what completes it.
        Shell::Nu => text.extend([completion, define]),
        _ => text.extend([define, completion]),
    }
    Ok(text)
}

/// The rest of the hook in fish, tcsh and the shells of the `sh` family, which ask for it where it is needed for the first
/// time; `None` for other shells. Ends in a line break.
pub fn core_script(shell: Shell, settings: &CoreSettings<'_>) -> Option<String> {
    let mut text = String::with_capacity(CAPACITY);
    for file in hook(shell).core {
        match shell {
            Shell::Tcsh => text.push_str(&tcsh::one_line(file)),
            _ => condense(file, &mut text),
        }
    }
    settings.write(shell, &mut text);
    // That it is whole.
    match shell {
        _ if text.is_empty() => return None,
        Shell::Fish => text.push_str("set -gu __awsenv_loaded yes\n"),
        Shell::Tcsh => text.push_str("set __awsenv_loaded;\n"),
        _ => text.push_str("__awsenv_loaded=yes\n"),
    }
    Some(text)
}

/// The completion script for the hook's function `command`, as the hook evaluates it; `None` where a shell has no way to
/// complete.
pub fn hook_completion(shell: Shell, binary: &str, command: &str) -> Result<Option<String>, RenderError> {
    let script = completion::script(shell, binary, command)?;
    Ok(match shell {
        Shell::Tcsh => script.map(|script| tcsh::at_first_prompt(&script)),
        _ => script,
    })
}

/// Comments and indentation are for those who read the files; a shell reads the output of a program bytewise or nearly
/// so, at every start. No line of these files begins inside a string where that would matter.
fn condense(file: &str, out: &mut String) {
    for line in file.split_inclusive('\n').map(|line| line.trim_start_matches([' ', '\t'])) {
        if let Some((line, _)) = line.split_once("() { #") {
            out.extend([line, "() {\n"]);
        } else if !line.starts_with(['\n', '#']) {
            out.push_str(line);
        }
    }
}

fn is_command_name(name: &str) -> bool {
    let starts = |c: char| c == '_' || c.is_ascii_alphabetic();
    name.starts_with(starts)
        && name.chars().all(|c| c == '_' || c.is_ascii_alphanumeric())
        && !name.starts_with("__awsenv")
        && !RESERVED.contains(&name)
}

fn hook(shell: Shell) -> Hook {
    const BASE: &str = include_str!("../../../shell/posix/base.sh");
    const CORE: &str = include_str!("../../../shell/posix/core.sh");
    const POSIX: Hook = Hook {
        head: sh_head,
        files: &[BASE, include_str!("../../../shell/posix/hook.sh")],
        core: &[CORE, include_str!("../../../shell/posix/subshell.sh")],
        define: sh_define,
    };
    match shell {
        Shell::Bash => Hook {
            files: &[BASE, include_str!("../../../shell/bash/hook.bash")],
            core: &[
                CORE,
                include_str!("../../../shell/bash/core.bash"),
                include_str!("../../../shell/bash/segment.bash"),
                include_str!("../../../shell/bash/folder.bash"),
            ],
            ..POSIX
        },
        Shell::Zsh => Hook {
            files: &[include_str!("../../../shell/zsh/hook.zsh")],
            core: &[
                include_str!("../../../shell/zsh/core.zsh"),
                include_str!("../../../shell/zsh/segment.zsh"),
                include_str!("../../../shell/zsh/folder.zsh"),
            ],
            define: zsh_define,
            ..POSIX
        },
        Shell::Ksh => Hook {
            files: &[BASE, include_str!("../../../shell/ksh/hook.ksh")],
            core: &[CORE, include_str!("../../../shell/ksh/core.ksh")],
            ..POSIX
        },
        Shell::Mksh => Hook {
            files: &[BASE, include_str!("../../../shell/mksh/hook.mksh")],
            core: &[CORE, include_str!("../../../shell/mksh/core.mksh")],
            ..POSIX
        },
        Shell::Yash => Hook {
            files: &[BASE, include_str!("../../../shell/yash/hook.yash")],
            core: &[CORE, include_str!("../../../shell/yash/core.yash")],
            ..POSIX
        },
        Shell::Dash | Shell::Ash => POSIX,
        Shell::Posix => Hook {
            core: &[
                CORE,
                include_str!("../../../shell/posix/subshell.sh"),
                include_str!("../../../shell/posix/any.sh"),
            ],
            ..POSIX
        },
        Shell::Fish => fish::HOOK,
        Shell::Elvish => elvish::HOOK,
        Shell::Nu => nu::HOOK,
        Shell::Xonsh => xonsh::HOOK,
        Shell::Tcsh => tcsh::HOOK,
        Shell::Powershell => powershell::HOOK,
        Shell::Cmd => cmd::HOOK,
    }
}

/// Unset before they are set: a variable of the same name may have come from the environment.
fn sh_head(shell: Shell, options: &InitOptions<'_>) -> Result<String, RenderError> {
    let binary = quote(shell, options.binary)?;
    let prompt_binary = match options.prompt_binary.strip_prefix(options.binary) {
        Some("-prompt") => "$__awsenv_binary-prompt".to_owned(),
        _ => quote(shell, options.prompt_binary)?,
    };
    let variables = [
        ("AWSENV_SEGMENT", ""),
        ("__awsenv_loaded", ""),
        ("__awsenv_shell", shell.name()),
        ("__awsenv_in_prompt", if options.prompt { "yes" } else { "no" }),
        ("__awsenv_command", options.command),
        ("__awsenv_binary", &binary),
        ("__awsenv_prompt_binary", &prompt_binary),
    ];
    let mut text = String::from("\\unset -v");
    for (name, _) in variables {
        text.extend([" ", name]);
    }
    for (name, value) in variables {
        text.extend(["\n", name, "=", value]);
    }
    text.push('\n');
    Ok(text)
}

/// An alias of that name would be read into the definition.
fn sh_define(command: &str) -> String {
    format!("\\unalias {command} 2>/dev/null || :\n{command}() {{\n__awsenv_call \"$@\"\n}}\n")
}

/// By `-m` nothing is said where there is none. zsh parses the whole text before it runs `unalias`, so the name stands where no alias is looked for.
fn zsh_define(command: &str) -> String {
    format!("\\builtin unalias -m {command} || :\nfunction {command} {{\n__awsenv_call \"$@\"\n}}\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn script(shell: Shell, binary: &str, command: &str) -> Result<String, InitError> {
        init_script(shell, &InitOptions { binary, prompt_binary: "/b/awsenv-prompt", command, prompt: false })
    }

    #[test]
    fn the_name_is_a_name() {
        for bad in ["", "1", "a-b", "a b", "a;b", "é", "if", "export", "__awsenv_main"] {
            assert!(matches!(script(Shell::Bash, "/b", bad), Err(InitError::Command { .. })), "{bad:?}");
        }
        assert!(script(Shell::Bash, "/b", "aws_as").unwrap().contains("\naws_as() {"));
    }

    #[test]
    fn paths_are_quoted() {
        let text = script(Shell::Bash, "/it's $(x)/awsenv", "awsenv").unwrap();
        assert!(text.contains("__awsenv_binary='/it'\\''s $(x)/awsenv'\n"), "{text}");
        let error = script(Shell::Bash, "/a\nb", "awsenv").unwrap_err();
        assert!(matches!(error, InitError::Render(RenderError::Value(_))), "{error}");
    }
}
