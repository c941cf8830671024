//! Which credentials a profile gives, rule by rule: the chain of `explain --json` with the place of every step, or the
//! error with its code and place; and a `use` of what can't be resolved, which must fail where it is evaluated.

use awsenv_testkit::home::Home;
use serde_json::Value;

use crate::program::awsenv;

/// `kind profile file:line`, base first; or `!code file:line`.
struct Row {
    rule: &'static str,
    config: &'static str,
    credentials: &'static str,
    profile: &'static str,
    expected: &'static [&'static str],
}

/// Keys for whoever needs a source: `[base]`, `[both]`.
const KEYS: &str = "[base]\naws_access_key_id = AKIABASE\naws_secret_access_key = canary\n";

const ROWS: &[Row] = &[
    Row {
        rule: "1: role_arn makes a link",
        config: "[profile a]\nrole_arn = arn:aws:iam::123456789012:role/A\nsource_profile = base\n",
        credentials: KEYS,
        profile: "a",
        expected: &["static base credentials:2", "assume-role a config:2"],
    },
    Row {
        rule: "1: with web_identity_token_file it is a base",
        config: "[profile a]\nrole_arn = arn:aws:iam::123456789012:role/A\nsource_profile = base\nweb_identity_token_file = /t\n",
        credentials: KEYS,
        profile: "a",
        expected: &["web-identity a config:4"],
    },
    Row {
        rule: "1: and a base for others",
        config: "[profile a]\nrole_arn = R\nsource_profile = b\n[profile b]\nrole_arn = W\nweb_identity_token_file = /t\n",
        credentials: "",
        profile: "a",
        expected: &["web-identity b config:6", "assume-role a config:2"],
    },
    Row {
        rule: "2: credential_source",
        config: "[profile a]\nrole_arn = R\ncredential_source = EcsContainer\n",
        credentials: "",
        profile: "a",
        expected: &["credential-source a config:3", "assume-role a config:2"],
    },
    Row {
        rule: "2: neither source",
        config: "[profile a]\nregion = eu-west-1\nrole_arn = R\n",
        credentials: "",
        profile: "a",
        expected: &["!missing-source config:3"],
    },
    Row {
        rule: "2: both sources",
        config: "[profile a]\nrole_arn = R\nsource_profile = base\ncredential_source = Environment\n",
        credentials: KEYS,
        profile: "a",
        expected: &["!two-sources config:4"],
    },
    Row {
        rule: "2: an unknown credential_source",
        config: "[profile a]\nrole_arn = R\ncredential_source = environment\n",
        credentials: "",
        profile: "a",
        expected: &["!unknown-credential-source config:3"],
    },
    Row {
        rule: "3: own keys of the selected profile are passed over",
        config: "[profile a]\nrole_arn = R\nsource_profile = base\n",
        credentials: "[base]\naws_access_key_id = AKIABASE\naws_secret_access_key = canary\n\
                      [a]\naws_access_key_id = AKIAOWN\naws_secret_access_key = canary\n",
        profile: "a",
        expected: &["static base credentials:2", "assume-role a config:2"],
    },
    Row {
        rule: "4: from the second profile on keys end the chain",
        config: "[profile a]\nrole_arn = R\nsource_profile = b\n[profile b]\nrole_arn = R2\nsource_profile = base\n",
        credentials: "[b]\naws_access_key_id = AKIAB\naws_secret_access_key = canary\n",
        profile: "a",
        expected: &["static b credentials:2", "assume-role a config:2"],
    },
    Row {
        rule: "4: half a pair there is an error, not a way on",
        config: "[profile a]\nrole_arn = R\nsource_profile = b\n[profile b]\nrole_arn = R2\nsource_profile = base\n\
                 aws_access_key_id = AKIAB\n",
        credentials: KEYS,
        profile: "a",
        expected: &["!partial-credentials config:7"],
    },
    Row {
        rule: "5: its own source, with keys",
        config: "[profile a]\nrole_arn = R\nsource_profile = a\n",
        credentials: "[a]\naws_access_key_id = AKIAOWN\naws_secret_access_key = canary\n",
        profile: "a",
        expected: &["static a credentials:2", "assume-role a config:2"],
    },
    Row {
        rule: "5: its own source, without keys",
        config: "[profile a]\nrole_arn = R\nsource_profile = a\n",
        credentials: KEYS,
        profile: "a",
        expected: &["!source-profile-loop config:3"],
    },
    Row {
        rule: "6: a loop through others",
        config: "[profile a]\nrole_arn = R\nsource_profile = b\n[profile b]\nrole_arn = R\nsource_profile = a\n",
        credentials: "",
        profile: "a",
        expected: &["!source-profile-loop config:6"],
    },
    Row {
        rule: "6: a loop further down",
        config: "[profile a]\nrole_arn = R\nsource_profile = b\n[profile b]\nrole_arn = R\nsource_profile = c\n\
                 [profile c]\nrole_arn = R\nsource_profile = b\n",
        credentials: "",
        profile: "a",
        expected: &["!source-profile-loop config:9"],
    },
    Row {
        rule: "7: a source that does not exist",
        config: "[profile a]\nrole_arn = R\nsource_profile = bas\n",
        credentials: KEYS,
        profile: "a",
        expected: &["!source-profile-not-found config:3"],
    },
    Row {
        rule: "7: half a pair, the secret in the other file",
        config: "[profile a]\naws_access_key_id = AKIAA\n",
        credentials: "[a]\naws_secret_access_key = canary\n",
        profile: "a",
        expected: &["!partial-credentials config:2"],
    },
    Row {
        rule: "7: an empty source",
        config: "[profile a]\nrole_arn = R\nsource_profile = b\n[profile b]\nregion = eu-west-1\n",
        credentials: "",
        profile: "a",
        expected: &["!no-credentials config:4"],
    },
    Row {
        rule: "7: web identity without a role",
        config: "[profile a]\nweb_identity_token_file = /t\n",
        credentials: "",
        profile: "a",
        expected: &["!web-identity-without-role config:2"],
    },
    Row {
        rule: "7: settings only",
        config: "\n[profile a]\nregion = eu-west-1\n",
        credentials: KEYS,
        profile: "a",
        expected: &["!no-credentials config:2"],
    },
    Row {
        rule: "7: no such profile",
        config: "[default]\nregion = eu-west-1\n",
        credentials: KEYS,
        profile: "bse",
        expected: &["!profile-not-found -"],
    },
    Row {
        rule: "8: keys come from the credentials file where it has the pair",
        config: "[profile a]\naws_access_key_id = AKIACONFIG\naws_secret_access_key = canary\naws_session_token = canary\n",
        credentials: "[a]\naws_access_key_id = AKIACREDS\naws_secret_access_key = canary\n",
        profile: "a",
        expected: &["static a credentials:2"],
    },
    Row {
        rule: "8: SSO before keys",
        config: "[profile a]\nsso_account_id = 123456789012\nsso_role_name = R\nsso_start_url = U\nsso_region = r\n",
        credentials: "[a]\naws_access_key_id = AKIACREDS\naws_secret_access_key = canary\n",
        profile: "a",
        expected: &["sso a config:2"],
    },
    Row {
        rule: "8: keys in credentials before login_session",
        config: "[profile a]\nlogin_session = L\ncredential_process = p\n",
        credentials: "[a]\naws_access_key_id = AKIACREDS\naws_secret_access_key = canary\n",
        profile: "a",
        expected: &["static a credentials:2"],
    },
    Row {
        rule: "8: login_session before credential_process",
        config: "[profile a]\ncredential_process = p\nlogin_session = L\n",
        credentials: "",
        profile: "a",
        expected: &["login-session a config:3"],
    },
    Row {
        rule: "8: credential_process before keys in config",
        config: "[profile a]\naws_access_key_id = AKIACONFIG\naws_secret_access_key = canary\ncredential_process = p\n",
        credentials: "",
        profile: "a",
        expected: &["credential-process a config:4"],
    },
    Row {
        rule: "9: a session",
        config: "[sso-session s]\nsso_start_url = U\nsso_region = r\n\
                 [profile a]\nsso_session = s\nsso_account_id = 123456789012\nsso_role_name = R\n",
        credentials: "",
        profile: "a",
        expected: &["sso a config:6"],
    },
    Row {
        rule: "9: a session alone gives a token",
        config: "[sso-session s]\nsso_start_url = U\nsso_region = r\n[profile a]\nsso_session = s\n",
        credentials: "",
        profile: "a",
        expected: &["sso a config:5"],
    },
    Row {
        rule: "9: account and role go together",
        config: "[sso-session s]\nsso_start_url = U\nsso_region = r\n[profile a]\nsso_session = s\nsso_account_id = 1\n",
        credentials: "",
        profile: "a",
        expected: &["!sso-incomplete config:6"],
    },
    Row {
        rule: "9: another region than the session's",
        config: "[sso-session s]\nsso_start_url = U\nsso_region = r\n\
                 [profile a]\nsso_session = s\nsso_account_id = 1\nsso_role_name = R\nsso_region = q\n",
        credentials: "",
        profile: "a",
        expected: &["!sso-session-conflict config:8"],
    },
    Row {
        rule: "9: an unknown session",
        config: "[profile a]\nsso_session = s\nsso_account_id = 1\nsso_role_name = R\n",
        credentials: "",
        profile: "a",
        expected: &["!sso-session-not-found config:2"],
    },
    Row {
        rule: "10: base first, then outwards",
        config: "[profile a]\nrole_arn = R\nsource_profile = b\n[profile b]\nrole_arn = R2\nsource_profile = c\n\
                 [profile c]\nrole_arn = R3\nsource_profile = base\n",
        credentials: KEYS,
        profile: "a",
        expected: &[
            "static base credentials:2",
            "assume-role c config:8",
            "assume-role b config:5",
            "assume-role a config:2",
        ],
    },
    Row {
        rule: "a line that can't be read, in a profile on the way",
        config: "[profile a]\nrole_arn = R\nsource_profile = b\n[profile b]\nrole_arn R\nsource_profile = base\n",
        credentials: KEYS,
        profile: "a",
        expected: &["!syntax config:5"],
    },
];

fn shown(home: &Home, place: &Value) -> String {
    let Some(file) = place["file"].as_str() else { return "-".to_owned() };
    let file = file.strip_prefix(home.join(".aws").to_str().expect("UTF-8")).expect("one of the two files");
    format!("{}:{}", file.trim_start_matches('/'), place["line"])
}

#[test]
fn every_rule_of_resolution() {
    for row in ROWS {
        let home = Home::new().config(row.config).credentials(row.credentials);
        let run = awsenv(&home, &["explain", row.profile, "--json"]);
        let explained = run.json();
        let chain = explained["chain"].as_array().expect("an array");
        let text = |value: &Value| value.as_str().expect("a text").to_owned();
        let mut got: Vec<String> = chain
            .iter()
            .map(|step| format!("{} {} {}", text(&step["kind"]), text(&step["profile"]), shown(&home, &step["origin"])))
            .collect();
        let error = &explained["error"];
        if !error.is_null() {
            got.push(format!("!{} {}", text(&error["code"]), shown(&home, &error["origin"])));
        }
        assert_eq!(got, row.expected, "{}", row.rule);
        assert_eq!(run.status, Some(i32::from(!error.is_null())), "{}", row.rule);
        assert!(!run.stdout.contains("canary"), "a secret in {}", run.stdout);
        if !error.is_null() {
            use_fails(&home, row, error);
        }
    }
}

/// Nothing on standard output but what makes the evaluation fail; the code and the place on standard error.
fn use_fails(home: &Home, row: &Row, error: &Value) {
    for mode in ["keys", "profile"] {
        let run = awsenv(home, &["use", row.profile, "--shell", "posix", "--as", mode]);
        assert_eq!((run.status, run.stdout.as_str()), (Some(1), "false\n"), "{}: {}", row.rule, run.stderr);
        assert!(run.stderr.contains(&format!("[{}]", error["code"].as_str().expect("a code"))), "{}", run.stderr);
        if let Some(file) = error["origin"]["file"].as_str() {
            assert!(run.stderr.contains(&format!("{file}:{}", error["origin"]["line"])), "{}", run.stderr);
        }
    }
}

#[test]
fn settings_of_a_link_belong_to_the_profile_with_the_role() {
    let config = "[profile a]\nrole_arn = R\nsource_profile = b\nrole_session_name = me\nexternal_id = x\n\
                  mfa_serial = m\nduration_seconds = 900\nregion = eu-west-1\n\
                  [profile b]\nrole_arn = R2\nsource_profile = base\nregion = us-east-1\n";
    let home = Home::new().config(config).credentials(KEYS);
    let explained = awsenv(&home, &["explain", "a", "--json"]).json();
    let link = |index: usize| {
        let step = &explained["chain"][index];
        let fields = ["role_arn", "role_session_name", "external_id", "mfa_serial", "duration_seconds"];
        fields.map(|field| step[field].to_string()).join(" ")
    };
    assert_eq!(link(1), r#""R2" null null null null"#);
    assert_eq!(link(2), r#""R" "me" "x" "m" 900"#);
    assert_eq!(explained["region"]["value"], "eu-west-1");
    assert_eq!(explained["region"]["origin"]["line"], 8);
}

#[test]
fn a_token_alone_is_no_identity() {
    let home = Home::new().config("[sso-session s]\nsso_start_url = U\nsso_region = r\n[profile a]\nsso_session = s\n");
    let explained = awsenv(&home, &["explain", "a", "--json"]).json();
    assert!(explained["chain"][0]["account_id"].is_null() && explained["chain"][0]["role_name"].is_null());
    let run = awsenv(&home, &["use", "a", "--shell", "posix"]);
    assert_eq!((run.status, run.stdout.as_str()), (Some(1), "false\n"));
    assert!(run.stderr.contains("[sso-token-only]"), "{}", run.stderr);
}

#[test]
fn a_list_says_what_each_profile_is() {
    let config = "[default]\nregion = us-east-1\n[profile keys]\nregion = eu-west-1\n\
                  [profile role]\nrole_arn = arn:aws:iam::123456789012:role/path/Admin\nsource_profile = keys\n\
                  [profile mfa]\nrole_arn = arn:aws:iam::123456789012:role/Admin\nsource_profile = keys\nmfa_serial = m\n\
                  [profile sso]\nsso_account_id = 210987654321\nsso_role_name = Reader\nsso_start_url = U\nsso_region = r\n\
                  [profile process]\ncredential_process = p\n\
                  [profile broken]\nrole_arn = R\nsource_profile = nowhere\n";
    let credentials = "[keys]\naws_access_key_id = AKIA\naws_secret_access_key = canary\n[late]\naws_access_key_id = AKIA\n\
                       aws_secret_access_key = canary\n";
    let home = Home::new()
        .config(config)
        .credentials(credentials)
        .settings("[class production]\nmatch = *role*\nconfirm = no\n");
    let run = awsenv(&home, &["list", "--json"]);
    assert_eq!(run.status, Some(0), "{}", run.stderr);
    let list = run.json();
    let rows: Vec<String> = list
        .as_array()
        .expect("an array")
        .iter()
        .map(|row| {
            let fields = ["name", "kind", "account_id", "region", "role_name", "state", "class"];
            let fields = fields.map(|field| row[field].as_str().unwrap_or("-"));
            format!("{} {}", fields.join(" "), shown(&home, &row["origin"]))
        })
        .collect();
    assert_eq!(
        rows,
        [
            "default - - us-east-1 - broken - config:1",
            "keys static - eu-west-1 - ready - config:3",
            "role assume-role 123456789012 - Admin refreshable production config:5",
            "mfa assume-role 123456789012 - Admin mfa-needed - config:8",
            "sso sso 210987654321 - Reader login-needed - config:12",
            "process credential-process - - - refreshable - config:17",
            "broken - - - - broken - config:19",
            "late static - - - ready - credentials:4",
        ]
    );
}
