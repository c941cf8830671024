//! A browser in front of which a person clicks at once: opens a page and goes where it is sent.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use tokio_rustls::rustls::crypto::ring::default_provider;
use tokio_rustls::rustls::pki_types::pem::PemObject as _;
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName};
use tokio_rustls::rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};

/// How long a page may take.
const PATIENCE: Duration = Duration::from_secs(30);

/// More redirects than any page here has.
const MOST_REDIRECTS: usize = 5;

/// One page that was opened.
#[derive(Clone, Debug)]
pub struct Visit {
    /// Its address.
    pub url: String,
    /// Its HTTP status.
    pub status: u16,
    /// Its text.
    pub body: String,
}

/// Opens `url` and every page that it leads to; the last of them is what the person sees in the end. `ca_file`: the
/// authority to trust for `https` ([`FakeAws::ca_file`](super::FakeAws::ca_file)).
///
/// # Errors
///
/// A URL that is not on a loopback address, a server that isn't there, an answer that isn't HTTP, in words.
pub fn follow(url: &str, ca_file: Option<&Path>) -> Result<Vec<Visit>, String> {
    let mut visits = Vec::new();
    let mut url = url.to_owned();
    while visits.len() <= MOST_REDIRECTS {
        let (visit, location) = open(&url, ca_file).map_err(|why| format!("{url}: {why}"))?;
        visits.push(visit);
        match location {
            Some(location) => url = location,
            None => return Ok(visits),
        }
    }
    Err(format!("{url}: more than {MOST_REDIRECTS} redirects"))
}

fn open(url: &str, ca_file: Option<&Path>) -> Result<(Visit, Option<String>), String> {
    let (scheme, rest) = url.split_once("://").ok_or("not a URL")?;
    let (authority, path) = rest.find('/').map_or((rest, "/"), |at| rest.split_at(at));
    let default_port = if scheme == "https" { 443 } else { 80 };
    let (host, port) = match authority.rsplit_once(':') {
        Some((host, port)) if !authority.ends_with(']') => (host, port.parse().map_err(|_| "not a port")?),
        _ => (authority, default_port),
    };
    let host = host.trim_matches(['[', ']']);
    if !["127.0.0.1", "localhost", "::1"].contains(&host) {
        return Err("only loopback addresses are opened".to_owned());
    }
    let stream = TcpStream::connect((host, port)).map_err(|e| e.to_string())?;
    stream
        .set_read_timeout(Some(PATIENCE))
        .and_then(|()| stream.set_write_timeout(Some(PATIENCE)))
        .map_err(|e| e.to_string())?;
    let request = format!(
        "GET {path} HTTP/1.1\r\nHost: {authority}\r\nUser-Agent: fake-browser\r\nAccept: text/html\r\n\
         Connection: close\r\n\r\n"
    );
    let answer = if scheme == "https" {
        let name = ServerName::try_from(host.to_owned()).map_err(|e| e.to_string())?;
        let client = ClientConnection::new(client_config(ca_file)?, name).map_err(|e| e.to_string())?;
        exchange(StreamOwned::new(client, stream), &request)
    } else {
        exchange(stream, &request)
    };
    let answer = answer.map_err(|e| e.to_string())?;
    let (head, body) = answer.split_once("\r\n\r\n").ok_or("the answer is not HTTP")?;
    let status = head.split(' ').nth(1).and_then(|text| text.parse().ok()).ok_or("the answer is not HTTP")?;
    let location = head.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("location").then(|| value.trim().to_owned())
    });
    let visit = Visit { url: url.to_owned(), status, body: body.to_owned() };
    Ok((visit, location.filter(|_| (300..400).contains(&status))))
}

fn exchange(mut stream: impl Read + Write, request: &str) -> std::io::Result<String> {
    stream.write_all(request.as_bytes())?;
    stream.flush()?;
    let mut answer = Vec::new();
    let mut buffer = [0; 4096];
    // A server may end without a word of TLS, or keep the connection: what the length promised is enough.
    while !is_complete(&answer) {
        match stream.read(&mut buffer) {
            Ok(0) => break,
            Ok(count) => answer.extend_from_slice(&buffer[..count]),
            Err(e) if e.kind() == std::io::ErrorKind::UnexpectedEof => break,
            Err(e) => return Err(e),
        }
    }
    Ok(String::from_utf8_lossy(&answer).into_owned())
}

fn is_complete(answer: &[u8]) -> bool {
    let Some(end) = answer.windows(4).position(|four| four == b"\r\n\r\n") else { return false };
    let head = String::from_utf8_lossy(&answer[..end]).to_lowercase();
    let length = head.lines().find_map(|line| line.strip_prefix("content-length:")?.trim().parse::<usize>().ok());
    length.is_some_and(|length| answer.len() >= end + 4 + length)
}

fn client_config(ca_file: Option<&Path>) -> Result<Arc<ClientConfig>, String> {
    let mut roots = RootCertStore::empty();
    let file = ca_file.ok_or("no authority to trust was given")?;
    for certificate in CertificateDer::pem_file_iter(file).map_err(|e| e.to_string())? {
        roots.add(certificate.map_err(|e| e.to_string())?).map_err(|e| e.to_string())?;
    }
    let config = ClientConfig::builder_with_provider(Arc::new(default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(|e| e.to_string())?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(Arc::new(config))
}
