use awsenv_core::color::Color;

use super::*;
use crate::Shell;

#[test]
fn what_steers_or_hides_is_replaced() {
    for (text, cleaned) in [
        ("client-1_a.b/c:d é 日本 e\u{301} \u{e0b0}", "client-1_a.b/c:d é 日本 e\u{301} \u{e0b0}"),
        ("a\u{1b}[31mb\u{7}\t\n\r\0\u{7f}", "a?[31mb??????"),
        ("a\u{9b}31mb\u{85}", "a?31mb?"),
        ("a\u{202e}b\u{2066}\u{2069}\u{200f}\u{61c}", "a?b????"),
        ("a\u{200b}\u{200c}\u{200d}\u{2060}\u{feff}\u{ad}\u{34f}", "a???????"),
        ("\u{2028}\u{2029}\u{a0}\u{3000}\u{3164}\u{ffa0}\u{115f}\u{fe0f}\u{e0041}\u{e0100}", "??????????"),
        ("\u{fffe}\u{378}", "??"),
        ("'\"\\", "'\"\\"),
    ] {
        assert_eq!(clean(text), cleaned, "{text:?}");
    }
}

#[test]
fn a_long_text_loses_its_middle() {
    assert_eq!(cut("a-name", 6), "a-name");
    assert_eq!(cut("a-very-long-name-of-a-profile-prod", 20), "a-very-long-...-prod");
    assert_eq!(cut("日本日本日本日本日本日本", 20), "日本日本日本...日本");
    assert_eq!(cut("日本日本日本日本日本", 20), "日本日本日本日本日本");
    let pile = format!("a{}", "\u{301}".repeat(1000));
    assert_eq!(cut(&pile, 20).chars().count(), 20);
    for columns in 0..10 {
        assert!(cut("a long name", columns).len() <= columns.max(3), "{columns}");
    }
}

#[test]
fn each_shell_has_its_own_rule() {
    let escaped = |shell, embed| escape(shell, embed, r#"\$(x)`!%"'{}^"#);
    for (shell, late, early) in [
        (Shell::Bash, r#"\$(x)`!%"'{}^"#, r#"\\\\\\$(x)\\`\041%"'{}^"#),
        (Shell::Zsh, r#"\$(x)`!%"'{}^"#, r#"\%{%}$%{%}(x)'!%%"'{}^"#),
        (Shell::Fish, r#"\$(x)`!%"'{}^"#, r#"\$(x)`!%"'{}^"#),
        (Shell::Dash, r#"\$(x)`!%"'{}^"#, r#"\\\$(x)\`!%"'{}^"#),
        (Shell::Ash, r#"\\$(x)`!%"'{}^"#, r#"\\\\$\[\](x)\`!%"'{}^"#),
        (Shell::Ksh, r#"\$(x)`!!%"'{}^"#, r#"\\\$(x)\`!!%\"\'{}^"#),
        (Shell::Mksh, r#"\$(x)`!%"'{}^"#, r#"\\\$(x)\`!!%"'{}^"#),
        (Shell::Yash, r#"\\$(x)`!%"'{}^"#, r#"\\$\[\](x)\`!%"'{}^"#),
        (Shell::Posix, "??(x)?????{}^", "??(x)?????{}^"),
        (Shell::Tcsh, r#"\$(x)`!%"'{}^"#, r#"\\$(x)`\!%%"'{}\^"#),
        (Shell::Elvish, r#"\$(x)`!%"'{}^"#, r#"\$(x)`!%"'{}^"#),
        (Shell::Nu, r#"\$(x)`!%"'{}^"#, r#"\$(x)`!%"'{}^"#),
        (Shell::Xonsh, r#"\$(x)`!%"'{{}}^"#, r#"\$(x)`!%"'{{{{}}}}^"#),
        (Shell::Powershell, r#"\$(x)`!%"'{}^"#, r#"\$(x)`!%"'{}^"#),
        (Shell::Cmd, r#"\$$(x)`!%"'{}^"#, r#"\$$(x)`!%"'{}^"#),
    ] {
        assert_eq!(escaped(shell, Embed::Late), late, "{shell} late");
        assert_eq!(escaped(shell, Embed::Early), early, "{shell} early");
    }
}

#[test]
fn ordinary_names_are_as_they_are_everywhere() {
    let name = "aws:client-1.dev_x/Admin@a+b (eu-west-1) 1h05m é";
    for shell in Shell::ALL {
        for embed in Embed::ALL {
            assert_eq!(escape(shell, embed, name), name, "{shell} {}", embed.name());
        }
    }
}

#[test]
fn tcsh_is_shown_no_mark_without_a_width() {
    for embed in Embed::ALL {
        assert_eq!(escape(Shell::Tcsh, embed, "e\u{301}é日\u{e0b0}"), "e?é日\u{e0b0}");
        assert_eq!(escape(Shell::Bash, embed, "e\u{301}"), "e\u{301}");
    }
}

#[test]
fn colors_are_marked_or_left_out() {
    let red = |shell, embed| paint(shell, embed, "x", Color::Red);
    assert_eq!(red(Shell::Bash, Embed::Late), "\u{1}\u{1b}[31m\u{2}x\u{1}\u{1b}[39m\u{2}");
    assert_eq!(red(Shell::Zsh, Embed::Early), "%F{red}x%f");
    assert_eq!(red(Shell::Zsh, Embed::Late), "x");
    assert_eq!(red(Shell::Mksh, Embed::Late), "x");
    assert_eq!(paint(Shell::Yash, Embed::Late, "x", Color::Black), r"\fk.x\fd.");
    assert_eq!(paint(Shell::Xonsh, Embed::Late, "x", Color::Cyan), "{CYAN}x{RESET}");
}

#[test]
fn names_of_the_ways_to_embed() {
    for embed in Embed::ALL {
        assert_eq!(embed.name().parse(), Ok(embed));
    }
    assert_eq!("LATE".parse::<Embed>(), Err(UnknownEmbed));
    assert_eq!(Embed::default(), Embed::Late);
}
