//! A letter to one member alone: to and from those who look after the group.

use askama::Template;
use axum::extract::Path;
use axum::response::Response;
use serde::Deserialize;

use super::member::Place;
use super::one;
use crate::form::{self, Form};
use crate::frame::{Frame, Nav, Room, page};
use crate::icons;
use crate::oops::{Oops, Said, see};
use crate::visit::Visit;

#[derive(Deserialize)]
pub struct Filled {
    #[serde(default)]
    text: String,
}

#[derive(Template)]
#[template(path = "members/letter.html")]
struct LetterPage {
    f: Frame,
    id: String,
    member: String,
    name: String,
    error: Option<Said>,
    text: String,
}

pub async fn show(visit: Visit, Path((group, member)): Place) -> Result<Response, Oops> {
    form_page(&visit, group, &member, String::new(), None).await
}

pub async fn send(
    visit: Visit,
    Path((group, member)): Place,
    Form(filled): Form<Filled>,
) -> Result<Response, Oops> {
    let found = one(&visit, &group, &member).await?;
    let sent = match form::text(&filled.text) {
        Ok(text) => visit.service().write_to(&group, &found.member, text).await,
        Err(problem) => Err(problem),
    };
    match sent {
        Ok(_) => Ok(see(format!("/groups/{group}/members/{}?done=done-letter", found.member))),
        Err(problem) => {
            let said = Said::of(&visit.words, &problem);
            form_page(&visit, group, &member, filled.text, Some(said)).await
        }
    }
}

async fn form_page(
    visit: &Visit,
    id: String,
    member: &str,
    text: String,
    error: Option<Said>,
) -> Result<Response, Oops> {
    let member = one(visit, &id, member).await?;
    let heading = visit.words.t1("letter-to", "name", &member.name);
    let f = visit.frame(heading, Nav::Groups).in_group(visit, &id, Room::Inside);
    Ok(page(&LetterPage { f, id, member: member.member, name: member.name, error, text }))
}
