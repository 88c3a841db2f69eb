//! What somebody does about a member: asking, answering, ending, hiding, a few kind words.

use axum::extract::Path;
use axum::response::Response;
use kith_node::api::types::{Block, Mute, SayTo};
use serde::Deserialize;

use super::member::{Place, member_page};
use super::one;
use crate::form::{self, Form};
use crate::oops::{Oops, Said, see};
use crate::visit::Visit;

/// For how many weeks people are buddies, usually.
const USUAL_WEEKS: u16 = 4;

/// Yes or no to writing to each other, or to being buddies.
#[derive(Deserialize)]
pub struct Answer {
    what: What,
    yes: Option<String>,
    #[serde(default)]
    weeks: Option<u16>,
    #[serde(default)]
    words: String,
    #[serde(default)]
    back: Back,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum What {
    Talk,
    Buddy,
}

/// Where a form leads back to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Back {
    #[default]
    Member,
    Messages,
    People,
}

impl Back {
    fn page(self, group: &str, member: &str, done: &str) -> Response {
        see(match self {
            Back::Member => format!("/groups/{group}/members/{member}?done={done}"),
            Back::Messages => format!("/messages/{group}/{member}?done={done}"),
            Back::People => format!("/people?done={done}"),
        })
    }
}

/// In which way somebody is hidden.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Hide {
    Mute,
    Unmute,
    Block,
    Unblock,
}

#[derive(Deserialize)]
pub struct Hiding {
    r#do: Hide,
    #[serde(default)]
    back: Back,
}

#[derive(Deserialize)]
pub struct Words {
    #[serde(default)]
    text: String,
}

pub async fn tie(
    visit: Visit,
    Path((group, member)): Place,
    Form(answer): Form<Answer>,
) -> Result<Response, Oops> {
    let member = one(&visit, &group, &member).await?.member;
    let yes = answer.yes.is_some_and(|yes| !yes.is_empty());
    let contacts = visit.service().contacts(&group).await?.contacts;
    let contact = contacts.into_iter().find(|contact| contact.member == member);
    let asks = contact.is_some_and(|contact| {
        let tie = if answer.what == What::Talk { contact.talk } else { contact.buddy };
        tie.state == kith_node::api::types::TieState::Asking
    });
    let weeks = answer.weeks.unwrap_or(USUAL_WEEKS);
    let say = SayTo { yes, weeks, words: form::lines(&answer.words) };
    let said = match answer.what {
        What::Talk => visit.service().say_talk(&group, &member, say).await,
        What::Buddy => visit.service().say_buddy(&group, &member, say).await,
    };
    match said {
        Ok(_) => {
            let done = match (yes, asks) {
                (true, false) => "done-asked",
                (true, true) => "done-both-yes",
                (false, _) => "done-ended",
            };
            Ok(answer.back.page(&group, &member, done))
        }
        Err(problem) => {
            let refused = (Said::of(&visit.words, &problem), String::new());
            member_page(&visit, &group, &member, None, Some(refused)).await
        }
    }
}

pub async fn hide(
    visit: Visit,
    Path((group, member)): Place,
    Form(hiding): Form<Hiding>,
) -> Result<Response, Oops> {
    let member = one(&visit, &group, &member).await?.member;
    let service = visit.service();
    let done = match hiding.r#do {
        Hide::Mute => service.mute(&group, &member, Mute { muted: true }).await.map(|_| "done-muted"),
        Hide::Unmute => service.mute(&group, &member, Mute { muted: false }).await.map(|_| "done-shown"),
        Hide::Block => service.block(&group, &member, Block { blocked: true }).await.map(|_| "done-blocked"),
        Hide::Unblock => service.block(&group, &member, Block { blocked: false }).await.map(|_| "done-shown"),
    };
    Ok(hiding.back.page(&group, &member, done?))
}

pub async fn encourage(
    visit: Visit,
    Path((group, member)): Place,
    Form(filled): Form<Words>,
) -> Result<Response, Oops> {
    let member = one(&visit, &group, &member).await?.member;
    let sent = match form::text(&filled.text) {
        Ok(text) => visit.service().encourage(&group, &member, text).await,
        Err(problem) => Err(problem),
    };
    match sent {
        Ok(_) => Ok(Back::Member.page(&group, &member, "done-encouraged")),
        Err(problem) => {
            let refused = (Said::of(&visit.words, &problem), filled.text);
            member_page(&visit, &group, &member, None, Some(refused)).await
        }
    }
}

#[derive(Deserialize)]
pub struct Nothing {}

/// Says that I am not to be shown as new here.
pub async fn settle_in(
    visit: Visit,
    Path(group): Path<String>,
    Form(_): Form<Nothing>,
) -> Result<Response, Oops> {
    let me = visit.service().group_show(&group).await?.me.ok_or_else(Oops::missing)?;
    visit.service().settle_in(&group).await?;
    Ok(see(format!("/groups/{group}/members/{}?done=done-saved", me.member)))
}
