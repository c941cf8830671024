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
