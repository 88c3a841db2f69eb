//! Small things a cell keeps beside its entries, sealed like them.

use std::collections::BTreeSet;

use kith_protocol::id::{AuthorId, EntryId, EnvelopeId, MemberKey};
use kith_protocol::invite::InviteSecret;
use kith_protocol::time::Millis;

use super::CellError;
use super::engine::{Engine, Notice};
use crate::secret::Secret;
use crate::vault::CellKeys;

/// How often sets are compared under a salt with one member: a week, in milliseconds.
const SALT_EVERY: u64 = 7 * 24 * 3_600_000;

impl Engine {
    /// Takes note that something of mine was sent to so many nodes.
    pub(crate) fn passed(&mut self, entry: &EntryId, nodes: u32) {
        self.deliveries.passed(entry, nodes);
        self.notices.push(Notice::Delivered(*entry));
    }

    /// Takes note that a member's node holds these envelopes.
    pub(crate) fn held_by(&mut self, member: &MemberKey, envelopes: &[EnvelopeId]) -> Result<(), CellError> {
        if *member == self.me() {
            return Ok(());
        }
        for (entry, (log, seq)) in self.deliveries.held(member.author(), envelopes) {
            self.own.held(&log, seq);
            let mut held = self.held_note(&entry)?;
            held.extend(self.deliveries.of(&entry).map(|(_, held)| held.clone()).unwrap_or_default());
            let bytes = held.iter().flat_map(|author| author.0).collect();
            self.staged.note(held_name(&entry), bytes);
            self.notices.push(Notice::Delivered(entry));
        }
        Ok(())
    }

    /// Whose nodes hold an entry of mine, as noted.
    pub(super) fn held_note(&self, entry: &EntryId) -> Result<BTreeSet<AuthorId>, CellError> {
        let noted = self.store.note(&held_name(entry))?.unwrap_or_default();
        let (authors, _) = noted.as_chunks::<{ AuthorId::LEN }>();
        Ok(authors.iter().map(|author| AuthorId(*author)).collect())
    }

    /// Keeps the address book, unless the place it is of was left: in the vault too, for the day the database is lost.
    pub(crate) fn keep_book(&self, place: &Secret, book: Vec<u8>) -> Result<(), CellError> {
        self.keep_at(place, move |cell| cell.book = Some(book))
    }

    /// Keeps the port of a place, unless it was left, so that addresses given out stay good.
    pub(crate) fn keep_port(&self, place: &Secret, port: u16) -> Result<(), CellError> {
        self.keep_at(place, move |cell| cell.port = Some(port))
    }

    fn keep_at(
        &self,
        place: &Secret,
        keep: impl FnOnce(&mut CellKeys) + Send + 'static,
    ) -> Result<(), CellError> {
        let place = place.clone();
        let here = move |cell: &mut CellKeys| {
            if cell.network_key == place {
                keep(cell);
            }
        };
        Ok(self.vault.change_cell(&self.dir, here)?)
    }

    /// Whether the weekly comparison under a salt, against ids made to hide a difference, is due with a member.
    pub(super) fn salt_due(&self, member: &MemberKey) -> Result<bool, CellError> {
        let noted = self.store.note(&salted_name(member))?;
        let last = noted.and_then(|bytes| bytes.try_into().ok()).map_or(0, u64::from_be_bytes);
        Ok(self.now().since(Millis(last)) >= SALT_EVERY)
    }

    /// Takes note of one that ended well.
    pub(super) fn was_salted(&mut self, member: &MemberKey) -> Result<(), CellError> {
        self.staged.note(salted_name(member), self.now().0.to_be_bytes().to_vec());
        Ok(())
    }

    /// Keeps the secret of an invite of mine.
    pub(super) fn keep_invite_secret(&mut self, invite: &EntryId, secret: &InviteSecret) {
        self.staged.note(invite_name(invite), secret.expose().to_vec());
    }

    /// The secret of an invite made on this device.
    pub(super) fn invite_secret(&self, invite: &EntryId) -> Result<Option<InviteSecret>, CellError> {
        for invite in self.same_invite(invite) {
            let noted = self.store.note(&invite_name(&invite))?;
            if let Some(bytes) = noted.and_then(|bytes| bytes.try_into().ok()) {
                return Ok(Some(InviteSecret::from_bytes(bytes)));
            }
        }
        Ok(None)
    }
}

fn salted_name(member: &MemberKey) -> String {
    format!("salted/{member}")
}

fn held_name(entry: &EntryId) -> String {
    format!("held/{entry}")
}

fn invite_name(invite: &EntryId) -> String {
    format!("invite/{invite}")
}
