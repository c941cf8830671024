//! A certificate authority for one run, and TLS with certificates of it, on ring.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair, KeyUsagePurpose,
    date_time_ymd,
};
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring::default_provider;
use tokio_rustls::rustls::pki_types::PrivateKeyDer;

use super::world::CertificateFault;

/// The names of the machine itself.
const LOOPBACK: &[&str] = &["localhost", "127.0.0.1", "::1"];

/// Issues certificates as they are needed.
pub(crate) struct Authority {
    issuer: Issuer<'static, KeyPair>,
    pem: String,
    fault: Option<CertificateFault>,
    made: Mutex<HashMap<String, Arc<ServerConfig>>>,
}

impl Authority {
    pub(crate) fn new(fault: Option<CertificateFault>) -> Self {
        let mut authority = CertificateParams::new(Vec::new()).expect("no names, no fault in them");
        authority.distinguished_name.push(DnType::CommonName, "awsenv test authority");
        authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        authority.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        let key = KeyPair::generate().expect("ring makes keys");
        let pem = authority.self_signed(&key).expect("ring signs").pem();
        Self { issuer: Issuer::new(authority, key), pem, fault, made: Mutex::default() }
    }

    /// The authority's own certificate.
    pub(crate) fn pem(&self) -> &str {
        &self.pem
    }

    /// The server's side of TLS as a host of AWS's; `None`: as the loopback addresses.
    pub(crate) fn server(&self, host: Option<&str>) -> Arc<ServerConfig> {
        let names = host.map_or_else(|| LOOPBACK.to_vec(), |host| vec![host]);
        let mut made = self.made.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(made.entry(names.join(" ")).or_insert_with(|| self.issue(&names)))
    }

    fn issue(&self, names: &[&str]) -> Arc<ServerConfig> {
        let names = if self.fault == Some(CertificateFault::WrongName) { &["elsewhere.example.com"] } else { names };
        let names: Vec<_> = names.iter().map(|name| (*name).to_owned()).collect();
        let mut server = CertificateParams::new(names).expect("names and addresses");
        if self.fault == Some(CertificateFault::Expired) {
            (server.not_before, server.not_after) = (date_time_ymd(2000, 1, 1), date_time_ymd(2001, 1, 1));
        }
        server.distinguished_name.push(DnType::CommonName, "awsenv fake services");
        server.use_authority_key_identifier_extension = true;
        server.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        server.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        let key = KeyPair::generate().expect("ring makes keys");
        let certificate = server.signed_by(&key, &self.issuer).expect("ring signs");
        let private = PrivateKeyDer::try_from(key.serialize_der()).expect("PKCS #8");
        let config = ServerConfig::builder_with_provider(Arc::new(default_provider()))
            .with_safe_default_protocol_versions()
            .expect("ring speaks TLS 1.2 and 1.3")
            .with_no_client_auth()
            .with_single_cert(vec![certificate.der().clone()], private)
            .expect("the key fits the certificate");
        Arc::new(config)
    }
}
