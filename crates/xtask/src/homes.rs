//! Homes with many profiles, made the same way for the benchmark and for the instruction counts.

use std::fmt::Write as _;
use std::path::Path;

use crate::failure::Result;
use crate::files;

/// The key id of AWS's own documentation.
pub(crate) const KEY_ID: &str = "AKIAIOSFODNN7EXAMPLE";

/// The secret of AWS's own documentation.
pub(crate) const SECRET: &str = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";

/// The name of profile number `index`.
pub(crate) fn name(index: usize) -> String {
    format!("client{index}-dev")
}

/// The credentials file with `count` static profiles.
pub(crate) fn credentials(count: usize) -> String {
    let mut text = String::from("# written by cargo xtask\n");
    for index in 1..=count {
        let name = name(index);
        // Writing to a String cannot fail.
        let _ = write!(text, "\n[{name}]\naws_access_key_id = {KEY_ID}\naws_secret_access_key = {SECRET}\n");
    }
    text
}

/// The config file that goes with it.
pub(crate) fn config(count: usize) -> String {
    let mut text = String::from("[default]\noutput = json\n");
    for index in 1..=count {
        let name = name(index);
        let _ = write!(text, "\n[profile {name}]\nregion = eu-central-{}\noutput = json\n", index % 2 + 1);
    }
    text
}

/// Makes `home` a home with `count` static profiles.
pub(crate) fn make(home: &Path, count: usize) -> Result<()> {
    let folder = home.join(".aws");
    files::remove_dir(&folder)?;
    files::write(&folder.join("config"), config(count))?;
    let credentials_file = folder.join("credentials");
    files::write(&credentials_file, credentials(count))?;
    files::set_mode(&credentials_file, 0o600)
}

/// The profile whose role has a cached session, and the one of IAM Identity Center.
pub(crate) const ROLE_PROFILE: &str = "client-role";
pub(crate) const SSO_PROFILE: &str = "client-sso";

/// The key id of both cached sessions.
pub(crate) const SESSION_KEY_ID: &str = "ASIAIOSFODNN7EXAMPLE";

/// Gives `home`, which [`make`] made, a role and an SSO profile whose sessions the AWS CLI has cached.
pub(crate) fn make_sessions(home: &Path) -> Result<()> {
    let config = home.join(".aws/config");
    let text = files::read(&config)?;
    let more = format!(
        "\n[profile {ROLE_PROFILE}]\nrole_arn = arn:aws:iam::123456789012:role/Admin\nsource_profile = {}\n\
         region = eu-central-1\n\n[sso-session my-sso]\nsso_start_url = https://x.awsapps.com/start\n\
         sso_region = eu-central-1\n\n[profile {SSO_PROFILE}]\nsso_session = my-sso\n\
         sso_account_id = 123456789012\nsso_role_name = Admin\nregion = eu-central-1\n",
        name(1)
    );
    files::write(&config, text + &more)?;
    let credentials = format!(
        r#""Credentials": {{"AccessKeyId": "{SESSION_KEY_ID}", "SecretAccessKey": "{SECRET}", "SessionToken": "{}",
           "Expiration": "2100-01-01T00:00:00Z", "AccountId": "123456789012"}}"#,
        "token/EXAMPLE".repeat(40)
    );
    // Named by the SHA-1 of what the AWS CLI hashes; written last, since what is older than the files may be of others.
    let role = r#""AssumedRoleUser": {"Arn": "arn:aws:sts::123456789012:assumed-role/Admin/me"}"#;
    for (name, more) in [
        ("51e7b105b5040ce662656c8dc6ab4de70c4de7ad", role),
        ("c30b99aca80d8f5b3178e353f05b2abcc9a4ccd3", r#""ProviderType": "sso""#),
    ] {
        let entry = home.join(".aws/cli/cache").join(format!("{name}.json"));
        files::write(&entry, format!("{{{credentials}, {more}}}"))?;
        files::set_mode(&entry, 0o600)?;
    }
    Ok(())
}

/// awsenv's settings, as a person has them who wants to see the kind of a profile in the prompt.
const SETTINGS: &str = "[settings]
prompt = aws:{profile}{ (region)}{ left}

[class production]
match = *prod*, *-live
color = red

[class development]
match = *-dev
color = green
";

/// The variables of an identity, as `use` leaves them.
pub(crate) const IDENTITY: &[(&str, &str)] = &[
    ("AWS_ACCESS_KEY_ID", KEY_ID),
    ("AWS_SECRET_ACCESS_KEY", SECRET),
    ("AWS_REGION", "eu-central-1"),
    ("AWS_DEFAULT_REGION", "eu-central-1"),
    ("AWSENV_PROFILE", "client7-dev"),
    ("AWSENV_KEY_ID", KEY_ID),
    // In the year 2100.
    ("AWSENV_EXPIRATION", "4102444800"),
];

/// Gives `home` settings.
pub(crate) fn make_settings(home: &Path) -> Result<()> {
    files::write(&home.join(".config/awsenv/config"), SETTINGS)
}
