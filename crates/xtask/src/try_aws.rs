//! The second part of `cargo xtask try`: a role with MFA and a login, start to end, against fakes of AWS on loopback.

use std::path::Path;
use std::time::Instant;

use serde_json::json;

use crate::failure::Result;
use crate::fakes::FakeAws;
use crate::files;
use crate::process;
use crate::tour;
use crate::try_it::{Walk, gather};
use crate::workspace::Workspace;

const USER: &str = "arn:aws:iam::111122223333:user/someone";
const PHONE: &str = "arn:aws:iam::111122223333:mfa/phone";
const START_URL: &str = "https://acme.awsapps.com/start";
const KEY_ID: &str = "AKIACLIENTONEEXAMPLE";
const SECRET: &str = "client1/EXAMPLE+EXAMPLE/EXAMPLEKEY";

/// Builds what is missing, and shows it; whether all is as it should be.
pub(crate) fn run(workspace: &Workspace, shell: &Path, scratch: &Path) -> Result<bool> {
    println!("\nBuilding awsenv-broker, which asks AWS, and fakes of AWS to ask (minutes the first time) ...");
    let start = Instant::now();
    process::shown(workspace.cargo([
        "build",
        "--locked",
        "-p",
        "awsenv-broker",
        "--bin",
        "awsenv-broker",
        "-p",
        "awsenv-testkit",
        "--features",
        "awsenv-testkit/fakes",
        "--bin",
        "fake-aws",
    ]))?;
    println!("built in {:.1} s\n", start.elapsed().as_secs_f64());
    let programs = gather(workspace, &scratch.join("aws/bin"), &["awsenv", "awsenv-broker", "fake-aws"])?;

    let fake = FakeAws::start(&programs.join("fake-aws"), &world(), &scratch.join("aws/world.json"))?;
    let home = scratch.join("aws/home");
    make_home(&home, &fake)?;
    let settings = scratch.join("aws/settings");
    files::write(&settings, "[profile client1-moved]\naccount = 444455556666\n")?;
    let browser = programs.join("browser");
    let script = format!(
        "#!/bin/sh\nAWS_CA_BUNDLE='{}' exec '{}' browser \"$1\"\n",
        fake.ca_file.display(),
        programs.join("fake-aws").display()
    );
    files::write(&browser, script)?;
    files::set_mode(&browser, 0o755)?;
    let walk = Walk {
        shell,
        programs: &programs,
        home: &home,
        scratch: &scratch.join("aws"),
        variables: vec![("BROWSER", browser.into_os_string()), ("AWSENV_CONFIG", settings.into_os_string())],
    };
    walk.show(
        "With AWS: its fakes on loopback, which check signatures, codes and tokens as AWS does.\n",
        &tour::stops_at_aws(),
    )
}

/// Who and what the fakes know.
fn world() -> serde_json::Value {
    let role = |name: &str| json!({"arn": format!("arn:aws:iam::123456789012:role/{name}"), "trusts": [USER], "mfa": "needed"});
    json!({
        "users": [{"account": "111122223333", "name": "someone", "access_key_id": KEY_ID, "secret_access_key": SECRET,
                   "mfa_serial": PHONE, "mfa_codes": ["123456"]}],
        "roles": [role("Admin"), role("Deploy")],
        "sso": [{"start_url": START_URL, "user": "someone", "assignments": [["123456789012", "Developer"]]}],
    })
}

fn make_home(home: &Path, fake: &FakeAws) -> Result<()> {
    let there = format!("region = eu-central-1\nendpoint_url = {}\nca_bundle = {}\n", fake.url, fake.ca_file.display());
    let mut config = format!("[profile client1]\n{there}");
    for (name, role) in [("admin", "Admin"), ("deploy", "Deploy"), ("moved", "Deploy")] {
        config.push_str(&format!(
            "\n[profile client1-{name}]\nrole_arn = arn:aws:iam::123456789012:role/{role}\nsource_profile = client1\n\
             mfa_serial = {PHONE}\n{there}"
        ));
    }
    config.push_str(&format!(
        "\n[sso-session acme]\nsso_start_url = {START_URL}\nsso_region = eu-central-1\n\
         sso_registration_scopes = sso:account:access\n\n[profile acme-dev]\nsso_session = acme\n\
         sso_account_id = 123456789012\nsso_role_name = Developer\n{there}"
    ));
    files::write(&home.join(".aws/config"), config)?;
    let credentials = home.join(".aws/credentials");
    let keys = format!("[client1]\naws_access_key_id = {KEY_ID}\naws_secret_access_key = {SECRET}\n");
    files::write(&credentials, keys)?;
    files::set_mode(&credentials, 0o600)
}
