//! Files with the wrong thing in them: each mistake has its place, and what it does not touch can be used.

use awsenv_testkit::home::Home;

use crate::common::awsenv;

const KEYS: &str = "aws_access_key_id = AKIAGOOD\naws_secret_access_key = s\n";

/// The profile `good` can be used; the line is told.
#[track_caller]
fn good_stays(home: &Home, told: &[&str]) {
    let run = awsenv(home, &["use", "good", "--shell", "bash"]).expect(0, told);
    assert!(run.stdout.contains("AKIAGOOD"), "{run:?}");
    assert!(awsenv(home, &["list", "--names"]).expect(0, &[]).stdout.lines().any(|name| name == "good"));
    awsenv(home, &["list"]).expect(0, told);
}

/// A credentials file with `good` before and after `text`.
fn between(text: impl AsRef<[u8]>) -> [Home; 2] {
    let good = format!("[good]\n{KEYS}");
    let before = [good.as_bytes(), text.as_ref(), b"\n"].concat();
    let after = [text.as_ref(), b"\n", good.as_bytes()].concat();
    [Home::new().credentials(before), Home::new().credentials(after)]
}

#[test]
fn a_bad_line_costs_its_own_section_at_most() {
    let bad: [(&[u8], &str); 10] = [
        (b"[b]\naws_access_key_id = A\xff\xfe\naws_secret_access_key = s", "not-utf-8"),
        (b"[b\xff]\naws_access_key_id = A\naws_secret_access_key = s", "not-utf-8"),
        (b"default]\naws_access_key_id = A\naws_secret_access_key = s", "broken-header"),
        (b"[b\naws_access_key_id = A\naws_secret_access_key = s", "broken-header"),
        (b"[b]\njunk", "no-equals"),
        (b"[b]\n= x", "no-key"),
        (b"[b]\naws_access_key_id: A", "no-equals"),
        (b"[]\nx = y\n[b]\njunk", "no-equals"),
        (b"[b]\n\n   x\n", "continuation-without-property"),
        (b"[b]\naws_access_key_id = A\naws_secret_acc", "no-equals"),
    ];
    for (text, code) in bad {
        for home in between(text) {
            good_stays(&home, &[code, ".aws/credentials:"]);
        }
    }
}

#[test]
fn keys_of_a_broken_header_are_nobodys() {
    for (header, place) in [("default]", ":4"), ("[profile b", ":4"), ("[b", ":4"), ("profile b]", ":4")] {
        let text = format!("[good]\n{KEYS}{header}\naws_access_key_id = AKIAWRONG\naws_secret_access_key = wrong\n");
        let home = Home::new().credentials(text);
        good_stays(&home, &["broken-header", place]);
        for name in ["default", "b", "profile b", header] {
            let run = awsenv(&home, &["use", "--shell", "bash", "--", name]).expect(1, &["profile-not-found", place]);
            assert_eq!(run.stdout, "false\n");
        }
    }
}

/// A file that was cut off while it was written never gives half of something.
#[test]
fn half_written_files_give_no_half_identity() {
    let whole = "[a]\naws_access_key_id = AKIAWHOLE\naws_secret_access_key = wholesecret\naws_session_token = wholetoken\n\
                 region = eu-west-1\n[b]\naws_access_key_id = AKIAB\naws_secret_access_key = s\n";
    let second = whole.find("[b]").expect("two sections");
    for cut in (0..whole.len()).step_by(3).chain([second - 1, second, second + 1, second + 2]) {
        let home = Home::new().credentials(&whole[..cut]);
        let run = awsenv(&home, &["export", "a"]);
        assert!(matches!(run.status, Some(0 | 1)), "cut at {cut}: {run:?}");
        if cut > second {
            assert!(run.stdout.contains("\"wholesecret\""), "cut at {cut}: {run:?}");
        }
        let run = awsenv(&home, &["use", "b", "--shell", "bash"]);
        assert!(run.status == Some(1) || run.stdout.contains("AKIAB"), "cut at {cut}: {run:?}");
    }
}

#[test]
fn encodings() {
    let text = format!("[good]\n{KEYS}");
    let marked = format!("\u{feff}{text}");
    let windows = text.replace('\n', "\r\n");
    for text in [&marked, &windows, &marked.replace('\n', "\r\n"), text.trim_end()] {
        let run = awsenv(&Home::new().credentials(text), &["export", "good"]).expect(0, &[]);
        assert_eq!(run.json()["SecretAccessKey"], "s", "{text:?}");
    }
    for order in [u16::to_le_bytes, u16::to_be_bytes] {
        let bytes: Vec<u8> = marked.encode_utf16().flat_map(order).collect();
        for home in [Home::new().credentials(&bytes), Home::new().config(&bytes)] {
            let run =
                awsenv(&home, &["use", "good", "--shell", "bash"]).expect(1, &["UTF-16", "save it as UTF-8", ".aws/"]);
            assert_eq!(run.stdout, "false\n");
        }
    }
}

#[test]
fn duplicates_are_told_and_the_last_wins() {
    let text = "[a]\naws_access_key_id = AKIAFIRST\naws_secret_access_key = first\n[good]\naws_access_key_id = AKIAGOOD\n\
                aws_secret_access_key = s\n[a]\naws_access_key_id = AKIALAST\naws_access_key_id = AKIALASTER\n";
    let home = Home::new().credentials(text);
    let run = awsenv(&home, &["explain", "a"]).expect(0, &[]);
    for said in ["duplicate-section", "duplicate-key", "credentials:7", "credentials:9", "refuses the whole file"] {
        assert!(run.stdout.contains(said), "{said}: {run:?}");
    }
    assert_eq!(awsenv(&home, &["export", "a"]).expect(0, &[]).json()["AccessKeyId"], "AKIALASTER");
    good_stays(&home, &[]);
}

#[test]
fn chains_that_lead_nowhere() {
    let role = "role_arn = arn:aws:iam::111122223333:role/x\n";
    let config = format!(
        "[profile dangling]\n{role}source_profile = gone\n\
         [profile self]\n{role}source_profile = self\n\
         [profile a]\n{role}source_profile = b\n[profile b]\n{role}source_profile = c\n[profile c]\n{role}source_profile = a\n\
         [profile both]\n{role}source_profile = good\ncredential_source = Environment\n\
         [profile neither]\n{role}\
         [profile odd]\n{role}credential_source = Moon\n\
         [profile nosession]\nsso_session = gone\nsso_account_id = 111122223333\nsso_role_name = x\n\
         [profile halfsso]\nsso_start_url = https://x\nsso_region = eu-west-1\nsso_account_id = 111122223333\n\
         [profile web]\nweb_identity_token_file = /x\n\
         [profile nothing]\nregion = eu-west-1\n"
    );
    let home = Home::new()
        .config(config)
        .credentials(format!("[good]\n{KEYS}[half]\naws_access_key_id = A\n[otherhalf]\naws_secret_access_key = s\n"));
    let cases = [
        ("dangling", "source-profile-not-found", "config:3"),
        ("self", "", "config:"),
        ("a", "source-profile-loop", "config:"),
        ("both", "two-sources", "config:"),
        ("neither", "missing-source", "config:"),
        ("odd", "", "config:"),
        ("nosession", "sso-session-not-found", "config:"),
        ("halfsso", "sso-incomplete", "config:"),
        ("web", "web-identity-without-role", "config:"),
        ("nothing", "no-credentials", "config:"),
        ("half", "partial-credentials", "credentials:"),
        ("otherhalf", "partial-credentials", "credentials:"),
    ];
    for (name, code, place) in cases {
        for call in [
            &["use", name, "--shell", "bash"][..],
            &["export", name],
            &["use", name, "--as", "profile", "--shell", "fish"],
        ] {
            let run = awsenv(&home, call).expect(1, &[code, place]);
            assert!(!run.stdout.contains("AKIA"), "{run:?}");
        }
        let run = awsenv(&home, &["explain", name, "--json"]).expect(1, &[]);
        let json = run.json();
        assert_eq!(json["chain"], serde_json::json!([]), "{name}");
        let said = json["error"]["code"].as_str().unwrap_or_default();
        assert!(!said.is_empty() && (code.is_empty() || said == code), "{name}: {run:?}");
        assert!(json["error"]["origin"]["line"].is_u64(), "{name}: {run:?}");
    }
    let run = awsenv(&home, &["explain", "a"]).expect(1, &[]);
    let order: Vec<_> = ["\"a\"", "\"b\"", "\"c\""].iter().map(|name| run.stderr.find(name)).collect();
    assert!(order.iter().all(Option::is_some) && order.is_sorted(), "the loop is printed: {run:?}");
    awsenv(&home, &["list", "--tree"]).expect(0, &[]);
    good_stays(&home, &[]);
}

/// As deep as anybody could think of, and deeper.
#[test]
fn a_long_chain_is_followed_to_its_end() {
    let mut config = String::new();
    for number in 0..5_000 {
        config += &format!(
            "[profile p{number}]\nrole_arn = arn:aws:iam::111122223333:role/x\nsource_profile = p{}\n",
            number + 1
        );
    }
    let home = Home::new().config(&config);
    awsenv(&home, &["explain", "p0"]).expect(1, &["source-profile-not-found", "\"p5000\""]);
    awsenv(&home, &["explain", "p4990"]).expect(1, &["source-profile-not-found", "config:15000"]);
    let looping = Home::new().config(format!("{config}[profile p5000]\nrole_arn = x\nsource_profile = p0\n"));
    awsenv(&looping, &["explain", "p0"]).expect(1, &["source-profile-loop"]);
}

#[test]
fn caches_that_are_broken_are_no_caches() {
    let config = "[profile r]\nrole_arn = arn:aws:iam::123456789012:role/Admin\nsource_profile = good\n";
    let credentials = format!("[good]\n{KEYS}");
    // The name that the AWS CLI gives to this role's session.
    let name = "51e7b105b5040ce662656c8dc6ab4de70c4de7ad.json";
    let whole = r#"{"Credentials": {"AccessKeyId": "ASIACACHED", "SecretAccessKey": "s", "SessionToken": "t",
                   "Expiration": "2199-01-01T00:00:00Z"},
                   "AssumedRoleUser": {"Arn": "arn:aws:sts::123456789012:assumed-role/Admin/me"}}"#;
    let home =
        |text: &[u8]| Home::new().config(config).credentials(&credentials).cli_cache(name, text).without_broker();
    let run = awsenv(&home(whole.as_bytes()), &["export", "r"]).expect(0, &[]);
    assert_eq!(run.json()["AccessKeyId"], "ASIACACHED");
    let mut broken: Vec<Vec<u8>> = (0..whole.len()).step_by(17).map(|cut| whole.as_bytes()[..cut].to_vec()).collect();
    broken.extend(["null", "[]", "{}", "{\"Credentials\": 1}", "\u{0}", "{\"Credentials\": {}}"].map(Into::into));
    broken.push(b"\xff\xfe".to_vec());
    broken.push(whole.replace("2199", "2001").into_bytes());
    broken.push(whole.replace("2199-01-01T00:00:00Z", "soon").into_bytes());
    broken.push(whole.replace("\"t\"", "null").into_bytes());
    broken.push(whole.replace("\"s\"", "[1]").into_bytes());
    broken.push("[".repeat(100_000).into_bytes());
    for text in broken {
        let home = home(&text);
        let run = awsenv(&home, &["use", "r", "--shell", "bash"]).expect(1, &["broker-missing"]);
        assert_eq!(run.stdout, "false\n");
        awsenv(&home, &["list", "--long"]).expect(0, &[]);
    }
    let folder = Home::new().config(config).credentials(&credentials).without_broker();
    let folder = folder.file(format!(".aws/cli/cache/{name}/x"), "");
    awsenv(&folder, &["use", "r", "--shell", "bash"]).expect(1, &["broker-missing"]);
}
