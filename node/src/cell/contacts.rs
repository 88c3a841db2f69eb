//! Two members between themselves: writing to each other once both wish to, being buddies for a while, a few kind words.
//!
//! All of it goes by letter, and is kept by the two alone. Of somebody blocked nothing is taken; who came lately cannot ask
//! others than facilitators and helpers, so that nobody comes in to write to people alone.

use kith_protocol::contact::{Contact, Standing, Tie, Word};
use kith_protocol::id::MemberKey;
use kith_protocol::letter::Message;
use kith_protocol::limits;
use kith_protocol::time::{Millis, Month};
use minicbor::bytes::ByteArray;
use minicbor::{Decode, Encode};

use super::CellError;
use super::engine::Engine;
use super::letters::Name;
use crate::api::types;

/// Who came less than this long ago cannot ask, in milliseconds: three days.
const SETTLES: u64 = 3 * DAY;
/// Lines between two that are kept. Of more, the oldest go.
const LINES: usize = 200;
/// Bytes of text between two that are kept.
const TEXTS: usize = 256 * 1024;
const DAY: u64 = 24 * 3_600_000;

const KNOWN_NOTE: &str = "contact/known";

/// What one of two wrote to the other.
#[derive(Clone, Encode, Decode)]
#[cbor(map)]
struct Line {
    #[n(0)]
    name: ByteArray<16>,
    #[n(1)]
    mine: bool,
    #[n(2)]
    text: String,
    #[n(3)]
    time: Millis,
}

impl Engine {
    /// Says yes or no to something between a member and me.
    pub(crate) fn say_to(
        &mut self,
        tie: Tie,
        member: MemberKey,
        yes: bool,
        weeks: u16,
        words: String,
    ) -> Result<(Name, Vec<MemberKey>), CellError> {
        if member == self.me() {
            return Err(CellError::NobodyToAsk);
        }
        let (mut contact, now) = (self.contact(tie, &member)?, self.now());
        let asks = yes && !matches!(contact.standing(now), Standing::Asking(_));
        if asks && !self.may_ask(&self.me(), &member) {
            return Err(CellError::TooNew);
        }
        let word = contact.say(yes, weeks, words, now);
        let name = self.say_alone(member, Message::Contact { tie, word })?;
        self.keep_contact(tie, &member, &contact)?;
        Ok((name, vec![member]))
    }

    /// Writes to a member, if both agreed to.
    pub(crate) fn write_direct(
        &mut self,
        member: MemberKey,
        text: String,
    ) -> Result<(Name, Vec<MemberKey>), CellError> {
        if !self.write_to_each_other(&member)? {
            return Err(CellError::NotAgreed);
        }
        let name = self.say_alone(member, Message::Direct { text: text.clone() })?;
        self.keep_line(&member, Line { name: name.into(), mine: true, text, time: self.now() })?;
        Ok((name, vec![member]))
    }

    /// Says something to a member, and to my own other devices that I did.
    fn say_alone(&mut self, to: MemberKey, what: Message) -> Result<Name, CellError> {
        let name = self.send(&what, &[to])?;
        let me = self.me();
        let logs = self.group()?.member(&me).map_or(0, |me| me.logs.iter().filter(|log| log.live).count());
        if logs > 1 {
            // Under the same name, by which this device knows it again.
            self.send_as(name, &Message::Told { to, what: Box::new(what) }, &[me])?;
        }
        Ok(name)
    }

    /// Takes in what I said to a member on another device of mine.
    pub(super) fn told_by_me(
        &mut self,
        from: &MemberKey,
        time: Millis,
        name: Name,
        (to, what): (MemberKey, Message),
    ) -> Result<(), CellError> {
        if *from != self.me() || to == *from {
            return Ok(());
        }
        match what {
            Message::Contact { tie, word } => {
                let (mut contact, now) = (self.contact(tie, &to)?, self.now());
                contact.said(word, now);
                self.keep_contact(tie, &to, &contact)?;
            }
            Message::Direct { text } => {
                self.keep_line(&to, Line { name: name.into(), mine: true, text, time })?;
            }
            _ => return Ok(()),
        }
        self.changed = true;
        Ok(())
    }

    /// The name of a line that a member wrote to me, by the beginning of it.
    pub(crate) fn line_names(&self, member: &MemberKey) -> Result<Vec<Name>, CellError> {
        Ok(self.lines(member)?.iter().filter(|line| !line.mine).map(|line| *line.name).collect())
    }

    /// Lets go of what was said between two before a month: lines, and what is not agreed any more, or never was. An agreement
    /// that holds stays; it has no words.
    pub(super) fn let_go_between(&mut self, from: Month) -> Result<(), CellError> {
        let now = self.now();
        let mut known = self.known()?;
        let all = known.len();
        let mut kept = Vec::new();
        for member in known.drain(..) {
            let lines = self.lines(&member)?;
            let later: Vec<Line> = lines.iter().filter(|line| line.time.month() >= from).cloned().collect();
            if later.is_empty() {
                self.staged.unnote(lines_name(&member));
            } else if later.len() < lines.len() {
                self.staged.note(lines_name(&member), minicbor::to_vec(&later).unwrap_or_default());
            }
            let mut holds = !later.is_empty();
            for tie in [Tie::Talk, Tie::Buddy] {
                let contact = self.contact(tie, &member)?;
                let agreed = matches!(contact.standing(now), Standing::Agreed(_));
                // A no is kept as long as a yes of before may still come.
                if agreed || contact.last().is_some_and(|last| last.month() >= from) {
                    holds = true;
                } else {
                    self.staged.unnote(contact_name(tie, &member));
                }
            }
            if holds {
                kept.push(member);
            }
        }
        if kept.len() < all {
            self.staged.note(KNOWN_NOTE, minicbor::to_vec(&kept).unwrap_or_default());
        }
        Ok(())
    }

    /// Sends a member a few kind words: once a day.
    pub(crate) fn encourage(
        &mut self,
        member: MemberKey,
        text: String,
    ) -> Result<(Name, Vec<MemberKey>), CellError> {
        if member == self.me() {
            return Err(CellError::NobodyToAsk);
        }
        let (note, now) = (format!("contact/encouraged/{member}"), self.now());
        if self.noted::<Millis>(&note)?.is_some_and(|last| now.since(last) < DAY && last <= now) {
            return Err(CellError::Unfit(
                "you have sent them a few kind words today; tomorrow you can again".into(),
            ));
        }
        let name = self.send(&Message::Encouragement { text }, &[member])?;
        self.staged.note(note, minicbor::to_vec(now).unwrap_or_default());
        Ok((name, vec![member]))
    }

    /// Whether a member's few kind words are taken: once a day.
    pub(super) fn may_encourage(&mut self, from: &MemberKey) -> Result<bool, CellError> {
        let (note, now) = (format!("contact/encouraged-by/{from}"), self.now());
        // Their day and mine need not begin together.
        if self.noted::<Millis>(&note)?.is_some_and(|last| now.since(last) < DAY / 2 && last <= now) {
            return Ok(false);
        }
        self.staged.note(note, minicbor::to_vec(now).unwrap_or_default());
        Ok(true)
    }

    /// How it stands between others and me, by name.
    pub(crate) fn contacts_view(&self) -> Result<Vec<types::Contact>, CellError> {
        let mut contacts = Vec::new();
        for member in self.known()? {
            if self.hidden.blocked.contains(&member) {
                continue;
            }
            let (talk, buddy) = (self.tie_view(Tie::Talk, &member)?, self.tie_view(Tie::Buddy, &member)?);
            contacts.push(types::Contact {
                member: member.to_string(),
                name: self.name_of(&member),
                talk,
                buddy,
            });
        }
        contacts.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(contacts)
    }

    /// What a member and I wrote to each other, the newest first.
    pub(crate) fn lines_view(&self, member: &MemberKey) -> Result<types::Conversation, CellError> {
        let lines = self.lines(member)?.into_iter().rev();
        Ok(types::Conversation {
            member: member.to_string(),
            name: self.name_of(member),
            talk: self.tie_view(Tie::Talk, member)?,
            lines: lines
                .map(|line| types::Line {
                    line: hex::encode(*line.name),
                    mine: line.mine,
                    text: line.text,
                    time: line.time.to_string(),
                })
                .collect(),
        })
    }

    /// Whether somebody asks me for something.
    pub(super) fn is_asked(&self) -> Result<bool, CellError> {
        let asks = |tie: &types::Tie| tie.state == types::TieState::Asking;
        Ok(self.contacts_view()?.iter().any(|contact| asks(&contact.talk) || asks(&contact.buddy)))
    }

    /// Takes in what somebody says between the two of us.
    pub(super) fn said_to_me(
        &mut self,
        from: &MemberKey,
        time: Millis,
        name: Name,
        message: Message,
    ) -> Result<(), CellError> {
        if self.hidden.blocked.contains(from) {
            return Ok(());
        }
        match message {
            Message::Contact { tie, word } => self.heard_word(tie, from, word)?,
            Message::Direct { text } if self.write_to_each_other(from)? => {
                self.keep_line(from, Line { name: name.into(), mine: false, text, time })?;
            }
            _ => return Ok(()),
        }
        self.changed = true;
        Ok(())
    }

    fn heard_word(&mut self, tie: Tie, from: &MemberKey, word: Word) -> Result<(), CellError> {
        let (mut contact, now) = (self.contact(tie, from)?, self.now());
        let asks = word.yes && contact.standing(now) != Standing::Asked;
        if asks && !self.may_ask(from, &self.me()) {
            return Ok(());
        }
        contact.hear(word, now);
        self.keep_contact(tie, from, &contact)
    }

    /// Whether one member may ask another.
    fn may_ask(&self, from: &MemberKey, to: &MemberKey) -> bool {
        self.in_charge(from) || self.in_charge(to) || !self.came_within(from, SETTLES)
    }

    fn write_to_each_other(&self, member: &MemberKey) -> Result<bool, CellError> {
        Ok(matches!(self.contact(Tie::Talk, member)?.standing(self.now()), Standing::Agreed(_)))
    }

    fn tie_view(&self, tie: Tie, member: &MemberKey) -> Result<types::Tie, CellError> {
        let standing = self.contact(tie, member)?.standing(self.now());
        let (state, words, until) = match standing {
            Standing::Nothing => (types::TieState::Nothing, String::new(), None),
            Standing::Asked => (types::TieState::Asked, String::new(), None),
            Standing::Asking(words) => (types::TieState::Asking, words, None),
            Standing::Agreed(until) => (types::TieState::Agreed, String::new(), until),
            Standing::Over => (types::TieState::Over, String::new(), None),
        };
        Ok(types::Tie { state, words, until: until.map(|until| until.to_string()) })
    }

    pub(super) fn contact(&self, tie: Tie, member: &MemberKey) -> Result<Contact, CellError> {
        Ok(self.noted(&contact_name(tie, member))?.unwrap_or_default())
    }

    fn keep_contact(&mut self, tie: Tie, member: &MemberKey, contact: &Contact) -> Result<(), CellError> {
        let mut known = self.known()?;
        if !known.contains(member) {
            if known.len() >= limits::MEMBERS {
                return Err(CellError::Unfit("there are too many people to write to".into()));
            }
            known.push(*member);
            self.staged.note(KNOWN_NOTE, minicbor::to_vec(&known).unwrap_or_default());
        }
        self.staged.note(contact_name(tie, member), minicbor::to_vec(contact).unwrap_or_default());
        Ok(())
    }

    fn known(&self) -> Result<Vec<MemberKey>, CellError> {
        Ok(self.noted(KNOWN_NOTE)?.unwrap_or_default())
    }

    fn lines(&self, member: &MemberKey) -> Result<Vec<Line>, CellError> {
        Ok(self.noted(&lines_name(member))?.unwrap_or_default())
    }

    fn keep_line(&mut self, member: &MemberKey, line: Line) -> Result<(), CellError> {
        let mut lines = self.lines(member)?;
        if lines.iter().any(|one| one.name == line.name) {
            return Ok(());
        }
        lines.push(line);
        let mut bytes: usize = lines.iter().map(|line| line.text.len()).sum();
        while lines.len() > LINES || bytes > TEXTS {
            bytes = bytes.saturating_sub(lines.remove(0).text.len());
        }
        self.staged.note(lines_name(member), minicbor::to_vec(&lines).unwrap_or_default());
        Ok(())
    }
}

fn contact_name(tie: Tie, member: &MemberKey) -> String {
    match tie {
        Tie::Talk => format!("contact/talk/{member}"),
        Tie::Buddy => format!("contact/buddy/{member}"),
    }
}

fn lines_name(member: &MemberKey) -> String {
    format!("contact/lines/{member}")
}
