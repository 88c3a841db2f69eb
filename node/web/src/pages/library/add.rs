//! Putting something into the library.

use askama::Template;
use axum::extract::{Path, Query};
use axum::response::Response;
use kith_node::api::types::{AddItem, ItemKind, Relation};
use serde::Deserialize;

use super::view::kind;
use crate::form::{self, Form};
use crate::frame::{Frame, Nav, Room, page};
use crate::icons;
use crate::oops::{Oops, Said, see};
use crate::parts::writing::Mentions;
use crate::visit::Visit;

/// In how many days somebody should look again, usually.
const USUAL_REVIEW: u32 = 365;

const KINDS: [(ItemKind, &str); 7] = [
    (ItemKind::Tip, "tip"),
    (ItemKind::Story, "story"),
    (ItemKind::Tool, "tool"),
    (ItemKind::Service, "service"),
    (ItemKind::Helpline, "helpline"),
    (ItemKind::Article, "article"),
    (ItemKind::Book, "book"),
];
const RELATIONS: [(Relation, &str, &str); 3] = [
    (Relation::Experience, "experience", "item-experience-mine"),
    (Relation::Organisation, "organisation", "item-organisation"),
    (Relation::Research, "research", "item-research"),
];
/// When somebody should look again: in days.
pub const REVIEWS: [(u32, &str); 4] = [
    (90, "item-review-quarter"),
    (180, "item-review-half"),
    (USUAL_REVIEW, "item-review-year"),
    (0, "item-review-never"),
];

/// What was filled in.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Filled {
    #[serde(default)]
    title: String,
    #[serde(default)]
    kind: ItemKind,
    #[serde(default)]
    relation: Relation,
    #[serde(default)]
    text: String,
    #[serde(default)]
    link: String,
    #[serde(default)]
    source: String,
    #[serde(default)]
    region: String,
    #[serde(default)]
    cost: String,
    #[serde(default)]
    language: String,
    #[serde(default)]
    tags: String,
    #[serde(default)]
    mentions: Vec<String>,
    #[serde(default)]
    note: String,
    #[serde(default)]
    days: u32,
}

#[derive(Deserialize)]
pub struct Asked {
    hope: Option<String>,
}

#[derive(Template)]
#[template(path = "library/add.html")]
struct AddPage {
    f: Frame,
    id: String,
    error: Option<Said>,
    kinds: Vec<(&'static str, String, bool)>,
    relations: Vec<(&'static str, String, bool)>,
    reviews: Vec<(u32, String, bool)>,
    mentions: Mentions,
    filled: Filled,
}

pub async fn show(
    visit: Visit,
    Path(id): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Response, Oops> {
    let kind = if asked.hope.is_some() { ItemKind::Story } else { ItemKind::Tip };
    form_page(&visit, id, Filled { kind, days: USUAL_REVIEW, ..Filled::default() }, None)
}

pub async fn send(
    visit: Visit,
    Path(id): Path<String>,
    Form(filled): Form<Filled>,
) -> Result<Response, Oops> {
    let tags = filled.tags.split([',', '\n']).map(str::trim).filter(|tag| !tag.is_empty());
    let add = AddItem {
        title: filled.title.clone(),
        kind: filled.kind,
        relation: filled.relation,
        text: form::lines(&filled.text),
        link: filled.link.clone(),
        source: filled.source.clone(),
        region: filled.region.clone(),
        cost: filled.cost.clone(),
        language: filled.language.clone(),
        tags: tags.map(str::to_owned).collect(),
        mentions: filled.mentions.join(","),
        note: filled.note.clone(),
        review_in_days: filled.days,
        attachments: Vec::new(),
    };
    match visit.service().library_add(&id, add).await {
        Ok(sent) => Ok(see(format!("/groups/{id}/library/{}?done=done-suggested", sent.post))),
        Err(problem) => {
            let said = Said::of(&visit.words, &problem);
            form_page(&visit, id, filled, Some(said))
        }
    }
}

fn form_page(visit: &Visit, id: String, filled: Filled, error: Option<Said>) -> Result<Response, Oops> {
    visit.group(&id)?;
    let words = &visit.words;
    Ok(page(&AddPage {
        f: visit.frame(words.t("library-suggest"), Nav::Groups).in_group(visit, &id, Room::Inside),
        error,
        kinds: KINDS.map(|(one, value)| (value, words.t(kind(one)), one == filled.kind)).to_vec(),
        relations: RELATIONS.map(|(one, value, id)| (value, words.t(id), one == filled.relation)).to_vec(),
        reviews: REVIEWS.map(|(days, id)| (days, words.t(id), days == filled.days)).to_vec(),
        mentions: Mentions::of(words, &filled.mentions, &filled.note),
        filled,
        id,
    }))
}
