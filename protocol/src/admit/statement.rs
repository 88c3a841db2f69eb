//! A signed entry whose signature holds, with its author's whole key.

use super::open::in_time;
use super::refusal::{Refusal, Wait, Why};
use super::waiting::Owner;
use crate::body::{Body, Kind};
use crate::entry::{Entry, Links, SignedEntry};
use crate::group::Group;
use crate::id::{EntryId, GroupId, MemberKey, SealKey, ShortId};
use crate::time::Millis;

/// A signed entry whose signature holds. That its author may say it is the group's fold to judge.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Statement {
    signed: SignedEntry,
    entry: Entry,
    id: EntryId,
    author: MemberKey,
    /// Whether the author's key was known to the group before.
    known: bool,
}

/// Checks a signed entry that came without an envelope, inside a proved stream, from somebody who may not hold
/// a key of the group yet: a join or a new log. The member who receives it seals it
/// ([`Statement::seal`]) and lets it in like everything else; first it asks [`Group::judge`], since what its
/// author had no right to when they wrote it never counts, and they are better told to write another.
///
/// # Errors
/// [`Refusal`]; [`Why::Bare`] for entries of other kinds.
pub fn open_signed(
    bytes: &[u8],
    id: &GroupId,
    group: Option<&Group>,
    now: Millis,
) -> Result<Statement, Refusal> {
    let signed = SignedEntry::from_bytes(bytes, None).map_err(|error| Refusal::Reject(Why::Entry(error)))?;
    let entry = signed.entry().map_err(|error| Refusal::Reject(Why::Entry(error)))?;
    if !matches!(entry.body.kind(), Kind::JOIN | Kind::OPEN_LOG) {
        return Err(Refusal::Reject(Why::Bare));
    }
    in_time(entry.time.hour(), now)?;
    Statement::check(signed, entry, id, group)
}

impl Statement {
    /// The entry's name.
    pub fn id(&self) -> &EntryId {
        &self.id
    }

    /// Who signed it.
    pub fn author(&self) -> &MemberKey {
        &self.author
    }

    /// What it says.
    pub fn entry(&self) -> &Entry {
        &self.entry
    }

    /// Its bytes and signature.
    pub fn signed(&self) -> &SignedEntry {
        &self.signed
    }

    pub(super) fn owner(&self, source: u64) -> Owner {
        if self.known { Owner::Author(self.author) } else { Owner::Source(source) }
    }

    /// Finds who signed an entry and checks that they did.
    pub(super) fn check(
        signed: SignedEntry,
        entry: Entry,
        id: &GroupId,
        group: Option<&Group>,
    ) -> Result<Statement, Refusal> {
        consistent(&signed, &entry).map_err(Refusal::Reject)?;
        let (author, known) = match own_key(&entry, id).map_err(Refusal::Reject)? {
            Some(key) if key.author() != entry.author => {
                return Err(Refusal::Reject(Why::Contradicts(
                    "it names another author than the key it brings",
                )));
            }
            Some(key) if !signed.verify(id, &key) => return Err(Refusal::Reject(Why::Signature)),
            Some(key) => (key, group.is_some_and(|group| group.member(&key).is_some())),
            None => (signer(&signed, &entry, id, group)?, true),
        };
        Ok(Statement { id: signed.id(id, &author), signed, entry, author, known })
    }

    /// An entry that was just signed here, taken apart again so that nothing is written that a reader refuses.
    pub(super) fn own(signed: SignedEntry, id: &GroupId, author: MemberKey) -> Result<Statement, Why> {
        let entry = signed.entry().map_err(Why::Entry)?;
        consistent(&signed, &entry)?;
        let key = own_key(&entry, id)?.unwrap_or(author);
        if key != author || author.author() != entry.author {
            return Err(Why::Contradicts("it names another author than the key it brings"));
        }
        Ok(Statement { id: signed.id(id, &author), signed, entry, author, known: true })
    }
}

/// Of the control entries that an entry cites, those the group does not hold.
pub(super) fn missing(entry: &Entry, group: &Group) -> Vec<ShortId> {
    match &entry.links {
        Links::Control { deps, .. } => {
            deps.iter().filter(|id| !group.holds(id)).map(EntryId::short).collect()
        }
        Links::Content { control, .. } => {
            control.iter().filter(|id| group.resolve(id).is_none()).copied().collect()
        }
    }
}

/// The key an entry brings itself, of the kinds that open a log.
fn own_key(entry: &Entry, id: &GroupId) -> Result<Option<MemberKey>, Why> {
    match &entry.body {
        Body::Genesis(genesis) if genesis.group_id() != *id => Err(Why::OtherGroup),
        Body::Genesis(genesis) => Ok(genesis.founders.first().copied()),
        Body::Join(join) => Ok(Some(join.member)),
        Body::OpenLog(open) => Ok(Some(open.member)),
        _ => Ok(None),
    }
}

/// Finds the key that signed an entry among those the group knows for its author.
///
/// Where none fits, two things can be: the signature is bad, or it is of a key that shares its short name with
/// a known one (two such keys can be made on purpose) and came into the group by an entry that is not here
/// yet. An honest author cites that entry or one after it, so with all that it cites at hand only the first is
/// left, and no peer is blamed for handing over an entry that is good.
fn signer(
    signed: &SignedEntry,
    entry: &Entry,
    id: &GroupId,
    group: Option<&Group>,
) -> Result<MemberKey, Refusal> {
    let Some(group) = group else { return Err(Refusal::Wait(Wait::Genesis)) };
    let candidates = group.keys(&entry.author);
    if let Some(key) = candidates.iter().find(|key| signed.verify(id, key)) {
        return Ok(*key);
    }
    let missing = missing(entry, group);
    if !missing.is_empty() {
        Err(Refusal::Wait(Wait::Control(missing)))
    } else if candidates.is_empty() {
        Err(Refusal::Wait(Wait::Author(entry.author)))
    } else {
        Err(Refusal::Reject(Why::Signature))
    }
}

/// What an entry can be seen to get wrong by itself.
fn consistent(signed: &SignedEntry, entry: &Entry) -> Result<(), Why> {
    let seal = match &entry.body {
        // A group's id is the hash of what is known of its genesis: a second form with further fields would
        // have the same.
        Body::Genesis(_) if entry.encode() != signed.entry_bytes() => {
            return Err(Why::Contradicts("a genesis with more in it than its group's id covers"));
        }
        Body::Genesis(genesis) => Some(genesis.seal),
        Body::OpenLog(open) => Some(open.seal),
        Body::Join(join) => Some(join.seal),
        _ => None,
    };
    if seal.is_some_and(|seal| degenerate(&seal)) {
        return Err(Why::Contradicts("a sealing key that nothing can be sealed to"));
    }
    let Links::Control { deps, .. } = &entry.links else { return Ok(()) };
    match &entry.body {
        Body::Genesis(_) if !deps.is_empty() => Err(Why::Contradicts("a genesis that cites something")),
        Body::Genesis(_) => Ok(()),
        Body::Join(join) if deps.as_slice() != [join.invite] => {
            Err(Why::Contradicts("a join cites its invite and nothing else"))
        }
        _ if deps.is_empty() => Err(Why::Contradicts("a control entry that cites nothing")),
        _ => Ok(()),
    }
}

/// Whether an X25519 public key is one of the few from which every secret gives zero (RFC 7748 §6.1): a log
/// with such a key could never be given an epoch's, and would be given it again and again.
fn degenerate(key: &SealKey) -> bool {
    const LOW: [[u8; 32]; 7] = low_order();
    let mut bytes = key.0;
    if let Some(last) = bytes.last_mut() {
        *last &= 0x7f; // X25519 ignores the highest bit
    }
    LOW.contains(&bytes)
}

/// The u-coordinates of small order on Curve25519 and its twist, all encodings below 2^255: 0, 1, the two of
/// order 8, and p − 1, p, p + 1 for p = 2^255 − 19.
const fn low_order() -> [[u8; 32]; 7] {
    let zero = [0; 32];
    let mut one = zero;
    one[0] = 1;
    let mut top = [0xff; 32];
    top[31] = 0x7f;
    let (mut minus, mut p, mut plus) = (top, top, top);
    minus[0] = 0xec;
    p[0] = 0xed;
    plus[0] = 0xee;
    [
        zero,
        one,
        [
            0xe0, 0xeb, 0x7a, 0x7c, 0x3b, 0x41, 0xb8, 0xae, 0x16, 0x56, 0xe3, 0xfa, 0xf1, 0x9f, 0xc4, 0x6a,
            0xda, 0x09, 0x8d, 0xeb, 0x9c, 0x32, 0xb1, 0xfd, 0x86, 0x62, 0x05, 0x16, 0x5f, 0x49, 0xb8, 0x00,
        ],
        [
            0x5f, 0x9c, 0x95, 0xbc, 0xa3, 0x50, 0x8c, 0x24, 0xb1, 0xd0, 0xb1, 0x55, 0x9c, 0x83, 0xef, 0x5b,
            0x04, 0x44, 0x5c, 0xc4, 0x58, 0x1c, 0x8e, 0x86, 0xd8, 0x22, 0x4e, 0xdd, 0xd0, 0x9f, 0x11, 0x57,
        ],
        minus,
        p,
        plus,
    ]
}
