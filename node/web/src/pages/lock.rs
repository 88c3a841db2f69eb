//! Locking, unlocking, and leaving quickly.

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use askama::Template;
use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use kith_node::api::types::{Code, Standing, Unlock};
use serde::Deserialize;

use crate::form::{Bare, Form};
use crate::frame::page;
use crate::icons;
use crate::oops::{Oops, Said, see};
use crate::sessions::Sessions;
use crate::statics;
use crate::visit::Visit;
use crate::web::Web;
use crate::words::Words;

/// After so many wrong passphrases each further try waits.
const FREE_TRIES: u32 = 10;
/// How long it waits then.
const WAITS: Duration = Duration::from_secs(5);

/// Wrong passphrases since the last right one.
#[derive(Debug, Default)]
pub struct Tries(AtomicU32);

pub fn routes() -> Router<Web> {
    Router::new()
        .route("/", get(async || see("/today")))
        .route("/lock", post(lock))
        .route("/stay", post(async |_: Form<Nothing>| "ok"))
}

pub fn open_routes() -> Router<Web> {
    Router::new().route("/unlock", get(show).post(unlock)).route("/leave-now", post(leave_now))
}

#[derive(Deserialize)]
struct Nothing {}

#[derive(Deserialize)]
struct Filled {
    #[serde(default)]
    passphrase: String,
}

#[derive(Template)]
#[template(path = "unlock.html")]
struct UnlockPage {
    words: Words,
    title: String,
    theme: &'static str,
    css: String,
    js: String,
    /// Whether a passphrase opens it; else it takes a sign-in page.
    passphrase: bool,
    help: bool,
    error: Option<Said>,
}

/// Nothing but the way out. A page and no redirect: after a form, `form-action 'self'` keeps a browser from following one
/// to another place, and it would go on showing the page that was to be left.
#[derive(Template)]
#[template(path = "leave.html")]
struct LeavePage {
    neutral: String,
}

async fn show(State(web): State<Web>, headers: HeaderMap) -> Response {
    match web.service.standing() {
        Standing::NoIdentity => see("/welcome"),
        Standing::Locked | Standing::Opening | Standing::Open => unlock_page(&web, &headers, None).await,
    }
}

async fn unlock(
    State(web): State<Web>,
    headers: HeaderMap,
    Bare(filled): Bare<Filled>,
) -> Result<Response, Oops> {
    if filled.passphrase.is_empty() {
        return Ok(unlock_page(&web, &headers, Some(Code::PassphraseNeeded)).await);
    }
    if web.tries.0.load(Ordering::Relaxed) >= FREE_TRIES {
        tokio::time::sleep(WAITS).await;
    }
    match web.service.unlock(Unlock { passphrase: Some(filled.passphrase) }).await {
        Ok(_) => {
            web.tries.0.store(0, Ordering::Relaxed);
            let cookie = web.sessions.let_in(web.service.locks());
            Ok(([(header::SET_COOKIE, cookie)], see("/today")).into_response())
        }
        Err(problem) => {
            if problem.code == Code::WrongPassphrase {
                web.tries.0.fetch_add(1, Ordering::Relaxed);
            }
            Ok(unlock_page(&web, &headers, Some(problem.code)).await)
        }
    }
}

async fn lock(visit: Visit, Form(_): Form<Nothing>) -> Result<Response, Oops> {
    visit.service().lock().await?;
    Ok(([(header::SET_COOKIE, Sessions::let_out())], see("/unlock")).into_response())
}

#[derive(Deserialize)]
struct Leaving {
    #[serde(default)]
    token: String,
}

/// Leads away at once. A session ends with it, and the node is locked behind it; who has none any more is led away, too.
async fn leave_now(State(web): State<Web>, headers: HeaderMap, Bare(leaving): Bare<Leaving>) -> Response {
    let cookies = headers.get(header::COOKIE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if web.sessions.of(cookies, web.service.locks()).is_some_and(|session| session.made(&leaving.token)) {
        web.sessions.send_all_away();
        let service = web.service.clone();
        tokio::spawn(async move { service.lock().await });
    }
    let way_out = LeavePage { neutral: web.face().neutral_page.clone() };
    ([(header::SET_COOKIE, Sessions::let_out())], page(&way_out)).into_response()
}

async fn unlock_page(web: &Web, headers: &HeaderMap, code: Option<Code>) -> Response {
    let face = web.face();
    let words = web.words(headers);
    let passphrase = web.service.latch_state().await.is_ok_and(|latch| latch.passphrase);
    page(&UnlockPage {
        title: face.discreet.clone().unwrap_or_else(|| format!("{} · Kith", words.t("unlock"))),
        theme: crate::frame::theme(&face),
        css: statics::address("kith.css"),
        js: statics::address("kith.js"),
        passphrase,
        help: face.discreet.is_none(),
        error: code.map(|code| Said::of(&words, &code.into())),
        words,
    })
}
