//! `kith event add`.

use std::path::PathBuf;

use clap::Args;
use kith_node::api::types::{AddEvent, Delivery, EventKind, Problem};
use serde::Deserialize;

use super::{Group, moment};
use crate::client::Route;
use crate::context::Context;
use crate::exit::{Ending, Outcome};
use crate::{charter, input, phrase};

/// Bytes of a form.
const FORM_MOST: usize = 16 * 1024;

/// What is offered in the editor.
const TEMPLATE: &str = "\
title = \"\"
# gathering, circle, skill-share (you show others how you do something; without a time it is an offer),
# or anniversary (a day that matters to you, glad or hard; it comes again each year)
kind = \"gathering\"
# In your time zone, as \"2026-12-05 18:30\"; of an anniversary the day, as \"2026-12-05\"
when = \"\"
minutes = 60
place = \"\"
# The id of the circle, if it is one
circle = \"\"
words = '''

'''
# self-harm, suicide, eating, abuse, sexual-violence, substances, loss, medical, pregnancy, violence, discrimination
mentions = \"\"
";

const HOLDS: &str = "It may hold title, kind, when, minutes, place, circle, words, mentions and note.";

/// Announce something, offer something, or name a day that matters to you
///
/// On a terminal your editor opens with a form. Otherwise it comes from a TOML file: title, kind (gathering, circle,
/// skill-share or anniversary), when ("2026-12-05 18:30"; of an anniversary "2026-12-05"), minutes, place, circle, words,
/// mentions, note. All members can read it.
#[derive(Args, Debug)]
pub struct Cmd {
    #[command(flatten)]
    group: Group,
    /// The TOML file ("-" is stdin)
    #[arg(long, value_name = "FILE")]
    from: Option<PathBuf>,
}

/// An event as people write it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Form {
    title: String,
    #[serde(default)]
    kind: Kind,
    #[serde(default)]
    when: String,
    #[serde(default)]
    minutes: u16,
    #[serde(default)]
    place: String,
    #[serde(default)]
    circle: String,
    #[serde(default)]
    words: String,
    #[serde(default)]
    mentions: String,
    #[serde(default)]
    note: String,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Kind {
    #[default]
    Gathering,
    Circle,
    SkillShare,
    Anniversary,
}

impl Cmd {
    pub fn run(self, context: &Context) -> Outcome {
        context.before_asking()?;
        if let Some(from) = &self.from {
            let form: Form = charter::read(from, HOLDS)?;
            return self.send(context, form);
        }
        if !context.can_ask() {
            return Err(phrase::say_it("What you announce", "--from (\"-\" is stdin)"));
        }
        let written = input::edited(context, TEMPLATE, FORM_MOST)?;
        if written.text.trim_ascii() == TEMPLATE.as_bytes().trim_ascii() {
            context.output.remark("Nothing was announced.");
            return written.sent(Ok(Ending::Done));
        }
        let form = charter::described::<Form>(&written.text, HOLDS);
        let sent = form.and_then(|form| self.send(context, form));
        written.sent(sent)
    }

    fn send(&self, context: &Context, form: Form) -> Outcome {
        let add = form.event()?;
        let route = Route::new(&["groups", &self.group.group, "calendar"])?;
        let sent: Delivery = context.node(async |node| node.post(route, &add).await)?;
        context.output.answer(&sent, || {
            let id = phrase::id(&sent.post);
            format!("The others will see it. \"kith event show {id}\" shows how. {}", phrase::delivery(&sent))
        })?;
        Ok(Ending::Done)
    }
}

impl Form {
    fn event(self) -> Result<AddEvent, Problem> {
        let when = Some(self.when.trim()).filter(|when| !when.is_empty());
        let day = when.filter(|_| self.kind == Kind::Anniversary).map(str::to_owned);
        let start = when.filter(|_| day.is_none()).map(moment).transpose()?;
        let circle = Some(self.circle.trim().to_owned()).filter(|circle| !circle.is_empty());
        Ok(AddEvent {
            title: self.title,
            kind: match self.kind {
                Kind::Gathering => EventKind::Gathering,
                Kind::Circle => EventKind::Circle,
                Kind::SkillShare => EventKind::SkillShare,
                Kind::Anniversary => EventKind::Anniversary,
            },
            start,
            day,
            minutes: self.minutes,
            place: self.place,
            words: self.words,
            circle,
            mentions: self.mentions,
            note: self.note,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_is_an_event() {
        let form = charter::described::<Form>(TEMPLATE.as_bytes(), HOLDS).unwrap();
        assert_eq!(
            form.event().unwrap(),
            AddEvent { minutes: 60, words: "\n".into(), ..AddEvent::default() }
        );
        let form = "title = 'A year'\nkind = 'anniversary'\nwhen = '2026-12-05'";
        let form = charter::described::<Form>(form.as_bytes(), HOLDS).unwrap().event().unwrap();
        assert_eq!((form.day.as_deref(), form.start), (Some("2026-12-05"), None));
        let form = charter::described::<Form>(b"title = 'x'\nwhen = 'soon'", HOLDS).unwrap();
        assert!(form.event().unwrap_err().hint.contains("2026-12-05 18:30"));
    }
}
