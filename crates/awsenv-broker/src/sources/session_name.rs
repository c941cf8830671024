//! The name of a role's session: what people read in CloudTrail.

use awsenv_core::environment::Environment;
use jiff::Timestamp;

use crate::broker::Broker;
use crate::error::{BrokerError, Result};

/// The most characters that STS takes.
const LONGEST: usize = 64;

/// The configured name, checked, or one made up.
///
/// # Errors
/// STS takes 2 to 64 letters, digits and `_+=,.@-`
/// (<https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html>); nothing is cut or replaced, because
/// policies look at the name.
pub(super) fn choose(configured: Option<&str>, broker: &Broker<'_>) -> Result<String> {
    match configured {
        Some(name) if is_taken(name) => Ok(name.to_owned()),
        Some(name) => Err(BrokerError::new(
            "role-session-name",
            format!(
                "STS takes no session named `{}`",
                name.escape_debug().to_string().chars().take(100).collect::<String>()
            ),
        )
        .hint("role_session_name has 2 to 64 letters, digits and `_+=,.@-`")),
        None => Ok(made_up(&broker.environment, broker.now())),
    }
}

/// As the AWS tools do it (`botocore-session-1792500000`), with who it was: `awsenv-alice-1792500000`.
fn made_up(environment: &Environment, now: Timestamp) -> String {
    let end = format!("-{}", now.as_second());
    let user =
        ["USER", "LOGNAME", "USERNAME"].into_iter().find_map(|name| environment.get_nonempty(name)).unwrap_or("");
    let room = LONGEST - "awsenv-".len() - end.len();
    let user: String = user.chars().filter(|character| is_allowed(*character)).take(room).collect();
    if user.is_empty() { format!("awsenv{end}") } else { format!("awsenv-{user}{end}") }
}

fn is_taken(name: &str) -> bool {
    (2..=LONGEST).contains(&name.len()) && name.chars().all(is_allowed)
}

fn is_allowed(character: char) -> bool {
    character.is_ascii_alphanumeric() || "_+=,.@-".contains(character)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn made_up_names_tell_who_and_when_and_are_taken_by_sts() {
        let now = Timestamp::from_second(1_792_500_000).unwrap();
        let long = "x".repeat(200);
        for (user, expected) in [
            ("alice", "awsenv-alice-1792500000"),
            ("", "awsenv-1792500000"),
            ("DOMAIN\\bob smith", "awsenv-DOMAINbobsmith-1792500000"),
            ("日本\u{1b}[31m;$(id)", "awsenv-31mid-1792500000"),
            ("日本", "awsenv-1792500000"),
            (&long, &format!("awsenv-{}-1792500000", "x".repeat(46))),
        ] {
            let name = made_up(&[("USER", user)].into_iter().collect(), now);
            assert_eq!(name, expected);
            assert!(is_taken(&name));
        }
        assert_eq!(made_up(&[("LOGNAME", "carol")].into_iter().collect(), now), "awsenv-carol-1792500000");
    }

    #[test]
    fn names_as_sts_takes_them() {
        for good in ["ab", "a_b+c=d,e.f@g-h", &"x".repeat(64)] {
            assert!(is_taken(good), "{good}");
        }
        for bad in ["", "a", "a b", "a/b", "ä1", "a\nb", &"x".repeat(65)] {
            assert!(!is_taken(bad), "{bad}");
        }
    }
}
