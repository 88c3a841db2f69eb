//! Changing a charter. What stands in the form is kept until it is sent, and what others changed meanwhile is not lost.

use askama::Template;
use axum::Router;
use axum::extract::Path;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use kith_node::api::types::{
    ActState, Advice, Charter, CharterChanges, EditCharter, History, Inviters, Takes,
};
use serde::{Deserialize, Serialize};

use crate::form::{Form, lines};
use crate::frame::{Frame, Nav, Room, page};
use crate::icons;
use crate::oops::{Oops, Said, see};
use crate::parts::writing::draft_said;
use crate::visit::Visit;
use crate::web::Web;

pub fn routes() -> Router<Web> {
    Router::new()
        .route("/groups/{group}/about/edit", get(show).post(change))
        .route("/groups/{group}/about/edit/draft", post(keep))
        .route("/groups/{group}/about/edit/draft/drop", post(put_away))
}

/// What was filled in: numbers as they were typed.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
struct Filled {
    /// The charter that stood in the form at first, by its hash.
    seen: String,
    purpose: String,
    audience: String,
    /// A line each.
    agreements: String,
    /// A line each.
    rules: String,
    confidentiality: String,
    reply_hours: String,
    retention_days: String,
    advice: Advice,
    language: String,
    /// A line each.
    questions: String,
    history: History,
    size: String,
    invites: Inviters,
    term_days: String,
    attachment_kib: String,
    reason: String,
}

/// Where a number belongs stands something else, or one that is too large.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct NotANumber;

#[derive(Template)]
#[template(path = "about/edit.html")]
struct EditPage {
    f: Frame,
    id: String,
    error: Option<Said>,
    filled: Filled,
    /// How many it takes to change what members agreed to.
    takes: String,
    /// Whether newcomers read nothing of the time before them, which stays so.
    closed: bool,
    shared_power: bool,
    draft_said: String,
}

async fn show(visit: Visit, Path(id): Path<String>) -> Result<Response, Oops> {
    let takes = may(&visit, &id).await?;
    let charter = visit.service().charter(&id).await?.charter;
    let draft = visit.service().draft(&place(&id)).await?;
    let kept = draft.as_ref().and_then(|draft| serde_html_form::from_str(&draft.text).ok());
    let said = draft.as_ref().filter(|_| kept.is_some()).map(|draft| draft_said(&visit, &draft.time));
    let filled = kept.unwrap_or_else(|| Filled::of(&charter));
    Ok(edit_page(&visit, id, &charter, filled, takes, None, said.unwrap_or_default()))
}

async fn change(visit: Visit, Path(id): Path<String>, Form(filled): Form<Filled>) -> Result<Response, Oops> {
    let takes = may(&visit, &id).await?;
    let words = &visit.words;
    let charter = visit.service().charter(&id).await?.charter;
    let said = |message: &str, hint: &str| Said { message: words.t(message), hint: words.t(hint) };
    let error = if filled.seen == hash(&charter) {
        match filled.changes(&charter) {
            Err(NotANumber) => said("about-not-a-number", "about-not-a-number-do"),
            Ok(changes) => {
                let edit = EditCharter { changes, reason: lines(&filled.reason) };
                match visit.service().charter_edit(&id, edit).await {
                    Ok(amended) => {
                        visit.service().drop_draft(&place(&id)).await?;
                        let done = match (amended.state, amended.asks_members) {
                            (ActState::Awaiting, _) => "done-charter-proposed",
                            (ActState::Done, true) => "done-charter-asks",
                            (ActState::Done, false) => "done-charter",
                        };
                        return Ok(see(format!("/groups/{id}/about?done={done}")));
                    }
                    Err(problem) => Said::of(words, &problem),
                }
            }
        }
    } else {
        said("about-changed-meanwhile", "about-changed-meanwhile-do")
    };
    let filled = Filled { seen: hash(&charter), ..filled };
    Ok(edit_page(&visit, id, &charter, filled, takes, Some(error), String::new()))
}

async fn keep(visit: Visit, Path(id): Path<String>, Form(filled): Form<Filled>) -> Result<Response, Oops> {
    may(&visit, &id).await?;
    let draft = serde_html_form::to_string(&filled).unwrap_or_default();
    visit.service().keep_draft(&place(&id), draft).await?;
    let now = visit.service().now()?.to_string();
    Ok(match visit.by_script {
        true => draft_said(&visit, &now).into_response(),
        false => see(format!("/groups/{id}/about/edit")),
    })
}

async fn put_away(visit: Visit, Path(id): Path<String>, Form(_): Form<Filled>) -> Result<Response, Oops> {
    visit.service().drop_draft(&place(&id)).await?;
    Ok(see(format!("/groups/{id}/about")))
}

/// How many it takes; for who may not change it there is no such page.
async fn may(visit: &Visit, id: &str) -> Result<Takes, Oops> {
    visit.group(id)?;
    visit.service().may_amend(id).await?.ok_or_else(Oops::missing)
}

/// Where the draft is kept.
fn place(id: &str) -> String {
    format!("charter/{id}")
}

/// A charter by its hash, so that a form knows which one it was filled in for.
fn hash(charter: &Charter) -> String {
    let written = serde_html_form::to_string(charter).unwrap_or_default();
    blake3::hash(written.as_bytes()).to_hex().to_string()
}

impl Filled {
    fn of(charter: &Charter) -> Filled {
        let number = |number: u32| if number == 0 { String::new() } else { number.to_string() };
        Filled {
            seen: hash(charter),
            purpose: charter.purpose.clone(),
            audience: charter.audience.clone(),
            agreements: charter.agreements.join("\n"),
            rules: charter.rules.join("\n"),
            confidentiality: charter.confidentiality.clone(),
            reply_hours: number(charter.reply_hours.into()),
            retention_days: number(charter.retention_days),
            advice: charter.advice,
            language: charter.language.clone(),
            questions: charter.questions.join("\n"),
            history: charter.history,
            size: charter.size.to_string(),
            invites: charter.invites,
            term_days: number(charter.term_days),
            attachment_kib: charter.attachment_kib.to_string(),
            reason: String::new(),
        }
    }

    /// What is otherwise than in a charter.
    fn changes(&self, charter: &Charter) -> Result<CharterChanges, NotANumber> {
        fn other<T: PartialEq>(said: T, before: &T) -> Option<T> {
            (said != *before).then_some(said)
        }
        let text = |said: &str, before: &String| other(lines(said.trim()), before);
        let list = |said: &str, before: &Vec<String>| {
            let said = said.lines().map(str::trim).filter(|line| !line.is_empty());
            other(said.map(str::to_owned).collect(), before)
        };
        Ok(CharterChanges {
            purpose: text(&self.purpose, &charter.purpose),
            audience: text(&self.audience, &charter.audience),
            agreements: list(&self.agreements, &charter.agreements),
            rules: list(&self.rules, &charter.rules),
            confidentiality: text(&self.confidentiality, &charter.confidentiality),
            reply_hours: other(number(&self.reply_hours)?, &charter.reply_hours),
            retention_days: other(number(&self.retention_days)?, &charter.retention_days),
            advice: other(self.advice, &charter.advice),
            language: text(&self.language, &charter.language),
            questions: list(&self.questions, &charter.questions),
            term_days: other(number(&self.term_days)?, &charter.term_days),
            attachment_kib: other(number(&self.attachment_kib)?, &charter.attachment_kib),
            history: other(self.history, &charter.history),
            size: other(number(&self.size)?, &charter.size),
            invites: other(self.invites, &charter.invites),
        })
    }
}

/// A number as it was typed; empty: 0.
fn number<T: std::str::FromStr + Default>(typed: &str) -> Result<T, NotANumber> {
    let typed = typed.trim();
    if typed.is_empty() { Ok(T::default()) } else { typed.parse().map_err(|_| NotANumber) }
}

fn edit_page(
    visit: &Visit,
    id: String,
    charter: &Charter,
    filled: Filled,
    takes: Takes,
    error: Option<Said>,
    draft_said: String,
) -> Response {
    let words = &visit.words;
    page(&EditPage {
        takes: match takes {
            1 => words.t("about-edit-alone"),
            takes => words.tn("about-edit-takes", "takes", takes),
        },
        closed: charter.history == History::None,
        shared_power: charter.shared_power,
        error,
        filled,
        draft_said,
        f: visit.frame(words.t("about-edit"), Nav::Groups).in_group(visit, &id, Room::Inside),
        id,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn charter() -> Charter {
        let text = "purpose = 'P'\nagreements = ['Be kind.']\nretention_days = 365\nsize = 20";
        toml::from_str(text).unwrap()
    }

    #[test]
    fn a_form_as_it_came_changes_nothing_and_says_which_charter_it_is_for() {
        let filled = Filled::of(&charter());
        assert_eq!(filled.changes(&charter()), Ok(CharterChanges::default()));
        let other = Charter { size: 21, ..charter() };
        assert!(filled.seen == hash(&charter()) && filled.seen != hash(&other));
    }

    #[test]
    fn only_what_was_changed_is_changed() {
        let before = charter();
        let filled = Filled {
            agreements: " Be kind. \r\n\r\nBe on time.".into(),
            retention_days: " ".into(),
            advice: Advice::Welcome,
            ..Filled::of(&before)
        };
        let expected = CharterChanges {
            agreements: Some(vec!["Be kind.".into(), "Be on time.".into()]),
            retention_days: Some(0),
            advice: Some(Advice::Welcome),
            ..CharterChanges::default()
        };
        assert_eq!(filled.changes(&before), Ok(expected));
        let wrong = Filled { reply_hours: "soon".into(), ..filled };
        assert_eq!(wrong.changes(&before), Err(NotANumber));
    }
}
