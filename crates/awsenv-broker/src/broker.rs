//! What every part of the broker works with.

use std::cell::{Cell, RefCell};
use std::future::Future;

use awsenv_core::broker::{CacheFolders, CallSettings, Person, Request, Task};
use awsenv_core::chain::{ChainStep, CredentialSource};
use awsenv_core::diagnostic::Origin;
use awsenv_core::environment::Environment;
use awsenv_core::location::Files;
use awsenv_core::switch::cleared_environment;
use awsenv_host::clock;
use jiff::Timestamp;
use tokio::runtime::{self, Runtime};

use crate::client::{self, Http, Partition};
use crate::error::{BrokerError, Result};
use crate::mfa::SpentCodes;

/// How long a call may take that only renews what still lives, in milliseconds.
const LONGEST_RENEWAL_MS: u64 = 5000;

/// One request's surroundings. Calls run one after the other; each is waited for in place.
pub(crate) struct Broker<'a> {
    request: &'a Request,
    /// The process's environment as it came.
    pub(crate) captured: &'a Environment,
    /// The same without an identity that awsenv put there, and with the machine's own given back.
    pub(crate) environment: Environment,
    /// There until the end.
    runtime: Option<Runtime>,
    http: Http,
    warnings: RefCell<Vec<String>>,
    /// The one-time codes that AWS has seen.
    pub(crate) spent_codes: SpentCodes,
    is_quiet: Cell<bool>,
    nobody: Person,
    hurried: CallSettings,
}

impl<'a> Broker<'a> {
    pub(crate) fn new(request: &'a Request, captured: &'a Environment) -> Result<Self> {
        let runtime = runtime::Builder::new_current_thread().enable_all().build().map_err(|reason| {
            BrokerError::new("system", format!("the system gives no event queue to wait on: {reason}"))
        })?;
        Ok(Self {
            request,
            captured,
            environment: cleared_environment(captured),
            runtime: Some(runtime),
            http: Http::new(&request.calls, &request.files, captured),
            warnings: RefCell::default(),
            spent_codes: SpentCodes::default(),
            is_quiet: Cell::new(false),
            nobody: Person::default(),
            hurried: hurried(&request.calls),
        })
    }

    /// The same request for another task, with nobody to ask.
    pub(crate) fn request_for(&self, task: Task) -> Request {
        let Request { protocol, files, caches, calls, .. } = self.request;
        let (protocol, files, caches, calls) = (*protocol, files.clone(), caches.clone(), calls.clone());
        Request { protocol, files, caches, calls, person: Person::default(), task }
    }

    /// How AWS is called, now.
    pub(crate) fn calls(&self) -> &CallSettings {
        if self.is_quiet.get() { &self.hurried } else { &self.request.calls }
    }

    /// Where the user's files are.
    pub(crate) fn files(&self) -> &Files {
        &self.request.files
    }

    /// Where the caches are.
    pub(crate) fn caches(&self) -> &CacheFolders {
        &self.request.caches
    }

    /// How a person may be asked, now.
    pub(crate) fn person(&self) -> &Person {
        if self.is_quiet.get() { &self.nobody } else { &self.request.person }
    }

    /// Does `work`, which is not urgent, without a person and without a long wait: [`person`](Self::person) says meanwhile
    /// that nobody may be asked, and [`calls`](Self::calls) that a call takes no more than a few seconds.
    pub(crate) fn quietly<T>(&self, work: impl FnOnce() -> T) -> T {
        let before = self.is_quiet.replace(true);
        let done = work();
        self.is_quiet.set(before);
        done
    }

    /// The profile that was asked for, where the task is about one.
    pub(crate) fn profile(&self) -> Option<&str> {
        match &self.request.task {
            Task::Credentials(task) | Task::CallerIdentity(task) => Some(&task.profile),
            _ => None,
        }
    }

    /// `path:line` of a step.
    pub(crate) fn place(&self, step: &ChainStep) -> String {
        self.place_of(step.origin)
    }

    /// `path:line` of a setting.
    pub(crate) fn place_of(&self, origin: Origin) -> String {
        self.request.files.place(origin)
    }

    /// The time now.
    pub(crate) fn now(&self) -> Timestamp {
        clock::now()
    }

    /// Waits for `call`.
    pub(crate) fn wait<T>(&self, call: impl Future<Output = T>) -> T {
        match &self.runtime {
            Some(runtime) => runtime.block_on(call),
            None => unreachable!("it goes with the broker"),
        }
    }

    /// Something that a person should know although it went well.
    pub(crate) fn warn(&self, warning: impl Into<String>) {
        self.warnings.borrow_mut().push(warning.into());
    }

    /// What was warned of.
    pub(crate) fn take_warnings(&self) -> Vec<String> {
        self.warnings.take()
    }

    /// The HTTP client that all service clients share.
    pub(crate) fn http(&self) -> Http {
        self.http.clone()
    }

    /// The partition that the request speaks of, as far as it names any ARN or region of a chain.
    pub(crate) fn partition(&self) -> Option<&'static Partition> {
        let (Task::Credentials(task) | Task::CallerIdentity(task)) = &self.request.task else { return None };
        let sources = || task.chain.steps.iter().rev().map(|step| &step.source);
        let arns = sources().filter_map(|source| match source {
            CredentialSource::AssumeRole(role) => Some(role.role_arn.as_str()),
            CredentialSource::WebIdentity { role_arn, .. } => Some(role_arn),
            CredentialSource::LoginSession { login_session } => Some(login_session),
            _ => None,
        });
        let regions = sources().filter_map(|source| match source {
            CredentialSource::Sso(sso) => Some(sso.sso_region.as_str()),
            _ => None,
        });
        client::partition(arns, regions)
    }
}

/// A name that is being looked up can't be called off; nobody waits for it.
impl Drop for Broker<'_> {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

/// How AWS is called while what is there still lives.
fn hurried(calls: &CallSettings) -> CallSettings {
    let mut hurried = calls.clone();
    hurried.call_timeout_ms = hurried.call_timeout_ms.min(LONGEST_RENEWAL_MS);
    hurried.connect_timeout_ms = hurried.connect_timeout_ms.min(LONGEST_RENEWAL_MS / 2);
    hurried
}
