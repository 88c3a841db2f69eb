//! Leaving quickly, locking, and a plain name for the window; and what none of these can do.

use askama::Template;
use axum::Router;
use axum::extract::Query;
use axum::response::Response;
use axum::routing::get;
use serde::Deserialize;

use crate::face::Face;
use crate::form::Form;
use crate::frame::{Frame, Nav, Room, page};
use crate::icons;
use crate::oops::{Oops, Said, see};
use crate::visit::Visit;
use crate::web::Web;

/// After how many minutes to lock; 0: never by itself.
const MINUTES: [u32; 5] = [2, 5, 15, 60, 0];

pub fn routes() -> Router<Web> {
    Router::new().route("/settings/safety", get(show).post(save))
}

#[derive(Template)]
#[template(path = "settings/safety.html")]
struct SafetyPage {
    f: Frame,
    filled: Filled,
    minutes: Vec<(u32, String)>,
    /// Whether there is a passphrase to lock with.
    passphrase: bool,
    error: Option<Said>,
}

#[derive(Clone, Default, Deserialize)]
#[serde(default)]
struct Filled {
    neutral_page: String,
    shift: String,
    lock_after: u32,
    lock_node: String,
    discreet: String,
}

#[derive(Deserialize)]
struct Asked {
    done: Option<String>,
}

async fn show(visit: Visit, Query(asked): Query<Asked>) -> Result<Response, Oops> {
    let face = visit.web.face();
    let said = |yes: bool| if yes { "yes".to_owned() } else { String::new() };
    let filled = Filled {
        neutral_page: face.neutral_page.clone(),
        shift: said(face.shift),
        lock_after: face.lock_after,
        lock_node: said(face.lock_node),
        discreet: face.discreet.clone().unwrap_or_default(),
    };
    safety_page(&visit, filled, None, asked.done.as_deref()).await
}

async fn save(visit: Visit, Form(filled): Form<Filled>) -> Result<Response, Oops> {
    let wished = Face {
        neutral_page: filled.neutral_page.trim().to_owned(),
        shift: !filled.shift.is_empty(),
        lock_after: filled.lock_after,
        lock_node: !filled.lock_node.is_empty(),
        discreet: Some(filled.discreet.clone()),
        ..(*visit.web.face()).clone()
    };
    // What cannot be left for is not silently taken for another page.
    if wished.clone().bounded().neutral_page != wished.neutral_page {
        let said =
            Said { message: visit.words.t("safety-no-page"), hint: visit.words.t("safety-no-page-do") };
        return safety_page(&visit, filled, Some(said), None).await;
    }
    super::choose(&visit, |face| *face = wished).await?;
    Ok(see("/settings/safety?done=done-saved"))
}

async fn safety_page(
    visit: &Visit,
    filled: Filled,
    error: Option<Said>,
    done: Option<&str>,
) -> Result<Response, Oops> {
    let words = &visit.words;
    let other = Some(filled.lock_after).filter(|minutes| !MINUTES.contains(minutes));
    let minutes = MINUTES.into_iter().chain(other).map(|minutes| match minutes {
        0 => (0, words.t("safety-lock-never")),
        minutes => (minutes, words.tn("safety-lock-minutes", "minutes", minutes)),
    });
    Ok(page(&SafetyPage {
        minutes: minutes.collect(),
        passphrase: visit.service().latch_state().await?.passphrase,
        f: visit.frame(words.t("safety"), Nav::Settings).done(done),
        filled,
        error,
    }))
}
