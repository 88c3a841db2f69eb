//! What is coming up, as a file for calendar programs. It leaves Kith with it, and the page says so.

use axum::response::Response;
use kith_node::api::types::{ContentNotes, GroupState};
use kith_node::ical::{self, Said};
use serde::Deserialize;

use crate::form::Form;
use crate::oops::Oops;
use crate::parts::post::mentions;
use crate::parts::saved::{CALENDAR, file};
use crate::visit::Visit;

#[derive(Deserialize)]
pub struct Filled {
    /// Whether titles, places and all other words are left out.
    #[serde(default)]
    busy: String,
}

pub async fn save(visit: Visit, Form(filled): Form<Filled>) -> Result<Response, Oops> {
    let mut events = Vec::new();
    for group in visit.overview.groups.iter().filter(|group| group.state == GroupState::Joined) {
        events.extend(visit.service().calendar(&group.group).await?.events);
    }
    let words = &visit.words;
    let busy = words.t("calendar-busy");
    let notes = |notes: &ContentNotes| (!notes.is_empty()).then(|| mentions(words, notes));
    let said = if filled.busy.is_empty() { Said::All(&notes) } else { Said::Busy(&busy) };
    Ok(file("calendar.ics", CALENDAR, ical::calendar(&events, &said)))
}
