//! Which shells there are, and which one a process name means.

use std::fmt;
use std::str::FromStr;

use thiserror::Error;

use crate::dialect::Dialect;
use crate::{ash, bash, cmd, dash, elvish, fish, ksh, mksh, nu, posix, powershell, tcsh, xonsh, yash, zsh};

/// A shell that awsenv speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Shell {
    /// GNU bash, 3.2 (macOS) and later.
    Bash,
    /// zsh.
    Zsh,
    /// fish, 3.1 and later.
    Fish,
    /// Debian's `/bin/sh`.
    Dash,
    /// busybox's shell.
    Ash,
    /// ksh93 and ksh93u+m.
    Ksh,
    /// The MirBSD Korn shell (Android, and `lksh`).
    Mksh,
    /// yash.
    Yash,
    /// Any other `sh`: only what POSIX says.
    Posix,
    /// tcsh, which is also what `csh` is nearly everywhere.
    Tcsh,
    /// elvish.
    Elvish,
    /// Nushell.
    Nu,
    /// xonsh.
    Xonsh,
    /// Windows PowerShell 5.1 and PowerShell 7.
    Powershell,
    /// The Windows command prompt.
    Cmd,
}

impl Shell {
    /// Every shell, in the order in which they are documented.
    pub const ALL: [Self; 15] = [
        Self::Bash,
        Self::Zsh,
        Self::Fish,
        Self::Dash,
        Self::Ash,
        Self::Ksh,
        Self::Mksh,
        Self::Yash,
        Self::Posix,
        Self::Tcsh,
        Self::Elvish,
        Self::Nu,
        Self::Xonsh,
        Self::Powershell,
        Self::Cmd,
    ];

    /// Its name on the command line, as in `--shell NAME`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Bash => "bash",
            Self::Zsh => "zsh",
            Self::Fish => "fish",
            Self::Dash => "dash",
            Self::Ash => "ash",
            Self::Ksh => "ksh",
            Self::Mksh => "mksh",
            Self::Yash => "yash",
            Self::Posix => "posix",
            Self::Tcsh => "tcsh",
            Self::Elvish => "elvish",
            Self::Nu => "nu",
            Self::Xonsh => "xonsh",
            Self::Powershell => "powershell",
            Self::Cmd => "cmd",
        }
    }

    /// The shell that a process of this name is: `argv[0]`, a path, or what `ps` and `/proc/PID/comm` say.
    ///
    /// A leading `-` (login shell), folders, `.exe` and the version suffixes that distributions use are taken off.
    /// `None` for anything else, among them xonsh where it runs as `python`: that can't be told from any other Python
    /// program, so xonsh users pass `--shell xonsh`.
    pub fn from_process_name(name: &str) -> Option<Self> {
        let name = name.strip_prefix('-').unwrap_or(name);
        let name = name.rsplit(['/', '\\']).next().unwrap_or(name);
        let name = name.to_ascii_lowercase();
        let name = name.strip_suffix(".exe").unwrap_or(&name);
        Some(match name {
            "bash" | "rbash" => Self::Bash,
            "zsh" | "rzsh" | "zsh5" | "zsh-static" => Self::Zsh,
            "fish" => Self::Fish,
            "dash" => Self::Dash,
            "ash" | "busybox" | "busybox-static" => Self::Ash,
            "ksh" | "rksh" | "ksh93" | "rksh93" | "ksh2020" | "ksh93u+m" => Self::Ksh,
            "mksh" | "mksh-static" | "rmksh" | "lksh" => Self::Mksh,
            "yash" => Self::Yash,
            "sh" | "posh" | "hush" => Self::Posix,
            "tcsh" | "csh" => Self::Tcsh,
            "elvish" => Self::Elvish,
            "nu" => Self::Nu,
            "xonsh" => Self::Xonsh,
            "pwsh" | "powershell" | "pwsh-preview" => Self::Powershell,
            "cmd" => Self::Cmd,
            versioned => {
                let base = versioned.trim_end_matches(|c: char| c.is_ascii_digit() || matches!(c, '.' | '-'));
                return (base != versioned).then(|| Self::from_process_name(base)).flatten();
            }
        })
    }

    /// Whether its evaluation ends before the text is evaluated when the program that printed it failed: there, only a
    /// text that fails by itself can both change something and fail.
    pub const fn stops_at_failed_program(self) -> bool {
        matches!(self, Self::Elvish | Self::Nu | Self::Xonsh)
    }

    pub(crate) const fn dialect(self) -> &'static Dialect {
        match self {
            Self::Bash => &bash::DIALECT,
            Self::Zsh => &zsh::DIALECT,
            Self::Fish => &fish::DIALECT,
            Self::Dash => &dash::DIALECT,
            Self::Ash => &ash::DIALECT,
            Self::Ksh => &ksh::DIALECT,
            Self::Mksh => &mksh::DIALECT,
            Self::Yash => &yash::DIALECT,
            Self::Posix => &posix::DIALECT,
            Self::Tcsh => &tcsh::DIALECT,
            Self::Elvish => &elvish::DIALECT,
            Self::Nu => &nu::DIALECT,
            Self::Xonsh => &xonsh::DIALECT,
            Self::Powershell => &powershell::DIALECT,
            Self::Cmd => &cmd::DIALECT,
        }
    }
}

impl fmt::Display for Shell {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A name that is no [`Shell`]'s.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("`{}` is none of the shells {}", .name.escape_debug(), names())]
pub struct UnknownShell {
    name: String,
}

fn names() -> String {
    Shell::ALL.map(Shell::name).join(" ")
}

impl FromStr for Shell {
    type Err = UnknownShell;

    fn from_str(name: &str) -> Result<Self, UnknownShell> {
        let found = Self::ALL.into_iter().find(|shell| shell.name() == name);
        found.ok_or_else(|| UnknownShell { name: name.to_owned() })
    }
}
