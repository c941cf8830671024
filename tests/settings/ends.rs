//! The end of an identity and its renewal, as the hook asks for them.

use std::fs;
use std::process::Output;
use std::time::UNIX_EPOCH;

use awsenv_testkit::home::Home;

const CONFIG: &str = "[profile base]\naws_access_key_id = AKIABASE\naws_secret_access_key = canary-base\n[profile role]\n\
                      role_arn = arn:aws:iam::123456789012:role/Admin\nsource_profile = base\nregion = eu-west-1\n";
/// `sha1` of the role's arguments, as the AWS CLI names its entry.
const ENTRY: &str = "51e7b105b5040ce662656c8dc6ab4de70c4de7ad.json";
const SHELL: &str = "4194998";

fn now() -> i64 {
    UNIX_EPOCH.elapsed().unwrap().as_secs() as i64
}

/// A session of the role in the AWS CLI's cache, with so many seconds to go.
fn session(id: &str, left: i64) -> String {
    let end = jiff::Timestamp::from_second(now() + left).unwrap();
    format!(
        r#"{{"Credentials": {{"AccessKeyId": "{id}", "SecretAccessKey": "canary-s", "SessionToken": "canary-t", "Expiration": "{end}"}}, "AssumedRoleUser": {{"AssumedRoleId": "AROA:x", "Arn": "arn:aws:sts::123456789012:assumed-role/Admin/x"}}}}"#
    )
}

/// What `use role` sets, as the shell has it; changed as told.
struct Used {
    home: Home,
    variables: Vec<(String, String)>,
}

impl Used {
    fn new(arguments: &[&str]) -> Self {
        let home = Home::new().config(CONFIG).cli_cache(ENTRY, session("ASIAOLD", 3600));
        let output = home
            .command(env!("CARGO_BIN_EXE_awsenv"))
            .args(["use", "--shell", "nu"])
            .args(arguments)
            .arg("role")
            .output()
            .unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let set: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        let set = set["set"].as_object().unwrap();
        let variables = set.iter().map(|(name, value)| (name.clone(), value.as_str().unwrap().to_owned())).collect();
        Self { home, variables }
    }

    fn with(mut self, name: &str, value: &str) -> Self {
        self.variables.retain(|(known, _)| known != name);
        self.variables.push((name.to_owned(), value.to_owned()));
        self
    }

    fn get(&self, name: &str) -> &str {
        self.variables.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value)
    }

    fn ask(&self, arguments: &[&str]) -> (String, String) {
        let mut command = self.home.command(env!("CARGO_BIN_EXE_awsenv"));
        let Output { stdout, stderr, status } =
            command.args(arguments).envs(self.variables.iter().cloned()).output().unwrap();
        assert!(status.success(), "{}", String::from_utf8_lossy(&stderr));
        (String::from_utf8(stdout).unwrap(), String::from_utf8(stderr).unwrap())
    }

    /// What a renewal in the background, and then the prompt, make of it.
    fn renewed(&self) -> (String, String) {
        assert_eq!(self.ask(&["__renew", SHELL]), (String::new(), String::new()));
        let taken = self.ask(&["__take", "--hook", "bash", SHELL]);
        assert_eq!(self.ask(&["__take", "--hook", "bash", SHELL]), (String::new(), String::new()), "taken twice");
        taken
    }
}

#[test]
fn at_its_end_an_identity_locks_the_shell_and_says_so() {
    let (text, said) =
        Used::new(&[]).with("AWSENV_EXPIRATION", &(now() - 1).to_string()).ask(&["__end", "--hook", "bash"]);
    assert!(text.contains("AWS_PROFILE='awsenv-expired'") && !text.contains("canary"), "{text}");
    assert!(said.contains("role has come to its end") && said.contains("awsenv use role"), "{said}");
    // Not over, not awsenv's, changed by hand, or not a time: nothing happens.
    for (name, value) in [
        ("AWSENV_EXPIRATION", (now() + 60).to_string()),
        ("AWSENV_EXPIRATION", "a[$(touch ran)]".to_owned()),
        ("AWS_ACCESS_KEY_ID", "AKIAOTHER".to_owned()),
        ("AWSENV_PROFILE", String::new()),
    ] {
        let used = Used::new(&[]).with("AWSENV_EXPIRATION", &(now() - 1).to_string()).with(name, &value);
        assert_eq!(used.ask(&["__end", "--hook", "bash"]), (String::new(), String::new()), "{name}");
    }
}

#[test]
fn newer_credentials_are_taken_over_with_the_same_options() {
    let used = Used::new(&["--region", "us-east-1"]);
    assert_eq!(used.renewed(), (String::new(), String::new()), "nothing is newer yet");
    fs::write(used.home.join(".aws/cli/cache").join(ENTRY), session("ASIANEW", 7200)).unwrap();
    let (text, said) = used.renewed();
    assert!(text.contains("ASIANEW") && text.contains("us-east-1") && text.contains("--region=us-east-1"), "{text}");
    assert!(!text.contains("__awsenv_save"), "a renewal is no step for back: {text}");
    assert_eq!(said, "");
}

#[test]
fn what_was_not_to_be_kept_longer_is_not() {
    let used = Used::new(&["--for", "20m"]);
    let end: i64 = used.get("AWSENV_EXPIRATION").parse().unwrap();
    assert_eq!(used.get("AWSENV_UNTIL"), end.to_string());
    fs::write(used.home.join(".aws/cli/cache").join(ENTRY), session("ASIANEW", 7200)).unwrap();
    assert_eq!(used.renewed(), (String::new(), String::new()));
    // Longer than the credentials: the end of the shell's time stays.
    let used = Used::new(&["--for", "90m"]);
    let until: i64 = used.get("AWSENV_UNTIL").parse().unwrap();
    assert!(until > used.get("AWSENV_EXPIRATION").parse().unwrap());
    fs::write(used.home.join(".aws/cli/cache").join(ENTRY), session("ASIANEW", 7200)).unwrap();
    let (text, _) = used.renewed();
    assert!(
        text.contains(&format!("AWSENV_EXPIRATION='{until}'")) && text.contains(&format!("AWSENV_UNTIL='{until}'"))
    );
}

#[test]
fn what_is_no_longer_the_same_is_left_alone() {
    let newer = |used: &Used| {
        fs::write(used.home.join(".aws/cli/cache").join(ENTRY), session("ASIANEW", 7200)).unwrap();
    };
    // Cleared, or changed by hand: nothing is done and nothing said.
    for (name, value) in [("AWSENV_PROFILE", ""), ("AWS_ACCESS_KEY_ID", "AKIAOTHER"), ("AWSENV_OPTIONS", "--x")] {
        let used = Used::new(&[]).with(name, value);
        newer(&used);
        assert_eq!(used.renewed(), (String::new(), String::new()), "{name}");
    }
    // Another file, and another chain in the same file: refused, and said once.
    let other = Used::new(&[]);
    fs::write(other.home.join("other"), CONFIG).unwrap();
    let path = other.home.join("other").display().to_string();
    let other = other.with("AWS_CONFIG_FILE", &path);
    newer(&other);
    let edited = Used::new(&[]);
    fs::write(edited.home.join(".aws/config"), CONFIG.replace("AKIABASE", "AKIAELSE")).unwrap();
    newer(&edited);
    for used in [other, edited] {
        let (text, said) = used.renewed();
        assert_eq!(text, "");
        assert!(said.contains("role is not renewed") && said.contains("awsenv use"), "{said}");
        assert_eq!(said.lines().count(), 1, "{said}");
    }
    // Switched off.
    let off = Used::new(&[]);
    newer(&off);
    fs::create_dir_all(off.home.join(".config/awsenv")).unwrap();
    fs::write(off.home.join(".config/awsenv/config"), "[settings]\nrefresh = no\n").unwrap();
    assert_eq!(off.renewed(), (String::new(), String::new()));
}
