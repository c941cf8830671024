//! A role for a token in a file.

use awsenv_core::chain::{ChainStep, CredentialSource};
use awsenv_core::diagnostic::SourceFile;
use awsenv_testkit::fake::Role;

use crate::common::{ADMIN, DEPLOY, World, assume, origin, role, someone};

const PROVIDER: &str = "oidc.example.com/id/1";

fn world() -> World {
    World::new(someone(&[]), |fake| {
        fake.role(Role::new(ADMIN).trusts_web_identity(PROVIDER, "sts.amazonaws.com", "pod"))
            .role(Role::new(DEPLOY).trusts(ADMIN))
    })
}

fn step(world: &World, name: Option<&str>) -> ChainStep {
    let source = CredentialSource::WebIdentity {
        role_arn: ADMIN.to_owned(),
        role_session_name: name.map(str::to_owned),
        token_file: world.home.join("token").to_str().expect("text").to_owned(),
        duration_seconds: None,
    };
    ChainStep { profile: "pod".to_owned(), origin: origin(SourceFile::Config, 4), source }
}

fn write_token(world: &World, subject: &str, seconds: i64) {
    let token = world.fake.web_identity_token(PROVIDER, "sts.amazonaws.com", subject, seconds);
    // Whoever writes such files with an editor or `echo` ends them with a line end.
    std::fs::write(world.home.join("token"), format!("{token}\n")).expect("a token file");
}

#[test]
fn a_token_is_a_role_and_the_base_of_a_chain() {
    let world = world();
    write_token(&world, "pod", 600);
    let answer = world.answer(&world.request(vec![step(&world, Some("named"))]));
    let expected = "arn:aws:sts::123456789012:assumed-role/Admin/named";
    assert_eq!(world.fake.identity_of(answer.key_id()).as_deref(), Some(expected));
    let sent = world.fake.requests().pop().expect("a request");
    assert_eq!(sent.header("authorization"), None, "nothing to sign with");

    let answer = world.answer(&world.request(vec![step(&world, None), assume("deploy", role(DEPLOY))]));
    let arn = world.fake.identity_of(answer.key_id()).expect("issued keys");
    assert!(arn.contains("assumed-role/Deploy/awsenv-someone-"), "{arn}");
}

#[test]
fn the_name_comes_from_the_profile_then_the_environment_then_us() {
    let world = world();
    let named = awsenv_testkit::home::Home::new().variable("AWS_ROLE_SESSION_NAME", "of-the-pod").variable("USER", "u");
    let name = |configured, home: &awsenv_testkit::home::Home| {
        write_token(&world, "pod", 600);
        world.answer_to(home, &world.request(vec![step(&world, configured)]));
        world.fake.requests().pop().expect("a request").parameter("RoleSessionName").expect("a name")
    };
    assert_eq!(name(Some("configured"), &named), "configured");
    assert_eq!(name(None, &named), "of-the-pod");
    assert!(name(None, &world.home).starts_with("awsenv-someone-"));
}

#[test]
fn the_file_is_read_at_the_moment_of_the_call() {
    let world = world();
    let request = world.request(vec![step(&world, None)]);
    write_token(&world, "pod", -5);
    let refused = world.answer(&request);
    assert_eq!(refused.code(), "web-identity-expired", "{}", refused.json);
    write_token(&world, "pod", 600);
    world.answer(&request).key_id();
    write_token(&world, "another pod", 600);
    let refused = world.answer(&request);
    assert_eq!(refused.code(), "access-denied", "{}", refused.json);
    assert!(refused.hint().contains("audience"), "{}", refused.hint());
    std::fs::write(world.home.join("token"), "not.a.token").unwrap();
    let refused = world.answer(&request);
    assert_eq!(refused.code(), "web-identity-refused", "{}", refused.json);
    assert!(refused.place().ends_with("/.aws/config:4"));
}

#[test]
fn no_token_is_said_before_any_call() {
    let world = world();
    let request = world.request(vec![step(&world, None)]);
    let path = world.home.join("token");
    let missing = world.answer(&request);
    assert_eq!(missing.code(), "web-identity-token-file");
    assert!(missing.message().contains(path.to_str().unwrap()) && missing.hint().contains("web_identity_token_file"));
    for text in [String::new(), " \n".to_owned(), "CANARY CANARY".to_owned(), "CANARY".repeat(10_000)] {
        std::fs::write(&path, text).unwrap();
        let refused = world.answer(&request);
        assert_eq!(refused.code(), "web-identity-token-file");
        assert!(!refused.json.to_string().contains("CANARY"));
    }
    assert_eq!(world.fake.requests().len(), 0);
}
