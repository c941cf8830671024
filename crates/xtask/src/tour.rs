//! The stops of `cargo xtask try`: what is typed, and what must be seen then.

use std::collections::BTreeMap;

/// What a command did.
#[derive(Debug, Default)]
pub(crate) struct Seen {
    /// Both streams, in order.
    pub(crate) output: String,
    /// The status that the shell had afterwards.
    pub(crate) status: i32,
    /// The exported variables whose names begin with AWS.
    pub(crate) variables: BTreeMap<String, String>,
}

/// Something that has to be true after a command.
enum Check {
    /// The status is 0.
    Succeeds,
    /// The status is not 0.
    Fails,
    /// The output has this text.
    Prints(&'static str),
    /// The output has nothing.
    PrintsNothing,
    /// The variable has this value.
    Set(&'static str, &'static str),
    /// The variable is not there.
    Unset(&'static str),
    /// Every variable is as it was before the command.
    Unchanged,
    /// No identity is left: no variable that the AWS tools read.
    Nobody,
}

/// One command of the tour.
pub(crate) struct Stop {
    /// A line before it, for the reader.
    pub(crate) about: &'static str,
    /// What is typed.
    pub(crate) command: &'static str,
    /// It is meant to print secrets, which are masked.
    pub(crate) shows_secrets: bool,
    checks: Vec<Check>,
}

impl Stop {
    /// How many things are looked at.
    pub(crate) fn checks(&self) -> usize {
        self.checks.len()
    }

    /// What is not as it should be.
    pub(crate) fn faults(&self, seen: &Seen, before: Option<&Seen>) -> Vec<String> {
        self.checks.iter().filter_map(|check| check.fault(seen, before)).collect()
    }
}

impl Check {
    fn fault(&self, seen: &Seen, before: Option<&Seen>) -> Option<String> {
        let nothing = BTreeMap::new();
        let earlier = before.map_or(&nothing, |before| &before.variables);
        let (holds, what) = match self {
            Self::Succeeds => (seen.status == 0, "it should succeed".to_owned()),
            Self::Fails => (seen.status != 0, "its status should not be 0".to_owned()),
            Self::Prints(text) => (seen.output.contains(text), format!("it should print \"{text}\"")),
            Self::PrintsNothing => (seen.output.trim().is_empty(), "it should print nothing".to_owned()),
            Self::Set(name, value) => (
                seen.variables.get(*name).is_some_and(|found| found == value),
                format!("{name} should be {value}, but is {:?}", seen.variables.get(*name)),
            ),
            Self::Unset(name) => (!seen.variables.contains_key(*name), format!("{name} should not be set")),
            Self::Unchanged => (seen.variables == *earlier, "every variable should be as it was".to_owned()),
            Self::Nobody => {
                let left: Vec<&str> =
                    seen.variables.keys().filter(|name| name.starts_with("AWS_")).map(String::as_str).collect();
                (left.is_empty(), format!("no identity should be left, but there is {}", left.join(" ")))
            }
        };
        (!holds).then_some(what)
    }
}

const ENV: &str = "env | grep '^AWS' | sort";

/// The account of the roles in the second part.
const ACCOUNT: &str = "123456789012";

/// The second part, with the broker, against the fakes. The names and values are those of `try_aws`.
pub(crate) fn stops_at_aws() -> Vec<Stop> {
    use Check::{Fails, Nobody, Prints, Set, Succeeds, Unchanged, Unset};
    let stop = |about, command, checks| Stop { about, command, shows_secrets: false, checks };
    vec![
        stop(
            "Long-term keys, two roles that want MFA, and a role of IAM Identity Center.",
            "awsenv list",
            vec![Succeeds, Prints("mfa-needed"), Prints("login-needed")],
        ),
        stop(
            "A role with MFA. The phone shows 123456; without --mfa awsenv asks on the terminal.",
            r#"eval "$(awsenv use client1-admin --mfa 123456)""#,
            vec![
                Succeeds,
                Set("AWSENV_PROFILE", "client1-admin"),
                Set("AWS_ACCOUNT_ID", ACCOUNT),
                Set("AWS_REGION", "eu-central-1"),
                Unset("AWS_PROFILE"),
            ],
        ),
        stop(
            "Who am I? AWS itself says so.",
            "awsenv current --verify",
            vec![Succeeds, Prints("assumed-role/Admin/"), Prints("AWS says so"), Unchanged],
        ),
        stop(
            "Another role with the same device: one code serves them all.",
            r#"eval "$(awsenv use client1-deploy)""#,
            vec![Succeeds, Set("AWSENV_PROFILE", "client1-deploy"), Set("AWS_ACCOUNT_ID", ACCOUNT)],
        ),
        stop(
            "The settings pin a profile to an account that it does not lead to.",
            r#"eval "$(awsenv use client1-moved)""#,
            vec![Fails, Prints("444455556666"), Prints(ACCOUNT), Unchanged],
        ),
        stop(
            "IAM Identity Center. The browser of this tour clicks \"allow\" at once.",
            "awsenv login acme-dev",
            vec![Succeeds, Prints("the login is good for 8h"), Unchanged],
        ),
        stop(
            "",
            r#"eval "$(awsenv use acme-dev)""#,
            vec![Succeeds, Set("AWSENV_PROFILE", "acme-dev"), Set("AWS_ACCOUNT_ID", ACCOUNT)],
        ),
        stop("", "awsenv current --verify", vec![Succeeds, Prints("AWSReservedSSO_Developer"), Unchanged]),
        stop("Everything is cached now, where the AWS CLI looks, too.", "awsenv list", vec![Succeeds, Prints("ready")]),
        stop("", "awsenv logout acme-dev", vec![Succeeds, Prints("logged out of acme"), Unchanged]),
        stop("", r#"eval "$(awsenv clear)""#, vec![Succeeds, Nobody]),
    ]
}

/// The tour, in order. The names and values are those of `tests/samples/home`.
pub(crate) fn stops() -> Vec<Stop> {
    use Check::{Fails, Nobody, Prints, PrintsNothing, Set, Succeeds, Unchanged, Unset};
    let stop = |about, command, checks| Stop { about, command, shows_secrets: command == ENV, checks };
    vec![
        stop(
            "What is in ~/.aws?",
            "awsenv list",
            vec![
                Succeeds,
                Prints("client1-prod"),
                Prints("acme-billing-readonly"),
                Prints("acme-prod-admin"),
                Prints("globex-dev"),
                Prints("globex-old"),
                Prints("umbrella-research"),
            ],
        ),
        stop("Who am I? So far nobody: no variable is set.", ENV, vec![PrintsNothing, Nobody]),
        stop(
            "The main job.",
            r#"eval "$(awsenv use client1)""#,
            vec![
                Succeeds,
                Set("AWS_ACCESS_KEY_ID", "AKIACLIENTONEEXAMPLE"),
                Set("AWS_SECRET_ACCESS_KEY", "client1/EXAMPLE+EXAMPLE/EXAMPLEKEY"),
                Unset("AWS_SESSION_TOKEN"),
                Unset("AWS_PROFILE"),
                Set("AWS_REGION", "eu-west-1"),
                Set("AWS_DEFAULT_REGION", "eu-west-1"),
                Set("AWSENV_PROFILE", "client1"),
            ],
        ),
        stop("", ENV, vec![Prints("AWS_ACCESS_KEY_ID=AKIACLIENTONEEXAMPLE"), Unchanged]),
        stop("", "awsenv current", vec![Succeeds, Prints("client1"), Prints("AKIACLIENTONEEXAMPLE"), Unchanged]),
        stop(
            "What a prompt shows of it: awsenv-prompt is what the hook (awsenv init SHELL --prompt) runs before each.",
            "awsenv-prompt",
            vec![Succeeds, Prints("client1"), Prints("eu-west-1"), Unchanged],
        ),
        stop(
            "What TAB offers behind `awsenv use acme-p`, as the shell is told it.",
            "awsenv __complete fish words 2 -- awsenv use acme-p",
            vec![Succeeds, Prints("acme-prod\t"), Prints("acme-prod-admin\t"), Unchanged],
        ),
        stop(
            "And behind `awsenv expl`: commands and options are completed by the same rule.",
            "awsenv __complete fish words 1 -- awsenv expl",
            vec![Succeeds, Prints("explain"), Unchanged],
        ),
        stop(
            "A typo is loud, changes nothing, and is never guessed.",
            r#"eval "$(awsenv use clinet1)""#,
            vec![Fails, Prints("clinet1"), Prints("client1"), Unchanged],
        ),
        stop(
            "What does a profile mean, and where does it say so?",
            "awsenv explain acme-prod",
            vec![
                Succeeds,
                Prints("acme-dev"),
                Prints("arn:aws:iam::123456789012:role/Deployer"),
                Prints(".aws/config"),
            ],
        ),
        stop(
            "A role: the AWS CLI entered it a moment ago, so its cache has the keys.",
            r#"eval "$(awsenv use acme-prod)""#,
            vec![
                Succeeds,
                Set("AWS_ACCESS_KEY_ID", "ASIAACMEPRODXEXAMPLE"),
                Set("AWS_SECRET_ACCESS_KEY", "acme-prod/EXAMPLE/EXAMPLE/EXAMPLEKEY"),
                Set("AWS_SESSION_TOKEN", "acme-prod/EXAMPLE/EXAMPLE/EXAMPLE/EXAMPLETOKEN=="),
                Set("AWS_REGION", "us-east-1"),
                Set("AWS_ACCOUNT_ID", "123456789012"),
                Set("AWSENV_PROFILE", "acme-prod"),
            ],
        ),
        stop("", ENV, vec![Prints("AWS_CREDENTIAL_EXPIRATION="), Unchanged]),
        stop("", "awsenv-prompt", vec![Succeeds, Prints("aws:acme-prod (us-east-1) "), Unchanged]),
        stop("", "awsenv current", vec![Succeeds, Prints("acme-prod"), Prints("123456789012"), Unchanged]),
        stop(
            "And back to the one before. Nothing of the role stays behind.",
            r#"eval "$(awsenv use -)""#,
            vec![
                Succeeds,
                Set("AWS_ACCESS_KEY_ID", "AKIACLIENTONEEXAMPLE"),
                Set("AWS_REGION", "eu-west-1"),
                Unset("AWS_SESSION_TOKEN"),
                Unset("AWS_CREDENTIAL_EXPIRATION"),
                Unset("AWS_ACCOUNT_ID"),
            ],
        ),
        stop("", "awsenv current", vec![Succeeds, Prints("client1"), Prints("eu-west-1"), Unchanged]),
        stop(
            "Keys that a company's own program hands out (credential_process).",
            r#"eval "$(awsenv use umbrella-research)""#,
            vec![
                Succeeds,
                Set("AWS_ACCESS_KEY_ID", "ASIAUMBRELLAREXAMPLE"),
                Set("AWS_SESSION_TOKEN", "umbrella/EXAMPLE/EXAMPLE/EXAMPLE/EXAMPLETOKEN=="),
                Set("AWS_REGION", "ap-southeast-2"),
            ],
        ),
        stop("", "awsenv current", vec![Succeeds, Prints("umbrella-research"), Prints("temporary"), Unchanged]),
        stop(
            "One command as someone else; this shell stays who it is.",
            r#"awsenv exec acme-billing-readonly -- sh -c 'echo "the command has $AWS_ACCESS_KEY_ID"'"#,
            vec![Succeeds, Prints("the command has AKIAACMEBILLSEXAMPLE"), Unchanged],
        ),
        stop(
            "What AWS must be asked for takes awsenv's other program: the second part of this tour.",
            r#"eval "$(awsenv use globex-dev)""#,
            vec![Fails, Prints("awsenv-broker"), Unchanged],
        ),
        stop(
            "Or leave signing in and renewing to the AWS tools.",
            r#"eval "$(awsenv use globex-dev --as profile)""#,
            vec![
                Succeeds,
                Set("AWS_PROFILE", "globex-dev"),
                Set("AWS_DEFAULT_PROFILE", "globex-dev"),
                Set("AWS_REGION", "eu-central-1"),
                Unset("AWS_ACCESS_KEY_ID"),
                Unset("AWS_SECRET_ACCESS_KEY"),
                Unset("AWS_SESSION_TOKEN"),
            ],
        ),
        stop("", "awsenv current", vec![Succeeds, Prints("globex-dev"), Prints("AWS_PROFILE"), Unchanged]),
        stop("Done for today.", r#"eval "$(awsenv clear)""#, vec![Succeeds, Prints("default"), Nobody]),
        stop("", ENV, vec![Unchanged, Nobody]),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(output: &str, status: i32, variables: &[(&str, &str)]) -> Seen {
        let variables = variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        Seen { output: output.to_owned(), status, variables }
    }

    #[test]
    fn every_check_can_fail() {
        let right = seen("text", 0, &[("AWS_REGION", "eu-west-1")]);
        let wrong = seen("", 1, &[("AWS_PROFILE", "x")]);
        let empty = Seen::default();
        for (check, good, bad) in [
            (Check::Succeeds, &right, &wrong),
            (Check::Fails, &wrong, &right),
            (Check::Prints("text"), &right, &wrong),
            (Check::PrintsNothing, &wrong, &right),
            (Check::Set("AWS_REGION", "eu-west-1"), &right, &wrong),
            (Check::Unset("AWS_PROFILE"), &right, &wrong),
            (Check::Unchanged, &right, &wrong),
            (Check::Nobody, &empty, &wrong),
        ] {
            assert_eq!(check.fault(good, Some(&right)), None);
            assert!(check.fault(bad, Some(&right)).is_some());
        }
    }
}
