//! What a member and I write to each other.

use askama::Template;
use axum::Router;
use axum::extract::{Path, Query};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::{get, post};
use serde::{Deserialize, Serialize};

use crate::form::{self, Form};
use crate::frame::{Frame, Nav, Room, page};
use crate::icons;
use crate::oops::{Oops, Said, see};
use crate::parts::post::paragraphs;
use crate::parts::tie::{Between, TieView, With};
use crate::parts::writing::draft_said;
use crate::visit::Visit;
use crate::web::Web;
use crate::when::When;

mod report;

pub fn routes() -> Router<Web> {
    Router::new()
        .route("/messages/{group}/{member}", get(show).post(send))
        .route("/messages/{group}/{member}/newer", get(newer))
        .route("/messages/{group}/{member}/draft", post(keep))
        .route("/messages/{group}/{member}/draft/drop", post(put_away))
        .route("/messages/{group}/{member}/report/{line}", get(report::show).post(report::send))
}

/// With whom, as the address says.
type Place = Path<(String, String)>;

/// What was filled in.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
struct Filled {
    #[serde(default)]
    text: String,
}

#[derive(Deserialize)]
struct Asked {
    done: Option<String>,
}

/// A line.
struct Line {
    id: String,
    mine: bool,
    when: When,
    paragraphs: Vec<Vec<String>>,
}

#[derive(Template)]
#[template(path = "messages/talk.html")]
struct TalkPage {
    f: Frame,
    group: String,
    group_title: String,
    member: String,
    name: String,
    tie: TieView,
    back: &'static str,
    lines: Vec<Line>,
    newest: String,
    there: bool,
    error: Option<Said>,
    text: String,
    draft_said: String,
}

/// That there is more than the page shows.
#[derive(Template)]
#[template(path = "messages/newer.html")]
struct Newer {
    f: Frame,
    group: String,
    member: String,
    newest: String,
    /// Whether there is.
    there: bool,
}

#[derive(Deserialize)]
struct Seen {
    #[serde(default)]
    seen: String,
}

async fn show(
    visit: Visit,
    Path((group, member)): Place,
    Query(asked): Query<Asked>,
) -> Result<Response, Oops> {
    let draft = visit.service().draft(&place(&group, &member)).await?;
    let filled: Filled =
        draft.as_ref().and_then(|draft| serde_html_form::from_str(&draft.text).ok()).unwrap_or_default();
    let kept = draft.map(|draft| draft_said(&visit, &draft.time)).unwrap_or_default();
    talk_page(&visit, group, &member, filled.text, kept, None, asked.done.as_deref()).await
}

async fn send(
    visit: Visit,
    Path((group, member)): Place,
    Form(filled): Form<Filled>,
) -> Result<Response, Oops> {
    visit.group(&group)?;
    let sent = match form::text(&filled.text) {
        Ok(text) => visit.service().write_direct(&group, &member, text).await,
        Err(problem) => Err(problem),
    };
    match sent {
        Ok(sent) => {
            visit.service().drop_draft(&place(&group, &member)).await?;
            Ok(see(format!("/messages/{group}/{member}#line-{}", sent.letter)))
        }
        Err(problem) => {
            let said = Said::of(&visit.words, &problem);
            talk_page(&visit, group, &member, filled.text, String::new(), Some(said), None).await
        }
    }
}

/// Says that there is more, and nothing while there is not.
async fn newer(
    visit: Visit,
    Path((group, member)): Place,
    Query(seen): Query<Seen>,
) -> Result<Response, Oops> {
    visit.group(&group)?;
    let lines = visit.service().conversation(&group, &member).await?.lines;
    let newest = lines.first().map(|line| line.line.clone()).unwrap_or_default();
    if newest == seen.seen {
        return Ok(Html("").into_response());
    }
    let f = visit.frame("", Nav::None);
    Ok(page(&Newer { f, group, member, newest, there: true }))
}

async fn keep(
    visit: Visit,
    Path((group, member)): Place,
    Form(filled): Form<Filled>,
) -> Result<Response, Oops> {
    visit.group(&group)?;
    let draft = serde_html_form::to_string(&filled).unwrap_or_default();
    visit.service().keep_draft(&place(&group, &member), draft).await?;
    let now = visit.service().now()?.to_string();
    Ok(match visit.by_script {
        true => draft_said(&visit, &now).into_response(),
        false => see(format!("/messages/{group}/{member}?done=done-draft")),
    })
}

async fn put_away(
    visit: Visit,
    Path((group, member)): Place,
    Form(_): Form<Filled>,
) -> Result<Response, Oops> {
    visit.service().drop_draft(&place(&group, &member)).await?;
    Ok(see(format!("/messages/{group}/{member}")))
}

/// Where the draft of a line is kept.
fn place(group: &str, member: &str) -> String {
    format!("line/{group}/{member}")
}

async fn talk_page(
    visit: &Visit,
    group: String,
    member: &str,
    text: String,
    draft_said: String,
    error: Option<Said>,
    done: Option<&str>,
) -> Result<Response, Oops> {
    visit.group(&group)?;
    let words = &visit.words;
    let talk = visit.service().conversation(&group, member).await?;
    let newest = talk.lines.first().map(|line| line.line.clone()).unwrap_or_default();
    let with = With { group: &group, member: &talk.member, name: &talk.name };
    let tie = TieView::of(visit, Between::Talk, with, &talk.talk);
    let lines = talk.lines.into_iter().rev().map(|line| Line {
        id: line.line,
        mine: line.mine,
        when: visit.clock.moment(words, &line.time),
        paragraphs: paragraphs(&line.text),
    });
    let heading = words.t1("messages-with", "name", &talk.name);
    let f = visit.frame(heading, Nav::People).told(format!("group={group}")).done(done);
    Ok(page(&TalkPage {
        group_title: visit.group(&group)?.title.clone().unwrap_or_default(),
        tie,
        back: "messages",
        lines: lines.collect(),
        newest,
        there: false,
        error,
        text,
        draft_said,
        name: talk.name,
        member: talk.member,
        group,
        f,
    }))
}
