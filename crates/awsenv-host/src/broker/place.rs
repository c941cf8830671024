//! Where the broker is, and whether nobody else could have put another there.

use std::path::{Path, PathBuf};

use awsenv_core::broker::BROKER;

use super::BrokerError;

/// The broker: `named` by the settings, else beside this program's own canonical path.
///
/// # Errors
/// It is not there, `named` is relative, or others could change it.
pub fn find(named: Option<&Path>) -> Result<PathBuf, BrokerError> {
    match named {
        Some(path) if path.is_absolute() => checked(path),
        Some(path) => Err(BrokerError::Relative { path: path.to_owned() }),
        None => {
            let start = |reason| BrokerError::Start { path: BROKER.into(), reason };
            // The file itself: a link to awsenv may stand in a folder that holds anything.
            let own = std::env::current_exe().and_then(|own| own.canonicalize()).map_err(start)?;
            checked(&own.with_file_name(format!("{BROKER}{}", std::env::consts::EXE_SUFFIX)))
        }
    }
}

fn checked(path: &Path) -> Result<PathBuf, BrokerError> {
    let path = path.canonicalize().map_err(|reason| match reason.kind() {
        std::io::ErrorKind::NotFound => BrokerError::Missing { path: path.to_owned() },
        _ => BrokerError::Start { path: path.to_owned(), reason },
    })?;
    let file = std::fs::metadata(&path).map_err(|reason| BrokerError::Start { path: path.clone(), reason })?;
    if !file.is_file() {
        return Err(BrokerError::Missing { path });
    }
    #[cfg(unix)]
    if let Some(why) = others(&path, &file) {
        return Err(BrokerError::Untrusted { path, why });
    }
    Ok(path)
}

/// Who else could change the file or put another in its place.
#[cfg(unix)]
fn others(path: &Path, file: &std::fs::Metadata) -> Option<&'static str> {
    use std::os::unix::fs::MetadataExt;

    const BY_GROUP_OR_OTHERS: u32 = 0o022;
    const BY_OTHERS: u32 = 0o002;
    const STICKY: u32 = 0o1000;

    let own = rustix::process::geteuid().as_raw();
    let is_ours = |owner: u32| owner == own || owner == 0;
    if !is_ours(file.uid()) {
        return Some("it belongs to another user");
    }
    if file.mode() & BY_GROUP_OR_OTHERS != 0 {
        return Some("others can write to it (chmod go-w takes that away)");
    }
    let folder = path.parent().and_then(|folder| folder.metadata().ok())?;
    if !is_ours(folder.uid()) {
        return Some("its folder belongs to another user");
    }
    (folder.mode() & BY_OTHERS != 0 && folder.mode() & STICKY == 0)
        .then_some("everybody can write to its folder (chmod o-w takes that away)")
}
