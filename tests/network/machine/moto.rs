//! moto's server on loopback.

use std::net::{TcpListener, TcpStream};
use std::process::{Child, Stdio};
use std::thread;
use std::time::Duration;

use awsenv_testkit::home::Home;
use awsenv_testkit::tools;

/// A running server; it ends when this is dropped.
pub(crate) struct Moto {
    child: Child,
    port: u16,
    _home: Home,
}

/// Starts it; `None` where there is no Python with moto, which a test in CI does not get away with.
pub(crate) fn start(test: &str) -> Option<Moto> {
    let python = tools::require("python", test)?;
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let home = Home::new();
    let child = home
        .command(python)
        .args(["-m", "moto.server", "-H", "127.0.0.1", "-p", &port.to_string()])
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut moto = Moto { child, port, _home: home };
    for _ in 0..600 {
        if TcpStream::connect(("127.0.0.1", port)).is_ok() {
            return Some(moto);
        }
        assert!(moto.child.try_wait().unwrap().is_none(), "moto ended");
        thread::sleep(Duration::from_millis(100));
    }
    panic!("moto does not listen");
}

impl Moto {
    pub(crate) fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }
}

impl Drop for Moto {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
