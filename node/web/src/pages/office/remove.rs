//! Removing a member, on a page of its own: only whoever types the name does it, so that it cannot be done by a slip.

use askama::Template;
use axum::Router;
use axum::response::Response;
use axum::routing::get;
use kith_node::api::types::{ActState, Member, Remove, Takes};
use serde::Deserialize;

use super::{Place, found};
use crate::form::{Form, lines};
use crate::frame::{Frame, Nav, Room, page};
use crate::icons;
use crate::oops::{Oops, Said, see};
use crate::visit::Visit;
use crate::web::Web;

pub fn routes() -> Router<Web> {
    Router::new().route("/groups/{group}/members/{member}/remove", get(show).post(remove))
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Filled {
    name: String,
    reason: String,
}

#[derive(Template)]
#[template(path = "office/remove.html")]
struct RemovePage {
    f: Frame,
    here: String,
    name: String,
    /// How many it takes, where that is more than one.
    takes: Option<String>,
    error: Option<Said>,
    filled: Filled,
}

async fn show(visit: Visit, place: Place) -> Result<Response, Oops> {
    let (id, member, takes) = may(&visit, place).await?;
    Ok(remove_page(&visit, &id, member, takes, Filled::default(), None))
}

async fn remove(visit: Visit, place: Place, Form(filled): Form<Filled>) -> Result<Response, Oops> {
    let (id, member, takes) = may(&visit, place).await?;
    let words = &visit.words;
    let same = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    let said = if same(&filled.name) == same(&member.name) {
        let wish = Remove { reason: lines(filled.reason.trim()) };
        match visit.service().member_remove(&id, &member.member, wish).await {
            Ok(acted) => {
                let done = if acted.state == ActState::Done { "done-removed" } else { "done-awaiting" };
                return Ok(see(format!("/groups/{id}/members/{}/role?done={done}", member.member)));
            }
            Err(problem) => Said::of(words, &problem),
        }
    } else {
        Said { message: words.t("remove-another-name"), hint: words.t("remove-another-name-do") }
    };
    Ok(remove_page(&visit, &id, member, takes, filled, Some(said)))
}

async fn may(visit: &Visit, place: Place) -> Result<(String, Member, Takes), Oops> {
    let (id, member) = place.0;
    let (member, may) = found(visit, &id, &member).await?;
    let takes = may.remove.ok_or_else(Oops::missing)?;
    Ok((id, member, takes))
}

fn remove_page(
    visit: &Visit,
    id: &str,
    member: Member,
    takes: Takes,
    filled: Filled,
    error: Option<Said>,
) -> Response {
    let words = &visit.words;
    let heading = words.t1("remove-heading", "name", &member.name);
    page(&RemovePage {
        f: visit.frame(heading, Nav::Groups).in_group(visit, id, Room::Inside),
        here: format!("/groups/{id}/members/{}", member.member),
        takes: (takes > 1).then(|| words.tn("act-takes", "takes", takes)),
        name: member.name,
        error,
        filled,
    })
}
