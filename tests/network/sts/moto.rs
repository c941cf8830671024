//! Another idea of STS than ours: moto's.

use awsenv_core::broker::Task;
use awsenv_core::chain::{AssumeRole, ChainStep, CredentialSource};
use awsenv_core::credentials::Secret;
use awsenv_core::diagnostic::SourceFile;
use awsenv_testkit::moto::Moto;

use crate::common::{ADMIN, DEPLOY, SERIAL, World, assume, origin, role, someone};

#[test]
fn moto_gives_every_kind_of_session() {
    let Some(moto) = Moto::start("moto_gives_every_kind_of_session") else { return };
    let world = World::new(someone(&[]), |fake| fake);
    let at_moto = |steps: Vec<ChainStep>| {
        let mut request = world.request(steps);
        request.calls.endpoint_url = Some(moto.url());
        request
    };
    let identity = |steps: Vec<ChainStep>| {
        let mut request = at_moto(steps);
        request.person.mfa_code = Some(Secret::new("123456"));
        let Task::Credentials(task) = request.task else { unreachable!("of this test's own making") };
        request.task = Task::CallerIdentity(task);
        let answer = world.answer(&request);
        ["arn", "Arn"]
            .iter()
            .find_map(|name| answer.json[name].as_str().map(str::to_owned))
            .unwrap_or_else(|| panic!("{}", answer.json))
    };
    let named = AssumeRole {
        role_session_name: Some("me".to_owned()),
        external_id: Some("xy".to_owned()),
        duration_seconds: Some(900),
        ..role(ADMIN)
    };
    let admin = "arn:aws:sts::123456789012:assumed-role/Admin/me";
    assert_eq!(identity(vec![world.keys(), assume("one", named.clone())]), admin);
    let deploy = AssumeRole { role_session_name: Some("you".to_owned()), ..role(DEPLOY) };
    let chain = vec![world.keys(), assume("one", named.clone()), assume("two", deploy)];
    assert_eq!(identity(chain), "arn:aws:sts::123456789012:assumed-role/Deploy/you");
    // By a session of GetSessionToken.
    let with_mfa = AssumeRole { mfa_serial: Some(SERIAL.to_owned()), ..named };
    assert_eq!(identity(vec![world.keys(), assume("one", with_mfa)]), admin);

    let token_file = world.home.join("token");
    std::fs::write(&token_file, "some.web.token\n").expect("a token file");
    let source = CredentialSource::WebIdentity {
        role_arn: ADMIN.to_owned(),
        role_session_name: Some("pod".to_owned()),
        token_file: token_file.to_str().expect("text").to_owned(),
        duration_seconds: None,
    };
    let pod = ChainStep { profile: "pod".to_owned(), origin: origin(SourceFile::Config, 4), source };
    assert_eq!(identity(vec![pod]), "arn:aws:sts::123456789012:assumed-role/Admin/pod");
}
