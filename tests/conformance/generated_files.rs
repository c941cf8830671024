//! Pairs of config and credentials files as people write them, and worse.
//!
//! Most pairs hold nothing that makes botocore refuse a whole file, so that there is something to compare; about a
//! quarter holds a thing or two that does.

use crate::file_writer::{File, Section, Writer};
use crate::random::Random;

/// Both files as written, and as they are when mended: without what botocore takes otherwise than awsenv says it
/// reads it (comments behind values, padded headers, lines that cost a whole file). The two must mean the same to
/// awsenv as the mended ones do to botocore.
pub(crate) struct FilePair {
    pub(crate) written: [Vec<u8>; 2],
    pub(crate) mended: [Vec<u8>; 2],
}

const NAMES: [&str; 16] = [
    "default",
    "alpha",
    "beta-1",
    "gamma.x",
    "delta_2",
    "Épsilon",
    "two words",
    "team/dev",
    "me@corp",
    "x:y",
    "UPPER",
    "upper",
    "it's",
    "cmd-$(x)",
    "a!b",
    "profile",
];
const REGIONS: [&str; 6] = ["eu-west-1", "us-east-1", "cn-north-1", "us-gov-west-1", "ap-southeast-2", "mars-1"];
/// The pair of this seed.
pub(crate) fn file_pair(random: &mut Random) -> FilePair {
    let mut names: Vec<&str> = Vec::new();
    for _ in 0..3 + random.below(4) {
        let name = random.pick(&NAMES);
        if !names.contains(&name) {
            names.push(name);
        }
    }
    let breaks = if random.chance(25) { 1 + random.below(2) } else { 0 };
    let mut writer = Writer {
        random,
        names: names.clone(),
        written: Default::default(),
        mended: Default::default(),
        last_header: Default::default(),
        breaks,
        key_number: 0,
        tidy: false,
    };
    writer.tidy = writer.random.chance(30);
    for name in &names {
        writer.profile(name);
        if writer.breaks > 0 && writer.random.chance(30) {
            writer.breaks -= 1;
            writer.break_something(name);
        }
    }
    writer.sessions_and_services();
    let Writer { random, written, mended, .. } = writer;
    let written = written.map(|text| finish(random, text, breaks > 0));
    FilePair { written, mended: mended.map(String::into_bytes) }
}

/// Line ends, byte order mark, end of file.
fn finish(random: &mut Random, mut text: String, may_break: bool) -> Vec<u8> {
    if random.chance(20) {
        text = text.replace('\n', "\r\n");
    }
    if random.chance(20) {
        text.truncate(text.trim_end_matches(['\r', '\n']).len());
    }
    let mut bytes = text.into_bytes();
    if may_break && random.chance(8) {
        bytes.splice(0..0, *b"\xef\xbb\xbf");
    }
    bytes
}

impl Writer<'_> {
    fn key_id(&mut self, name: &str) -> String {
        self.key_number += 1;
        let letters: String = name.chars().filter(char::is_ascii_alphabetic).collect::<String>().to_ascii_uppercase();
        let prefix = if self.random.chance(20) { "ASIA" } else { "AKIA" };
        format!("{prefix}{letters:A<10.10}{:06}", self.key_number)
    }

    fn secret(&mut self) -> String {
        let tail =
            self.random.pick(&["", "=", "/+", "ä€", "\"", "%x", "$x`y`", "a#b", "\\", "'q'", "a;b", "a:b", "x=y="]);
        format!("secret{:04}{tail}", self.random.below(10_000))
    }

    /// A pair of keys, sometimes with tokens, sometimes not whole.
    fn keys(&mut self, section: &mut Section, name: &str) {
        let (id, secret) = (self.key_id(name), self.secret());
        let secret = if self.odd(3) { format!("\"{secret}\"") } else { secret };
        let whole = !self.odd(4);
        if whole || self.random.chance(50) {
            self.property(section, "aws_access_key_id", &id);
        }
        if whole || self.random.chance(50) {
            self.property(section, "aws_secret_access_key", &secret);
        }
        if self.random.chance(25) {
            let token = format!("token/{}", self.secret());
            self.property(section, "aws_session_token", &token);
        }
        if self.odd(5) {
            let token = format!("old/{}", self.secret());
            self.property(section, "aws_security_token", &token);
        }
        if self.random.chance(5) {
            self.property(section, "aws_account_id", "123456789012");
        }
    }

    fn role(&mut self, section: &mut Section, name: &str) {
        let account = 100_000_000_000_u64 + self.random.below(1000) as u64;
        let role = self.random.pick(&["Admin", "path/Reader", "a=b,c@d"]);
        self.property(section, "role_arn", &format!("arn:aws:iam::{account}:role/{role}"));
        let sources = self.names.clone();
        let source = if self.random.chance(5) { "nowhere" } else { self.random.pick(&sources) };
        let source = if self.random.chance(12) { name } else { source };
        match self.random.below(20) {
            0 => {}
            1 => {
                self.property(section, "source_profile", source);
                self.property(section, "credential_source", "Environment");
            }
            2..=4 => {
                let place = self.random.pick(&[
                    "Environment",
                    "Ec2InstanceMetadata",
                    "EcsContainer",
                    "environment",
                    "Elsewhere",
                ]);
                self.property(section, "credential_source", place);
            }
            _ => self.property(section, "source_profile", source),
        }
        for (key, values) in [
            ("role_session_name", &["me", "someone@example", "x=y"][..]),
            ("external_id", &["ext-1", "with space", "ünï"]),
            ("mfa_serial", &["arn:aws:iam::123456789012:mfa/me", "GAHT12345678"]),
            ("duration_seconds", &["900", "3600", "+1800", "1h", "1_000", "-5", "0900", "43200 "]),
        ] {
            if self.random.chance(25) {
                let value = self.random.pick(values);
                self.property(section, key, value);
            }
        }
        if self.odd(10) {
            self.keys(section, name);
        }
    }

    fn settings(&mut self, section: &mut Section) {
        if self.random.chance(60) {
            let region = self.random.pick(&REGIONS);
            self.property(section, "region", region);
        }
        if self.random.chance(15) {
            self.nested(section, "s3", &[("max_concurrent_requests", "20"), ("addressing_style", "path")]);
        }
        if self.random.chance(10) {
            self.property(section, "services", "shared");
        }
        if self.odd(6) && self.property_if_new(section, "output", "json") {
            let more = self.random.pick(&["continued", "\tcontinued", "[profile no-header]", "x = y", "# c"]);
            let deeper = format!("{}    ", section.indent);
            self.push(section.file, &format!("{deeper}{more}"));
            if self.random.chance(30) {
                self.push(section.file, "");
                self.push(section.file, &format!("{deeper}and more"));
            }
        }
        if self.odd(6) {
            let (key, value) = self.random.pick(&[
                ("cli_pager", ""),
                ("region", ""),
                ("role_arn", ""),
                ("external_id", ""),
                ("source_profile", ""),
                ("aws_access_key_id", ""),
                ("aws_session_token", ""),
                ("aws_security_token", ""),
                ("credential_process", ""),
                ("sso_account_id", ""),
                ("sso_session", ""),
                ("login_session", ""),
                ("web_identity_token_file", ""),
                ("web_identity_token_file", "/token"),
                ("ünïcode", "välue"),
                ("a b", "c d"),
            ]);
            self.property(section, key, value);
        }
    }

    fn profile(&mut self, name: &'static str) {
        let kind = self.random.below(24);
        let in_credentials = matches!(kind, 0..=5) || self.random.chance(15);
        let in_config = !matches!(kind, 0..=2) || self.random.chance(40);
        if in_config {
            let mut header = self.profile_header(File::Config, name);
            if self.odd(4) && header.0 == format!("[profile {name}]") {
                // The same name in another spelling, which the section below replaces whole.
                self.plain_section(&format!("[profile \"{name}\"]"));
                self.push(File::Config, "role_arn = arn:aws:iam::123456789012:role/Replaced");
                self.push(File::Config, "source_profile = default");
                header.1.clone_from(&header.0);
            }
            let section = &mut self.section(File::Config, header);
            let early = self.random.chance(50);
            if early {
                self.settings(section);
            }
            match kind {
                6 | 7 => self.keys(section, name),
                8..=14 => self.role(section, name),
                15 | 16 => {
                    let session = self.random.pick(&["corp", "corp", "corp", "other", "nowhere"]);
                    self.property(section, "sso_session", session);
                    self.sso_role(section);
                }
                17 => {
                    self.property(section, "sso_start_url", "https://x.awsapps.com/start");
                    self.property(section, "sso_region", "eu-central-1");
                    self.sso_role(section);
                }
                18 | 19 => self.process(section, name),
                20 => {
                    self.property(section, "role_arn", "arn:aws:iam::123456789012:role/Web");
                    self.property(section, "web_identity_token_file", "/var/run/token");
                    if self.random.chance(40) {
                        self.property(section, "role_session_name", "web");
                        self.property(section, "duration_seconds", "1800");
                    }
                }
                21 => self.property(section, "login_session", "arn:aws:iam::123456789012:user/me"),
                22 => {
                    self.process(section, name);
                    self.keys(section, name);
                }
                _ => {}
            }
            if !early {
                self.settings(section);
            }
        }
        if in_credentials {
            let header = self.profile_header(File::Credentials, name);
            let section = &mut self.section(File::Credentials, header);
            self.keys(section, name);
            if self.odd(20) {
                let region = self.random.pick(&REGIONS);
                self.property(section, "region", region);
            }
        }
    }

    fn sso_role(&mut self, section: &mut Section) {
        let whole = self.random.chance(85);
        if whole || self.random.chance(40) {
            self.property(section, "sso_account_id", "123456789012");
        }
        if whole || self.random.chance(40) {
            self.property(section, "sso_role_name", "Reader");
        }
        if self.odd(10) {
            let region = self.random.pick(&["eu-central-1", "us-east-1"]);
            self.property(section, "sso_region", region);
        }
    }

    fn process(&mut self, section: &mut Section, name: &str) {
        let id = self.key_id(name);
        let token = self.random.pick(&["", r#", "SessionToken": "t o k""#]);
        let quote = self.random.pick(&["'", "'", "\""]);
        let json = format!(r#"{{"Version": 1, "AccessKeyId": "{id}", "SecretAccessKey": "from a process"{token}}}"#);
        let json = if quote == "\"" { json.replace('"', "\\\"") } else { json };
        self.property(section, "credential_process", &format!("/bin/echo {quote}{json}{quote}"));
    }

    fn sessions_and_services(&mut self) {
        let header = self.random.pick(&["[sso-session corp]", "[sso-session 'corp']", "[ sso-session corp ]"]);
        let section = &mut self.section(File::Config, (header.to_owned(), "[sso-session corp]".to_owned()));
        self.property(section, "sso_start_url", "https://corp.awsapps.com/start");
        if self.random.chance(90) {
            self.property(section, "sso_region", "eu-central-1");
        }
        self.property(section, "sso_registration_scopes", "sso:account:access");
        let section = &mut self.plain_section("[sso-session other]");
        self.property(section, "sso_start_url", "https://other.awsapps.com/start/#/");
        self.property(section, "sso_region", "us-east-1");
        let section = &mut self.plain_section("[services shared]");
        self.nested(section, "s3", &[("endpoint_url", "https://s3.example")]);
        self.nested(section, "elastic_beanstalk", &[("endpoint_url", "https://eb.example")]);
        if self.random.chance(20) {
            let header = self.random.pick(&["[plugins]", "[preview]", "[toString]"]);
            let section = &mut self.plain_section(header);
            self.property(section, "cli_history", "x");
        }
    }

    fn plain_section(&mut self, header: &str) -> Section {
        self.section(File::Config, (header.to_owned(), header.to_owned()))
    }

    /// One thing for which botocore refuses the whole file.
    fn break_something(&mut self, name: &str) {
        let file = if self.random.chance(60) { File::Config } else { File::Credentials };
        let header = if file == File::Config { format!("[profile {name}]") } else { format!("[{name}]") };
        let below = self.last_header[file as usize].clone();
        let which = self.random.below(10);
        if [2, 3, 8, 9].contains(&which) {
            // What follows belongs to nobody, or to all.
            self.last_header[file as usize].clear();
        }
        match which {
            0 => self.push_bad(file, "this is no property"),
            1 => self.push_bad(file, "= a value without a key"),
            2 => self.push_bad(file, "profile lost]"),
            3 => {
                self.push_bad(file, "[profile unfinished");
                self.push_bad(file, "aws_access_key_id = AKIABLEEDING");
            }
            4 | 5 if below == header => {
                self.push_bad(file, &header);
                self.key_number += 1;
                let line = format!("again{} = here", self.key_number);
                self.push(file, &line);
            }
            4..=6 if !below.is_empty() => {
                self.key_number += 1;
                let key = format!("doubled{}", self.key_number);
                self.push_bad(file, &format!("{key} = a"));
                self.push(file, &format!("{key} = b"));
            }
            7 => {
                self.key_number += 1;
                let key = format!("nested{} =", self.key_number);
                self.push_bad(file, &key);
                self.push_bad(file, "    without an equals sign");
            }
            8 => {
                self.push_bad(file, "[DEFAULT]");
                self.push_bad(file, "region = for-all");
            }
            9 => {
                self.push_bad(file, "[]");
                self.push_bad(file, "region = of-nobody");
            }
            _ => self.written[file as usize].insert_str(0, "region = before any section\n"),
        }
    }
}
