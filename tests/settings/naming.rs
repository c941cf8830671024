//! `naming`: the parts of profile names as data.

use awsenv_testkit::home::Home;
use serde_json::Value;

use super::{awsenv, stderr, stdout};

fn home() -> Home {
    let profile = |name: &str| format!("[profile {name}]\nregion = eu-west-1\n");
    let names = ["acme-prod", "acme-dev-admin", "zeta-prod", "playground", "odd-$(touch ran)"];
    Home::new().config(names.map(profile).concat())
}

#[test]
fn profiles_are_chosen_by_field() {
    let home = home();
    let names = |filters: &[&str]| stdout(&home, &[&["list", "--names"], filters].concat());
    assert_eq!(names(&["client=acme"]), "acme-prod\nacme-dev-admin\n");
    assert_eq!(names(&["env=prod"]), "acme-prod\nzeta-prod\n");
    assert_eq!(names(&["env=prod", "client=z*"]), "zeta-prod\n");
    assert_eq!(names(&["purpose=", "env=*", "client=*"]), "acme-prod\nzeta-prod\nodd-$(touch ran)\n");
    assert_eq!(names(&["client=nobody"]), "");
    let said = stderr(&home, &["list", "client=nobody"]);
    assert!(said.contains("no profile"), "{said}");
}

#[test]
fn json_has_the_fields_of_names_that_follow_the_pattern() {
    let rows: Value = serde_json::from_str(&stdout(&home(), &["list", "--json"])).unwrap();
    let fields = |index: usize| rows[index]["fields"].to_string();
    assert_eq!(fields(0), r#"{"client":"acme","env":"prod"}"#);
    assert_eq!(fields(1), r#"{"client":"acme","env":"dev","purpose":"admin"}"#);
    assert_eq!(fields(3), "null");
}

#[test]
fn a_table_is_grouped() {
    let text = stdout(&home(), &["list", "--by", "client"]);
    let lines: Vec<&str> = text.lines().map(|line| line.split("  ").find(|part| !part.is_empty()).unwrap()).collect();
    let expected = [
        "acme",
        "acme-prod",
        "acme-dev-admin",
        "zeta",
        "zeta-prod",
        "odd",
        "odd-$(touch ran)",
        "(no client)",
        "playground",
    ];
    assert_eq!(lines, expected, "{text}");
    let output = awsenv(&home(), &["list", "--by", "team"]);
    assert_eq!(output.status.code(), Some(2));
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(said.contains("client, env, purpose"), "{said}");
}

/// A team's file, checked in and included, holds the pattern for all.
#[test]
fn the_pattern_comes_from_an_included_file() {
    let home = home()
        .settings("[settings]\ninclude = ~/team/awsenv.ini\n")
        .file("team/awsenv.ini", "[settings]\nnaming = {team}-{stage}\n");
    assert_eq!(stdout(&home, &["list", "--names", "team=zeta"]), "zeta-prod\n");
    assert_eq!(stdout(&home, &["list", "--names", "stage=dev-admin"]), "acme-dev-admin\n");
}

#[test]
fn a_name_that_breaks_a_chosen_pattern_is_told() {
    let says = |home: &Home| {
        let output = awsenv(home, &["explain", "playground", "--json"]);
        String::from_utf8_lossy(&output.stdout).contains("name-breaks-convention")
    };
    assert!(!says(&home()), "nobody chose the default");
    let home = home().settings("[settings]\nnaming = {client}-{env}\n");
    assert!(says(&home));
    assert!(!stdout_of_explain(&home, "acme-prod").contains("name-breaks-convention"));
}

fn stdout_of_explain(home: &Home, name: &str) -> String {
    String::from_utf8_lossy(&awsenv(home, &["explain", name]).stdout).into_owned()
}

/// A pattern that can't be read is a warning with its line, and the default is used.
#[test]
fn a_wrong_pattern_is_a_warning() {
    for (wrong, why) in [("{client}{env}", "nothing stands between"), ("{a", "no other half"), ("", "1 to 16")] {
        let home = home().settings(format!("[settings]\nnaming = {wrong}\n"));
        assert_eq!(stdout(&home, &["list", "--names", "client=zeta"]), "zeta-prod\n", "{wrong}");
        let said = stderr(&home, &["list", "client=zeta"]);
        assert!(said.contains("config:2") && said.contains(why), "{wrong}: {said}");
    }
}

/// TAB after `client=`: each value once, none of them run.
#[test]
fn fields_are_completed() {
    let home = home();
    let ask = |typed: &str| stdout(&home, &["__complete", "fish", "words", "2", "--", "awsenv", "list", typed]);
    let values = |typed: &str| ask(typed).lines().map(|line| line.trim_end().to_owned()).collect::<Vec<_>>();
    assert_eq!(values("client="), ["client=acme", "client=odd", "client=zeta"]);
    assert_eq!(values("env=p"), ["env=prod"]);
    assert_eq!(values("env=$"), ["env=$(touch ran)"]);
    assert_eq!(values("pur"), ["purpose=admin"]);
    assert!(values("acme").iter().all(|value| value.starts_with("acme-")));
    assert!(!home.join("ran").exists());
}
