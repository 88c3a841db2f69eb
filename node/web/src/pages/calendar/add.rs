//! Announcing an event, an offer, or a day that matters.

use askama::Template;
use axum::extract::Query;
use axum::response::Response;
use kith_node::api::types::{AddEvent, CircleState, EventKind, GroupState};
use serde::Deserialize;

use crate::form::{self, Form};
use crate::frame::{Frame, Nav, Room, page};
use crate::icons;
use crate::oops::{Oops, Said, see};
use crate::parts::writing::Mentions;
use crate::visit::Visit;

const KINDS: [(EventKind, &str, &str, &str); 4] = [
    (EventKind::Gathering, "gathering", "event-gathering", "event-gathering-hint"),
    (EventKind::Circle, "circle", "event-circle", "event-circle-hint"),
    (EventKind::SkillShare, "skill_share", "event-skill-share", "event-skill-share-hint"),
    (EventKind::Anniversary, "anniversary", "event-day", "event-day-hint"),
];

#[derive(Deserialize)]
pub struct Asked {
    group: Option<String>,
}

/// What was filled in.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Filled {
    #[serde(default)]
    group: String,
    #[serde(default)]
    title: String,
    #[serde(default)]
    kind: EventKind,
    #[serde(default)]
    day: String,
    #[serde(default)]
    time: String,
    #[serde(default)]
    minutes: String,
    #[serde(default)]
    place: String,
    #[serde(default)]
    circle: String,
    #[serde(default)]
    words: String,
    #[serde(default)]
    mentions: Vec<String>,
    #[serde(default)]
    note: String,
}

#[derive(Template)]
#[template(path = "calendar/add.html")]
struct AddPage {
    f: Frame,
    /// Groups to choose from, where it is not said which.
    groups: Vec<(String, String)>,
    group_title: String,
    error: Option<Said>,
    filled: Filled,
    kinds: Vec<(&'static str, String, String)>,
    kind: &'static str,
    zone: String,
    circles: Vec<(String, String)>,
    mentions: Mentions,
}

pub async fn show(visit: Visit, Query(asked): Query<Asked>) -> Result<Response, Oops> {
    let joined = visit.overview.groups.iter().filter(|group| group.state == GroupState::Joined);
    let only = match joined.map(|group| group.group.as_str()).collect::<Vec<_>>().as_slice() {
        [one] => Some((*one).to_owned()),
        _ => None,
    };
    let group = asked.group.or(only).unwrap_or_default();
    form_page(&visit, Filled { group, ..Filled::default() }, None).await
}

pub async fn send(visit: Visit, Form(filled): Form<Filled>) -> Result<Response, Oops> {
    let words = &visit.words;
    let Some(add) = event(&visit, &filled) else {
        let said = Said { message: words.t("event-wrong-time"), hint: words.t("event-wrong-hint") };
        return form_page(&visit, filled, Some(said)).await;
    };
    match visit.service().event_add(&filled.group, add).await {
        Ok(sent) => Ok(see(format!("/events/{}?done=done-announced", sent.post))),
        Err(problem) => {
            let said = Said::of(words, &problem);
            form_page(&visit, filled, Some(said)).await
        }
    }
}

/// What was filled in as the service takes it; none if a field holds no time or number.
fn event(visit: &Visit, filled: &Filled) -> Option<AddEvent> {
    let anniversary = filled.kind == EventKind::Anniversary;
    let timed = !(anniversary || filled.day.is_empty() && filled.time.is_empty());
    let start = if timed { Some(visit.clock.from_here(&filled.day, &filled.time)?) } else { None };
    let minutes = filled.minutes.trim();
    Some(AddEvent {
        title: filled.title.clone(),
        kind: filled.kind,
        start,
        day: Some(filled.day.clone()).filter(|day| anniversary && !day.is_empty()),
        minutes: if minutes.is_empty() { 0 } else { minutes.parse().ok()? },
        place: filled.place.clone(),
        words: form::lines(&filled.words),
        circle: Some(filled.circle.clone()).filter(|circle| !circle.is_empty()),
        mentions: filled.mentions.join(","),
        note: filled.note.clone(),
    })
}

async fn form_page(visit: &Visit, filled: Filled, error: Option<Said>) -> Result<Response, Oops> {
    let words = &visit.words;
    let joined = visit.overview.groups.iter().filter(|group| group.state == GroupState::Joined);
    let titled = joined
        .map(|group| (group.group.clone(), group.title.clone().unwrap_or_else(|| words.t("group-unknown"))));
    let groups: Vec<(String, String)> = titled.collect();
    let (mut group_title, mut circles) = (String::new(), Vec::new());
    if !filled.group.is_empty() {
        group_title = visit.group(&filled.group)?.title.clone().unwrap_or_default();
        let all = visit.service().circles(&filled.group).await?.circles;
        let to_come = all.into_iter().filter(|circle| circle.state != CircleState::Past);
        circles =
            to_come.map(|circle| (circle.circle, visit.clock.moment(words, &circle.start).said)).collect();
    }
    Ok(page(&AddPage {
        f: visit.frame(words.t("event-add"), Nav::Calendar),
        groups,
        group_title,
        error,
        kinds: KINDS.map(|(_, value, said, hint)| (value, words.t(said), words.t(hint))).to_vec(),
        kind: KINDS.iter().find(|(kind, ..)| *kind == filled.kind).map_or("", |(_, value, ..)| value),
        zone: visit.clock.zone(),
        circles,
        mentions: Mentions::of(words, &filled.mentions, &filled.note),
        filled,
    }))
}
