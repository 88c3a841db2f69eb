//! What texts mention, by their authors' word and by others', and what this reader chose to see of it.
//!
//! Only names of entries are noted here; what they say is read from the entries themselves. What was chosen is kept with
//! what the person keeps for themselves; a cell has it in memory alone.

use std::collections::BTreeMap;

use kith_protocol::admit::Verified;
use kith_protocol::body::{self, Body};
use kith_protocol::id::{EntryId, MemberKey, ShortId};
use kith_protocol::notes::{self, Proposals};

use super::CellError;
use super::engine::{Engine, Notice};
use super::hearing_view::{content_notes, mention_of};
use crate::api::types::{self, Choice, Mention};

/// What a reader chose, where they did.
pub(crate) type Choices = BTreeMap<Mention, Choice>;

/// Proposals for one text that are looked at. Of more, the oldest are not.
const PROPOSALS: usize = 64;

impl Engine {
    /// Proposes to say something before what another wrote.
    pub(crate) fn propose_notes(
        &mut self,
        post: &EntryId,
        mentions: Vec<body::Mention>,
        reason: String,
    ) -> Result<EntryId, CellError> {
        self.theirs(post)?;
        let notes = body::ContentNotes::new(mentions, "");
        self.write(Body::ProposeNotes(body::ProposeNotes {
            to: post.short(),
            mentions: notes.mentions,
            reason,
        }))
    }

    /// Puts what others proposed before a text of mine, beside my own notes: the same text again, with more notes.
    pub(crate) fn accept_notes(&mut self, post: &EntryId) -> Result<EntryId, CellError> {
        let (text, own) = self.mine_as_it_is(post)?;
        let declined = self.declined_notes(&post.short())?;
        let proposals = self.proposals(&post.short())?;
        let open = proposals.standing().filter(|one| !declined.contains(one.by));
        let all = notes::with(&own, open.flat_map(|one| one.mentions));
        if all == own {
            return Err(CellError::NothingProposed);
        }
        self.edit(post, text, None, Some(all))
    }

    /// Lets be what others proposed for a text of mine, now and later. Nobody is told.
    pub(crate) fn decline_notes(&mut self, post: &EntryId) -> Result<(), CellError> {
        self.mine_as_it_is(post)?;
        let mut declined = self.declined_notes(&post.short())?;
        for one in self.proposals(&post.short())?.standing() {
            if !declined.contains(one.by) {
                declined.push(*one.by);
            }
        }
        self.staged.note(declined_name(&post.short()), minicbor::to_vec(&declined).unwrap_or_default());
        self.notices.push(Notice::Altered(*post));
        Ok(())
    }

    /// The facilitator or helper who added notes to a text of mine, and by which entry: the last.
    pub(crate) fn notes_added(&self, post: &EntryId) -> Result<Option<(MemberKey, EntryId)>, CellError> {
        let mut last = None;
        for name in self.proposed_for(&post.short())? {
            let Some((entry, by, id)) = self.shown_entry(&name)? else { continue };
            if matches!(&entry.body, Body::ProposeNotes(said) if !said.reason.trim().is_empty())
                && self.in_charge(&by)
                && self.proposals(&post.short())?.standing().any(|one| *one.by == by)
            {
                last = Some((by, id));
            }
        }
        Ok(last)
    }

    /// What this reader wishes to see of a text that mentions this.
    pub(super) fn choice(&self, notes: &types::ContentNotes) -> Choice {
        let choices = self.choices.borrow();
        let own_words = (!notes.other.is_empty()).then_some(&Mention::Other);
        let of = |mention| choices.get(mention).copied().unwrap_or_default();
        notes.mentions.iter().chain(own_words).map(of).max().unwrap_or(Choice::Show)
    }

    /// Whether this reader wishes to see nothing of what mentions this; of their own words they do.
    pub(super) fn hides_notes(&self, notes: &types::ContentNotes, mine: bool) -> bool {
        !mine && self.choice(notes) == Choice::Hide
    }

    /// Tells that what the reader chose has changed.
    pub(crate) fn chose(&mut self) {
        self.notices.push(Notice::Changed);
    }

    /// What stands before a text: its author's notes with those that somebody in charge added; and what is shown of
    /// proposals, to its author all that they did not let be, to others what was added.
    pub(super) fn noted_by_all(
        &self,
        post: &EntryId,
        author: &MemberKey,
        own: body::ContentNotes,
    ) -> Result<(types::ContentNotes, Vec<types::ProposedNotes>), CellError> {
        let names = self.proposed_for(&post.short())?;
        if names.is_empty() {
            return Ok((content_notes(&own), Vec::new()));
        }
        let mine = *author == self.me();
        let declined = if mine { self.declined_notes(&post.short())? } else { Vec::new() };
        let (mut all, mut shown) = (own.clone(), Vec::new());
        for one in self.proposals(&post.short())?.standing().filter(|one| one.by != author) {
            let added = one.is_added(self.in_charge(one.by));
            if added {
                all = notes::with(&all, one.mentions);
            }
            let open = mine && !declined.contains(one.by);
            if (added || open) && one.is_new_to(&own) {
                shown.push(types::ProposedNotes {
                    member: one.by.to_string(),
                    name: self.name_of(one.by),
                    mentions: one.mentions.iter().map(|mention| mention_of(*mention)).collect(),
                    reason: one.reason.to_owned(),
                    added,
                });
            }
        }
        Ok((content_notes(&all), shown))
    }

    /// Takes note of what somebody proposes.
    pub(super) fn note_proposal(&mut self, verified: &Verified, to: &ShortId) -> Result<(), CellError> {
        let mut names = self.proposed_for(to)?;
        let name = verified.entry_id().short();
        if names.contains(&name) {
            return Ok(());
        }
        names.push(name);
        let beyond = names.len().saturating_sub(PROPOSALS);
        names.drain(..beyond);
        self.staged.note(proposed_name(to), minicbor::to_vec(&names).unwrap_or_default());
        let placed = self.store.entry(to)?.and_then(|held| held.placed);
        self.notices.extend(placed.map(|placed| Notice::Altered(placed.entry)));
        Ok(())
    }

    /// Forgets what was proposed for a text that is gone.
    pub(super) fn forget_proposals(&mut self, post: &ShortId) {
        self.staged.unnote(proposed_name(post));
        self.staged.unnote(declined_name(post));
    }

    fn proposals(&self, post: &ShortId) -> Result<Proposals, CellError> {
        let mut proposals = Proposals::default();
        for name in self.proposed_for(post)? {
            if let Some((entry, by, _)) = self.shown_entry(&name)?
                && let Body::ProposeNotes(said) = entry.body
            {
                proposals.take(by, entry.lamport, said);
            }
        }
        Ok(proposals)
    }

    /// The text of something that I wrote, and its notes, by my own word.
    fn mine_as_it_is(&self, post: &EntryId) -> Result<(String, body::ContentNotes), CellError> {
        let held = self.store.entry(&post.short())?.ok_or(CellError::NotMine)?;
        let (entry, author) = self.read_held(&held).ok_or(CellError::NotMine)?;
        let (text, notes) = match entry.body {
            Body::Post(post) => (post.text, post.notes),
            Body::Reply(reply) => (reply.text, reply.notes),
            _ => return Err(CellError::NotMine),
        };
        if author != self.me() {
            return Err(CellError::NotMine);
        }
        Ok(match self.edited(&author, &post.short())? {
            Some(edit) => (edit.text, edit.notes.unwrap_or(notes)),
            None => (text, notes),
        })
    }

    fn proposed_for(&self, post: &ShortId) -> Result<Vec<ShortId>, CellError> {
        Ok(self.noted(&proposed_name(post))?.unwrap_or_default())
    }

    fn declined_notes(&self, post: &ShortId) -> Result<Vec<MemberKey>, CellError> {
        Ok(self.noted(&declined_name(post))?.unwrap_or_default())
    }
}

fn proposed_name(post: &ShortId) -> String {
    format!("notes/proposed/{post}")
}

fn declined_name(post: &ShortId) -> String {
    format!("notes/declined/{post}")
}
