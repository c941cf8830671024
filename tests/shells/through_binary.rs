//! The finished `awsenv` in real shells: what stands in the files arrives in the environment, through the form that a
//! person types, with the shell found by the process that started awsenv.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use awsenv_core::options::parse_previous;
use awsenv_shell::{Shell, evaluation_form, quote};
use awsenv_testkit::corpus::{self, CANARY};
use awsenv_testkit::home::Home;
use awsenv_testkit::shells::{RealShell, evaluate, evaluate_in_turn};
use awsenv_testkit::terminal::Terminal;
use awsenv_testkit::tools;

/// Identities in one home, and switches in one shell process.
const BATCH: usize = 100;

/// Where the corpus takes too long, every this many values of it.
const STRIDE: usize = 8;

/// What one switch must put into the environment.
struct Identity {
    name: String,
    key_id: String,
    secret: String,
    token: String,
}

/// Every value of the corpus in each of the three places, as far as a file can hold it there.
fn identities(shell: RealShell) -> Vec<Identity> {
    let mut values = corpus::values();
    if !matches!(shell, RealShell::Bash | RealShell::Zsh | RealShell::Fish | RealShell::Dash) {
        let sample = corpus::sample();
        let mut number = 0;
        values.retain(|value| {
            number += 1;
            number % STRIDE == 0 || sample.contains(value)
        });
    }
    let count = values.len();
    let value = |number: usize| Some(values[number % count].clone()).filter(|value| !value.is_empty());
    (0..count)
        .map(|number| Identity {
            name: value(number).filter(|name| can_be_quoted_name(name)).unwrap_or_else(|| format!("plain-{number}")),
            key_id: format!("ASIA{number:016}"),
            secret: value(number + count / 3).unwrap_or_else(|| "secret".to_owned()),
            token: value(number + 2 * count / 3).unwrap_or_else(|| "token".to_owned()),
        })
        .collect()
}

/// Whether `[profile 'NAME']` can hold it: the header ends at a bracket that a comment follows. `-` alone is no name to
/// `use`.
fn can_be_quoted_name(name: &str) -> bool {
    let mut ends = name.match_indices(']').map(|(at, _)| name[at + 1..].trim_start_matches(' '));
    name != "-" && !ends.any(|rest| rest.starts_with(['#', ';']))
}

/// Whether `[NAME]` in the credentials file can: it has no quotes.
fn can_be_plain_name(name: &str) -> bool {
    name.trim() == name
}

/// Whether `key=VALUE` can: neither blanks around it nor a comment in it.
fn can_be_value(value: &str) -> bool {
    value.trim() == value && !value.contains(" #") && !value.contains(" ;")
}

/// A home with these identities: in the credentials file where it can hold them, else from a program.
fn home(identities: &[Identity]) -> Home {
    let (mut config, mut credentials) = (String::new(), String::new());
    let mut home = plain_home();
    for (number, Identity { name, key_id, secret, token }) in identities.iter().enumerate() {
        if can_be_plain_name(name) && can_be_value(secret) && can_be_value(token) {
            credentials += &format!(
                "[{name}]\naws_access_key_id={key_id}\naws_secret_access_key={secret}\naws_session_token={token}\n"
            );
        } else {
            let name = name.replace('\'', "'\\''");
            config += &format!("[profile '{name}']\ncredential_process = cat answer{number}\n");
            let answer = serde_json::json!({
                "Version": 1, "AccessKeyId": key_id, "SecretAccessKey": secret, "SessionToken": token,
            });
            home = home.file(format!("answer{number}"), answer.to_string());
        }
        home = home.file(format!("name{number}"), format!("{name}\n"));
    }
    home.config(config).credentials(credentials)
}

/// A home without profiles, whose `PATH` has the binary.
fn plain_home() -> Home {
    let binary = Path::new(env!("CARGO_BIN_EXE_awsenv"));
    Home::new().path_first(binary.parent().expect("a file is in a folder"))
}

/// awsenv's own value for `shell`.
fn dialect(shell: RealShell) -> Shell {
    shell.name().parse().expect("a real shell is one that awsenv speaks")
}

/// What a person types to switch to the profile called `name`, which is also in the file `name{number}`.
fn switch(shell: RealShell, name: &str, number: usize) -> String {
    let command = match shell {
        // The form has the command between quotes and backticks, in which not every word can be said.
        RealShell::Tcsh => format!("./switch {number}"),
        _ if name.starts_with('-') => format!("awsenv use -- {}", word(shell, name)),
        _ => format!("awsenv use {}", word(shell, name)),
    };
    evaluation_form(dialect(shell), &command)
}

fn word(shell: RealShell, text: &str) -> String {
    quote(dialect(shell), text).expect("this shell can say anything")
}

fn program(home: Home, name: &str, text: &str) -> Home {
    let home = home.file(name, text);
    fs::set_permissions(home.join(name), fs::Permissions::from_mode(0o700)).expect("a file in a temporary home");
    home
}

fn check_values(shell: RealShell, shell_program: &Path) {
    let identities = identities(shell);
    for batch in identities.chunks(BATCH) {
        let home =
            program(home(batch), "switch", "#!/bin/sh\nIFS= read -r name <\"name$1\"\nexec awsenv use -- \"$name\"\n");
        let statements: Vec<String> =
            batch.iter().enumerate().map(|(number, one)| switch(shell, &one.name, number)).collect();
        let outcomes = evaluate_in_turn(shell, shell_program, &home, &statements);
        for (number, (outcome, wanted)) in outcomes.iter().zip(batch).enumerate() {
            let case = format!("{}, {:?}: {}", shell.label(), wanted.name, outcome.stderr);
            assert!(outcome.survived && outcome.succeeded, "{case}");
            assert_eq!(outcome.get("AWSENV_PROFILE"), Some(wanted.name.as_str()), "{case}");
            assert_eq!(outcome.get("AWS_ACCESS_KEY_ID"), Some(wanted.key_id.as_str()), "{case}");
            assert_eq!(outcome.get("AWS_SECRET_ACCESS_KEY"), Some(wanted.secret.as_str()), "{case}");
            assert_eq!(outcome.get("AWS_SESSION_TOKEN"), Some(wanted.token.as_str()), "{case}");
            // In the harness each of nu's statements stands in a block of its own, out of which no variable comes.
            if number > 0 && shell != RealShell::Nu {
                let previous = outcome.get("AWSENV_PREVIOUS").and_then(parse_previous);
                assert_eq!(previous.map(|(name, _)| name), Some(batch[number - 1].name.as_str()), "{case}");
            }
        }
        assert!(!home.join(CANARY).exists(), "{} ran a value", shell.label());
    }
}

mod values_of_the_files_arrive {
    awsenv_testkit::in_every_shell!(super::check_values);
}

/// A home with one profile, and variables that name a shell and must not be asked.
fn one_profile() -> Home {
    plain_home()
        .credentials("[client1]\naws_access_key_id = AKIACLIENT\naws_secret_access_key = it's\n")
        .variable("SHELL", "/bin/another-shell")
        .variable("BASH_VERSION", "5.2")
        .variable("ZSH_VERSION", "5.9")
        .variable("FISH_VERSION", "3.6")
        .variable("KSH_VERSION", "@(#)MIRBSD KSH R59")
        .variable("XONSH_VERSION", "0.25")
        .variable("NU_VERSION", "0.115")
}

/// What awsenv prints for `shell` when told.
fn told(home: &Home, shell: Shell) -> String {
    let output = home
        .command(env!("CARGO_BIN_EXE_awsenv"))
        .args(["use", "client1", "--shell", shell.name()])
        .output()
        .expect("awsenv starts");
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout).expect("a snippet is text")
}

/// A script that leaves in the file `found` what awsenv prints when not told. Another command follows, because ksh93
/// makes way for the last one of a script.
fn find(shell: RealShell) -> &'static str {
    match shell {
        RealShell::Nu => "^awsenv use client1 o> found\ntrue\n",
        RealShell::Xonsh => "$[awsenv use client1 > found]\ntrue\n",
        _ => "awsenv use client1 >found\ntrue\n",
    }
}

/// Fails unless `text` is for `wanted`.
#[track_caller]
fn assert_found(home: &Home, text: &str, wanted: Shell, case: &str) {
    let is_for = |shell: &Shell| text == told(home, *shell);
    assert!(is_for(&wanted), "{case}: not for {wanted} but for {:?}", Shell::ALL.into_iter().find(is_for));
}

/// Runs a program in `home` and takes what it left in `found`.
#[track_caller]
fn found(home: &Home, program: &Path, arguments: &[&str]) -> String {
    let output = home.command(program).args(arguments).output().expect("a shell starts");
    let text = fs::read_to_string(home.join("found"));
    text.unwrap_or_else(|error| panic!("{} {arguments:?}: {error}: {output:?}", program.display()))
}

fn check_parent(shell: RealShell, shell_program: &Path) {
    let home = one_profile().file("deploy.txt", find(shell));
    let arguments = [shell.arguments(), &["deploy.txt"]].concat();
    assert_found(&home, &found(&home, shell_program, &arguments), dialect(shell), shell.label());
}

mod found_by_the_parent {
    awsenv_testkit::in_every_shell!(super::check_parent);
}

/// `./deploy` with a `#!` line: the process is called `deploy`, and no argument says more.
fn check_script(shell: RealShell, shell_program: &Path) {
    let interpreter = match shell {
        RealShell::Ash => format!("{} ash", shell_program.display()),
        RealShell::BashPosix => format!("{} --posix", shell_program.display()),
        _ => shell_program.display().to_string(),
    };
    let home = program(one_profile(), "deploy", &format!("#!{interpreter}\n{}", find(shell)));
    let expected = match shell {
        // The program is a Python, and only the process's name could say more.
        RealShell::Xonsh => Shell::Posix,
        _ => dialect(shell),
    };
    assert_found(&home, &found(&home, &home.join("deploy"), &[]), expected, shell.label());
}

mod found_from_a_script {
    awsenv_testkit::in_every_shell!(super::check_script);
}

/// Where xonsh is not found out, the text for another shell does nothing there, and says so.
#[test]
fn another_shells_text_fails_in_xonsh() {
    let Some(xonsh) = RealShell::Xonsh.require("another shell's text") else { return };
    let home = one_profile();
    let statement = evaluation_form(Shell::Xonsh, "awsenv use client1 --shell posix");
    let outcome = evaluate(RealShell::Xonsh, &xonsh, &home, "", &statement);
    assert!(!outcome.succeeded, "{outcome:?}");
    assert_eq!(outcome.get("AWS_ACCESS_KEY_ID"), None, "{outcome:?}");
}

/// Each shell started by another one: the innermost counts, whatever it inherits.
fn check_nested(shell: RealShell, shell_program: &Path) {
    let all = RealShell::ALL;
    let place = all.iter().position(|one| *one == shell).expect("a shell is one of all");
    // Not the neighbour, which may be the same program.
    let outer = all[(place + 5) % all.len()];
    let Some(outer_program) = outer.require("nested shells") else { return };
    let inner = format!("{} {} inner.txt\ntrue\n", shell_program.display(), shell.arguments().join(" "));
    let home = one_profile().file("inner.txt", find(shell)).file("outer.txt", inner);
    let arguments = [outer.arguments(), &["outer.txt"]].concat();
    let text = found(&home, &outer_program, &arguments);
    assert_found(&home, &text, dialect(shell), &format!("{} in {}", shell.label(), outer.label()));
}

mod found_in_another_shell {
    awsenv_testkit::in_every_shell!(super::check_nested);
}

/// `sh` is whatever shell the system puts there; its text is evaluated by that one.
#[test]
fn found_from_sh() {
    let sh = tools::find("sh").expect("every Unix has sh");
    let home = one_profile().file("deploy", "eval \"$(awsenv use client1)\" || exit\nenv >found\n");
    let text = found(&home, &sh, &["deploy"]);
    assert!(text.lines().any(|line| line == "AWS_SECRET_ACCESS_KEY=it's"), "{text}");
    let name = sh.canonicalize().expect("it is there");
    let name = name.file_name().and_then(|name| name.to_str()).and_then(Shell::from_process_name);
    let home = one_profile().file("deploy", find(RealShell::Dash));
    assert_found(&home, &found(&home, &sh, &["deploy"]), name.unwrap_or(Shell::Posix), "sh");
}

/// The line that a terminal is given to copy, typed for every name: it switches to that name, or it names none.
fn check_hint(shell: RealShell, shell_program: &Path) {
    let names: Vec<String> = corpus::sample().into_iter().filter(|name| can_be_quoted_name(name)).collect();
    let names = names.iter().filter(|name| !name.is_empty());
    let identities: Vec<Identity> = names
        .map(|name| Identity {
            name: name.clone(),
            key_id: "ASIAX".to_owned(),
            secret: "secret".to_owned(),
            token: "token".to_owned(),
        })
        .collect();
    let home = home(&identities);
    let mut said = Vec::new();
    for Identity { name, .. } in &identities {
        let arguments = ["use", "--shell", shell.name(), "--", name];
        let binary = Path::new(env!("CARGO_BIN_EXE_awsenv"));
        let mut terminal = Terminal::start(binary, &arguments, home.path(), home.environment());
        let screen = terminal.wait_for("--print");
        let hint = screen.lines().nth(1).unwrap_or_default().trim();
        if hint.contains("awsenv use PROFILE") {
            assert_eq!(shell, RealShell::Tcsh, "{name:?}: {screen}");
        } else {
            said.push((name, hint.to_owned()));
        }
    }
    assert!(said.len() >= identities.len() / 2, "{}: only {}", shell.label(), said.len());
    let statements: Vec<String> = said.iter().map(|(_, hint)| hint.clone()).collect();
    let outcomes = evaluate_in_turn(shell, shell_program, &home, &statements);
    for ((name, hint), outcome) in said.iter().zip(outcomes) {
        assert!(outcome.succeeded, "{} {hint}: {}", shell.label(), outcome.stderr);
        assert_eq!(outcome.get("AWSENV_PROFILE"), Some(name.as_str()), "{} {hint}", shell.label());
    }
    assert!(!home.join(CANARY).exists(), "{} ran a name", shell.label());
}

mod the_hint_can_be_typed {
    awsenv_testkit::in_every_shell!(super::check_hint);
}

/// A name with a control character can't be quoted, and what can't be quoted is not put into a line to copy.
#[test]
fn a_name_that_cannot_be_said_is_not_in_the_hint() {
    let home = plain_home()
        .credentials("[a;touch awsenv-canary;\u{1b}[0m]\naws_access_key_id = A\naws_secret_access_key = s\n")
        .config("");
    let binary = Path::new(env!("CARGO_BIN_EXE_awsenv"));
    let name = "a;touch awsenv-canary;\u{1b}[0m";
    let mut terminal = Terminal::start(binary, &["use", "--shell", "bash", name], home.path(), home.environment());
    let screen = terminal.wait_for("--print");
    assert!(screen.contains("eval \"$(awsenv use PROFILE)\""), "{screen}");
}
