//! What a shell learns so as to build the segment itself is what awsenv-prompt prints.

use std::time::{Duration, SystemTime};

use awsenv_testkit::home::Home;
use awsenv_testkit::tools;

use crate::common::{awsenv_prompt, keys};

const SETTINGS: &str = "[settings]\nprompt = aws:{profile}{ (region)}{ [left]}{ class}\n[class production]\n\
                        match = *prod*\ncolor = red\nlabel = PROD $(touch ran) %F `x`\n";

fn home(settings: &str) -> Home {
    Home::new().file(".config/awsenv/config", settings).credentials(keys(["acme-prod", "a"]))
}

fn now() -> u64 {
    SystemTime::UNIX_EPOCH.elapsed().unwrap().as_secs()
}

/// What `shell` makes of the learned text, and what awsenv-prompt prints.
fn both(shell: &str, home: &Home, variables: &[(&str, String)]) -> Option<(String, String)> {
    let program = tools::require(shell, module_path!())?;
    let output = |command: &mut std::process::Command| {
        let output = command.envs(variables.iter().cloned()).output().unwrap();
        assert!(output.status.success() && output.stderr.is_empty(), "{output:?}");
        String::from_utf8(output.stdout).unwrap()
    };
    let built = "eval \"$(\"$PROMPT\" --learn $SH $$)\"
        left=
        if [ \"$__awsenv_shows_left\" = yes ]; then left=${NEAR:+$__awsenv_near}$LEFT; fi
        if [ -n \"$__awsenv_end\" ] && [ \"$__awsenv_end\" -le \"$NOW\" ]; then
            printf %s \"$__awsenv_over\"
        else
            printf %s \"$__awsenv_head$left$__awsenv_tail\"
        fi
        [ -z \"$__awsenv_stamp\" ] || [ -f \"$__awsenv_stamp\" ]";
    let ask = output(home.command(awsenv_prompt()).args(["--shell", shell, "--embed", "late"]));
    // The time left is the shell's to say; it is taken from the plain text here.
    let plain = output(&mut home.command(awsenv_prompt()));
    let left = plain.split_once('[').and_then(|(_, rest)| rest.split_once(']')).map_or("", |(left, _)| left);
    let left = left.rsplit(' ').next().unwrap_or_default();
    let learned = output(
        home.command(program)
            .args(["-c", built])
            .env("PROMPT", awsenv_prompt())
            .env("SH", shell)
            .env("LEFT", left)
            .env("NEAR", if plain.contains("ends") { "yes" } else { "" })
            .env("NOW", now().to_string()),
    );
    Some((learned, ask))
}

#[test]
fn it_is_the_same_segment() {
    for shell in ["bash", "zsh"] {
        for (profile, left) in [("acme-prod", 3000), ("acme-prod", 500), ("acme-prod", 0), ("a", 90_000)] {
            for format in [SETTINGS, "", "[settings]\nprompt = {profile}\n", "junk\n"] {
                let home = home(format);
                let used = [
                    ("AWS_ACCESS_KEY_ID", "ASIAX".to_owned()),
                    ("AWS_SECRET_ACCESS_KEY", "canary".to_owned()),
                    ("AWS_SESSION_TOKEN", "canary".to_owned()),
                    ("AWS_REGION", "eu-west-1".to_owned()),
                    ("AWSENV_PROFILE", profile.to_owned()),
                    ("AWSENV_KEY_ID", "ASIAX".to_owned()),
                    ("AWSENV_EXPIRATION", (now() + left).to_string()),
                ];
                let Some((learned, asked)) = both(shell, &home, &used) else { continue };
                let left_aside = |text: &str| text.replace(|c: char| c.is_ascii_digit(), "#");
                // A default format has no brackets to find the time by.
                if format == SETTINGS || left == 0 {
                    assert_eq!(left_aside(&learned), left_aside(&asked), "{shell} {profile} {left} {format}");
                }
                assert!(!learned.contains("canary") && !home.join("ran").exists());
            }
            for by_name in ["a", "acme-prod", "missing", "awsenv-locked"] {
                let home = home(SETTINGS);
                let Some((learned, asked)) = both(shell, &home, &[("AWS_PROFILE", by_name.to_owned())]) else {
                    continue;
                };
                assert_eq!(learned, asked, "{shell} {by_name}");
            }
            let Some((learned, asked)) = both(shell, &home(SETTINGS), &[]) else { continue };
            assert_eq!((learned, asked), (String::new(), String::new()));
        }
    }
}

/// The files that can change what is shown, and a stamp from before they were read.
#[test]
fn what_is_watched() {
    let home =
        home("[settings]\ninclude = team\n").file(".config/awsenv/team", "[settings]\nregion = eu-west-1\n").config(
            "[sso-session s]\nsso_start_url = https://x.awsapps.com/start\nsso_region = eu-west-1\n[profile sso]\n\
                 sso_session = s\nsso_account_id = 111122223333\nsso_role_name = R\n\
             [profile login]\nlogin_session = arn:aws:iam::111122223333:user/x\n",
        );
    let run = |profile: &str| {
        let output = home.command(awsenv_prompt()).args(["--learn", "bash", "42"]).env("AWS_PROFILE", profile).output();
        String::from_utf8(output.unwrap().stdout).unwrap()
    };
    let before = SystemTime::UNIX_EPOCH + Duration::from_secs(now());
    let text = run("sso");
    for file in ["config", "team"] {
        assert!(text.contains(&format!(".config/awsenv/{file}")), "{text}");
    }
    for file in [".aws/config", ".aws/credentials", ".aws/sso/cache/"] {
        assert!(text.contains(file), "{file}: {text}");
    }
    let stamp = home.join(".local/state/awsenv/shells/42");
    let looked = stamp.metadata().unwrap().modified().unwrap();
    assert!(looked >= before && looked <= SystemTime::UNIX_EPOCH + Duration::from_secs(now() + 1));
    assert!(run("a").contains(" -nt "));
    assert!(run("login").contains(".aws/login/cache/"), "{}", run("login"));
    // Where no stamp can be made, the shell is told to ask every time.
    std::fs::remove_dir_all(home.join(".local")).unwrap();
    std::fs::write(home.join(".local"), "").unwrap();
    assert!(run("a").contains("__awsenv_stamp=$''"), "{}", run("a"));
}

/// As under `sudo` with another user's `HOME`: the shell asks every time, and nothing of root's is left there.
#[test]
fn root_leaves_no_stamp_in_another_users_home() {
    use std::os::unix::fs::MetadataExt as _;

    let home = home("");
    if std::fs::metadata(home.path()).unwrap().uid() != 0 {
        tools::cannot_be_shown("root_leaves_no_stamp_in_another_users_home", "only root can give files away");
        return;
    }
    for folder in ["", ".local", ".local/state", ".local/state/awsenv", ".local/state/awsenv/shells"] {
        let folder = home.join(folder);
        std::fs::create_dir_all(&folder).unwrap();
        std::os::unix::fs::chown(&folder, Some(65_534), None).unwrap();
    }
    let mut command = home.command(awsenv_prompt());
    let output = command.args(["--learn", "bash", "42"]).env("AWS_PROFILE", "a").output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(text.contains("__awsenv_stamp=$''") && text.contains("aws:a"), "{text}");
    assert_eq!(std::fs::read_dir(home.join(".local/state/awsenv/shells")).unwrap().count(), 0);
}
