//! Asking to be let in: what this person says at the door of a group they are not in, and what they are told there.
//!
//! Kept in the cell's notes. Handed to up to [`HANDED`] members' nodes, sealed anew for each, so that one that loses it
//! or keeps it to itself does not decide; whoever reads it twice takes it once. Asked again with pauses that grow.

use std::collections::BTreeSet;
use std::time::Duration;

use kith_protocol::entrance::{Knocking, Word};
use kith_protocol::entry::SignedEntry;
use kith_protocol::id::{EntryId, MemberKey};
use kith_protocol::invite::Way;
use kith_protocol::knock::{self, CodeSecret, Left, ReplyKey};
use kith_protocol::letter::{self, Knock, Message};
use kith_protocol::limits;
use kith_protocol::time::Millis;
use minicbor::bytes::ByteArray;
use minicbor::{Decode, Encode};

use super::CellError;
use super::engine::Engine;
use super::letters::Name;
use crate::api::types;

/// Members' nodes that what is said is handed to.
const HANDED: usize = 3;
/// Things that can be said at one door, and words that are kept from there.
const LINES: usize = 64;
/// How soon to ask again: while somebody may be about to answer; on the same day; later.
const PAUSES: [(u64, Duration); 3] = [
    (3_600_000, Duration::from_secs(2)),
    (24 * 3_600_000, Duration::from_secs(30)),
    (u64::MAX, Duration::from_secs(600)),
];

const NOTE: &str = "knock/mine";

/// My knock.
#[derive(Clone, Encode, Decode)]
#[cbor(map)]
pub(super) struct Mine {
    #[n(0)]
    name: ByteArray<16>,
    #[n(1)]
    reply: ByteArray<32>,
    #[n(2)]
    lines: Vec<Line>,
    /// The secret of the code, once told and found to be the one that the link meant.
    #[n(3)]
    secret: Option<ByteArray<32>>,
    #[n(4)]
    stands: Stands,
    /// What was read on the doorstep, by hashes.
    #[n(5)]
    read: BTreeSet<ByteArray<8>>,
}

/// Something said, by me or to me.
#[derive(Clone, Encode, Decode)]
#[cbor(map)]
struct Line {
    #[n(0)]
    mine: bool,
    #[n(1)]
    text: String,
    #[n(2)]
    time: Millis,
    /// The name of the message that carries it, if it is mine.
    #[n(3)]
    name: ByteArray<16>,
    /// Whose nodes have it.
    #[n(4)]
    handed: Vec<MemberKey>,
}

#[derive(Clone, Copy, PartialEq, Eq, Encode, Decode)]
#[cbor(index_only)]
enum Stands {
    #[n(0)]
    Asking,
    #[n(1)]
    Received,
    #[n(2)]
    Admitted,
    #[n(3)]
    Declined,
    /// The key was in the group before: it is shown as by one who comes back.
    #[n(4)]
    Known,
}

impl Engine {
    /// Whether this person has to ask before anybody lets them in.
    pub(super) fn asks(&self) -> bool {
        let way = self.joining.as_ref().filter(|joining| joining.join.is_some()).map(|joining| &joining.way);
        way.is_some_and(Way::asks) && self.standing() != Some(kith_protocol::group::Standing::Member)
    }

    /// Says the first words at the door.
    pub(crate) fn knock(&mut self, text: String) -> Result<(), CellError> {
        let time = self.now();
        let name: Name = rand::random();
        let first = Line { mine: true, text, time, name: name.into(), handed: Vec::new() };
        let mine = Mine {
            name: name.into(),
            reply: (*ReplyKey::generate(&mut rand::rng()).expose()).into(),
            lines: vec![first],
            secret: None,
            stands: Stands::Asking,
            read: BTreeSet::new(),
        };
        self.keep_mine(&mine);
        Ok(())
    }

    /// Says more.
    pub(crate) fn knock_further(&mut self, text: String) -> Result<(), CellError> {
        let mut mine = self.my_knock()?.filter(|_| self.asks()).ok_or(CellError::NotMine)?;
        if mine.lines.len() >= LINES {
            return Err(CellError::Unfit("there is no more room for words here".into()));
        }
        let (time, name) = (self.now(), rand::random::<Name>().into());
        mine.lines.push(Line { mine: true, text, time, name, handed: Vec::new() });
        self.keep_mine(&mine);
        Ok(())
    }

    /// Whether I knocked on this invite.
    pub(crate) fn knocks_on(&self, invite: &EntryId) -> Result<bool, CellError> {
        let same = self.joining.as_ref().is_some_and(|joining| joining.invite == *invite);
        Ok(same && self.asks() && self.my_knock()?.is_some())
    }

    /// Whether I was told no.
    pub(super) fn declined(&self) -> bool {
        self.asks() && self.my_knock().ok().flatten().is_some_and(|mine| mine.stands == Stands::Declined)
    }

    /// What I said first, to say it again under another key.
    pub(crate) fn first_words(&self) -> Result<Option<String>, CellError> {
        Ok(self
            .my_knock()?
            .and_then(|mine| mine.lines.into_iter().find(|line| line.mine))
            .map(|line| line.text))
    }

    /// What to hand to a member's node, and the names of the messages in it; none if there is nothing to ask.
    pub(super) fn at_the_door(&self, host: &MemberKey) -> Result<Option<(Knocking, Vec<Name>)>, CellError> {
        let Some(mine) = self.my_knock()? else { return Ok(None) };
        let Some(joining) = &self.joining else { return Ok(None) };
        let Some(join) = &joining.join else { return Ok(None) };
        let (desk, reply) = (joining.way.desk().to_vec(), ReplyKey::from_bytes(*mine.reply));
        let mut knocking = Knocking { letters: Vec::new(), desk: desk.clone(), tag: reply.tag() };
        let mut names = Vec::new();
        let due = |line: &&Line| line.mine && line.handed.len() < HANDED && !line.handed.contains(host);
        for line in mine.lines.iter().filter(due) {
            let message = if line.name == mine.name {
                let join = join.clone().into();
                Message::Knock(Knock {
                    join,
                    reply: *mine.reply,
                    text: line.text.clone(),
                    desk: desk.clone(),
                })
            } else {
                Message::Further { reply: *mine.reply, text: line.text.clone() }
            };
            let sealed = self.sealed(&line.name, &message, &desk, host).ok_or_else(too_long)?;
            if knocking.letters.len().saturating_add(sealed.len()) > limits::KNOCK_LETTERS {
                break;
            }
            knocking.letters.extend(sealed);
            names.push(*line.name);
        }
        Ok(Some((knocking, names)))
    }

    /// A message in letters of somebody else's, for these logs.
    fn sealed(
        &self,
        name: &Name,
        message: &Message,
        desk: &[kith_protocol::id::SealKey],
        author: &MemberKey,
    ) -> Option<Vec<kith_protocol::body::Letter>> {
        let mut letters = Vec::new();
        for piece in letter::cut(*name, &message.encode())? {
            for some in desk.chunks(limits::LETTER_SLOTS) {
                letters.push(letter::seal(&piece, &self.id, author, some, &mut rand::rng())?);
            }
        }
        Some(letters)
    }

    /// Takes what a member's node answered: what it took over, and what was left for me.
    pub(super) fn heard_at_the_door(
        &mut self,
        host: &MemberKey,
        handed: &[Name],
        word: Word,
        left: &[minicbor::bytes::ByteVec],
    ) -> Result<(), CellError> {
        let Some(mut mine) = self.my_knock()? else { return Ok(()) };
        let before = (mine.stands, mine.lines.len(), mine.secret);
        let mut changed = false;
        if word == Word::PassedOn {
            for line in mine.lines.iter_mut().filter(|line| handed.contains(&line.name)) {
                line.handed.push(*host);
                changed = true;
            }
        }
        let reply = ReplyKey::from_bytes(*mine.reply);
        let mut words = Vec::new();
        for sealed in left {
            let hash: [u8; 8] = blake3::hash(sealed).as_bytes().first_chunk().copied().unwrap_or_default();
            if !mine.read.contains(&ByteArray::from(hash))
                && let Some(left) = reply.read(sealed, &self.id)
            {
                mine.read.insert(hash.into());
                words.push(left);
            }
        }
        words.sort_by_key(|left| left.time);
        changed |= !words.is_empty();
        for left in words {
            self.take_word(&mut mine, left);
        }
        if changed {
            self.keep_mine(&mine);
        }
        self.changed |= before != (mine.stands, mine.lines.len(), mine.secret);
        Ok(())
    }

    fn take_word(&self, mine: &mut Mine, left: Left) {
        match left.word {
            knock::Word::Received if mine.stands == Stands::Asking => mine.stands = Stands::Received,
            knock::Word::Code { secret } => {
                let meant = self.joining.as_ref().map(|joining| &joining.way);
                let kept = matches!(meant, Some(Way::Confirm { code, .. }) if CodeSecret::from_bytes(secret).keeps(code));
                if kept {
                    mine.secret = Some(secret.into());
                    mine.stands = if mine.stands == Stands::Asking { Stands::Received } else { mine.stands };
                }
            }
            knock::Word::Said { text } => mine.hear(text, left.time),
            knock::Word::Admitted => mine.stands = Stands::Admitted,
            knock::Word::Known => mine.stands = Stands::Known,
            knock::Word::Declined { reason } if mine.stands != Stands::Admitted => {
                mine.stands = Stands::Declined;
                mine.hear(reason, left.time);
            }
            _ => {}
        }
    }

    /// Whether those inside have said that I may come in.
    pub(super) fn admitted(&self) -> Result<bool, CellError> {
        Ok(self.my_knock()?.is_some_and(|mine| mine.stands == Stands::Admitted))
    }

    /// Whether those inside have said that this key was in before.
    pub(super) fn known_there(&self) -> Result<bool, CellError> {
        Ok(self.my_knock()?.is_some_and(|mine| mine.stands == Stands::Known))
    }

    /// Whether a member's node has taken over what I said at the door.
    pub(super) fn handed_over(&self) -> Result<bool, CellError> {
        let handed = |mine: &Mine| mine.lines.iter().any(|line| !line.handed.is_empty());
        Ok(self.asks() && self.my_knock()?.is_some_and(|mine| handed(&mine)))
    }

    /// How long to wait before asking again; none for who goes in instead.
    pub(crate) fn pause_at_the_door(&self) -> Result<Option<Duration>, CellError> {
        let waits = |mine: &Mine| self.asks() && !matches!(mine.stands, Stands::Admitted | Stands::Known);
        let Some(mine) = self.my_knock()?.filter(waits) else { return Ok(None) };
        let last = mine.lines.iter().map(|line| line.time).max().unwrap_or(Millis(0));
        let since = self.now().since(last);
        Ok(PAUSES.iter().find(|(within, _)| since <= *within).map(|(_, pause)| *pause))
    }

    /// My knock, as the person sees it; none where nobody has to ask.
    pub(crate) fn knock_view(&self) -> Result<Option<types::KnockMine>, CellError> {
        let Some(mine) = self.my_knock()? else { return Ok(None) };
        let handed = mine.lines.iter().any(|line| !line.handed.is_empty());
        let state = match mine.stands {
            _ if self.settled() => types::KnockState::Admitted,
            Stands::Asking if handed => types::KnockState::PassedOn,
            Stands::Asking => types::KnockState::Saved,
            Stands::Received | Stands::Known => types::KnockState::Received,
            Stands::Admitted => types::KnockState::Admitted,
            Stands::Declined => types::KnockState::Declined,
        };
        let code =
            mine.secret.and_then(|secret| Some(CodeSecret::from_bytes(*secret).code(&self.my_join()?)));
        let line = |line: Line| types::KnockLine {
            side: if line.mine { types::KnockSide::Outside } else { types::KnockSide::Inside },
            name: None,
            text: line.text,
            time: line.time.to_string(),
        };
        let lines = mine.lines.into_iter().filter(|line| !line.text.is_empty()).map(line).collect();
        let (knock, group) = (hex::encode(*mine.name), self.id.to_string());
        Ok(Some(types::KnockMine { knock, group, state, code, lines }))
    }

    /// The name of my knock.
    pub(crate) fn knock_name(&self) -> Result<Option<Name>, CellError> {
        Ok(self.my_knock()?.map(|mine| *mine.name))
    }

    fn my_join(&self) -> Option<EntryId> {
        let join = self.joining.as_ref()?.join.as_ref()?;
        Some(SignedEntry::from_bytes(join, None).ok()?.id(&self.id, &self.me()))
    }

    fn my_knock(&self) -> Result<Option<Mine>, CellError> {
        self.noted(NOTE)
    }

    fn keep_mine(&mut self, mine: &Mine) {
        self.staged.note(NOTE, minicbor::to_vec(mine).unwrap_or_default());
    }
}

impl Mine {
    fn hear(&mut self, text: String, time: Millis) {
        if self.lines.len() < LINES {
            let name = [0; 16].into();
            self.lines.push(Line { mine: false, text, time, name, handed: Vec::new() });
        }
    }
}

fn too_long() -> CellError {
    CellError::Unfit("this is too long to be handed on".into())
}
