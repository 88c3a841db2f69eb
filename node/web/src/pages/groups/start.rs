//! Starting a group: from a template or from nothing. What stands in the form is kept until the group is open.

use askama::Template;
use axum::Router;
use axum::extract::Query;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use kith_node::api::types::{
    Advice, Charter, CreateGroup, DEFAULT_ATTACHMENT_KIB, DEFAULT_NAME, DEFAULT_SIZE, History, Inviters,
    SHARED_POWER_SIZE,
};
use kith_node::service::templates;
use serde::{Deserialize, Serialize};

use crate::form::{Form, lines};
use crate::frame::{Frame, Nav, Room, page};
use crate::icons;
use crate::oops::{Oops, Said, see};
use crate::pages::welcome::Entries;
use crate::visit::Visit;
use crate::web::Web;

/// Where the draft is kept.
const PLACE: &str = "group";

/// The templates with their words here; what others there are is left out.
const NAMED: [(&str, &str); 6] = [
    ("anxiety", "template-anxiety"),
    ("carers", "template-carers"),
    ("grief", "template-grief"),
    ("long-illness", "template-long-illness"),
    ("new-parents", "template-new-parents"),
    ("recovery", "template-recovery"),
];

pub fn routes() -> Router<Web> {
    Router::new()
        .route("/groups/new", get(show).post(open))
        .route("/groups/new/draft", post(keep))
        .route("/groups/new/draft/drop", post(put_away))
}

/// Where a number belongs stands something else, or one that is too large.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct NotANumber;

/// What was filled in: numbers as they were typed.
#[derive(Clone, Default, Serialize, Deserialize)]
#[serde(default)]
struct Filled {
    title: String,
    name: String,
    purpose: String,
    audience: String,
    /// A line each.
    agreements: String,
    /// A line each.
    rules: String,
    confidentiality: String,
    reply_hours: String,
    retention_days: String,
    advice: String,
    history: String,
    invites: String,
    language: String,
    /// A line each.
    questions: String,
    /// `second`, `alone` or `shared`.
    who: String,
    attachment_kib: String,
}

#[derive(Template)]
#[template(path = "groups/start.html")]
struct StartPage {
    f: Frame,
    templates: Vec<(&'static str, String)>,
    filled: Filled,
    error: Option<Said>,
    draft_said: String,
}

#[derive(Deserialize)]
struct Asked {
    template: Option<String>,
}

async fn show(visit: Visit, Query(asked): Query<Asked>) -> Result<Response, Oops> {
    let draft = visit.service().draft(PLACE).await?;
    let kept = draft.as_ref().and_then(|draft| serde_html_form::from_str(&draft.text).ok());
    let said = draft.map(|draft| said(&visit, &draft.time)).unwrap_or_default();
    let name = Entries::of(&visit).await?.name;
    let language = visit.words.language().code.to_owned();
    let usual = Filled { name, language, ..Filled::default() };
    let template = asked.template.and_then(|name| templates::text(&name));
    Ok(match template.and_then(|text| toml::from_str::<Charter>(text).ok()) {
        // A template replaces what stood there only where it says something.
        Some(charter) => start_page(&visit, kept.unwrap_or(usual).with(charter), None, String::new()),
        None => start_page(&visit, kept.unwrap_or(usual), None, said),
    })
}

async fn open(visit: Visit, Form(filled): Form<Filled>) -> Result<Response, Oops> {
    let group = match filled.group() {
        Ok(group) => group,
        Err(NotANumber) => {
            let said = Said {
                message: visit.words.t("start-not-a-number"),
                hint: visit.words.t("start-not-a-number-do"),
            };
            return Ok(start_page(&visit, filled, Some(said), String::new()));
        }
    };
    match visit.service().group_create(group).await {
        Ok(created) => {
            visit.service().drop_draft(PLACE).await?;
            let done = if created.shared_power { "done-opened-shared" } else { "done-opened" };
            Ok(see(format!("/groups/{}/invite?done={done}", created.group)))
        }
        Err(problem) => {
            let said = Said::of(&visit.words, &problem);
            Ok(start_page(&visit, filled, Some(said), String::new()))
        }
    }
}

async fn keep(visit: Visit, Form(filled): Form<Filled>) -> Result<Response, Oops> {
    let draft = serde_html_form::to_string(&filled).unwrap_or_default();
    visit.service().keep_draft(PLACE, draft).await?;
    let now = visit.service().now()?.to_string();
    Ok(if visit.by_script { said(&visit, &now).into_response() } else { see("/groups/new") })
}

async fn put_away(visit: Visit, Form(_): Form<Filled>) -> Result<Response, Oops> {
    visit.service().drop_draft(PLACE).await?;
    Ok(see("/groups"))
}

fn said(visit: &Visit, time: &str) -> String {
    visit.words.t1("draft-saved", "time", visit.clock.time(time))
}

impl Filled {
    fn with(self, charter: Charter) -> Filled {
        let number = |number: u32| if number == 0 { String::new() } else { number.to_string() };
        Filled {
            purpose: charter.purpose,
            audience: charter.audience,
            agreements: charter.agreements.join("\n"),
            rules: charter.rules.join("\n"),
            confidentiality: charter.confidentiality,
            reply_hours: number(charter.reply_hours.into()),
            retention_days: number(charter.retention_days),
            advice: if charter.advice == Advice::Welcome { "welcome".into() } else { String::new() },
            history: if charter.history == History::None { "none".into() } else { String::new() },
            language: charter.language,
            questions: charter.questions.join("\n"),
            attachment_kib: charter.attachment_kib.to_string(),
            ..self
        }
    }

    fn group(&self) -> Result<CreateGroup, NotANumber> {
        let each = |text: &str| -> Vec<String> {
            text.lines().map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned).collect()
        };
        let text = |text: &str| lines(text.trim());
        let shared_power = self.who == "shared";
        let named = Some(self.name.trim()).filter(|name| !name.is_empty());
        Ok(CreateGroup {
            title: self.title.trim().to_owned(),
            purpose: text(&self.purpose),
            name: named.unwrap_or(DEFAULT_NAME).to_owned(),
            history: if self.history == "none" { History::None } else { History::All },
            size: if shared_power { SHARED_POWER_SIZE } else { DEFAULT_SIZE },
            invites: if self.invites == "members" { Inviters::Members } else { Inviters::Facilitators },
            audience: text(&self.audience),
            agreements: each(&self.agreements),
            rules: each(&self.rules),
            confidentiality: text(&self.confidentiality),
            reply_hours: number(&self.reply_hours, 0)?,
            retention_days: number(&self.retention_days, 0)?,
            advice: if self.advice == "welcome" { Advice::Welcome } else { Advice::IfAsked },
            language: self.language.trim().to_owned(),
            questions: each(&self.questions),
            term_days: 0,
            attachment_kib: number(&self.attachment_kib, DEFAULT_ATTACHMENT_KIB)?,
            shared_power,
        })
    }
}

/// A number as it was typed; empty: the usual.
fn number<T: std::str::FromStr>(typed: &str, usual: T) -> Result<T, NotANumber> {
    if typed.trim().is_empty() { Ok(usual) } else { typed.trim().parse().map_err(|_| NotANumber) }
}

fn start_page(visit: &Visit, filled: Filled, error: Option<Said>, draft_said: String) -> Response {
    let words = &visit.words;
    let named = |name: &str| NAMED.iter().find(|(known, _)| *known == name).map(|(_, said)| words.t(said));
    page(&StartPage {
        f: visit.frame(words.t("groups-start"), Nav::Groups),
        templates: templates::names().filter_map(|(name, _)| Some((name, named(name)?))).collect(),
        error,
        filled,
        draft_said,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_template_fills_the_form_and_the_form_opens_the_group() {
        for (name, _) in templates::names() {
            assert!(NAMED.iter().any(|(known, _)| *known == name), "{name} has no words");
            let charter: Charter = toml::from_str(templates::text(name).unwrap()).unwrap();
            let blank = Filled { title: " Second Winter ".into(), ..Filled::default() };
            let group = blank.with(charter.clone()).group().unwrap();
            assert_eq!((group.title.as_str(), group.charter()), ("Second Winter", charter), "{name}");
        }
    }

    #[test]
    fn lines_are_agreements_and_empty_ones_are_none() {
        let filled = Filled {
            agreements: "One.\r\n\r\n  Two. \r\n".into(),
            who: "shared".into(),
            ..Filled::default()
        };
        let group = filled.group().unwrap();
        assert_eq!(group.agreements, ["One.", "Two."]);
        assert!(group.shared_power && group.size == SHARED_POWER_SIZE);
        let hours = Filled { reply_hours: "a day".into(), ..Filled::default() };
        assert_eq!(hours.group(), Err(NotANumber));
    }
}
