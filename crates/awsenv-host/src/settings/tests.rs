use super::*;

/// Files by name, in a folder of their own; the settings are those of `config`, `~` is the folder.
fn load(files: &[(&str, &str)]) -> (tempfile::TempDir, Result<Settings, SettingsError>) {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    let settings = Settings::load(&folder.path().join("config"), Some(folder.path()));
    (folder, settings)
}

fn settings(text: &str) -> Settings {
    load(&[("config", text)]).1.unwrap()
}

fn warnings(settings: &Settings) -> Vec<String> {
    settings.warnings.iter().map(|w| format!("{} {} {}", w.place.line, w.code, w.message)).collect()
}

#[test]
fn no_file_and_an_empty_one_are_the_defaults() {
    let (folder, none) = load(&[]);
    assert_eq!(none.as_ref().unwrap().files, [folder.path().join("config")]);
    for settings in [
        none,
        Ok(settings("")),
        Ok(settings("; nothing\n\n[settings]\n")),
        Settings::load(Path::new("/dev/null"), None),
    ] {
        // Where it was looked for is no setting.
        assert_eq!(Settings { files: Vec::new(), ..settings.unwrap() }, Settings::default());
    }
}

#[test]
fn every_setting() {
    let (folder, settings) = load(&[(
        "config",
        "[settings]
; comment
as = profile
long_term_keys = refuse
hook = switch
refresh = no
region = eu-central-1
mfa_process = ykman oath accounts code -s \"aws me\"
prompt = {profile} # no comment; all of it
naming = {client}/{env}
broker = ~/bin/awsenv-broker
connect_timeout = 2s
call_timeout = 1m30s

[class production]
match = *prod*, *-live
color = red
label = PROD
confirm = yes
max_duration = 1h30m
guard = terraform apply, aws * delete-*
[class dev]
match = *
[profile client1]
account = 123456789012
alias = acme
[profile 'my client']
account = 210987654321
[directory ~/clients/acme]
profile = acme-dev
region = us-east-1
account = 123456789012
",
    )]);
    let settings = settings.unwrap();
    assert_eq!(warnings(&settings), [""; 0]);
    assert_eq!((settings.use_as, settings.long_term_keys), (UseAs::Profile, LongTermKeys::Refuse));
    assert_eq!((settings.hook, settings.refresh), (HookMode::Switch, false));
    assert_eq!(settings.region.as_deref(), Some("eu-central-1"));
    assert_eq!(settings.mfa_process.as_deref(), Some("ykman oath accounts code -s \"aws me\""));
    assert_eq!(settings.prompt.fill(|_| "x"), "x # no comment; all of it");
    assert_eq!((settings.naming.as_str(), settings.naming_is_chosen), ("{client}/{env}", true));
    assert_eq!(settings.broker, Some(folder.path().join("bin/awsenv-broker")));
    assert_eq!(settings.connect_timeout, Some(Duration::from_secs(2)));
    assert_eq!(settings.call_timeout, Some(Duration::from_secs(90)));
    let class = settings.class_of("x-prod-1").unwrap();
    assert_eq!((class.name.as_str(), class.color, class.confirm), ("production", Some(Color::Red), true));
    assert_eq!((class.label.as_deref(), class.max_duration), (Some("PROD"), Some(Duration::from_secs(5400))));
    assert_eq!(class.guard, ["terraform apply", "aws * delete-*"]);
    assert_eq!(settings.class_of("x-live").unwrap().name, "production");
    assert_eq!(settings.class_of("x").unwrap().name, "dev");
    assert_eq!(settings.pin("client1"), Ok(Some("123456789012")));
    assert_eq!(settings.pin("my client"), Ok(Some("210987654321")));
    assert_eq!(settings.pin("client"), Ok(None));
    assert_eq!(settings.profiles[0].alias.as_deref(), Some("acme"));
    let directory = &settings.directories[0];
    assert_eq!(directory.path, folder.path().join("clients/acme"));
    assert_eq!((directory.profile.as_deref(), directory.region.as_deref()), (Some("acme-dev"), Some("us-east-1")));
    assert_eq!(directory.account.account(), Ok(Some("123456789012")));
}

#[test]
fn what_is_not_understood_is_a_warning_with_its_line() {
    let settings = settings(
        "stray = 1
[settings]
as = key
long_term_keys = no
hook = Off
refresh = maybe
region = EU (Frankfurt)
broker = awsenv-broker
nonsense = canary
[class a]
color = crimson
max_duration = soon
colour = red
[class]
[profile]
[Profile x]
account = 123456789012
[directory relative]
[profile y]
acount = 123456789012
[settings]
hook = off
call_timeout = 2h
",
    );
    assert_eq!(
        warnings(&settings),
        [
            "1 unknown-setting `stray` stands in no section",
            "3 wrong-setting `as` must be keys or profile",
            "4 wrong-setting `long_term_keys` must be export, session or refuse",
            "5 wrong-setting `hook` must be off, suggest or switch",
            "6 wrong-setting `refresh` must be yes or no",
            "7 wrong-setting `region` must be a region such as eu-central-1",
            "8 wrong-setting `broker` must be an absolute path",
            "9 unknown-setting `nonsense` is not a setting of this section",
            "11 wrong-setting `color` must be black, red, green, yellow, blue, magenta, cyan or white",
            "12 wrong-setting `max_duration` must be a duration such as 90s, 15m or 1h30m",
            "13 unknown-setting `colour` is not a setting of this section",
            "14 unknown-section `[class]` is not [settings], [class NAME], [profile NAME] or [directory PATH]",
            "15 unknown-section `[profile]` is not [settings], [class NAME], [profile NAME] or [directory PATH]",
            "16 unknown-section `[Profile x]` is not [settings], [class NAME], [profile NAME] or [directory PATH]",
            "18 wrong-setting a directory's path must be absolute or start with `~`",
            "20 unknown-setting `acount` is not a setting of this section",
            "22 duplicate-setting `hook` stands here a second time",
            "23 wrong-setting `call_timeout` must be a duration such as 5s or 2m, an hour at most",
        ]
    );
    let defaults = Settings::default();
    assert_eq!((settings.use_as, settings.long_term_keys), (defaults.use_as, defaults.long_term_keys));
    assert_eq!((settings.refresh, settings.region, settings.broker), (true, None, None));
    assert_eq!(settings.hook, HookMode::Off);
}

#[test]
fn a_pin_that_cannot_be_read_is_never_no_pin() {
    for account in ["", "12345678901", "1234567890123", "1234-5678-9012", "12345678901x", "acme", "\"123456789012\""] {
        let settings = settings(&format!("[profile a]\naccount = {account}\n[directory /d]\naccount = {account}\n"));
        let error = settings.pin("a").unwrap_err();
        assert_eq!(error.code(), "account-pin-unreadable");
        assert!(error.to_string().ends_with(":2: `account` must be 12 digits"), "{error}");
        assert!(settings.directories[0].account.account().is_err());
        assert_eq!(settings.pin("b"), Ok(None));
    }
    let twice = settings("[profile a]\naccount = 123456789012\n[profile a]\naccount = 210987654321\n");
    assert!(twice.pin("a").is_err());
    let same = settings("[profile a]\naccount = 123456789012\naccount = 123456789012\n");
    assert_eq!(same.pin("a"), Ok(Some("123456789012")));
    let bad_then_good = settings("[profile a]\naccount = oops\naccount = 123456789012\n");
    assert!(bad_then_good.pin("a").is_err());
    let quoted_too = settings("[profile a]\nalias = x\n[profile 'a']\naccount = oops\n");
    assert!(quoted_too.pin("a").is_err());
}

#[test]
fn an_unreadable_confirm_counts_as_yes() {
    let settings = settings("[class a]\nmatch = a\nconfirm = sure\n");
    assert!(settings.classes[0].confirm);
    assert_eq!(warnings(&settings), ["3 wrong-setting `confirm` must be yes or no, and counts as yes"]);
}

#[test]
fn what_a_prompt_leaves_out_is_told() {
    let settings = settings("[settings]\nprompt = {profile}{nothing}{left\n");
    assert_eq!(settings.prompt.fill(|_| "x"), "x");
    assert_eq!(
        warnings(&settings),
        [
            "2 wrong-setting `prompt`: `{nothing}` must name one of profile, region, left, class, account, mark",
            "2 wrong-setting `prompt`: a `{` is not closed; a brace is written `{{`",
        ]
    );
}

#[test]
fn aliases_are_those_of_the_profile() {
    let settings = settings("[profile a]\naccount = 123456789012\n[profile 'a']\nalias = x\n[profile b]\nalias = y\n");
    assert_eq!((settings.alias_of("a"), settings.alias_of("b"), settings.alias_of("c")), (Some("x"), Some("y"), None));
}

#[test]
fn an_included_file_is_read_first() {
    let (_folder, settings) = load(&[
        (
            "config",
            "include = team/config\n[settings]\nregion = us-east-1\n[class live]\ncolor = blue\n[profile a]\naccount = 123456789012\n",
        ),
        (
            "team/config",
            "[settings]\ninclude = more\nregion = eu-west-1\nhook = off\n[class live]\nmatch = *live*\ncolor = red\n[profile a]\naccount = oops\n",
        ),
        ("team/more", "[settings]\nhook = switch\nas = profile\nbroker = oops\n[class all]\nmatch = *\n"),
    ]);
    let settings = settings.unwrap();
    assert_eq!(settings.region.as_deref(), Some("us-east-1"));
    assert_eq!((settings.hook, settings.use_as), (HookMode::Off, UseAs::Profile));
    assert_eq!(settings.classes.iter().map(|class| class.name.as_str()).collect::<Vec<_>>(), ["all", "live"]);
    assert_eq!((settings.classes[1].color, settings.classes[1].holds("x-live")), (Some(Color::Blue), true));
    assert_eq!(settings.pin("a"), Ok(Some("123456789012")));
    assert!(settings.warnings[0].place.path.ends_with("team/more"));
}

#[test]
fn includes_that_fail_are_loud() {
    let error = |files: &[(&str, &str)]| load(files).1.unwrap_err().to_string();
    assert!(error(&[("config", "\ninclude = missing\n")]).contains("config:2: the included file "));
    assert!(error(&[("config", "include = config\n")]).ends_with(" includes itself"));
    let looped = error(&[("config", "include = ~/a/b\n"), ("a/b", "; \ninclude = ../a/./../config\n")]);
    assert!(looped.contains("b:2: ") && looped.ends_with(" includes itself"), "{looped}");
    let (folder, _) = load(&[("config", "include = ~/x\n"), ("x", "")]);
    let homeless = Settings::load(&folder.path().join("config"), None).unwrap_err();
    assert_eq!(homeless.code(), "settings-include");
    assert!(error(&[("config", "include = .\n")]).ends_with(" is a folder, not a file"));
    assert!(error(&[("config", "include = a\n"), ("a", "junk\n")]).contains("/a:1: "));
    let names = (0..20).map(|i| (format!("f{i}"), format!("include = f{}\n", i + 1))).collect::<Vec<_>>();
    let mut files = names.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect::<Vec<_>>();
    files.push(("config", "include = f0\n"));
    assert!(error(&files).ends_with("files include each other too deeply"));
    let twice = load(&[("config", "include = a\ninclude = a\n"), ("a", "[settings]\nhook = off\n")]).1.unwrap();
    assert_eq!(twice.hook, HookMode::Off);
}

#[test]
fn a_file_that_is_broken_is_loud() {
    let folder = tempfile::tempdir().unwrap();
    let error = Settings::load(folder.path(), None).unwrap_err();
    assert_eq!(error.code(), "settings-unreadable");
    let error = load(&[("config", "[settings]\nhook off\n")]).1.unwrap_err();
    assert_eq!(error.code(), "settings-syntax");
    assert!(error.to_string().contains("config:2: "));
}

#[test]
fn where_the_settings_are() {
    let home = if cfg!(windows) { "USERPROFILE" } else { "HOME" };
    let with = |value: &str| [(SETTINGS_VARIABLE, value), (home, "/h")].into_iter().collect::<Environment>();
    assert_eq!(path(&with("/x/y")), Some("/x/y".into()));
    assert_eq!(path(&with("~/y")), Some(Path::new("/h").join("y")));
    assert!(path(&with("")).is_none_or(|path| path.ends_with("awsenv/config")));
    let settings = Settings::of_user(&with("/nowhere/at/all")).unwrap();
    assert_eq!(settings.warnings[0].to_string(), "/nowhere/at/all: the file that AWSENV_CONFIG names doesn't exist");
}
