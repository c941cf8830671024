//! Values that some shell or terminal would obey: they are seen, and nothing happens.

use std::path::Path;

use awsenv_testkit::corpus::CANARY;
use awsenv_testkit::shells::RealShell;

use crate::common::{Prompt, home, identity, plain, settle};
use crate::embedding::embeddings;

/// Profiles and regions. Short, so that nothing is cut before it could do harm.
const VALUES: [(&str, &str); 14] = [
    ("$(touch awsenv-canary)", "`touch awsenv-canary`"),
    ("`touch awsenv-canary`", "$(:>awsenv-canary)"),
    ("\\$(touch awsenv-canary)", "\\`:>awsenv-canary\\`"),
    ("\\\\$(touch awsenv-canary)\\", "\\\\`:>awsenv-canary`"),
    ("${x:-$(touch awsenv-canary)}", "$[x[$(:>c)]]"),
    ("$((x[$(touch awsenv-canary)]))", "(:>awsenv-canary)"),
    ("%n%~%1v%$HOME%(!.a.b)%{%}%%", "%F{red}%f%h%D"),
    ("\\u\\w\\$\\!\\#\\e[31m\\[\\]\\033[7m\\fr.", "\\h\\nx\\t\\a\\b"),
    ("!!!$!-1!?x?!#", "^a^b"),
    ("{RED}{user}{{}}{$HOME}{", "}{cwd}"),
    ("'\"'\"'$(touch awsenv-canary)'\"'", "\"$(:>awsenv-c)\""),
    ("a\u{1b}[2J\u{1b}]0;owned\u{7}b\u{9b}31m", "\u{1b}[6n\u{1}\u{2}"),
    ("a\r\nb\tc\u{8}\u{7f}\u{202e}dcba\u{200b}", "\u{85}\u{2028}x"),
    ("~/*?[a-z]&;|<>#=", "-n é日本"),
];

/// The same for aliases: a settings file has no control characters.
const ALIASES: [&str; 4] =
    ["$(touch awsenv-canary)", "\\`touch awsenv-canary`", "%n!!\\$\\[{RED}", "\u{202e}live\u{200b}"];

fn check(shell: RealShell, program: &Path) {
    for embedding in embeddings(shell) {
        let aliases: String =
            ALIASES.iter().enumerate().map(|(i, alias)| format!("[profile alias{i}]\nalias = {alias}\n")).collect();
        let home = home(shell, embedding, &aliases);
        let mut prompt = Prompt::start(shell, program, embedding, &home);
        let names: Vec<String> = (0..ALIASES.len()).map(|i| format!("alias{i}")).collect();
        let cases = VALUES.into_iter().chain(names.iter().map(|name| (name.as_str(), "eu-west-1")));
        for (number, (profile, region)) in cases.enumerate() {
            let variables = identity(profile, region);
            let wanted = plain(&home, &variables);
            assert!(!wanted.contains(char::is_control) && !wanted.ends_with(" ?"), "{wanted:?}");
            if embedding.exact {
                prompt.show(&variables, &as_seen(shell, embedding.embed, &wanted));
            } else {
                prompt.send_only(&variables);
            }
            // Whoever waits for an end looks at the screen; whatever runs behind is done by the next prompt.
            assert!(!home.join(CANARY).exists(), "{} ran {profile:?} or {region:?}", shell.label());
            assert!(!home.join("c").exists() && !home.join("awsenv-c").exists(), "{} ran {number}", shell.label());
        }
        settle(&mut prompt.terminal);
        assert!(!home.join(CANARY).exists(), "{}", shell.label());
        prompt.terminal.send("echo do''ne\r");
        // nu and xonsh do not join words across quotes.
        let is_answer = |line: &str| matches!(line.trim_end(), "done" | "do''ne");
        prompt.terminal.wait_until("done", |screen| screen.lines().any(is_answer));
    }
}

/// How the shell shows the text where it can't show it as it is.
fn as_seen(shell: RealShell, embed: &str, text: &str) -> String {
    match shell {
        // Nothing can stand for a backtick there.
        RealShell::Zsh if embed == "early" => text.replace('`', "'"),
        _ => text.to_owned(),
    }
}

mod harmless {
    awsenv_testkit::in_every_shell!(super::check);
}
