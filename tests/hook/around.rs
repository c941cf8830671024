//! What people have around the hook: subshells, aliases, modes, other shells, other names, other folders.

use std::fs;
use std::path::Path;

use awsenv_testkit::home::Home;
use awsenv_testkit::shells::{RealShell, evaluate, evaluate_strictly};

use crate::common::{assert_nothing_ran, awsenv, form, home, in_sh_family, load};

fn read(home: &Home, name: &str) -> String {
    fs::read_to_string(home.join(name)).unwrap_or_default()
}

/// In a subshell the text is passed through, for whoever evaluates it.
fn check_subshells(shell: RealShell, program: &Path) {
    let home = home();
    for statement in [
        "awsenv use acme | cat >text",
        "(awsenv use acme) >text",
        "text=$(awsenv use acme); printf '%s\\n' \"$text\" >text",
        "text=`awsenv use acme`; printf '%s\\n' \"$text\" >text",
        "awsenv use acme >text & wait",
        "awsenv use --print acme >text",
        "awsenv use --shell posix acme >text",
    ] {
        let outcome = evaluate(shell, program, &home, &load(shell, ""), statement);
        assert!(outcome.succeeded && outcome.get("AWS_ACCESS_KEY_ID").is_none(), "{}: {statement}", shell.label());
        let text = read(&home, "text");
        assert!(text.starts_with("{ ") && text.ends_with("; }\n"), "{}: {statement}: {text}", shell.label());
        // The text for another shell calls nothing of this one's.
        assert_eq!(text.contains("__awsenv_save"), !statement.contains("posix"), "{}: {statement}", shell.label());
    }
    let help = evaluate(shell, program, &home, &load(shell, ""), "awsenv use --help >text");
    assert!(help.succeeded && help.stderr.contains("Usage"), "{}: {help:?}", shell.label());
    assert_nothing_ran(shell, &home);
}

mod subshells {
    use super::*;
    in_sh_family!(check_subshells);
}

/// Arguments, streams and status are the program's.
fn check_arguments(shell: RealShell, program: &Path) {
    let home = home();
    let odd = "\"-a  b'\\$(touch awsenv-canary)*\"";
    let outcome = evaluate(shell, program, &home, &load(shell, ""), &format!("awsenv use -- {odd}"));
    assert_eq!(outcome.get("AWS_ACCESS_KEY_ID"), Some("AKIAODD"), "{}: {outcome:?}", shell.label());
    for (statement, status) in [
        ("awsenv use nope", "1"),
        ("awsenv use --no-such", "2"),
        ("awsenv explain nope", "1"),
        ("awsenv no-such-command", "2"),
        ("awsenv exec acme -- sh -c 'exit 9'", "9"),
        ("awsenv back --no-such", "2"),
        ("eval \"$(awsenv use nope)\"", "1"),
    ] {
        let statement = format!("{statement}; echo $? >code");
        evaluate(shell, program, &home, &load(shell, ""), &statement);
        assert_eq!(read(&home, "code").trim(), status, "{}: {statement}", shell.label());
    }
    let outcome = evaluate(shell, program, &home, &load(shell, ""), "awsenv exec acme -- cat </etc/passwd | head -c 4");
    assert_eq!(outcome.stdout, "root", "{}", shell.label());
    assert_nothing_ran(shell, &home);
}

mod arguments {
    use super::*;
    in_sh_family!(check_arguments);
}

/// Aliases that are there before the hook and after it.
fn check_aliases(shell: RealShell, program: &Path) {
    let home = home();
    let on = if shell == RealShell::Bash { "shopt -s expand_aliases\n" } else { "" };
    let alias = "alias awsenv=false eval=false unset=false export=false printf=false set=false return=false \
                 shift=false exec=false typeset=false local=false builtin=false print=false";
    // These are the user's words.
    let load = load(shell, "").replacen("eval", "\\eval", 1).replacen("awsenv", "\\awsenv", 1);
    for back in ["awsenv back", "\\eval \"$(awsenv back)\""] {
        let before = format!("{on}{alias}\n{load}");
        let statement = format!("awsenv use acme && awsenv use other && {back} && env | grep AWSENV_PROFILE >seen");
        let outcome = evaluate(shell, program, &home, &before, &statement);
        assert!(outcome.succeeded, "{}: {outcome:?}", shell.label());
        assert_eq!(read(&home, "seen"), "AWSENV_PROFILE=acme\n", "{}", shell.label());
    }
}

mod aliases {
    use super::*;
    in_sh_family!(check_aliases);
}

/// `set -x` shows no secret, and `set -a` makes no variable of ours a child's.
fn check_modes(shell: RealShell, program: &Path) {
    let home = home();
    let loaded = load(shell, "");
    for statement in ["set -ax; awsenv use acme; awsenv use other; awsenv back", "set -ax; awsenv use acme; (exit 0)"] {
        let outcome = evaluate(shell, program, &home, &loaded, statement);
        assert!(outcome.get("AWS_ACCESS_KEY_ID") == Some("AKIAACME"), "{}: {outcome:?}", shell.label());
        assert!(!outcome.stderr.contains(" acme\n") || !outcome.stderr.contains("it's"), "{}", outcome.stderr);
        assert!(!outcome.stderr.contains("secret"), "{}: {}", shell.label(), outcome.stderr);
        let ours = outcome.environment.iter().flatten().filter(|(name, _)| name.starts_with("__awsenv_back"));
        assert_eq!(ours.count(), 0, "{}: {outcome:?}", shell.label());
    }
    let before = format!("set -a\n{loaded}");
    let outcome = evaluate(shell, program, &home, &before, "awsenv use acme; awsenv use other");
    assert!(!outcome.environment.iter().flatten().any(|(name, _)| name.starts_with("__awsenv_back")), "{outcome:?}");
    // The modes are on again.
    let outcome = evaluate(shell, program, &home, &loaded, "set -ax; awsenv use acme; echo $- >modes");
    assert!(outcome.succeeded);
    let modes = read(&home, "modes");
    assert!(modes.contains('a') && modes.contains('x'), "{}: {modes}", shell.label());
}

mod modes {
    use super::*;
    in_sh_family!(check_modes);
}

/// A folder with spaces, quotes and `$`, not on `PATH`; and then the program is removed.
fn check_places(shell: RealShell, program: &Path) {
    let folder = "b in/it's $(touch awsenv-canary)";
    let home = home().variable("PATH", "/usr/bin:/bin").file(format!("{folder}/x"), "").variable("AWS_PROFILE", "old");
    let copy = home.join(folder).join("awsenv");
    fs::copy(awsenv(), &copy).unwrap();
    let load = format!("eval \"$(\"$HOME/b in/it's \\$(touch awsenv-canary)/awsenv\" init {})\"", shell.name());
    let outcome = evaluate(shell, program, &home, &load, "awsenv use acme");
    assert!(outcome.succeeded && outcome.get("AWSENV_PROFILE") == Some("acme"), "{}: {outcome:?}", shell.label());
    for statement in ["awsenv use acme", "eval \"$(awsenv use acme)\"", "awsenv list", "awsenv clear"] {
        let gone = format!("{load}\nmv \"$HOME/b in\" moved");
        let outcome = evaluate(shell, program, &home, &gone, statement);
        fs::rename(home.join("moved"), home.join("b in")).unwrap();
        assert!(outcome.survived && !outcome.succeeded, "{}: {statement}: {outcome:?}", shell.label());
        assert!(outcome.stderr.contains("is gone"), "{}: {statement}: {}", shell.label(), outcome.stderr);
        assert_eq!(outcome.get("AWS_PROFILE"), Some("old"), "{}: {statement}", shell.label());
    }
    assert_nothing_ran(shell, &home);
}

mod places {
    use super::*;
    in_sh_family!(check_places);
}

/// Another name leaves the program's own name alone; a word of the shell is refused.
fn check_names(shell: RealShell, program: &Path) {
    let home = home();
    let loaded = load(shell, "--cmd aws_as");
    let outcome = evaluate_strictly(shell, program, &home, &loaded, "aws_as use acme; awsenv use other >text");
    assert!(outcome.succeeded && outcome.get("AWSENV_PROFILE") == Some("acme"), "{}: {outcome:?}", shell.label());
    for name in ["if", "export", "a-b", "1", "''", "'x;touch awsenv-canary'", "__awsenv_main"] {
        let outcome = evaluate(shell, program, &home, "", &format!("awsenv init {} --cmd {name}", shell.name()));
        assert!(!outcome.succeeded && outcome.stdout.is_empty(), "{}: {name}: {outcome:?}", shell.label());
    }
    assert_nothing_ran(shell, &home);
}

mod names {
    use super::*;
    in_sh_family!(check_names);
}

/// A shell below, of another kind and of the same, knows nothing of the hook above it and can load its own.
fn check_nested(shell: RealShell, program: &Path) {
    let home = home();
    let own = [program.to_str().unwrap()].into_iter().chain(shell.arguments().iter().copied()).collect::<Vec<_>>();
    for below in [vec!["dash"], vec!["bash", "--norc"], own] {
        let hook = if below[0].contains("bash") { "bash" } else { "dash" };
        let name = if below.len() > 1 && below[0] != "bash" { shell.name() } else { hook };
        let line = format!(
            "awsenv use acme; {} -c 'eval \"$(awsenv use other)\"; echo \"$AWSENV_PROFILE\" >without; \
             eval \"$(awsenv init {name})\"; awsenv use acme; awsenv back; awsenv back || \
             echo \"$AWSENV_PROFILE\" >with'",
            below.join(" ")
        );
        let outcome = evaluate(shell, program, &home, &load(shell, "--prompt"), &line);
        assert!(outcome.succeeded && outcome.get("AWSENV_PROFILE") == Some("acme"), "{}: {outcome:?}", shell.label());
        assert_eq!(read(&home, "without") + &read(&home, "with"), "other\nother\n", "{} {below:?}", shell.label());
    }
}

mod nested {
    use super::*;
    in_sh_family!(check_nested);
}

/// Loading leaves a script's shell as it was, but for names that are ours.
fn check_traces(shell: RealShell, program: &Path) {
    let home = home().variable("PS1", "mine> ");
    let names = match shell {
        RealShell::Bash | RealShell::BashPosix => "compgen -A function; compgen -v",
        RealShell::Zsh => "print -rl -- ${(ok)functions} ${(ok)parameters}",
        // Lines of values are in it, too; those of the shell itself change from one to the next.
        _ => "typeset -f 2>/dev/null | grep '()'; set | grep '^[A-Za-z_.]*='| sed 's/=.*//'",
    };
    let before = format!(
        "ps1=${{PS1-}}; {{ {names}; }} >before; {{ {names}; }} >before\n{}\n{{ {names}; }} >after",
        load(shell, "--prompt")
    );
    let statement = "test \"${PS1-}${PROMPT_COMMAND-}${precmd_functions-}\" = \"$ps1\"";
    let outcome = evaluate(shell, program, &home, &before, statement);
    assert!(outcome.succeeded, "{}: {outcome:?}", shell.label());
    let old: Vec<String> = read(&home, "before").lines().map(str::to_owned).collect();
    let new: Vec<String> = read(&home, "after").lines().map(str::to_owned).filter(|name| !old.contains(name)).collect();
    assert!(new.iter().any(|name| name.contains("__awsenv_binary")), "{}: {new:?}", shell.label());
    let ours = |name: &String| name.starts_with("__awsenv_") || name.starts_with("awsenv") || name == "AWSENV_SEGMENT";
    let others: Vec<&String> = new.iter().filter(|name| !ours(name) && !is_of_the_shell(name)).collect();
    assert!(others.is_empty(), "{}: {others:?}", shell.label());
}

/// Names that shells make by themselves as they go.
fn is_of_the_shell(name: &str) -> bool {
    ["_", "PIPESTATUS", "BASH_REMATCH", "BASH_LINENO", "MATCH", "match", "?", "!", "COLUMNS", "LINES"].contains(&name)
}

mod traces {
    use super::*;
    in_sh_family!(check_traces);
}

/// Any other sh: the function is there where a subshell can be told, and nowhere else.
fn check_posix(shell: RealShell, program: &Path) {
    let home = home();
    let loaded = "eval \"$(awsenv init posix)\"";
    let outcome = evaluate(shell, program, &home, loaded, &form(shell, "awsenv use acme"));
    assert!(outcome.succeeded && outcome.get("AWSENV_PROFILE") == Some("acme"), "{}: {outcome:?}", shell.label());
    let outcome = evaluate(shell, program, &home, loaded, "awsenv use acme >text");
    let has_function = outcome.get("AWSENV_PROFILE") == Some("acme");
    assert_eq!(has_function, shell != RealShell::Ksh93, "{}: {outcome:?}", shell.label());
}

mod as_posix {
    use super::*;
    in_sh_family!(check_posix);
}
