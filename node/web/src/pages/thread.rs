//! A thread: the post it began with, what was answered, oldest first, and what this reader can do. Two views: of a reader,
//! who hears and answers, and of its author, who was heard.

use askama::Template;
use axum::Router;
use axum::extract::{Path, Query};
use axum::response::Response;
use axum::routing::{get, post};
use kith_node::api::types::{Coach, DeliveryState, GroupState, Post};
use serde::Deserialize;

use self::author::Author;
use self::reader::{Acks, Reply};
use crate::frame::{Frame, Nav, Room, page};
use crate::icons;
use crate::oops::{Oops, see};
use crate::parts::person::People;
use crate::parts::post::{PostView, address};
use crate::visit::Visit;
use crate::web::Web;

mod appeal;
mod author;
mod change;
pub mod files;
mod notes;
mod reader;
pub mod report;
mod withdraw;

pub fn routes() -> Router<Web> {
    Router::new()
        .route("/groups/{group}/posts/{post}", get(show))
        .route("/groups/{group}/posts/{post}/delivery", get(delivery))
        .route("/groups/{group}/posts/{post}/ack", post(reader::ack))
        .route("/groups/{group}/posts/{post}/replies", post(reader::send))
        .route("/groups/{group}/posts/{post}/attach", post(reader::attach))
        .route("/groups/{group}/posts/{post}/detach", post(reader::detach))
        .route("/groups/{group}/posts/{post}/draft", post(reader::keep))
        .route("/groups/{group}/posts/{post}/draft/drop", post(reader::put_away))
        .route("/groups/{group}/posts/{post}/claim", post(reader::claim))
        .route("/groups/{group}/posts/{post}/hide", post(reader::hide))
        .route("/groups/{group}/posts/{post}/mute", post(reader::mute))
        .route("/groups/{group}/posts/{post}/consent", post(author::consent))
        .route("/groups/{group}/posts/{post}/still-need", post(author::still_need))
        .route("/groups/{group}/posts/{post}/widen", post(author::widen))
        .route("/groups/{group}/posts/{post}/edit", get(change::show).post(change::send))
        .route("/groups/{group}/posts/{post}/withdraw", get(withdraw::show).post(withdraw::send))
        .route("/groups/{group}/posts/{post}/appeal", get(appeal::show).post(appeal::send))
        .route("/groups/{group}/posts/{post}/notes", get(notes::show).post(notes::send))
        .route("/groups/{group}/posts/{post}/notes/answer", post(notes::answer))
        .route("/groups/{group}/posts/{post}/report", get(report::show).post(report::send))
        .route("/groups/{group}/posts/{post}/attachments/{number}", get(files::give))
        .route("/groups/{group}/posts/{post}/attachments/{number}/fetch", post(files::fetch))
        .route("/groups/{group}/posts/{post}/attachments/{number}/drop", post(files::put_away))
}

/// Which thread, as its address says.
type Place = Path<(String, String)>;

/// A form that says nothing but that it was sent.
#[derive(Deserialize)]
pub struct Nothing {}

/// What the address asks for.
#[derive(Clone, Debug, Default, Deserialize)]
struct Asked {
    /// What is answered, if it is not the first post.
    to: Option<String>,
    /// With what this reader hides.
    show: Option<String>,
    /// Whether it was said that an answer is being written.
    writing: Option<String>,
    done: Option<String>,
}

#[derive(Template)]
#[template(path = "thread.html")]
struct ThreadPage {
    f: Frame,
    id: String,
    group_title: String,
    /// Where this page is.
    here: String,
    lead: Option<PostView>,
    kept: String,
    /// Whether what began the thread, or more of it, is hidden.
    hidden: bool,
    acks: Option<Acks>,
    author: Option<Author>,
    /// Each with whom it answers, where that is not the first post, and who acknowledged it to me.
    replies: Vec<(PostView, Option<String>, Vec<String>)>,
    reply: Option<Reply>,
    coach: Option<Coach>,
    asked_for: String,
    /// Whether the reader hides what began the thread by itself.
    put_away: bool,
    /// What of it I may act on, as one who looks after the group.
    acts: Vec<String>,
}

async fn show(
    visit: Visit,
    Path((group, post)): Place,
    Query(asked): Query<Asked>,
) -> Result<Response, Oops> {
    thread_page(&visit, &group, &post, &asked, None).await
}

/// The page, with what was filled in of a reply and could not be sent.
async fn thread_page(
    visit: &Visit,
    group: &str,
    post: &str,
    asked: &Asked,
    unsent: Option<reader::Unsent>,
) -> Result<Response, Oops> {
    let words = &visit.words;
    let joined = matches!(visit.group(group)?.state, GroupState::Joined | GroupState::Waiting);
    let thread = visit.service().thread(post, asked.show.as_deref() == Some("hidden")).await?;
    let mut posts = thread.posts;
    if posts.iter().any(|one| one.group != group) {
        return Err(Oops::missing());
    }
    posts.reverse();
    let first = posts.iter().position(|one| one.reply_to.is_none()).map(|first| posts.remove(first));
    if let Some(first) = first.as_ref().filter(|first| first.post != thread.post) {
        return Ok(see(format!("{}#reply-{}", address(group, &first.post), thread.post)));
    }
    let people = People::of(visit, group).await?;
    let days =
        visit.service().charter_beside(group).await.map_or(0, |charter| charter.charter.retention_days);
    let answering = visit.service().answering(&thread.post).await?;
    let open = first.as_ref().is_none_or(|first| !first.withdrawn);
    let theirs = first.as_ref().filter(|first| !first.mine && open && joined);
    let acks = theirs.map(|first| Acks::of(words, &first.name, answering.said));
    let author = match first.as_ref().filter(|first| first.mine) {
        Some(first) => Some(Author::of(visit, first, joined).await?),
        None => None,
    };
    let coach = match theirs {
        Some(_) => Some(visit.service().coach(&thread.post).await?),
        None => None,
    };
    let name = first.as_ref().map(|first| first.name.clone()).unwrap_or_default();
    let reply = match joined && open && !thread.hidden {
        true => Some(
            Reply::of(
                visit,
                (&address(group, &thread.post), &thread.post),
                &name,
                &answering,
                &posts,
                asked,
                unsent,
            )
            .await?,
        ),
        false => None,
    };
    let heading = match &first {
        Some(first) if first.mine => words.t("thread-mine"),
        Some(first) => words.t1("thread-by", "name", &first.name),
        None => words.t("thread-without-start"),
    };
    let frame = visit.frame(heading, Nav::Groups).in_group(visit, group, Room::Inside);
    let frame = frame.told(format!("group={group}&thread={}", thread.post)).done(asked.done.as_deref());
    let answered = |one: &Post| {
        let to = one.reply_to.as_deref().filter(|to| *to != thread.post && !one.parent_missing)?;
        posts.iter().find(|other| other.post == to).map(|other| words.t1("in-answer-to", "name", &other.name))
    };
    let acts = acts(visit, group, first.iter().chain(&posts)).await?;
    let beside: Vec<_> = posts.iter().map(|post| (answered(post), author::acked(words, post))).collect();
    let view = |post: Post| PostView::of(visit, post).among(visit, &people);
    let replies = posts.into_iter().zip(beside);
    Ok(page(&ThreadPage {
        group_title: frame.group.as_ref().map(|group| group.title.clone()).unwrap_or_default(),
        here: address(group, &thread.post),
        kept: if days > 0 { words.tn("kept-for", "days", days) } else { String::new() },
        hidden: thread.hidden,
        acks,
        author,
        reply,
        asked_for: asked_for(visit, &name, coach.as_ref()),
        coach,
        put_away: answering.hidden,
        acts,
        lead: first.map(view),
        replies: replies.map(|(post, (answered, acked))| (view(post), answered, acked)).collect(),
        f: frame,
        id: group.to_owned(),
    }))
}

/// What of a thread I may act on: nothing for those who do not look after the group.
async fn acts(visit: &Visit, group: &str, posts: impl Iterator<Item = &Post>) -> Result<Vec<String>, Oops> {
    let mut acts = Vec::new();
    if visit.looks_after(group) {
        for post in posts.filter(|post| !post.mine) {
            if visit.service().may_moderate(&post.post).await?.any() {
                acts.push(post.post.clone());
            }
        }
    }
    Ok(acts)
}

/// What whoever began the thread asked for, as a sentence about them.
fn asked_for(visit: &Visit, name: &str, coach: Option<&Coach>) -> String {
    use kith_node::api::types::Intent;
    let id = match coach.map(|coach| coach.intent) {
        None | Some(Intent::HearMe) => "asked-for-listening",
        Some(Intent::Experiences) => "asked-for-experiences",
        Some(Intent::Advice) => "asked-for-ideas",
        Some(Intent::PracticalHelp) => "asked-for-help",
        Some(Intent::GoodNews) => "asked-for-nothing",
    };
    visit.words.t1(id, "name", name)
}

#[derive(Template)]
#[template(path = "parts/delivery.html")]
struct Delivered {
    p: PostView,
}

/// The line that says how far something of mine has come, by itself.
async fn delivery(visit: Visit, Path((group, post)): Place) -> Result<Response, Oops> {
    let p = one(&visit, &group, &post).await?;
    Ok(page(&Delivered { p }))
}

/// One post or reply by itself, whatever its reader hides.
async fn one(visit: &Visit, group: &str, post: &str) -> Result<PostView, Oops> {
    let thread = visit.service().thread(post, true).await?;
    let found = thread.posts.into_iter().find(|one| one.post == thread.post && one.group == group);
    found.map(|post| PostView::of(visit, post)).ok_or_else(Oops::missing)
}

/// One post or reply of mine by itself.
async fn mine(visit: &Visit, group: &str, post: &str) -> Result<PostView, Oops> {
    let found = one(visit, group, post).await?;
    if found.mine && !found.post.withdrawn { Ok(found) } else { Err(Oops::missing()) }
}
