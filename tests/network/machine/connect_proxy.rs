//! A proxy for HTTP on loopback that writes down what it is asked, wants a password, and leads to one place.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

/// What was asked of the proxy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Asked {
    /// `CONNECT host:port`, or method and URL.
    pub(crate) what: String,
    /// The `Proxy-Authorization` header.
    pub(crate) authorization: Option<String>,
}

/// A running proxy; it ends with the test's process.
pub(crate) struct Proxy {
    port: u16,
    asked: Arc<Mutex<Vec<Asked>>>,
}

/// Where a proxy leads.
#[derive(Clone, Copy)]
pub(crate) enum Way {
    /// To the fake at this address, which is a proxy to AWS's own hosts itself.
    To(SocketAddr),
    /// Nowhere: this status.
    Refused(u16),
}

impl Proxy {
    /// A proxy that leads `way`, and wants `authorization` where it is given.
    pub(crate) fn start(way: Way, authorization: Option<&'static str>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let asked = Arc::new(Mutex::new(Vec::new()));
        let written = Arc::clone(&asked);
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let written = Arc::clone(&written);
                // A client that goes away is its own business.
                thread::spawn(move || drop(serve(stream, way, authorization, &written)));
            }
        });
        Self { port, asked }
    }

    /// `127.0.0.1:PORT`.
    pub(crate) fn address(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    /// Everything that was asked since the last time.
    pub(crate) fn take(&self) -> Vec<Asked> {
        std::mem::take(&mut self.asked.lock().unwrap())
    }
}

fn serve(mut client: TcpStream, way: Way, wanted: Option<&str>, written: &Mutex<Vec<Asked>>) -> std::io::Result<()> {
    client.set_read_timeout(Some(Duration::from_secs(60)))?;
    let mut reader = BufReader::new(client.try_clone()?);
    let mut first = String::new();
    reader.read_line(&mut first)?;
    let mut headers = Vec::new();
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line)? == 0 || line == "\r\n" {
            break;
        }
        headers.push(line);
    }
    let header = |name: &str| {
        let mut lines = headers.iter().filter_map(|line| line.split_once(':'));
        lines.find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value.trim().to_owned())
    };
    let what = first.trim_end().trim_end_matches(" HTTP/1.1").to_owned();
    let authorization = header("proxy-authorization");
    let is_tunnel = what.starts_with("CONNECT ");
    let is_allowed = wanted.is_none() || authorization.as_deref() == wanted;
    written.lock().unwrap().push(Asked { what: what.clone(), authorization });
    let target = match way {
        _ if !is_allowed => {
            return client.write_all(b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n");
        }
        Way::Refused(status) => {
            return client.write_all(format!("HTTP/1.1 {status} No\r\nContent-Length: 0\r\n\r\n").as_bytes());
        }
        Way::To(address) => address,
    };
    let mut server = TcpStream::connect(target)?;
    if is_tunnel {
        // Its answer goes back as it comes.
        server.write_all(format!("{what} HTTP/1.1\r\nHost: aws\r\n\r\n").as_bytes())?;
    } else {
        // In absolute form; the server wants the path alone, and none of the proxy's headers.
        let (method, url) = what.split_once(' ').unwrap_or((&what, ""));
        let path = url.splitn(4, '/').nth(3).unwrap_or("");
        let mut head = format!("{method} /{path} HTTP/1.1\r\n");
        headers.iter().filter(|line| !line.to_ascii_lowercase().starts_with("proxy-")).for_each(|line| head += line);
        server.write_all(head.as_bytes())?;
        server.write_all(b"\r\n")?;
    }
    let mut back = server.try_clone()?;
    let mut client_again = client.try_clone()?;
    let returning = thread::spawn(move || {
        let _ = std::io::copy(&mut back, &mut client_again);
        let _ = client_again.shutdown(Shutdown::Both);
    });
    let mut buffer = [0; 16 << 10];
    loop {
        let read = reader.read(&mut buffer)?;
        if read == 0 {
            break;
        }
        server.write_all(&buffer[..read])?;
    }
    let _ = server.shutdown(Shutdown::Write);
    let _ = returning.join();
    Ok(())
}
