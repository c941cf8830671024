use super::*;

use awsenv_core::config::{ConfigText, parse_config};
use awsenv_core::credentials::Secret;
use awsenv_core::diagnostic::SourceFile;
use awsenv_core::environment::Environment;
use awsenv_core::resolve::resolve_profile;
use awsenv_core::session_key::session_key;

const ROLE: &str = "arn:aws:iam::123456789012:role/Admin";
const USER: RoleUser<'_> = RoleUser { arn: "arn:aws:sts::123456789012:assumed-role/Admin/me", role_id: "AROA:me" };
const CONFIG: &str = "[profile a]\nrole_arn = arn:aws:iam::123456789012:role/Admin\nsource_profile = one\n";
const KEYS: &str = "[one]\naws_access_key_id = AKIAONE\naws_secret_access_key = s\n\
                    [two]\naws_access_key_id = AKIATWO\naws_secret_access_key = s\n";

/// A home with both files and both caches.
struct World {
    folder: tempfile::TempDir,
    own: OwnCache,
    files: Files,
    now: Timestamp,
}

impl World {
    fn new(config: &str, credentials: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let files = Files { config: folder.path().join("config"), credentials: folder.path().join("credentials") };
        let world = Self { own: OwnCache::new(folder.path().join("own")), files, now: crate::clock::now(), folder };
        world.write(config, credentials);
        world
    }

    fn write(&self, config: &str, credentials: &str) {
        std::fs::write(&self.files.config, config).unwrap();
        std::fs::write(&self.files.credentials, credentials).unwrap();
        // As old as a file is that nobody has just written.
        self.touch(SignedDuration::from_mins(-10));
    }

    /// Makes both files as old as so long after now.
    fn touch(&self, after: SignedDuration) {
        for path in [&self.files.config, &self.files.credentials] {
            let file = std::fs::File::options().write(true).open(path).unwrap();
            file.set_modified((self.now + after).into()).unwrap();
        }
    }

    fn cli(&self) -> std::path::PathBuf {
        self.folder.path().join("cli")
    }

    /// What `test` makes of profile `a`'s last step.
    fn with<T>(&self, test: impl FnOnce(Sessions<'_>, Slot<'_>, bool) -> T) -> T {
        let read = |path: &Path| ConfigText::from(std::fs::read_to_string(path).unwrap().as_str());
        let (config, credentials) = (read(&self.files.config), read(&self.files.credentials));
        let set = ProfileSet::normalize(
            parse_config(SourceFile::Config, &config),
            parse_config(SourceFile::Credentials, &credentials),
        );
        let chain = resolve_profile(&set, "a").unwrap();
        let key = session_key(&chain.steps, &Environment::default(), []);
        let name = shared_name(&set, chain.last());
        let slot = Slot { step: chain.last(), key: &key, shared: name.as_deref() };
        let cli = self.cli();
        test(Sessions { cli: &cli, own: &self.own, files: &self.files }, slot, may_share(&set, chain.last()))
    }

    /// The key id of the session that may be used.
    fn found(&self) -> Option<String> {
        self.with(|sessions, slot, may_share| {
            sessions.find(slot, self.now, || may_share).map(|entry| entry.credentials.access_key_id.clone())
        })
    }

    /// Keeps a session as awsenv does.
    fn keep(&self, id: &str) {
        self.with(|sessions, slot, may_share| {
            let slot = Slot { shared: slot.shared.filter(|_| may_share), ..slot };
            sessions.keep(slot, &session(id, self.now), Some(USER), self.now).unwrap();
        });
    }

    /// Writes a session as another tool does.
    fn foreign(&self, id: &str) {
        self.with(|sessions, slot, _| {
            write_role(sessions.cli, slot.shared.unwrap(), &session(id, self.now), USER).unwrap();
        });
    }

    fn cli_files(&self) -> usize {
        std::fs::read_dir(self.cli()).map_or(0, Iterator::count)
    }
}

fn session(id: &str, now: Timestamp) -> Credentials {
    Credentials {
        access_key_id: id.to_owned(),
        secret_access_key: Secret::new("s"),
        session_token: Some(Secret::new("t")),
        expiration: Some(now + SignedDuration::from_hours(1)),
        account_id: Some("123456789012".to_owned()),
    }
}

#[test]
fn what_is_kept_is_found_in_the_cli_s_cache() {
    let world = World::new(CONFIG, KEYS);
    assert_eq!(world.found(), None);
    world.keep("ASIAKEPT");
    assert_eq!((world.found().as_deref(), world.cli_files()), (Some("ASIAKEPT"), 1));
}

#[test]
fn what_the_cli_kept_is_found() {
    let world = World::new(CONFIG, KEYS);
    world.foreign("ASIACLI");
    assert_eq!(world.found().as_deref(), Some("ASIACLI"));
    // The newer one, whoever wrote it.
    world.keep("ASIAKEPT");
    assert_eq!(world.found().as_deref(), Some("ASIAKEPT"));
    world.foreign("ASIAAGAIN");
    assert_eq!(world.found().as_deref(), Some("ASIAAGAIN"));
}

#[test]
fn a_session_of_another_source_is_not_used_after_the_files_changed() {
    for (config, keys) in
        [(CONFIG.replace("= one", "= two"), KEYS.to_owned()), (CONFIG.to_owned(), KEYS.replace("AKIAONE", "AKIANEW"))]
    {
        let world = World::new(CONFIG, KEYS);
        world.keep("ASIAOLD");
        world.write(&config, &keys);
        assert_eq!(world.found(), None, "awsenv's own: {config}{keys}");
        world.keep("ASIANEW");
        assert_eq!(world.found().as_deref(), Some("ASIANEW"));

        let world = World::new(CONFIG, KEYS);
        world.foreign("ASIAOLD");
        world.write(&config, &keys);
        world.touch(SignedDuration::from_mins(10));
        assert_eq!(world.found(), None, "another tool's: {config}{keys}");
        world.keep("ASIANEW");
        assert_eq!(world.found().as_deref(), Some("ASIANEW"), "awsenv knows its own, whatever the files' age");
    }
}

#[test]
fn an_edit_that_changes_nothing_of_the_chain_keeps_awsenv_s_own() {
    let world = World::new(CONFIG, KEYS);
    world.keep("ASIAKEPT");
    world.write(&format!("{CONFIG}region = eu-west-1\n[profile more]\nregion = x\n"), KEYS);
    world.touch(SignedDuration::from_mins(10));
    assert_eq!(world.found().as_deref(), Some("ASIAKEPT"));
}

#[test]
fn where_two_sources_collide_each_has_an_entry_of_its_own() {
    let other = CONFIG.replace("[profile a]", "[profile b]").replace("= one", "= two");
    for second in [other.as_str(), &other.replace("source_profile = two", "web_identity_token_file = /t")] {
        let world = World::new(&format!("{CONFIG}{second}"), KEYS);
        world.foreign("ASIACLI");
        assert_eq!(world.found(), None);
        world.keep("ASIAONE");
        assert_eq!(world.found().as_deref(), Some("ASIAONE"));
        // The profile is now the other one.
        world.write(
            &format!(
                "{}{}",
                second.replace("[profile b]", "[profile a]"),
                CONFIG.replace("[profile a]", "[profile b]")
            ),
            KEYS,
        );
        assert_eq!(world.found(), None);
        world.keep("ASIATWO");
        assert_eq!(world.found().as_deref(), Some("ASIATWO"));
        world.write(&format!("{CONFIG}{second}"), KEYS);
        assert_eq!(world.found().as_deref(), Some("ASIAONE"));
        assert_eq!(world.cli_files(), 1, "the AWS CLI's own entry alone");
    }
}

#[test]
fn an_entry_of_another_role_or_account_or_of_none_is_not_used() {
    for body in [
        r#""AssumedRoleUser": {"Arn": "arn:aws:sts::123456789012:assumed-role/Other/me"}"#,
        r#""AssumedRoleUser": {"Arn": "arn:aws:sts::210987654321:assumed-role/Admin/me"}"#,
        r#""ProviderType": "sso""#,
    ] {
        let world = World::new(CONFIG, KEYS);
        world.foreign("ASIACLI");
        let end = world.now + SignedDuration::from_hours(1);
        let text = format!(
            r#"{{"Credentials": {{"AccessKeyId": "ASIAX", "SecretAccessKey": "s", "SessionToken": "t", "Expiration": "{end}"}}, {body}}}"#
        );
        world.with(|sessions, slot, _| std::fs::write(sessions.cli.join(slot.shared.unwrap()), text).unwrap());
        assert_eq!(world.found(), None, "{body}");
    }
}

#[test]
fn where_the_cli_s_cache_cannot_be_written_the_own_one_serves() {
    let world = World::new(CONFIG, KEYS);
    std::fs::write(world.cli(), "a file").unwrap();
    world.keep("ASIAKEPT");
    assert_eq!(world.found().as_deref(), Some("ASIAKEPT"));
}

#[test]
fn what_can_be_kept_nowhere_is_an_error() {
    let world = World::new(CONFIG, KEYS);
    std::fs::write(world.cli(), "a file").unwrap();
    std::fs::write(world.own.folder(), "a file").unwrap();
    let kept = world.with(|sessions, slot, _| sessions.keep(slot, &session("ASIA", world.now), Some(USER), world.now));
    assert!(kept.unwrap_err().path().starts_with(world.cli()));
    assert_eq!(world.found(), None);
}

#[test]
fn a_process_that_died_between_its_two_writes_leaves_the_old_entry_trusted() {
    let world = World::new(CONFIG, KEYS);
    world.keep("ASIAKEPT");
    world.touch(SignedDuration::from_mins(10));
    world.with(|sessions, slot, _| {
        sessions.remember(slot, slot.shared.unwrap(), &session("ASIALOST", world.now), world.now);
    });
    assert_eq!(world.found().as_deref(), Some("ASIAKEPT"));
}

#[test]
fn options_of_this_run_share_nothing() {
    let world = World::new(CONFIG, KEYS);
    world.with(|_, slot, may| {
        assert!(may && slot.shared == Some("51e7b105b5040ce662656c8dc6ab4de70c4de7ad.json"));
        let CredentialSource::AssumeRole(role) = &slot.step.source else { panic!() };
        let longer = AssumeRole { duration_seconds: Some(7200), ..role.clone() };
        let step = ChainStep { source: CredentialSource::AssumeRole(longer), ..slot.step.clone() };
        let (config, keys) = (ConfigText::from(CONFIG), ConfigText::from(KEYS));
        let set = ProfileSet::normalize(
            parse_config(SourceFile::Config, &config),
            parse_config(SourceFile::Credentials, &keys),
        );
        assert!(!may_share(&set, &step) && role.role_arn == ROLE);
    });
}

#[test]
fn sso_entries() {
    let config = "[sso-session s]\nsso_start_url = https://x\nsso_region = r\n\
                  [profile a]\nsso_session = s\nsso_account_id = 123456789012\nsso_role_name = Admin\n";
    let world = World::new(config, KEYS);
    world.with(|sessions, slot, may_share| {
        assert!(may_share);
        let credentials = Credentials { account_id: None, ..session("ASIASSO", world.now) };
        sessions.keep(slot, &credentials, None, world.now).unwrap();
        let found = sessions.find(slot, world.now, || may_share).unwrap();
        assert_eq!(found.credentials.account_id.as_deref(), Some("123456789012"));
    });
    assert_eq!(world.cli_files(), 1);
    world.write(&config.replace("https://x", "https://y"), KEYS);
    assert_eq!(world.found(), None, "another start URL under the same session's name");
}
