//! Everything about an identity that does not depend on what is done with it: `use`, `exec` and `export` start here.

use std::time::Duration;

use awsenv_core::account::KeyType;
use awsenv_core::chain::{CredentialChain, CredentialSource, NamedSource};
use awsenv_core::change::EnvChange;
use awsenv_core::credentials::{Credentials, Secret};
use awsenv_core::diagnostic::{Diagnostic, Severity};
use awsenv_core::environment::Environment;
use awsenv_core::options::{Mode, UseOptions, is_region};
use awsenv_core::profile::{Profile, ProfileSet};
use awsenv_core::profile_settings::{ProfileSettings, export_settings};
use awsenv_core::resolve::{find_profile, resolve_profile};
use awsenv_core::switch::{Switch, plan_use};
use awsenv_core::{fingerprint, remarks};
use awsenv_host::settings::{LongTermKeys, Settings, UseAs};

use jiff::Timestamp;

use crate::commands::renew::SOURCE_CHANGED;
use crate::confirm::confirm;
use crate::context::{Context, FileTexts};
use crate::error::CliError;
use crate::obtain::{Obtained, Wish, obtain};
use crate::request::Asking;

/// What is asked for.
#[derive(Clone, Debug)]
pub(crate) struct Wanted<'a> {
    /// The profile, exactly.
    pub(crate) profile: &'a str,
    /// The options.
    pub(crate) options: UseOptions,
    /// Caches are passed over.
    pub(crate) refresh: bool,
    /// `--yes`: nothing is asked.
    pub(crate) yes: bool,
    /// The one-time code of an MFA device.
    pub(crate) mfa: Option<Secret>,
    /// An identity that is in use is renewed: nobody is asked anything.
    pub(crate) renewal: Option<Renewal>,
}

/// What a renewal must not change.
#[derive(Clone, Debug)]
pub(crate) struct Renewal {
    /// The fingerprint of files, chain and options.
    pub(crate) source: String,
    /// When the shell stops keeping the identity.
    pub(crate) until: Option<Timestamp>,
}

/// An identity that is ready to be applied.
pub(crate) struct Prepared {
    /// The credentials; `None` with `--as profile`.
    pub(crate) credentials: Option<Credentials>,
    /// The region.
    pub(crate) region: Option<String>,
    /// The settings as variables.
    pub(crate) settings: ProfileSettings,
    /// Warnings for standard error.
    pub(crate) warnings: String,
    profile: String,
    options: UseOptions,
    account_id: Option<String>,
    until: Option<Timestamp>,
    kept_until: Option<Timestamp>,
    source: String,
    class: Option<String>,
    keeps_environment_keys: bool,
    leaves_container: bool,
}

impl Prepared {
    /// The account, as far as it is known.
    pub(crate) fn account_id(&self) -> Option<&str> {
        self.account_id.as_deref()
    }

    /// When the shell stops keeping it.
    pub(crate) fn until(&self) -> Option<Timestamp> {
        self.until
    }

    /// What to do to `environment`.
    pub(crate) fn plan(&self, environment: &Environment) -> Result<EnvChange, CliError> {
        let switch = Switch {
            profile: &self.profile,
            credentials: self.credentials.as_ref(),
            region: self.region.as_deref(),
            settings: &self.settings.variables,
            account_id: self.account_id.as_deref(),
            until: self.until,
            kept_until: self.kept_until,
            source: &self.source,
            options: &self.options,
            class: self.class.as_deref(),
            keeps_environment_keys: self.keeps_environment_keys,
            leaves_container: self.leaves_container,
        };
        Ok(plan_use(environment, &switch)?)
    }
}

/// Finds, checks and gets the identity.
pub(crate) fn prepare(
    context: &Context,
    texts: &FileTexts,
    settings: &Settings,
    wanted: &Wanted<'_>,
) -> Result<Prepared, CliError> {
    let set = texts.profiles();
    let broken = texts.warnings(&remarks::errors(&set));
    match prepare_in(context, texts, &set, settings, wanted) {
        Ok(mut prepared) => {
            prepared.warnings.insert_str(0, &broken);
            Ok(prepared)
        }
        // A line that can't be read is often why a profile is not there.
        Err(mut error) => {
            if !broken.is_empty() {
                let hint = error.hint.take().map(|hint| format!("{hint}\n")).unwrap_or_default();
                error.hint = Some(format!("{hint}{}", broken.trim_end()));
            }
            Err(error)
        }
    }
}

fn prepare_in(
    context: &Context,
    texts: &FileTexts,
    set: &ProfileSet<'_>,
    settings: &Settings,
    wanted: &Wanted<'_>,
) -> Result<Prepared, CliError> {
    let mut warnings = String::new();
    let of_profile = |error| CliError::of_profile(error, &texts.files);
    let profile = find_profile(set, wanted.profile).map_err(of_profile)?;
    let mut chain = resolve_profile(set, wanted.profile).map_err(of_profile)?;
    let mode = wanted.options.mode.unwrap_or(match settings.use_as {
        UseAs::Keys => Mode::Keys,
        UseAs::Profile => Mode::Profile,
    });
    let session = mode == Mode::Keys && settings.long_term_keys == LongTermKeys::Session;
    apply_options(&mut chain, &wanted.options, session)?;
    let pin = settings.pin(wanted.profile)?;
    if proves_account(&chain) {
        // Then nobody has to be asked about another account.
        check_pin(wanted.profile, pin, chain.last().source.account_id())?;
    }
    confirm(settings, wanted.profile, wanted.yes)?;
    let source = fingerprint::of(&texts.files, &chain, &wanted.options);
    if wanted.renewal.as_ref().is_some_and(|renewal| renewal.source != source) {
        return Err(CliError::new(
            SOURCE_CHANGED,
            format!("{:?} would come from other files, or another way, than it did", wanted.profile),
        )
        .hint(format!("to take it as it is now: awsenv use {:?}", wanted.profile)));
    }
    let region = region(set, profile, settings, &wanted.options, mode, texts, &mut warnings)?;
    let mut exported = ProfileSettings::default();
    let may_ask = wanted.renewal.is_none();
    let asking = Asking { context, settings, files: &texts.files, mfa_code: wanted.mfa.clone(), may_ask };
    let obtained = |wish: Wish| -> Result<Obtained, CliError> {
        let result = obtain(&asking, set, &chain, wish, || {
            let mut calls = asking.calls(set, Some(profile))?;
            if let Some(region) = &wanted.options.region {
                calls.region = Some(region.clone());
            }
            Ok(calls)
        });
        result.map_err(|mut error| {
            if let Some(pin) = pin.filter(|_| wish.needs_account) {
                let hint = error.hint.get_or_insert_default();
                let line_break = if hint.is_empty() { "" } else { "\n" };
                hint.push_str(&format!(
                    "{line_break}{:?} is pinned to account {pin}: it is not used unproven",
                    wanted.profile
                ));
            }
            error
        })
    };
    let mut proven = None;
    let credentials = match mode {
        Mode::Keys => {
            exported = export_settings(set, profile).map_err(of_profile)?;
            let told: Vec<Diagnostic> =
                exported.diagnostics.iter().filter(|d| d.severity >= Severity::Warning).cloned().collect();
            warnings.push_str(&texts.warnings(&told));
            let obtained = obtained(Wish {
                refresh: wanted.refresh,
                session,
                session_seconds: wanted.options.duration.and_then(|wanted| u32::try_from(wanted.as_secs()).ok()),
                needs_account: pin.is_some() && !proves_account(&chain),
            })?;
            check_long_term(&obtained.credentials, settings)?;
            warnings.push_str(&obtained.warnings);
            Some(obtained.credentials)
        }
        Mode::Profile => {
            // From here on AWS tools read the profile themselves, each in its way.
            if chain.starts_from(NamedSource::Environment) {
                return Err(CliError::new(
                    "environment-needs-keys",
                    format!(
                        "{:?} starts from keys in the environment, which AWS tools prefer to any profile",
                        wanted.profile
                    ),
                )
                .hint("such a profile can only be used as keys (--as keys)"));
            }
            let told: Vec<Diagnostic> =
                remarks::about(set, profile).into_iter().filter(|d| d.severity == Severity::Warning).collect();
            warnings.push_str(&texts.warnings(&told));
            if pin.is_some() && !proves_account(&chain) {
                let obtained = obtained(Wish { refresh: wanted.refresh, needs_account: true, ..Wish::default() })?;
                proven = obtained.credentials.account_id.clone();
                warnings.push_str(&obtained.warnings);
            }
            None
        }
    };
    let account_id = match &credentials {
        Some(credentials) => credentials.account_id.clone(),
        None => proven.or_else(|| chain.last().source.account_id().map(str::to_owned)),
    };
    check_pin(wanted.profile, pin, account_id.as_deref())?;
    let kept_until = kept_until(context, settings, wanted);
    Ok(Prepared {
        profile: wanted.profile.to_owned(),
        account_id,
        until: credentials.as_ref().and_then(|credentials| credentials.expiration).into_iter().chain(kept_until).min(),
        kept_until,
        source,
        class: settings.class_of(wanted.profile).map(|class| class.name.clone()),
        keeps_environment_keys: mode == Mode::Keys && chain.starts_from(NamedSource::Environment),
        leaves_container: mode == Mode::Profile && chain.starts_from(NamedSource::EcsContainer),
        options: wanted.options.clone(),
        credentials,
        region,
        settings: exported,
        warnings,
    })
}

/// `--duration` and `--role-session-name` belong to the last role; the duration also to the session that long-term keys
/// are traded for.
fn apply_options(chain: &mut CredentialChain, options: &UseOptions, session: bool) -> Result<(), CliError> {
    let last = chain.steps.last_mut().map(|step| &mut step.source);
    let (name, duration) = match last {
        Some(CredentialSource::AssumeRole(role)) => (&mut role.role_session_name, &mut role.duration_seconds),
        Some(CredentialSource::WebIdentity { role_session_name, duration_seconds, .. }) => {
            (role_session_name, duration_seconds)
        }
        Some(CredentialSource::Static { access_key_id, .. })
            if session && options.role_session_name.is_none() && KeyType::of(access_key_id) == KeyType::LongTerm =>
        {
            return Ok(());
        }
        _ => {
            let option = match options {
                UseOptions { duration: Some(_), .. } => "--duration",
                UseOptions { role_session_name: Some(_), .. } => "--role-session-name",
                _ => return Ok(()),
            };
            return Err(CliError::new("not-a-role", format!("{option} is for profiles that assume a role"))
                .hint("leave it out; --for limits how long this shell keeps an identity")
                .usage());
        }
    };
    if let Some(wanted) = &options.role_session_name {
        *name = Some(wanted.clone());
    }
    if let Some(wanted) = options.duration {
        *duration = u32::try_from(wanted.as_secs()).ok();
    }
    Ok(())
}

/// `--region`, else the profile's own, else the settings', else none.
fn region(
    set: &ProfileSet<'_>,
    profile: Profile<'_, '_>,
    settings: &Settings,
    options: &UseOptions,
    mode: Mode,
    texts: &FileTexts,
    warnings: &mut String,
) -> Result<Option<String>, CliError> {
    if let Some(region) = &options.region {
        return Ok(Some(region.clone()));
    }
    if let Some(region) = profile.get_nonempty("region") {
        if !is_region(&region.text) {
            let mut error =
                CliError::new("bad-region", format!("the region of {:?} is no region's name", profile.name()))
                    .hint("letters, digits and hyphens, such as eu-west-1; or say --region");
            error.origin = Some(region.origin);
            error.place = Some(texts.files.place(region.origin));
            return Err(error);
        }
        return Ok(Some(region.text.into_owned()));
    }
    if let Some(region) = &settings.region {
        return Ok(Some(region.clone()));
    }
    let default = set.get("default").filter(|default| default.name() != profile.name() && mode == Mode::Keys);
    if let Some(region) = default.and_then(|default| default.get_nonempty("region")) {
        warnings.push_str(&texts.warnings(&[Diagnostic {
            severity: Severity::Warning,
            code: "region-of-default",
            message: format!("{:?} has no region: AWS tools will take that of [default]", profile.name()),
            hint: Some("give the profile a region, or say --region".to_owned()),
            origin: Some(region.origin),
        }]));
    }
    Ok(None)
}

/// The settings may refuse to export keys that don't expire, wherever they come from.
fn check_long_term(credentials: &Credentials, settings: &Settings) -> Result<(), CliError> {
    if settings.long_term_keys == LongTermKeys::Refuse && KeyType::of(&credentials.access_key_id) == KeyType::LongTerm {
        return Err(CliError::new(
            "long-term-keys",
            "the settings refuse to export long-term keys (long_term_keys = refuse)",
        )
        .hint("use --as profile, or assume a role with these keys"));
    }
    Ok(())
}

/// Whether an ARN or IAM Identity Center says whose account it is. What the user wrote beside keys, or what a program
/// says, proves nothing.
fn proves_account(chain: &CredentialChain) -> bool {
    match &chain.last().source {
        CredentialSource::Static { .. } | CredentialSource::CredentialProcess { .. } => false,
        source => source.account_id().is_some(),
    }
}

/// A pin holds by what an ARN, SSO or STS says of the account.
fn check_pin(profile: &str, pin: Option<&str>, account: Option<&str>) -> Result<(), CliError> {
    let Some(pin) = pin.filter(|pin| account != Some(pin)) else { return Ok(()) };
    let is = match account {
        Some(account) => format!("its credentials are for {account}"),
        None => "nothing proves whose its credentials are".to_owned(),
    };
    Err(CliError::new("account-pin", format!("{profile:?} is pinned to account {pin}, and {is}"))
        .hint("nothing was changed; the pin is in awsenv's settings, under [profile NAME]"))
}

/// When the shell stops keeping it: `--for`, and never longer than its class lets it. A renewal begins nothing anew.
fn kept_until(context: &Context, settings: &Settings, wanted: &Wanted<'_>) -> Option<Timestamp> {
    if let Some(renewal) = &wanted.renewal {
        return renewal.until;
    }
    let most = settings.class_of(wanted.profile).and_then(|class| class.max_duration);
    let keep: Duration = wanted.options.keep_for.into_iter().chain(most).min()?;
    context.now.checked_add(jiff::SignedDuration::try_from(keep).ok()?).ok()
}
