//! Whose certificates are trusted: the platform's roots, or those of a CA bundle instead.

use std::path::Path;

use aws_smithy_http_client::tls::TrustStore;
use awsenv_host::files;
use rustls::RootCertStore;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;

use crate::error::{BrokerError, Result};

/// The most that a bundle may be, in bytes. Real ones have about 250 thousand.
const LARGEST_BUNDLE: u64 = 16 << 20;

const BEGIN: &str = "-----BEGIN CERTIFICATE-----";
const END: &str = "-----END CERTIFICATE-----";

/// The certificates of the file at `path`, and nobody else's.
///
/// # Errors
/// What is wrong with it, in words that go on from "the CA bundle can't be used".
pub(crate) fn bundle(path: &Path) -> std::result::Result<TrustStore, String> {
    let bytes = files::read_up_to(path, LARGEST_BUNDLE).map_err(|error| error.to_string())?;
    let bytes = bytes.ok_or("there is no such file")?;
    let text = String::from_utf8_lossy(&bytes);
    let mut usable = String::new();
    let mut blocks = 0;
    for block in blocks_of(&text) {
        blocks += 1;
        // One that the TLS library can't read is left out, as the platform's own are; it would end the process.
        let parsed = CertificateDer::from_pem_slice(block.as_bytes());
        if parsed.is_ok_and(|certificate| RootCertStore::empty().add(certificate).is_ok()) {
            usable.push_str(block);
            usable.push('\n');
        }
    }
    match (blocks, usable.is_empty()) {
        (0, _) if bytes.is_empty() => Err("it is empty".to_owned()),
        (0, _) => Err("it holds no PEM certificate (-----BEGIN CERTIFICATE-----)".to_owned()),
        (_, true) => Err("none of its certificates can be read".to_owned()),
        (_, false) => Ok(TrustStore::empty().with_pem_certificate(usable)),
    }
}

/// The texts from `BEGIN CERTIFICATE` to `END CERTIFICATE`.
fn blocks_of(text: &str) -> impl Iterator<Item = &str> {
    text.match_indices(BEGIN).filter_map(|(start, _)| {
        let inside = start + BEGIN.len();
        let end = text[inside..].find(END)? + inside + END.len();
        // A block that was cut off does not reach into the next one.
        (!text[inside..end].contains(BEGIN)).then(|| &text[start..end])
    })
}

/// The platform's roots.
///
/// # Errors
/// `no-roots` where there are none: no server could be believed.
pub(crate) fn platform() -> Result<TrustStore> {
    if rustls_native_certs::load_native_certs().certs.is_empty() {
        return Err(BrokerError::new(
            "no-roots",
            "this machine has no certificate authorities, so AWS can't be recognized",
        )
        .hint("install the package ca-certificates, or set AWS_CA_BUNDLE to a file of PEM certificates"));
    }
    Ok(TrustStore::empty().with_native_roots(true))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(bytes: &[u8]) -> tempfile::NamedTempFile {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), bytes).unwrap();
        file
    }

    #[test]
    fn bundles_that_are_none() {
        let folder = tempfile::tempdir().unwrap();
        let missing = folder.path().join("none.pem");
        assert_eq!(bundle(&missing).unwrap_err(), "there is no such file");
        assert!(bundle(folder.path()).unwrap_err().ends_with("is a folder, not a file"));
        let garbage = format!("{BEGIN}\nAAAA\n{END}\n");
        for (bytes, why) in [
            (&b""[..], "it is empty"),
            (b"\xff\x00garbage", "it holds no PEM certificate (-----BEGIN CERTIFICATE-----)"),
            (b"-----BEGIN CERTIFICATE-----\nAAAA\n", "it holds no PEM certificate (-----BEGIN CERTIFICATE-----)"),
            (garbage.as_bytes(), "none of its certificates can be read"),
        ] {
            assert_eq!(bundle(written(bytes).path()).unwrap_err(), why);
        }
    }

    #[test]
    fn a_block_that_was_cut_off_spoils_no_other() {
        let text = format!("comment\n{BEGIN}\ncut\n{BEGIN}\nwhole\n{END}\ntext between\n{BEGIN}\nlast\n{END}");
        let inner: Vec<_> = blocks_of(&text).map(|block| block.lines().nth(1).unwrap()).collect();
        assert_eq!(inner, ["whole", "last"]);
    }
}
