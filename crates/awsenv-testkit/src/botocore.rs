//! botocore in a Python process of its own: its real clients and providers, sent to a server of the test, and its signer.
//!
//! The judge of the fakes, and of what awsenv sends them ([`Botocore::resign`]).

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Stdio};

use serde_json::{Map, Value, json};

use crate::fake::{FakeAws, Recorded, User};
use crate::home::Home;
use crate::tools;

/// The process and both ends of it; it ends when this is dropped.
#[derive(Debug)]
pub struct Botocore {
    child: Child,
    requests: Option<ChildStdin>,
    answers: BufReader<ChildStdout>,
    _home: Home,
}

impl Botocore {
    /// Starts it in an empty home, with every client of it sent to `fake`. Where there is no Python with botocore: as
    /// [`tools::require`].
    pub fn start(fake: &FakeAws, test: &str) -> Option<Self> {
        Self::start_by(&fake.url(), None, Home::new(), test)
    }

    /// As [`start`](Self::start), by this URL (AWS's own where empty), trusting this authority, and in this home, with
    /// the home's variables.
    pub fn start_by(url: &str, ca_file: Option<&Path>, home: Home, test: &str) -> Option<Self> {
        let python = tools::require("python", test)?;
        let mut child = home
            .command(python)
            .args(["-c", include_str!("botocore.py")])
            .envs(Some(url).filter(|url| !url.is_empty()).map(|url| ("AWS_ENDPOINT_URL", url)))
            .envs(ca_file.map(|file| ("AWS_CA_BUNDLE", file)))
            .env("AWS_DEFAULT_REGION", "eu-west-1")
            .env("AWS_MAX_ATTEMPTS", "1")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("Python starts");
        let requests = child.stdin.take();
        let answers = BufReader::new(child.stdout.take().expect("a pipe"));
        Some(Self { child, requests, answers, _home: home })
    }

    /// Asks, and waits for the answer. Operations and their members: the functions of `botocore.py`.
    pub fn ask(&mut self, request: &Value) -> Value {
        let requests = self.requests.as_mut().expect("open until dropped");
        writeln!(requests, "{request}").and_then(|()| requests.flush()).expect("botocore reads");
        let mut line = String::new();
        self.answers.read_line(&mut line).expect("botocore writes UTF-8");
        serde_json::from_str(&line).unwrap_or_else(|_| panic!("botocore died of {request}"))
    }

    /// Calls a method of a client with `keys` (`id`, `secret`, `token`; `null` for an unsigned client). The answer, or
    /// what AWS refused with: `code`, `message`, `status`, `request_id`, `type`.
    pub fn call(&mut self, service: &str, method: &str, keys: &Value, arguments: &Value) -> Value {
        self.ask(
            &json!({"operation": "call", "service": service, "method": method, "keys": keys, "arguments": arguments}),
        )
    }

    /// What botocore's own providers find for a profile of the home: `id`, `secret`, `token`, `account`, `method`; or
    /// what came of it: `type`, `message`, `code`. `more`: `environment` (variables for this alone), `mfa_code`.
    pub fn find(&mut self, profile: &str, more: &Value) -> Value {
        let mut request = json!({"operation": "credentials", "profile": profile, "environment": {}});
        request.as_object_mut().expect("an object").extend(more.as_object().expect("an object").clone());
        self.ask(&request)
    }

    /// What botocore finds for a profile of `home`, in the home's environment alone, with the caches of the AWS CLI where
    /// the AWS CLI has them: for roles, web identities and SSO roles. Answers as [`find`](Self::find).
    pub fn find_as_cli(&mut self, home: &Home, profile: &str, mfa_code: &str) -> Value {
        let variables = home.environment().into_iter();
        let text = |text: std::ffi::OsString| text.into_string().expect("a test's variables are UTF-8");
        let environment: Map<_, _> = variables.map(|(name, value)| (text(name), text(value).into())).collect();
        self.ask(&json!({
            "operation": "as-cli", "profile": profile, "mfa_code": mfa_code, "environment": environment,
        }))
    }

    /// The headers that botocore signs a request with: `method`, `url`, `headers`, `body`, `keys`, `service`, `region`,
    /// and `time`, seconds since the epoch, where it is not to be now.
    pub fn sign(&mut self, request: &Value) -> Vec<(String, String)> {
        let mut request = request.clone();
        request["operation"] = "sign".into();
        let answer = self.ask(&request);
        let headers = answer["headers"].as_object().unwrap_or_else(|| panic!("{answer}"));
        headers.iter().map(|(name, value)| (name.clone(), value.as_str().unwrap_or_default().to_owned())).collect()
    }

    /// The `Authorization` header that botocore computes for what `fake` was sent: of the same method, URL, body, signed
    /// headers, region and moment, with the secret that the fake knows for the key.
    ///
    /// # Panics
    ///
    /// Where the request isn't signed, or by a key that the fake doesn't know.
    pub fn resign(&mut self, fake: &FakeAws, request: &Recorded) -> String {
        let authorization = request.header("authorization").expect("a signed request");
        let after = |name: &str| authorization.split_once(name).and_then(|(_, rest)| rest.split([',', ' ']).next());
        let scope: Vec<_> = after("Credential=").expect("a credential").split('/').collect();
        let own = ["host", "x-amz-date", "x-amz-security-token"];
        let signed = after("SignedHeaders=").expect("signed headers").split(';').filter(|name| !own.contains(name));
        let headers: Map<_, _> = signed.map(|name| (name.to_owned(), json!(request.header(name)))).collect();
        let (secret, token) = fake.secret_of(scope[0]).unwrap_or_else(|| panic!("{} is not known", scope[0]));
        let scheme = if request.tls { "https" } else { "http" };
        let query = if request.query.is_empty() { String::new() } else { format!("?{}", request.query) };
        let signed = self.sign(&json!({
            "method": request.method,
            "url": format!("{scheme}://{}{}{query}", request.header("host").unwrap_or_default(), request.path),
            "headers": headers,
            "body": String::from_utf8_lossy(&request.body),
            "keys": {"id": scope[0], "secret": secret, "token": token},
            "service": scope[3],
            "region": scope[2],
            "time": request.time_signed(),
        }));
        signed.into_iter().find(|(name, _)| name == "Authorization").expect("botocore signs").1
    }
}

impl Drop for Botocore {
    fn drop(&mut self) {
        // The end of its input ends it.
        self.requests = None;
        let _ = self.child.wait();
    }
}

/// A user's keys, as [`Botocore::call`] takes them.
pub fn keys_of(user: &User) -> Value {
    json!({"id": user.access_key_id(), "secret": user.secret_access_key(), "token": null})
}

/// Keys out of an answer of STS, as [`Botocore::call`] takes them.
pub fn keys_in(answer: &Value) -> Value {
    let keys = &answer["Credentials"];
    json!({"id": keys["AccessKeyId"], "secret": keys["SecretAccessKey"], "token": keys["SessionToken"]})
}
