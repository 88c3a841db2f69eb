//! Taking back what I wrote: what that reaches, and what it cannot.

use askama::Template;
use axum::extract::Path;
use axum::response::Response;

use super::{Nothing, Place, mine};
use crate::form::Form;
use crate::frame::{Frame, Nav, Room, page};
use crate::icons;
use crate::oops::{Oops, see};
use crate::parts::post::{PostView, address};
use crate::visit::Visit;

#[derive(Template)]
#[template(path = "thread/withdraw.html")]
struct WithdrawPage {
    f: Frame,
    p: PostView,
}

pub async fn show(visit: Visit, Path((group, post)): Place) -> Result<Response, Oops> {
    let p = mine(&visit, &group, &post).await?;
    let heading = visit.words.t("withdraw-heading");
    let f = visit.frame(heading, Nav::Groups).in_group(&visit, &group, Room::Inside);
    Ok(page(&WithdrawPage { f, p }))
}

pub async fn send(
    visit: Visit,
    Path((group, post)): Place,
    Form(_): Form<Nothing>,
) -> Result<Response, Oops> {
    let p = mine(&visit, &group, &post).await?;
    visit.service().withdraw(&post).await?;
    Ok(see(match &p.post.reply_to {
        // What a reply answered is forgotten with it.
        Some(to) if !p.parent_missing => format!("{}?done=done-withdrawn", address(&group, to)),
        _ => format!("{}?done=done-withdrawn", address(&group, &post)),
    }))
}
