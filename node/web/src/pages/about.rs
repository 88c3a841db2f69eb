//! What a group is: its charter in plain words, my agreement to it, and what was done by those who look after it.

use askama::Template;
use axum::Router;
use axum::extract::{Path, Query};
use axum::response::Response;
use axum::routing::{get, post};
use kith_node::api::types::{
    Advice, Charter, CharterChanges, EditCharter, GroupCharter, History, Inviters, Problem, Role,
};
use serde::Deserialize;

use crate::form::{Form, lines};
use crate::frame::{Frame, Nav, Room, page};
use crate::icons;
use crate::oops::{Oops, Said, see};
use crate::visit::Visit;
use crate::web::Web;
use crate::words::Words;

pub fn routes() -> Router<Web> {
    Router::new()
        .route("/groups/{group}/about", get(show))
        .route("/groups/{group}/about/accept", post(accept))
        .route("/groups/{group}/about/edit", get(edit).post(change))
}

#[derive(Template)]
#[template(path = "about.html")]
struct AboutPage {
    f: Frame,
    id: String,
    charter: Charter,
    facts: Vec<(String, String)>,
    changed: Vec<(String, String)>,
    accepted: bool,
    key_words: Option<String>,
    /// Whether only one person looks after the group.
    alone: bool,
    facilitator: bool,
}

#[derive(Deserialize)]
struct Asked {
    done: Option<String>,
}

async fn show(visit: Visit, Path(id): Path<String>, Query(asked): Query<Asked>) -> Result<Response, Oops> {
    let role = visit.group(&id)?.role;
    let group = visit.service().group_show(&id).await?;
    let GroupCharter { charter, accepted, changed, .. } = visit.service().charter(&id).await?;
    let words = &visit.words;
    Ok(page(&AboutPage {
        facts: facts(words, &charter),
        changed: changes(words, &changed),
        accepted,
        key_words: group.key_words,
        alone: group.facilitators == 1 && !charter.shared_power,
        facilitator: role == Some(Role::Facilitator),
        charter,
        f: visit
            .frame(words.t("about"), Nav::Groups)
            .in_group(&visit, &id, Room::About)
            .done(asked.done.as_deref()),
        id,
    }))
}

#[derive(Deserialize)]
struct Nothing {}

async fn accept(visit: Visit, Path(id): Path<String>, Form(_): Form<Nothing>) -> Result<Response, Oops> {
    visit.group(&id)?;
    visit.service().charter_accept(&id).await?;
    Ok(see(format!("/groups/{id}/about?done=done-saved")))
}

/// What a charter says in figures and choices, as pairs of a name and a sentence.
pub fn facts(words: &Words, charter: &Charter) -> Vec<(String, String)> {
    let fact = |name: &str, said: String| (words.t(name), said);
    let mut facts = Vec::new();
    if charter.reply_hours > 0 {
        facts.push(fact("charter-reply", words.tn("charter-hours", "hours", charter.reply_hours)));
    }
    facts.push(match charter.retention_days {
        0 => fact("charter-kept", words.t("charter-kept-always")),
        days => fact("charter-kept", words.tn("charter-kept-days", "days", days)),
    });
    facts.push(fact(
        "charter-advice",
        words.t(match charter.advice {
            Advice::IfAsked => "charter-advice-if-asked",
            Advice::Welcome => "charter-advice-welcome",
        }),
    ));
    facts.push(fact(
        "charter-history",
        words.t(match charter.history {
            History::All => "charter-history-all",
            History::None => "charter-history-none",
        }),
    ));
    facts.push(fact(
        "charter-inviters",
        words.t(match charter.invites {
            Inviters::Facilitators => "charter-inviters-facilitators",
            Inviters::Members => "charter-inviters-members",
        }),
    ));
    facts.push(fact("charter-size", words.tn("charter-size-most", "size", charter.size)));
    if charter.term_days > 0 {
        facts.push(fact("charter-term", words.tn("charter-kept-days", "days", charter.term_days)));
    }
    facts.push(match charter.attachment_kib {
        0 => fact("charter-files", words.t("charter-files-none")),
        kib => fact("charter-files", words.tn("charter-files-most", "kib", kib)),
    });
    if charter.shared_power {
        facts.push(fact("charter-power", words.t("charter-power-shared")));
    }
    facts
}

/// What changed in a charter, as pairs of a name and what it says now.
pub fn changes(words: &Words, changes: &CharterChanges) -> Vec<(String, String)> {
    let list = |list: &Vec<String>| list.join("\n");
    let texts = [
        ("charter-purpose", changes.purpose.clone()),
        ("charter-audience", changes.audience.clone()),
        ("charter-agreements", changes.agreements.as_ref().map(list)),
        ("charter-rules", changes.rules.as_ref().map(list)),
        ("charter-confidentiality", changes.confidentiality.clone()),
        ("charter-language", changes.language.clone()),
        ("charter-questions", changes.questions.as_ref().map(list)),
    ];
    let mut all: Vec<(String, String)> =
        texts.into_iter().filter_map(|(name, said)| Some((words.t(name), said?))).collect();
    let whole = changes.clone().over(empty());
    let told = [
        (changes.reply_hours.is_some(), "charter-reply"),
        (changes.retention_days.is_some(), "charter-kept"),
        (changes.advice.is_some(), "charter-advice"),
        (changes.history.is_some(), "charter-history"),
        (changes.invites.is_some(), "charter-inviters"),
        (changes.size.is_some(), "charter-size"),
        (changes.term_days.is_some(), "charter-term"),
        (changes.attachment_kib.is_some(), "charter-files"),
    ];
    let facts = facts(words, &whole);
    for (_, name) in told.iter().filter(|(changed, _)| *changed) {
        let name = words.t(name);
        let said = facts.iter().find(|(known, _)| *known == name).map(|(_, said)| said.clone());
        all.push((name, said.unwrap_or_else(|| words.t("charter-no-more"))));
    }
    all
}

fn empty() -> Charter {
    Charter {
        purpose: String::new(),
        audience: String::new(),
        agreements: Vec::new(),
        rules: Vec::new(),
        confidentiality: String::new(),
        reply_hours: 0,
        retention_days: 0,
        advice: Advice::default(),
        language: String::new(),
        questions: Vec::new(),
        term_days: 0,
        attachment_kib: 0,
        history: History::default(),
        size: 0,
        invites: Inviters::default(),
        shared_power: false,
    }
}

/// The form with which a charter is changed.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct Filled {
    purpose: String,
    audience: String,
    agreements: String,
    rules: String,
    confidentiality: String,
    reply_hours: String,
    retention_days: String,
    advice: String,
    language: String,
    questions: String,
    history: String,
    size: String,
    invites: String,
    term_days: String,
    attachment_kib: String,
    reason: String,
}

#[derive(Template)]
#[template(path = "about_edit.html")]
struct EditPage {
    f: Frame,
    id: String,
    group_title: String,
    error: Option<Said>,
    filled: Filled,
}

async fn edit(visit: Visit, Path(id): Path<String>) -> Result<Response, Oops> {
    if visit.group(&id)?.role != Some(Role::Facilitator) {
        return Err(Oops::missing());
    }
    let charter = visit.service().charter(&id).await?.charter;
    let filled = Filled {
        purpose: charter.purpose,
        audience: charter.audience,
        agreements: charter.agreements.join("\n"),
        rules: charter.rules.join("\n"),
        confidentiality: charter.confidentiality,
        reply_hours: charter.reply_hours.to_string(),
        retention_days: charter.retention_days.to_string(),
        advice: word(&charter.advice),
        language: charter.language,
        questions: charter.questions.join("\n"),
        history: word(&charter.history),
        size: charter.size.to_string(),
        invites: word(&charter.invites),
        term_days: charter.term_days.to_string(),
        attachment_kib: charter.attachment_kib.to_string(),
        reason: String::new(),
    };
    Ok(edit_page(&visit, id, filled, None))
}

async fn change(visit: Visit, Path(id): Path<String>, Form(filled): Form<Filled>) -> Result<Response, Oops> {
    if visit.group(&id)?.role != Some(Role::Facilitator) {
        return Err(Oops::missing());
    }
    let before = visit.service().charter(&id).await?.charter;
    let edit = EditCharter { changes: only_what_differs(&filled, &before), reason: lines(&filled.reason) };
    match visit.service().charter_edit(&id, edit).await {
        Ok(amended) => {
            let done = match amended.state {
                kith_node::api::types::ActState::Done => "done-saved",
                kith_node::api::types::ActState::Awaiting => "done-awaiting",
            };
            Ok(see(format!("/groups/{id}/about?done={done}")))
        }
        Err(problem) => Ok(edit_page(&visit, id, filled, Some(&problem))),
    }
}

/// What the form says otherwise than the charter. A figure that is none says nothing.
fn only_what_differs(filled: &Filled, before: &Charter) -> CharterChanges {
    let text = |said: &str, before: &str| {
        let said = lines(said).trim().to_owned();
        (said != before).then_some(said)
    };
    let list = |said: &str, before: &[String]| {
        let said = lines(said);
        let said: Vec<String> =
            said.lines().map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned).collect();
        (said != before).then_some(said)
    };
    fn figure<T: std::str::FromStr + PartialEq>(said: &str, before: T) -> Option<T> {
        said.trim().parse().ok().filter(|said| *said != before)
    }
    fn choice<T: serde::de::DeserializeOwned + PartialEq>(said: &str, before: T) -> Option<T> {
        let [(_, said)]: [(String, T); 1] = serde_html_form::from_str(&format!("c={said}")).ok()?;
        (said != before).then_some(said)
    }
    CharterChanges {
        purpose: text(&filled.purpose, &before.purpose),
        audience: text(&filled.audience, &before.audience),
        agreements: list(&filled.agreements, &before.agreements),
        rules: list(&filled.rules, &before.rules),
        confidentiality: text(&filled.confidentiality, &before.confidentiality),
        reply_hours: figure(&filled.reply_hours, before.reply_hours),
        retention_days: figure(&filled.retention_days, before.retention_days),
        advice: choice(&filled.advice, before.advice),
        language: text(&filled.language, &before.language),
        questions: list(&filled.questions, &before.questions),
        term_days: figure(&filled.term_days, before.term_days),
        attachment_kib: figure(&filled.attachment_kib, before.attachment_kib),
        history: choice(&filled.history, before.history),
        size: figure(&filled.size, before.size),
        invites: choice(&filled.invites, before.invites),
    }
}

/// A choice as it stands in a form.
fn word(choice: &impl serde::Serialize) -> String {
    let written = serde_html_form::to_string([("c", choice)]).unwrap_or_default();
    written.trim_start_matches("c=").to_owned()
}

fn edit_page(visit: &Visit, id: String, filled: Filled, problem: Option<&Problem>) -> Response {
    let f = visit.frame(visit.words.t("about-edit"), Nav::Groups).in_group(visit, &id, Room::Inside);
    page(&EditPage {
        group_title: f.group.as_ref().map(|group| group.title.clone()).unwrap_or_default(),
        error: problem.map(|problem| Said::of(&visit.words, problem)),
        filled,
        f,
        id,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_was_changed_is_changed() {
        let before = Charter { purpose: "P".into(), size: 50, agreements: vec!["a".into()], ..empty() };
        let filled = Filled {
            purpose: "P".into(),
            agreements: " a \r\n\r\nb".into(),
            size: "60".into(),
            advice: "welcome".into(),
            history: "all".into(),
            reply_hours: "soon".into(),
            ..Filled::default()
        };
        let changes = only_what_differs(&filled, &before);
        let expected = CharterChanges {
            agreements: Some(vec!["a".into(), "b".into()]),
            size: Some(60),
            advice: Some(Advice::Welcome),
            ..CharterChanges::default()
        };
        assert_eq!(changes, expected);
        assert_eq!(word(&History::None), "none");
    }
}
