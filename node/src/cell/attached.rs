//! Attachments: which are here, which somebody wishes for, and whose they are.
//!
//! Guarantees: chunks are kept only of entries that are held, and go in the moment in which the entry's payload does;
//! what was written with an attachment is durable no earlier than its chunks. Nothing is fetched that nobody asked
//! for, but for what is [small](SMALL) and shown without anything folded. The engine knows names and sizes; the bytes go
//! between [`ChunkFiles`] and the network ([`super::chunks`]).

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use kith_protocol::admit::Verified;
use kith_protocol::attachment::{Manifest, chunks};
use kith_protocol::body::{Attachment, Body};
use kith_protocol::entry::Entry;
use kith_protocol::envelope::Envelope;
use kith_protocol::id::{AttachmentId, EntryId, MemberKey, ShortId};
use kith_protocol::time::Millis;
use minicbor::{Decode, Encode};

use super::CellError;
use super::chunks::Fetched;
use super::engine::{Engine, Notice};
use crate::api::types::{self, Measure};
use crate::store::chunks::ChunkFiles;
use crate::store::{Cursor, Placed, Store};

/// What is at most so large is fetched without being asked for, in bytes.
const SMALL: u32 = 256 << 10;
/// Room that attachments of one group take at most, in bytes. Beyond it the person is told.
const ROOM: u64 = 1 << 30;
/// Attachments of one group that are here or wished for. Beyond it the person is told.
const KEPT: usize = 2048;
/// What the disk must have left beside an attachment, in bytes, so that texts can always be written.
const RESERVE: u64 = 64 << 20;
/// Attachments prepared for something to be written. Beyond it the oldest goes.
const PREPARED: usize = 32;
/// For how long one is kept prepared, in milliseconds: a day.
const PREPARED_FOR: u64 = 24 * 3_600_000;
/// Entries that came and are still to be looked at for small attachments. Beyond it the oldest are not.
const UNLOOKED: usize = 256;
/// Entries looked at for small attachments at a time.
const LOOK_AT: usize = 16;

/// Entries read from the store at a time for a list.
const PAGE: usize = 256;

const NOTE: &str = "attachments";

/// An attachment and the entry it goes with: whoever copies a name into an entry of their own names something else.
pub(crate) type Name = (AttachmentId, EntryId);

/// One attachment that is here or wished for.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
struct Kept {
    /// Its size in bytes.
    #[n(0)]
    size: u32,
    /// Whether all of it is here.
    #[n(1)]
    whole: bool,
}

/// An attachment that is to go with what is written next.
struct Prepared {
    attachment: Attachment,
    at: Millis,
}

/// One to be fetched.
#[derive(Clone, Debug)]
pub(super) struct Wish {
    pub(super) attachment: Attachment,
    pub(super) author: MemberKey,
    pub(super) files: ChunkFiles,
}

/// The attachments of a cell.
pub(super) struct Attached {
    files: ChunkFiles,
    kept: BTreeMap<Name, Kept>,
    prepared: BTreeMap<AttachmentId, Prepared>,
    /// Chunks that have arrived of what is being fetched: for display only.
    arrived: BTreeMap<Name, usize>,
    /// What this disk had no room for.
    no_room: BTreeSet<Name>,
    unlooked: VecDeque<ShortId>,
    /// To be taken away once the commit is durable.
    going: Vec<AttachmentId>,
}

impl Attached {
    /// Reads what was noted.
    pub(super) fn of(store: &dyn Store, files: ChunkFiles) -> Result<Attached, CellError> {
        let noted = store.note(NOTE)?;
        let listed: Vec<(Name, Kept)> =
            noted.map_or_else(Vec::new, |bytes| minicbor::decode(&bytes).unwrap_or_default());
        Ok(Attached {
            files,
            kept: listed.into_iter().collect(),
            prepared: BTreeMap::new(),
            arrived: BTreeMap::new(),
            no_room: BTreeSet::new(),
            unlooked: VecDeque::new(),
            going: Vec::new(),
        })
    }

    /// Takes chunks away that nothing names any more.
    pub(super) fn take_away(&mut self) {
        for id in std::mem::take(&mut self.going) {
            if self.named(&id).next().is_none() && !self.prepared.contains_key(&id) {
                self.files.remove(&id);
            }
        }
    }

    /// What is kept under a name.
    fn named(&self, id: &AttachmentId) -> impl Iterator<Item = (&EntryId, &Kept)> {
        let all = (*id, EntryId([0; EntryId::LEN]))..=(*id, EntryId([0xff; EntryId::LEN]));
        self.kept.range(all).map(|((_, entry), kept)| (entry, kept))
    }

    fn note(&self) -> Vec<u8> {
        let listed: Vec<(&Name, &Kept)> = self.kept.iter().collect();
        minicbor::to_vec(listed).unwrap_or_default()
    }

    fn room(&self) -> u64 {
        let taken = self.kept.values().map(|kept| u64::from(kept.size)).sum();
        ROOM.saturating_sub(taken)
    }
}

impl Engine {
    /// Where attachments of this cell are kept, once it is sure that one of so many bytes may be, and fits.
    pub(crate) fn place_for(&self, size: usize) -> Result<(ChunkFiles, MemberKey), CellError> {
        let most = self.group()?.charter().attachment.bytes();
        if size > most {
            return Err(CellError::AttachmentTooLarge(most));
        }
        let size = u64::try_from(size).unwrap_or(u64::MAX);
        if self.attached.kept.len() >= KEPT || self.attached.room() < size {
            return Err(CellError::AttachmentsFull);
        }
        let files = &self.attached.files;
        if files.free().is_some_and(|free| free < size.saturating_add(RESERVE)) {
            return Err(CellError::DiskFull);
        }
        Ok((files.clone(), self.me()))
    }

    /// Takes note of an attachment whose chunks are on the disk, to go with what is written next.
    pub(crate) fn prepare_attachment(&mut self, attachment: Attachment) {
        let now = self.now();
        let prepared = &mut self.attached.prepared;
        let old = |one: &Prepared| now.since(one.at) > PREPARED_FOR;
        let mut gone: Vec<AttachmentId> =
            prepared.iter().filter(|(_, one)| old(one)).map(|(id, _)| *id).collect();
        if prepared.len() >= PREPARED {
            gone.extend(prepared.iter().min_by_key(|(_, one)| one.at).map(|(id, _)| *id));
        }
        gone.iter().for_each(|id| drop(prepared.remove(id)));
        self.attached.going.extend(gone);
        let at = now;
        self.attached.prepared.insert(attachment.id, Prepared { attachment, at });
    }

    /// What was prepared under these names.
    pub(crate) fn prepared_attachments(&self, ids: &[AttachmentId]) -> Result<Vec<Attachment>, CellError> {
        let one = |id: &AttachmentId| self.attached.prepared.get(id).map(|one| one.attachment.clone());
        ids.iter().map(|id| one(id).ok_or(CellError::NotPrepared)).collect()
    }

    /// Looks at what an entry that comes in names: what is here already belongs to it, the rest may be wished for.
    pub(super) fn meet_attachments(&mut self, verified: &Verified) {
        let (entry, mut new) = (*verified.entry_id(), false);
        for attachment in verified.entry().body.attachments() {
            let id = attachment.id;
            let whole = if self.attached.prepared.remove(&id).is_some() {
                true
            } else if self.attached.files.has(&id) {
                // The list of what is here was lost with the database.
                let found = self.attached.files.look(&id).ok().flatten();
                let theirs =
                    |found: &(Manifest, _)| found.0.belongs_to(attachment, verified.author()).is_ok();
                match found.filter(theirs) {
                    Some((_, held)) => held.iter().all(|held| *held),
                    None => continue,
                }
            } else {
                new = true;
                continue;
            };
            self.attached.kept.insert((id, entry), Kept { size: attachment.size, whole });
            self.staged.note(NOTE, self.attached.note());
        }
        if new {
            if self.attached.unlooked.len() >= UNLOOKED {
                self.attached.unlooked.pop_front();
            }
            self.attached.unlooked.push_back(entry.short());
        }
    }

    /// Lets go of what belongs to an entry.
    pub(super) fn let_attachments_go(&mut self, entry: &EntryId) {
        let gone: Vec<Name> = self.attached.kept.keys().filter(|(_, of)| of == entry).copied().collect();
        self.let_go(&gone);
    }

    fn let_go(&mut self, gone: &[Name]) {
        if gone.is_empty() {
            return;
        }
        for name in gone {
            self.attached.kept.remove(name);
            self.attached.arrived.remove(name);
            self.attached.no_room.remove(name);
            self.attached.going.push(name.0);
        }
        self.staged.note(NOTE, self.attached.note());
    }

    /// When the cell is opened: lets go of what belongs to nothing any more.
    pub(super) fn tidy_attachments(&mut self) -> Result<(), CellError> {
        let mut gone = Vec::new();
        for name in self.attached.kept.keys() {
            let held = self.store.entry(&name.1.short())?;
            let whole = held.is_some_and(|held| Envelope::decode(&held.bytes).is_ok());
            if !whole && !self.staged.holds_entry(&name.1) {
                gone.push(*name);
            }
        }
        self.let_go(&gone);
        // As long as a database is filled again, what files belong to is still on its way.
        if !self.refilling {
            self.attached.files.keep_only(self.attached.kept.keys().map(|(id, _)| id));
        }
        Ok(())
    }

    /// An attachment of an entry that is shown here, by its number from 1.
    fn shown_attachment(&self, entry: &EntryId, number: u32) -> Result<(Attachment, MemberKey), CellError> {
        let (opened, author) = self.readable(&entry.short())?.ok_or(CellError::NoAttachment)?;
        let place = usize::try_from(number).ok().and_then(|number| number.checked_sub(1));
        let attachment = place.and_then(|place| opened.body.attachments().get(place));
        Ok((attachment.ok_or(CellError::NoAttachment)?.clone(), author))
    }

    /// Wishes to have an attachment.
    pub(crate) fn wish(&mut self, entry: &EntryId, number: u32) -> Result<(), CellError> {
        let (attachment, _) = self.shown_attachment(entry, number)?;
        let name = (attachment.id, *entry);
        if let Some(kept) = self.attached.kept.get(&name) {
            if !kept.whole {
                // Whoever had nothing a while ago may have it now, and the disk may have room.
                self.attached.no_room.remove(&name);
                self.notices.push(Notice::Wished(name));
            }
            return Ok(());
        }
        self.place_for(usize::try_from(attachment.size).unwrap_or(usize::MAX))?;
        self.attached.kept.insert(name, Kept { size: attachment.size, whole: false });
        self.staged.note(NOTE, self.attached.note());
        self.notices.push(Notice::Wished(name));
        Ok(())
    }

    /// Wishes for small attachments of what came, where nothing about it is folded, noted or hidden.
    pub(super) fn wish_for_small(&mut self) -> Result<(), CellError> {
        for _ in 0..LOOK_AT {
            let Some(entry) = self.attached.unlooked.pop_front() else { break };
            let Some(held) = self.store.entry(&entry)? else { continue };
            let Some(placed) = &held.placed else { continue };
            let Some((opened, author)) = self.readable(&entry)? else { continue };
            let folded = match (&opened.body, self.post_view(&held)?) {
                (_, Some(post)) => {
                    post.moderation.is_some() || post.unasked || post.much || !post.notes.is_empty()
                }
                (Body::Item(item), None) => {
                    let moderated = self.moderation_of(&author, &placed.entry, opened.time);
                    moderated.is_some() || !item.notes.is_empty()
                }
                _ => true,
            };
            let id = placed.entry;
            for (number, attachment) in (1..).zip(opened.body.attachments()) {
                // Half the room is for what people ask for: nobody can fill it by sending much.
                let half = self.attached.room() > ROOM / 2 && self.attached.kept.len() < KEPT / 2;
                if !folded && half && attachment.size <= SMALL {
                    match self.wish(&id, number) {
                        // It can still be asked for, and then says why not.
                        Err(
                            CellError::DiskFull
                            | CellError::AttachmentsFull
                            | CellError::AttachmentTooLarge(_),
                        ) => {}
                        wished => wished?,
                    }
                }
            }
        }
        Ok(())
    }

    /// What is wished for.
    pub(super) fn wishes(&self) -> Vec<Name> {
        self.attached.kept.iter().filter(|(_, kept)| !kept.whole).map(|(name, _)| *name).collect()
    }

    /// What is to be known to fetch one; none if it is not wished for any more, or not to be had now.
    pub(super) fn wished(&self, name: &Name) -> Result<Option<Wish>, CellError> {
        let wished = self.attached.kept.get(name).filter(|kept| !kept.whole);
        let Some(kept) = wished.filter(|kept| self.fits(kept.size)) else { return Ok(None) };
        let Some((opened, author)) = self.readable(&name.1.short())? else { return Ok(None) };
        let mut attachments = opened.body.attachments().iter();
        let attachment = attachments.find(|one| one.id == name.0 && one.size == kept.size).cloned();
        let files = self.attached.files.clone();
        Ok(attachment.map(|attachment| Wish { attachment, author, files }))
    }

    /// Takes note of how many chunks have arrived. False if it is not wished for any more.
    pub(super) fn chunks_arrived(&mut self, name: &Name, count: usize) -> bool {
        let wished = self.attached.kept.contains_key(name);
        if wished {
            self.attached.no_room.remove(name);
            self.attached.arrived.insert(*name, count);
        }
        wished
    }

    /// Takes note of how fetching one came to an end. One that nobody wishes for any more goes.
    pub(super) fn fetch_ended(&mut self, name: &Name, how: Fetched) {
        let Some(kept) = self.attached.kept.get_mut(name) else {
            return self.attached.going.push(name.0);
        };
        match how {
            Fetched::Whole => {
                kept.whole = true;
                self.attached.arrived.remove(name);
                self.staged.note(NOTE, self.attached.note());
                self.notices.push(Notice::Altered(name.1));
            }
            Fetched::Full => {
                self.attached.no_room.insert(*name);
            }
            Fetched::Part | Fetched::Broken | Fetched::Wrong => {}
        }
    }

    /// Whether a member may have chunks of an attachment from this node: where they are, and whether all are here.
    pub(super) fn serves(
        &self,
        id: &AttachmentId,
        to: &MemberKey,
    ) -> Result<Option<(ChunkFiles, bool)>, CellError> {
        for (entry, kept) in self.attached.named(id).filter(|(_, kept)| self.fits(kept.size)) {
            let Some(held) = self.store.entry(&entry.short())? else { continue };
            let (Some((opened, author)), Some(placed)) = (self.read_held(&held), &held.placed) else {
                continue;
            };
            let shown = self.group()?.shows(&author, &placed.log, placed.seq);
            let held_back = self.is_held_back(&author, entry, opened.time);
            if shown && (!held_back || *to == author || self.in_charge(to)) {
                return Ok(Some((self.attached.files.clone(), kept.whole)));
            }
        }
        Ok(None)
    }

    /// An attachment that is wholly here, and where.
    pub(crate) fn fetched(
        &self,
        entry: &EntryId,
        number: u32,
    ) -> Result<(Attachment, ChunkFiles), CellError> {
        let (attachment, _) = self.shown_attachment(entry, number)?;
        let whole = self.attached.kept.get(&(attachment.id, *entry)).is_some_and(|kept| kept.whole);
        if whole { Ok((attachment, self.attached.files.clone())) } else { Err(CellError::NotFetched) }
    }

    /// Takes an attachment away from this device, or stops fetching it.
    pub(crate) fn drop_attachment(&mut self, entry: &EntryId, number: u32) -> Result<(), CellError> {
        let (attachment, _) = self.shown_attachment(entry, number)?;
        self.let_go(&[(attachment.id, *entry)]);
        Ok(())
    }

    /// How an attachment stands here.
    pub(crate) fn attachment(&self, entry: &EntryId, number: u32) -> Result<types::Attached, CellError> {
        let (attachment, author) = self.shown_attachment(entry, number)?;
        Ok(self.attached_view(entry, &author, self.attachment_view(entry, number, &attachment)))
    }

    /// What goes with a part of what the group wrote, the newest first, and where the next part begins.
    pub(crate) fn attachments_page(
        &self,
        before: Option<Cursor>,
    ) -> Result<(Vec<types::Attached>, Option<Cursor>), CellError> {
        let page = self.store.timeline(before, PAGE)?;
        let next = page.last().and_then(|held| held.placed.as_ref()).map(Placed::cursor);
        let mut attached = Vec::new();
        for placed in page.iter().filter_map(|held| held.placed.as_ref()) {
            let Some((opened, author)) = self.readable(&placed.entry.short())? else { continue };
            let views = self.attachments_view(&placed.entry, opened.body.attachments());
            attached.extend(views.into_iter().map(|one| self.attached_view(&placed.entry, &author, one)));
        }
        Ok((attached, next.filter(|_| page.len() == PAGE)))
    }

    fn attached_view(
        &self,
        entry: &EntryId,
        author: &MemberKey,
        attachment: types::Attachment,
    ) -> types::Attached {
        types::Attached {
            post: entry.to_string(),
            group: self.id.to_string(),
            author: author.to_string(),
            author_name: self.name_of(author),
            attachment,
        }
    }

    /// What goes with an entry.
    pub(super) fn attachments_view(
        &self,
        entry: &EntryId,
        attachments: &[Attachment],
    ) -> Vec<types::Attachment> {
        (1..).zip(attachments).map(|(number, one)| self.attachment_view(entry, number, one)).collect()
    }

    fn attachment_view(&self, entry: &EntryId, number: u32, attachment: &Attachment) -> types::Attachment {
        let (name, size) = ((attachment.id, *entry), u64::from(attachment.size));
        let (state, arrived) = match self.attached.kept.get(&name) {
            Some(Kept { whole: true, .. }) => (types::AttachmentState::Here, size),
            Some(_) => {
                let arrived = self.attached.arrived.get(&name).copied().unwrap_or_default();
                let part = u64::try_from(arrived).unwrap_or(u64::MAX).saturating_mul(size);
                let of = u64::try_from(chunks(attachment.size)).unwrap_or(u64::MAX);
                let state = match self.attached.no_room.contains(&name) {
                    true => types::AttachmentState::NoRoom,
                    false => types::AttachmentState::Fetching,
                };
                (state, part.checked_div(of).unwrap_or(0))
            }
            None if self.fits(attachment.size) => (types::AttachmentState::NotFetched, 0),
            None => (types::AttachmentState::TooLarge, 0),
        };
        types::Attachment {
            number,
            media: attachment.media.into(),
            size,
            words: attachment.words.clone(),
            name: attachment.name.clone(),
            state,
            arrived,
        }
    }

    /// A content entry that I can read now, and its author.
    fn readable(&self, entry: &ShortId) -> Result<Option<(Entry, MemberKey)>, CellError> {
        let Some(held) = self.store.entry(entry)? else { return Ok(None) };
        let (Some((opened, author)), Some(placed)) = (self.read_held(&held), &held.placed) else {
            return Ok(None);
        };
        let shown = author == self.me() || self.group()?.shows(&author, &placed.log, placed.seq);
        let held_back = self.is_held_back(&author, &placed.entry, opened.time);
        let readable = shown && !self.hidden.has(&author) && (!held_back || self.may_read_held(&author));
        Ok(readable.then_some((opened, author)))
    }

    fn is_held_back(&self, author: &MemberKey, entry: &EntryId, time: Millis) -> bool {
        let moderation = self.moderation_of(author, entry, time);
        moderation.is_some_and(|moderation| moderation.measure != Measure::Folded)
    }

    /// Whether the charter lets an attachment be so large.
    fn fits(&self, size: u32) -> bool {
        let most = self.group.as_ref().map_or(0, |group| group.charter().attachment.bytes());
        usize::try_from(size).is_ok_and(|size| size <= most)
    }
}
