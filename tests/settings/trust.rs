//! `awsenv allow` and `deny`.

use std::fs;

use awsenv_testkit::home::Home;

use super::awsenv;

fn said(home: &Home, arguments: &[&str]) -> (Option<i32>, String) {
    let output = awsenv(home, arguments);
    let text = [output.stdout, output.stderr].concat();
    (output.status.code(), String::from_utf8_lossy(&text).into_owned())
}

#[test]
fn a_file_is_allowed_as_it_is_and_denied_for_good() {
    let home = Home::new()
        .config("[profile acme]\nregion = eu-west-1\n")
        .file("work/deep/x", "")
        .file("work/.awsenv", "profile = acme\naccount = 123456789012\n");
    let (status, text) = said(&home, &["allow", "work/deep"]);
    assert_eq!(status, Some(0));
    let path = home.path().canonicalize().unwrap().join("work/.awsenv");
    assert!(text.contains(path.to_str().unwrap()) && text.contains("profile = acme\n"), "{text}");
    assert!(text.contains("account = 123456789012"), "{text}");
    let answers = |kind: &str| fs::read_dir(home.join(".local/state/awsenv").join(kind)).map_or(0, Iterator::count);
    assert_eq!((answers("allowed"), answers("denied")), (1, 0));
    assert_eq!(said(&home, &["deny", "work"]).0, Some(0));
    assert_eq!((answers("allowed"), answers("denied")), (0, 1));
}

#[test]
fn what_is_wrong_is_told_with_its_line_and_never_allowed() {
    let home = Home::new().file("bad/.awsenv", "profile = a\nexport X=\"$(touch ran)\"\n").file("none/x", "");
    let (status, text) = said(&home, &["allow", "bad"]);
    assert_eq!(status, Some(1));
    assert!(text.contains("bad/.awsenv") && text.contains("line 2"), "{text}");
    let (status, text) = said(&home, &["allow", "none"]);
    assert!(status == Some(1) && text.contains("profile = NAME"), "{text}");
    assert_eq!(said(&home, &["allow", "nowhere"]).0, Some(1));
    assert!(!home.join("ran").exists() && !home.join(".local/state/awsenv").exists());
}

#[test]
fn a_profile_that_does_not_exist_is_told() {
    let home = Home::new().config("[profile acme]\n").file(".awsenv", "profile = acmee\n");
    let (status, text) = said(&home, &["allow"]);
    assert!(status == Some(0) && text.contains("warning") && text.contains("acmee"), "{text}");
}
