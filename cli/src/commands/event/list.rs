//! `kith event list` and `kith event show`.

use clap::Args;
use kith_node::api::types::{Calendar, CalendarEvent, EventKind};

use super::{Group, Which, kind, time};
use crate::client::Route;
use crate::context::Context;
use crate::exit::{Ending, Outcome};
use crate::{hearing, phrase, plain};

/// Show what is coming up
#[derive(Args, Debug)]
pub struct List {
    #[command(flatten)]
    group: Group,
    /// Show what is over or cancelled as well
    #[arg(long)]
    all: bool,
}

/// Show an event
#[derive(Args, Debug)]
pub struct Show {
    #[command(flatten)]
    which: Which,
}

impl List {
    pub fn run(self, context: &Context) -> Outcome {
        let route = Route::new(&["groups", &self.group.group, "calendar"])?;
        let mut calendar: Calendar = context.node(async |node| node.get(route).await)?;
        if !self.all {
            calendar.events.retain(|event| !event.over);
        }
        context.output.answer(&calendar, || words(&calendar))?;
        Ok(Ending::Done)
    }
}

impl Show {
    pub fn run(self, context: &Context) -> Outcome {
        let route = Route::new(&["calendar", &self.which.event])?;
        let event: CalendarEvent = context.node(async |node| node.get(route).await)?;
        context.output.answer(&event, || whole(&event))?;
        Ok(Ending::Done)
    }
}

fn words(calendar: &Calendar) -> String {
    if calendar.events.is_empty() {
        return "Nothing is announced. Would you like to?  kith event add".to_owned();
    }
    calendar.events.iter().map(line).collect()
}

fn line(event: &CalendarEvent) -> String {
    let mut line = format!("{}   [{}]\n", time(event), phrase::id(&event.event));
    let title = match hearing::notes(&event.notes).filter(|_| !event.mine) {
        // What it mentions first: whoever wishes to reads on.
        Some(notes) => format!("{notes} To read it: kith event show {}", phrase::id(&event.event)),
        None => plain::line(&event.title).into_owned(),
    };
    line.push_str(&format!("    {}. {title}\n", by(event)));
    line.push_str(&changed(event, "    "));
    line
}

fn whole(event: &CalendarEvent) -> String {
    let mut words = format!("{}\n{}\n{}\n", plain::line(&event.title), by(event), time(event));
    words.push_str(&changed(event, ""));
    words.extend(hearing::notes(&event.notes).map(|notes| format!("{notes}\n")));
    if !event.place.is_empty() {
        let leaves = " (following a link leaves this program, and tells others that you did)";
        let leaves = if event.place.contains("://") { leaves } else { "" };
        words.push_str(&format!("Where{leaves}: {}\n", plain::line(&event.place)));
    }
    if let Some(circle) = &event.circle {
        words.push_str(&format!("The circle: {}\n", phrase::id(circle)));
    }
    if !event.words.is_empty() {
        words.push('\n');
        for line in plain::block(&event.words).lines() {
            words.push_str(&format!("    {line}\n"));
        }
    }
    words
}

fn by(event: &CalendarEvent) -> String {
    let name = plain::line(&event.name);
    match event.kind {
        EventKind::Anniversary if event.mine => "A day that matters to you".to_owned(),
        EventKind::Anniversary => format!("A day that matters to {name}"),
        other if event.mine => format!("{}, from you", kind(other)),
        other => format!("{}, from {name}", kind(other)),
    }
}

fn changed(event: &CalendarEvent, before: &str) -> String {
    let mut what = match (event.cancelled, event.over, event.moved) {
        (true, _, _) => "It does not take place.",
        (false, true, _) => "It is over.",
        (false, false, true) => "It was moved.",
        _ => return String::new(),
    }
    .to_owned();
    if !event.reason.is_empty() {
        what.push_str(&format!(" The reason: {}", plain::line(&event.reason)));
    }
    format!("{before}{what}\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use kith_node::api::types::{ContentNotes, Mention};

    fn example(kind: EventKind) -> CalendarEvent {
        CalendarEvent {
            event: "ab".repeat(32),
            name: "Ben\u{1b}".into(),
            title: "Walk by the river".into(),
            kind,
            start: Some("2036-12-05T18:30:00.000Z".into()),
            minutes: 90,
            ..CalendarEvent::default()
        }
    }

    #[test]
    fn what_is_coming_up_is_told_in_words() {
        let walk = line(&example(EventKind::Gathering));
        assert!(walk.contains("A gathering, from Ben\u{fffd}. Walk by the river\n"), "{walk}");
        let off = CalendarEvent { cancelled: true, reason: "Rain".into(), ..example(EventKind::Gathering) };
        assert!(line(&off).contains("    It does not take place. The reason: Rain\n"));
        let notes = ContentNotes { mentions: vec![Mention::Loss], other: String::new() };
        let day = (None, Some("2020-12-05".to_owned()), Some("2026-12-05".to_owned()));
        let hard = CalendarEvent { notes, ..example(EventKind::Anniversary) };
        let hard = CalendarEvent { start: day.0, day: day.1, next: day.2, minutes: 0, ..hard };
        let hard = line(&hard);
        assert!(hard.contains(
            "A day that matters to Ben\u{fffd}. Mentions: death and loss. To read it: kith event show"
        ));
        assert!(!hard.contains("Walk") && !hard.to_lowercase().contains("happy"), "{hard}");
    }

    #[test]
    fn an_offer_has_no_time() {
        let offer = CalendarEvent { start: None, minutes: 15, ..example(EventKind::SkillShare) };
        assert!(line(&offer).starts_with("No time yet: ask when, 15 minutes   ["));
    }
}
