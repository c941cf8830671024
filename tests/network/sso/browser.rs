//! The person's browser: what awsenv opens is noted; the test goes there.

use std::os::unix::fs::PermissionsExt;

use awsenv_testkit::home::Home;

use crate::common::{World, until};

impl World {
    /// With a browser that notes what it is given.
    pub(crate) fn with_browser(mut self) -> Self {
        let script = "#!/bin/sh\n[ $# = 1 ] || exit 1\nenv | grep -c ^AWS >>\"$HOME/aws-variables\"\n\
                      printf '%s\\n' \"$1\" >>\"$HOME/opened\"\n";
        self.home = self.home.file("browser", script);
        let path = self.home.join("browser");
        std::fs::set_permissions(&path, PermissionsExt::from_mode(0o755)).expect("an executable file");
        self.home = self.home.variable("BROWSER", path);
        self
    }

    /// What was opened so far.
    pub(crate) fn opened(&self) -> Vec<String> {
        let opened = std::fs::read_to_string(self.home.join("opened")).unwrap_or_default();
        opened.lines().map(str::to_owned).collect()
    }

    /// The one page that is opened, when it is.
    #[track_caller]
    pub(crate) fn page(&self) -> String {
        let opened = until("a page", || Some(self.opened()).filter(|opened| !opened.is_empty()));
        assert_eq!(opened.len(), 1, "{opened:?}");
        opened.into_iter().next().expect("one")
    }
}

/// The value of a parameter in `url`, decoded.
#[track_caller]
pub(crate) fn parameter(url: &str, name: &str) -> String {
    let query = url.split_once('?').expect("a query").1;
    let value = query.split('&').find_map(|pair| pair.strip_prefix(&format!("{name}=")));
    let value = value.unwrap_or_else(|| panic!("no {name} in {url}"));
    value.replace("%3A", ":").replace("%2F", "/").replace("%20", " ")
}

/// `url` with another value of a parameter.
#[track_caller]
pub(crate) fn with_parameter(url: &str, name: &str, value: &str) -> String {
    let start = url.find(&format!("{name}=")).expect("the parameter") + name.len() + 1;
    let end = url[start..].find('&').map_or(url.len(), |at| start + at);
    format!("{}{value}{}", &url[..start], &url[end..])
}

/// The first address in `text` that starts with `http`.
pub(crate) fn address_in(text: &str) -> Option<String> {
    let start = text.find("http")?;
    let rest = &text[start..];
    // Whole only when something follows.
    let end = rest.find(char::is_whitespace)?;
    Some(rest[..end].to_owned())
}

/// A raw request to the listener that `redirect_uri` names: status and body.
pub(crate) fn knock(redirect_uri: &str, target: &str, host: Option<&str>) -> Option<(String, String)> {
    use std::io::{Read, Write};
    let authority = redirect_uri.strip_prefix("http://")?.split('/').next()?;
    let mut stream = std::net::TcpStream::connect(authority).ok()?;
    let host = host.unwrap_or(authority);
    write!(stream, "GET {target} HTTP/1.1\r\nHost: {host}\r\n\r\n").ok()?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).ok()?;
    let (head, body) = answer.split_once("\r\n\r\n")?;
    Some((head.split(' ').nth(1)?.to_owned(), body.to_owned()))
}

/// The same home without a browser, as on a server.
pub(crate) fn without_browser(world: &World) -> Home {
    let folder = |name: &str| world.home.join(name).into_os_string();
    Home::new().variable("HOME", folder("")).variable("XDG_CACHE_HOME", folder(".cache"))
}
