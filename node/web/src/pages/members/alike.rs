//! Who named what I named, compared on this device.

use askama::Template;
use axum::extract::Path;
use axum::response::Response;

use crate::frame::{Frame, Nav, Room, page};
use crate::icons;
use crate::oops::Oops;
use crate::parts::person::Pebble;
use crate::visit::Visit;

/// Somebody, and what we both named.
struct Alike {
    id: String,
    name: String,
    pebble: Pebble,
    both: String,
}

#[derive(Template)]
#[template(path = "members/alike.html")]
struct AlikePage {
    f: Frame,
    id: String,
    has_tags: bool,
    people: Vec<Alike>,
}

pub async fn show(visit: Visit, Path(id): Path<String>) -> Result<Response, Oops> {
    visit.group(&id)?;
    let found = visit.service().matches(&id).await?;
    let people = found.matches.into_iter().map(|one| Alike {
        pebble: Pebble::of(&one.member, &one.name),
        both: one.both.join(", "),
        id: one.member,
        name: one.name,
    });
    let people = people.collect();
    let f = visit.frame(visit.words.t("alike"), Nav::Groups).in_group(&visit, &id, Room::Inside);
    Ok(page(&AlikePage { f, id, has_tags: found.has_tags, people }))
}
