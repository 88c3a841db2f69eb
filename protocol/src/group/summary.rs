//! From a folded set to what is told about it ([`super::view`]).

use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

use super::amending::charter;
use super::cause::cause;
use super::fold::State;
use super::joins::{ids, people, revocations};
use super::keeping;
use super::measures::measures;
use super::past::{At, Past};
use super::quorum::{Fresh, Quorum};
use super::record::{Act, Door, Matter, Node, Record, Who};
use super::view::{
    Ended, InviteState, Kept, Log, Member, Moderated, Once, Proposal, Proposed, Removal, Standing,
};
use crate::body::{Body, Role};
use crate::charter::Charter;
use crate::codec;
use crate::id::{EntryId, LogId, MemberKey, hash};
use crate::limits;

/// What has been told of a set so far: each part is found when it is first asked for.
#[derive(Debug, Default)]
pub(super) struct Told {
    pub(super) members: OnceLock<BTreeMap<MemberKey, Member>>,
    pub(super) invites: OnceLock<BTreeMap<EntryId, InviteState>>,
    pub(super) proposals: OnceLock<Vec<Proposal>>,
    pub(super) ended: OnceLock<Vec<Ended>>,
    pub(super) heads: OnceLock<Vec<EntryId>>,
    /// How far the logs of removed people are shown.
    pub(super) shown: OnceLock<BTreeMap<(MemberKey, LogId), u64>>,
    pub(super) hash: OnceLock<[u8; 32]>,
    /// The charter as amended.
    pub(super) charter: OnceLock<Charter>,
    pub(super) measures: OnceLock<Measures>,
    pub(super) kept: OnceLock<Vec<Kept>>,
}

impl Told {
    /// Forgets what one more entry changes. One that `only_counts` gives nothing to anybody and takes nothing.
    pub(super) fn forget(&mut self, only_counts: bool) {
        *self = if only_counts {
            let (heads, hash, kept) = (OnceLock::new(), OnceLock::new(), OnceLock::new());
            Told { heads, hash, kept, ..std::mem::take(self) }
        } else {
            Told::default()
        };
    }
}

/// What holds for what people wrote.
pub(super) type Measures = BTreeMap<(MemberKey, Option<EntryId>), Moderated>;

/// Tells of a record and the fold of all of it.
pub(super) struct Teller<'a> {
    pub(super) record: &'a Record,
    pub(super) state: &'a State,
}

impl Teller<'_> {
    fn all(&self) -> impl Iterator<Item = (At, &Node)> {
        self.record.nodes.iter().enumerate().map(|(place, node)| (At(place), node))
    }

    fn stands(&self, at: At) -> bool {
        self.state.stands.role(at).is_some()
    }

    fn key(&self, who: Who) -> Option<MemberKey> {
        self.record.person(who).map(|person| person.key)
    }

    fn standing(&self, who: Who) -> Option<Standing> {
        self.state.standing(self.record, who)
    }

    pub(super) fn members(&self) -> BTreeMap<MemberKey, Member> {
        let people = (0..self.record.people.len()).filter_map(|place| self.member(Who(place)));
        people.map(|member| (member.key, member)).collect()
    }

    fn member(&self, who: Who) -> Option<Member> {
        let standing = self.standing(who)?;
        let person = self.record.person(who)?;
        let holds = self.state.stands.holds(who);
        let first = |ats: &[At]| ats.iter().min_by_key(|at| self.record.rank(**at)).copied();
        let joined = first(&holds.admitted).or_else(|| first(&person.joins))?;
        let role = match self.state.role(self.record, who) {
            Some(role) => role,
            None if !holds.seat.is_empty() => Role::Seat,
            None if !holds.deputy.is_empty() && !holds.admitted.is_empty() => Role::Deputy,
            None => Role::Member,
        };
        let (logs, name) = self.logs(who, standing);
        let removal = self.state.removals.get(&who).map(|removals| self.removal(who, removals));
        let joined = self.record.node(joined)?.control.id;
        Some(Member { key: person.key, name, role, standing, logs, joined, removal })
    }

    /// A person's logs, the newest last, and the name given last. Of somebody who waits, the join counts.
    fn logs(&self, who: Who, standing: Standing) -> (Vec<Log>, String) {
        let waits = standing == Standing::Waiting;
        let mut opened: Vec<(At, &Node)> = Vec::new();
        for at in self.record.person(who).into_iter().flat_map(|person| &person.opened) {
            let Some(node) = self.record.node(*at) else { continue };
            // One written without knowledge of its owner's admission certifies all the same.
            let certifies = matches!(node.act, Act::OpenLog);
            if self.stands(*at) || certifies || (waits && matches!(node.act, Act::Join { .. })) {
                opened.push((*at, node));
            }
        }
        opened.sort_by_key(|(at, _)| self.record.rank(*at));
        let (mut logs, mut name, mut retired) = (Vec::new(), String::new(), BTreeSet::new());
        for (_, node) in opened {
            let (seal, called) = match &node.control.entry.body {
                Body::Genesis(body) => (body.seal, Some(&body.name)),
                Body::Join(body) => (body.seal, Some(&body.name)),
                Body::OpenLog(body) => {
                    retired.extend(body.retires);
                    (body.seal, body.name.as_ref())
                }
                _ => continue,
            };
            if let Some(called) = called {
                name.clone_from(called);
            }
            logs.push(Log { id: node.control.entry.log, seal, opened: node.control.id, live: false });
        }
        if standing == Standing::Member {
            let live = logs.iter_mut().rev().filter(|log| !retired.contains(&log.id)).take(limits::LOGS);
            live.for_each(|log| log.live = true);
        }
        (logs, name)
    }

    fn removal(&self, who: Who, removals: &[At]) -> Removal {
        let mut signers = BTreeSet::new();
        for node in removals.iter().filter_map(|at| self.record.node(*at)) {
            let others = node.verdict.call.iter().flat_map(|call| call.signed.iter());
            signers.extend(others.map(|(who, _)| *who).chain([node.author]));
        }
        let seats = signers.iter().filter(|who| !self.state.stands.holds(**who).seat.is_empty()).count();
        Removal {
            entries: ids(self.record, removals),
            signers: self.keys(signers),
            confirmed: self.state.quorum.contains_key(&who) || seats > 1,
        }
    }

    fn keys(&self, people: BTreeSet<Who>) -> Vec<MemberKey> {
        let mut keys: Vec<MemberKey> = people.into_iter().filter_map(|who| self.key(who)).collect();
        keys.sort_unstable();
        keys
    }

    /// Joins by invite that are right in their own past.
    fn joins(&self, door: &Door) -> &[At] {
        self.record.joins.get(door).map_or(&[], Vec::as_slice)
    }

    pub(super) fn invites(&self) -> BTreeMap<EntryId, InviteState> {
        let mut invites = BTreeMap::new();
        for at in &self.record.invites {
            let Some(node) = self.record.node(*at) else { continue };
            let (Act::Invite(door), Body::Invite(invite)) = (&node.act, &node.control.entry.body) else {
                continue;
            };
            let used = u32::try_from(people(self.record, self.joins(door)).count()).unwrap_or(u32::MAX);
            let revoked = ids(self.record, &revocations(self.record, &self.state.stands, door));
            let open = self.state.stands.open.has(*at) && revoked.is_empty();
            let invite = InviteState {
                id: node.control.id,
                invite: invite.clone(),
                author: node.control.author,
                live: open && used < invite.uses,
                used,
                revoked,
            };
            invites.insert(invite.id, invite);
        }
        invites
    }

    /// The charter as amended.
    pub(super) fn charter(&self) -> Charter {
        charter(self.record, &self.state.stands, &self.record.all).into_owned()
    }

    /// The keepers it has.
    pub(super) fn kept(&self) -> Vec<Kept> {
        keeping::kept(self.record, self.state)
    }

    /// What holds for what people wrote.
    pub(super) fn measures(&self) -> Measures {
        measures(self.record, &self.state.stands)
    }

    pub(super) fn proposals(&self) -> Vec<Proposal> {
        let quorum = Quorum::of(&self.state.seats);
        let mut open = Vec::new();
        for (matter, signatures) in &self.record.signed {
            let Some((act, target)) = self.open(matter, signatures) else { continue };
            let signs = |at: &At| {
                let node = self.record.node(*at)?;
                let may = self.state.seats.contains(&node.author) && Some(node.author) != target;
                (may && self.state.stands.in_seat(*at)).then_some((node.author, *at))
            };
            let fresh = Fresh::of(self.record, &self.state.stands, *matter);
            let signatures = signatures.iter().filter(|at| fresh.has(**at));
            let signed: Vec<(Who, At)> = signatures.filter_map(signs).collect();
            let signers: BTreeSet<Who> = signed.iter().map(|(who, _)| *who).collect();
            if !signers.is_empty() {
                let entries: Vec<At> = signed.iter().map(|(_, at)| *at).collect();
                open.push(Proposal {
                    act,
                    signers: self.keys(signers),
                    entries: ids(self.record, &entries),
                    needed: quorum.needed(),
                });
            }
        }
        open.sort_by_key(|proposal| proposal.act);
        open
    }

    /// What is still to be done about a matter, and whom it is about.
    fn open(&self, matter: &Matter, signatures: &[At]) -> Option<(Proposed, Option<Who>)> {
        let (act, target, open) = match matter {
            Matter::Seat(who) => {
                let role = self.state.role(self.record, *who);
                (Proposed::Seat(self.key(*who)?), Some(*who), role.is_some() && role < Some(Role::Seat))
            }
            Matter::Remove(who) => {
                let seat = !self.state.stands.holds(*who).seat.is_empty();
                let open = seat && !self.state.removals.contains_key(who);
                (Proposed::Remove(self.key(*who)?), Some(*who), open)
            }
            Matter::Invite(door) => {
                let carried = signatures.iter().any(|at| self.state.stands.open.has(*at));
                (Proposed::Invite(*door), None, !carried)
            }
            Matter::Admit(join) => {
                let node = self.record.node(*join)?;
                (Proposed::Admit(node.control.id), Some(node.author), !self.stands(*join))
            }
            Matter::Amend(changes) => (Proposed::Amend(*changes), None, true),
            Matter::Demote(who, to) => {
                let open = self.state.role(self.record, *who) == Some(Role::Seat);
                (Proposed::Demote(self.key(*who)?, *to), Some(*who), open)
            }
            Matter::Elect(_) | Matter::Moderate(_) => return None,
        };
        open.then_some((act, target))
    }

    /// The newest of the entries that count: none is in the past of another that counts.
    ///
    /// More than an entry can cite are thinned out: what a reader must not miss stays (removals and mints),
    /// then what has the largest past.
    pub(super) fn heads(&self) -> Vec<EntryId> {
        let mut covered = Past::default();
        let mut heads = Vec::new();
        for (place, node) in self.record.nodes.iter().enumerate().rev() {
            if self.state.counts(At(place), node) && !covered.has(At(place)) {
                covered.join(&node.past);
                let urgent =
                    matches!(node.control.entry.body, Body::Remove(_) | Body::Mint(_) | Body::Amend(_));
                heads.push((!urgent, std::cmp::Reverse(node.depth), node.control.id));
            }
        }
        heads.sort_unstable();
        heads.into_iter().take(limits::DEPS).map(|(.., id)| id).collect()
    }

    pub(super) fn ended(&self, invites: &BTreeMap<EntryId, InviteState>) -> Vec<Ended> {
        let mut ended = Vec::new();
        for (place, person) in self.record.people.iter().enumerate() {
            let who = Who(place);
            let by = match self.standing(who) {
                None | Some(Standing::Member) => continue,
                Some(Standing::Removed) => self.state.removals.get(&who).cloned().unwrap_or_default(),
                Some(Standing::Left) => self.state.stands.holds(who).left.clone(),
                Some(Standing::Waiting) => {
                    for join in &person.joins {
                        ended.extend(self.end(Once::Member(person.key), *join));
                    }
                    continue;
                }
            };
            ended.push(Ended { who: Once::Member(person.key), by: ids(self.record, &by), enough: 1 });
        }
        for invite in invites.values() {
            let who = Once::Invite(invite.id);
            if invite.revoked.is_empty() {
                ended.extend(self.record.at.get(&invite.id).and_then(|at| self.end(who, *at)));
            } else {
                ended.push(Ended { who, by: invite.revoked.clone(), enough: 1 });
            }
        }
        ended.sort_by(|a, b| (a.who, &a.by).cmp(&(b.who, &b.by)));
        ended
    }

    fn end(&self, who: Once, at: At) -> Option<Ended> {
        let cause = cause(self.record, self.state, at)?;
        Some(Ended { who, by: ids(self.record, &cause.by), enough: cause.enough })
    }

    /// For logs of removed people: the last number shown.
    pub(super) fn shown(&self) -> BTreeMap<(MemberKey, LogId), u64> {
        let mut shown = BTreeMap::new();
        let mut show = |key: MemberKey, log: LogId, seq: u64| {
            let last: &mut u64 = shown.entry((key, log)).or_default();
            *last = seq.max(*last);
        };
        // Who waited when they were removed was never let in, and is not heard by being put out.
        let let_in = |who: &&Who| {
            let holds = self.state.stands.holds(**who);
            !holds.admitted.is_empty() || !holds.seat.is_empty()
        };
        for (who, removals) in self.state.removals.iter().filter(|(who, _)| let_in(who)) {
            let Some(person) = self.record.person(*who) else { continue };
            for node in removals.iter().filter_map(|at| self.record.node(*at)) {
                if let Body::Remove(remove) = &node.control.entry.body {
                    remove.heads.iter().for_each(|head| show(person.key, head.log, head.seq));
                }
                for wrote in person.wrote.iter().filter(|at| node.past.has(**at)) {
                    if let Some(wrote) = self.record.node(*wrote) {
                        show(person.key, wrote.control.entry.log, wrote.control.entry.seq);
                    }
                }
            }
        }
        shown
    }

    /// Over what follows from the set: entries that do not count leave no trace in it.
    pub(super) fn hash(
        &self,
        members: &BTreeMap<MemberKey, Member>,
        invites: &BTreeMap<EntryId, InviteState>,
        measures: &Measures,
    ) -> [u8; 32] {
        let mut counting: Vec<EntryId> = self
            .all()
            .filter(|(at, node)| self.state.counts(*at, node))
            .map(|(_, node)| node.control.id)
            .collect();
        counting.sort_unstable();
        let mut bytes = Vec::new();
        let mut write = |part: &[u8]| {
            bytes.extend_from_slice(&u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
            bytes.extend_from_slice(part);
        };
        write(&counting.iter().flat_map(|id| id.0).collect::<Vec<u8>>());
        let seats = self.state.seats.iter().filter_map(|who| self.key(*who));
        write(&seats.flat_map(|key| key.0).collect::<Vec<u8>>());
        for member in members.values() {
            write(&member.key.0);
            write(member.name.as_bytes());
            write(&[member.standing as u8]);
            write(&codec::encode(&member.role));
            for log in &member.logs {
                write(&log.id.0);
                write(&[u8::from(log.live)]);
            }
        }
        write(&self.charter().hash());
        for ((member, entry), moderated) in measures {
            write(&member.0);
            write(entry.as_ref().map_or(&[][..], |entry| &entry.0));
            write(&moderated.by.0);
        }
        for invite in invites.values() {
            write(&invite.id.0);
            write(&[u8::from(invite.live)]);
            write(&invite.used.to_be_bytes());
        }
        hash("kith/1/state", &[self.record.group.as_ref(), &bytes])
    }
}
