//! The journal: pages that nobody else reads.

use askama::Template;
use axum::Router;
use axum::extract::{Path, Query};
use axum::response::Response;
use axum::routing::{get, post};
use kith_node::api::types::Problem;
use kith_node::service::mine::Texts;
use serde::{Deserialize, Serialize};

use super::Done;
use crate::form::{self, Form};
use crate::frame::{Frame, Nav, Room, page};
use crate::icons;
use crate::oops::{Oops, Said, see};
use crate::pages::kept;
use crate::parts::post::paragraphs;
use crate::visit::Visit;
use crate::web::Web;
use crate::when::When;

/// Where the journal is.
const AT: &str = "/skills/journal";

pub fn routes() -> Router<Web> {
    Router::new()
        .route("/skills/journal", get(list))
        .route("/skills/journal/write", get(write).post(save))
        .route("/skills/journal/draft", post(keep))
        .route("/skills/journal/draft/drop", post(put_away))
        .route("/skills/journal/{id}", get(one))
        .route("/skills/journal/{id}/write", get(edit).post(save_again))
        .route("/skills/journal/{id}/draft", post(keep_again))
        .route("/skills/journal/{id}/draft/drop", post(put_away_again))
}

#[derive(Template)]
#[template(path = "skills/journal.html")]
struct ListPage {
    f: Frame,
    q: String,
    pages: Vec<Entry>,
    older: Option<String>,
    damaged: Vec<String>,
}

/// A page in the list.
struct Entry {
    id: String,
    when: When,
    beginning: String,
}

#[derive(Template)]
#[template(path = "skills/journal_page.html")]
struct OnePage {
    f: Frame,
    id: String,
    paragraphs: Vec<Vec<String>>,
}

#[derive(Template)]
#[template(path = "skills/journal_write.html")]
struct WritePage {
    f: Frame,
    /// Where the page is, or the journal for a new one.
    at: String,
    text: String,
    draft_said: String,
    error: Option<Said>,
}

#[derive(Deserialize)]
struct Asked {
    #[serde(default)]
    q: String,
    before: Option<String>,
    done: Option<String>,
}

/// What was filled in.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
struct Filled {
    #[serde(default)]
    text: String,
}

async fn list(visit: Visit, Query(asked): Query<Asked>) -> Result<Response, Oops> {
    let found = visit.service().texts(Texts::Journal, Some(&asked.q)).await?;
    let (part, older) = kept::part(found.items, asked.before.as_deref());
    let query = |before: String| serde_html_form::to_string([("q", asked.q.clone()), ("before", before)]);
    Ok(page(&ListPage {
        f: visit.frame(visit.words.t("skills-journal"), Nav::Skills).done(asked.done.as_deref()),
        pages: part
            .into_iter()
            .map(|one| Entry {
                id: one.id,
                when: visit.clock.moment(&visit.words, &one.kept.time),
                beginning: kept::beginning(&one.kept.text),
            })
            .collect(),
        older: older.and_then(|before| query(before).ok()),
        damaged: found.damaged,
        q: asked.q,
    }))
}

async fn one(visit: Visit, Path(id): Path<String>, Query(asked): Query<Done>) -> Result<Response, Oops> {
    let found = visit.service().text(Texts::Journal, &id).await?;
    let when = visit.clock.moment(&visit.words, &found.kept.time);
    Ok(page(&OnePage {
        f: visit.frame(when.said, Nav::Skills).done(asked.done.as_deref()),
        id: found.id,
        paragraphs: paragraphs(&found.kept.text),
    }))
}

async fn write(visit: Visit, Query(asked): Query<Done>) -> Result<Response, Oops> {
    let (filled, said) = kept::draft::<Filled>(&visit, AT).await?.unwrap_or_default();
    Ok(write_page(&visit, AT.to_owned(), filled.text, said, None, asked.done.as_deref()))
}

async fn save(visit: Visit, Form(filled): Form<Filled>) -> Result<Response, Oops> {
    let kept = match form::text(&filled.text) {
        Ok(text) => visit.service().keep_text(Texts::Journal, text).await,
        Err(problem) => Err(problem),
    };
    match kept {
        Ok(kept) => {
            visit.service().drop_draft(AT).await?;
            Ok(see(format!("{AT}/{}?done=done-saved", kept.id)))
        }
        Err(problem) => {
            Ok(write_page(&visit, AT.to_owned(), filled.text, String::new(), Some(&problem), None))
        }
    }
}

async fn edit(visit: Visit, Path(id): Path<String>, Query(asked): Query<Done>) -> Result<Response, Oops> {
    let at = place(&id);
    let found = visit.service().text(Texts::Journal, &id).await?;
    let draft = kept::draft::<Filled>(&visit, &at).await?;
    let (text, said) = draft.map_or((found.kept.text, String::new()), |(filled, said)| (filled.text, said));
    Ok(write_page(&visit, at, text, said, None, asked.done.as_deref()))
}

async fn save_again(
    visit: Visit,
    Path(id): Path<String>,
    Form(filled): Form<Filled>,
) -> Result<Response, Oops> {
    let at = place(&id);
    let kept = match form::text(&filled.text) {
        Ok(text) => visit.service().replace_text(Texts::Journal, &id, text).await,
        Err(problem) => Err(problem),
    };
    match kept {
        Ok(_) => {
            visit.service().drop_draft(&at).await?;
            Ok(see(format!("{at}?done=done-saved")))
        }
        Err(problem) => Ok(write_page(&visit, at, filled.text, String::new(), Some(&problem), None)),
    }
}

async fn keep(visit: Visit, Form(filled): Form<Filled>) -> Result<Response, Oops> {
    kept::keep_draft(&visit, AT, &filled, &format!("{AT}/write")).await
}

async fn keep_again(
    visit: Visit,
    Path(id): Path<String>,
    Form(filled): Form<Filled>,
) -> Result<Response, Oops> {
    let at = place(&id);
    kept::keep_draft(&visit, &at, &filled, &format!("{at}/write")).await
}

async fn put_away(visit: Visit, Form(_): Form<Filled>) -> Result<Response, Oops> {
    visit.service().drop_draft(AT).await?;
    Ok(see(AT))
}

async fn put_away_again(
    visit: Visit,
    Path(id): Path<String>,
    Form(_): Form<Filled>,
) -> Result<Response, Oops> {
    let at = place(&id);
    visit.service().drop_draft(&at).await?;
    Ok(see(at))
}

/// Where a page is; what was not saved of it is kept by that name, too.
fn place(id: &str) -> String {
    format!("{AT}/{id}")
}

fn write_page(
    visit: &Visit,
    at: String,
    text: String,
    draft_said: String,
    problem: Option<&Problem>,
    done: Option<&str>,
) -> Response {
    let heading = if at == AT { visit.words.t("journal-write") } else { visit.words.t("journal-edit") };
    page(&WritePage {
        f: visit.frame(heading, Nav::Skills).done(done),
        at,
        text,
        draft_said,
        error: problem.map(|problem| kept::said_of(&visit.words, problem)),
    })
}
