//! The driver: one process that opens browsers and ends with them.

use std::fmt;
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::Duration;

use fantoccini::{Client, ClientBuilder};
use hyper_util::client::legacy::connect::HttpConnector;
use rustix::process::{Pid, Signal, kill_process_group};
use tempfile::TempDir;
use tokio::runtime::Runtime;

use super::chromium::Chromium;
use super::{Browser, Setting};
use crate::lines::Lines;
use crate::wait;

/// How long one command may take: somewhat longer than the driver's own limit for pages and scripts, so that it
/// can say what took so long.
const LIMIT: Duration = wait::ANSWER.saturating_mul(2);

/// How many drivers run at once in one program: a browser keeps a core busy, and whoever waits long for one has waited in
/// vain.
const AT_ONCE: usize = 3;

static RUNNING: Mutex<usize> = Mutex::new(0);
static ENDED: Condvar = Condvar::new();

/// A driver of browsers. It and its browsers are gone when the last of them is dropped.
#[derive(Debug)]
pub struct Driver {
    process: Arc<Process>,
}

impl Driver {
    /// A driver, on a free port of loopback, once few enough others run in this program: a test starts one, and does so
    /// before anything else. Where there is no Chromium, `None`, after a line that says so, or a failed test if
    /// `KITH_BROWSER=required` is set.
    #[track_caller]
    pub fn start() -> Option<Driver> {
        let chromium = Chromium::or_skip()?;
        Some(Driver { process: Arc::new(Process::start(chromium, Turn::take())) })
    }

    /// Opens a browser with a new profile, on an empty page as wide as a desk's.
    #[track_caller]
    pub fn opens(&self, setting: &Setting) -> Browser {
        Browser::open(Arc::clone(&self.process), setting)
    }
}

/// The right to run, given back when it is dropped.
struct Turn;

impl Turn {
    fn take() -> Turn {
        let running = RUNNING.lock().unwrap_or_else(PoisonError::into_inner);
        let running = ENDED.wait_while(running, |running| *running >= AT_ONCE);
        *running.unwrap_or_else(PoisonError::into_inner) += 1;
        Turn
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        *RUNNING.lock().unwrap_or_else(PoisonError::into_inner) -= 1;
        ENDED.notify_one();
    }
}

/// The driver's process. It leads a process group, to which its browsers belong.
pub(super) struct Process {
    chromium: Chromium,
    child: Child,
    address: String,
    log: Lines,
    folder: TempDir,
    profiles: AtomicU32,
    runtime: Runtime,
    _turn: Turn,
}

impl Process {
    #[track_caller]
    fn start(chromium: Chromium, turn: Turn) -> Process {
        let folder = tempfile::Builder::new().prefix("kith-browser-").tempdir().expect("a temporary folder");
        let mut child = Command::new(&chromium.driver)
            .arg("--port=0")
            .env_clear()
            .envs(std::env::var_os("PATH").map(|path| ("PATH", path)))
            .env("HOME", folder.path())
            .env("LANG", "C.UTF-8")
            .env("TMPDIR", folder.path())
            .process_group(0)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap_or_else(|error| panic!("chromedriver could not start: {error}"));
        let said = Lines::of(child.stdout.take().expect("stdout is connected"));
        let log = Lines::of(child.stderr.take().expect("stderr is connected"));
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build();
        let mut process = Process {
            chromium,
            child,
            address: String::new(),
            log,
            folder,
            profiles: AtomicU32::new(0),
            runtime: runtime.expect("a runtime"),
            _turn: turn,
        };
        let port = said.expect(wait::READY, "chromedriver to be ready", |line| {
            let port = line.strip_prefix("ChromeDriver was started successfully on port ")?;
            port.trim_end_matches('.').parse::<u16>().ok()
        });
        process.address = format!("http://127.0.0.1:{port}/");
        process
    }

    /// A session: a browser with a new profile.
    #[track_caller]
    pub(super) fn session(&self, setting: &Setting) -> Client {
        let number = self.profiles.fetch_add(1, Ordering::Relaxed);
        let profile = self.folder.path().join(format!("profile-{number}"));
        let capabilities = setting.capabilities(&self.chromium.browser, &profile);
        let mut builder = ClientBuilder::new(HttpConnector::new());
        builder.capabilities(capabilities);
        match self.wait(builder.connect(&self.address)) {
            Some(Ok(client)) => client,
            Some(Err(error)) => panic!("No browser opened: {error}\n{}", self.log.last(20)),
            None => panic!("No browser opened within {} s.", LIMIT.as_secs()),
        }
    }

    /// Waits for an answer of the driver; `None` if it takes too long.
    pub(super) fn wait<T>(&self, answer: impl Future<Output = T>) -> Option<T> {
        self.runtime.block_on(async { tokio::time::timeout(LIMIT, answer).await.ok() })
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // Some or all of them may have ended by themselves.
        let _ = kill_process_group(Pid::from_child(&self.child), Signal::KILL);
        let _ = self.child.wait();
    }
}

impl fmt::Debug for Process {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Process").field("child", &self.child).field("address", &self.address).finish()
    }
}
