//! Just inside: what was agreed here, one agreement after the other, and what it means to be in.

use askama::Template;
use axum::Router;
use axum::extract::Path;
use axum::response::Response;
use axum::routing::post;
use kith_node::api::types::{Charter, GroupState, History};
use serde::Deserialize;

use crate::form::Form;
use crate::frame::{Frame, Nav, Room, page};
use crate::icons;
use crate::oops::{Oops, Said, see};
use crate::parts::changes;
use crate::parts::charter::CharterView;
use crate::visit::Visit;
use crate::web::Web;

pub fn routes() -> Router<Web> {
    Router::new().route("/join/{group}/agree", post(agree))
}

#[derive(Template)]
#[template(path = "join/agree.html")]
struct AgreePage {
    f: Frame,
    id: String,
    group_title: String,
    charter: Charter,
    goes: Vec<String>,
    history: String,
    key_words: Option<String>,
    agreed: Vec<usize>,
    error: Option<Said>,
}

#[derive(Clone, Default, Deserialize)]
struct Filled {
    /// The places of the agreements that were agreed to.
    #[serde(default)]
    agreed: Vec<usize>,
}

async fn agree(visit: Visit, Path(id): Path<String>, Form(filled): Form<Filled>) -> Result<Response, Oops> {
    if visit.group(&id)?.state != GroupState::Joined {
        return Err(Oops::missing());
    }
    let charter = visit.service().charter(&id).await?;
    if !(0..charter.charter.agreements.len()).all(|place| filled.agreed.contains(&place)) {
        return page_of(&visit, &id, Some(filled.agreed)).await;
    }
    if !charter.accepted {
        visit.service().charter_accept(&id).await?;
    }
    Ok(see(format!("/groups/{id}?done=done-came-in")))
}

/// The page, with what was agreed to if it was not all.
pub async fn page_of(visit: &Visit, id: &str, agreed: Option<Vec<usize>>) -> Result<Response, Oops> {
    let words = &visit.words;
    let charter = visit.service().charter(id).await?.charter;
    let group = visit.service().group_show(id).await?;
    let frame = visit.frame(words.t("join-agree"), Nav::Groups).in_group(visit, id, Room::Inside);
    Ok(page(&AgreePage {
        group_title: frame.group.as_ref().map(|group| group.title.clone()).unwrap_or_default(),
        f: frame,
        id: id.to_owned(),
        goes: [CharterView::of(words, &charter).goes, vec![changes::files(words, charter.attachment_kib)]]
            .concat(),
        history: words.t(match charter.history {
            History::All => "join-history-all",
            History::None => "join-history-none",
        }),
        key_words: group.key_words,
        charter,
        error: agreed
            .is_some()
            .then(|| Said { message: words.t("join-agree-not-all"), hint: words.t("join-agree-not-all-do") }),
        agreed: agreed.unwrap_or_default(),
    }))
}
