//! Typed at a prompt: the segment, the status, and what people have around the hook.

use std::fs;
use std::path::Path;

use awsenv_testkit::home::Home;
use awsenv_testkit::shells::RealShell;
use awsenv_testkit::terminal::Terminal;

use super::{FOLDER, home, in_other_shells};

/// The start-up file, with a prompt of one's own that shows the status before and after the hook is loaded.
fn start_up(shell: RealShell, home: Home) -> Home {
    match shell {
        RealShell::Fish => home.file(
            ".config/fish/config.fish",
            "awsenv init fish --prompt | source\nawsenv init fish --prompt | source\n\
             function fish_prompt; echo \"[$status]READY> \"; end\nset -g fish_greeting\n",
        ),
        RealShell::Elvish => home.file(
            ".config/elvish/rc.elv",
            "var failed = 0\nset edit:after-command = [{|m| if (not-eq $m[error] $nil) { set failed = 7 } else { set failed = 0 } }]\n\
             set edit:prompt = { put '['$failed']READY> ' }\nset edit:rprompt = { }\n\
             eval (awsenv init elvish --prompt | slurp)\neval (awsenv init elvish --prompt | slurp)\n",
        ),
        RealShell::Nu => {
            let source = format!("source '{}'\n", home.join("prompt.nu").display());
            home.file(
                ".config/nushell/config.nu",
                format!(
                    "$env.config.show_banner = false\n$env.PROMPT_COMMAND = {{|| $\"[($env.LAST_EXIT_CODE)]READY\" }}\n\
                     $env.PROMPT_COMMAND_RIGHT = ''\n$env.PROMPT_INDICATOR = '> '\n{source}{source}"
                ),
            )
        }
        RealShell::Xonsh => home.file(
            ".config/xonsh/rc.xsh",
            "execx($(awsenv init xonsh --prompt))\nexecx($(awsenv init xonsh --prompt))\n\
             $PROMPT = '[{last_return_code}]READY> '\n$PROMPT_FIELDS['last_return_code'] = lambda: $LAST_RETURN_CODE\n\
             $SHELL_TYPE = 'readline'\n",
        ),
        RealShell::Tcsh => home.file(
            ".tcshrc",
            "set prompt = '[%?]READY> '\neval \"`awsenv init tcsh --prompt`\"\neval \"`awsenv init tcsh --prompt`\"\n",
        ),
        other => panic!("{} has its own tests", other.label()),
    }
}

fn check(shell: RealShell, program: &Path) {
    let home = start_up(shell, home());
    let mut terminal = Terminal::start(program, &[], home.path(), home.environment());
    // The last line that has something in it.
    let mut type_and_wait = |line: &str, wanted: &str| {
        terminal.send(line);
        terminal.wait_until(wanted, |screen| {
            screen.lines().rev().find(|line| !line.trim().is_empty()).is_some_and(|last| last.trim() == wanted)
        });
    };
    type_and_wait("", "[0]READY>");
    type_and_wait("awsenv use acme\r", "aws:acme (eu-west-1) [0]READY>");
    type_and_wait("sh -c 'exit 7'\r", "aws:acme (eu-west-1) [7]READY>");
    type_and_wait("sh -c 'echo $AWS_ACCESS_KEY_ID ${AWSENV_SEGMENT-none} >seen'\r", "aws:acme (eu-west-1) [0]READY>");
    assert_eq!(fs::read_to_string(home.join("seen")).unwrap(), "AKIAACME none\n", "{}", shell.label());
    type_and_wait("awsenv use other\r", "aws:other [0]READY>");
    // Another shell inside knows who it is, and nothing of the hook.
    type_and_wait("env PS1=INNER bash --norc --noprofile\r", "INNER");
    type_and_wait("declare -p | grep -c __awsenv; echo $AWS_ACCESS_KEY_ID >seen; exit\r", "aws:other [0]READY>");
    assert_eq!(fs::read_to_string(home.join("seen")).unwrap(), "AKIAOTHER\n", "{}", shell.label());
    type_and_wait("awsenv back\r", "aws:acme (eu-west-1) [0]READY>");
    // The end locks the shell; tcsh shows it.
    terminal.send("awsenv use other --for 2s\r");
    terminal.wait_for("aws:other ends");
    let ended = if shell == RealShell::Tcsh { "aws:other expired [0]READY>" } else { "aws:expired [0]READY>" };
    let mut type_and_wait = |line: &str, wanted: &str| {
        terminal.send(line);
        terminal.wait_until(wanted, |screen| {
            screen.lines().rev().find(|line| !line.trim().is_empty()).is_some_and(|last| last.trim() == wanted)
        });
    };
    type_and_wait("sh -c 'sleep 2.2'\r", ended);
    let profile = if shell == RealShell::Tcsh { "none" } else { "awsenv-expired" };
    type_and_wait("sh -c 'echo ${AWS_PROFILE-none} >seen; exit 7'\r", &ended.replace("[0]", "[7]"));
    assert_eq!(fs::read_to_string(home.join("seen")).unwrap(), format!("{profile}\n"), "{}", shell.label());
    // The program goes away: the prompt stays, and says nothing of an identity it can't know.
    fs::rename(home.join(FOLDER), home.join("elsewhere")).unwrap();
    fs::remove_file(home.join("seen")).unwrap();
    type_and_wait("sh -c 'exit 7'\r", "[7]READY>");
}

mod typed {
    super::in_other_shells!(super::check);
}
