//! What an author sees of having been heard, and does: say that they still need somebody, wish for something else, and
//! answer those who have ideas.

use axum::extract::Path;
use axum::response::Response;
use kith_node::api::types::{Ack, DeliveryState, GiveConsent, Intent, Meant, Post, TieState, Unanswered};
use serde::Deserialize;

use super::{Nothing, Place, mine};
use crate::form::Form;
use crate::oops::{Oops, see};
use crate::parts::moderation::Done;
use crate::parts::post::{ack_words, address, mention_words};
use crate::visit::Visit;
use crate::words::Words;

/// What its author sees beside a post.
pub struct Author {
    /// Whether it was heard.
    pub heard: bool,
    /// Who heard it, and how; or how far it has come.
    pub said: Vec<String>,
    /// What is said after long without an answer.
    pub unanswered: Option<String>,
    /// Who asks whether ideas are welcome: member, and the question.
    pub asking: Vec<(String, String)>,
    /// What others propose to say before it.
    pub proposed: Vec<String>,
    /// Notes that stand before it by others' word.
    pub added: Vec<String>,
    /// What was done about it.
    pub done: Option<Done>,
    /// Whom to ask: where to write to them, and the words.
    pub buddies: Vec<(String, String)>,
    /// Whether it wishes for ideas already.
    pub wide: bool,
    /// Whether I can do something about it.
    pub acts: bool,
}

impl Author {
    pub async fn of(visit: &Visit, post: &Post, joined: bool) -> Result<Author, Oops> {
        let words = &visit.words;
        let mut said = acked(words, post);
        if said.is_empty() && !post.withdrawn {
            said.push(words.t(not_by_name(post)));
        }
        let asking = post.asking.iter().map(|asking| {
            (asking.member.clone(), words.t1("would-like-to-offer", "name", someone(words, &asking.name)))
        });
        let noted = |added: bool| {
            let those = post.proposed.iter().filter(move |one| one.added == added);
            those.map(|one| proposed(words, &one.name, one)).collect()
        };
        Ok(Author {
            heard: post.heard || !post.acks.is_empty(),
            said,
            unanswered: post.unanswered.as_deref().map(|unanswered| words.t(long(unanswered))),
            asking: asking.collect(),
            proposed: noted(false),
            added: noted(true),
            done: post.moderation.as_deref().map(|moderation| Done::of(visit, moderation)),
            buddies: buddies(visit, &post.group).await?,
            wide: post.intent == Some(Intent::Advice),
            acts: joined && !post.withdrawn,
        })
    }
}

/// Who acknowledged something of mine, and how, a sentence each.
pub fn acked(words: &Words, post: &Post) -> Vec<String> {
    let one = |ack: &Ack| words.t1(ack_words(ack.kind).1, "name", someone(words, &ack.name));
    post.acks.iter().map(one).collect()
}

fn someone(words: &Words, name: &str) -> String {
    if name.is_empty() { words.t("someone") } else { name.to_owned() }
}

/// What is said where nobody acknowledged it by name.
fn not_by_name(post: &Post) -> &'static str {
    match post.state {
        _ if post.heard => "heard-by-someone",
        DeliveryState::Saved | DeliveryState::Waiting => "heard-reached-nobody",
        DeliveryState::Kept => "heard-at-keeper",
        DeliveryState::Passed | DeliveryState::Held => "heard-not-yet",
    }
}

fn long(unanswered: &Unanswered) -> &'static str {
    if unanswered.nodes == 0 { "long-reached-nobody" } else { "long-unanswered" }
}

/// What somebody proposes or put before a text, in a sentence.
pub fn proposed(words: &Words, name: &str, one: &kith_node::api::types::ProposedNotes) -> String {
    let what: Vec<String> = one.mentions.iter().map(|mention| words.t(mention_words(*mention))).collect();
    let id = if one.added { "notes-added" } else { "notes-proposed" };
    let said = words.t2(id, "name", name, "what", what.join(", "));
    match one.reason.trim() {
        "" => said,
        reason => words.t2("notes-because", "said", said, "reason", reason),
    }
}

async fn buddies(visit: &Visit, group: &str) -> Result<Vec<(String, String)>, Oops> {
    let contacts = visit.service().contacts(group).await?.contacts;
    let buddies = contacts.into_iter().filter(|contact| contact.buddy.state == TieState::Agreed);
    let said = |name: &str| visit.words.t1("ask-buddy", "name", name);
    Ok(buddies.map(|one| (format!("/messages/{}", one.member), said(&one.name))).collect())
}

/// Whose question is answered, and how.
#[derive(Deserialize)]
pub struct Answer {
    member: String,
    #[serde(default)]
    welcome: String,
}

pub async fn consent(
    visit: Visit,
    Path((group, post)): Place,
    Form(answer): Form<Answer>,
) -> Result<Response, Oops> {
    mine(&visit, &group, &post).await?;
    let here = address(&group, &post);
    if answer.welcome == "yes" {
        visit.service().consent(&post, GiveConsent { member: answer.member }).await?;
        return Ok(see(format!("{here}?done=done-welcome#heard")));
    }
    visit.service().not_now(&post, &answer.member).await?;
    Ok(see(format!("{here}?done=done-not-now#heard")))
}

pub async fn still_need(
    visit: Visit,
    Path((group, post)): Place,
    Form(_): Form<Nothing>,
) -> Result<Response, Oops> {
    mine(&visit, &group, &post).await?;
    visit.service().still_need(&post).await?;
    Ok(see(format!("{}?done=done-still-need", address(&group, &post))))
}

/// Says that ideas are welcome from now on: the same words, meant otherwise.
pub async fn widen(
    visit: Visit,
    Path((group, post)): Place,
    Form(_): Form<Nothing>,
) -> Result<Response, Oops> {
    let text = mine(&visit, &group, &post).await?.post.text;
    let meant = Meant { intent: Some(Intent::Advice), ..Meant::default() };
    visit.service().edit(&post, text, meant).await?;
    Ok(see(format!("{}?done=done-widened", address(&group, &post))))
}
