//! A browser in front of which a person clicks at once: opens a page and goes where it is sent.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
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
/// authority to trust for `https` ([`FakeAws::ca_file`](super::FakeAws::ca_file)). Only loopback addresses are opened.
///
/// # Errors
///
/// As [`Browser::follow`].
pub fn follow(url: &str, ca_file: Option<&Path>) -> Result<Vec<Visit>, String> {
    Browser { ca_file: ca_file.map(Path::to_owned), proxy: None }.follow(url)
}

/// A browser with settings.
#[derive(Clone, Debug, Default)]
pub struct Browser {
    /// The authority to trust for `https`.
    pub ca_file: Option<PathBuf>,
    /// The proxy (`http://127.0.0.1:PORT`) for every host but loopback addresses.
    pub proxy: Option<String>,
}

impl Browser {
    /// Opens `url` and every page that it leads to.
    ///
    /// # Errors
    ///
    /// A URL that is not on a loopback address where there is no proxy, a server that isn't there, an answer that isn't
    /// HTTP, in words.
    pub fn follow(&self, url: &str) -> Result<Vec<Visit>, String> {
        let mut visits = Vec::new();
        let mut url = url.to_owned();
        while visits.len() <= MOST_REDIRECTS {
            let (visit, location) = self.open(&url).map_err(|why| format!("{url}: {why}"))?;
            visits.push(visit);
            match location {
                Some(location) => url = location,
                None => return Ok(visits),
            }
        }
        Err(format!("{url}: more than {MOST_REDIRECTS} redirects"))
    }

    fn open(&self, url: &str) -> Result<(Visit, Option<String>), String> {
        let (scheme, rest) = url.split_once("://").ok_or("not a URL")?;
        let is_tls = scheme == "https";
        let (authority, path) = rest.find('/').map_or((rest, "/"), |at| rest.split_at(at));
        let (host, port) = host_and_port(authority, if is_tls { 443 } else { 80 })?;
        let stream = if ["127.0.0.1", "localhost", "::1"].contains(&host) {
            connect(host, port)?
        } else {
            self.tunnel(host, port)?
        };
        let request = format!(
            "GET {path} HTTP/1.1\r\nHost: {authority}\r\nUser-Agent: fake-browser\r\nAccept: text/html\r\n\
             Connection: close\r\n\r\n"
        );
        let answer = if is_tls {
            let name = ServerName::try_from(host.to_owned()).map_err(|e| e.to_string())?;
            let config = client_config(self.ca_file.as_deref())?;
            let client = ClientConnection::new(config, name).map_err(|e| e.to_string())?;
            exchange(StreamOwned::new(client, stream), &request)
        } else {
            exchange(stream, &request)
        };
        let answer = answer.map_err(|e| e.to_string())?;
        let (head, body) = answer.split_once("\r\n\r\n").ok_or("the answer is not HTTP")?;
        let status = status_of(head).ok_or("the answer is not HTTP")?;
        let location = head.lines().find_map(|line| {
            let (name, value) = line.split_once(':')?;
            name.eq_ignore_ascii_case("location").then(|| value.trim().to_owned())
        });
        let visit = Visit { url: url.to_owned(), status, body: body.to_owned() };
        Ok((visit, location.filter(|_| (300..400).contains(&status))))
    }

    /// A connection to `host` through the proxy.
    fn tunnel(&self, host: &str, port: u16) -> Result<TcpStream, String> {
        let proxy = self.proxy.as_deref().ok_or("only loopback addresses are opened without a proxy")?;
        let proxy = proxy.strip_prefix("http://").ok_or("the proxy is not http://HOST:PORT")?;
        let (proxy_host, proxy_port) = host_and_port(proxy.trim_end_matches('/'), 80)?;
        let mut stream = connect(proxy_host, proxy_port)?;
        let request = format!("CONNECT {host}:{port} HTTP/1.1\r\nHost: {host}:{port}\r\n\r\n");
        stream.write_all(request.as_bytes()).map_err(|e| e.to_string())?;
        // To the end of the head and not a byte further: what follows is the other side's.
        let mut head = Vec::new();
        let mut byte = [0];
        while !head.ends_with(b"\r\n\r\n") {
            stream.read_exact(&mut byte).map_err(|e| e.to_string())?;
            head.push(byte[0]);
        }
        match status_of(&String::from_utf8_lossy(&head)) {
            Some(200) => Ok(stream),
            status => Err(format!("the proxy refuses with status {}", status.unwrap_or_default())),
        }
    }
}

fn host_and_port(authority: &str, default_port: u16) -> Result<(&str, u16), String> {
    let (host, port) = match authority.rsplit_once(':') {
        Some((host, port)) if !authority.ends_with(']') => (host, port.parse().map_err(|_| "not a port")?),
        _ => (authority, default_port),
    };
    Ok((host.trim_matches(['[', ']']), port))
}

fn connect(host: &str, port: u16) -> Result<TcpStream, String> {
    let stream = TcpStream::connect((host, port)).map_err(|e| e.to_string())?;
    let patience = Some(PATIENCE);
    stream.set_read_timeout(patience).and_then(|()| stream.set_write_timeout(patience)).map_err(|e| e.to_string())?;
    Ok(stream)
}

fn status_of(head: &str) -> Option<u16> {
    head.split(' ').nth(1)?.parse().ok()
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
