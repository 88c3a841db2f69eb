//! The page that lets a browser in: a file that only its owner can read, with a token that works once.
//!
//! The file posts its token by itself, so that it stands in no command line, no address and no history. The exchange is
//! answered with a page and not a redirect: a browser does not send a `SameSite=Strict` cookie along when a request that
//! began elsewhere is redirected. A token used twice means that somebody else may have been let in: every session ends
//! then, and both are told.

use std::io;
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use kith_node::api::types::{Code, Standing, Unlock};
use kith_node::disk::{RealDisk, write_atomic};
use kith_node::service::{Service, ServiceError};
use rand::RngExt;
use serde::Deserialize;

use crate::form::Bare;
use crate::frame::Plain;
use crate::listen::Address;
use crate::sessions::Sessions;
use crate::web::Web;

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
    pub fn page(&self, service: &Service, address: &Address) -> Result<PathBuf, ServiceError> {
        let token = data_encoding::HEXLOWER.encode(&rand::rng().random::<[u8; 32]>());
        let path = service.home()?.page();
        write(&path, &page(address, &token)).map_err(|error| match error.kind() {
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
fn page(address: &Address, token: &str) -> String {
    format!(
        "<!doctype html>\n<html lang=\"en\"><meta charset=\"utf-8\"><title>Kith</title>\n\
         <form method=\"post\" action=\"{}{PATH}\"><input type=\"hidden\" name=\"token\" value=\"{token}\">\
         <p>This page opens Kith in your browser. It works once.</p><button>Open Kith</button></form>\n\
         <script>document.forms[0].submit()</script>\n</html>\n",
        address.origin()
    )
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
