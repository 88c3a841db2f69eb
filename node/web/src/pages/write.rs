//! Writing a post. What would help comes first; a draft is kept by the node, sealed, until it is sent or put away. Files
//! are given to the node one by one before the post is sent; it takes out of pictures what they carry beside what they
//! show.

use askama::Template;
use axum::Router;
use axum::extract::{Path, Query};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use kith_node::api::types::{Code, Intent, Meant};
use serde::{Deserialize, Serialize};

use crate::form::{self, Form, Upload};
use crate::frame::{Frame, Nav, Room, page};
use crate::icons::{self, Icon};
use crate::oops::{Oops, Said, see};
use crate::parts::attaching::{Files, FilesView};
use crate::parts::post::intent_words;
use crate::parts::writing::{Mentions, draft_said};
use crate::visit::Visit;
use crate::web::Web;
use crate::words::Words;

pub fn routes() -> Router<Web> {
    Router::new()
        .route("/groups/{group}/write", get(show).post(send))
        .route("/groups/{group}/attach", post(attach))
        .route("/groups/{group}/detach", post(detach))
        .route("/groups/{group}/draft", post(keep))
        .route("/groups/{group}/draft/drop", post(put_away))
}

/// What was filled in.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
struct Filled {
    text: String,
    intent: Option<Intent>,
    mentions: Vec<String>,
    note: String,
    #[serde(flatten)]
    files: Files,
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
    mentions: Mentions,
    a: FilesView,
    kept: String,
}

pub const INTENTS: [(Intent, &str, &str); 5] = [
    (Intent::HearMe, "hear_me", "intent-hear-me-hint"),
    (Intent::Experiences, "experiences", "intent-experiences-hint"),
    (Intent::Advice, "advice", "intent-advice-hint"),
    (Intent::PracticalHelp, "practical_help", "intent-practical-help-hint"),
    (Intent::GoodNews, "good_news", "intent-good-news-hint"),
];

/// What a post can be meant as: as the form names it, with icon, words and hint.
pub fn intents(words: &Words) -> Vec<(&'static str, Icon, String, String)> {
    let one = |(intent, value, hint): (Intent, &'static str, &'static str)| {
        let (icon, _, said) = intent_words(intent);
        (value, icon, words.t(said), words.t(hint))
    };
    INTENTS.map(one).to_vec()
}

#[derive(Deserialize)]
struct Asked {
    done: Option<String>,
}

async fn show(visit: Visit, Path(id): Path<String>, Query(asked): Query<Asked>) -> Result<Response, Oops> {
    visit.group(&id)?;
    let draft = visit.service().draft(&place(&id)).await?;
    let filled = draft.as_ref().and_then(|draft| serde_html_form::from_str(&draft.text).ok());
    let kept = draft.map(|draft| draft_said(&visit, &draft.time)).unwrap_or_default();
    form_page(&visit, id, filled.unwrap_or_default(), None, kept, asked.done.as_deref()).await
}

async fn send(visit: Visit, Path(id): Path<String>, Form(filled): Form<Filled>) -> Result<Response, Oops> {
    visit.group(&id)?;
    if let Some(left) = filled.files.left(&visit.words) {
        return form_page(&visit, id, filled, Some(left), String::new(), None).await;
    }
    let meant = Meant {
        intent: filled.intent,
        mentions: Some(filled.mentions.join(",")),
        note: Some(filled.note.clone()),
        attachments: filled.files.given(),
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
        Err(problem) => {
            let said = Said::of(&visit.words, &problem);
            form_page(&visit, id, filled, Some(said), String::new(), None).await
        }
    }
}

/// Gives a file to the node, to go with what is being written.
async fn attach(
    visit: Visit,
    Path(id): Path<String>,
    Upload { mut filled, file }: Upload<Filled>,
) -> Result<Response, Oops> {
    visit.group(&id)?;
    let given = filled.files.give(&visit, &id, file).await;
    let done = given.is_ok().then_some("done-attached");
    form_page(&visit, id, filled, given.err(), String::new(), done).await
}

/// Leaves a file out again.
async fn detach(
    visit: Visit,
    Path(id): Path<String>,
    Form(mut filled): Form<Filled>,
) -> Result<Response, Oops> {
    visit.group(&id)?;
    filled.files.leave_out();
    form_page(&visit, id, filled, None, String::new(), None).await
}

async fn keep(visit: Visit, Path(id): Path<String>, Form(filled): Form<Filled>) -> Result<Response, Oops> {
    visit.group(&id)?;
    let draft = serde_html_form::to_string(&filled).map_err(|_| Oops::from(Code::Internal))?;
    visit.service().keep_draft(&place(&id), draft).await?;
    let now = visit.service().now()?.to_string();
    Ok(match visit.by_script {
        true => draft_said(&visit, &now).into_response(),
        false => see(format!("/groups/{id}/write?done=done-draft")),
    })
}

async fn put_away(visit: Visit, Path(id): Path<String>, Form(_): Form<Filled>) -> Result<Response, Oops> {
    visit.service().drop_draft(&place(&id)).await?;
    Ok(see(format!("/groups/{id}")))
}

/// Where the draft of a post is kept.
fn place(group: &str) -> String {
    format!("post/{group}")
}

async fn form_page(
    visit: &Visit,
    id: String,
    filled: Filled,
    error: Option<Said>,
    draft_said: String,
    done: Option<&str>,
) -> Result<Response, Oops> {
    let words = &visit.words;
    let frame =
        visit.frame(words.t("write-a-post"), Nav::Groups).in_group(visit, &id, Room::Inside).done(done);
    let chosen = filled.intent.unwrap_or_default();
    let days = visit.service().charter_beside(&id).await.map_or(0, |charter| charter.charter.retention_days);
    Ok(page(&WritePage {
        group_title: frame.group.as_ref().map(|group| group.title.clone()).unwrap_or_default(),
        error,
        a: FilesView::of(filled.files, &format!("/groups/{id}")),
        intents: intents(words),
        intent: INTENTS.iter().find(|(intent, ..)| *intent == chosen).map_or("", |(_, value, _)| value),
        draft_said,
        mentions: Mentions::of(words, &filled.mentions, &filled.note),
        text: filled.text,
        kept: if days > 0 { words.tn("kept-for", "days", days) } else { String::new() },
        f: frame,
        id,
    }))
}
