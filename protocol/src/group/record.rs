//! The set of control entries as the fold sees it: numbered, with their causal pasts, and indexed by what
//! they are about.
//!
//! What is written down here of an entry depends on its causal past alone, so it is found once and never
//! changes, whatever else arrives.

use std::collections::BTreeMap;

use ed25519_dalek::{Signature, VerifyingKey};

use super::contested::Contested;
use super::past::{At, Past};
use super::quorum::Call;
use super::{Control, Right};
use crate::body::{Body, Join, Measure, Role};
use crate::charter::Charter;
use crate::entry::Links;
use crate::id::{EntryId, GroupId, LogId, MemberKey, hash};

/// A person's place in [`Record::people`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Who(pub(super) usize);

/// What an entry does, with what it names looked up in its own causal past.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Act {
    Genesis,
    /// Somebody coming in on this invite, by `door`.
    Join {
        invite: At,
        door: Door,
    },
    OpenLog,
    Invite(Door),
    Revoke {
        invite: At,
        door: Door,
    },
    /// A join confirmed.
    Admit(At),
    Promote(Who, Role),
    Remove(Who),
    Leave,
    /// The charter amended; what several seats sign, if it takes a quorum.
    Amend(Option<[u8; 32]>),
    StepBack,
    /// Somebody set back to this.
    Demote(Who, Role),
    /// A vote for somebody.
    Elect(Who),
    Moderate(About),
    /// The group listed in public.
    List,
    /// A listing ended.
    Unlist,
    /// Keys, and kinds this version does not know: whoever is a member may write them, and they change
    /// nobody's rights.
    Plain,
    /// Names what it cannot: whatever its author's rights, it is not right.
    Amiss(Right),
}

/// What joins are counted against. Usually the invite's id; where an invite is signed by several seats, each
/// in an entry of its own, the hash of what they all say.
pub(super) type Door = [u8; 32];

/// What an act of moderation is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct About {
    /// Whose writing.
    pub(super) who: Who,
    /// What of it; none for all of it.
    pub(super) entry: Option<EntryId>,
    /// What is done.
    pub(super) measure: Measure,
}

/// What several can sign, each in an entry of its own: of [`Matter::Elect`] members, of all others seats.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Matter {
    Seat(Who),
    Demote(Who, Role),
    Elect(Who),
    Moderate(About),
    Remove(Who),
    Invite(Door),
    Admit(At),
    Amend([u8; 32]),
}

/// How an entry was judged in the fold of its own causal past.
#[derive(Clone, Debug)]
pub(super) struct Verdict {
    /// Whether its author had the right.
    pub(super) right: Result<(), Right>,
    /// The least role that gives this right: looked for again when the whole set is folded.
    pub(super) needs: Role,
    /// Of a removal or demotion: what its target was.
    pub(super) over: Role,
    /// Of an act that several can sign: who had, and how many it takes.
    pub(super) call: Option<Call>,
}

impl Verdict {
    /// Whether enough had signed by then.
    pub(super) fn carried(&self) -> bool {
        self.call.as_ref().is_some_and(|call| call.carried)
    }
}

/// One entry.
#[derive(Debug)]
pub(super) struct Node {
    pub(super) control: Control,
    pub(super) author: Who,
    pub(super) act: Act,
    /// Its strict causal past.
    pub(super) past: Past,
    /// How many entries that is.
    pub(super) depth: usize,
    pub(super) verdict: Verdict,
}

/// One person, known by key from genesis, a join, or an entry they wrote.
#[derive(Debug)]
pub(super) struct Person {
    pub(super) key: MemberKey,
    /// Their place among the founders.
    pub(super) founder: Option<usize>,
    /// Their joins that are right in their own past.
    pub(super) joins: Vec<At>,
    /// Everything they wrote that is right in its own past.
    pub(super) wrote: Vec<At>,
    /// What of it opened a log.
    pub(super) opened: Vec<At>,
}

/// The set.
#[derive(Debug)]
pub(super) struct Record {
    pub(super) group: GroupId,
    /// As the genesis has it.
    pub(super) charter: Charter,
    pub(super) nodes: Vec<Node>,
    pub(super) people: Vec<Person>,
    pub(super) at: BTreeMap<EntryId, At>,
    /// Every entry.
    pub(super) all: Past,
    /// Those that are not right in their own past: they have no effect on anything.
    pub(super) wrong: Past,
    who: BTreeMap<MemberKey, Who>,
    /// Of entries that are right in their own past: joins by door.
    pub(super) joins: BTreeMap<Door, Vec<At>>,
    /// Likewise: invites.
    pub(super) invites: Vec<At>,
    /// Likewise: revocations by door.
    pub(super) revokes: BTreeMap<Door, Vec<At>>,
    /// Likewise: confirmations by join.
    pub(super) admits: BTreeMap<At, Vec<At>>,
    /// Likewise: acts that several seats can sign.
    pub(super) signed: BTreeMap<Matter, Vec<At>>,
    /// Likewise: doors at which joins may be disputed.
    pub(super) contested: Contested,
    /// Likewise: promotions, by whom they promote.
    pub(super) promotions: BTreeMap<Who, Vec<At>>,
    /// Likewise: removals.
    pub(super) removals: Vec<At>,
    /// Likewise: amendments of the charter.
    pub(super) amendments: Vec<At>,
    /// Likewise: elections that more than half of the members of their own past signed.
    pub(super) elections: Vec<At>,
    /// Likewise: step-backs and demotions.
    pub(super) set_backs: Vec<At>,
    /// Likewise: moderation, by whose writing it is about, and what of it.
    pub(super) moderated: BTreeMap<(Who, Option<EntryId>), Vec<At>>,
}

impl Record {
    pub(super) fn new(group: GroupId, charter: Charter, founders: &[MemberKey]) -> Record {
        let mut record = Record {
            group,
            charter,
            nodes: Vec::new(),
            people: Vec::new(),
            at: BTreeMap::new(),
            all: Past::default(),
            wrong: Past::default(),
            who: BTreeMap::new(),
            joins: BTreeMap::new(),
            invites: Vec::new(),
            revokes: BTreeMap::new(),
            admits: BTreeMap::new(),
            signed: BTreeMap::new(),
            contested: Contested::default(),
            promotions: BTreeMap::new(),
            removals: Vec::new(),
            amendments: Vec::new(),
            elections: Vec::new(),
            set_backs: Vec::new(),
            moderated: BTreeMap::new(),
        };
        for (place, founder) in founders.iter().enumerate() {
            let who = record.intern(founder);
            if let Some(person) = record.people.get_mut(who.0) {
                person.founder = Some(place);
            }
        }
        record
    }

    pub(super) fn node(&self, at: At) -> Option<&Node> {
        self.nodes.get(at.0)
    }

    pub(super) fn person(&self, who: Who) -> Option<&Person> {
        self.people.get(who.0)
    }

    pub(super) fn who(&self, key: &MemberKey) -> Option<Who> {
        self.who.get(key).copied()
    }

    /// The person of this key, met for the first time or not.
    pub(super) fn intern(&mut self, key: &MemberKey) -> Who {
        let next = Who(self.people.len());
        let who = *self.who.entry(*key).or_insert(next);
        if who == next {
            let person =
                Person { key: *key, founder: None, joins: Vec::new(), wrote: Vec::new(), opened: Vec::new() };
            self.people.push(person);
        }
        who
    }

    /// The causal past of an entry that cites `deps`; of ids not held, nothing.
    pub(super) fn past(&self, deps: &[EntryId]) -> Past {
        let mut past = Past::default();
        for at in deps.iter().filter_map(|id| self.at.get(id)) {
            if let Some(node) = self.node(*at) {
                past.join(&node.past);
                past.add(*at);
            }
        }
        past
    }

    /// Whether joins on this invite stand by it alone.
    pub(super) fn lets_in(&self, invite: At) -> bool {
        let body = self.node(invite).map(|node| &node.control.entry.body);
        matches!(body, Some(Body::Invite(invite)) if invite.mode.lets_in())
    }

    pub(super) fn precedes(&self, a: At, b: At) -> bool {
        self.node(b).is_some_and(|node| node.past.has(a))
    }

    /// What a body does, if written with this causal past.
    pub(super) fn act(&self, author: &MemberKey, past: &Past, body: &Body) -> Act {
        let cited = |id: &EntryId| self.at.get(id).copied().filter(|at| past.has(*at));
        let door = |id: &EntryId| match cited(id).and_then(|at| Some((at, &self.node(at)?.act))) {
            Some((at, Act::Invite(door))) => Some((at, *door)),
            _ => None,
        };
        match body {
            // A second beginning. The first is made a node by `Group::begin`.
            Body::Genesis(_) => Act::Amiss(Right::Meaningless),
            Body::Join(join) if join.member != *author => Act::Amiss(Right::OtherKey),
            Body::Join(join) => match door(&join.invite) {
                Some((invite, door)) => Act::Join { invite, door },
                None => Act::Amiss(Right::NoSuchInvite),
            },
            Body::OpenLog(open) if open.member != *author => Act::Amiss(Right::OtherKey),
            Body::OpenLog(_) => Act::OpenLog,
            // The id is not known here yet; `insert` fills it in where the invite stands for itself.
            Body::Invite(_) => Act::Invite(hash("kith/1/door", &[&body.encode()])),
            Body::Revoke(revoke) => match door(&revoke.invite) {
                Some((invite, door)) => Act::Revoke { invite, door },
                None => Act::Amiss(Right::NoSuchInvite),
            },
            Body::Admit(admit) => match cited(&admit.join) {
                Some(join) if matches!(self.node(join).map(|node| &node.act), Some(Act::Join { .. })) => {
                    Act::Admit(join)
                }
                _ => Act::Amiss(Right::NoSuchJoin),
            },
            Body::Promote(promote) => match self.who(&promote.member) {
                Some(who) => Act::Promote(who, promote.role),
                None => Act::Amiss(Right::NoSuchMember),
            },
            Body::Remove(remove) => match self.who(&remove.member) {
                Some(who) => Act::Remove(who),
                None => Act::Amiss(Right::NoSuchMember),
            },
            Body::Leave(_) => Act::Leave,
            Body::StepBack(_) => Act::StepBack,
            Body::Demote(demote) => match self.who(&demote.member) {
                Some(who) => Act::Demote(who, demote.role),
                None => Act::Amiss(Right::NoSuchMember),
            },
            Body::Elect(elect) => match self.who(&elect.member) {
                Some(who) => Act::Elect(who),
                None => Act::Amiss(Right::NoSuchMember),
            },
            Body::Moderate(act) => match self.who(&act.member) {
                Some(who) => Act::Moderate(About { who, entry: act.entry, measure: act.measure }),
                None => Act::Amiss(Right::NoSuchMember),
            },
            Body::Listed(listed) => match door(&listed.invite) {
                Some(_) => Act::List,
                None => Act::Amiss(Right::NoSuchInvite),
            },
            Body::Unlisted(unlisted) => match cited(&unlisted.listed).and_then(|at| self.node(at)) {
                Some(node) if node.act == Act::List => Act::Unlist,
                _ => Act::Amiss(Right::NoSuchListing),
            },
            Body::Amend(amend) => Act::Amend(amend.changes.is_material().then(|| amend.changes.hash())),
            _ if body.kind().is_control() => Act::Plain,
            _ => Act::Amiss(Right::Meaningless),
        }
    }

    /// What several could sign of such an act.
    pub(super) fn matter(&self, act: &Act) -> Option<Matter> {
        match act {
            Act::Promote(who, Role::Seat) => Some(Matter::Seat(*who)),
            Act::Remove(who) => Some(Matter::Remove(*who)),
            Act::Invite(door) if self.charter.shared_power => Some(Matter::Invite(*door)),
            Act::Admit(join) if self.charter.shared_power => Some(Matter::Admit(*join)),
            Act::Amend(changes) => changes.map(Matter::Amend),
            Act::Demote(who, to) => Some(Matter::Demote(*who, *to)),
            Act::Elect(who) => Some(Matter::Elect(*who)),
            Act::Moderate(about) => Some(Matter::Moderate(*about)),
            _ => None,
        }
    }

    /// Adds a judged entry. Its causal past must be of entries added before.
    pub(super) fn push(&mut self, control: Control, mut act: Act, past: Past, verdict: Verdict) -> At {
        let at = At(self.nodes.len());
        let author = self.intern(&control.author);
        if let (Act::Invite(door), false) = (&mut act, self.charter.shared_power) {
            *door = control.id.0;
        }
        self.all.add(at);
        if verdict.right.is_err() {
            self.wrong.add(at);
        } else {
            self.index(at, author, &act);
            if matches!(act, Act::Elect(_)) && verdict.carried() {
                self.elections.push(at);
            }
        }
        self.at.insert(control.id, at);
        let depth = past.len();
        let door = match act {
            Act::Join { door, .. } | Act::Revoke { door, .. } if verdict.right.is_ok() => Some(door),
            _ => None,
        };
        self.nodes.push(Node { control, author, act, past, depth, verdict });
        door.into_iter().for_each(|door| self.look_again(door));
        at
    }

    fn index(&mut self, at: At, author: Who, act: &Act) {
        if let Some(person) = self.people.get_mut(author.0) {
            person.wrote.push(at);
            if matches!(act, Act::Join { .. }) {
                person.joins.push(at);
            }
            if matches!(act, Act::Genesis | Act::Join { .. } | Act::OpenLog) {
                person.opened.push(at);
            }
        }
        if let Some(matter) = self.matter(act) {
            self.signed.entry(matter).or_default().push(at);
        }
        match act {
            Act::Join { door, .. } => self.joins.entry(*door).or_default().push(at),
            Act::Invite(_) => self.invites.push(at),
            Act::Revoke { door, .. } => self.revokes.entry(*door).or_default().push(at),
            Act::Admit(join) => self.admits.entry(*join).or_default().push(at),
            Act::Promote(who, _) => self.promotions.entry(*who).or_default().push(at),
            Act::Remove(_) => self.removals.push(at),
            Act::Amend(_) => self.amendments.push(at),
            Act::StepBack | Act::Demote(..) => self.set_backs.push(at),
            Act::Moderate(about) => self.moderated.entry((about.who, about.entry)).or_default().push(at),
            _ => {}
        }
    }

    /// What stands before another of the same rank: the smaller causal past, then the lower id. Both are
    /// fixed when an entry is written, so nobody can slip in front later without signing anew.
    pub(super) fn rank(&self, at: At) -> (usize, EntryId) {
        self.node(at).map_or((usize::MAX, EntryId([u8::MAX; 32])), |node| (node.depth, node.control.id))
    }
}

/// Whether a join carries the signature of its invite's key, over the joiner's key and log.
pub(super) fn invited(group: &GroupId, key: &[u8; 32], join: &Join, log: &LogId) -> bool {
    let Ok(key) = VerifyingKey::from_bytes(key) else { return false };
    let said = Join::invited(group, &join.member, log);
    key.verify_strict(&said, &Signature::from_bytes(&join.invited)).is_ok()
}

/// The direct citations of a control entry.
pub(super) fn deps(control: &Control) -> Option<&[EntryId]> {
    match &control.entry.links {
        Links::Control { deps, .. } => Some(deps),
        Links::Content { .. } => None,
    }
}
