//! Homes with many profiles, made the same way for the benchmark and for the instruction counts.

use std::fmt::Write as _;
use std::path::Path;

use crate::failure::Result;
use crate::files;

/// The key id of AWS's own documentation.
pub(crate) const KEY_ID: &str = "AKIAIOSFODNN7EXAMPLE";

/// The secret of AWS's own documentation.
const SECRET: &str = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";

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
