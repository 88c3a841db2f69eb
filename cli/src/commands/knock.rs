//! `kith knock`: asking to be let in, and letting in who asks.

use std::path::PathBuf;

use clap::builder::NonEmptyStringValueParser;
use clap::{Args, Subcommand};
use kith_node::api::types::{
    DeskState, InviteWay, Knock, KnockLine, KnockList, KnockMine, KnockReceived, KnockSide, KnockState,
};

use crate::client::Route;
use crate::context::Context;
use crate::exit::{Ending, Outcome};
use crate::input::Source;
use crate::{ask, phrase, plain, reason, when};

/// See who asks to be let in, talk with them, and decide; or go on with your own knock
///
/// What somebody writes who knocks goes to the facilitators alone, and what they answer goes to that person alone.
/// Other members' nodes carry it and cannot read it.
#[derive(Debug, Subcommand)]
pub enum Cmd {
    List(List),
    Show(Show),
    Say(Say),
    Admit(Admit),
    Decline(Decline),
}

/// List those who knocked, and your own knock
#[derive(Args, Debug)]
pub struct List {
    /// The group: its id, the beginning of it (6 characters or more), or its exact title
    #[arg(value_name = "GROUP", value_parser = NonEmptyStringValueParser::new())]
    group: String,
}

/// Show one knock with everything that was said
#[derive(Args, Debug)]
pub struct Show {
    /// The knock: its id, or the beginning of it (6 characters or more)
    #[arg(value_name = "KNOCK", value_parser = NonEmptyStringValueParser::new())]
    knock: String,
}

/// Say something to who knocked; or, of your own knock, to those inside
///
/// The text is taken as "kith post" takes it. It travels within seconds while both nodes are reachable.
#[derive(Args, Debug)]
pub struct Say {
    /// The knock: its id, or the beginning of it (6 characters or more)
    #[arg(value_name = "KNOCK", value_parser = NonEmptyStringValueParser::new())]
    knock: String,
    #[command(flatten)]
    source: Source,
}

/// Let somebody in who knocked
///
/// Where the invite is on confirmation, compare the code first, by voice or face to face: it must be the same on both
/// sides. Also for somebody who came on an invite that more people used than it is for.
#[derive(Args, Debug)]
pub struct Admit {
    /// The knock: its id, or the beginning of it (6 characters or more)
    #[arg(value_name = "KNOCK", value_parser = NonEmptyStringValueParser::new())]
    knock: String,
}

/// Tell somebody who knocked that they are not let in, and why
///
/// They read your reason. Nobody else sees that they knocked, or that you said no, but the facilitators.
#[derive(Args, Debug)]
pub struct Decline {
    /// The knock: its id, or the beginning of it (6 characters or more)
    #[arg(value_name = "KNOCK", value_parser = NonEmptyStringValueParser::new())]
    knock: String,
    /// Read the reason from FILE ("-" is stdin); you are asked for it if you leave it out
    #[arg(long, value_name = "FILE")]
    reason_file: Option<PathBuf>,
}

impl Cmd {
    pub fn run(self, context: &Context) -> Outcome {
        match self {
            Cmd::List(cmd) => cmd.run(context),
            Cmd::Show(cmd) => {
                let route = Route::new(&["knocks", &cmd.knock])?;
                let knock: Knock = context.node(async |node| node.get(route).await)?;
                answer(context, &knock, "")
            }
            Cmd::Say(cmd) => cmd.run(context),
            Cmd::Admit(cmd) => {
                let route = Route::new(&["knocks", &cmd.knock, "admit"])?;
                let knock: Knock = context.node(async |node| node.post(route, &()).await)?;
                let word = match knock.received.as_ref().map(|one| one.state) {
                    Some(DeskState::Signing) => {
                        "You have signed. Another facilitator has to say the same: \"kith proposal list\".\n\n"
                    }
                    _ => {
                        "They are in. Their node hears of it when it asks again, mostly within a minute.\n\n"
                    }
                };
                answer(context, &knock, word)
            }
            Cmd::Decline(cmd) => cmd.run(context),
        }
    }
}

impl List {
    fn run(self, context: &Context) -> Outcome {
        let route = Route::new(&["groups", &self.group, "knocks"])?;
        let list: KnockList = context.node(async |node| node.get(route).await)?;
        context.output.answer(&list, || {
            if list.received.is_empty() && list.mine.is_none() {
                return "Nobody is at the door.".to_owned();
            }
            let mine = list.mine.as_ref().map(mine);
            let (open, decided): (Vec<_>, Vec<_>) = list
                .received
                .iter()
                .rev()
                .partition(|one| matches!(one.state, DeskState::Waiting | DeskState::Signing));
            let decided = decided.into_iter().map(in_a_line).collect::<String>();
            let decided = (!decided.is_empty()).then_some(decided);
            open.into_iter().map(received).chain(decided).chain(mine).collect::<Vec<_>>().join("\n")
        })?;
        Ok(Ending::Done)
    }
}

impl Say {
    fn run(self, context: &Context) -> Outcome {
        if self.source.is_person(context) {
            context.before_asking()?;
        }
        let mut written = self.source.read(context)?;
        let text = std::mem::take(&mut written.text);
        let route = Route::new(&["knocks", &self.knock, "words"])?;
        let knock = context.node(async |node| node.text::<Knock>(route, text).await);
        let knock = written.sent(knock)?;
        answer(context, &knock, "")
    }
}

impl Decline {
    fn run(self, context: &Context) -> Outcome {
        context.before_asking()?;
        let reason = match &self.reason_file {
            Some(path) => reason::read(path)?,
            None if context.can_ask() => {
                ask::needed("Why? They will read this, and so can the other facilitators.")?.to_string()
            }
            None => return Err(phrase::say_it("A reason", "--reason-file (\"-\" is stdin)")),
        };
        let route = Route::new(&["knocks", &self.knock, "decline"])?;
        let knock: Knock = context.node(async |node| node.text(route, reason.into()).await)?;
        answer(context, &knock, "They read this when their node asks again.\n\n")
    }
}

fn answer(context: &Context, knock: &Knock, before: &str) -> Outcome {
    context.output.answer(knock, || {
        let shown = knock.received.as_ref().map(received).or_else(|| knock.mine.as_ref().map(mine));
        format!("{before}{}", shown.unwrap_or_default())
    })?;
    Ok(Ending::Done)
}

/// A knock as those see it who decide.
fn received(knock: &KnockReceived) -> String {
    let name = plain::line(&knock.name);
    let mut words = format!(
        "[{}]  {name} asks to be let in, {}\n",
        phrase::id(&knock.knock),
        when::friendly(&knock.time)
    );
    words.push_str(&said(&knock.lines, &name, "You"));
    if let (Some(code), DeskState::Waiting) = (&knock.code, knock.state) {
        words.push_str(&format!(
            "    Code: {code}. Ask {name} for theirs, by voice or face to face. If it is another, somebody else has\n    \
             come on this link.\n"
        ));
    }
    if knock.several && knock.state == DeskState::Waiting {
        words.push_str(match knock.way {
            InviteWay::Confirm => {
                "    Two people came on this invite, and it is for one. Take it back (kith invite revoke), and make a\n    \
                 new one.\n"
            }
            _ => "    More people came on this invite than it is for. Let in whom you know.\n",
        });
    }
    words.push_str(&format!("    {}\n", stands(knock)));
    words
}

/// One that is decided, or signed.
fn in_a_line(knock: &KnockReceived) -> String {
    let (id, name) = (phrase::id(&knock.knock), plain::line(&knock.name));
    format!("[{id}]  {name}, {}: {}\n", when::friendly(&knock.time), stands(knock))
}

fn stands(knock: &KnockReceived) -> String {
    match (knock.state, &knock.by) {
        (DeskState::Waiting, _) => {
            let id = phrase::id(&knock.knock);
            let more = match knock.way {
                InviteWay::OnSight | InviteWay::OpenDoor => String::new(),
                _ => format!("; kith knock say {id}; kith knock decline {id}"),
            };
            format!("Not decided: kith knock admit {id}{more}")
        }
        (DeskState::Signing, _) => "Waits for another facilitator to say the same.".to_owned(),
        (DeskState::Admitted, _) => "Let in.".to_owned(),
        (DeskState::Declined, Some(by)) => format!("{} said no.", plain::line(by)),
        (DeskState::Declined, None) => "Was told no.".to_owned(),
        (DeskState::Gone, _) => "Was let in, and is gone.".to_owned(),
    }
}

/// One's own knock.
pub fn mine(knock: &KnockMine) -> String {
    let id = phrase::id(&knock.knock);
    let mut words = format!("[{id}]  Your knock\n");
    words.push_str(&said(&knock.lines, "You", "Those inside"));
    let ended = matches!(knock.state, KnockState::Admitted | KnockState::Declined);
    if let Some(code) = knock.code.as_ref().filter(|_| !ended) {
        words.push_str(&format!(
            "    Code: {code}. Tell it to the person who invited you, by voice or face to face. They see one too, and let\n    \
             you in if it is the same.\n"
        ));
    }
    words.push_str(&format!("    {}\n", phrase::knock(knock.state)));
    words
}

fn said(lines: &[KnockLine], outside: &str, inside: &str) -> String {
    let mut words = String::new();
    for line in lines {
        let by = match (line.side, &line.name) {
            (KnockSide::Outside, _) => outside.to_owned(),
            (KnockSide::Inside, Some(name)) => plain::line(name).into_owned(),
            (KnockSide::Inside, None) => inside.to_owned(),
        };
        words.push_str(&format!("    {by}, {}:\n", when::friendly(&line.time)));
        for text in plain::block(&line.text).lines() {
            words.push_str(&format!("      > {text}\n"));
        }
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    fn knock() -> KnockReceived {
        KnockReceived {
            knock: "ab".repeat(16),
            group: "cd".repeat(32),
            name: "Fay\u{1b}[2J".into(),
            invite: "ef".repeat(32),
            way: InviteWay::Knock,
            state: DeskState::Waiting,
            by: None,
            code: None,
            several: false,
            lines: vec![KnockLine {
                side: KnockSide::Outside,
                name: None,
                text: "My sister told me\nof you.".into(),
                time: "2020-01-01T00:00:00.000Z".into(),
            }],
            time: "2020-01-01T00:00:00.000Z".into(),
        }
    }

    #[test]
    fn who_knocks_is_shown_harmlessly_with_what_can_be_done() {
        let shown = received(&knock());
        assert!(!shown.contains('\u{1b}'), "{shown}");
        assert!(shown.contains("      > My sister told me\n      > of you.\n"), "{shown}");
        assert!(
            shown.contains("kith knock admit abababababab; kith knock say abababababab; kith knock decline")
        );
        let two = received(&KnockReceived { way: InviteWay::Confirm, several: true, ..knock() });
        assert!(two.contains("Two people came on this invite"), "{two}");
        let done =
            received(&KnockReceived { state: DeskState::Admitted, code: Some("123 456".into()), ..knock() });
        assert!(done.contains("Let in.") && !done.contains("123 456"), "{done}");
    }

    #[test]
    fn ones_own_knock_says_how_far_it_has_come_and_the_code() {
        let mut knock = KnockMine {
            knock: "ab".repeat(16),
            group: "cd".repeat(32),
            state: KnockState::Saved,
            code: None,
            lines: vec![],
        };
        assert!(mine(&knock).contains("goes out when a member's node is reachable"));
        (knock.state, knock.code) = (KnockState::Received, Some("123 456".into()));
        assert!(mine(&knock).contains("Code: 123 456."));
        knock.state = KnockState::Declined;
        assert!(!mine(&knock).contains("123 456"));
    }
}
