//! Who belongs and who may do what: a fold over the *set* of control entries, the same in any order.

mod right;
mod view;

use std::collections::{BTreeMap, BTreeSet};

use thiserror::Error;

pub use right::Right;
pub use view::{Ended, InviteState, Log, Member, Once, Proposal, Proposed, Removal, Standing};

use crate::body::{Body, Genesis, Role};
use crate::charter::{Charter, Inviters};
use crate::entry::{Entry, Links};
use crate::id::{AuthorId, EntryId, GroupId, LogId, MemberKey, ShortId, hash};
use crate::limits;

/// A verified control entry: its signature is its author's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Control {
    /// The entry's id.
    pub id: EntryId,
    /// Who signed it.
    pub author: MemberKey,
    /// What was signed.
    pub entry: Entry,
}

/// Why an entry cannot be taken in.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum GroupError {
    /// It cites entries that are not held: it must wait for them.
    #[error("{} cited entries are missing", .0.len())]
    Missing(Vec<EntryId>),
    /// It is not a control entry.
    #[error("not a control entry")]
    NotControl,
    /// It is no genesis, or not one that a group can begin with.
    #[error("not the beginning of a group: {0}")]
    NotGenesis(&'static str),
}

/// What inserting an entry did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Inserted {
    /// Whether it is new (an entry held already changes nothing).
    pub fresh: bool,
    /// Whether its author had the right in the entry's own causal past: fixed for ever.
    pub right: Result<(), Right>,
}

/// One group's control entries and what follows from them.
#[derive(Debug)]
pub struct Group {
    id: GroupId,
    genesis: Genesis,
    entries: BTreeMap<EntryId, Control>,
    pasts: BTreeMap<EntryId, BTreeSet<EntryId>>,
    counting: BTreeSet<EntryId>,
    rights: BTreeMap<EntryId, Result<(), Right>>,
    members: BTreeMap<MemberKey, Member>,
    invites: BTreeMap<EntryId, InviteState>,
    seats: Vec<MemberKey>,
    keys: BTreeMap<AuthorId, Vec<MemberKey>>,
    proposals: BTreeMap<Proposed, Proposal>,
}

impl Group {
    /// Begins a group with its genesis.
    ///
    /// # Errors
    /// [`GroupError::NotGenesis`] if it is none, or not signed by its first founder.
    pub fn begin(genesis: Control) -> Result<Group, GroupError> {
        let Body::Genesis(body) = genesis.entry.body.clone() else {
            return Err(GroupError::NotGenesis("another kind of entry"));
        };
        if body.founders.first() != Some(&genesis.author) {
            return Err(GroupError::NotGenesis("not signed by its first founder"));
        }
        let mut group = Group {
            id: body.group_id(),
            genesis: body.clone(),
            entries: BTreeMap::new(),
            pasts: BTreeMap::new(),
            counting: BTreeSet::new(),
            rights: BTreeMap::new(),
            members: BTreeMap::new(),
            invites: BTreeMap::new(),
            seats: body.founders.clone(),
            keys: BTreeMap::new(),
            proposals: BTreeMap::new(),
        };
        for (place, founder) in body.founders.iter().enumerate() {
            group.keys.entry(founder.author()).or_default().push(*founder);
            let first = place == 0;
            let log = Log { id: genesis.entry.log, seal: body.seal, opened: genesis.id, live: true };
            group.members.insert(
                *founder,
                Member {
                    key: *founder,
                    name: if first { body.name.clone() } else { String::new() },
                    role: Role::Seat,
                    standing: Standing::Member,
                    logs: if first { vec![log] } else { Vec::new() },
                    joined: genesis.id,
                    removal: None,
                },
            );
        }
        group.counting.insert(genesis.id);
        group.rights.insert(genesis.id, Ok(()));
        group.pasts.insert(genesis.id, BTreeSet::new());
        group.entries.insert(genesis.id, genesis);
        Ok(group)
    }

    /// The group's id.
    pub fn id(&self) -> GroupId {
        self.id
    }

    /// The random bytes from which members' keys are derived.
    pub fn salt(&self) -> &[u8; 32] {
        &self.genesis.salt
    }

    /// What the group is called.
    pub fn title(&self) -> &str {
        &self.genesis.title
    }

    /// What the group is for and how it lives.
    pub fn charter(&self) -> &Charter {
        &self.genesis.charter
    }

    /// Takes in one verified control entry, whether its author may say it or not.
    ///
    /// # Errors
    /// [`GroupError::Missing`] names the cited entries that must come first; [`GroupError::NotControl`].
    pub fn insert(&mut self, control: Control) -> Result<Inserted, GroupError> {
        if let Some(right) = self.rights.get(&control.id) {
            return Ok(Inserted { fresh: false, right: *right });
        }
        let Links::Control { deps, .. } = &control.entry.links else { return Err(GroupError::NotControl) };
        let missing: Vec<EntryId> = deps.iter().filter(|id| !self.holds(id)).copied().collect();
        if !missing.is_empty() {
            return Err(GroupError::Missing(missing));
        }
        let mut past: BTreeSet<EntryId> = deps.iter().copied().collect();
        past.extend(deps.iter().filter_map(|id| self.pasts.get(id)).flatten());
        if let Body::Join(join) = &control.entry.body {
            let keys = self.keys.entry(join.member.author()).or_default();
            if !keys.contains(&join.member) {
                keys.push(join.member);
            }
        }
        let right = self.weigh(&control);
        if right.is_ok() {
            self.apply(&control);
            self.counting.insert(control.id);
        }
        self.rights.insert(control.id, right);
        self.pasts.insert(control.id, past);
        self.entries.insert(control.id, control);
        Ok(Inserted { fresh: true, right })
    }

    /// Whether an entry is here.
    pub fn holds(&self, id: &EntryId) -> bool {
        self.entries.contains_key(id)
    }

    /// The entry whose id begins like this.
    pub fn resolve(&self, id: &ShortId) -> Option<EntryId> {
        let mut from = [0; 32];
        for (to, byte) in from.iter_mut().zip(id.0) {
            *to = byte;
        }
        let (found, _) = self.entries.range(EntryId(from)..).next()?;
        (found.short() == *id).then_some(*found)
    }

    /// One entry.
    pub fn entry(&self, id: &EntryId) -> Option<&Control> {
        self.entries.get(id)
    }

    /// Whether an entry counts in the whole set.
    pub fn counts(&self, id: &EntryId) -> bool {
        self.counting.contains(id)
    }

    /// Whether such an entry would be right in its own causal past: asked before writing one.
    ///
    /// # Errors
    /// [`Right`] says why not.
    pub fn judge(&self, author: &MemberKey, _deps: &[EntryId], body: &Body) -> Result<(), Right> {
        self.may(author, body)
    }

    /// As [`Self::judge`], for an entry that exists: a join's signature by its invite is checked too.
    ///
    /// # Errors
    /// [`Right`] says why not.
    pub fn weigh(&self, control: &Control) -> Result<(), Right> {
        self.may(&control.author, &control.entry.body)
    }

    /// Whether `a` is in the strict causal past of `b`.
    pub fn precedes(&self, a: &EntryId, b: &EntryId) -> bool {
        self.pasts.get(b).is_some_and(|past| past.contains(a))
    }

    /// What an entry written now cites: heads among the entries that count, at most [`limits::DEPS`].
    pub fn heads(&self) -> Vec<EntryId> {
        let covered: BTreeSet<&EntryId> =
            self.counting.iter().filter_map(|id| self.pasts.get(id)).flatten().collect();
        self.counting.iter().filter(|id| !covered.contains(id)).take(limits::DEPS).copied().collect()
    }

    /// The keys a signature by this author may be of; former members' too.
    pub fn keys(&self, author: &AuthorId) -> &[MemberKey] {
        self.keys.get(author).map_or(&[], Vec::as_slice)
    }

    /// Everybody who is or was a member, by key.
    pub fn members(&self) -> impl Iterator<Item = &Member> {
        self.members.values()
    }

    /// One of [`Self::members`].
    pub fn member(&self, key: &MemberKey) -> Option<&Member> {
        self.members.get(key)
    }

    /// Every invite that its author had the right to make, by id.
    pub fn invites(&self) -> impl Iterator<Item = &InviteState> {
        self.invites.values()
    }

    /// One of [`Self::invites`].
    pub fn invite(&self, id: &EntryId) -> Option<&InviteState> {
        self.invites.get(id)
    }

    /// Acts that wait for more facilitators to sign the same.
    pub fn proposals(&self) -> impl Iterator<Item = &Proposal> {
        self.proposals.values()
    }

    /// Everybody and every invite that was let in once and is not current, with what ended it.
    pub fn ended(&self) -> Vec<Ended> {
        let removed =
            self.members.values().filter(|member| member.standing != Standing::Member).map(|member| {
                let by = member.removal.as_ref().map(|removal| removal.entries.clone()).unwrap_or_default();
                Ended { who: Once::Member(member.key), by, enough: 1 }
            });
        let revoked = self.invites.values().filter(|invite| !invite.revoked.is_empty()).map(|invite| Ended {
            who: Once::Invite(invite.id),
            by: invite.revoked.clone(),
            enough: 1,
        });
        removed.chain(revoked).collect()
    }

    /// The facilitators, by seniority. Never empty.
    pub fn seats(&self) -> Vec<MemberKey> {
        self.seats.clone()
    }

    /// Whether content of this place in this log is shown: what a removed person wrote beyond what their
    /// removers had is not.
    pub fn shows(&self, author: &MemberKey, _log: &LogId, _seq: u64) -> bool {
        self.members.get(author).is_some_and(|member| member.standing != Standing::Waiting)
    }

    /// A hash of everything the fold says: the same set gives the same hash, in whatever order it came.
    pub fn state_hash(&self) -> [u8; 32] {
        let ids: Vec<u8> = self.counting.iter().flat_map(|id| id.0).collect();
        hash("kith/1/state", &[&self.id.0, &ids])
    }

    fn may(&self, author: &MemberKey, body: &Body) -> Result<(), Right> {
        let role = match self.members.get(author) {
            Some(member) if member.standing == Standing::Member => Some(member.role),
            _ => None,
        };
        if let Body::Join(_) = body {
            return if self.members.contains_key(author) { Err(Right::SameKey) } else { Ok(()) };
        }
        let role = role.ok_or(Right::NotMember)?;
        match body {
            Body::Invite(_) if self.charter().inviters == Inviters::Facilitators && role == Role::Member => {
                Err(Right::NeedsDeputy)
            }
            Body::Remove(_) | Body::Admit(_) if role == Role::Member => Err(Right::NeedsDeputy),
            Body::Promote(_) if role != Role::Seat => Err(Right::NeedsSeat),
            Body::Genesis(_) => Err(Right::Meaningless),
            _ => Ok(()),
        }
    }

    fn apply(&mut self, control: &Control) {
        match &control.entry.body {
            Body::Join(join) => {
                let log = Log { id: control.entry.log, seal: join.seal, opened: control.id, live: true };
                self.members.insert(
                    join.member,
                    Member {
                        key: join.member,
                        name: join.name.clone(),
                        role: Role::Member,
                        standing: Standing::Member,
                        logs: vec![log],
                        joined: control.id,
                        removal: None,
                    },
                );
                if let Some(invite) = self.invites.get_mut(&join.invite) {
                    invite.used = invite.used.saturating_add(1);
                    invite.live = invite.used < invite.invite.uses && invite.revoked.is_empty();
                }
            }
            Body::OpenLog(open) => {
                if let Some(member) = self.members.get_mut(&control.author) {
                    for log in &mut member.logs {
                        log.live &= open.retires != Some(log.id);
                    }
                    member.logs.push(Log {
                        id: control.entry.log,
                        seal: open.seal,
                        opened: control.id,
                        live: true,
                    });
                    member.name = open.name.clone().unwrap_or_else(|| member.name.clone());
                }
            }
            Body::Invite(invite) => {
                self.invites.insert(
                    control.id,
                    InviteState {
                        id: control.id,
                        invite: invite.clone(),
                        author: control.author,
                        live: true,
                        used: 0,
                        revoked: Vec::new(),
                    },
                );
            }
            Body::Revoke(revoke) => {
                if let Some(invite) = self.invites.get_mut(&revoke.invite) {
                    invite.live = false;
                    invite.revoked.push(control.id);
                }
            }
            Body::Promote(promote) => {
                if let Some(member) = self.members.get_mut(&promote.member) {
                    member.role = promote.role;
                    if promote.role == Role::Seat && !self.seats.contains(&promote.member) {
                        self.seats.push(promote.member);
                    }
                }
            }
            Body::Remove(remove) => {
                if let Some(member) = self.members.get_mut(&remove.member) {
                    member.standing = Standing::Removed;
                    member.removal = Some(Removal {
                        entries: vec![control.id],
                        signers: vec![control.author],
                        confirmed: false,
                    });
                    member.logs.iter_mut().for_each(|log| log.live = false);
                    self.seats.retain(|seat| *seat != remove.member);
                }
            }
            Body::Leave(_) => {
                if let Some(member) = self.members.get_mut(&control.author) {
                    member.standing = Standing::Left;
                    member.logs.iter_mut().for_each(|log| log.live = false);
                }
            }
            _ => {}
        }
    }
}
