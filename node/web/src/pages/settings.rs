//! Settings, one topic a page, and the menu of everything.

use askama::Template;
use axum::Router;
use axum::response::Response;
use axum::routing::get;

use crate::face::Face;
use crate::frame::{Frame, Nav, Room, page};
use crate::icons;
use crate::oops::Oops;
use crate::visit::Visit;
use crate::web::Web;

mod backup;
mod export;
mod look;
mod notes;
mod safety;
mod storage;

pub fn routes() -> Router<Web> {
    Router::new()
        .route("/settings", get(show))
        .route("/menu", get(menu))
        .merge(safety::routes())
        .merge(look::routes())
        .merge(notes::routes())
        .merge(storage::routes())
        .merge(backup::routes())
        .merge(export::routes())
}

#[derive(Template)]
#[template(path = "settings/index.html")]
struct SettingsPage {
    f: Frame,
}

#[derive(Template)]
#[template(path = "settings/menu.html")]
struct MenuPage {
    f: Frame,
}

async fn show(visit: Visit) -> Response {
    page(&SettingsPage { f: visit.frame(visit.words.t("nav-settings"), Nav::Settings) })
}

async fn menu(visit: Visit) -> Response {
    page(&MenuPage { f: visit.frame(visit.words.t("menu"), Nav::None) })
}

/// Keeps what was changed of how the app looks, and shows it from now on.
async fn choose(visit: &Visit, change: impl FnOnce(&mut Face)) -> Result<(), Oops> {
    let path = visit.service().home()?.face();
    let mut face = (*visit.web.face()).clone();
    change(&mut face);
    let face = face.bounded();
    let kept = face.clone();
    let written = tokio::task::spawn_blocking(move || kept.write(&path)).await;
    match written {
        Ok(Ok(())) => {
            visit.web.shown.send_replace(std::sync::Arc::new(face));
            Ok(())
        }
        Ok(Err(error)) => Err(refused(&error).into()),
        Err(_) => Err(kith_node::api::types::Code::Internal.into()),
    }
}

fn refused(error: &std::io::Error) -> kith_node::api::types::Code {
    use kith_node::api::types::Code;
    match error.kind() {
        std::io::ErrorKind::StorageFull => Code::DiskFull,
        std::io::ErrorKind::PermissionDenied | std::io::ErrorKind::ReadOnlyFilesystem => Code::HomeReadOnly,
        _ => Code::StorageFailed,
    }
}
