//! Which credentials a profile gives, rule by rule, as far as it takes AWS to tell: who signed which call in which order,
//! and errors with their code and the line that they are about. What the files alone decide is in
//! `tests/conformance/chain_rules.rs`; here it is seen that no call was made for it.

use awsenv_testkit::fake::{FakeAws, Role, SsoInstance, User};
use awsenv_testkit::home::Home;

use crate::tools::{Given, export};

const START_URL: &str = "https://acme.awsapps.com/start";
const TASK: &str = "arn:aws:iam::123456789012:role/Task";

/// Which rule, both files, and what comes of profile `a`.
struct Row {
    rule: &'static str,
    config: &'static str,
    credentials: &'static str,
    /// `!code file:line`, or the ARN up to the session's name.
    expected: &'static str,
    /// Who asked for what, in order.
    calls: &'static [&'static str],
}

/// The users `base` and `own`, whose keys are written `@base@` and `@own@`.
fn user(name: &str) -> User {
    User::new("111122223333", name)
}

fn role(name: &str) -> Role {
    Role::new(&format!("arn:aws:iam::123456789012:role/{name}")).trusts("*").max_duration(43_200)
}

/// Roles that trust everybody, but `Closed`, which trusts nobody, and `Named`, which wants an external id.
fn fake() -> FakeAws {
    let web = |name: &str| role(name).trusts_web_identity("id.example.com", "sts.amazonaws.com", "pod");
    FakeAws::builder()
        .user(user("base"))
        .user(user("own"))
        .role(role("One"))
        .role(role("Two"))
        .role(role("Three"))
        .role(role("Named").external_id("an-id"))
        .role(Role::new("arn:aws:iam::123456789012:role/Closed"))
        .role(web("Web"))
        .sso(SsoInstance::new(START_URL).assign("123456789012", "Admin"))
        .container("/task", TASK, None)
        .start()
}

fn home(fake: &FakeAws, row: &Row) -> Home {
    let home = Home::new();
    let path = home.path().to_str().expect("UTF-8").to_owned();
    let written = |text: &str| {
        let keys = |text: String, name: &str| text.replace(&format!("@{name}@\n"), &user(name).credentials_lines());
        let text = text
            .replace("@HOME@", &path)
            .replace("@START@", START_URL)
            .replace("R/", "arn:aws:iam::123456789012:role/");
        keys(keys(text, "base"), "own")
    };
    let token = |subject: &str| fake.web_identity_token("id.example.com", "sts.amazonaws.com", subject, 3600);
    // `s` and the start URL: a login that the person has.
    let sso = fake.sso_token(START_URL, 3600).to_cache_json("eu-west-1").to_string();
    home.config(written(row.config))
        .credentials(written(row.credentials))
        .file("pod", token("pod"))
        .file("stranger", token("stranger"))
        .sso_cache("a0f1490a20d0211c997b44bc357e1972deab8ae3.json", sso)
        .variable("AWS_ENDPOINT_URL", fake.url())
        .variable("AWS_REGION", "eu-west-1")
        .variable("AWS_MAX_ATTEMPTS", "1")
        .variable("AWS_CONTAINER_CREDENTIALS_FULL_URI", format!("{}/task", fake.url()))
}

const BASE: &str = "[base]\n@base@\n";

const ROWS: &[Row] = &[
    Row {
        rule: "1: role_arn is a link",
        config: "[profile a]\nrole_arn = R/One\nsource_profile = base\n",
        credentials: BASE,
        expected: "arn:aws:sts::123456789012:assumed-role/One/",
        calls: &["user/base: AssumeRole One"],
    },
    Row {
        rule: "1: a link that AWS refuses",
        config: "[profile a]\nregion = eu-west-1\nrole_arn = R/Closed\nsource_profile = base\n",
        credentials: BASE,
        expected: "!access-denied config:3",
        calls: &["user/base: AssumeRole Closed"],
    },
    Row {
        rule: "1: with web_identity_token_file it is a base, whatever source it names",
        config: "[profile a]\nrole_arn = R/Web\nsource_profile = base\nweb_identity_token_file = @HOME@/pod\n",
        credentials: BASE,
        expected: "arn:aws:sts::123456789012:assumed-role/Web/",
        calls: &["-: AssumeRoleWithWebIdentity Web"],
    },
    Row {
        rule: "1: a web identity in the middle that AWS refuses",
        config: "[profile a]\nrole_arn = R/One\nsource_profile = w\n\
                 [profile w]\nrole_arn = R/Web\nweb_identity_token_file = @HOME@/stranger\n",
        credentials: "",
        expected: "!access-denied config:6",
        calls: &["-: AssumeRoleWithWebIdentity Web"],
    },
    Row {
        rule: "2: credential_source",
        config: "[profile a]\nrole_arn = R/One\ncredential_source = EcsContainer\n",
        credentials: BASE,
        expected: "arn:aws:sts::123456789012:assumed-role/One/",
        calls: &["-: ContainerCredentials", "assumed-role/Task: AssumeRole One"],
    },
    Row {
        rule: "2: credential_source where there is nothing",
        config: "[profile a]\nrole_arn = R/One\ncredential_source = Environment\n",
        credentials: BASE,
        expected: "!no-environment-keys config:3",
        calls: &[],
    },
    Row {
        rule: "2: both",
        config: "[profile a]\nrole_arn = R/One\nsource_profile = base\ncredential_source = EcsContainer\n",
        credentials: BASE,
        expected: "!two-sources config:4",
        calls: &[],
    },
    Row {
        rule: "2: neither, further down",
        config: "[profile a]\nrole_arn = R/One\nsource_profile = b\n[profile b]\nrole_arn = R/Two\n",
        credentials: BASE,
        expected: "!missing-source config:5",
        calls: &[],
    },
    Row {
        rule: "3: own keys of the selected profile don't sign",
        config: "[profile a]\nrole_arn = R/One\nsource_profile = base\n",
        credentials: "[a]\n@own@\n[base]\n@base@\n",
        expected: "arn:aws:sts::123456789012:assumed-role/One/",
        calls: &["user/base: AssumeRole One"],
    },
    Row {
        rule: "4: from the second profile on they do, and its role is left out",
        config: "[profile a]\nrole_arn = R/One\nsource_profile = b\n\
                 [profile b]\nrole_arn = R/Closed\nsource_profile = base\n",
        credentials: "[b]\n@own@\n[base]\n@base@\n",
        expected: "arn:aws:sts::123456789012:assumed-role/One/",
        calls: &["user/own: AssumeRole One"],
    },
    Row {
        rule: "5: its own source",
        config: "[profile a]\nrole_arn = R/One\nsource_profile = a\n",
        credentials: "[a]\n@own@\n",
        expected: "arn:aws:sts::123456789012:assumed-role/One/",
        calls: &["user/own: AssumeRole One"],
    },
    Row {
        rule: "5: its own source, refused",
        config: "[profile a]\nsource_profile = a\nrole_arn = R/Named\nexternal_id = another\n",
        credentials: "[a]\n@own@\n",
        expected: "!access-denied config:3",
        calls: &["user/own: AssumeRole Named id another"],
    },
    Row {
        rule: "5: its own source, without keys",
        config: "[profile a]\nrole_arn = R/One\nsource_profile = a\n",
        credentials: BASE,
        expected: "!source-profile-loop config:3",
        calls: &[],
    },
    Row {
        rule: "6: a loop asks nobody",
        config: "[profile a]\nrole_arn = R/One\nsource_profile = b\n[profile b]\nrole_arn = R/Two\nsource_profile = a\n",
        credentials: BASE,
        expected: "!source-profile-loop config:6",
        calls: &[],
    },
    Row {
        rule: "7: a source that does not exist asks nobody",
        config: "[profile a]\nrole_arn = R/One\nsource_profile = b\n[profile b]\nrole_arn = R/Two\nsource_profile = bas\n",
        credentials: BASE,
        expected: "!source-profile-not-found config:6",
        calls: &[],
    },
    Row {
        rule: "7: half a pair asks nobody",
        config: "[profile a]\nrole_arn = R/One\nsource_profile = b\n[profile b]\naws_access_key_id = AKIAB\n",
        credentials: "[b]\naws_secret_access_key = canary\n",
        expected: "!partial-credentials config:5",
        calls: &[],
    },
    Row {
        rule: "7: an empty source asks nobody",
        config: "[profile a]\nrole_arn = R/One\nsource_profile = b\n[profile b]\nregion = eu-west-1\n",
        credentials: "",
        expected: "!no-credentials config:4",
        calls: &[],
    },
    Row {
        rule: "8: keys of one file, never a token of the other",
        config: "[profile a]\nrole_arn = R/One\nsource_profile = b\n\
                 [profile b]\naws_session_token = canary\n@own@\n",
        credentials: "[b]\n@base@\n",
        expected: "arn:aws:sts::123456789012:assumed-role/One/",
        calls: &["user/base: AssumeRole One"],
    },
    Row {
        rule: "8: IAM Identity Center before keys",
        config: "[profile a]\nrole_arn = R/One\nsource_profile = b\n\
                 [sso-session s]\nsso_start_url = @START@\nsso_region = eu-west-1\n\
                 [profile b]\nsso_session = s\nsso_account_id = 123456789012\nsso_role_name = Admin\n@own@\n",
        credentials: "",
        expected: "arn:aws:sts::123456789012:assumed-role/One/",
        calls: &["-: GetRoleCredentials Admin", "assumed-role/AWSReservedSSO_Admin: AssumeRole One"],
    },
    Row {
        rule: "8: a credential_process that fails, before keys in the config file",
        config: "[profile a]\n@own@\ncredential_process = false\n",
        credentials: "",
        expected: "!credential-process-failed config:4",
        calls: &[],
    },
    Row {
        rule: "8: the same as the base of a role",
        config: "[profile a]\nrole_arn = R/One\nsource_profile = b\n[profile b]\n@own@\ncredential_process = false\n",
        credentials: "",
        expected: "!credential-process-failed config:7",
        calls: &[],
    },
    Row {
        rule: "9: a role that the person hasn't",
        config: "[sso-session s]\nsso_start_url = @START@\nsso_region = eu-west-1\n\
                 [profile a]\nsso_session = s\nsso_account_id = 123456789012\nsso_role_name = Owner\n",
        credentials: "",
        expected: "!access-denied config:6",
        calls: &["-: GetRoleCredentials Owner"],
    },
    Row {
        rule: "9: a session that nobody has logged in to",
        config: "[sso-session other]\nsso_start_url = @START@\nsso_region = eu-west-1\n\
                 [profile a]\nrole_arn = R/One\nsource_profile = b\n\
                 [profile b]\nsso_session = other\nsso_account_id = 123456789012\nsso_role_name = Admin\n",
        credentials: "",
        expected: "!login-needed config:9",
        calls: &[],
    },
    Row {
        rule: "9: an unknown session asks nobody",
        config: "[profile a]\nsso_session = t\nsso_account_id = 123456789012\nsso_role_name = Admin\n",
        credentials: "",
        expected: "!sso-session-not-found config:2",
        calls: &[],
    },
    Row {
        rule: "9: another region than the session's asks nobody",
        config: "[sso-session s]\nsso_start_url = @START@\nsso_region = eu-west-1\n[profile a]\nsso_session = s\n\
                 sso_account_id = 123456789012\nsso_role_name = Admin\nsso_region = us-east-1\n",
        credentials: "",
        expected: "!sso-session-conflict config:8",
        calls: &[],
    },
    Row {
        rule: "10: base first, then outwards, each link with its own settings; without a region with that of `a`",
        config: "[profile a]\nrole_arn = R/One\nsource_profile = b\nrole_session_name = me\nregion = eu-central-1\n\
                 [profile b]\nrole_arn = R/Named\nsource_profile = c\nexternal_id = an-id\nduration_seconds = 1800\n\
                 [profile c]\nrole_arn = R/Three\nsource_profile = base\nduration_seconds = 7200\nregion = us-west-2\n",
        credentials: BASE,
        expected: "arn:aws:sts::123456789012:assumed-role/One/me",
        calls: &[
            "user/base: AssumeRole Three 7200 s in us-west-2",
            "assumed-role/Three: AssumeRole Named 1800 s id an-id in eu-central-1",
            "assumed-role/Named: AssumeRole One in eu-central-1",
        ],
    },
    Row {
        rule: "10: refused in the middle, nothing is asked after it",
        config: "[profile a]\nrole_arn = R/One\nsource_profile = b\n[profile b]\nrole_arn = R/Closed\nsource_profile = c\n\
                 [profile c]\nrole_arn = R/Three\nsource_profile = base\n",
        credentials: BASE,
        expected: "!access-denied config:5",
        calls: &["user/base: AssumeRole Three", "assumed-role/Three: AssumeRole Closed"],
    },
    Row {
        rule: "10: longer than a role may have a role is said before anybody is asked",
        config: "[profile a]\nrole_arn = R/One\nsource_profile = b\nduration_seconds = 7200\n\
                 [profile b]\nrole_arn = R/Two\nsource_profile = base\n",
        credentials: BASE,
        expected: "!duration-too-long config:2",
        calls: &[],
    },
];

/// `who: operation what`, with the settings that are not the default.
fn calls(fake: &FakeAws) -> Vec<String> {
    let line = |call: &awsenv_testkit::fake::Recorded| {
        let who = call.caller.as_deref().and_then(|arn| arn.rsplit(':').next()).unwrap_or("-");
        // Neither made-up names of sessions nor the suffix of Identity Center's roles.
        let who = match who.strip_prefix("assumed-role/") {
            Some(role) => {
                let role = role.split('/').next().unwrap_or_default();
                let role = if role.starts_with("AWSReserved") {
                    role.rsplit_once('_').map_or(role, |(role, _)| role)
                } else {
                    role
                };
                format!("assumed-role/{role}")
            }
            None => who.to_owned(),
        };
        let mut line = format!("{who}: {}", call.operation);
        let of = |name: &str, before: &str, after: &str| {
            call.parameter(name).map(|value| format!(" {before}{value}{after}")).unwrap_or_default()
        };
        let role = call.parameter("RoleArn").and_then(|arn| arn.rsplit('/').next().map(str::to_owned));
        line += &role.map(|role| format!(" {role}")).unwrap_or_default();
        line += &of("role_name", "", "");
        line += &of("DurationSeconds", "", " s");
        line += &of("ExternalId", "id ", "");
        let scope = call.header("authorization").and_then(|header| header.split('/').nth(2));
        line +=
            &scope.filter(|region| *region != "eu-west-1").map(|region| format!(" in {region}")).unwrap_or_default();
        line
    };
    fake.requests().iter().map(line).collect()
}

#[test]
fn every_rule_through_the_broker() {
    for row in ROWS {
        let fake = fake();
        let home = home(&fake, row);
        let (result, said) = export(&home, "a", None);
        assert!(!said.contains("canary"), "a secret: {said}");
        match (row.expected.strip_prefix('!'), &result) {
            (Some(error), Err(code)) => {
                let (expected, place) = error.split_once(' ').expect("a place");
                assert_eq!(code, expected, "{}: {said}", row.rule);
                let place = format!("({}/{place}) [{code}]", home.join(".aws").display());
                assert!(said.contains(&place), "{}: no {place} in {said}", row.rule);
            }
            (None, Ok(Given { id, .. })) => {
                let arn = fake.identity_of(id).unwrap_or_default();
                assert!(arn.starts_with(row.expected), "{}: {arn}", row.rule);
            }
            _ => panic!("{}: {result:?}: {said}", row.rule),
        }
        assert_eq!(calls(&fake), row.calls, "{}: {said}", row.rule);
    }
}
