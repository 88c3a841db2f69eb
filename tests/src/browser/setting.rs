//! How a browser is set before it opens.

use std::path::Path;
use std::time::Duration;

use fantoccini::wd::Capabilities;
use serde_json::{Value, json};

use crate::wait;

/// How a browser is set before it opens: what its person chose in its preferences, and the test's patience.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Setting {
    /// Whether pages may run scripts.
    pub scripts: bool,
    /// The size of text that asks for none, in pixels: 16 as browsers come, 32 for 200 % text.
    pub text: u32,
    /// How long anything waited for may take.
    pub patience: Duration,
}

impl Default for Setting {
    fn default() -> Self {
        Setting { scripts: true, text: 16, patience: wait::ARRIVAL }
    }
}

impl Setting {
    /// As browsers come, but pages may run no scripts.
    pub fn without_scripts() -> Setting {
        Setting { scripts: false, ..Setting::default() }
    }

    /// As browsers come, but with text of 200 %.
    pub fn with_large_text() -> Setting {
        Setting { text: 32, ..Setting::default() }
    }

    /// What chromedriver is asked for.
    pub(super) fn capabilities(&self, chromium: &Path, profile: &Path) -> Capabilities {
        let limit = u64::try_from(wait::ANSWER.as_millis()).unwrap_or(u64::MAX);
        let asked = json!({
            "browserName": "chrome",
            "timeouts": { "implicit": 0, "pageLoad": limit, "script": limit },
            "goog:loggingPrefs": { "browser": "ALL", "performance": "ALL" },
            "goog:chromeOptions": {
                "binary": chromium,
                "args": arguments(profile),
                "prefs": self.preferences(),
                "perfLoggingPrefs": { "enableNetwork": true, "enablePage": false },
            },
        });
        match asked {
            Value::Object(asked) => asked,
            _ => unreachable!("capabilities are an object"),
        }
    }

    fn preferences(&self) -> Value {
        json!({
            // 1 allows, 2 blocks, as a policy would.
            "profile.managed_default_content_settings.javascript": if self.scripts { 1 } else { 2 },
            "webkit.webprefs.default_font_size": self.text,
            "intl.accept_languages": "en",
        })
    }
}

/// A new browser without a window, which asks nobody for anything of its own accord.
fn arguments(profile: &Path) -> Vec<String> {
    let mut arguments: Vec<String> = [
        "--headless=new",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-default-apps",
        "--disable-dev-shm-usage",
        "--disable-extensions",
        "--disable-gpu",
        "--disable-quic",
        "--disable-sync",
        "--hide-scrollbars",
        "--lang=en",
        "--no-default-browser-check",
        "--no-first-run",
        "--no-pings",
        "--no-proxy-server",
        // Nothing leaves this machine: no other name is found.
        "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE *.localhost, EXCLUDE 127.0.0.1",
    ]
    .map(str::to_owned)
    .to_vec();
    if rustix::process::geteuid().is_root() {
        // Chromium shuts root out of its sandbox.
        arguments.push("--no-sandbox".into());
    }
    arguments.push(format!("--user-data-dir={}", profile.display()));
    arguments
}
