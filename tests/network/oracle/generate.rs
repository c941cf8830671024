//! Sets of profiles out of a seed.

use awsenv_testkit::fake::{FakeAws, MfaRule, Role, SsoInstance, User};
use ring::digest;
use serde_json::json;

use crate::files::{File, profile, quoted};
use crate::kinds::{Base, Grant, Keys, Kind, Process, State, Web, Wrong};
use crate::random::Random;
use crate::set::{HOME, Plant, Set, URL};

const ACCOUNTS: [&str; 4] = ["111122223333", "123456789012", "210987654321", "000000000042"];
const PROVIDER: &str = "id.example.com/pool";
const AUDIENCE: &str = "sts.amazonaws.com";
const TASK: &str = "/v2/credentials/task";
const TASK_TOKEN: &str = "a token of the task";

/// What of a profile decides a role's call, and from where it is made.
const CALL: [&str; 8] = [
    "role_arn",
    "source_profile",
    "credential_source",
    "web_identity_token_file",
    "external_id",
    "role_session_name",
    "duration_seconds",
    "mfa_serial",
];

/// Who somebody is.
#[derive(Clone)]
pub(crate) struct Who {
    /// What a trust policy calls it.
    pub(crate) trusted: String,
    /// The ARN of its credentials, or the ARN up to the name of the session.
    pub(crate) identity: String,
    is_role: bool,
    user: Option<User>,
}

impl Who {
    fn role(arn: &str, session: Option<&str>) -> Self {
        let name = arn.rsplit('/').next().unwrap_or_default();
        let identity = format!("arn:aws:sts::{}:assumed-role/{name}/{}", account_of(arn), session.unwrap_or_default());
        Self { trusted: arn.to_owned(), identity, is_role: true, user: None }
    }

    fn user(user: &User) -> Self {
        Self { trusted: user.arn(), identity: user.arn(), is_role: false, user: Some(user.clone()) }
    }

    /// As somebody who has signed in.
    fn login(arn: &str) -> Self {
        Self { trusted: arn.to_owned(), identity: arn.to_owned(), is_role: arn.contains(":sts:"), user: None }
    }
}

fn account_of(arn: &str) -> &str {
    arn.split(':').nth(4).unwrap_or_default()
}

fn hex(algorithm: &'static digest::Algorithm, text: &str) -> String {
    digest::digest(algorithm, text.as_bytes()).as_ref().iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A set that is being made.
pub(crate) struct Making {
    pub(crate) random: Random,
    pub(crate) fake: FakeAws,
    sso: SsoInstance,
    start_url: String,
    granted: [(String, &'static str); 2],
    task: String,
    instance: String,
    pub(crate) config: File,
    pub(crate) credentials: File,
    environment: Vec<(String, String)>,
    files: Vec<(String, String)>,
    plants: Vec<Plant>,
    device: Option<String>,
    middle: Option<String>,
    names: usize,
}

/// The set of this seed and kind.
pub(crate) fn generate(seed: u64, kind: Kind) -> Set {
    let mut making = Making::new(seed);
    let last = if making.random.chance(10) { "default".to_owned() } else { making.name() };
    let who = making.way(&last, kind);
    making.strangers(&last);
    if making.random.chance(20) {
        // Then it is not said by a variable.
        for name in making.middle.iter().chain([&last]) {
            making.config.put(&profile(name), "endpoint_url", URL);
        }
    }
    making.finish(format!("seed {seed}"), kind, last, who.identity)
}

impl Making {
    pub(crate) fn new(seed: u64) -> Self {
        let mut random = Random::new(seed);
        let start_url = format!("https://company-{}.awsapps.com/start", random.below(1000));
        let granted = [(random.pick(&ACCOUNTS).to_owned(), "Admin"), (random.pick(&ACCOUNTS).to_owned(), "Read-Only")];
        let sso = granted.iter().fold(SsoInstance::new(&start_url), |sso, (account, role)| sso.assign(account, role));
        let task = format!("arn:aws:iam::{}:role/task/Runs", random.pick(&ACCOUNTS));
        let instance = format!("arn:aws:iam::{}:role/OfTheInstance", random.pick(&ACCOUNTS));
        let fake = FakeAws::builder()
            .sso(sso.clone())
            .container(TASK, &task, Some(TASK_TOKEN))
            .instance_role(&instance)
            .start();
        Self {
            random,
            fake,
            sso,
            start_url,
            granted,
            task,
            instance,
            config: File::default(),
            credentials: File::default(),
            environment: Vec::new(),
            files: Vec::new(),
            plants: Vec::new(),
            device: None,
            middle: None,
            names: 0,
        }
    }

    pub(crate) fn finish(mut self, name: String, kind: Kind, profile: String, identity: String) -> Set {
        Set {
            name,
            kind,
            profile,
            config: self.config.text(&mut self.random),
            credentials: self.credentials.text(&mut self.random),
            fake: self.fake,
            environment: self.environment,
            files: self.files,
            plants: self.plants,
            device: self.device,
            middle: self.middle,
            identity,
            codes: std::sync::atomic::AtomicUsize::new(0),
        }
    }

    /// A name for a profile.
    pub(crate) fn name(&mut self) -> String {
        self.names += 1;
        let stem = self.random.pick(&["dev", "Client-A", "acme.prod", "x_y", "my client ", "café-"]);
        format!("{stem}{}", self.names)
    }

    fn new_user(&mut self) -> User {
        self.names += 1;
        let user = User::new(self.random.pick(&ACCOUNTS), &format!("person{}", self.names));
        self.fake.add_user(user.clone());
        user
    }

    fn role_arn(&mut self) -> String {
        self.names += 1;
        let path = self.random.pick(&["", "", "team/", "a/b/c/"]);
        format!("arn:aws:iam::{}:role/{path}Role-{}", self.random.pick(&ACCOUNTS), self.names)
    }

    /// What is decided in the profile `last`: its base, and the roles on the way to it.
    fn way(&mut self, last: &str, kind: Kind) -> Who {
        if kind.depth == 0 {
            return self.base(kind.base, last);
        }
        let names: Vec<String> = (1..kind.depth).map(|_| self.name()).chain([last.to_owned()]).collect();
        self.middle = names.iter().rev().nth(1).cloned();
        let mut who = self.source(kind.base, &names[0], last, kind.mfa || kind.wrong == Wrong::Code);
        let wrong = match kind.wrong {
            Wrong::Code | Wrong::NoDevice => 0,
            _ => self.random.below(kind.depth),
        };
        for (index, name) in names.iter().enumerate() {
            if index > 0 {
                self.config.put(&profile(name), "source_profile", &names[index - 1]);
            }
            let wrong = if index == wrong { kind.wrong } else { Wrong::Nothing };
            let wants_code = index == 0 && (kind.mfa || wrong == Wrong::Code);
            let short = kind.short && index + 1 == kind.depth;
            who = self.link(name, &who, wrong, wants_code, short);
        }
        // Rule 3: these count for nothing.
        if !matches!(kind.base, Base::Own(_)) && self.random.chance(25) {
            let other = self.new_user();
            self.keys_in_credentials(last, &other);
        }
        who
    }

    /// Lets the profile `first` say from where its role is assumed. `last` is where the way began.
    pub(crate) fn source(&mut self, base: Base, first: &str, last: &str, with_device: bool) -> Who {
        let section = profile(first);
        let named = match base {
            Base::Environment(good) => {
                let user = self.new_user();
                if good {
                    self.environment.push(("AWS_ACCESS_KEY_ID".into(), user.access_key_id().into()));
                    self.environment.push(("AWS_SECRET_ACCESS_KEY".into(), user.secret_access_key().into()));
                }
                Some(("Environment", Who::user(&user)))
            }
            Base::Container(good) => {
                let token = if good { TASK_TOKEN } else { "another token" };
                let url = format!("{}{TASK}", self.fake.url());
                self.environment.push(("AWS_CONTAINER_CREDENTIALS_FULL_URI".into(), url));
                self.environment.push(("AWS_CONTAINER_AUTHORIZATION_TOKEN".into(), token.into()));
                Some(("EcsContainer", Who::role(&self.task, Some("task"))))
            }
            Base::Instance(good) => {
                self.fake.set_imds_failure(Some("AssumeRoleUnauthorizedAccess").filter(|_| !good));
                Some(("Ec2InstanceMetadata", Who::role(&self.instance, Some("i-0123456789abcdef0"))))
            }
            Base::UnknownSource => Some(("environment", Who::login("nobody"))),
            _ => None,
        };
        if let Some((name, who)) = named {
            self.config.put(&section, "credential_source", name);
            return who;
        }
        let mut who = Who::login("nobody");
        let source = match base {
            Base::Neither => return who,
            Base::NoProfile => "nowhere".to_owned(),
            Base::Own(good) => {
                if good {
                    let user = self.new_user();
                    self.keys_in_credentials(first, &user);
                    who = Who::user(&user);
                }
                first.to_owned()
            }
            Base::Loop => {
                let name = self.name();
                let arn = self.role_arn();
                self.config.put(&profile(&name), "role_arn", &arn);
                self.config.put(&profile(&name), "source_profile", last);
                name
            }
            _ => {
                let name = self.name();
                who = self.base(base, &name);
                name
            }
        };
        if base == Base::Two {
            self.config.put(&section, "credential_source", "Environment");
        }
        if with_device {
            let serial = format!("arn:aws:iam::{}:mfa/phone", account_of(&who.trusted));
            let user = who.user.clone().expect("only users have devices").mfa(&serial, &[]);
            self.fake.add_user(user);
            self.device = Some(serial);
        }
        self.config.put(&section, "source_profile", &source);
        who
    }

    /// Puts a line into the config file, or now and then where it counts as much.
    fn put_in_either(&mut self, name: &str, key: &str, value: &str) {
        if self.random.chance(10) {
            self.credentials.put(name, key, value);
        } else {
            self.config.put(&profile(name), key, value);
        }
    }

    /// One role, assumed by `before`.
    fn link(&mut self, name: &str, before: &Who, wrong: Wrong, wants_code: bool, short: bool) -> Who {
        let arn = self.role_arn();
        self.put_in_either(name, "role_arn", &arn);
        let mut role = Role::new(&arn).max_duration(43_200);
        role = role.trusts(if wrong == Wrong::Untrusted {
            "arn:aws:iam::111122223333:user/else"
        } else {
            &before.trusted
        });
        if wrong == Wrong::ExternalId || self.random.chance(50) {
            let id = format!("id/{}:of=it", self.random.below(1000));
            role = role.external_id(&id);
            if wrong != Wrong::ExternalId {
                self.put_in_either(name, "external_id", &id);
            } else if self.random.chance(50) {
                self.put_in_either(name, "external_id", "another/id");
            }
        }
        let session = self.random.chance(40).then(|| format!("me@{}", self.random.below(1000)));
        if let Some(session) = &session {
            self.put_in_either(name, "role_session_name", session);
        }
        if wrong == Wrong::Duration {
            role = role.max_duration(3600);
            self.put_in_either(name, "duration_seconds", "7200");
        } else if short {
            self.put_in_either(name, "duration_seconds", "900");
        } else if self.random.chance(40) {
            let seconds: &[&str] = if before.is_role { &["1800", "3600"] } else { &["1800", "3600", "7200", "43200"] };
            let seconds = self.random.pick(seconds);
            self.put_in_either(name, "duration_seconds", seconds);
        }
        if self.random.chance(20) {
            self.put_in_either(name, "region", "eu-central-1");
        }
        if wants_code || wrong == Wrong::NoDevice {
            role = role.mfa(MfaRule::Needed);
        }
        if let Some(serial) = self.device.clone().filter(|_| wants_code) {
            self.put_in_either(name, "mfa_serial", &serial);
        }
        if wrong != Wrong::NoRole {
            self.fake.add_role(role);
        }
        Who::role(&arn, session.as_deref())
    }

    /// Lets the profile `name` have credentials of its own, perhaps beside others that come after them in the AWS CLI's
    /// order: web identity, IAM Identity Center, credentials file, login, process, config file.
    fn base(&mut self, base: Base, name: &str) -> Who {
        let who = self.own_base(base, name);
        let rank = match base {
            Base::WebIdentity(_) => 0,
            Base::SsoSession(..) | Base::SsoLegacy(..) => 1,
            Base::Static(Keys::Credentials | Keys::Temporary | Keys::Both) => 2,
            Base::Login(_) => 3,
            Base::Process(_) => 4,
            _ => return who,
        };
        if self.random.chance(40) {
            match 1 + rank + self.random.below(5 - rank) {
                1 => drop(self.sso(name, State::Fresh, Grant::Granted, false)),
                2 => drop(self.static_keys(Keys::Credentials, name)),
                3 => drop(self.login(State::Fresh, name)),
                4 => drop(self.process(Process::LongTerm, name)),
                _ => drop(self.static_keys(Keys::Config, name)),
            }
        }
        who
    }

    fn own_base(&mut self, base: Base, name: &str) -> Who {
        match base {
            Base::Static(keys) => self.static_keys(keys, name),
            Base::WebIdentity(web) => self.web_identity(web, name),
            Base::SsoSession(state, grant) => self.sso(name, state, grant, true),
            Base::SsoLegacy(state, grant) => self.sso(name, state, grant, false),
            Base::Login(state) => self.login(state, name),
            Base::Process(process) => self.process(process, name),
            Base::KeysBesideRole => {
                let (arn, other) = (self.role_arn(), self.name());
                self.config.put(&profile(name), "role_arn", &arn);
                self.config.put(&profile(name), "source_profile", &other);
                let (user, stranger) = (self.new_user(), self.new_user());
                self.keys_in_credentials(&other, &stranger);
                self.keys_in_credentials(name, &user);
                Who::user(&user)
            }
            Base::Nothing => {
                self.config.put(&profile(name), "region", "eu-central-1");
                Who::login("nobody")
            }
            // With credential_source beside it.
            Base::Two => self.static_keys(Keys::Credentials, name),
            other => unreachable!("{other:?} is no profile of its own"),
        }
    }

    fn keys_in_credentials(&mut self, name: &str, user: &User) {
        self.credentials.put(name, "aws_access_key_id", user.access_key_id());
        self.credentials.put(name, "aws_secret_access_key", user.secret_access_key());
    }

    fn keys_in_config(&mut self, name: &str, user: &User) {
        self.config.put(&profile(name), "aws_access_key_id", user.access_key_id());
        self.config.put(&profile(name), "aws_secret_access_key", user.secret_access_key());
    }

    fn static_keys(&mut self, keys: Keys, name: &str) -> Who {
        let user = self.new_user();
        match keys {
            Keys::Credentials => self.keys_in_credentials(name, &user),
            Keys::Config => self.keys_in_config(name, &user),
            Keys::Both => {
                let other = self.new_user();
                self.keys_in_config(name, &other);
                self.config.put(&profile(name), "aws_session_token", "of-the-other");
                self.keys_in_credentials(name, &user);
            }
            Keys::Temporary => {
                let login = self.fake.login_session(&user.arn(), 3600);
                self.credentials.put(name, "aws_access_key_id", &login.access_key_id);
                self.credentials.put(name, "aws_secret_access_key", &login.secret_access_key);
                let key = self.random.pick(&["aws_session_token", "aws_security_token"]);
                self.credentials.put(name, key, &login.session_token);
                return Who::login(&user.arn());
            }
            Keys::HalfInConfig => self.config.put(&profile(name), "aws_access_key_id", user.access_key_id()),
            Keys::HalfInCredentials => self.credentials.put(name, "aws_access_key_id", user.access_key_id()),
            Keys::SecretAlone => self.credentials.put(name, "aws_secret_access_key", user.secret_access_key()),
        }
        Who::user(&user)
    }

    fn web_identity(&mut self, web: Web, name: &str) -> Who {
        let (section, arn) = (profile(name), self.role_arn());
        self.fake.add_role(Role::new(&arn).trusts_web_identity(PROVIDER, AUDIENCE, "pod"));
        let subject = if web == Web::Untrusted { "another" } else { "pod" };
        let seconds = if web == Web::Expired { -60 } else { 3600 };
        let token = self.fake.web_identity_token(PROVIDER, AUDIENCE, subject, seconds);
        let file = format!("tokens/{name}");
        self.config.put(&section, "role_arn", &arn);
        self.config.put(&section, "web_identity_token_file", &format!("{HOME}/{file}"));
        if web != Web::NoFile {
            self.files.push((file, token));
        }
        if self.random.chance(30) {
            self.config.put(&section, "duration_seconds", "1800");
        }
        // What only counts beside a source.
        for (key, value) in [("external_id", "an-id"), ("mfa_serial", "arn:aws:iam::111122223333:mfa/phone")] {
            if self.random.chance(20) {
                self.config.put(&section, key, value);
            }
        }
        let session = self.random.chance(40).then_some("pod-1");
        if let Some(session) = session {
            self.config.put(&section, "role_session_name", session);
        }
        Who::role(&arn, session)
    }

    fn sso(&mut self, name: &str, state: State, grant: Grant, with_session: bool) -> Who {
        let section = profile(name);
        let (account, mut role) = self.granted[self.random.below(2)].clone();
        if grant == Grant::NotGranted {
            role = "Owner";
        }
        self.config.put(&section, "sso_account_id", &account);
        if grant != Grant::Incomplete {
            self.config.put(&section, "sso_role_name", role);
        }
        let start_url = self.start_url.clone();
        let file = if with_session {
            let session = format!("{}-sso", self.name());
            self.config.put(&section, "sso_session", &session);
            if grant != Grant::UnknownSession {
                let header = format!("sso-session {}", quoted(&session));
                self.config.put(&header, "sso_start_url", &start_url);
                self.config.put(&header, "sso_region", "eu-west-1");
                if self.random.chance(50) {
                    self.config.put(&header, "sso_registration_scopes", "sso:account:access");
                }
            }
            match grant {
                Grant::Conflict => self.config.put(&section, "sso_region", "us-east-1"),
                // The same again is none.
                _ if self.random.chance(30) => self.config.put(&section, "sso_region", "eu-west-1"),
                _ => {}
            }
            if self.random.chance(20) {
                self.config.put(&section, "sso_start_url", &start_url);
            }
            hex(&digest::SHA1_FOR_LEGACY_USE_ONLY, &session)
        } else {
            self.config.put(&section, "sso_start_url", &start_url);
            self.config.put(&section, "sso_region", "eu-west-1");
            hex(&digest::SHA1_FOR_LEGACY_USE_ONLY, &start_url)
        };
        self.plants.push(Plant::SsoToken { file: format!("{file}.json"), start_url, state });
        let arn = self.sso.role_arn(&account, role);
        let who = Who::role(&arn, Some("someone"));
        Who { trusted: arn, ..who }
    }

    fn login(&mut self, state: State, name: &str) -> Who {
        let account = self.random.pick(&ACCOUNTS);
        let identity = if self.random.chance(50) {
            format!("arn:aws:iam::{account}:user/who-logs-in")
        } else {
            format!("arn:aws:sts::{account}:assumed-role/Console/someone")
        };
        self.config.put(&profile(name), "login_session", &identity);
        let file = format!("{}.json", hex(&digest::SHA256, &identity));
        self.plants.push(Plant::Login { file, identity: identity.clone(), state });
        Who::login(&identity)
    }

    fn process(&mut self, process: Process, name: &str) -> Who {
        let user = self.new_user();
        let answer = match process {
            Process::Temporary => {
                let login = self.fake.login_session(&user.arn(), 3600).to_cache_json();
                let keys = &login["accessToken"];
                json!({"Version": 1, "AccessKeyId": keys["accessKeyId"], "SecretAccessKey": keys["secretAccessKey"],
                    "SessionToken": keys["sessionToken"], "Expiration": keys["expiresAt"],
                    "AccountId": keys["accountId"]})
            }
            _ => json!({"Version": if process == Process::VersionTwo { 2 } else { 1 },
                "AccessKeyId": user.access_key_id(), "SecretAccessKey": user.secret_access_key()}),
        };
        let file = format!("answers of {name}.json");
        let command = match process {
            Process::Fails => "false".to_owned(),
            Process::Garbage => "echo no keys today".to_owned(),
            _ => format!("cat \"{HOME}/{file}\""),
        };
        self.files.push((file, answer.to_string()));
        self.config.put(&profile(name), "credential_process", &command);
        if process == Process::Temporary { Who::login(&user.arn()) } else { Who::user(&user) }
    }

    /// Other profiles, none of which changes what `last` is or whose its cached session may be.
    fn strangers(&mut self, last: &str) {
        let settings = |making: &Self, key: &str| {
            let found = making.config.get(&profile(last), key).or_else(|| making.credentials.get(last, key));
            found.map(str::to_owned)
        };
        if self.random.chance(40) {
            let (user, name) = (self.new_user(), self.name());
            self.keys_in_credentials(&name, &user);
        }
        if self.random.chance(40) {
            let name = self.name();
            self.config.put(&profile(&name), "region", "ap-south-1");
        }
        let Some(role) = settings(self, "role_arn") else { return };
        if self.random.chance(40) {
            // The same role by another call.
            let (user, source, name) = (self.new_user(), self.name(), self.name());
            self.keys_in_credentials(&source, &user);
            self.config.put(&profile(&name), "role_arn", &role);
            self.config.put(&profile(&name), "source_profile", &source);
            self.config.put(&profile(&name), "external_id", "of-another-call");
        }
        // A profile that is its own source would be another source.
        if settings(self, "source_profile").as_deref() != Some(last) && self.random.chance(40) {
            // The same call from the same source.
            let name = self.name();
            for key in CALL {
                if let Some(value) = settings(self, key) {
                    self.config.put(&profile(&name), key, &value);
                }
            }
        }
    }
}

/// A role that two profiles reach from two bases, by the same call as far as the AWS CLI's cache can tell.
pub(crate) struct Pair {
    pub(crate) set: Set,
    pub(crate) profiles: [String; 2],
    /// From where each reaches the role; a web identity is nobody.
    pub(crate) sources: [Option<String>; 2],
}

impl Pair {
    /// The pair of this seed.
    pub(crate) fn generate(seed: u64, bases: [Base; 2]) -> Self {
        let mut making = Making::new(seed);
        let arn = making.role_arn();
        let session = making.random.chance(50).then(|| "me".to_owned());
        let id = (!bases.contains(&Base::WebIdentity(Web::Good)) && making.random.chance(50)).then_some("an-id");
        let mut role = Role::new(&arn).trusts_web_identity(PROVIDER, AUDIENCE, "pod");
        if let Some(id) = id {
            role = role.external_id(id);
        }
        let mut sources = [None, None];
        let profiles = [making.name(), making.name()];
        for (index, name) in profiles.iter().enumerate() {
            let section = profile(name);
            if bases[index] == Base::WebIdentity(Web::Good) {
                let file = format!("tokens/{name}");
                let token = making.fake.web_identity_token(PROVIDER, AUDIENCE, "pod", 3600);
                making.config.put(&section, "web_identity_token_file", &format!("{HOME}/{file}"));
                making.files.push((file, token));
            } else {
                let who = making.source(bases[index], name, name, false);
                role = role.trusts(&who.trusted);
                sources[index] = Some(who.identity);
            }
            making.config.put(&section, "role_arn", &arn);
            for (key, value) in [("role_session_name", session.as_deref()), ("external_id", id)] {
                if let Some(value) = value {
                    making.config.put(&section, key, value);
                }
            }
        }
        making.fake.add_role(role);
        let identity = Who::role(&arn, session.as_deref()).identity;
        let set = making.finish(format!("pair of seed {seed}"), Kind::new(bases[0], 1), profiles[0].clone(), identity);
        Self { set, profiles, sources }
    }
}
