//! Open doors: making them, coming in by one, and taking in a join that somebody sealed before they knew anybody here.

use kith_protocol::admit::{self, Opened};
use kith_protocol::body::{Body, Invite, InviteMode};
use kith_protocol::entrance::Word;
use kith_protocol::entry::SignedEntry;
use kith_protocol::envelope;
use kith_protocol::id::EntryId;
use kith_protocol::invite::InviteSecret;
use kith_protocol::porch::DoorSecret;
use kith_protocol::time::Millis;

use super::CellError;
use super::engine::Engine;
use super::joining::{join_word, refused};
use crate::api::types::GroupState;

/// What an open door is made of.
#[derive(Clone, Debug)]
pub(crate) struct Door {
    /// What its link has.
    pub(crate) link: InviteSecret,
    /// What comes of that, and of the phrase if it takes one.
    pub(crate) secret: DoorSecret,
    /// Whether it takes one.
    pub(crate) spoken: bool,
}

impl Door {
    /// A door without a phrase.
    pub(crate) fn plain() -> Door {
        let link = InviteSecret::generate(&mut rand::rng());
        let secret = DoorSecret::from_bytes(*link.expose());
        Door { link, secret, spoken: false }
    }
}

impl Engine {
    /// Makes an open door that lets `uses` people in until `expires`.
    pub(crate) fn open_door(
        &mut self,
        door: &Door,
        uses: u32,
        expires: Millis,
    ) -> Result<EntryId, CellError> {
        let (key, porch) = (door.secret.invite().key(), Some(door.secret.porch()));
        let id =
            self.write(Body::Invite(Invite { key, mode: InviteMode::OpenDoor, uses, expires, porch }))?;
        self.keep_invite_secret(&id, &door.link);
        if door.spoken {
            let check = minicbor::to_vec(door.secret.check()).unwrap_or_default();
            self.staged.note(check_name(&id), check);
        }
        Ok(id)
    }

    /// What the link of an open door that I made on this device says of its phrase.
    pub(super) fn door_check(&self, invite: &EntryId) -> Result<Option<u8>, CellError> {
        self.noted_of(invite, check_name)
    }

    /// Whether I am in, or on my way in by this invite: then its link needs no phrase again.
    pub(crate) fn is_coming_on(&self, invite: &EntryId) -> bool {
        match self.group_state() {
            GroupState::Joined => true,
            GroupState::Waiting => self.joining.as_ref().is_some_and(|joining| joining.invite == *invite),
            GroupState::Refused | GroupState::Left | GroupState::Removed => false,
        }
    }

    /// My join, sealed under the porch of the invite; none if I do not come by an open door, or come back.
    pub(crate) fn on_the_porch(&self) -> Result<Option<Vec<u8>>, CellError> {
        let Some(joining) = &self.joining else { return Ok(None) };
        let (Some(door), Some(join)) = (&joining.door, &joining.join) else { return Ok(None) };
        let keys = DoorSecret::from_bytes(*door.bytes()).porch().keys();
        let unfit = |why: String| CellError::Unfit(why);
        let signed = SignedEntry::from_bytes(join, None).map_err(|why| unfit(why.to_string()))?;
        let entry = signed.entry().map_err(|why| unfit(why.to_string()))?;
        let envelope = envelope::seal(&signed, &entry, &keys, None).map_err(|why| unfit(why.to_string()))?;
        Ok(Some(envelope.encode()))
    }

    /// Takes in the join that I left on the porch, once somebody has wrapped a key for me: over a keeper, nobody hands it
    /// back.
    pub(super) fn come_in(&mut self) -> Result<(), CellError> {
        if self.ring.kept().next().is_none() {
            return Ok(());
        }
        if let Some(join) = self.on_the_porch()? {
            self.take_in(vec![join], 0);
        }
        Ok(())
    }

    /// Judges a join that was left sealed, and takes it in as it is: what the newcomer sealed is what everybody holds.
    pub(super) fn judge_sealed(&mut self, bytes: &[u8]) -> Result<Word, CellError> {
        let opened = match admit::open(bytes, &self.ring, self.group.as_ref(), self.now()) {
            Ok(opened) if self.ring.porch(opened.epoch()).is_some() => opened,
            Ok(_) => return Ok(Word::Wrong),
            Err(refusal) => return Ok(refused(&refusal)),
        };
        let (author, held) = (*opened.author(), self.group()?.holds(opened.entry_id()));
        if self.is_member(opened.statement()) && held {
            return self.welcome(author, true); // Asked again, or somebody else took it in.
        }
        match join_word(self.group()?, opened.statement(), self.now()) {
            Word::Welcome => {
                if !held {
                    self.take_over(opened)?;
                }
                self.welcome(author, held)
            }
            word => Ok(word),
        }
    }

    fn take_over(&mut self, opened: Opened) -> Result<(), CellError> {
        let verified = self.hold_own(opened)?;
        self.publish(&verified);
        Ok(())
    }
}

fn check_name(invite: &EntryId) -> String {
    format!("invite/check/{invite}")
}
