//! A running node.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus};

use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;

use crate::call::{Call, data, ended, kill};
use crate::lines::Lines;
use crate::{Api, Home, wait};

/// A node in a process of its own. Dropped, it is killed. If a test fails, its last words are printed; all of
/// them are kept in the folder that `NODE_LOGS=` names.
#[derive(Debug)]
pub struct Node {
    child: Child,
    events: Lines,
    log: Lines,
    ready: Value,
}

impl Node {
    /// Starts a node on loopback and waits until it serves. `arguments` go behind `run`.
    #[track_caller]
    pub fn start(home: &Home, arguments: &[&str]) -> Node {
        Node::start_as(run(&home.path(), arguments).command())
    }

    /// As [`Node::start`], of a prepared process.
    #[track_caller]
    pub fn start_as(command: Command) -> Node {
        let mut node = Node::spawn(command);
        let ready = node.events.find(wait::READY, |line| data(line).filter(|data| data["event"] == "ready"));
        match ready {
            Some(ready) => node.ready = ready,
            None => panic!(
                "The node did not get ready within {} s. It said:\n{}\n{}",
                wait::READY.as_secs(),
                node.events.last(5),
                node.log.last(40)
            ),
        }
        node
    }

    fn spawn(mut command: Command) -> Node {
        let mut child = command.spawn().unwrap_or_else(|error| panic!("The node could not start: {error}"));
        let events = Lines::of(child.stdout.take().expect("stdout is connected"));
        let log = Lines::of(child.stderr.take().expect("stderr is connected"));
        Node { child, events, log, ready: Value::Null }
    }

    /// Its process id.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// The groups it opened with.
    pub fn groups(&self) -> Vec<String> {
        let groups = self.ready["groups"].as_array().cloned().unwrap_or_default();
        groups.iter().filter_map(|group| group.as_str().map(str::to_owned)).collect()
    }

    /// The socket it serves on.
    pub fn socket(&self) -> PathBuf {
        PathBuf::from(self.ready["socket"].as_str().unwrap_or_default())
    }

    /// A connection to its local API.
    #[track_caller]
    pub fn api(&self) -> Api {
        Api::connect(&self.socket())
    }

    /// The memory it has now and the most it ever had, in bytes.
    pub fn memory(&self) -> (u64, u64) {
        let status = fs::read_to_string(format!("/proc/{}/status", self.id())).expect("a running process");
        let kibibytes = |name: &str| {
            let line = status.lines().find_map(|line| line.strip_prefix(name)).expect("Linux tells memory");
            line.trim().trim_end_matches(" kB").parse::<u64>().expect("a number")
        };
        (kibibytes("VmRSS:") << 10, kibibytes("VmHWM:") << 10)
    }

    /// What it printed on stdout so far and will print.
    pub fn events(&self) -> &Lines {
        &self.events
    }

    /// What it wrote to stderr so far and will write.
    pub fn log(&self) -> &Lines {
        &self.log
    }

    /// Ends it as a power button would: SIGKILL, with nothing it could do about it.
    pub fn kill(mut self) {
        kill(&mut self.child);
    }

    /// As [`Node::kill`], without taking its end in.
    pub fn strike(&self) {
        // It may have been struck a moment ago.
        let _ = kill_process(self.pid(), Signal::KILL);
    }

    /// Sends it SIGTERM and waits for its end in order.
    #[track_caller]
    pub fn terminate(self) {
        self.end_by(Signal::TERM);
    }

    /// Sends it a signal that asks it to end, and fails the test unless it does, in order and in time.
    #[track_caller]
    pub fn end_by(mut self, signal: Signal) {
        kill_process(self.pid(), signal).expect("a running child can be signalled");
        let status = self.ended();
        assert_eq!(
            status.code(),
            Some(0),
            "Asked to end by {signal:?}, the node ended with {status}:\n{}",
            self.log.last(40)
        );
    }

    /// Waits for its end, which something else has caused.
    #[track_caller]
    pub fn ended(&mut self) -> ExitStatus {
        match ended(&mut self.child, wait::ORDERLY_END) {
            Some(status) => status,
            None => panic!(
                "The node did not end within {} s. It said:\n{}",
                wait::ORDERLY_END.as_secs(),
                self.log.last(40)
            ),
        }
    }

    /// Whether it still runs.
    pub fn runs(&mut self) -> bool {
        self.child.try_wait().expect("a child can be waited for").is_none()
    }

    fn pid(&self) -> Pid {
        Pid::from_child(&self.child)
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        kill(&mut self.child);
        if std::thread::panicking() {
            eprintln!("A node's last words:\n{}\n", self.log.last(30));
            if let Some(folder) = std::env::var_os("NODE_LOGS") {
                let path = PathBuf::from(folder).join(format!("node-{}.log", self.id()));
                // The test has failed already; without its log it has failed all the same.
                let _ = fs::write(path, self.log.so_far().join("\n"));
            }
        }
    }
}

/// The command that starts a node on loopback without asking for a passphrase.
pub fn run(home: &Path, arguments: &[&str]) -> Call {
    let mut all = vec!["run", "--no-passphrase"];
    if !arguments.contains(&"--listen") {
        all.extend(["--listen", "127.0.0.1"]);
    }
    all.extend(arguments);
    Call::new(home, all)
}
