//! A member: what they say of themselves, what is between us, and what I can do.

use askama::Template;
use axum::extract::{Path, Query};
use axum::response::Response;
use kith_node::api::types::{ContentNotes, MemberState, TermState};
use serde::Deserialize;

use super::{hidden, one, role};
use crate::frame::{Frame, Nav, Room, page};
use crate::icons;
use crate::oops::{Oops, Said};
use crate::pages::office;
use crate::parts::post::{mentions, paragraphs};
use crate::parts::tie::{TieView, With, both};
use crate::visit::Visit;

/// Which member, as the address says.
pub type Place = Path<(String, String)>;

#[derive(Deserialize)]
pub struct Asked {
    done: Option<String>,
}

#[derive(Template)]
#[template(path = "members/member.html")]
struct MemberPage {
    f: Frame,
    id: String,
    member: String,
    name: String,
    me: bool,
    /// Whether they are in the group now.
    here: bool,
    beside: Vec<String>,
    new_here: bool,
    /// Whether it is me, and the others see that I am new.
    seen_new: bool,
    line: Option<String>,
    fold: Option<String>,
    paragraphs: Vec<Vec<String>>,
    tags: String,
    ties: Vec<TieView>,
    /// Where forms lead back to.
    back: &'static str,
    muted: bool,
    blocked: bool,
    split: Option<String>,
    term: Option<String>,
    /// Whether there is something about their office that I decide.
    office: bool,
    error: Option<Said>,
    kind_words: String,
}

pub async fn show(
    visit: Visit,
    Path((group, member)): Place,
    Query(asked): Query<Asked>,
) -> Result<Response, Oops> {
    member_page(&visit, &group, &member, asked.done.as_deref(), None).await
}

/// The page; with what could not be done, and the kind words that were to be sent.
pub async fn member_page(
    visit: &Visit,
    group: &str,
    member: &str,
    done: Option<&str>,
    refused: Option<(Said, String)>,
) -> Result<Response, Oops> {
    let member = one(visit, group, member).await?;
    let words = &visit.words;
    let intros = visit.service().intros(group).await?.intros;
    let intro = intros.into_iter().find(|intro| intro.member == member.member);
    let contacts = visit.service().contacts(group).await?.contacts;
    let contact = contacts.iter().find(|contact| contact.member == member.member);
    let with = With { group, member: &member.member, name: &member.name };
    let (talk, buddy) = both(visit, with, contact);
    let notes = intro.as_ref().map_or_else(ContentNotes::default, |intro| intro.notes.clone());
    let (error, kind_words) = refused.unzip();
    let split = (!member.splits.is_empty()).then(|| words.t1("member-split", "name", &member.name));
    let term = member.term.as_ref().map(|term| {
        let id = if term.state == TermState::Ended { "member-term-ended" } else { "member-term-until" };
        words.t1(id, "day", visit.clock.day(words, &term.ends))
    });
    let office = office::may(visit, group, &member).await?.is_some();
    let f = visit.frame(&member.name, Nav::Groups).in_group(visit, group, Room::Inside).done(done);
    Ok(page(&MemberPage {
        beside: [role(words, &member), hidden(words, &member)].into_iter().flatten().collect(),
        here: member.state == MemberState::Member,
        fold: (!notes.is_empty() && !member.me).then(|| mentions(words, &notes)),
        paragraphs: intro.as_ref().map(|intro| paragraphs(&intro.words)).unwrap_or_default(),
        tags: intro.map(|intro| intro.tags.join(", ")).unwrap_or_default(),
        ties: vec![talk, buddy],
        back: "member",
        split,
        term,
        office,
        error,
        kind_words: kind_words.unwrap_or_default(),
        new_here: member.new_here && !member.me,
        seen_new: member.new_here && member.me,
        me: member.me,
        muted: member.muted,
        blocked: member.blocked,
        line: member.line,
        name: member.name,
        member: member.member,
        id: group.to_owned(),
        f,
    }))
}
