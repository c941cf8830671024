//! `awsenv back`: exactly what was there before the last switch, byte for byte.

use std::fs;
use std::path::Path;

use awsenv_testkit::home::Home;
use awsenv_testkit::shells::{RealShell, evaluate};

use crate::common::{form, home, in_sh_family, load};

/// Exported and not, empty, control characters, line breaks at the end, bytes that are no UTF-8.
const BEFORE: &str = "\
export AWS_REGION=\"$(printf 'x\\ny\\001\\033[31m \\177 tab\\t\\302\\205 *')\"
export AWS_SDK_UA_APP_ID='two
breaks

'
export AWS_PROFILE=
AWS_VAULT='not  exported $(touch awsenv-canary)`touch awsenv-canary`'
AWS_DEFAULT_REGION=
unset AWS_MAX_ATTEMPTS AWSENV_PROFILE
export AWS_ENDPOINT_URL_S3=\"it's\" AWSENV_AMBIENT_AWS_ROLE_ARN=\"\\\\\\\"\"
state() {
    env -0 | grep -z '^AWS\\|^__awsenv' | sort -z >\"$1.environment\"
    printf '<%s>' \"$AWS_VAULT\" \"${AWS_DEFAULT_REGION-unset}\" \"${AWS_MAX_ATTEMPTS-unset}\" \\
        \"${AWS_ACCESS_KEY_ID-unset}\" \"${AWSENV_PROFILE-unset}\" >\"$1.shell\"
}
";

fn state(home: &Home, name: &str) -> (Vec<u8>, Vec<u8>) {
    let read = |kind: &str| fs::read(home.join(format!("{name}.{kind}"))).unwrap_or_else(|e| panic!("{name}: {e}"));
    (read("environment"), read("shell"))
}

fn check(shell: RealShell, program: &Path) {
    let both = |command: &str| [command.to_owned(), form(shell, command)];
    let backs = both("awsenv back");
    for bytes in ["", "export AWS_CA_BUNDLE=\"$(printf 'a\\377\\376b')\""] {
        if !bytes.is_empty() && shell == RealShell::Yash {
            // yash keeps characters, not bytes, and loses these by itself.
            continue;
        }
        for back in &backs {
            let switches = [
                both("awsenv use acme"),
                both("awsenv clear"),
                both("awsenv clear --lock"),
                // What fails and changes nothing is no step; what fails and locks is one.
                both("awsenv use acme").map(|one| format!("{one}\nawsenv use nope || awsenv use --bad || :")),
                both("awsenv use --or-clear nope").map(|one| format!("{one} || :")),
            ];
            for switch in switches.iter().flatten() {
                let home = home();
                let before = format!("{}\n{BEFORE}{bytes}\nstate before\n{switch}\nstate between", load(shell, ""));
                let outcome = evaluate(shell, program, &home, &before, &format!("{back} && state after"));
                assert!(outcome.succeeded, "{}: {switch}: {back}: {}", shell.label(), outcome.stderr);
                assert_eq!(state(&home, "after"), state(&home, "before"), "{}: {switch}: {back}", shell.label());
                assert_ne!(state(&home, "between"), state(&home, "before"), "{}: {switch}", shell.label());
                crate::common::assert_nothing_ran(shell, &home);
            }
        }
    }
}

mod byte_for_byte {
    use super::*;
    in_sh_family!(check);
}

fn check_steps(shell: RealShell, program: &Path) {
    let home = home();
    let before = format!(
        "{}\n{BEFORE}state before\nawsenv use acme\nstate acme\nawsenv use other\nawsenv back\nstate back\n\
         AWS_REGION=mine\n",
        load(shell, "")
    );
    for again in ["awsenv back".to_owned(), form(shell, "awsenv back")] {
        let outcome = evaluate(shell, program, &home, &before, &again);
        assert!(outcome.survived && !outcome.succeeded, "{}: {outcome:?}", shell.label());
        assert!(outcome.stderr.contains("nothing to go back to"), "{}: {}", shell.label(), outcome.stderr);
        assert_eq!(outcome.get("AWS_REGION"), Some("mine"), "{}", shell.label());
        assert_eq!(state(&home, "back"), state(&home, "acme"), "{}", shell.label());
    }
}

mod one_step {
    use super::*;
    in_sh_family!(check_steps);
}

fn check_readonly(shell: RealShell, program: &Path) {
    let home = home().variable("AWS_REGION", "old");
    let before = format!("{}\nawsenv use acme\nreadonly AWS_SECRET_ACCESS_KEY", load(shell, ""));
    for back in ["awsenv back".to_owned(), form(shell, "awsenv back"), "awsenv use other".to_owned()] {
        let outcome = evaluate(shell, program, &home, &before, &back);
        assert!(outcome.survived && !outcome.succeeded, "{}: {back}: {outcome:?}", shell.label());
        assert_eq!(outcome.get("AWS_ACCESS_KEY_ID"), Some("AKIAACME"), "{}: {back}", shell.label());
        assert_eq!(outcome.get("AWS_REGION"), Some("eu-west-1"), "{}: {back}", shell.label());
        assert!(outcome.stderr.contains("nothing was changed"), "{}: {back}: {}", shell.label(), outcome.stderr);
    }
}

mod all_or_nothing {
    use super::*;
    in_sh_family!(check_readonly);
}

/// What came from the environment under the hook's own names is neither evaluated nor a step.
fn check_foreign(shell: RealShell, program: &Path) {
    let home = home()
        .variable("__awsenv_back", "A; touch awsenv-canary")
        .variable("__awsenv_binary", "/nowhere")
        .variable("AWSENV_SEGMENT", "foreign");
    let outcome = evaluate(shell, program, &home, &load(shell, ""), "awsenv back");
    assert!(outcome.survived && !outcome.succeeded, "{}: {outcome:?}", shell.label());
    assert_eq!(outcome.get("AWSENV_SEGMENT"), None, "{}", shell.label());
    let outcome = evaluate(shell, program, &home, &load(shell, ""), "awsenv use acme");
    assert!(outcome.succeeded && outcome.get("AWS_ACCESS_KEY_ID") == Some("AKIAACME"), "{outcome:?}");
    assert!(!outcome.environment.iter().flatten().any(|(name, _)| name.starts_with("__awsenv")), "{outcome:?}");
    crate::common::assert_nothing_ran(shell, &home);
}

mod foreign_variables {
    use super::*;
    in_sh_family!(check_foreign);
}
