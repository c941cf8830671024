//! The socket: HTTP/1.1, plain or in TLS, on one port; which of the two, the first byte tells.

use std::future::pending;
use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};

use http_body_util::{BodyExt as _, Limited};
use hyper::body::{Body, Bytes, Frame, Incoming, SizeHint};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{HeaderMap, Method, Response};
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;

use super::control;
use super::dispatch;
use super::fault::Fault;
use super::hosts::without_port;
use super::state::State;
use super::tls::Authority;
use super::wire::{Answer, Request};

/// More than any client of these services sends.
const BODY_LIMIT: usize = 1 << 20;

/// The first byte of a TLS connection: a handshake record.
const TLS_HANDSHAKE: u8 = 0x16;

pub(crate) type Shared = Arc<Mutex<State>>;

/// The state, also after a panic of another holder.
pub(crate) fn lock(shared: &Shared) -> MutexGuard<'_, State> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What every connection needs.
#[derive(Clone)]
pub(crate) struct Server {
    pub(crate) shared: Shared,
    pub(crate) authority: Arc<Authority>,
}

/// A connection, plain or not.
trait Stream: AsyncRead + AsyncWrite + Unpin + Send {}

impl<T: AsyncRead + AsyncWrite + Unpin + Send> Stream for T {}

/// Serves until the runtime ends.
pub(crate) async fn run(listener: TcpListener, server: Server) {
    loop {
        // A client that is gone before it was accepted is no reason to stop.
        let Ok((stream, _)) = listener.accept().await else { continue };
        tokio::spawn(server.clone().connection(stream));
    }
}

impl Server {
    async fn connection(self, stream: TcpStream) {
        let _ = stream.set_nodelay(true);
        let mut first = [0];
        if !matches!(stream.peek(&mut first).await, Ok(1)) {
            return;
        }
        if first[0] == TLS_HANDSHAKE {
            self.serve_tls(Box::new(stream), None).await;
        } else {
            self.serve(Box::new(stream), false).await;
        }
    }

    /// Serves as `host`, or as the machine itself.
    async fn serve_tls(self, stream: Box<dyn Stream>, host: Option<&str>) {
        let acceptor = TlsAcceptor::from(self.authority.server(host));
        if let Ok(stream) = acceptor.accept(stream).await {
            self.serve(Box::new(stream), true).await;
        }
    }

    /// Boxed, because a tunnel is served by the same function as what it came through.
    fn serve(self, stream: Box<dyn Stream>, tls: bool) -> Pin<Box<dyn Future<Output = ()> + Send>> {
        Box::pin(async move {
            let service = service_fn(move |request| {
                let server = self.clone();
                async move { server.respond(request, tls).await }
            });
            // Clients that go away in the middle are what half of the tests are about.
            let _ = http1::Builder::new().serve_connection(TokioIo::new(stream), service).with_upgrades().await;
        })
    }

    async fn respond(self, request: hyper::Request<Incoming>, tls: bool) -> io::Result<Response<Payload>> {
        let (parts, body) = request.into_parts();
        let is_tunnel = parts.method == Method::CONNECT;
        let (body, tunnel) = if is_tunnel {
            (Bytes::new(), Some(hyper::Request::from_parts(parts.clone(), body)))
        } else {
            (Limited::new(body, BODY_LIMIT).collect().await.map_err(|_| no_answer())?.to_bytes(), None)
        };
        let authority = parts.uri.authority().map(|authority| authority.as_str().to_owned());
        let request = Request {
            method: parts.method.as_str().to_owned(),
            path: if is_tunnel { authority.unwrap_or_default() } else { parts.uri.path().to_owned() },
            query: parts.uri.query().unwrap_or_default().to_owned(),
            headers: headers(&parts.headers),
            body: body.into(),
            tls,
        };
        if request.path.starts_with("/_fake/") {
            let answer = control::answer(&mut lock(&self.shared), &request);
            return Ok(response(answer, false));
        }
        let (target, fault, record) = dispatch::begin(&mut lock(&self.shared), &request);
        if let Some(Fault::Delay(time)) = &fault {
            tokio::time::sleep(*time).await;
        }
        let outcome = dispatch::finish(&mut lock(&self.shared), &request, &target, fault, record);
        match (outcome.fault, outcome.answer) {
            (Some(Fault::Hang), _) => pending().await,
            (Some(Fault::Close | Fault::LoseAnswer), _) | (_, None) => Err(no_answer()),
            (Some(Fault::CloseMidBody), Some(answer)) => Ok(response(answer, true)),
            (_, Some(answer)) => {
                if let (Some(tunnel), 200) = (tunnel, answer.status) {
                    tokio::spawn(self.tunnel(tunnel, request.path));
                }
                Ok(response(answer, false))
            }
        }
    }

    /// The other end of a tunnel: TLS as the host that the client asked the proxy for.
    async fn tunnel(self, request: hyper::Request<Incoming>, authority: String) {
        if let Ok(stream) = hyper::upgrade::on(request).await {
            self.serve_tls(Box::new(TokioIo::new(stream)), Some(without_port(&authority))).await;
        }
    }
}

/// Why there is no answer.
fn no_answer() -> io::Error {
    io::Error::new(io::ErrorKind::ConnectionAborted, "the fake closes the connection")
}

fn headers(map: &HeaderMap) -> Vec<(String, String)> {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    map.iter().map(|(name, value)| (name.as_str().to_owned(), text(value.as_bytes()))).collect()
}

fn response(answer: Answer, cut_off: bool) -> Response<Payload> {
    let mut response = Response::builder().status(answer.status);
    if cut_off {
        response = response.header("content-length", answer.body.len());
    }
    for (name, value) in &answer.headers {
        response = response.header(*name, value);
    }
    let whole = Bytes::from(answer.body);
    let payload = if cut_off {
        Payload { left: Some(whole.slice(..whole.len() / 2)), cut_off: true }
    } else {
        Payload { left: Some(whole).filter(|bytes| !bytes.is_empty()), cut_off: false }
    };
    response.body(payload).expect("headers of the fake are headers")
}

/// A body in one piece; or half of one, after which the connection breaks.
struct Payload {
    left: Option<Bytes>,
    cut_off: bool,
}

impl Body for Payload {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        match self.left.take() {
            Some(bytes) => Poll::Ready(Some(Ok(Frame::data(bytes)))),
            None if self.cut_off => {
                self.cut_off = false;
                Poll::Ready(Some(Err(no_answer())))
            }
            None => Poll::Ready(None),
        }
    }

    fn is_end_stream(&self) -> bool {
        self.left.is_none() && !self.cut_off
    }

    fn size_hint(&self) -> SizeHint {
        match &self.left {
            _ if self.cut_off => SizeHint::default(),
            Some(bytes) => SizeHint::with_exact(bytes.len() as u64),
            None => SizeHint::with_exact(0),
        }
    }
}
