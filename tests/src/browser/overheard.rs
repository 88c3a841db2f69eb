//! What a page asks for, and what the browser complains about.

use std::sync::PoisonError;

use serde_json::Value;

use super::Browser;
use super::command::Command;

/// What has been overheard since the browser opened.
#[derive(Debug, Default)]
pub(super) struct Overheard {
    requests: Vec<String>,
    complaints: Vec<String>,
}

impl Browser {
    /// Every address that pages have asked for since the browser opened, in order, whether they got an answer or were
    /// forbidden to ask. Not among them: what the browser fetches from itself or from a file, `data:` and `blob:`, which nobody
    /// is asked for.
    pub fn requests(&self) -> Vec<String> {
        let new = self.log("performance").into_iter().filter_map(|line| {
            let message: Value = serde_json::from_str(line["message"].as_str()?).ok()?;
            requested(&message["message"])
        });
        let mut overheard = self.overheard.lock().unwrap_or_else(PoisonError::into_inner);
        overheard.requests.extend(new);
        overheard.requests.clone()
    }

    /// Fails the test if any page has asked for anything that is not of this origin (`http://host:port`).
    #[track_caller]
    pub fn has_asked_only(&self, origin: &str) {
        let foreign: Vec<String> =
            self.requests().into_iter().filter(|request| !is_of(request, origin)).collect();
        assert!(foreign.is_empty(), "Pages of {origin} asked elsewhere:\n{}", foreign.join("\n"));
    }

    /// What the browser has complained about since it opened: scripts that failed, answers that did not come,
    /// whatever a page was forbidden by its own policy.
    pub fn complaints(&self) -> Vec<String> {
        let new = self.log("browser").into_iter().filter_map(|line| {
            let level = line["level"].as_str().filter(|level| ["SEVERE", "WARNING"].contains(level))?;
            Some(format!("{level} {}: {}", line["source"].as_str()?, line["message"].as_str()?))
        });
        let mut overheard = self.overheard.lock().unwrap_or_else(PoisonError::into_inner);
        overheard.complaints.extend(new);
        overheard.complaints.clone()
    }

    /// Fails the test if the browser has complained about anything.
    #[track_caller]
    pub fn has_no_complaints(&self) {
        let complaints = self.complaints();
        assert!(complaints.is_empty(), "The browser complains:\n{}", complaints.join("\n"));
    }

    /// The new lines of a log, which is emptied by reading it. None if the browser has gone, which whoever waits
    /// for it will hear.
    fn log(&self, kind: &'static str) -> Vec<Value> {
        let lines = self.awaits(self.client().issue_cmd(Command::Log(kind)));
        lines.ok().and_then(|lines| lines.as_array().cloned()).unwrap_or_default()
    }
}

/// The address that a message of the DevTools protocol tells of.
fn requested(message: &Value) -> Option<String> {
    let values = &message["params"];
    let address = match message["method"].as_str()? {
        "Network.requestWillBeSent" => &values["request"]["url"],
        "Network.webSocketCreated" | "Network.webTransportCreated" => &values["url"],
        _ => return None,
    };
    let address = address.as_str()?;
    let own = ["about:", "blob:", "chrome:", "chrome-untrusted:", "data:", "devtools:", "file:"];
    (!own.iter().any(|scheme| address.starts_with(scheme))).then(|| address.to_owned())
}

/// Whether an address is of an origin, given without a slash at its end.
fn is_of(address: &str, origin: &str) -> bool {
    address.strip_prefix(origin).is_some_and(|rest| rest.is_empty() || rest.starts_with(['/', '?', '#']))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn an_origin_ends_with_its_port() {
        assert!(is_of("http://node.localhost:80/a", "http://node.localhost:80"));
        assert!(!is_of("http://node.localhost:8080/a", "http://node.localhost:80"));
        assert!(!is_of("http://node.localhost:80@elsewhere/", "http://node.localhost:80"));
    }

    #[test]
    fn requests_are_told_from_what_stays_in_the_browser() {
        let asked = |url: &str| {
            requested(
                &json!({ "method": "Network.requestWillBeSent", "params": { "request": { "url": url } } }),
            )
        };
        assert_eq!(asked("http://elsewhere/").as_deref(), Some("http://elsewhere/"));
        assert_eq!(asked("data:image/png;base64,"), None);
        assert_eq!(
            requested(
                &json!({ "method": "Network.webSocketCreated", "params": { "url": "ws://elsewhere/" } })
            )
            .as_deref(),
            Some("ws://elsewhere/")
        );
    }
}
