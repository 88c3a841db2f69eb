//! What is kept on this device, and for how long.

use askama::Template;
use axum::Router;
use axum::extract::Query;
use axum::response::Response;
use axum::routing::get;
use serde::Deserialize;

use crate::frame::{Frame, Nav, Room, page};
use crate::icons;
use crate::oops::Oops;
use crate::pages::groups;
use crate::visit::Visit;
use crate::web::Web;

pub fn routes() -> Router<Web> {
    Router::new().route("/settings/storage", get(show))
}

#[derive(Template)]
#[template(path = "settings/storage.html")]
struct StoragePage {
    f: Frame,
    groups: Vec<Row>,
}

struct Row {
    id: String,
    title: String,
    /// For how long it is kept; none before its charter is here.
    kept: Option<String>,
}

#[derive(Deserialize)]
struct Asked {
    done: Option<String>,
}

async fn show(visit: Visit, Query(asked): Query<Asked>) -> Result<Response, Oops> {
    let mut rows = Vec::new();
    for group in &visit.overview.groups {
        let kept = visit.service().group_keeps(&group.group).await.ok();
        rows.push(Row {
            id: group.group.clone(),
            title: group.title.clone().unwrap_or_else(|| visit.words.t("group-unknown")),
            kept: kept.map(|kept| groups::kept_here(&visit.words, &kept)),
        });
    }
    Ok(page(&StoragePage {
        groups: rows,
        f: visit.frame(visit.words.t("storage"), Nav::Settings).done(asked.done.as_deref()),
    }))
}
