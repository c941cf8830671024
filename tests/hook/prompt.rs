//! What happens before every prompt.

use std::fs;
use std::path::Path;

use awsenv_testkit::home::Home;
use awsenv_testkit::shells::RealShell;

use crate::common::{awsenv, home, in_sh_family, load};
use crate::session::Session;

const SEGMENT: &str = "aws:acme (eu-west-1)";

/// Whether anything of the shell's own process runs before a prompt, so that a variable can be set.
fn sets_variable(shell: RealShell) -> bool {
    !matches!(shell, RealShell::Dash | RealShell::Ash)
}

fn check_segment(shell: RealShell, program: &Path) {
    let home = home();
    let mut session = Session::start(shell, program, &home);
    session.run(&load(shell, ""));
    session.run("awsenv use acme");
    let seen = session.ask("$AWSENV_SEGMENT|$PS1");
    let (segment, prompt) = seen.split_once('|').unwrap();
    assert_eq!(segment, if sets_variable(shell) { SEGMENT } else { "" }, "{}", shell.label());
    assert!(prompt.ends_with("READY> "), "{}: {prompt}", shell.label());
    assert_eq!(session.child_sees("AWSENV_SEGMENT"), "", "{}", shell.label());
    session.run("awsenv clear");
    assert_eq!(session.ask("$AWSENV_SEGMENT"), "", "{}", shell.label());
}

mod segment {
    use super::*;
    in_sh_family!(check_segment);
}

fn check_shown(shell: RealShell, program: &Path) {
    let home = home();
    let mut session = Session::start(shell, program, &home);
    session.run(&load(shell, "--prompt"));
    session.run(&load(shell, "--prompt"));
    let screen = session.run("awsenv use acme");
    assert!(!screen.contains("aws: "), "{}: {screen}", shell.label());
    let screen = session.wait_for(&format!("\n{SEGMENT} READY> "));
    assert!(!screen.contains(&format!("{SEGMENT} {SEGMENT}")), "{}: {screen}", shell.label());
    session.run("clear; eval \"$(awsenv clear)\"");
    let screen = session.run(":");
    assert!(!screen.contains(SEGMENT) && screen.contains("READY> "), "{}: {screen}", shell.label());
}

mod shown {
    use super::*;
    in_sh_family!(check_shown);
}

/// `$?` and `$_` are the last command's, under `set -eu`, too.
fn check_status(shell: RealShell, program: &Path) {
    for options in ["", "--prompt"] {
        let home = home();
        let mut session = Session::start(shell, program, &home);
        session.run(&load(shell, options));
        session.run("sh -c 'exit 7'\recho \"$?\" >status");
        assert_eq!(fs::read_to_string(home.join("status")).unwrap(), "7\n", "{}", shell.label());
        session.run("echo one two\recho \"$_\" >last");
        // yash has no such variable, and others set it only for programs.
        if shell != RealShell::Yash {
            assert_eq!(fs::read_to_string(home.join("last")).unwrap(), "two\n", "{}", shell.label());
        }
        session.run("set -eu");
        session.run("! true");
        session.run("awsenv use acme");
        assert_eq!(session.ask("$AWSENV_PROFILE"), "acme", "{}", shell.label());
    }
}

mod status {
    use super::*;
    in_sh_family!(check_status);
}

/// The prompt stays quiet when the program is gone.
fn check_gone(shell: RealShell, program: &Path) {
    let home = home().file("b in/x", "");
    for name in ["awsenv", "awsenv-prompt"] {
        fs::copy(awsenv().with_file_name(name), home.join("b in").join(name)).unwrap();
    }
    let mut session = Session::start(shell, program, &home);
    session.run(&format!("eval \"$('b in/awsenv' init {} --prompt)\"", shell.name()));
    session.run("awsenv use acme");
    session.wait_for(&format!("{SEGMENT} READY> "));
    session.run("rm -r 'b in'; clear");
    let screen = session.run(":");
    assert!(!screen.contains("found") && !screen.contains("such file") && !screen.contains("b in"), "{screen}");
    assert!(session.run("awsenv use other").contains("is gone"), "{}", shell.label());
}

mod gone {
    use super::*;
    in_sh_family!(check_gone);
}

fn loaded(shell: RealShell, program: &Path, before: &str, home: &Home) -> Session {
    let mut session = Session::start(shell, program, home);
    session.run(before);
    session.run(&load(shell, "--prompt"));
    session
}

/// The user's own prompt command, in every form, goes on, once a prompt, and sees `$?`.
#[test]
fn bash_prompt_command() {
    let shell = RealShell::Bash;
    let Some(program) = shell.require("the user's PROMPT_COMMAND") else { return };
    for mine in [
        "PROMPT_COMMAND='saw=$?; count=$((${count-0} + 1)); (exit $saw)'",
        "PROMPT_COMMAND='saw=$?; count=$((${count-0} + 1)); (exit $saw);  '",
        "PROMPT_COMMAND='saw=$?; count=$((${count-0} + 1)); (exit $saw) # mine'",
        // As distributions have it.
        "PROMPT_COMMAND='saw=$?; count=$((${count-0} + 1)); printf \"\\033]0;%s@%s:%s\\007\" a r x; (exit $saw)'",
        "PROMPT_COMMAND=('saw=$?' 'count=$((${count-0} + 1))')",
        "PROMPT_COMMAND=([3]='saw=$?; count=$((${count-0} + 1))')",
    ] {
        let home = home();
        let mut session = loaded(shell, &program, mine, &home);
        session.run(&load(shell, "--prompt"));
        session.run("count=0; (exit 3)\rstatus=$saw; counted=$count");
        assert_eq!(session.ask("$status $counted"), "3 1", "{mine}");
        session.run("awsenv use acme");
        assert_eq!(session.ask("$AWSENV_SEGMENT"), SEGMENT, "{mine}");
        let is_array = mine.contains("=(");
        let after = if is_array { "PROMPT_COMMAND+=('later=$?')" } else { "PROMPT_COMMAND+='; later=$?'" };
        session.run(after);
        session.run("(exit 4)\rstatus=$later");
        assert_eq!(session.ask("$status"), "4", "{mine}");
    }
    // Audited machines make it readonly: then there is no segment, and all else works.
    let home = home();
    let mut session = loaded(shell, &program, "readonly PROMPT_COMMAND=:", &home);
    session.run("awsenv use acme");
    assert_eq!(session.ask("$AWSENV_PROFILE"), "acme");
}

/// Tools that take PROMPT_COMMAND over, as starship does, whichever comes first.
#[test]
fn bash_prompt_tools() {
    let shell = RealShell::Bash;
    let Some(program) = shell.require("other prompt tools") else { return };
    let tool = "old=\"$PROMPT_COMMAND\"; tool() { saw=$?; eval \"$old\"; PS1='TOOL> '; }; PROMPT_COMMAND=tool";
    let home = home();
    let mut first = loaded(shell, &program, tool, &home);
    first.run("awsenv use acme");
    first.wait_for(&format!("{SEGMENT} TOOL> "));
    let mut last = Session::start(shell, &program, &home);
    last.run(&load(shell, ""));
    last.run(tool);
    last.run("awsenv use acme");
    assert_eq!(last.ask("$AWSENV_SEGMENT"), SEGMENT);
    last.run("(exit 5)\rstatus=$saw");
    assert_eq!(last.ask("$status"), "5");
}

/// A DEBUG trap stays, and is not called more often for what a person types.
#[test]
fn bash_debug_trap() {
    let shell = RealShell::Bash;
    let Some(program) = shell.require("a DEBUG trap") else { return };
    for mode in ["", "set -T; "] {
        let home = home();
        let trap = format!("{mode}trap 'seen=$BASH_COMMAND; last=$_' DEBUG");
        let mut session = loaded(shell, &program, &trap, &home);
        session.run("awsenv use acme");
        session.run("trap >traps");
        assert!(fs::read_to_string(home.join("traps")).unwrap().contains("seen=$BASH_COMMAND"), "{mode}");
        session.run("(exit 6)\recho \"$?\" >status");
        assert_eq!(fs::read_to_string(home.join("status")).unwrap(), "6\n", "{mode}");
        assert_eq!(session.ask("$AWSENV_SEGMENT"), SEGMENT, "{mode}");
    }
}

#[test]
fn zsh_precmd_functions() {
    let shell = RealShell::Zsh;
    let Some(program) = shell.require("the user's precmd functions") else { return };
    let home = home();
    let mine = "setopt prompt_subst nounset ksharrays shwordsplit warn_create_global; precmd() { saw=$?; }; \
                one() { first=$?; }; precmd_functions=(one); psvar=(mine)";
    let mut session = loaded(shell, &program, mine, &home);
    session.run("two() { second=$?; }; precmd_functions+=(two)");
    session.run("(exit 3)\rstatuses=\"$saw $first $second\"");
    assert_eq!(session.ask("$statuses ${psvar[0]}"), "3 3 3 mine");
    session.run("awsenv use acme");
    session.wait_for(&format!("{SEGMENT} READY> "));
    // A theme that writes its prompt anew.
    session.run("theme() { PROMPT='THEME> '; }; precmd_functions=(theme $precmd_functions[@])");
    let screen = session.run(":");
    assert!(!screen.contains("__awsenv"), "{screen}");
}

#[test]
fn yash_prompt_command() {
    let shell = RealShell::Yash;
    let Some(program) = shell.require("the user's PROMPT_COMMAND") else { return };
    for mine in ["PROMPT_COMMAND='saw=$?'", "PROMPT_COMMAND=('saw=$?' 'other=$?')"] {
        let home = home();
        let mut session = loaded(shell, &program, mine, &home);
        session.run(&load(shell, ""));
        session.run("(exit 3)\rstatus=$saw");
        assert_eq!(session.ask("$status"), "3", "{mine}");
        session.run("awsenv use acme");
        session.wait_for(&format!("{SEGMENT} READY> "));
        assert_eq!(session.ask("$AWSENV_SEGMENT"), SEGMENT, "{mine}");
    }
}

/// A first character before a carriage return marks, in mksh, what takes no room.
#[test]
fn mksh_marked_prompt() {
    let shell = RealShell::Mksh;
    let Some(program) = shell.require("a marked prompt") else { return };
    let home = home();
    let mut session = loaded(shell, &program, "PS1=$'\\001\\r\\001\\e[1m\\001MARKED> '", &home);
    session.run("awsenv use acme");
    session.wait_for(&format!("\n{SEGMENT} MARKED> "));
    assert!(session.ask("$PS1").starts_with("\u{1}\r"));
}
