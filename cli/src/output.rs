//! What goes to stdout and stderr.
//!
//! With `--json`: one line `{"v":1,"data":…}` for each answer, one line `{"v":1,"error":…}` for a failure, on
//! stdout, nothing else. Otherwise: plain sentences, failures and remarks on stderr.

use std::io::{self, Write};

use kith_node::api::types::{Code, Problem};
use serde::Serialize;

use crate::plain;

/// The version of the envelope around every JSON line.
const VERSION: u8 = 1;

#[derive(Serialize)]
struct Line<'a, T> {
    v: u8,
    #[serde(skip_serializing_if = "Option::is_none")]
    data: Option<&'a T>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<&'a Problem>,
}

/// Where answers go.
#[derive(Clone, Copy, Debug)]
pub struct Output {
    json: bool,
}

impl Output {
    /// An output for people, or for scripts.
    pub fn new(json: bool) -> Output {
        Output { json }
    }

    /// Whether it is for scripts.
    pub fn is_json(self) -> bool {
        self.json
    }

    /// An answer: its data for scripts, its words for people.
    ///
    /// # Errors
    /// [`Code::Interrupted`] if nobody reads stdout any more; [`Code::StorageFailed`] if it cannot be written.
    pub fn answer<T: Serialize>(self, data: &T, words: impl FnOnce() -> String) -> Result<(), Problem> {
        self.print(if self.json { json(Some(data), None)? } else { words() })
    }

    /// An answer that came only so far within the time given: for scripts one line with both, for people the
    /// words.
    ///
    /// # Errors
    /// As [`Output::answer`].
    pub fn not_in_time<T: Serialize>(self, data: &T, words: impl FnOnce() -> String) -> Result<(), Problem> {
        self.print(if self.json { json(Some(data), Some(&Code::NotInTime.into()))? } else { words() })
    }

    /// A failure. Being interrupted needs no words.
    pub fn problem(self, problem: &Problem) {
        if problem.code == Code::Interrupted {
            return;
        }
        let written = if self.json {
            json::<()>(None, Some(problem)).and_then(|line| self.print(line))
        } else {
            self.remark(&format!("{}\n{}", problem.message, problem.hint));
            Ok(())
        };
        if let Err(problem) = written {
            self.remark(&problem.message);
        }
    }

    /// A remark on stderr.
    pub fn remark(self, words: &str) {
        // If stderr is gone there is nobody to tell.
        let _ = writeln!(io::stderr().lock(), "{}", plain::block(words));
    }

    fn print(self, mut text: String) -> Result<(), Problem> {
        if !text.ends_with('\n') {
            text.push('\n');
        }
        let mut stdout = io::stdout().lock();
        stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush()).map_err(|error| match error.kind() {
            io::ErrorKind::BrokenPipe => Code::Interrupted.into(),
            io::ErrorKind::StorageFull => Code::DiskFull.into(),
            _ => Problem::new(
                Code::StorageFailed,
                "The answer could not be written.",
                "Check where the output of this command goes.",
            ),
        })
    }
}

fn json<T: Serialize>(data: Option<&T>, error: Option<&Problem>) -> Result<String, Problem> {
    serde_json::to_string(&Line { v: VERSION, data, error }).map_err(|_| Code::Internal.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_versioned_and_texts_exact() {
        let exact = "a\u{202e}\u{1b}[0m\r\n\0";
        let line = json(Some(&serde_json::json!({ "text": exact })), None).unwrap();
        assert!(!line.contains('\n'));
        let read: serde_json::Value = serde_json::from_str(&line).unwrap();
        assert_eq!(read, serde_json::json!({"v": 1, "data": {"text": exact}}));
    }

    #[test]
    fn failures_have_code_message_and_hint() {
        let line = json::<()>(None, Some(&Code::NotRunning.into())).unwrap();
        let read: serde_json::Value = serde_json::from_str(&line).unwrap();
        assert_eq!(read["error"]["code"], "not_running");
        assert!(read.get("data").is_none());
    }

    #[test]
    fn what_did_not_happen_in_time_carries_how_far_it_came() {
        let line =
            json(Some(&serde_json::json!({"state": "waiting"})), Some(&Code::NotInTime.into())).unwrap();
        let read: serde_json::Value = serde_json::from_str(&line).unwrap();
        assert_eq!(
            (&read["data"]["state"], &read["error"]["code"]),
            (&"waiting".into(), &"not_in_time".into())
        );
    }
}
