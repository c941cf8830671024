//! Whether the shell knows how wide the prompt is: a line that goes beyond the screen's edge and the way back to its
//! start show what it believes.

use std::path::Path;

use awsenv_testkit::shells::RealShell;

use crate::common::{Prompt, home, identity, keys, plain, settle};
use crate::embedding::embeddings;

/// Columns of the test's terminal.
const COLUMNS: usize = 200;

/// Red, by its number.
const RED: u8 = 1;

/// All profiles are of a class with a color, but `plain`.
const SETTINGS: &str = "[class plain]\nmatch = plain\n[class colored]\nmatch = *\ncolor = red\n";

/// Profiles, and how wide they are.
const PROFILES: [(&str, u16); 3] = [("plain", 5), ("colored", 7), ("日本語-é-e\u{301}-prod", 15)];

fn check(shell: RealShell, program: &Path) {
    for embedding in embeddings(shell).iter().filter(|embedding| embedding.exact) {
        let home = home(shell, embedding, SETTINGS).credentials(keys(PROFILES.map(|(name, _)| name)));
        let mut prompt = Prompt::start(shell, program, embedding, &home);
        if let Some(mode) = editing(shell) {
            prompt.terminal.send(&format!("{mode}\r"));
            settle(&mut prompt.terminal);
        }
        for (profile, columns) in PROFILES {
            let variables = identity(profile, "eu-west-1");
            let text = as_seen(shell, &plain(&home, &variables));
            let columns = if shell == RealShell::Tcsh && text.contains('?') { columns + 1 } else { columns };
            let [before, after] = embedding.around;
            let width = columns + format!("{before}aws: (eu-west-1){after} ").len() as u16;
            let what = format!("{} {} {profile}", shell.label(), embedding.embed);
            prompt.show(&variables, &text);
            prompt.terminal.wait_until_cursor(&format!("{what}: cursor at {width}"), |(_, column)| column == width);
            // zsh's hook has the color in the prompt around the text.
            let is_zshs_hook = shell == RealShell::Zsh && embedding.around[0].is_empty();
            if can_color(shell, embedding.embed) || is_zshs_hook {
                let color = if profile == "plain" { None } else { Some(RED) };
                let (row, _) = prompt.terminal.cursor();
                let ends = [before.len() as u16, width - 2 - after.len() as u16];
                let seen = ends.map(|column| prompt.terminal.color(row, column));
                assert_eq!(seen, [color, color], "{what}");
                let around = [width - 1 - after.len() as u16, width - 2];
                let seen = around.map(|column| prompt.terminal.color(row, column));
                assert_eq!(seen, [None, None], "{what}");
            }
            let mut line: String = ('a'..='z').cycle().take(COLUMNS - usize::from(width) + 17).collect();
            line += "END";
            prompt.terminal.send(&line);
            prompt.terminal.wait_for("END");
            prompt.terminal.send(home_key(shell));
            prompt.terminal.wait_until_cursor(&format!("{what}: start of the line at {width}"), |(_, c)| c == width);
            prompt.terminal.send("X");
            let wanted = format!("{before}{text}{after} X{}", &line[..20]);
            prompt.terminal.wait_until(&format!("{what}: {wanted:?}"), |screen| {
                screen.lines().any(|shown| shown.starts_with(&wanted))
            });
            // Ctrl-C: a new prompt.
            prompt.terminal.send("\u{3}");
            settle(&mut prompt.terminal);
        }
    }
}

/// tcsh knows no character that takes no room, so it is shown another.
fn as_seen(shell: RealShell, text: &str) -> String {
    text.replace('\u{301}', if shell == RealShell::Tcsh { "?" } else { "\u{301}" })
}

/// What turns the line editor with Emacs's keys on, where it is not.
fn editing(shell: RealShell) -> Option<&'static str> {
    match shell {
        RealShell::Zsh => Some("bindkey -e"),
        RealShell::Ksh93 | RealShell::Mksh | RealShell::Yash => Some("set -o emacs"),
        _ => None,
    }
}

/// To the start of the line.
fn home_key(shell: RealShell) -> &'static str {
    match shell {
        RealShell::Elvish => "\u{1b}[H",
        _ => "\u{1}",
    }
}

/// Whether the text itself can hold a color there.
fn can_color(shell: RealShell, embed: &str) -> bool {
    !matches!(
        (shell, embed),
        (RealShell::Zsh | RealShell::Tcsh, "late")
            | (RealShell::Ash, "early")
            | (RealShell::Mksh | RealShell::Elvish, _)
    )
}

/// dash edits no line.
mod known {
    awsenv_testkit::in_every_shell!(
        super::check,
        bash = Bash,
        bash_posix = BashPosix,
        zsh = Zsh,
        ksh93 = Ksh93,
        mksh = Mksh,
        yash = Yash,
        ash = Ash,
        fish = Fish,
        elvish = Elvish,
        tcsh = Tcsh,
        xonsh = Xonsh,
        nu = Nu,
    );
}
