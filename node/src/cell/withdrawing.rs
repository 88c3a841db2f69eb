//! What people took back, and what they wrote anew.
//!
//! Guarantees: once a withdrawal is here, the payload it takes back is in neither store nor own log, whatever comes
//! later and in whatever order; what stays is a stub with the name, so that reconciliation finds nothing missing. A
//! stub from somebody else is believed only beside the withdrawal.

use std::collections::{BTreeMap, HashMap};

use kith_protocol::admit::Verified;
use kith_protocol::body::{Body, ContentNotes, Edit, Withdraw, Withdrawn};
use kith_protocol::envelope::{Envelope, Header, Stub};
use kith_protocol::hearing::Intent;
use kith_protocol::id::{EntryId, EnvelopeId, LogId, MemberKey, ShortId};
use kith_protocol::keeper::Dropped;
use kith_protocol::limits;
use minicbor::{Decode, Encode};

use super::CellError;
use super::engine::{Engine, Notice};
use super::intake::Taken;
use super::pace;
use super::sets::Sets;
use crate::store::{Held, Placed, Put, Store};

/// Withdrawals kept in one note.
const CHUNK: usize = 1000;
/// Entries taken back that are remembered: more are only obeyed where they are held already.
const REMEMBERED: usize = 200_000;
/// Entries of mine read at a time.
const PAGE: usize = 256;

/// One entry that was taken back.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub(super) struct Gone {
    #[n(0)]
    author: MemberKey,
    #[n(1)]
    what: Withdrawn,
}

/// Everything taken back that this node has heard of.
#[derive(Default)]
pub(super) struct TakenBack {
    by_envelope: HashMap<EnvelopeId, Gone>,
    /// In the order in which it was heard of.
    order: Vec<EnvelopeId>,
    /// What is not in a full note yet.
    last: Vec<Gone>,
    /// The number of full notes.
    full: usize,
}

impl TakenBack {
    /// Reads what was noted.
    pub(super) fn of(store: &dyn Store) -> Result<TakenBack, CellError> {
        let mut all = TakenBack::default();
        while let Some(bytes) = store.note(&chunk_name(all.full))? {
            let chunk: Vec<Gone> =
                minicbor::decode(&bytes).map_err(|_| CellError::Storage("a list of withdrawals".into()))?;
            all.order.extend(chunk.iter().map(|gone| gone.what.envelope));
            all.by_envelope.extend(chunk.iter().map(|gone| (gone.what.envelope, gone.clone())));
            if chunk.len() < CHUNK {
                all.last = chunk;
                break;
            }
            all.full = all.full.saturating_add(1);
        }
        Ok(all)
    }

    /// What shows others that they may drop it, of so many withdrawals in the order in which they were heard of.
    pub(super) fn from(&self, from: usize, most: usize) -> Vec<Dropped> {
        let gone = self.order.iter().skip(from).filter_map(|id| self.by_envelope.get(id));
        gone.take(most).map(|gone| Dropped::new(gone.what.envelope, gone.what.secret)).collect()
    }

    /// Whether this member says that they wrote, and took back, what is in this envelope.
    pub(super) fn is_by(&self, id: &EnvelopeId, author: &MemberKey) -> bool {
        self.by_envelope.get(id).is_some_and(|gone| gone.author == *author)
    }

    /// Whether an envelope with this header was taken back.
    fn has(&self, id: &EnvelopeId, header: &Header) -> Option<&Gone> {
        self.by_envelope.get(id).filter(|gone| gone.what.takes_back(id, header))
    }
}

impl Engine {
    /// Takes back entries of mine, with all edits of them.
    pub(crate) fn withdraw(&mut self, entries: &[EntryId]) -> Result<EntryId, CellError> {
        let mut all = Vec::new();
        for entry in entries {
            let held = self.store.entry(&entry.short())?.ok_or(CellError::NotMine)?;
            let mut one = vec![held];
            for edit in self.edits(&self.me(), &entry.short())? {
                one.extend(self.store.entry(&edit.short())?);
            }
            for held in &one {
                all.extend(self.mine_to_take_back(held)?);
            }
        }
        let mut last = Err(CellError::NotMine);
        for part in all.chunks(limits::WITHDRAWN) {
            last = self.write(Body::Withdraw(Withdraw { entries: part.to_vec() }));
            last.as_ref().map_err(Clone::clone)?;
        }
        last
    }

    /// Everything I wrote that can still be taken back.
    pub(crate) fn my_posts(&self) -> Result<Vec<EntryId>, CellError> {
        let me = self.me().author();
        let (mut mine, mut at) = (Vec::new(), None);
        loop {
            let page = self.store.timeline(at, PAGE)?;
            let ended = page.len() < PAGE;
            for held in &page {
                let Some(placed) = &held.placed else { continue };
                at = Some(placed.cursor());
                let wrote = placed.author == me && Envelope::decode(&held.bytes).is_ok();
                let text = pace::is_text;
                if wrote
                    && self.read_held(held).is_some_and(|(entry, by)| by == self.me() && text(&entry.body))
                {
                    mine.push(placed.entry);
                }
            }
            if ended {
                return Ok(mine);
            }
        }
    }

    /// Puts other words in place of what I wrote.
    pub(crate) fn edit(
        &mut self,
        post: &EntryId,
        text: String,
        intent: Option<Intent>,
        notes: Option<ContentNotes>,
    ) -> Result<EntryId, CellError> {
        let held = self.store.entry(&post.short())?.ok_or(CellError::NotMine)?;
        let opened = self.read_held(&held).filter(|(_, author)| *author == self.me());
        match opened.map(|(entry, _)| entry.body) {
            Some(Body::Post(_) | Body::Reply(_)) => {}
            _ => return Err(CellError::NotMine),
        }
        if self.edits(&self.me(), &post.short())?.len() >= limits::EDITS {
            return Err(CellError::Unfit("this was changed as often as it can be".into()));
        }
        self.write(Body::Edit(Edit { post: post.short(), text, intent, notes }))
    }

    /// What somebody put in place of what they wrote, if they did: the last text, and what was last said of it.
    pub(super) fn edited(&self, author: &MemberKey, post: &ShortId) -> Result<Option<Edit>, CellError> {
        let mut last: Option<Edit> = None;
        for edit in self.edits(author, post)?.into_iter().rev() {
            let Some(held) = self.store.entry(&edit.short())? else { continue };
            if let Some((entry, by)) = self.read_held(&held)
                && let Body::Edit(edit) = entry.body
                && by == *author
            {
                match &mut last {
                    None => last = Some(edit),
                    Some(last) => {
                        last.intent = last.intent.or(edit.intent);
                        last.notes = last.notes.take().or(edit.notes);
                    }
                }
            }
        }
        Ok(last)
    }

    /// Looks at content that was let in: what it takes back goes, what it changes is noted. Gives the bytes to keep
    /// of the envelope itself if it was taken back before it came.
    pub(super) fn heed(&mut self, verified: &Verified) -> Result<Option<Stub>, CellError> {
        let header = verified.envelope().header();
        if let Some(gone) = self.taken_back.has(verified.envelope_id(), header)
            && gone.author == *verified.author()
            && gone.what.entry == *verified.entry_id()
        {
            self.notices.push(Notice::Altered(*verified.entry_id()));
            return Ok(Stub::of(verified.envelope()));
        }
        self.meet_attachments(verified);
        match &verified.entry().body {
            Body::Withdraw(withdraw) => self.take_back(verified.author(), &withdraw.entries)?,
            Body::Edit(edit) => self.note_edit(verified, &edit.post)?,
            Body::Post(_) | Body::Reply(_) | Body::Heard(_) | Body::StillNeed(_) | Body::Claim(_) => {
                self.listen(verified)?;
            }
            Body::Item(_) | Body::CheckItem(_) | Body::Helped(_) => self.shelve(verified)?,
            Body::Circle(_) => self.note_circle(verified)?,
            Body::Event(_) | Body::EventChange(_) => self.mark_calendar(verified)?,
            Body::Welcome(_) => self.heed_welcome(verified)?,
            Body::Intro(_) => self.heed_intro(verified)?,
            Body::CheckIn(_) | Body::Milestone(_) => self.heed_shared(verified)?,
            Body::ProposeNotes(said) => self.note_proposal(verified, &said.to)?,
            Body::Duty(duty) => self.heed_duty(verified, duty)?,
            Body::Doorstep(doorstep) => self.keep_doorstep(doorstep)?,
            Body::Letter(letter) => self.receive(verified.author(), verified.entry().time, letter)?,
            _ => {}
        }
        Ok(None)
    }

    /// Takes in what somebody kept of an envelope.
    pub(super) fn take_stub(&mut self, stub: &Stub) -> Taken {
        let (id, header) = (stub.id(), *stub.header());
        if self.staged.holds(&id) || self.store.holds(&id).unwrap_or_default() {
            return Taken::Known;
        }
        let Some(Gone { author, what }) = self.taken_back.has(&id, &header).cloned() else {
            self.declined.add_id(id);
            return Taken::Passed;
        };
        let most = self.lamport.saturating_add(limits::LAMPORT_STEP);
        let placed = Placed {
            entry: what.entry,
            author: author.author(),
            log: what.log,
            seq: what.seq,
            lamport: what.lamport.min(most),
            reply_to: None,
        };
        let (hour, bytes) = (header.hour, stub.encode());
        self.staged.put_stub(Put { id, hour, control: false, bytes, placed: Some(placed) });
        self.sets.add(Sets::name(false, hour), hour, id);
        Taken::Held
    }

    /// Sees to it that the own log keeps no payload that was taken back.
    pub(super) fn recall(&mut self, envelope: &Envelope, log: &LogId, seq: u64) {
        if self.taken_back.has(&envelope.id(), envelope.header()).is_some()
            && let Some(stub) = Stub::of(envelope)
        {
            self.own.forget_payload(log, seq, stub.encode());
        }
    }

    fn take_back(&mut self, author: &MemberKey, entries: &[Withdrawn]) -> Result<(), CellError> {
        for what in entries {
            let held = match self.staged.bytes_of(&what.envelope) {
                Some((bytes, placed)) => Some((bytes.to_vec(), placed.cloned())),
                None => self.store.envelope(&what.envelope)?.map(|held| (held.bytes, held.placed)),
            };
            if let Some((bytes, placed)) = held
                && let Ok(envelope) = Envelope::decode(&bytes)
            {
                let theirs = |at: Placed| at.entry == what.entry && at.author == author.author();
                if !what.takes_back(&envelope.id(), envelope.header()) || !placed.is_some_and(theirs) {
                    continue;
                }
                let Some(stub) = Stub::of(&envelope) else { continue };
                self.notices.extend(self.item_of(&what.entry)?.map(Notice::Altered));
                self.staged.shrink(what.envelope, stub.encode());
                self.payload_went()?;
                self.let_attachments_go(&what.entry);
                self.forget_told(&what.entry.short());
                self.forget_proposals(&what.entry.short());
                if *author == self.me() {
                    self.own.forget_payload(&what.log, what.seq, stub.encode());
                }
                self.notices.push(Notice::Altered(what.entry));
            } else if self.taken_back.by_envelope.len() >= REMEMBERED {
                continue;
            }
            self.remember(Gone { author: *author, what: what.clone() });
        }
        // Stubs that came before it may be asked for again.
        self.declined.clear();
        Ok(())
    }

    fn remember(&mut self, gone: Gone) {
        let taken_back = &mut self.taken_back;
        if taken_back.by_envelope.insert(gone.what.envelope, gone.clone()).is_some() {
            return;
        }
        taken_back.order.push(gone.what.envelope);
        taken_back.last.push(gone);
        let bytes = minicbor::to_vec(&taken_back.last).unwrap_or_default();
        self.staged.note(chunk_name(taken_back.full), bytes);
        if taken_back.last.len() >= CHUNK {
            taken_back.full = taken_back.full.saturating_add(1);
            taken_back.last.clear();
        }
    }

    fn mine_to_take_back(&self, held: &Held) -> Result<Option<Withdrawn>, CellError> {
        let (Some(placed), Ok(envelope)) = (&held.placed, Envelope::decode(&held.bytes)) else {
            return Ok(None);
        };
        if self.read_held(held).is_none_or(|(_, author)| author != self.me()) {
            return Err(CellError::NotMine);
        }
        Ok(Some(Withdrawn {
            log: placed.log,
            seq: placed.seq,
            lamport: placed.lamport,
            entry: placed.entry,
            envelope: envelope.id(),
            secret: self.secrets.drop_secret(&placed.log).reveal(placed.seq),
        }))
    }

    /// The edits of a post by its author, the one that holds last.
    fn edits(&self, author: &MemberKey, post: &ShortId) -> Result<Vec<EntryId>, CellError> {
        let name = edit_name(author, post);
        let noted = match self.staged.noted(&name) {
            Some(staged) => staged.map(<[u8]>::to_vec),
            None => self.store.note(&name)?,
        };
        let listed: BTreeMap<u64, Vec<EntryId>> =
            noted.map_or_else(BTreeMap::new, |bytes| minicbor::decode(&bytes).unwrap_or_default());
        let mut edits = Vec::new();
        for (_, mut same) in listed {
            same.sort_unstable();
            edits.extend(same);
        }
        Ok(edits)
    }

    fn note_edit(&mut self, verified: &Verified, post: &ShortId) -> Result<(), CellError> {
        let author = *verified.author();
        if self.edits(&author, post)?.len() >= limits::EDITS {
            return Ok(());
        }
        let name = edit_name(&author, post);
        let noted = match self.staged.noted(&name) {
            Some(staged) => staged.map(<[u8]>::to_vec),
            None => self.store.note(&name)?,
        };
        let mut listed: BTreeMap<u64, Vec<EntryId>> =
            noted.map_or_else(BTreeMap::new, |bytes| minicbor::decode(&bytes).unwrap_or_default());
        listed.entry(verified.entry().lamport).or_default().push(*verified.entry_id());
        self.staged.note(name, minicbor::to_vec(&listed).unwrap_or_default());
        let placed = self.store.entry(post)?.and_then(|held| held.placed);
        self.notices.extend(placed.map(|placed| Notice::Altered(placed.entry)));
        Ok(())
    }
}

fn chunk_name(number: usize) -> String {
    format!("taken-back/{number}")
}

fn edit_name(author: &MemberKey, post: &ShortId) -> String {
    format!("edit/{author}/{post}")
}
