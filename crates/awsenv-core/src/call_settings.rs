//! What steers the calls to AWS that are made for a profile: botocore's order of variables and files.
//!
//! A variable beats the file, and the endpoint variable for all services beats a file's entry for one
//! (`botocore/configprovider.py`, <https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html>). What
//! awsenv itself exported for the profile in use is no wish of the user's, and steers no call for another one.

use std::path::PathBuf;
use std::time::Duration;

use crate::broker::{CallSettings, MetadataSettings, SettingOrigin};
use crate::endpoints::Endpoints;
use crate::environment::Environment;
use crate::fingerprint;
use crate::options::{UseOptions, is_region};
use crate::profile::{Profile, ProfileSet};
use crate::profile_settings::export_settings;
use crate::resolve::ResolveError;
use crate::variables::{ENDPOINT_PREFIX, REGION_VARIABLES, settings};

/// The services that credentials are got from, in the form of the endpoint variables.
pub const SERVICES: [&str; 4] = ["STS", "SSO", "SSO_OIDC", "SIGNIN"];

/// How a connection to AWS may take to open, unless the settings say otherwise.
pub const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// How long a whole call may take, all tries included, unless the settings say otherwise.
pub const CALL_TIMEOUT: Duration = Duration::from_secs(30);

/// What awsenv's own settings say of calls.
#[derive(Clone, Copy, Debug)]
pub struct CallDefaults<'a> {
    /// The region of profiles that have none.
    pub region: Option<&'a str>,
    /// How long a connection may take to open.
    pub connect_timeout: Duration,
    /// How long a whole call may take, all tries included.
    pub call_timeout: Duration,
}

impl Default for CallDefaults<'_> {
    fn default() -> Self {
        Self { region: None, connect_timeout: CONNECT_TIMEOUT, call_timeout: CALL_TIMEOUT }
    }
}

/// How AWS is called for `profile`, or for no profile at all. `environment` is the process's own.
///
/// # Errors
/// `bad-setting` for a value that no AWS tool takes, `bad-region`, `services-not-found`.
pub fn call_settings(
    set: &ProfileSet<'_>,
    profile: Option<Profile<'_, '_>>,
    environment: &Environment,
    defaults: &CallDefaults<'_>,
) -> Result<CallSettings, ResolveError> {
    let environment = users_own(set, environment, defaults.region);
    let mut settings = CallSettings {
        connect_timeout_ms: milliseconds(defaults.connect_timeout),
        call_timeout_ms: milliseconds(defaults.call_timeout),
        ..CallSettings::default()
    };
    let read = Reader { profile, environment: &environment };
    read_region(&read, defaults.region, &mut settings)?;
    read_endpoints(set, &read, &mut settings)?;
    settings.use_fips = read.truth("use_fips_endpoint", "AWS_USE_FIPS_ENDPOINT");
    settings.use_dualstack = read.truth("use_dualstack_endpoint", "AWS_USE_DUALSTACK_ENDPOINT");
    let sts = read.one_of("sts_regional_endpoints", "AWS_STS_REGIONAL_ENDPOINTS", &["regional", "legacy"])?;
    settings.sts_legacy = sts.as_deref() == Some("legacy");
    if let Some(bundle) = read.text("ca_bundle", "AWS_CA_BUNDLE") {
        settings.ca_bundle = Some(PathBuf::from(bundle.text));
        settings.origins.insert("ca_bundle".to_owned(), bundle.origin);
    }
    settings.max_attempts = read.count("max_attempts", "AWS_MAX_ATTEMPTS")?;
    settings.retry_mode = read.one_of("retry_mode", "AWS_RETRY_MODE", &["legacy", "standard", "adaptive"])?;
    settings.app_id = read.text("sdk_ua_app_id", "AWS_SDK_UA_APP_ID").map(|id| id.text);
    settings.metadata = read_metadata(&read, &mut settings)?;
    Ok(settings)
}

/// Whether any endpoint may be configured for `profile`: a cheap look before [`call_settings`].
pub fn may_have_endpoints(profile: Profile<'_, '_>, environment: &Environment) -> bool {
    environment.names_with_prefix("AWS_ENDPOINT_URL").next().is_some()
        || profile.get_nonempty("endpoint_url").is_some()
        || profile.get_nonempty("services").is_some()
}

/// The environment without the settings that awsenv exported for the profile in use. What the user changed since
/// counts.
fn users_own(set: &ProfileSet<'_>, environment: &Environment, default_region: Option<&str>) -> Environment {
    let mut own = environment.clone();
    let source = environment.get("AWSENV_SOURCE").unwrap_or("");
    if fingerprint::is_of_settings(source, settings(environment)) {
        // Nobody changed any, whatever the files say by now.
        settings(environment).for_each(|(name, _)| own.unset(name));
        return own;
    }
    let Some(active) = environment.get_nonempty("AWSENV_PROFILE").and_then(|name| set.get(name)) else { return own };
    let options = environment.get("AWSENV_OPTIONS").and_then(UseOptions::from_text).unwrap_or_default();
    let mut exported = export_settings(set, active).unwrap_or_default().variables;
    let region = options
        .region
        .or_else(|| active.get_nonempty("region").map(|region| region.text.into_owned()))
        .or_else(|| default_region.map(str::to_owned));
    if let Some(region) = region {
        exported.extend(REGION_VARIABLES.map(|name| (name.to_owned(), region.clone())));
    }
    for (name, value) in exported {
        if own.get(&name) == Some(&value) {
            own.unset(&name);
        }
    }
    own
}

/// The profile's own region first: after `use`, the variables hold that of another profile.
fn read_region(read: &Reader<'_>, default: Option<&str>, settings: &mut CallSettings) -> Result<(), ResolveError> {
    let of_file = read.file("region");
    let of_variable = || REGION_VARIABLES.into_iter().find_map(|name| read.variable(name));
    let of_settings = || default.map(|text| Setting { text: text.to_owned(), origin: SettingOrigin::Settings });
    let Some(region) = of_file.or_else(of_variable).or_else(of_settings) else { return Ok(()) };
    if !is_region(&region.text) {
        return Err(region.error(
            "bad-region",
            "region",
            "is no region's name",
            "letters, digits and hyphens, such as eu-west-1",
        ));
    }
    settings.region = Some(region.text);
    settings.origins.insert("region".to_owned(), region.origin);
    Ok(())
}

fn read_endpoints(set: &ProfileSet<'_>, read: &Reader<'_>, settings: &mut CallSettings) -> Result<(), ResolveError> {
    let of_file = read.profile.map(|profile| Endpoints::of(set, profile)).unwrap_or_default();
    let ignored = match read.environment.get("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS") {
        Some(text) => text.eq_ignore_ascii_case("true"),
        None => of_file.ignored,
    };
    if ignored {
        return Ok(());
    }
    let global = read.variable("AWS_ENDPOINT_URL");
    for service in SERVICES {
        let own = read.variable(&format!("{ENDPOINT_PREFIX}{service}"));
        if own.is_none() && global.is_none() {
            read.profile.map_or(Ok(()), |profile| of_file.check_services(profile))?;
        }
        let of_file = || of_file.service(service).map(Setting::from).filter(|_| global.is_none());
        if let Some(url) = own.or_else(of_file) {
            settings.endpoint_urls.insert(service.to_owned(), url.text);
            settings.origins.insert(service.to_owned(), url.origin);
        }
    }
    if let Some(url) = global.or_else(|| of_file.global.as_ref().map(Setting::from)) {
        settings.endpoint_url = Some(url.text);
        settings.origins.insert("endpoint_url".to_owned(), url.origin);
    }
    Ok(())
}

fn read_metadata(read: &Reader<'_>, settings: &mut CallSettings) -> Result<MetadataSettings, ResolveError> {
    let endpoint = read.text("ec2_metadata_service_endpoint", "AWS_EC2_METADATA_SERVICE_ENDPOINT");
    if let Some(endpoint) = &endpoint {
        settings.origins.insert("metadata.endpoint".to_owned(), endpoint.origin.clone());
    }
    let mode = "ec2_metadata_service_endpoint_mode";
    let mode = read.one_of(mode, "AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE", &["ipv4", "ipv6"])?;
    // The older name of the same wish.
    let ipv6 = || read.truth("imds_use_ipv6", "AWS_IMDS_USE_IPV6").then(|| "ipv6".to_owned());
    let seconds = read.count("metadata_service_timeout", "AWS_METADATA_SERVICE_TIMEOUT")?;
    Ok(MetadataSettings {
        endpoint: endpoint.map(|endpoint| endpoint.text),
        endpoint_mode: mode.or_else(ipv6),
        disabled: read
            .environment
            .get("AWS_EC2_METADATA_DISABLED")
            .is_some_and(|text| text.eq_ignore_ascii_case("true")),
        v1_disabled: read.truth("ec2_metadata_v1_disabled", "AWS_EC2_METADATA_V1_DISABLED"),
        timeout_ms: seconds.map(|seconds| u64::from(seconds) * 1000),
        attempts: read.count("metadata_service_num_attempts", "AWS_METADATA_SERVICE_NUM_ATTEMPTS")?,
    })
}

/// A value as it was written, and where.
struct Setting {
    text: String,
    origin: SettingOrigin,
}

impl From<&crate::profile::Value<'_>> for Setting {
    fn from(value: &crate::profile::Value<'_>) -> Self {
        Self { text: value.text.clone().into_owned(), origin: SettingOrigin::File(value.origin) }
    }
}

impl Setting {
    fn error(&self, code: &'static str, key: &str, why: &str, hint: impl Into<String>) -> ResolveError {
        let (name, origin) = match &self.origin {
            SettingOrigin::Variable(name) => (format!("the variable {name}"), None),
            SettingOrigin::File(origin) => (key.to_owned(), Some(*origin)),
            SettingOrigin::Settings => (format!("{key} in awsenv's settings"), None),
        };
        ResolveError { code, message: format!("{name} {why}"), hint: hint.into(), origin }
    }
}

/// Variables, then the profile.
struct Reader<'r> {
    profile: Option<Profile<'r, 'r>>,
    environment: &'r Environment,
}

impl Reader<'_> {
    fn variable(&self, name: &str) -> Option<Setting> {
        let text = self.environment.get_nonempty(name)?.to_owned();
        Some(Setting { text, origin: SettingOrigin::Variable(name.to_owned()) })
    }

    fn file(&self, key: &str) -> Option<Setting> {
        Some(Setting::from(&self.profile?.get_nonempty(key)?))
    }

    fn text(&self, key: &str, variable: &str) -> Option<Setting> {
        self.variable(variable).or_else(|| self.file(key))
    }

    /// A truth value as botocore reads it: whatever is not `true` is false, an empty variable, too.
    fn truth(&self, key: &str, variable: &str) -> bool {
        let of_variable = self.environment.get(variable).map(str::to_owned);
        let text = of_variable.or_else(|| self.file(key).map(|setting| setting.text));
        text.is_some_and(|text| text.eq_ignore_ascii_case("true"))
    }

    fn count(&self, key: &str, variable: &str) -> Result<Option<u32>, ResolveError> {
        let Some(setting) = self.text(key, variable) else { return Ok(None) };
        match setting.text.trim().parse() {
            Ok(count) if count > 0 => Ok(Some(count)),
            _ => Err(setting.error("bad-setting", key, "must be a whole number, 1 or more", "for example 3")),
        }
    }

    /// One of a few words, in small letters.
    fn one_of(&self, key: &str, variable: &str, words: &[&str]) -> Result<Option<String>, ResolveError> {
        let Some(setting) = self.text(key, variable) else { return Ok(None) };
        let text = setting.text.to_ascii_lowercase();
        if words.contains(&text.as_str()) {
            return Ok(Some(text));
        }
        Err(setting.error(
            "bad-setting",
            key,
            "has a value that AWS does not know",
            format!("one of {}", words.join(", ")),
        ))
    }
}

fn milliseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests;
