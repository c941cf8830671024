//! Service endpoints as the files give them
//! (<https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html>).

use crate::profile::{Profile, ProfileSet, Value};
use crate::resolve::{ResolveError, quoted};

/// The endpoints that a profile names.
#[derive(Default)]
pub(crate) struct Endpoints<'a> {
    /// `endpoint_url` of the profile: for every service.
    pub(crate) global: Option<Value<'a>>,
    /// By service, in the form of the variable: `S3`, `ELASTIC_BEANSTALK`.
    pub(crate) services: Vec<(String, Value<'a>)>,
    /// `ignore_configured_endpoint_urls`.
    pub(crate) ignored: bool,
    /// Names a `[services]` section that does not exist or has nothing in it: botocore makes no client then.
    pub(crate) broken: Option<Value<'a>>,
}

impl<'a> Endpoints<'a> {
    /// What `profile` says.
    pub(crate) fn of(set: &ProfileSet<'a>, profile: Profile<'_, 'a>) -> Self {
        let mut endpoints = Self {
            global: profile.get_nonempty("endpoint_url"),
            services: Vec::new(),
            ignored: is_true(profile, "ignore_configured_endpoint_urls"),
            broken: None,
        };
        if let Some(name) = profile.get_nonempty("services") {
            let found = set.services(&name.text);
            let is_empty =
                |services: Profile<'_, '_>| services.sections().all(|(_, s)| services.properties_of(s).is_empty());
            match found.filter(|services| !is_empty(*services)) {
                Some(services) => endpoints.add_services(set, services),
                None => endpoints.broken = Some(name),
            }
        }
        endpoints
    }

    fn add_services(&mut self, set: &ProfileSet<'a>, services: Profile<'_, 'a>) {
        for (file, section) in services.sections() {
            for property in services.properties_of(section) {
                let service: String = property.key.to_ascii_uppercase().replace('-', "_");
                let url = set.file(file).continuations(property).iter().rev().find_map(|line| {
                    let (key, url) = line.text.split_once('=')?;
                    let text = url.trim().into();
                    (key.trim().eq_ignore_ascii_case("endpoint_url")).then_some(Value { text, origin: line.origin })
                });
                if let Some(url) = url.filter(|_| service.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')) {
                    self.services.retain(|(known, _)| *known != service);
                    self.services.push((service, url));
                }
            }
        }
    }

    /// What a tool that reads these would do to a service of which `own` says nothing.
    pub(crate) fn pushed(&self, own: &[(String, Value<'a>)]) -> Option<&Value<'a>> {
        let services = self.services.iter().find(|(service, _)| own.iter().all(|(known, _)| known != service));
        self.global.as_ref().or(services.map(|(_, value)| value)).or(self.broken.as_ref())
    }

    /// The endpoint for `service`.
    pub(crate) fn service(&self, service: &str) -> Option<&Value<'a>> {
        self.services.iter().find(|(name, _)| name == service).map(|(_, url)| url).filter(|url| !url.text.is_empty())
    }

    /// # Errors
    /// `services-not-found` where the `[services]` section that `profile` names does not exist or is empty.
    pub(crate) fn check_services(&self, profile: Profile<'_, '_>) -> Result<(), ResolveError> {
        let Some(name) = &self.broken else { return Ok(()) };
        Err(ResolveError {
            code: "services-not-found",
            message: format!(
                "the services section {} of {} does not exist or is empty",
                quoted(&name.text),
                quoted(profile.name())
            ),
            hint: format!("add a section [services {}] to the config file", name.text.escape_debug()),
            origin: Some(name.origin),
        })
    }
}

/// Whether `key` is true as AWS tools read a truth value of a file.
pub(crate) fn is_true(profile: Profile<'_, '_>, key: &str) -> bool {
    profile.get(key).is_some_and(|value| value.text.eq_ignore_ascii_case("true"))
}
