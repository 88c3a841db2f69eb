//! Asking the person at the terminal. Questions go to stderr, so that stdout holds answers only.
//!
//! Whoever calls has made sure that somebody is there ([`crate::context::Context::can_ask`]).

use std::io::{self, BufRead, Read, Write};

use kith_node::api::types::{Code, Problem};
use zeroize::Zeroizing;

/// The longest answer that is read, in bytes.
const MOST: u64 = 64 * 1024;

/// Asks for a line. Space around the answer is taken away.
///
/// # Errors
/// [`Code::Interrupted`] if the terminal is closed.
pub fn line(question: &str) -> Result<Zeroizing<String>, Problem> {
    let mut stderr = io::stderr().lock();
    let asked = write!(stderr, "{question} ").and_then(|()| stderr.flush());
    let mut answer = Zeroizing::new(String::new());
    let read = asked.and_then(|()| io::stdin().lock().take(MOST).read_line(&mut answer));
    match read {
        Ok(bytes) if bytes > 0 => Ok(Zeroizing::new(answer.trim().to_owned())),
        _ => Err(Code::Interrupted.into()),
    }
}

/// As [`line()`], until there is an answer.
///
/// # Errors
/// As [`line()`].
pub fn needed(question: &str) -> Result<Zeroizing<String>, Problem> {
    loop {
        let answer = line(question)?;
        if !answer.is_empty() {
            return Ok(answer);
        }
    }
}

/// As [`line()`], with an answer to fall back on.
///
/// # Errors
/// As [`line()`].
pub fn or(question: &str, usual: &str) -> Result<String, Problem> {
    let answer = line(&format!("{question} [{usual}]"))?;
    Ok(if answer.is_empty() { usual.to_owned() } else { answer.to_string() })
}

/// Asks yes or no; anything but a yes is a no.
///
/// # Errors
/// As [`line()`].
pub fn whether(question: &str) -> Result<bool, Problem> {
    let answer = line(&format!("{question} (y/N)"))?;
    Ok(matches!(answer.to_lowercase().as_str(), "y" | "yes"))
}

/// Asks for a passphrase without showing it.
///
/// # Errors
/// As [`line()`].
pub fn passphrase(question: &str) -> Result<Zeroizing<String>, Problem> {
    let asked = rpassword::prompt_password(format!("{question} "));
    asked.map(Zeroizing::new).map_err(|_| Code::Interrupted.into())
}

/// Asks for a new passphrase, twice. An empty answer means none.
///
/// # Errors
/// As [`line()`].
pub fn new_passphrase() -> Result<Option<Zeroizing<String>>, Problem> {
    loop {
        let first = passphrase("Passphrase (nothing is shown; leave empty for none):")?;
        if first.is_empty() {
            return Ok(None);
        }
        if passphrase("The same once more:")? == first {
            return Ok(Some(first));
        }
        let _ = writeln!(io::stderr(), "These were not the same. Please try again.");
    }
}
