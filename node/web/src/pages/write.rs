//! Writing a post. What would help comes first; a draft is kept by the node, sealed, until it is sent or put away.

use askama::Template;
use axum::Router;
use axum::extract::Path;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use kith_node::api::types::{Intent, Meant, Mention, Problem};
use serde::{Deserialize, Serialize};

use crate::form::{self, Form};
use crate::frame::{Frame, Nav, Room, page};
use crate::icons::{self, Icon};
use crate::oops::{Oops, Said, see};
use crate::parts::post::{intent_words, mention_words};
use crate::visit::Visit;
use crate::web::Web;

pub fn routes() -> Router<Web> {
    Router::new()
        .route("/groups/{group}/write", get(show).post(send))
        .route("/groups/{group}/draft", post(keep))
        .route("/groups/{group}/draft/drop", post(put_away))
}

/// What was filled in.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
struct Filled {
    #[serde(default)]
    text: String,
    intent: Option<Intent>,
    #[serde(default)]
    mentions: Vec<Mention>,
    #[serde(default)]
    note: String,
}

#[derive(Template)]
#[template(path = "write.html")]
struct WritePage {
    f: Frame,
    id: String,
    group_title: String,
    error: Option<Said>,
    intents: Vec<(&'static str, Icon, String, String)>,
    intent: &'static str,
    text: String,
    draft_said: String,
    mentions: Vec<(&'static str, String)>,
    chosen: Vec<&'static str>,
    note: String,
}

const INTENTS: [(Intent, &str, &str); 5] = [
    (Intent::HearMe, "hear_me", "intent-hear-me-hint"),
    (Intent::Experiences, "experiences", "intent-experiences-hint"),
    (Intent::Advice, "advice", "intent-advice-hint"),
    (Intent::PracticalHelp, "practical_help", "intent-practical-help-hint"),
    (Intent::GoodNews, "good_news", "intent-good-news-hint"),
];

async fn show(visit: Visit, Path(id): Path<String>) -> Result<Response, Oops> {
    visit.group(&id)?;
    let draft = visit.service().draft(&place(&id)).await?;
    let filled = draft.as_ref().and_then(|draft| serde_html_form::from_str(&draft.text).ok());
    let kept = draft.map(|draft| said(&visit, &draft.time)).unwrap_or_default();
    Ok(form_page(&visit, id, filled.unwrap_or_default(), None, kept))
}

async fn send(visit: Visit, Path(id): Path<String>, Form(filled): Form<Filled>) -> Result<Response, Oops> {
    visit.group(&id)?;
    let meant = Meant {
        intent: filled.intent,
        mentions: Some(filled.mentions.iter().map(|mention| value(*mention)).collect::<Vec<_>>().join(",")),
        note: Some(filled.note.clone()),
        attachments: None,
    };
    let sent = match form::text(&filled.text) {
        Ok(text) => visit.service().post(&id, text, meant).await,
        Err(problem) => Err(problem),
    };
    match sent {
        Ok(_) => {
            visit.service().drop_draft(&place(&id)).await?;
            Ok(see(format!("/groups/{id}?done=done-sent")))
        }
        Err(problem) => Ok(form_page(&visit, id, filled, Some(&problem), String::new())),
    }
}

async fn keep(visit: Visit, Path(id): Path<String>, Form(filled): Form<Filled>) -> Result<Response, Oops> {
    visit.group(&id)?;
    let draft = serde_html_form::to_string(&filled).unwrap_or_default();
    visit.service().keep_draft(&place(&id), draft).await?;
    let now = visit.service().now()?.to_string();
    Ok(if visit.by_script { said(&visit, &now).into_response() } else { see(format!("/groups/{id}/write")) })
}

fn said(visit: &Visit, time: &str) -> String {
    visit.words.t1("draft-saved", "time", visit.clock.time(time))
}

async fn put_away(visit: Visit, Path(id): Path<String>, Form(_): Form<Filled>) -> Result<Response, Oops> {
    visit.service().drop_draft(&place(&id)).await?;
    Ok(see(format!("/groups/{id}")))
}

/// Where the draft of a post is kept.
fn place(group: &str) -> String {
    format!("post/{group}")
}

fn value(mention: Mention) -> &'static str {
    mention_words(mention).trim_start_matches("mention-")
}

fn form_page(
    visit: &Visit,
    id: String,
    filled: Filled,
    problem: Option<&Problem>,
    draft_said: String,
) -> Response {
    let words = &visit.words;
    let frame = visit.frame(words.t("write-a-post"), Nav::Groups).in_group(visit, &id, Room::Inside);
    let chosen = filled.intent.unwrap_or_default();
    let intents = INTENTS.map(|(intent, value, hint)| {
        let (icon, _, said) = intent_words(intent);
        (value, icon, words.t(said), words.t(hint))
    });
    let named = Mention::ALL.iter().filter(|mention| **mention != Mention::Other);
    page(&WritePage {
        group_title: frame.group.as_ref().map(|group| group.title.clone()).unwrap_or_default(),
        error: problem.map(|problem| Said::of(words, problem)),
        intents: intents.to_vec(),
        intent: INTENTS.iter().find(|(intent, ..)| *intent == chosen).map_or("", |(_, value, _)| value),
        draft_said,
        mentions: named.map(|mention| (value(*mention), words.t(mention_words(*mention)))).collect(),
        chosen: filled.mentions.iter().map(|mention| value(*mention)).collect(),
        text: filled.text,
        note: filled.note,
        f: frame,
        id,
    })
}
