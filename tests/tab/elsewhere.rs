//! Profile names where other commands take them: behind `AWS_PROFILE=` and `aws … --profile`, beside what the user has.

use std::path::Path;

use awsenv_testkit::home::Home;
use awsenv_testkit::shells::RealShell;

use crate::session::{Session, Source};

/// The name that is completed; it needs quoting in every shell.
const NAME: &str = "e:cl & $(touch awsenv-canary)";

/// What the user has for `aws`: it offers the one word `users-own`.
fn own_completion(shell: RealShell) -> &'static str {
    match shell {
        RealShell::Bash => "_users() { COMPREPLY=(users-own); }; complete -F _users aws",
        RealShell::Zsh => "_users() { compadd users-own }; compdef _users aws",
        RealShell::Fish => "complete -c aws -f -a users-own",
        RealShell::Yash => "function completion/aws { complete users-own; }",
        RealShell::Nu => {
            "$env.config.completions.external.completer = {|spans| [{value: users-own, description: ''}] }"
        }
        RealShell::Elvish => "set edit:completion:arg-completer[aws] = {|@words| put users-own }",
        _ => "",
    }
}

fn names_behind_profile(session: &mut Session) {
    let mut lines = vec!["aws s3 ls --profile ", "aws s3 ls --profile e"];
    // The others complete whole words alone.
    if !matches!(session.shell, RealShell::Nu | RealShell::Tcsh | RealShell::Xonsh) {
        lines.push("aws s3 ls --profile=e:");
    }
    for typed in lines {
        session.type_in(typed);
        if session.press("\t").contains("COMPLETING") {
            session.press("\r");
        }
        let got = session.recorded(" end\r");
        let joined = got.join(" ");
        let wanted = format!("s3 ls --profile {NAME} end");
        assert_eq!(joined.replacen("--profile=", "--profile ", 1), wanted, "{}", session.shell.label());
        assert!(got.iter().any(|word| word.ends_with(NAME)), "{}: {got:?}", session.shell.label());
        session.assert_nothing_ran();
    }
}

fn beside_nothing(shell: RealShell, program: &Path) {
    for source in [Source::Script, Source::Hook] {
        names_behind_profile(&mut Session::start(shell, program, source, Home::new(), "", &[NAME]));
    }
}

/// `aws users` becomes `aws users-own`, by whatever the user has.
#[track_caller]
fn the_users_own(session: &mut Session) {
    session.type_in("aws users");
    session.press("\t");
    assert_eq!(session.recorded(" end\r"), ["users-own", "end"], "{}", session.shell.label());
}

fn beside_the_users(shell: RealShell, program: &Path) {
    let start = |source| Session::start(shell, program, source, Home::new(), own_completion(shell), &[NAME]);
    for source in [Source::Script, Source::Hook] {
        let mut session = start(source);
        names_behind_profile(&mut session);
        the_users_own(&mut session);
    }
    // The user's own is what the first TAB asks for.
    let mut session = start(Source::Hook);
    the_users_own(&mut session);
    names_behind_profile(&mut session);
}

/// The AWS CLI's own completion is a program that bash runs.
#[test]
fn beside_a_program_in_bash() {
    let Some(program) = RealShell::Bash.require(module_path!()) else { return };
    let completer = "#!/bin/sh\n[ \"$COMP_LINE $COMP_POINT\" = 'aws e 5' ] && printf 'ec2\\n'\n[ \"$1\" = aws ]\n";
    for source in [Source::Script, Source::Hook] {
        let home = Home::new().file("aws_completer", completer);
        let file = home.join("aws_completer");
        std::fs::set_permissions(&file, std::os::unix::fs::PermissionsExt::from_mode(0o755)).expect("our own file");
        let before = format!("complete -C '{}' aws", file.display());
        let mut session = Session::start(RealShell::Bash, &program, source, home, &before, &[NAME]);
        for _ in 0..2 {
            session.type_in("aws e");
            session.press("\t");
            assert_eq!(session.recorded(" end\r"), ["ec2", "end"], "{source:?}");
            names_behind_profile(&mut session);
        }
    }
}

/// A list of words is no completion that could be asked for a part: it stays as it is.
#[test]
fn beside_words_in_bash() {
    let Some(program) = RealShell::Bash.require(module_path!()) else { return };
    for source in [Source::Script, Source::Hook] {
        let before = "complete -W users-own aws";
        let mut session = Session::start(RealShell::Bash, &program, source, Home::new(), before, &[NAME]);
        the_users_own(&mut session);
        the_users_own(&mut session);
    }
}

/// bash-completion finds what it has for a command on the first TAB; it still does.
#[test]
fn beside_bash_completion() {
    let Some(program) = RealShell::Bash.require(module_path!()) else { return };
    let library = Path::new("/usr/share/bash-completion/bash_completion");
    if !library.exists() {
        assert!(!awsenv_testkit::tools::is_strict(), "bash-completion is missing");
        eprintln!("SKIPPED {}: bash-completion is missing", module_path!());
        return;
    }
    // Loaded lazily, as a package would bring it.
    let lazy = "_lazy() { COMPREPLY=(lazily-loaded); }; complete -F _lazy aws\n";
    let before = format!(". {}", library.display());
    for source in [Source::Script, Source::Hook] {
        let home = Home::new().file(".local/share/bash-completion/completions/aws", lazy);
        let mut session = Session::start(RealShell::Bash, &program, source, home, &before, &[NAME]);
        // What `exec` runs is completed as that command.
        let through = format!("{} exec p -- aws lazi", session.command);
        for round in 0..2 {
            for (typed, words) in [("aws lazi", &[][..]), (&through, &["exec", "p", "--", "aws"])] {
                // With the hook, the first TAB of all is one behind `exec`.
                if source == Source::Hook && round == 0 && words.is_empty() {
                    continue;
                }
                session.type_in(typed);
                session.press("\t");
                let wanted = [words, &["lazily-loaded", "end"]].concat();
                assert_eq!(session.recorded(" end\r"), wanted, "{source:?}");
            }
            names_behind_profile(&mut session);
        }
    }
}

fn assignments(shell: RealShell, program: &Path) {
    for source in [Source::Script, Source::Hook] {
        assigned_names(Session::start(shell, program, source, Home::new(), "", &[NAME]));
    }
}

fn assigned_names(mut session: Session) {
    let shell = session.shell;
    // The recorder has no way to see the environment: a program that has one writes it down.
    let show = "sh -c 'printf \"%s\\0end\\0\" \"$AWS_PROFILE\" >argv.new; mv argv.new argv'";
    let (typed, keys): (&[&str], String) = match shell {
        // bash asks nobody about an assignment before a command.
        RealShell::Bash => (&["export AWS_PROFILE=e", "export A=1 AWS_PROFILE="], format!("\r{show}\r")),
        RealShell::Zsh => (&["export AWS_PROFILE=e", "export AWS_PROFILE="], format!("\r{show}\r")),
        RealShell::Fish => (&["set -gx AWS_PROFILE ", "export AWS_PROFILE=e"], format!("\r{show}\r")),
        RealShell::Tcsh => (&["setenv AWS_PROFILE ", "setenv AWS_PROFILE e"], format!("\r{show}\r")),
        RealShell::Elvish => (&["set-env AWS_PROFILE ", "set-env AWS_PROFILE e"], format!("\r{show}\r")),
        _ => panic!("{} is not asked", shell.label()),
    };
    for typed in typed {
        session.type_in(typed);
        if session.press("\t").contains("COMPLETING") {
            session.press("\r");
        }
        let got = session.recorded(&keys);
        assert_eq!(got, [NAME, "end"], "{}\n{}", shell.label(), session.terminal.text());
        session.assert_nothing_ran();
    }
    if shell == RealShell::Zsh {
        session.type_in("AWS_PROFILE=e");
        session.press("\t");
        assert_eq!(session.recorded(&format!(" {show}\r")), [NAME, "end"]);
        session.assert_nothing_ran();
    }
}

mod aws_alone {
    awsenv_testkit::in_every_shell!(
        super::beside_nothing,
        bash = Bash,
        zsh = Zsh,
        fish = Fish,
        elvish = Elvish,
        yash = Yash,
        tcsh = Tcsh,
        nu = Nu,
        xonsh = Xonsh
    );
}

mod aws_with_a_completion {
    awsenv_testkit::in_every_shell!(
        super::beside_the_users,
        bash = Bash,
        zsh = Zsh,
        fish = Fish,
        elvish = Elvish,
        yash = Yash,
        nu = Nu
    );
}

mod assigned {
    awsenv_testkit::in_every_shell!(
        super::assignments,
        bash = Bash,
        zsh = Zsh,
        fish = Fish,
        tcsh = Tcsh,
        elvish = Elvish
    );
}
