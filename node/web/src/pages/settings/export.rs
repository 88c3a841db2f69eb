//! One's own words as files, to keep them elsewhere. They are not sealed, and the page says so.

use axum::Router;
use axum::extract::Path;
use axum::response::Response;
use axum::routing::post;
use kith_node::api::types::{
    Answers, CheckIn, Code, Goal, Item, Milestone, MineList, Plan, Post, Tags, Written,
};
use kith_node::service::mine::Texts;
use serde::{Deserialize, Serialize};

use crate::form::Form;
use crate::oops::Oops;
use crate::parts::post::mentions;
use crate::parts::saved::{JSON, TEXT, file};
use crate::visit::Visit;
use crate::web::Web;
use crate::words::Words;

/// How many posts are asked for at once.
const AT_ONCE: usize = 500;

pub fn routes() -> Router<Web> {
    Router::new()
        .route("/settings/backup/mine.json", post(mine))
        .route("/settings/backup/{group}/posts.txt", post(group))
}

#[derive(Deserialize)]
struct Nothing {}

/// What somebody keeps for themselves, under the names that the command line gives it.
#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
struct Mine {
    journal: MineList<Written>,
    goals: MineList<Goal>,
    milestones: MineList<Milestone>,
    check_ins: MineList<CheckIn>,
    answers: MineList<Answers>,
    plan: Plan,
    tags: Tags,
    jar: MineList<Written>,
    drafts: MineList<Written>,
}

async fn mine(visit: Visit, Form(_): Form<Nothing>) -> Result<Response, Oops> {
    let service = visit.service();
    let mine = Mine {
        journal: service.texts(Texts::Journal, None).await?,
        goals: service.mine().await?,
        milestones: service.milestones().await?,
        check_ins: service.mine().await?,
        answers: service.mine().await?,
        plan: service.plan().await?,
        tags: service.tags().await?,
        jar: service.texts(Texts::Thanks, None).await?,
        drafts: service.texts(Texts::Drafts, None).await?,
    };
    let text = serde_json::to_string_pretty(&mine).map_err(|_| Oops::from(Code::Internal))?;
    Ok(file("mine.json", JSON, text))
}

async fn group(visit: Visit, Path(id): Path<String>, Form(_): Form<Nothing>) -> Result<Response, Oops> {
    let brief = visit.group(&id)?;
    let title = brief.title.clone().unwrap_or_default();
    let service = visit.service();
    let (mut posts, mut before) = (Vec::new(), None::<String>);
    loop {
        let page = service.read(&id, AT_ONCE, before.as_deref(), true).await?;
        posts.extend(page.posts.into_iter().filter(|post| post.mine && !post.withdrawn));
        before = page.next;
        if before.is_none() {
            break;
        }
    }
    posts.reverse();
    let items = service.library(&id, false).await?.items;
    let mut text = format!("{title}\n\n");
    posts.iter().for_each(|post| text.push_str(&post_of(&visit.words, post)));
    items.iter().filter(|item| item.mine).for_each(|item| text.push_str(&item_of(item)));
    Ok(file("posts.txt", TEXT, text))
}

fn post_of(words: &Words, post: &Post) -> String {
    let notes = match post.notes.is_empty() {
        true => String::new(),
        false => format!("{}\n", mentions(words, &post.notes)),
    };
    format!("{}\n{notes}{}\n", post.time, indented(&post.text))
}

fn item_of(item: &Item) -> String {
    let facts = [&item.title, &item.source, &item.link];
    let facts = facts.into_iter().filter(|fact| !fact.is_empty());
    let facts: String = facts.map(|fact| format!("{}\n", fact.replace(['\n', '\r'], " "))).collect();
    format!("{facts}{}\n", indented(&item.text))
}

/// A text as it is, set in, so that nothing in it is taken for what stands around it.
fn indented(text: &str) -> String {
    text.lines().map(|line| format!("    {line}\n")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_set_in() {
        assert_eq!(indented("one\n2020-01-01\n"), "    one\n    2020-01-01\n");
    }
}
