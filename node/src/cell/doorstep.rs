//! The door of a group, as any member's node keeps it: it writes the letters of somebody outside as its own, and hands
//! out sealed words by their tag. It can read neither.

use std::collections::BTreeMap;

use kith_protocol::body::{Body, Doorstep, Role};
use kith_protocol::entrance::{Knocking, Word};
use kith_protocol::group::Standing;
use kith_protocol::id::{EntryId, SealKey};
use kith_protocol::limits;
use kith_protocol::time::Millis;
use minicbor::bytes::{ByteArray, ByteVec};
use minicbor::{Decode, Encode};

use super::CellError;
use super::engine::Engine;
use super::joining::invite_word;

/// Letters of people outside that are written for one invite within [`SPAN`]. More are not taken over.
const LETTERS: usize = 96;
/// An hour, in milliseconds.
const SPAN: u64 = 3_600_000;
/// People outside for whom words are kept. Of more, those go for whom none was left longest.
const TAGS: usize = 512;

const TAGS_NOTE: &str = "doorstep/tags";

/// How many letters were written for whom, lately.
#[derive(Default)]
pub(super) struct Taken(BTreeMap<EntryId, (Millis, usize)>);

impl Taken {
    /// Whether so many more may be written for an invite; counts them if so.
    fn room(&mut self, invite: EntryId, letters: usize, now: Millis) -> bool {
        self.0.retain(|_, (since, _)| now.since(*since) < SPAN);
        let (_, taken) = self.0.entry(invite).or_insert((now, 0));
        let more = taken.saturating_add(letters);
        let room = more <= LETTERS;
        if room {
            *taken = more;
        }
        room
    }
}

/// Under which tag words were left, and when last.
#[derive(Encode, Decode)]
#[cbor(map)]
struct Tag {
    #[n(0)]
    tag: ByteArray<16>,
    #[n(1)]
    last: Millis,
}

impl Engine {
    /// Keeps a word for somebody outside.
    pub(super) fn keep_doorstep(&mut self, doorstep: &Doorstep) -> Result<(), CellError> {
        let name = tag_name(&doorstep.tag);
        let mut words: Vec<ByteVec> = self.noted(&name)?.unwrap_or_default();
        let sealed = ByteVec::from(doorstep.sealed.clone());
        if words.contains(&sealed) {
            return Ok(());
        }
        words.push(sealed);
        let surplus = words.len().saturating_sub(limits::DOORSTEPS);
        words.drain(..surplus);
        self.staged.note(name, minicbor::to_vec(&words).unwrap_or_default());
        let mut tags: Vec<Tag> = self.noted(TAGS_NOTE)?.unwrap_or_default();
        tags.retain(|tag| *tag.tag != doorstep.tag);
        tags.push(Tag { tag: doorstep.tag.into(), last: self.now() });
        while tags.len() > TAGS {
            let oldest = tags.remove(0);
            self.staged.unnote(tag_name(&oldest.tag));
        }
        self.staged.note(TAGS_NOTE, minicbor::to_vec(&tags).unwrap_or_default());
        Ok(())
    }

    /// The words left under a tag.
    pub(super) fn doorstep(&self, tag: &[u8; 16]) -> Result<Vec<ByteVec>, CellError> {
        Ok(self.noted(&tag_name(tag))?.unwrap_or_default())
    }

    /// Takes over what somebody outside, who proved this invite, says to those at the desk.
    pub(super) fn host(&mut self, invite: &EntryId, knocking: &Knocking) -> Result<Word, CellError> {
        let now = self.now();
        let (group, count) = (self.group()?, knocking.letters.len());
        let Some(state) = group.invite(invite) else { return Ok(Word::Later) };
        // Who has been answered before goes on talking, whatever became of the invite but that it was taken back.
        let talks = !self.doorstep(&knocking.tag)?.is_empty();
        match invite_word(group, state, now) {
            Word::Welcome => {}
            Word::Expired | Word::Used | Word::Full if talks => {}
            word => return Ok(word),
        }
        let sound = knocking.letters.iter().all(|letter| Body::Letter(letter.clone()).check().is_ok());
        if state.invite.mode.lets_in() || !sound {
            return Ok(Word::Wrong);
        }
        if !knocking.desk.iter().any(|log| self.decides(log)) {
            return Ok(Word::NobodyThere);
        }
        if count > 0 && !self.taken.room(*invite, count, now) {
            return Ok(Word::Later);
        }
        // It is no secret of this member's, so nothing is gained by letting it wait.
        self.letters_leave(knocking.letters.clone(), now)?;
        Ok(Word::PassedOn)
    }

    /// Whether this is a log of somebody who may admit.
    pub(super) fn decides(&self, log: &SealKey) -> bool {
        let least = match &self.group {
            Some(group) if group.charter().shared_power => Role::Seat,
            _ => Role::Deputy,
        };
        let mut members = self.group.iter().flat_map(|group| group.members());
        members.any(|member| {
            let may = member.standing == Standing::Member && member.role >= least;
            may && member.logs.iter().any(|one| one.live && one.seal == *log)
        })
    }
}

fn tag_name(tag: &[u8; 16]) -> String {
    format!("doorstep/{}", hex::encode(tag))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_invite_cannot_fill_a_members_log() {
        let (mut taken, invite) = (Taken::default(), EntryId([1; 32]));
        assert!(taken.room(invite, LETTERS - 1, Millis(0)));
        assert!(!taken.room(invite, 2, Millis(1)), "there is room for one");
        assert!(taken.room(invite, 1, Millis(1)));
        assert!(!taken.room(invite, 1, Millis(SPAN - 1)));
        assert!(taken.room(EntryId([2; 32]), LETTERS, Millis(1)), "another invite has its own");
        assert!(taken.room(invite, 1, Millis(SPAN)));
    }
}
