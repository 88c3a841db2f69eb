//! One command, from its arguments to what it said and how it ended.

use std::ffi::{OsStr, OsString};
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::Duration;
use std::{fmt, thread};

use serde_json::Value;

use crate::lines::Lines;
use crate::{Netns, netns, program, wait};

/// A command to be given.
#[derive(Clone, Debug)]
pub struct Call {
    home: PathBuf,
    arguments: Vec<OsString>,
    input: Vec<u8>,
    environment: Vec<(OsString, OsString)>,
    json: bool,
    limit: Duration,
    inside: Option<String>,
}

impl Call {
    /// `kith --json --home HOME ARGUMENTS`, with nothing on stdin.
    pub fn new<S: AsRef<OsStr>>(home: &Path, arguments: impl IntoIterator<Item = S>) -> Call {
        Call {
            home: home.to_owned(),
            arguments: arguments.into_iter().map(|argument| argument.as_ref().to_owned()).collect(),
            input: Vec::new(),
            environment: Vec::new(),
            json: true,
            limit: wait::ANSWER,
            inside: None,
        }
    }

    /// Bytes for stdin.
    pub fn stdin(mut self, bytes: impl AsRef<[u8]>) -> Call {
        self.input = bytes.as_ref().to_vec();
        self
    }

    /// A further environment variable.
    pub fn env(mut self, name: impl AsRef<OsStr>, value: impl AsRef<OsStr>) -> Call {
        self.environment.push((name.as_ref().to_owned(), value.as_ref().to_owned()));
        self
    }

    /// As people use it: without `--json`.
    pub fn in_words(mut self) -> Call {
        self.json = false;
        self
    }

    /// Lets it take longer (or less long) than [`wait::ANSWER`].
    pub fn limit(mut self, limit: Duration) -> Call {
        self.limit = limit;
        self
    }

    /// Runs it in a network namespace.
    pub fn inside(mut self, network: &Netns) -> Call {
        self.inside = Some(network.name().to_owned());
        self
    }

    /// The process it stands for, with all three streams connected and nothing of this process's
    /// environment but the path.
    pub fn command(&self) -> Command {
        self.command_of(&program::node_under_test())
    }

    /// As [`Call::command`], of another copy of the program.
    pub fn command_of(&self, program: &Path) -> Command {
        let mut command = match &self.inside {
            None => Command::new(program),
            Some(network) => netns::command_in(network, program),
        };
        command.env_clear().env("HOME", self.home.parent().unwrap_or(&self.home)).env("LANG", "C.UTF-8");
        for kept in ["PATH", "RUST_LOG", "RUST_BACKTRACE", "TMPDIR"] {
            if let Some(value) = std::env::var_os(kept) {
                command.env(kept, value);
            }
        }
        command.envs(self.environment.iter().map(|(name, value)| (name, value)));
        if self.json {
            command.arg("--json");
        }
        command.arg("--home").arg(&self.home).args(&self.arguments);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    /// Gives it and waits for its end.
    #[track_caller]
    pub fn run(&self) -> Outcome {
        self.run_as(self.command())
    }

    /// As [`Call::run`], with a process prepared from [`Call::command`].
    #[track_caller]
    pub fn run_as(&self, mut command: Command) -> Outcome {
        let mut child = command.spawn().unwrap_or_else(|error| panic!("{self} could not start: {error}"));
        let out = Lines::of(child.stdout.take().expect("stdout is connected"));
        let log = Lines::of(child.stderr.take().expect("stderr is connected"));
        let mut stdin = child.stdin.take().expect("stdin is connected");
        let input = self.input.clone();
        let writing = thread::spawn(move || match stdin.write_all(&input) {
            // A command that has heard enough may hang up.
            Err(error) if error.kind() != ErrorKind::BrokenPipe => panic!("stdin: {error}"),
            _ => drop(stdin),
        });
        let Some(status) = ended(&mut child, self.limit) else {
            kill(&mut child);
            panic!("{self} did not end within {} s. It had said:\n{}", self.limit.as_secs(), log.last(40));
        };
        writing.join().expect("stdin was written");
        let whole =
            |lines: Lines| lines.whole(wait::ANSWER).expect("a process that ended closes its streams");
        Outcome { said: self.to_string(), status, lines: whole(out), log: whole(log).join("\n") }
    }

    /// Gives it, and what it answered; fails the test if it did not succeed with one answer.
    #[track_caller]
    pub fn ok(&self) -> Value {
        self.run().ok()
    }

    /// Gives it, and how it failed; fails the test if it succeeded or failed otherwise.
    #[track_caller]
    pub fn fails(&self, code: i32) -> Failure {
        self.run().fails(code)
    }
}

impl fmt::Display for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`kith")?;
        for argument in &self.arguments {
            write!(f, " {}", shortened(&argument.to_string_lossy()))?;
        }
        match self.input.len() {
            0 => write!(f, "`"),
            bytes => write!(f, "` (with {bytes} bytes on stdin)"),
        }
    }
}

fn shortened(argument: &str) -> String {
    match argument.char_indices().nth(60) {
        Some((at, _)) => format!("{}…", &argument[..at]),
        None => argument.to_owned(),
    }
}

/// Waits for a child's end.
pub(crate) fn ended(child: &mut Child, limit: Duration) -> Option<ExitStatus> {
    wait::within(limit, || child.try_wait().expect("a child can be waited for"))
}

/// Ends a child at once, by its own id, and takes it in.
pub(crate) fn kill(child: &mut Child) {
    // It may have ended by itself a moment ago.
    let _ = child.kill();
    let _ = child.wait();
}

/// What a command said, and how it ended.
#[derive(Debug)]
pub struct Outcome {
    said: String,
    /// How it ended.
    pub status: ExitStatus,
    /// The lines on stdout.
    pub lines: Vec<String>,
    /// What stood on stderr.
    pub log: String,
}

/// How a command failed, in its own words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// For scripts.
    pub code: String,
    /// What happened.
    pub message: String,
    /// What to do.
    pub hint: String,
}

impl Outcome {
    /// The exit code; fails the test if a signal ended it.
    #[track_caller]
    pub fn code(&self) -> i32 {
        self.status.code().unwrap_or_else(|| panic!("{} was ended by a signal: {}", self.said, self.status))
    }

    /// The one answer of a command that succeeded.
    #[track_caller]
    pub fn ok(&self) -> Value {
        if self.code() != 0 {
            panic!("{} ended with {}:\n{}\n{}", self.said, self.code(), self.lines.join("\n"), self.log);
        }
        let mut answers = self.answers();
        assert_eq!(answers.len(), 1, "{} gave not one answer:\n{}", self.said, self.lines.join("\n"));
        answers.remove(0)
    }

    /// All answers of a stream.
    #[track_caller]
    pub fn answers(&self) -> Vec<Value> {
        self.lines
            .iter()
            .map(|line| data(line).unwrap_or_else(|| panic!("{}: no answer: {line}", self.said)))
            .collect()
    }

    /// The words of a command that failed with `code`: one error line on stdout, with a sentence and what to
    /// do, and nothing else on it.
    #[track_caller]
    pub fn fails(&self, code: i32) -> Failure {
        let all = || format!("{}\n{}", self.lines.join("\n"), self.log);
        assert_eq!(self.code(), code, "{} ended otherwise than promised:\n{}", self.said, all());
        assert_eq!(self.lines.len(), 1, "{} should say one thing, why it failed:\n{}", self.said, all());
        let line = value(&self.lines[0]);
        assert_eq!(line["v"], 1, "{}: {line}", self.said);
        let word = |name: &str| match line["error"][name].as_str() {
            Some(word) => word.to_owned(),
            None => panic!("{} failed without a {name}: {line}", self.said),
        };
        let failure = Failure { code: word("code"), message: word("message"), hint: word("hint") };
        failure.is_said_well(&self.said);
        failure
    }
}

impl Failure {
    /// An error is a sentence for a person: it ends like one, does not shout, and has no innards in it.
    #[track_caller]
    fn is_said_well(&self, call: &str) {
        for words in [&self.message, &self.hint] {
            assert!(words.ends_with(['.', '?']), "{call}: not a sentence: {words:?}");
            for innards in
                ["Err(", "Error {", "Os {", "os error", "panicked", "unwrap", "sled", "libp2p", "::"]
            {
                assert!(!words.contains(innards), "{call}: {innards:?} says nothing to a person: {words:?}");
            }
        }
    }
}

/// One line of JSON.
#[track_caller]
fn value(line: &str) -> Value {
    serde_json::from_str(line)
        .unwrap_or_else(|error| panic!("stdout carries JSON lines only ({error}): {line}"))
}

/// What a line of success carries.
pub(crate) fn data(line: &str) -> Option<Value> {
    let mut whole = value(line);
    if whole["v"] != 1 {
        return None;
    }
    whole.get_mut("data").map(Value::take)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::process::ExitStatusExt;

    fn outcome(code: i32, line: &str) -> Outcome {
        Outcome {
            said: "`kith test`".into(),
            status: ExitStatus::from_raw(code << 8),
            lines: vec![line.into()],
            log: String::new(),
        }
    }

    #[test]
    fn success_carries_data() {
        assert_eq!(outcome(0, r#"{"v":1,"data":{"post":"ab"}}"#).ok()["post"], "ab");
    }

    #[test]
    fn failure_carries_words() {
        let line = r#"{"v":1,"error":{"code":"not_running","message":"It rests.","hint":"Start it."}}"#;
        assert_eq!(outcome(4, line).fails(4).code, "not_running");
    }

    #[test]
    #[should_panic(expected = "ended otherwise than promised")]
    fn the_exit_code_is_part_of_the_promise() {
        outcome(1, r#"{"v":1,"error":{"code":"x","message":"A.","hint":"B."}}"#).fails(5);
    }

    #[test]
    #[should_panic(expected = "says nothing to a person")]
    fn innards_are_no_words() {
        let line = r#"{"v":1,"error":{"code":"x","message":"failed: os error 13.","hint":"B."}}"#;
        outcome(3, line).fails(3);
    }
}
