//! What axe-core finds: what keeps people out of a page.

use std::fmt;

use serde::Deserialize;
use serde_json::Value;

use super::Browser;

/// See `tests/vendor/axe-core/README.md`.
const AXE: &str = include_str!("../../vendor/axe-core/axe.min.js");

/// All of its rules that are on by themselves, over the whole page. It must not fetch styles a second time.
const RUN: &str = "
return axe.run(document, { preload: false, resultTypes: ['violations'] }).then(found => found.violations)";

/// A rule that a page breaks.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
pub struct Violation {
    /// The rule's id, as `color-contrast`.
    #[serde(rename = "id")]
    pub rule: String,
    /// `minor`, `moderate`, `serious` or `critical`.
    pub impact: Option<String>,
    /// What the rule asks for.
    pub help: String,
    nodes: Vec<Place>,
}

#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "camelCase")]
struct Place {
    target: Vec<Value>,
    #[serde(default)]
    failure_summary: String,
}

impl Violation {
    /// Where, as CSS selectors.
    pub fn places(&self) -> Vec<String> {
        self.nodes.iter().map(Place::selector).collect()
    }
}

impl Place {
    /// A frame's elements are named by several selectors, those in a shadow by lists of them.
    fn selector(&self) -> String {
        let one = |part: &Value| part.as_str().map_or_else(|| part.to_string(), str::to_owned);
        self.target.iter().map(one).collect::<Vec<_>>().join(" > ")
    }
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({}): {}", self.rule, self.impact.as_deref().unwrap_or("minor"), self.help)?;
        for place in &self.nodes {
            // The first line says "Fix any of the following:".
            let why: Vec<&str> = place.failure_summary.lines().skip(1).map(str::trim).collect();
            write!(f, "\n    {}: {}", place.selector(), why.join(" "))?;
        }
        Ok(())
    }
}

impl Browser {
    /// What axe-core finds wrong with the page as it is now.
    ///
    /// # Panics
    /// If pages may run no scripts: axe-core is one.
    #[track_caller]
    pub fn violations(&self) -> Vec<Violation> {
        assert!(self.setting().scripts, "axe-core needs a browser whose pages may run scripts.");
        if self.runs("return typeof axe", &[]) == "undefined" {
            self.runs(AXE, &[]);
        }
        let found = self.runs(RUN, &[]);
        serde_json::from_value(found).unwrap_or_else(|error| panic!("axe-core said something else: {error}"))
    }

    /// Fails the test if axe-core finds anything wrong with the page as it is now.
    #[track_caller]
    pub fn has_no_violations(&self) {
        let found: Vec<String> = self.violations().iter().map(ToString::to_string).collect();
        assert!(found.is_empty(), "{} keeps people out:\n{}", self.address(), found.join("\n"));
    }
}
