use super::*;

fn sample() -> EnvChange {
    let mut change = EnvChange::new();
    change.set("A", "it's").unwrap();
    change.unset("B").unwrap();
    change.set_secret("C", "canary").unwrap();
    change
}

#[test]
fn every_name_is_read_back() {
    for shell in Shell::ALL {
        assert_eq!(shell.name().parse(), Ok(shell));
        assert_eq!(shell.to_string(), shell.name());
    }
    let error = "Bash".parse::<Shell>().unwrap_err().to_string();
    assert!(error.contains("`Bash`") && error.contains("bash zsh fish"), "{error}");
}

#[test]
fn process_names() {
    for (name, shell) in [
        ("-bash", Some(Shell::Bash)),
        ("/usr/bin/rbash", Some(Shell::Bash)),
        ("bash-5.2", Some(Shell::Bash)),
        (r"C:\Program Files\Git\bin\BASH.EXE", Some(Shell::Bash)),
        ("zsh-5.9", Some(Shell::Zsh)),
        ("busybox", Some(Shell::Ash)),
        ("/bin/ksh93", Some(Shell::Ksh)),
        ("ksh93u+m", Some(Shell::Ksh)),
        ("lksh", Some(Shell::Mksh)),
        ("-sh", Some(Shell::Posix)),
        ("csh", Some(Shell::Tcsh)),
        ("pwsh.exe", Some(Shell::Powershell)),
        ("cmd.exe", Some(Shell::Cmd)),
        ("python3.11", None),
        ("sshd", None),
        ("", None),
        ("-", None),
        ("5", None),
    ] {
        assert_eq!(Shell::from_process_name(name), shell, "{name}");
    }
}

#[test]
fn debug_hides_the_snippet() {
    for shell in Shell::ALL {
        let snippet = render_change(shell, &sample()).unwrap();
        assert!(snippet.expose().contains("canary"), "{shell}");
        assert!(!format!("{snippet:?}").contains("canary"), "{shell}");
    }
}

#[test]
fn the_text_never_outgrows_its_place() {
    for shell in Shell::ALL {
        let mut change = sample();
        if shell != Shell::Cmd {
            change.set("D", &"\u{e9}\u{1F600}'!\\".repeat(100)).unwrap();
        }
        let snippet = render_change(shell, &change).unwrap();
        assert!(snippet.expose().len() <= snippet::capacity(&change), "{shell}");
    }
}

#[test]
fn what_cmd_cant_say_is_refused_without_the_value() {
    for bad in ["can\"ary", "can\u{e9}ary"] {
        let mut change = EnvChange::new();
        change.set("A", bad).unwrap();
        let error = render_change(Shell::Cmd, &change).unwrap_err();
        assert!(!error.to_string().contains("ary"), "{error}");
        assert!(error.to_string().contains("the value for A"), "{error}");
    }
    let mut change = EnvChange::new();
    change.set("A", &"x".repeat(9000)).unwrap();
    assert!(matches!(render_change(Shell::Cmd, &change), Err(RenderError::TooLong { .. })));
}

#[test]
fn control_characters_are_refused() {
    for shell in Shell::ALL {
        for bad in ["\0", "a\nb", "\u{1b}", "\u{2028}"] {
            assert!(matches!(quote(shell, bad), Err(RenderError::Value(_))), "{shell}");
        }
    }
}

#[test]
fn a_hostile_message_stays_text() {
    let message = "\"}\n'; touch PWNED; $(touch PWNED) \u{1b}[31m";
    for shell in Shell::ALL {
        let text = render_failure(shell, message);
        assert!(!text.contains('\n') && !text.contains('\u{1b}'), "{shell}: {text}");
        assert_eq!(text.contains("touch"), shell == Shell::Nu, "{shell}: {text}");
    }
}
