//! Saying hello to somebody who came.

use askama::Template;
use axum::Router;
use axum::extract::Path;
use axum::response::Response;
use axum::routing::get;
use serde::Deserialize;

use crate::form::{self, Form};
use crate::frame::{Frame, Nav, Room, page};
use crate::icons;
use crate::oops::{Oops, Said, see};
use crate::visit::Visit;
use crate::web::Web;

pub fn routes() -> Router<Web> {
    Router::new().route("/groups/{group}/hello/{member}", get(show).post(send))
}

/// What was filled in.
#[derive(Deserialize)]
struct Filled {
    #[serde(default)]
    text: String,
    /// Whether somebody greeted them in another way.
    #[serde(default)]
    greeted: String,
}

#[derive(Template)]
#[template(path = "hello.html")]
struct HelloPage {
    f: Frame,
    id: String,
    group_title: String,
    member: String,
    error: Option<Said>,
    text: String,
}

async fn show(visit: Visit, Path((group, member)): Path<(String, String)>) -> Result<Response, Oops> {
    form_page(&visit, group, member, String::new(), None).await
}

async fn send(
    visit: Visit,
    Path((group, member)): Path<(String, String)>,
    Form(filled): Form<Filled>,
) -> Result<Response, Oops> {
    let sent = match filled.greeted.is_empty() {
        false => visit.service().welcomed(&group, &member).await,
        true => match form::text(&filled.text) {
            Ok(text) => visit.service().welcome(&group, &member, text).await,
            Err(problem) => Err(problem),
        },
    };
    match sent {
        Ok(_) => Ok(see(format!("/groups/{group}?done=done-greeted"))),
        Err(problem) => {
            let said = Said::of(&visit.words, &problem);
            form_page(&visit, group, member, filled.text, Some(said)).await
        }
    }
}

async fn form_page(
    visit: &Visit,
    group: String,
    member: String,
    text: String,
    error: Option<Said>,
) -> Result<Response, Oops> {
    visit.group(&group)?;
    let newcomers = visit.service().newcomers(&group).await?.newcomers;
    // Who was greeted meanwhile needs no second hello, and whoever wrote one is told so.
    let newcomer = newcomers.iter().find(|one| one.member == member);
    let name = newcomer.map(|one| one.name.clone());
    let Some(name) = name.or_else(|| error.as_ref().map(|_| visit.words.t("someone"))) else {
        return Ok(see(format!("/groups/{group}?done=done-greeted-already")));
    };
    let f = visit.frame(visit.words.t1("say-hello-to", "name", name), Nav::Groups);
    let f = f.in_group(visit, &group, Room::Inside);
    let group_title = f.group.as_ref().map(|group| group.title.clone()).unwrap_or_default();
    Ok(page(&HelloPage { f, id: group, group_title, member, error, text }))
}
