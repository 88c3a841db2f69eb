//! What chromedriver understands beyond what fantoccini says.

use axum::http::Method;
use fantoccini::wd::WebDriverCompatibleCommand;
use serde_json::{Value, json};
use url::{ParseError, Url};

/// A command to chromedriver.
#[derive(Clone, Debug)]
pub(super) enum Command {
    /// One of the DevTools protocol, to the page.
    DevTools(&'static str, Value),
    /// What a log has got since it was read last: `browser` (complaints) or `performance` (the network).
    Log(&'static str),
    /// What an element is called, for those who do not see it. Its id.
    Label(String),
    /// What an element is, for those who do not see it. Its id.
    Role(String),
}

impl WebDriverCompatibleCommand for Command {
    fn endpoint(&self, base: &Url, session: Option<&str>) -> Result<Url, ParseError> {
        let session = session.unwrap_or_default();
        base.join(&match self {
            Command::DevTools(..) => format!("session/{session}/goog/cdp/execute"),
            Command::Log(_) => format!("session/{session}/se/log"),
            Command::Label(element) => format!("session/{session}/element/{element}/computedlabel"),
            Command::Role(element) => format!("session/{session}/element/{element}/computedrole"),
        })
    }

    fn method_and_body(&self, _: &Url) -> (Method, Option<String>) {
        match self {
            Command::DevTools(name, values) => {
                (Method::POST, Some(json!({ "cmd": name, "params": values }).to_string()))
            }
            Command::Log(kind) => (Method::POST, Some(json!({ "type": kind }).to_string())),
            Command::Label(_) | Command::Role(_) => (Method::GET, None),
        }
    }
}
