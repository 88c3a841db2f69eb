//! The first run: what this is, whether this device is safe for it, a name, a key, help numbers, and where to go then.
//!
//! What is entered before there is an identity stands in memory alone, so that going back and forth and a reload lose
//! nothing, and nothing of it is on the disk before it can be sealed. The passphrase is kept nowhere.

use std::sync::{Mutex, PoisonError};

use askama::Template;
use axum::Router;
use axum::extract::Query;
use axum::response::Response;
use axum::routing::get;
use kith_node::api::types::{Problem, Standing};
use serde::{Deserialize, Serialize};

use crate::frame::{Frame, Nav, page};
use crate::icons;
use crate::oops::{Oops, see};
use crate::visit::Visit;
use crate::web::Web;

mod before;
mod help_numbers;
mod key;
mod recover;

pub use self::key::Recovery;

/// What somebody entered before there was an identity.
#[derive(Debug, Default)]
pub struct First(Mutex<Entries>);

/// The entries of the first run; afterwards a draft, until a first group was joined.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Entries {
    /// What they wish to be called.
    #[serde(default)]
    pub name: String,
    /// An invite that somebody gave them.
    #[serde(default)]
    pub link: String,
}

/// Where the entries are once there is an identity to seal them.
const PLACE: &str = "first";

impl First {
    fn now(&self) -> Entries {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn change(&self, change: impl FnOnce(&mut Entries)) {
        change(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner));
    }
}

impl Entries {
    /// What was entered in the first run and not used since.
    ///
    /// # Errors
    /// As of every draft.
    pub async fn of(visit: &Visit) -> Result<Entries, Problem> {
        let draft = visit.service().draft(PLACE).await?;
        Ok(draft.and_then(|draft| serde_html_form::from_str(&draft.text).ok()).unwrap_or_default())
    }

    /// They are used now.
    ///
    /// # Errors
    /// As of every draft.
    pub async fn used(visit: &Visit) -> Result<(), Problem> {
        visit.service().drop_draft(PLACE).await
    }

    /// Seals what was entered, now that there is something to seal it with.
    async fn seal(visit: &Visit) -> Result<(), Problem> {
        let entries = visit.web.first.now();
        if !entries.name.is_empty() || !entries.link.is_empty() {
            let text = serde_html_form::to_string(&entries).unwrap_or_default();
            visit.service().keep_draft(PLACE, text).await?;
        }
        visit.web.first.change(|entries| *entries = Entries::default());
        Ok(())
    }
}

pub fn routes() -> Router<Web> {
    Router::new()
        .route("/welcome", get(show))
        .route("/welcome/next", get(next))
        .merge(before::routes())
        .merge(key::routes())
        .merge(recover::routes())
        .merge(help_numbers::routes())
}

/// A step of the first run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    Welcome,
    Device,
    Name,
    Key,
    HelpNumbers,
}

const STEPS: [(Step, &str); 5] = [
    (Step::Welcome, "welcome-step-welcome"),
    (Step::Device, "welcome-step-device"),
    (Step::Name, "welcome-step-name"),
    (Step::Key, "welcome-step-key"),
    (Step::HelpNumbers, "welcome-step-help-numbers"),
];

/// The steps, each with whether it is this one.
fn steps(visit: &Visit, now: Step) -> Vec<(bool, String)> {
    STEPS.iter().map(|(step, said)| (*step == now, visit.words.t(said))).collect()
}

/// Whether there is an identity, so that what makes one is done.
fn begun(visit: &Visit) -> bool {
    visit.service().standing() == Standing::Open
}

#[derive(Template)]
#[template(path = "welcome/welcome.html")]
struct WelcomePage {
    f: Frame,
    steps: Vec<(bool, String)>,
}

async fn show(visit: Visit) -> Response {
    if begun(&visit) {
        return see("/welcome/next");
    }
    let frame = visit.frame(visit.words.t("welcome-place-to-talk"), Nav::None);
    page(&WelcomePage { steps: steps(&visit, Step::Welcome), f: frame })
}

#[derive(Template)]
#[template(path = "welcome/next.html")]
struct NextPage {
    f: Frame,
    steps: Vec<(bool, String)>,
    /// Whether an invite waits to be looked at.
    invite: bool,
    /// Whether an identity came back, with its groups still to come.
    came_back: bool,
}

#[derive(Deserialize)]
struct Asked {
    came: Option<String>,
}

async fn next(visit: Visit, Query(asked): Query<Asked>) -> Result<Response, Oops> {
    if !begun(&visit) {
        return Ok(see("/welcome"));
    }
    let frame = visit.frame(visit.words.t("welcome-next"), Nav::None);
    Ok(page(&NextPage {
        steps: Vec::new(),
        invite: !Entries::of(&visit).await?.link.is_empty(),
        came_back: asked.came.as_deref() == Some("back"),
        f: frame,
    }))
}
