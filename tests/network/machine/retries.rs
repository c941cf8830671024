//! How often a call is tried, and who AWS sees.

use awsenv_testkit::fake::{FakeAws, Fault, User};

use crate::program::Setting;

fn setting(fake: &FakeAws, user: &User, config: &str) -> Setting {
    let config = format!("[profile p]\nregion = eu-west-1\nendpoint_url = {}\n{config}\n", fake.url());
    Setting::new(&config).credentials(&format!("[p]\n{}", user.credentials_lines()))
}

#[test]
fn as_often_as_the_settings_say() {
    let user = User::new("111122223333", "someone");
    let fake = FakeAws::builder().user(user.clone()).start();
    for (config, variable, faults, calls, works) in [
        ("max_attempts = 1", "", 1, 1, false),
        ("max_attempts = 1", "2", 1, 2, true),
        ("retry_mode = adaptive\nmax_attempts = 2", "", 1, 2, true),
        ("retry_mode = legacy\nmax_attempts = 2", "", 2, 2, false),
        // As the AWS CLI: three.
        ("", "", 3, 3, false),
        ("", "", 2, 3, true),
    ] {
        fake.clear_faults();
        fake.reset_calls();
        fake.set_fault("GetCallerIdentity", Fault::Status(503), faults);
        let answer = setting(&fake, &user, config).variable("AWS_MAX_ATTEMPTS", variable).identity("p");
        assert_eq!(fake.calls("GetCallerIdentity"), calls, "{config} {variable}");
        assert_eq!(answer.json["account_id"] == "111122223333", works, "{config} {variable}: {}", answer.json);
    }
}

#[test]
fn a_refusal_is_not_tried_again() {
    let fake = FakeAws::builder().start();
    let answer = setting(&fake, &User::new("111122223333", "nobody"), "").identity("p");
    assert_eq!((answer.json["error"]["code"].is_string(), fake.calls("GetCallerIdentity")), (true, 1));
}

#[test]
fn aws_sees_awsenv_and_the_user_s_application() {
    let user = User::new("111122223333", "someone");
    let fake = FakeAws::builder().user(user.clone()).start();
    setting(&fake, &user, "sdk_ua_app_id = my app/1").identity("p");
    setting(&fake, &user, "").identity("p");
    let requests = fake.requests();
    let agents: Vec<_> = requests.iter().map(|request| request.header("user-agent").unwrap()).collect();
    let own = concat!(" lib/awsenv/", env!("CARGO_PKG_VERSION"));
    assert!(agents[0].contains(own) && agents[0].ends_with(" app/my-app-1"), "{agents:?}");
    assert!(agents[1].contains(own) && !agents[1].contains(" app/"), "{agents:?}");
}
