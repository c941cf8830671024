//! A certificate authority for one run, and TLS with a certificate of it, on ring.

use std::sync::Arc;

use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair, KeyUsagePurpose,
};
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring::default_provider;
use tokio_rustls::rustls::pki_types::PrivateKeyDer;

/// The server's side of TLS for `localhost` and the loopback addresses, and the authority's certificate in PEM.
pub(crate) fn server() -> (Arc<ServerConfig>, String) {
    let mut authority = CertificateParams::new(Vec::new()).expect("no names, no fault in them");
    authority.distinguished_name.push(DnType::CommonName, "awsenv test authority");
    authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    authority.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    let authority_key = KeyPair::generate().expect("ring makes keys");
    let pem = authority.self_signed(&authority_key).expect("ring signs").pem();
    let issuer = Issuer::new(authority, authority_key);

    let names = ["localhost", "127.0.0.1", "::1"].map(str::to_owned);
    let mut server = CertificateParams::new(names).expect("names and addresses");
    server.distinguished_name.push(DnType::CommonName, "awsenv fake services");
    server.use_authority_key_identifier_extension = true;
    server.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    server.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    let key = KeyPair::generate().expect("ring makes keys");
    let certificate = server.signed_by(&key, &issuer).expect("ring signs");
    let private = PrivateKeyDer::try_from(key.serialize_der()).expect("PKCS #8");
    let config = ServerConfig::builder_with_provider(Arc::new(default_provider()))
        .with_safe_default_protocol_versions()
        .expect("ring speaks TLS 1.2 and 1.3")
        .with_no_client_auth()
        .with_single_cert(vec![certificate.der().clone()], private)
        .expect("the key fits the certificate");
    (Arc::new(config), pem)
}
