//! Reports: posts turned in to the facilitators, and what came of them, by letters.

use kith_protocol::id::{EntryId, MemberKey};
use kith_protocol::letter::{Message, Outcome, Quote, ReportKind};
use kith_protocol::time::Millis;
use minicbor::bytes::ByteArray;
use minicbor::{Decode, Encode};

use super::CellError;
use super::engine::Engine;
use super::letters::{Name, Received, letter_name};
use crate::api::types;

/// Reports of mine that are followed. Of more, the oldest go.
const REPORTS: usize = 128;
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
        let to: Vec<MemberKey> =
            self.others_in_charge().into_iter().filter(|one| !but.contains(one) && *one != author).collect();
        if to.is_empty() {
            return Err(CellError::NobodyToAsk);
        }
        let name = self.send(&Message::Report { kind, quote, note }, &to)?;
        let time = self.now();
        let mut all = self.my_reports()?;
        all.push(Mine {
            name: name.into(),
            to,
            post: *post,
            kind,
            time,
            received: false,
            outcome: None,
            note: String::new(),
        });
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
        if !matches!(received.message, Message::Report { .. }) {
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
            let Message::Report { kind, quote, note } = &received.message else { continue };
            if now.since(received.time) > REPORT_LASTS {
                continue;
            }
            let Some((entry, _)) = quote.entry(&self.id) else { continue };
            list.received.push(types::ReportReceived {
                report: hex::encode(*received.name),
                kind: shown_kind(*kind),
                post: entry.to_string(),
                author: self.name_of(&quote.author),
                text: quote.text(&self.id).unwrap_or_default(),
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
        let report = |one: &Received| matches!(one.message, Message::Report { .. });
        Ok(self.inbox()?.iter().filter(|one| report(one)).map(|one| *one.name).collect())
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
