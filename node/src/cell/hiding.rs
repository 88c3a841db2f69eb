//! Whom this person does not wish to read: muted, or blocked. It is kept in the vault, works at once and on this node
//! alone, and nobody else learns of it: what comes is held, passed on and confirmed as ever.
//!
//! Who is muted is not shown. Of who is blocked no words for this person alone are kept either. Letters by which a group is
//! governed still come: reports, receipts, answers, and appeals to whoever is in charge.

use std::collections::BTreeSet;

use kith_protocol::body::Body;
use kith_protocol::id::{EntryId, MemberKey};
use kith_protocol::letter::Message;

use super::CellError;
use super::engine::{Engine, Notice};

/// Whose writing this person hides.
#[derive(Clone, Debug, Default)]
pub(super) struct Hidden {
    pub(super) muted: BTreeSet<MemberKey>,
    pub(super) blocked: BTreeSet<MemberKey>,
}

impl Hidden {
    /// Whether what this member writes is not shown.
    pub(super) fn has(&self, member: &MemberKey) -> bool {
        self.muted.contains(member) || self.blocked.contains(member)
    }
}

impl Engine {
    /// Hides what a member writes, or shows it again.
    pub(crate) fn mute(&mut self, member: MemberKey, muted: bool) -> Result<(), CellError> {
        change(&mut self.hidden.muted, member, muted)?;
        let all = self.hidden.muted.clone();
        self.vault.change_cell(&self.dir, move |cell| cell.muted = all)?;
        self.notices.push(Notice::Changed);
        Ok(())
    }

    /// Hides what a member writes and refuses their letters, or takes that back.
    pub(crate) fn block(&mut self, member: MemberKey, blocked: bool) -> Result<(), CellError> {
        change(&mut self.hidden.blocked, member, blocked)?;
        let all = self.hidden.blocked.clone();
        self.vault.change_cell(&self.dir, move |cell| cell.blocked = all)?;
        self.notices.push(Notice::Changed);
        Ok(())
    }

    /// Whether a member is muted, and whether blocked.
    pub(crate) fn hides(&self, member: &MemberKey) -> (bool, bool) {
        (self.hidden.muted.contains(member), self.hidden.blocked.contains(member))
    }

    /// Whether this person does not wish to have a message.
    pub(super) fn refuses(&self, from: &MemberKey, message: &Message) -> bool {
        let blocked = self.hidden.blocked.contains(from);
        match message {
            Message::Note { about, .. } => blocked && !about.is_some_and(|act| self.is_appeal(from, &act)),
            Message::Encouragement { .. } => blocked,
            _ => false,
        }
    }

    /// Whether somebody turns against what was done about them, to me as one in charge.
    fn is_appeal(&self, from: &MemberKey, act: &EntryId) -> bool {
        let control = self.group.as_ref().and_then(|group| group.entry(act));
        let concerned = control.is_some_and(|control| match &control.entry.body {
            Body::Moderate(act) => act.member == *from,
            Body::Remove(act) => act.member == *from,
            Body::Demote(act) => act.member == *from,
            _ => false,
        });
        concerned && self.in_charge(&self.me())
    }
}

fn change(all: &mut BTreeSet<MemberKey>, member: MemberKey, hidden: bool) -> Result<(), CellError> {
    if !hidden {
        all.remove(&member);
    } else if all.len() >= crate::vault::MUTED && !all.contains(&member) {
        return Err(CellError::Unfit("no more members can be hidden".into()));
    } else {
        all.insert(member);
    }
    Ok(())
}
