//! Letters of this member: what waits to leave, what has come, and what became of reports.
//!
//! A letter leaves at a random moment within two minutes, and empty ones leave now and then, so that nobody can tell
//! from when and how often somebody writes letters what they are about. What waits survives a restart. What two members
//! say to each other is handed over in person as well, if their devices are connected: of that nobody else sees anything.

use kith_protocol::body::{Body, Doorstep, Kind, Letter, Role};
use kith_protocol::group::Standing;
use kith_protocol::id::{EntryId, MemberKey, SealKey};
use kith_protocol::letter::{self, Message, Outcome};
use kith_protocol::limits;
use kith_protocol::time::{Millis, Month};
use minicbor::bytes::ByteArray;
use minicbor::{Decode, Encode};
use rand::RngExt;

use super::CellError;
use super::engine::{Engine, Notice};
use super::sharing::check_in_of;
use crate::api::types;

/// A letter leaves within this long, in milliseconds.
const LEAVES_WITHIN: u64 = 120_000;
/// Letters that may wait to leave. More: the person is told.
const OUTBOX: usize = 2048;
/// Letters that are kept. Of more, the oldest go.
const INBOX: usize = 256;
/// Empty letters of one member in a day, at most; of all members of a large group together.
const COVER_MOST: f64 = 4.0;
const COVER_TOGETHER: f64 = 40.0;
const DAY: f64 = 24.0 * 3_600_000.0;

const OUTBOX_NOTE: &str = "letters/outbox";
const WORDS_NOTE: &str = "letters/words";
const INBOX_NOTE: &str = "letters/inbox";

/// The name of a message.
pub(crate) type Name = [u8; 16];

/// Letters on their way out, and when the next empty one is due.
#[derive(Default)]
pub(super) struct Letters {
    outbox: Vec<Leaving>,
    /// Words to be left for people outside.
    words: Vec<Doorstep>,
    cover: Option<Millis>,
}

#[derive(Clone, Encode, Decode)]
#[cbor(map)]
struct Leaving {
    #[n(0)]
    due: Millis,
    #[n(1)]
    letter: Letter,
}

/// A message that has come.
#[derive(Clone, Encode, Decode)]
#[cbor(map)]
pub(super) struct Received {
    #[n(0)]
    pub(super) name: ByteArray<16>,
    #[n(1)]
    pub(super) from: MemberKey,
    #[n(2)]
    pub(super) time: Millis,
    #[n(3)]
    pub(super) message: Message,
    /// What I answered, if it is a report.
    #[n(4)]
    pub(super) answered: Option<Outcome>,
}

impl Letters {
    pub(super) fn of(store: &dyn crate::store::Store) -> Result<Letters, CellError> {
        let noted = store.note(OUTBOX_NOTE)?;
        let outbox = noted.and_then(|bytes| minicbor::decode(&bytes).ok()).unwrap_or_default();
        let noted = store.note(WORDS_NOTE)?;
        let words = noted.and_then(|bytes| minicbor::decode(&bytes).ok()).unwrap_or_default();
        Ok(Letters { outbox, words, cover: None })
    }
}

impl Engine {
    /// Whether letters are due to leave.
    pub(super) fn letters_due(&self, now: Millis) -> bool {
        !self.letters.words.is_empty() || self.letters.outbox.iter().any(|leaving| leaving.due <= now)
    }

    /// Sends off what is due, empty letters among it.
    pub(super) fn send_letters(&mut self, now: Millis) -> Result<(), CellError> {
        if self.letters_due(now) && !self.gives_way() {
            let waiting = std::mem::take(&mut self.letters.outbox);
            let (due, rest) = waiting.into_iter().partition(|leaving: &Leaving| leaving.due <= now);
            self.letters.outbox = rest;
            let words = std::mem::take(&mut self.letters.words);
            let sent = self.write_all(due, words);
            self.note_outbox();
            self.note_words();
            sent?;
        }
        self.cover(now)
    }

    /// Writes letters and words. What cannot be written now waits on.
    fn write_all(&mut self, letters: Vec<Leaving>, words: Vec<Doorstep>) -> Result<(), CellError> {
        let mut sent = Ok(());
        for leaving in letters {
            if sent.is_ok() {
                sent = self.write(Body::Letter(leaving.letter.clone())).map(drop);
            }
            if sent.is_err() {
                self.letters.outbox.push(leaving);
            }
        }
        for word in words {
            if sent.is_ok() {
                sent = self.write(Body::Doorstep(word.clone())).map(drop);
            }
            if sent.is_err() {
                self.letters.words.push(word);
            }
        }
        sent
    }

    /// Writes to some members alone.
    pub(crate) fn write_to(
        &mut self,
        to: &[MemberKey],
        text: String,
        about: Option<EntryId>,
    ) -> Result<Name, CellError> {
        self.send(&Message::Note { text, about }, to)
    }

    /// The other facilitators.
    pub(crate) fn others_in_charge(&self) -> Vec<MemberKey> {
        let me = self.me();
        let members = self.group.iter().flat_map(|group| group.members());
        let others = members.filter(|one| one.standing == Standing::Member && one.role == Role::Seat);
        others.map(|one| one.key).filter(|key| *key != me).collect()
    }

    /// Who did something about an entry of mine, or paused my posting, and in which entry.
    pub(crate) fn acted_on(&self, entry: Option<&EntryId>) -> Option<(MemberKey, EntryId)> {
        let group = self.group.as_ref()?;
        let moderated = group.moderated(&self.me(), entry)?;
        Some((group.entry(&moderated.by)?.author, moderated.by))
    }

    /// Words that reached me alone, the newest first.
    pub(crate) fn letters_view(&self) -> Result<Vec<types::ReceivedLetter>, CellError> {
        let mut letters = Vec::new();
        for received in self.inbox()? {
            let time = received.time.to_string();
            let (text, about, kind_words, check_in) = match received.message {
                Message::Note { text, about } => (text, about, false, None),
                Message::Encouragement { text } => (text, None, true, None),
                Message::CheckIn(said) => {
                    let said = check_in_of(said, types::Audience::Buddy, time.clone());
                    (String::new(), None, false, Some(said))
                }
                _ => continue,
            };
            letters.push(types::ReceivedLetter {
                letter: hex::encode(*received.name),
                from: received.from.to_string(),
                name: self.name_of(&received.from),
                text,
                about: about.as_ref().map(ToString::to_string),
                kind_words,
                check_in,
                time,
            });
        }
        Ok(letters)
    }

    /// Tries a letter that was let in.
    pub(super) fn receive(
        &mut self,
        author: &MemberKey,
        time: Millis,
        letter: &Letter,
    ) -> Result<(), CellError> {
        // One of mine may be somebody's from outside, whom I let knock: it opens, if it is for me.
        let logs: Vec<_> = self
            .group
            .iter()
            .filter_map(|group| group.member(&self.me()))
            .flat_map(|me| &me.logs)
            .map(|log| log.id)
            .collect();
        let piece =
            logs.iter().find_map(|log| letter::open(letter, &self.id, author, &self.secrets.seal(log)));
        let Some(piece) = piece else { return Ok(()) };
        let Some((name, whole)) = self.gather(author, &piece)? else { return Ok(()) };
        match Message::decode(&whole) {
            Ok(message) => self.deliver(author, time, name, message),
            Err(_) => Ok(()),
        }
    }

    fn deliver(
        &mut self,
        from: &MemberKey,
        time: Millis,
        name: Name,
        message: Message,
    ) -> Result<(), CellError> {
        match message {
            Message::Receipt { of } => self.heard_of_report(from, &of, None),
            Message::Answer { of, outcome, note } => self.heard_of_report(from, &of, Some((outcome, note))),
            Message::Report { quote, .. } if quote.entry(&self.id).is_none() => Ok(()),
            Message::ReportDirect { letters, .. } if letter::direct(&letters, &self.id).is_none() => Ok(()),
            Message::Told { to, what } => self.told_by_me(from, time, name, (to, *what)),
            Message::Knock(knock) => self.knocked(name, &knock, time),
            Message::Further { reply, text } => self.further(name, &reply, text, time),
            message @ (Message::Ack { .. } | Message::AskToSuggest { .. } | Message::Consent { .. }) => {
                if self.hidden.blocked.contains(from) {
                    Ok(())
                } else {
                    self.told_alone(from, &message)
                }
            }
            Message::Heard { of, what, text } => self.heard_about(from, &of, name, what, (text, time)),
            message @ (Message::Contact { .. } | Message::Direct { .. }) => {
                self.said_to_me(from, time, name, message)
            }
            message if self.refuses(from, &message) => Ok(()),
            Message::CheckIn(_) if !self.is_buddy(from)? => Ok(()),
            Message::Encouragement { .. } if !self.may_encourage(from)? => Ok(()),
            message => {
                let report = message.is_report();
                if !self.keep_letter(Received {
                    name: name.into(),
                    from: *from,
                    time,
                    message,
                    answered: None,
                })? {
                    return Ok(());
                }
                if report {
                    self.send(&Message::Receipt { of: name }, &[*from])?;
                }
                self.changed = true;
                Ok(())
            }
        }
    }

    /// Whether it is new.
    fn keep_letter(&mut self, received: Received) -> Result<bool, CellError> {
        let mut names: Vec<ByteArray<16>> = self.noted(INBOX_NOTE)?.unwrap_or_default();
        if names.contains(&received.name) {
            return Ok(false);
        }
        names.push(received.name);
        while names.len() > INBOX {
            let oldest = names.remove(0);
            self.staged.unnote(letter_name(&oldest));
        }
        self.staged.note(letter_name(&received.name), minicbor::to_vec(&received).unwrap_or_default());
        self.staged.note(INBOX_NOTE, minicbor::to_vec(&names).unwrap_or_default());
        Ok(true)
    }

    /// Seals a message to all logs of some members, and puts its letters on their way.
    pub(super) fn send(&mut self, message: &Message, to: &[MemberKey]) -> Result<Name, CellError> {
        let name: Name = rand::random();
        self.send_as(name, message, to)?;
        Ok(name)
    }

    /// As [`Engine::send`], under a name: one message that several pass on is taken once.
    pub(super) fn send_as(
        &mut self,
        name: Name,
        message: &Message,
        to: &[MemberKey],
    ) -> Result<(), CellError> {
        let group = self.group()?;
        let live = |member: &MemberKey| -> Vec<SealKey> {
            let logs = group.member(member).map(|member| member.logs.as_slice()).unwrap_or_default();
            logs.iter().filter(|log| log.live).map(|log| log.seal).collect()
        };
        let logs: Vec<SealKey> = to.iter().flat_map(live).collect();
        if logs.is_empty() {
            return Err(CellError::NobodyToAsk);
        }
        let too_long = || CellError::Unfit("this is too long for a letter".into());
        let pieces = letter::cut(name, &message.encode()).ok_or_else(too_long)?;
        let (me, now) = (self.me(), self.now());
        let (mut leaving, mut in_person) = (Vec::new(), Vec::new());
        for piece in &pieces {
            for some in logs.chunks(limits::LETTER_SLOTS) {
                let letter =
                    letter::seal(piece, &self.id, &me, some, &mut rand::rng()).ok_or_else(too_long)?;
                in_person.push(Body::Letter(letter.clone()).encode());
                let due = now.plus(rand::rng().random_range(0..=LEAVES_WITHIN));
                leaving.push(Leaving { due, letter });
            }
        }
        self.leave_all(leaving)?;
        if let (Some(to), true) = (to.first().filter(|_| to.len() == 1), is_between_two(message)) {
            self.notices.push(Notice::HandOver { to: *to, letters: in_person });
        }
        Ok(())
    }

    /// Takes letters that a member handed over in person.
    pub(crate) fn was_handed(&mut self, from: &MemberKey, letters: &[Vec<u8>]) -> Result<(), CellError> {
        let now = self.now();
        for letter in letters {
            // What is no letter is dropped, as it would be in an entry.
            if let Ok(Body::Letter(letter)) = Body::decode(Kind::LETTER, letter) {
                self.receive(from, now, &letter)?;
            }
        }
        Ok(())
    }

    /// Puts letters that are sealed already on their way.
    pub(super) fn letters_leave(&mut self, letters: Vec<Letter>, due: Millis) -> Result<(), CellError> {
        self.leave_all(letters.into_iter().map(|letter| Leaving { due, letter }).collect())
    }

    fn leave_all(&mut self, leaving: Vec<Leaving>) -> Result<(), CellError> {
        if leaving.is_empty() {
            return Ok(());
        }
        if self.letters.outbox.len().saturating_add(leaving.len()) > OUTBOX {
            return Err(CellError::Unfit("too many letters wait to leave".into()));
        }
        self.letters.outbox.extend(leaving);
        self.note_outbox();
        Ok(())
    }

    /// Writes an empty letter now and then.
    fn cover(&mut self, now: Millis) -> Result<(), CellError> {
        let members = self.member_count();
        if members < 2 {
            return Ok(());
        }
        let rate = COVER_MOST.min(COVER_TOGETHER / f64::from(members));
        let next = || {
            let chance: f64 = rand::rng().random_range(f64::EPSILON..1.0);
            // Of a Poisson process, so that one letter says nothing about when the next comes.
            now.plus((-chance.ln() * DAY / rate) as u64)
        };
        match self.letters.cover {
            None => self.letters.cover = Some(next()),
            Some(due) if due <= now => {
                self.letters.cover = Some(next());
                if let Some(empty) = letter::seal(&[], &self.id, &self.me(), &[], &mut rand::rng()) {
                    self.write(Body::Letter(empty))?;
                }
            }
            Some(_) => {}
        }
        Ok(())
    }

    /// Leaves a word for somebody outside, soon.
    pub(super) fn leave_soon(&mut self, word: Doorstep) {
        if self.letters.words.len() < OUTBOX {
            self.letters.words.push(word);
            self.note_words();
        }
    }

    fn note_words(&mut self) {
        let bytes = minicbor::to_vec(&self.letters.words).unwrap_or_default();
        self.staged.note(WORDS_NOTE, bytes);
    }

    fn note_outbox(&mut self) {
        let bytes = minicbor::to_vec(&self.letters.outbox).unwrap_or_default();
        self.staged.note(OUTBOX_NOTE, bytes);
    }

    /// Lets go of what came before a month. Reports are kept for as long as they are: what they quote is to outlast it.
    pub(super) fn let_go_letters(&mut self, from: Month) -> Result<(), CellError> {
        let names: Vec<ByteArray<16>> = self.noted(INBOX_NOTE)?.unwrap_or_default();
        let mut kept = Vec::with_capacity(names.len());
        for name in &names {
            let stays =
                self.received(name)?.is_some_and(|one| one.time.month() >= from || one.message.is_report());
            if stays {
                kept.push(*name);
            } else {
                self.staged.unnote(letter_name(name));
            }
        }
        if kept.len() < names.len() {
            self.staged.note(INBOX_NOTE, minicbor::to_vec(&kept).unwrap_or_default());
        }
        Ok(())
    }

    pub(super) fn inbox(&self) -> Result<Vec<Received>, CellError> {
        let names: Vec<ByteArray<16>> = self.noted(INBOX_NOTE)?.unwrap_or_default();
        let mut inbox = Vec::new();
        for name in names.iter().rev() {
            inbox.extend(self.received(name)?.filter(|one| !self.refuses(&one.from, &one.message)));
        }
        Ok(inbox)
    }

    pub(super) fn received(&self, name: &Name) -> Result<Option<Received>, CellError> {
        self.noted(&letter_name(name))
    }

    /// What a note holds, staged or stored.
    pub(super) fn noted<T: for<'b> Decode<'b, ()>>(&self, name: &str) -> Result<Option<T>, CellError> {
        let bytes = match self.staged.noted(name) {
            Some(staged) => staged.map(<[u8]>::to_vec),
            None => self.store.note(name)?,
        };
        Ok(bytes.and_then(|bytes| minicbor::decode(&bytes).ok()))
    }

    pub(super) fn name_of(&self, member: &MemberKey) -> String {
        let group = self.group.as_ref();
        group.and_then(|group| group.member(member)).map(|member| member.name.clone()).unwrap_or_default()
    }
}

/// Whether it is said by one member to another, and is said once however often it comes. What goes to those in charge
/// keeps its random delay: when somebody reports, the others may be in one room with them.
fn is_between_two(message: &Message) -> bool {
    matches!(
        message,
        Message::Ack { .. }
            | Message::AskToSuggest { .. }
            | Message::Consent { .. }
            | Message::Contact { .. }
            | Message::Direct { .. }
            | Message::Encouragement { .. }
    )
}

pub(super) fn letter_name(name: &Name) -> String {
    format!("letters/one/{}", hex::encode(name))
}
