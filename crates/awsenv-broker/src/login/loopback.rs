//! The listener that the browser is sent back to, with the code in its address (RFC 8252, section 7.3).
//!
//! It listens on 127.0.0.1 alone, at a port of the system's choice, for as long as a login lasts. Whoever is on this
//! machine, and any page in the browser, can knock: so only a GET of the one path, for this very host and port (a name
//! that an attacker's DNS leads here is another host), with the one `state` that nobody else knows is let in, once.

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use awsenv_core::credentials::Secret;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::timeout;
use zeroize::Zeroizing;

use crate::aws_error::clean;

/// The path that the AWS CLI registers, too.
pub(super) const PATH: &str = "/oauth/callback";

/// The most that a request may have, in bytes: a code has about two thousand.
const LARGEST_REQUEST: usize = 32 << 10;

/// How long one request may take to come, and an answer to go.
const PATIENCE: Duration = Duration::from_secs(5);

/// How many may knock at once; the rest is turned away.
const MOST_AT_ONCE: usize = 16;

/// What the browser came back with.
pub(super) enum Redirect {
    /// The authorization code.
    Code(Secret),
    /// An error of OAuth's, e.g. `access_denied`, fit for a terminal.
    Error(String),
}

/// The browser that came back and waits for its page.
pub(super) struct Visit {
    pub(super) redirect: Redirect,
    stream: TcpStream,
}

/// The listener.
pub(super) struct Loopback {
    listener: TcpListener,
    port: u16,
    shared: Arc<Shared>,
}

struct Shared {
    host: String,
    state: Secret,
    visit: Mutex<Option<Visit>>,
    done: std::sync::atomic::AtomicBool,
    at_once: AtomicUsize,
}

impl Loopback {
    /// Listens for who brings `state`.
    pub(super) async fn listen(state: Secret) -> std::io::Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let port = listener.local_addr()?.port();
        let shared = Shared {
            host: format!("127.0.0.1:{port}"),
            state,
            visit: Mutex::default(),
            done: false.into(),
            at_once: AtomicUsize::new(0),
        };
        Ok(Self { listener, port, shared: Arc::new(shared) })
    }

    /// Where the browser is to be sent back to.
    pub(super) fn redirect_uri(&self) -> String {
        format!("http://127.0.0.1:{}{PATH}", self.port)
    }

    /// Listens for a while; the browser that came back, if it did.
    pub(super) async fn listen_for(&self, time: Duration) -> Option<Visit> {
        match timeout(time, self.listener.accept()).await {
            Ok(Ok((stream, _))) if self.shared.at_once.load(Ordering::SeqCst) < MOST_AT_ONCE => {
                self.shared.at_once.fetch_add(1, Ordering::SeqCst);
                let shared = Arc::clone(&self.shared);
                tokio::spawn(async move {
                    shared.serve(stream).await;
                    shared.at_once.fetch_sub(1, Ordering::SeqCst);
                });
                // It has probably sent its request already.
                tokio::task::yield_now().await;
            }
            // Too many at once, or nobody.
            Ok(Ok(_)) | Err(_) => {}
            // No descriptor is left, for one; it may pass.
            Ok(Err(_)) => tokio::time::sleep(time).await,
        }
        self.shared.visit.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

impl Shared {
    async fn serve(&self, mut stream: TcpStream) {
        let Ok(Some(head)) = timeout(PATIENCE, read_head(&mut stream)).await else { return };
        match self.judge(&head) {
            Ok(redirect) => {
                *self.visit.lock().unwrap_or_else(PoisonError::into_inner) = Some(Visit { redirect, stream });
            }
            Err((status, what)) => respond(&mut stream, status, what).await,
        }
    }

    /// What a request brings, or what it gets.
    fn judge(&self, head: &str) -> Result<Redirect, (&'static str, &'static str)> {
        const NOT_FOUND: (&str, &str) = ("404 Not Found", "There is nothing here.");
        let mut lines = head.split("\r\n");
        let mut words = lines.next().unwrap_or_default().split(' ');
        let (Some("GET"), Some(target), Some("HTTP/1.1" | "HTTP/1.0"), None) =
            (words.next(), words.next(), words.next(), words.next())
        else {
            return Err(NOT_FOUND);
        };
        let mut hosts = lines.filter_map(|line| {
            let (name, value) = line.split_once(':')?;
            name.eq_ignore_ascii_case("host").then_some(value.trim())
        });
        if hosts.next() != Some(&self.host) || hosts.next().is_some() {
            return Err(NOT_FOUND);
        }
        let Some(("", query)) = target.strip_prefix(PATH).map(|rest| rest.split_once('?').unwrap_or((rest, ""))) else {
            return Err(NOT_FOUND);
        };
        const FOREIGN: (&str, &str) =
            ("400 Bad Request", "This page does not belong to the login that awsenv is waiting for.");
        let parameters = parameters(query).ok_or(FOREIGN)?;
        let state = parameters.get("state").map(|state| state.as_str());
        // An error that names no login may be ours; it can do no more than end it.
        let is_ours = state == Some(self.state.expose());
        let redirect = match (parameters.get("error"), parameters.get("code")) {
            (Some(error), None) if is_ours || state.is_none() => {
                let description = parameters.get("error_description").map(|text| clean(text));
                let description = description.filter(|text| !text.is_empty()).map(|text| format!(": {text}"));
                Redirect::Error(format!("{}{}", clean(error), description.unwrap_or_default()))
            }
            (None, Some(code)) if is_ours && !code.is_empty() => Redirect::Code(Secret::new(code.as_str())),
            _ => return Err(FOREIGN),
        };
        if self.done.swap(true, Ordering::SeqCst) {
            return Err(("410 Gone", "This login was answered before."));
        }
        Ok(redirect)
    }
}

impl Visit {
    /// Shows the browser how it ended.
    pub(super) async fn answer(mut self, went_well: bool, text: &str) {
        respond(&mut self.stream, if went_well { "200 OK" } else { "400 Bad Request" }, text).await;
    }
}

/// The head of a request; `None` where it is too large, no text, or never whole.
async fn read_head(stream: &mut TcpStream) -> Option<Zeroizing<String>> {
    // Room from the start, so that no half-grown copy of the code stays behind.
    let mut bytes = Zeroizing::new(Vec::with_capacity(LARGEST_REQUEST));
    loop {
        if bytes.len() >= LARGEST_REQUEST {
            return None;
        }
        let before = bytes.len();
        let room = LARGEST_REQUEST - before;
        if stream.take(room as u64).read_buf(&mut *bytes).await.ok()? == 0 {
            return None;
        }
        // The end may have begun in what was there before.
        let looked_at = before.saturating_sub(3);
        if let Some(end) = bytes[looked_at..].windows(4).position(|four| four == b"\r\n\r\n") {
            return Some(Zeroizing::new(std::str::from_utf8(&bytes[..looked_at + end]).ok()?.to_owned()));
        }
    }
}

/// The parameters of a query, decoded; `None` where one stands twice (RFC 6749, section 3.1) or is no text.
fn parameters(query: &str) -> Option<HashMap<String, Zeroizing<String>>> {
    let mut parameters = HashMap::new();
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        if parameters.insert(decoded(name)?, Zeroizing::new(decoded(value)?)).is_some() {
            return None;
        }
    }
    Some(parameters)
}

fn decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'+' => b' ',
            b'%' => {
                let mut digit = || char::from(rest.next()?).to_digit(16);
                (digit()? * 16 + digit()?) as u8
            }
            other => other,
        });
    }
    String::from_utf8(bytes).ok()
}

async fn respond(stream: &mut TcpStream, status: &str, text: &str) {
    let escaped = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    let page = format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" \
         content=\"width=device-width\">\n<title>awsenv</title>\n<style>body {{ font: 1.2em/1.5 sans-serif; max-width: \
         32em; margin: 4em auto; padding: 0 1em; color-scheme: light dark }}</style>\n<p>{escaped}</p>\n</html>\n"
    );
    let head = format!(
        "HTTP/1.1 {status}\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: {}\r\nConnection: close\r\n\
         Cache-Control: no-store\r\nReferrer-Policy: no-referrer\r\nX-Content-Type-Options: nosniff\r\n\
         Content-Security-Policy: default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'\r\n\r\n",
        page.len()
    );
    // A browser that has gone away needs no answer.
    let _ = timeout(PATIENCE, async {
        stream.write_all(head.as_bytes()).await?;
        stream.write_all(page.as_bytes()).await?;
        stream.shutdown().await
    })
    .await;
}

#[cfg(test)]
mod tests;
