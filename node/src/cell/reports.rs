//! Reports: posts turned in to the facilitators, and what came of them, by letters.

use kith_protocol::body::Body;
use kith_protocol::id::{EntryId, MemberKey};
use kith_protocol::letter::{self, Gathering, Message, Outcome, Quote, QuotedLetter, ReportKind};
use kith_protocol::limits;
use kith_protocol::time::Millis;
use minicbor::bytes::ByteArray;
use minicbor::{Decode, Encode};

use super::CellError;
use super::engine::Engine;
use super::letters::{Name, letter_name};
use crate::api::types;
use crate::store::Placed;

/// Reports of mine that are followed. Of more, the oldest go.
const REPORTS: usize = 128;
/// Entries looked through for the letters of a message, and read at a time.
const SEARCHED: usize = 50_000;
const PAGE: usize = 256;
/// Reports are kept this long, in milliseconds: 30 days.
const REPORT_LASTS: u64 = 30 * 24 * 3_600_000;
const REPORTS_NOTE: &str = "letters/reports";

/// A report of mine.
#[derive(Clone, Encode, Decode)]
#[cbor(map)]
struct Mine {
    #[n(0)]
    name: ByteArray<16>,
    #[n(1)]
    to: Vec<MemberKey>,
    #[n(2)]
    post: EntryId,
    #[n(3)]
    kind: ReportKind,
    #[n(4)]
    time: Millis,
    #[n(5)]
    received: bool,
    #[n(6)]
    outcome: Option<Outcome>,
    #[n(7)]
    note: String,
    /// Whether it is about words to me alone, and not about a post.
    #[n(8)]
    #[cbor(default)]
    direct: bool,
}

impl Mine {
    fn of(post: EntryId, kind: ReportKind, direct: bool) -> Mine {
        Mine {
            name: Name::default().into(),
            to: Vec::new(),
            post,
            kind,
            time: Millis(0),
            received: false,
            outcome: None,
            note: String::new(),
            direct,
        }
    }
}

impl Engine {
    /// Reports a post to all facilitators but some.
    pub(crate) fn report(
        &mut self,
        post: &EntryId,
        kind: ReportKind,
        note: String,
        but: &[MemberKey],
    ) -> Result<Name, CellError> {
        let held = self.store.entry(&post.short())?.ok_or(CellError::NotMine)?;
        let (signed, author) = self.signed(&held).ok_or(CellError::NotMine)?;
        let quote = Quote::of(author, &signed).ok_or(CellError::NotMine)?;
        self.send_report(&Message::Report { kind, quote, note }, &author, but, Mine::of(*post, kind, false))
    }

    /// Reports what a member wrote to me alone, with the letters it came in, so that facilitators can read it as its author
    /// signed it.
    pub(crate) fn report_line(
        &mut self,
        author: &MemberKey,
        line: &Name,
        kind: ReportKind,
        note: String,
        but: &[MemberKey],
    ) -> Result<Name, CellError> {
        let letters = self.letters_of(author, line)?;
        let (_, first, _) = letter::direct(&letters, &self.id).ok_or(CellError::NotSigned)?;
        let report = Message::ReportDirect { kind, letters, note };
        self.send_report(&report, author, but, Mine::of(first, kind, true))
    }

    /// The letters of one message to me, as far as they are here.
    fn letters_of(&self, author: &MemberKey, name: &Name) -> Result<Vec<QuotedLetter>, CellError> {
        let me = self.group()?.member(&self.me());
        let logs: Vec<_> = me.iter().flat_map(|me| &me.logs).map(|log| self.secrets.seal(&log.id)).collect();
        let (mut found, mut at, mut looked) = (Vec::new(), None, 0_usize);
        while looked < SEARCHED && found.len() < limits::LETTER_PIECES {
            let page = self.store.timeline(at, PAGE)?;
            looked = looked.saturating_add(page.len());
            at = page.last().and_then(|held| held.placed.as_ref()).map(Placed::cursor);
            for held in &page {
                let theirs = held.placed.as_ref().is_some_and(|placed| placed.author == author.author());
                let Some((signed, by)) = self.signed(held).filter(|(_, by)| theirs && by == author) else {
                    continue;
                };
                let Ok(Body::Letter(letter)) = signed.entry().map(|entry| entry.body) else { continue };
                let key = logs.iter().find_map(|log| letter::key(&letter, &self.id, author, log));
                let Some(key) = key else { continue };
                let piece = letter::open_with(&letter, &self.id, author, &key);
                let of = piece.and_then(|piece| Gathering::message(&piece).ok());
                if let Some(quote) = Quote::of(by, &signed).filter(|_| of == Some(*name)) {
                    found.push(QuotedLetter { quote, key: *key });
                }
            }
            if at.is_none() || letter::direct(&found, &self.id).is_some() {
                break;
            }
        }
        Ok(found)
    }

    fn send_report(
        &mut self,
        report: &Message,
        author: &MemberKey,
        but: &[MemberKey],
        mine: Mine,
    ) -> Result<Name, CellError> {
        let to: Vec<MemberKey> =
            self.others_in_charge().into_iter().filter(|one| !but.contains(one) && one != author).collect();
        if to.is_empty() {
            return Err(CellError::NobodyToAsk);
        }
        let name = self.send(report, &to)?;
        let time = self.now();
        let mut all = self.my_reports()?;
        all.push(Mine { name: name.into(), to, time, ..mine });
        let surplus = all.len().saturating_sub(REPORTS);
        all.drain(..surplus);
        self.staged.note(REPORTS_NOTE, minicbor::to_vec(&all).unwrap_or_default());
        Ok(name)
    }

    /// Says what came of a report that reached me.
    pub(crate) fn answer_report(
        &mut self,
        name: &Name,
        outcome: Outcome,
        note: String,
    ) -> Result<(), CellError> {
        let mut received = self.received(name)?.ok_or(CellError::NotMine)?;
        if !received.message.is_report() {
            return Err(CellError::NotMine);
        }
        self.send(&Message::Answer { of: *name, outcome, note }, &[received.from])?;
        received.answered = Some(outcome);
        self.staged.note(letter_name(name), minicbor::to_vec(&received).unwrap_or_default());
        Ok(())
    }

    /// Reports that reached me and reports of mine, the newest first.
    pub(crate) fn reports_view(&self) -> Result<types::ReportList, CellError> {
        let now = self.now();
        let mut list = types::ReportList::default();
        for received in self.inbox()? {
            if now.since(received.time) > REPORT_LASTS {
                continue;
            }
            let (kind, note, quoted, direct) = match &received.message {
                Message::Report { kind, quote, note } => {
                    let text = quote.text(&self.id).unwrap_or_default();
                    (kind, note, quote.entry(&self.id).map(|(entry, _)| (quote.author, entry, text)), false)
                }
                Message::ReportDirect { kind, letters, note } => {
                    (kind, note, letter::direct(letters, &self.id), true)
                }
                _ => continue,
            };
            let Some((author, entry, text)) = quoted else { continue };
            list.received.push(types::ReportReceived {
                report: hex::encode(*received.name),
                kind: shown_kind(*kind),
                post: entry.to_string(),
                direct,
                author: self.name_of(&author),
                text,
                note: note.clone(),
                from: self.name_of(&received.from),
                time: received.time.to_string(),
                outcome: received.answered.map(shown_outcome),
            });
        }
        for mine in self.my_reports()?.into_iter().rev() {
            let mut to: Vec<String> = mine.to.iter().map(|to| self.name_of(to)).collect();
            to.sort_unstable();
            let state = match (mine.received, mine.outcome) {
                (_, Some(_)) => types::ReportState::Answered,
                (true, None) => types::ReportState::Received,
                (false, None) => types::ReportState::Sent,
            };
            list.mine.push(types::ReportMine {
                report: hex::encode(*mine.name),
                kind: shown_kind(mine.kind),
                post: mine.post.to_string(),
                direct: mine.direct,
                to,
                state,
                outcome: mine.outcome.map(shown_outcome),
                note: mine.note,
                time: mine.time.to_string(),
            });
        }
        Ok(list)
    }

    /// The names of reports that reached me.
    pub(crate) fn report_names(&self) -> Result<Vec<Name>, CellError> {
        Ok(self.inbox()?.iter().filter(|one| one.message.is_report()).map(|one| *one.name).collect())
    }

    pub(super) fn heard_of_report(
        &mut self,
        from: &MemberKey,
        of: &Name,
        answer: Option<(Outcome, String)>,
    ) -> Result<(), CellError> {
        let mut all = self.my_reports()?;
        let Some(mine) = all.iter_mut().find(|mine| *mine.name == *of && mine.to.contains(from)) else {
            return Ok(());
        };
        mine.received = true;
        if let Some((outcome, note)) = answer {
            (mine.outcome, mine.note) = (Some(outcome), note);
        }
        self.staged.note(REPORTS_NOTE, minicbor::to_vec(&all).unwrap_or_default());
        self.changed = true;
        Ok(())
    }

    fn my_reports(&self) -> Result<Vec<Mine>, CellError> {
        Ok(self.noted(REPORTS_NOTE)?.unwrap_or_default())
    }
}

fn shown_kind(kind: ReportKind) -> types::ReportKind {
    match kind {
        ReportKind::Harm => types::ReportKind::Harm,
        ReportKind::Rule => types::ReportKind::Rule,
        ReportKind::Worry => types::ReportKind::Worry,
    }
}

fn shown_outcome(outcome: Outcome) -> types::ReportOutcome {
    match outcome {
        Outcome::Noted => types::ReportOutcome::Noted,
        Outcome::Acted => types::ReportOutcome::Acted,
        Outcome::NoBreach => types::ReportOutcome::NoBreach,
    }
}
