//! What these tests share.

use std::path::Path;

use awsenv_testkit::home::Home;

/// The program under test.
pub(crate) fn awsenv() -> &'static Path {
    Path::new(env!("CARGO_BIN_EXE_awsenv"))
}

/// A home with the profiles `acme` and `other`, and awsenv first on `PATH`.
pub(crate) fn home() -> Home {
    Home::new()
        .credentials(
            "[acme]\naws_access_key_id = AKIAACME\naws_secret_access_key = it's $(touch awsenv-canary) acme\n\
             region = eu-west-1\n\
             [other]\naws_access_key_id = AKIAOTHER\naws_secret_access_key = other secret\n",
        )
        .path_first(awsenv().parent().expect("a program is in a folder"))
}
