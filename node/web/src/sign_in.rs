//! The page that lets a browser in: a file that only its owner can read, with a token that works once.
//!
//! The file posts its token by itself, so that it stands in no command line, no address and no history. The exchange is
//! answered with a page and not a redirect: a browser does not send a `SameSite=Strict` cookie along when a request that
//! began elsewhere is redirected. A token used twice means that somebody else may have been let in: every session ends
//! then, and both are told.

use std::io;
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

use askama::Template;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use kith_node::api::types::{Code, Standing, Unlock};
use kith_node::disk::{RealDisk, write_atomic};
use kith_node::service::ServiceError;
use rand::RngExt;
use serde::Deserialize;

use crate::form::Bare;
use crate::frame::Plain;
use crate::sessions::Sessions;
use crate::web::Web;
use crate::words::Words;

/// Where tokens are exchanged.
pub const PATH: &str = "/sign-in";

/// The one page that lets somebody in, and the one before it.
#[derive(Debug, Default)]
pub struct SignIn {
    now: Mutex<Pages>,
}

#[derive(Debug, Default)]
struct Pages {
    /// The hash of the token that lets in, and its file.
    fresh: Option<(blake3::Hash, PathBuf)>,
    /// The hash of the token that let somebody in last.
    used: Option<blake3::Hash>,
}

/// What a token comes to.
enum Exchange {
    LetIn,
    Twice,
    Unknown,
}

impl SignIn {
    /// Writes a new page; the one before it lets nobody in any more.
    ///
    /// # Errors
    /// What the disk refuses.
    pub fn page(&self, web: &Web) -> Result<PathBuf, ServiceError> {
        let token = data_encoding::HEXLOWER.encode(&rand::rng().random::<[u8; 32]>());
        let path = web.service.home()?.page();
        write(&path, &page(web, &token)).map_err(|error| match error.kind() {
            io::ErrorKind::StorageFull => ServiceError::of(Code::DiskFull),
            io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => {
                ServiceError::of(Code::HomeReadOnly)
            }
            _ => ServiceError::of(Code::StorageFailed),
        })?;
        let mut pages = self.now.lock().unwrap_or_else(PoisonError::into_inner);
        pages.fresh = Some((blake3::hash(token.as_bytes()), path.clone()));
        Ok(path)
    }

    fn exchange(&self, token: &str) -> Exchange {
        let said = blake3::hash(token.as_bytes());
        let mut pages = self.now.lock().unwrap_or_else(PoisonError::into_inner);
        if pages.used == Some(said) {
            return Exchange::Twice;
        }
        match pages.fresh.take_if(|(fresh, _)| *fresh == said) {
            Some((_, file)) => {
                pages.used = Some(said);
                if let Err(error) = std::fs::remove_file(file) {
                    tracing::debug!(%error, "a used sign-in page was already gone");
                }
                Exchange::LetIn
            }
            None => Exchange::Unknown,
        }
    }
}

fn write(path: &std::path::Path, page: &str) -> io::Result<()> {
    write_atomic(&RealDisk, path, page.as_bytes())
}

/// A page of its own: the one place where a script stands in a page, in a file that the app does not serve.
#[derive(Template)]
#[template(path = "open.html")]
struct OpenPage {
    words: Words,
    title: String,
    to: String,
    token: String,
    /// Whether it may say whose page it is.
    named: bool,
}

fn page(web: &Web, token: &str) -> String {
    let face = web.face();
    let page = OpenPage {
        words: web.library.speak(face.language.as_deref(), None),
        named: face.discreet.is_none(),
        title: face.discreet.clone().unwrap_or_else(|| "Kith".into()),
        to: format!("{}{PATH}", web.address.origin()),
        token: token.to_owned(),
    };
    page.render().unwrap_or_else(|error| {
        tracing::error!(%error, "a sign-in page could not be made");
        String::new()
    })
}

/// What the page posts.
#[derive(Deserialize)]
pub struct Wish {
    token: String,
}

/// Lets a browser in, once for each page.
pub async fn exchange(State(web): State<Web>, Bare(wish): Bare<Wish>) -> Response {
    match web.sign_in.exchange(&wish.token) {
        Exchange::LetIn => {
            // Whoever can read the page can read the key file beside it.
            if web.service.standing() == Standing::Locked
                && let Err(problem) = web.service.unlock(Unlock::default()).await
            {
                tracing::debug!(code = ?problem.code, "the node stays locked for now");
            }
            let cookie = web.sessions.let_in(web.service.locks());
            let page = Plain::signed_in(&web);
            ([(header::SET_COOKIE, cookie)], page).into_response()
        }
        Exchange::Twice => {
            web.sessions.send_all_away();
            let page = Plain::used_twice(&web);
            (StatusCode::FORBIDDEN, [(header::SET_COOKIE, Sessions::let_out())], page).into_response()
        }
        Exchange::Unknown => (StatusCode::FORBIDDEN, Plain::not_let_in(&web)).into_response(),
    }
}
