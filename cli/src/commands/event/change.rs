//! `kith event change` and `kith event cancel`.

use clap::Args;
use kith_node::api::types::{CalendarEvent, ChangeEvent, Delivery, EventKind};
use std::path::PathBuf;

use super::{Which, moment};
use crate::client::Route;
use crate::context::Context;
use crate::exit::{Ending, Outcome};
use crate::reason::Reason;
use crate::{phrase, reason};

/// Move an event to another time or place
///
/// Your own, or as facilitator or helper anybody's but a day that matters to them. The others see that it was moved, and why.
#[derive(Args, Debug)]
pub struct Change {
    #[command(flatten)]
    which: Which,
    /// When instead, in your time zone: "2026-12-05 18:30"; of a day that matters, "2026-12-05"
    #[arg(long, value_name = "TIME")]
    when: Option<String>,
    /// How many minutes instead
    #[arg(long, value_name = "N")]
    minutes: Option<u16>,
    /// Where instead, from FILE ("-" is stdin)
    #[arg(long, value_name = "FILE")]
    place_file: Option<PathBuf>,
    #[command(flatten)]
    reason: Reason,
}

/// Say that an event does not take place, and why
///
/// Your own, or as facilitator or helper anybody's but a day that matters to them.
#[derive(Args, Debug)]
pub struct Cancel {
    #[command(flatten)]
    which: Which,
    #[command(flatten)]
    reason: Reason,
}

impl Change {
    pub fn run(self, context: &Context) -> Outcome {
        context.before_asking()?;
        if self.when.is_none() && self.minutes.is_none() && self.place_file.is_none() {
            return Err(phrase::say_it("What is different", "--when, --minutes or --place-file"));
        }
        let place = self.place_file.as_deref().map(reason::read).transpose()?;
        let route = Route::new(&["calendar", &self.which.event])?;
        let event: CalendarEvent = context.node(async |node| node.get(route).await)?;
        let is_day = event.kind == EventKind::Anniversary;
        let start = self.when.as_deref().filter(|_| !is_day).map(moment).transpose()?;
        let change = ChangeEvent {
            cancelled: false,
            start,
            day: self.when.filter(|_| is_day),
            minutes: self.minutes,
            place,
            reason: self.reason.needed(context)?,
        };
        send(context, &self.which, &change, "The others see that it was moved.")
    }
}

impl Cancel {
    pub fn run(self, context: &Context) -> Outcome {
        context.before_asking()?;
        let reason = self.reason.needed(context)?;
        let change = ChangeEvent { cancelled: true, reason, ..ChangeEvent::default() };
        send(context, &self.which, &change, "The others see that it does not take place.")
    }
}

fn send(context: &Context, which: &Which, change: &ChangeEvent, words: &str) -> Outcome {
    let route = Route::new(&["calendar", &which.event, "change"])?;
    let sent: Delivery = context.node(async |node| node.post(route, change).await)?;
    context.output.answer(&sent, || format!("{words} {}", phrase::delivery(&sent)))?;
    Ok(Ending::Done)
}
