//! Shared by this crate's unit tests.

use crate::config::{ConfigText, parse_config};
use crate::diagnostic::SourceFile;
use crate::profile::ProfileSet;

/// Hands the profiles of two texts to `test`.
pub(crate) fn with_profiles<T>(config: &str, credentials: &str, test: impl FnOnce(&ProfileSet<'_>) -> T) -> T {
    let (config, credentials) = (ConfigText::from(config), ConfigText::from(credentials));
    test(&ProfileSet::normalize(
        parse_config(SourceFile::Config, &config),
        parse_config(SourceFile::Credentials, &credentials),
    ))
}
