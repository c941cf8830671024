use super::*;

const NOW: i64 = 1_800_000_000;

/// A home with these settings, so that they are read as the program reads them.
fn settings(text: &str) -> Option<Settings> {
    let home = awsenv_testkit::home::Home::new().file("config", text);
    Settings::load(&home.join("config"), None).ok()
}

fn segment_with(text: &str, variables: &[(&str, &str)]) -> Option<Segment> {
    let environment: Environment = variables.iter().copied().collect();
    Segment::of(&environment, Timestamp::from_second(NOW).unwrap(), || settings(text), |_| Outlook::Ends)
}

fn segment(variables: &[(&str, &str)]) -> String {
    segment_with("", variables).map_or_else(String::new, |segment| segment.text)
}

/// What `use client1` leaves, ending in 42 minutes.
const USED: [(&str, &str); 9] = [
    ("AWS_ACCESS_KEY_ID", "ASIAX"),
    ("AWS_SECRET_ACCESS_KEY", "s"),
    ("AWS_SESSION_TOKEN", "t"),
    ("AWS_REGION", "eu-west-1"),
    ("AWS_DEFAULT_REGION", "eu-west-1"),
    ("AWSENV_PROFILE", "client1"),
    ("AWSENV_KEY_ID", "ASIAX"),
    ("AWSENV_EXPIRATION", "1800002520"),
    ("AWSENV_ACCOUNT", "123456789012"),
];

fn used_but(changed: &[(&'static str, &'static str)]) -> Vec<(&'static str, &'static str)> {
    USED.into_iter().chain(changed.iter().copied()).collect()
}

#[test]
fn who_where_and_how_long() {
    assert_eq!(segment(&USED), "aws:client1 (eu-west-1) 42m");
    let by_name = [("AWS_PROFILE", "client1"), ("AWSENV_PROFILE", "client1")];
    assert_eq!(segment(&by_name), "aws:client1");
    assert_eq!(segment(&by_name[..1]), "aws:client1");
    assert_eq!(segment(&[("AWS_DEFAULT_PROFILE", "x"), ("AWS_DEFAULT_REGION", "r")]), "aws:x (r)");
    assert_eq!(segment(&[]), "");
    assert_eq!(segment(&[("AWS_REGION", "r"), ("AWS_DEFAULT_REGION", "q"), ("AWS_CA_BUNDLE", "b")]), "");
}

#[test]
fn what_does_not_belong_together_is_marked() {
    assert_eq!(segment(&used_but(&[("AWS_ACCESS_KEY_ID", "ASIAY")])), "aws:(keys) (eu-west-1) !");
    assert_eq!(segment(&used_but(&[("AWS_PROFILE", "other")])), "aws:client1 (eu-west-1) 42m !");
    assert_eq!(segment(&used_but(&[("AWS_SESSION_TOKEN", "")])), "aws:client1 (eu-west-1) 42m !");
    assert_eq!(segment(&used_but(&[("AWS_ACCESS_KEY_ID", "")])), "aws:(none) !");
    assert_eq!(segment(&[("AWS_ACCESS_KEY_ID", "AKIAX"), ("AWS_SECRET_ACCESS_KEY", "s")]), "aws:(keys) !");
    assert_eq!(segment(&[("AWS_PROFILE", "b"), ("AWSENV_PROFILE", "a")]), "aws:b !");
    assert_eq!(segment(&[("AWSENV_PROFILE", "a")]), "aws:(none) !");
    // What belongs to the machine and is asked last is no conflict here; what is asked before the profile is one.
    let container = [("AWS_PROFILE", "a"), ("AWS_CONTAINER_CREDENTIALS_FULL_URI", "u")];
    assert_eq!(segment(&container), "aws:a");
    assert_eq!(segment(&[("AWS_PROFILE", "a"), ("AWS_WEB_IDENTITY_TOKEN_FILE", "f")]), "aws:a !");
    let format = "[settings]\nprompt = {mark }{profile}\n";
    let marked = segment_with(format, &[("AWS_PROFILE", "b"), ("AWSENV_PROFILE", "a")]).unwrap();
    assert_eq!(marked.text, "! b");
}

#[cfg(unix)]
#[test]
fn a_profile_that_is_no_text_is_marked() {
    use std::os::unix::ffi::OsStringExt;
    let mut environment = Environment::default();
    environment.set("AWS_PROFILE", std::ffi::OsString::from_vec(vec![0xff]));
    let segment = Segment::of(&environment, Timestamp::from_second(NOW).unwrap(), || settings(""), |_| Outlook::Ends);
    assert_eq!(segment.unwrap().text, "aws:(not UTF-8) !");
}

#[test]
fn locks_and_ends_are_said() {
    assert_eq!(segment(&[("AWS_PROFILE", "awsenv-locked"), ("AWS_DEFAULT_PROFILE", "awsenv-locked")]), "aws:locked");
    assert_eq!(segment(&[("AWS_PROFILE", "awsenv-expired"), ("AWS_REGION", "r")]), "aws:expired");
    assert_eq!(segment(&used_but(&[("AWSENV_EXPIRATION", "1800000000")])), "aws:client1 (eu-west-1) expired");
    let short = segment_with("[settings]\nprompt = {profile}\n", &used_but(&[("AWSENV_EXPIRATION", "1")]));
    assert_eq!(short.unwrap().text, "client1 expired");
}

#[test]
fn the_time_left() {
    for (seconds, text) in [
        (1, "1s"),
        (59, "59s"),
        (60, "1m"),
        (3599, "59m"),
        (3600, "1h00m"),
        (3900, "1h05m"),
        (86_399, "23h59m"),
        (190_800, "2d5h"),
    ] {
        assert_eq!(time_left(seconds), text);
    }
}

/// Four states near the end, and after it.
#[test]
fn what_comes_at_the_end_is_told_when_it_is_near() {
    let at = |left: i64, outlook: Outlook| {
        let environment: Environment = USED.into_iter().collect();
        let now = Timestamp::from_second(1_800_002_520 - left).unwrap();
        Segment::of(
            &environment,
            now,
            || settings(""),
            |profile| {
                assert_eq!(profile, "client1");
                assert!(left < NEAR_SECONDS, "asked for nothing");
                outlook
            },
        )
        .unwrap()
        .text
    };
    assert_eq!(at(600, Outlook::NeedsLogin), "aws:client1 (eu-west-1) 10m");
    assert_eq!(at(599, Outlook::Ends), "aws:client1 (eu-west-1) ends 9m");
    assert_eq!(at(30, Outlook::Renews), "aws:client1 (eu-west-1) renews 30s");
    assert_eq!(at(30, Outlook::NeedsLogin), "aws:client1 (eu-west-1) login 30s");
    assert_eq!(at(30, Outlook::NeedsMfa), "aws:client1 (eu-west-1) mfa 30s");
    assert_eq!(at(0, Outlook::Ends), "aws:client1 (eu-west-1) expired");
    assert_eq!(at(-5, Outlook::Renews), "aws:client1 (eu-west-1) expired, renews");
    assert_eq!(at(0, Outlook::NeedsLogin), "aws:client1 (eu-west-1) expired, login");
    assert_eq!(at(0, Outlook::NeedsMfa), "aws:client1 (eu-west-1) expired, mfa");
}

/// Tools that get a profile's name look it up themselves: what they would meet is said, and no end is known.
#[test]
fn a_profile_by_name_tells_what_tools_will_meet() {
    let by_name = |outlook: Outlook| {
        let environment: Environment = [("AWS_PROFILE", "client1")].into_iter().collect();
        let now = Timestamp::from_second(NOW).unwrap();
        Segment::of(&environment, now, || settings(""), |_| outlook).unwrap().text
    };
    assert_eq!(by_name(Outlook::Ends), "aws:client1");
    assert_eq!(by_name(Outlook::Renews), "aws:client1");
    assert_eq!(by_name(Outlook::NeedsLogin), "aws:client1 login");
    assert_eq!(by_name(Outlook::NeedsMfa), "aws:client1 mfa");
    assert_eq!(by_name(Outlook::Missing), "aws:client1 !");
}

/// Shell arithmetic would run it. Here it is nothing at all.
#[test]
fn only_digits_are_an_end() {
    for text in ["a[$(touch x)]", "1800002520 ", "+1800002520", "0x6b49d200", ""] {
        let variables: Vec<_> =
            USED.into_iter().map(|(n, v)| (n, if n == "AWSENV_EXPIRATION" { text } else { v })).collect();
        assert_eq!(segment(&variables), "aws:client1 (eu-west-1)", "{text}");
    }
}

#[test]
fn aliases_and_classes_come_from_the_settings() {
    let text = "[class production]\nmatch = client*\ncolor = red\nlabel = PROD\n[class other]\ncolor = blue\n[profile client1]\nalias = acme\n";
    let found = segment_with(text, &USED).unwrap();
    assert_eq!((found.text.as_str(), found.color), ("aws:acme (eu-west-1) 42m PROD", Some(Color::Red)));
    // By hand, too: what is production stays production.
    let by_hand = segment_with(text, &[("AWS_PROFILE", "client1")]).unwrap();
    assert_eq!((by_hand.text.as_str(), by_hand.color), ("aws:acme PROD", Some(Color::Red)));
    // Foreign keys are nobody's.
    let foreign = segment_with(text, &used_but(&[("AWS_ACCESS_KEY_ID", "ASIAY")])).unwrap();
    assert_eq!((foreign.text.as_str(), foreign.color), ("aws:(keys) (eu-west-1) !", None));
    // What `use` wrote down, where the settings no longer match the name.
    let mut told = used_but(&[("AWSENV_CLASS", "other")]);
    told.retain(|(name, _)| *name != "AWSENV_PROFILE");
    told.push(("AWSENV_PROFILE", "x"));
    assert_eq!(segment_with(text, &told).unwrap().color, Some(Color::Blue));
    let placed = segment_with(&format!("[settings]\nprompt = {{[class] }}{{profile}}{{ account}}\n{text}"), &USED);
    assert_eq!(placed.unwrap().text, "[PROD] acme 123456789012");
}

#[test]
fn settings_that_cannot_be_read_are_told_and_no_more() {
    assert_eq!(segment_with("junk\n", &USED).unwrap().text, "aws:client1 (eu-west-1) 42m ?");
}

#[test]
fn nothing_but_visible_text_of_a_sane_length() {
    let long = "x".repeat(5000);
    let hostile = format!("a\u{1b}]0;t\u{7}\u{202e}{long}-prod");
    let text = segment(&[("AWS_PROFILE", &hostile), ("AWS_REGION", &hostile)]);
    assert!(text.starts_with("aws:a?]0;t??x") && text.contains("-prod ("), "{text}");
    assert!(text.len() <= ALL_COLUMNS && !text.contains(char::is_control), "{text}");
    let format = format!("[settings]\nprompt = {long}\u{202e}{{profile}}\n");
    assert_eq!(segment_with(&format, &[("AWS_PROFILE", "a")]).unwrap().text.len(), ALL_COLUMNS);
    assert_eq!(segment_with("[settings]\nprompt = \n", &[("AWS_PROFILE", "a")]), None);
}
