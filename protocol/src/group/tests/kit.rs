//! A world in which entries are written by hand: who says what, knowing what.

use std::collections::{BTreeMap, BTreeSet};

use ed25519_dalek::{Signer, SigningKey};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

use crate::body::{
    Admit, Amend, Body, Demote, Elect, Genesis, Invite, InviteMode, Join, Keep, Leave, LogHead, Mint,
    OpenLog, Promote, Pulse, Remove, Revoke, Role, StepBack, Unkeep,
};
use crate::charter::{Changes, Charter, History, Inviters};
use crate::entry::{Entry, Links};
use crate::group::fold::{State, fold};
use crate::group::past::At;
use crate::group::record::Who;
use crate::group::summary::Teller;
use crate::group::{Control, Group, Standing};
use crate::id::{
    EntryId, EpochId, GroupId, KeeperKey, LogId, MemberKey, PlaceId, SealKey, StewardKey, hash, truncate,
};
use crate::time::Millis;

/// The key of the person of this name. Nothing in the fold asks for its secret.
pub(super) fn key(name: &str) -> MemberKey {
    MemberKey(hash("test/member", &[name.as_bytes()]))
}

/// The log a person begins with.
pub(super) fn log(name: &str) -> LogId {
    LogId(truncate(&hash("test/log", &[name.as_bytes()])))
}

/// The key every invite has. One is enough: invites are told apart by their entries.
fn door() -> SigningKey {
    SigningKey::from_bytes(&[7; 32])
}

pub(super) fn charter() -> Charter {
    Charter {
        purpose: "to sleep better".into(),
        history: History::All,
        size: 50,
        inviters: Inviters::Facilitators,
        shared_power: false,
        ..Charter::default()
    }
}

/// Everything written so far, in the order it was written.
#[derive(Clone)]
pub(super) struct World {
    pub(super) id: GroupId,
    charter: Charter,
    pub(super) made: Vec<Control>,
    seqs: BTreeMap<LogId, u64>,
    signatures: BTreeMap<(MemberKey, LogId), [u8; 64]>,
}

impl World {
    /// A group founded by these, the most senior first.
    pub(super) fn new(founders: &[&str]) -> World {
        World::with(founders, charter())
    }

    pub(super) fn with(founders: &[&str], charter: Charter) -> World {
        let body = Genesis {
            salt: [1; 32],
            title: "Owls".into(),
            founders: founders.iter().map(|name| key(name)).collect(),
            charter: charter.clone(),
            seal: SealKey([9; 32]),
            name: founders[0].into(),
        };
        let id = body.group_id();
        let mut world =
            World { id, charter, made: Vec::new(), seqs: BTreeMap::new(), signatures: BTreeMap::new() };
        world.write(founders[0], &[], Body::Genesis(body));
        world
    }

    pub(super) fn genesis(&self) -> EntryId {
        self.made[0].id
    }

    /// Writes an entry in the author's log and gives its id.
    pub(super) fn write(&mut self, by: &str, deps: &[EntryId], body: Body) -> EntryId {
        let log = log(by);
        let seq = *self.seqs.entry(log).or_default();
        self.seqs.insert(log, seq + 1);
        self.write_at(by, log, seq, deps, body)
    }

    /// Writes an entry anywhere, as a cheat may.
    pub(super) fn write_at(
        &mut self,
        by: &str,
        log: LogId,
        seq: u64,
        deps: &[EntryId],
        body: Body,
    ) -> EntryId {
        let author = key(by);
        let links = Links::Control { prev: None, deps: deps.to_vec() };
        let entry = Entry { author: author.author(), log, seq, links, lamport: 0, time: Millis(0), body };
        let id = EntryId(hash("kith/1/entry", &[&self.id.0, &author.0, &entry.encode()]));
        if self.made.iter().all(|made| made.id != id) {
            self.made.push(Control { id, author, entry });
        }
        id
    }

    pub(super) fn invite(&mut self, by: &str, deps: &[EntryId]) -> EntryId {
        self.invite_for(by, deps, 1)
    }

    pub(super) fn invite_for(&mut self, by: &str, deps: &[EntryId], uses: u32) -> EntryId {
        self.write(by, deps, Body::Invite(invite_body(uses)))
    }

    /// An invite on which nobody comes in who is not admitted.
    pub(super) fn knockable(&mut self, by: &str, deps: &[EntryId], mode: InviteMode, uses: u32) -> EntryId {
        self.write(by, deps, Body::Invite(Invite { mode, ..invite_body(uses) }))
    }

    pub(super) fn join(&mut self, name: &str, invite: EntryId) -> EntryId {
        self.join_knowing(name, invite, &[invite])
    }

    pub(super) fn join_knowing(&mut self, name: &str, invite: EntryId, deps: &[EntryId]) -> EntryId {
        let body = self.join_body(name, invite);
        self.write(name, deps, Body::Join(body))
    }

    pub(super) fn join_body(&mut self, name: &str, invite: EntryId) -> Join {
        let (member, log) = (key(name), log(name));
        let said = Join::invited(&self.id, &member, &log);
        let invited = *self.signatures.entry((member, log)).or_insert_with(|| door().sign(&said).to_bytes());
        let charter = self.charter.hash();
        Join { member, seal: SealKey(truncate(&member.0)), name: name.into(), invite, invited, charter }
    }

    /// Invites somebody and lets them in; gives the join.
    pub(super) fn add(&mut self, by: &str, name: &str, deps: &[EntryId]) -> EntryId {
        let invite = self.invite(by, deps);
        self.join(name, invite)
    }

    pub(super) fn promote(&mut self, by: &str, name: &str, role: Role, deps: &[EntryId]) -> EntryId {
        self.write(by, deps, Body::Promote(Promote { member: key(name), role }))
    }

    /// All of these promote to a seat, one after the other; gives the last.
    pub(super) fn seat(&mut self, by: &[&str], name: &str, deps: &[EntryId]) -> EntryId {
        by.iter().fold(deps.to_vec(), |deps, by| vec![self.promote(by, name, Role::Seat, &deps)])[0]
    }

    pub(super) fn remove(&mut self, by: &str, name: &str, deps: &[EntryId]) -> EntryId {
        self.remove_showing(by, name, deps, &[])
    }

    pub(super) fn remove_showing(
        &mut self,
        by: &str,
        name: &str,
        deps: &[EntryId],
        heads: &[(LogId, u64)],
    ) -> EntryId {
        let heads = heads.iter().map(|(log, seq)| LogHead { log: *log, seq: *seq }).collect();
        self.write(by, deps, Body::Remove(Remove { member: key(name), reason: "rude".into(), heads }))
    }

    /// All of these remove, one after the other; gives the last.
    pub(super) fn oust(&mut self, by: &[&str], name: &str, deps: &[EntryId]) -> EntryId {
        by.iter().fold(deps.to_vec(), |deps, by| vec![self.remove(by, name, &deps)])[0]
    }

    pub(super) fn leave(&mut self, by: &str, deps: &[EntryId]) -> EntryId {
        self.write(by, deps, Body::Leave(Leave { goodbye: None }))
    }

    pub(super) fn revoke(&mut self, by: &str, invite: EntryId, deps: &[EntryId]) -> EntryId {
        self.write(by, deps, Body::Revoke(Revoke { invite }))
    }

    pub(super) fn admit(&mut self, by: &str, join: EntryId, deps: &[EntryId]) -> EntryId {
        self.write(by, deps, Body::Admit(Admit { join }))
    }

    pub(super) fn amend(&mut self, by: &str, changes: Changes, deps: &[EntryId]) -> EntryId {
        self.write(by, deps, Body::Amend(Amend { changes, reason: "as we said".into() }))
    }

    /// All of these write the same changes, one after the other; gives the last.
    pub(super) fn amended(&mut self, by: &[&str], changes: Changes, deps: &[EntryId]) -> EntryId {
        by.iter().fold(deps.to_vec(), |deps, by| vec![self.amend(by, changes.clone(), &deps)])[0]
    }

    pub(super) fn step_back(&mut self, by: &str, deps: &[EntryId]) -> EntryId {
        self.write(by, deps, Body::StepBack(StepBack {}))
    }

    pub(super) fn demote(&mut self, by: &str, name: &str, role: Role, deps: &[EntryId]) -> EntryId {
        self.write(by, deps, Body::Demote(Demote { member: key(name), role, reason: "as agreed".into() }))
    }

    /// All of these demote to member, one after the other; gives the last.
    pub(super) fn demoted(&mut self, by: &[&str], name: &str, deps: &[EntryId]) -> EntryId {
        by.iter().fold(deps.to_vec(), |deps, by| vec![self.demote(by, name, Role::Member, &deps)])[0]
    }

    pub(super) fn vote(&mut self, by: &str, name: &str, deps: &[EntryId]) -> EntryId {
        self.write(by, deps, Body::Elect(Elect { member: key(name) }))
    }

    /// All of these vote for somebody, one after the other; gives the last.
    pub(super) fn elected(&mut self, by: &[&str], name: &str, deps: &[EntryId]) -> EntryId {
        by.iter().fold(deps.to_vec(), |deps, by| vec![self.vote(by, name, &deps)])[0]
    }

    pub(super) fn pulse(&mut self, by: &str, deps: &[EntryId]) -> EntryId {
        self.write(by, deps, Body::Pulse(Pulse {}))
    }

    pub(super) fn keep(&mut self, by: &str, place: u8, deps: &[EntryId]) -> EntryId {
        let addresses = vec![format!("/ip4/192.0.2.{place}/tcp/{}", self.made.len())];
        let steward = StewardKey(key(by).0);
        let keeper = KeeperKey([place; 32]);
        self.write(by, deps, Body::Keep(Keep { place: PlaceId([place; 16]), keeper, addresses, steward }))
    }

    pub(super) fn unkeep(&mut self, by: &str, place: u8, deps: &[EntryId]) -> EntryId {
        self.write(by, deps, Body::Unkeep(Unkeep { place: PlaceId([place; 16]) }))
    }

    /// An entry that does nothing to anybody's rights.
    pub(super) fn mint(&mut self, by: &str, deps: &[EntryId]) -> EntryId {
        let epoch = EpochId([self.made.len() as u8; 32]);
        self.write(by, deps, Body::Mint(Mint { epoch, clear: [0; 32], from: vec![] }))
    }

    pub(super) fn open_log(&mut self, by: &str, log: LogId, open: OpenLog, deps: &[EntryId]) -> EntryId {
        self.write_at(by, log, 0, deps, Body::OpenLog(open))
    }

    /// The group of everything written.
    pub(super) fn group(&self) -> Group {
        let mut group = Group::begin(self.made[0].clone()).unwrap();
        for control in &self.made[1..] {
            group.insert(control.clone()).unwrap();
            check(&group);
        }
        group
    }

    /// The group as somebody has it who knows these and what precedes them.
    pub(super) fn knowing(&self, ids: &[EntryId]) -> Group {
        let known = self.closure(ids);
        let mut group = Group::begin(self.made[0].clone()).unwrap();
        for control in self.made[1..].iter().filter(|control| known.contains(&control.id)) {
            group.insert(control.clone()).unwrap();
        }
        group
    }

    pub(super) fn closure(&self, ids: &[EntryId]) -> BTreeSet<EntryId> {
        let mut known: BTreeSet<EntryId> = ids.iter().copied().collect();
        for control in self.made.iter().rev() {
            if known.contains(&control.id) {
                known.extend(deps(control));
            }
        }
        known
    }

    /// Everything that nothing written so far cites.
    pub(super) fn heads(&self) -> Vec<EntryId> {
        let cited: BTreeSet<EntryId> = self.made.iter().flat_map(deps).copied().collect();
        self.made.iter().map(|control| control.id).filter(|id| !cited.contains(id)).collect()
    }
}

pub(super) fn deps(control: &Control) -> &[EntryId] {
    match &control.entry.links {
        Links::Control { deps, .. } => deps,
        Links::Content { .. } => &[],
    }
}

pub(super) fn invite_body(uses: u32) -> Invite {
    let key = door().verifying_key().to_bytes();
    Invite { key, mode: InviteMode::OnSight, uses, expires: Millis(u64::MAX), porch: None }
}

/// What was added bit by bit must be what is folded at once.
pub(super) fn check(group: &Group) {
    assert!(!group.seats().is_empty(), "a group without a seat");
    let whole = fold(&group.record, &group.record.all);
    assert_eq!(inside(group, group.whole()), inside(group, &whole), "incremental and batch fold differ");
    let fresh = Teller { record: &group.record, state: &whole };
    assert_eq!(told(&group.teller()), told(&fresh), "incremental and batch fold differ");
    let (members, invites) = (fresh.members(), fresh.invites());
    let known = (group.people(), group.doors(), group.measures(), group.open(), group.ended());
    let anew = (&members, &invites, &fresh.measures(), &fresh.proposals()[..], fresh.ended(&invites));
    assert_eq!(known, anew, "what was told before is not told anew");
    assert_eq!((group.heads(), group.charter()), (fresh.heads(), &fresh.charter()));
}

/// Likewise what everything is judged by: the fold of the past of the newest entry.
pub(super) fn check_states(group: &Group) {
    for state in group.memory.newest().into_iter().chain([group.whole()]) {
        let fresh = fold(&group.record, &state.set);
        assert_eq!(inside(group, state), inside(group, &fresh), "incremental and batch fold differ");
    }
}

/// Everything there is in a fold.
fn inside(group: &Group, state: &State) -> String {
    let set: Vec<At> = state.set.iter().collect();
    let roles: Vec<_> = set.iter().map(|at| (at.0, state.stands.role(*at))).collect();
    let open: Vec<At> = state.stands.open.iter().collect();
    let people = (0..group.record.people.len()).map(Who);
    let holds: Vec<_> = people.map(|who| state.stands.holds(who).sorted()).collect();
    let State { disputes, removals, quorum, seats, last, .. } = state;
    format!("{roles:?} {open:?} {holds:?} {disputes:?} {removals:?} {quorum:?} {seats:?} {last}")
}

fn told(teller: &Teller<'_>) -> String {
    let (members, invites) = (teller.members(), teller.invites());
    let (ended, proposals) = (teller.ended(&invites), teller.proposals());
    let (shown, measures) = (teller.shown(), teller.measures());
    let hash = teller.hash(&members, &invites, &measures);
    let heads = teller.heads();
    format!("{members:#?} {invites:#?} {ended:#?} {proposals:#?} {shown:?} {measures:?} {heads:?} {hash:?}")
}

pub(super) fn standing(group: &Group, name: &str) -> Option<Standing> {
    group.member(&key(name)).map(|member| member.standing)
}

pub(super) fn is_member(group: &Group, name: &str) -> bool {
    standing(group, name) == Some(Standing::Member)
}

/// What somebody may do; `None` unless they are a member.
pub(super) fn role(group: &Group, name: &str) -> Option<Role> {
    group.member(&key(name)).filter(|member| member.standing == Standing::Member).map(|member| member.role)
}

/// Whether these and no others have a seat, in this order, and may use it.
pub(super) fn seats(group: &Group, names: &[&str]) -> bool {
    let may = |name: &&str| role(group, name) == Some(Role::Seat);
    names.iter().all(may) && group.seats() == names.iter().map(|name| key(name)).collect::<Vec<_>>()
}

/// A seeded source of choices.
pub(super) struct Dice(ChaCha8Rng);

impl Dice {
    pub(super) fn new(seed: u64) -> Dice {
        Dice(ChaCha8Rng::seed_from_u64(seed))
    }

    pub(super) fn below(&mut self, end: usize) -> usize {
        (self.0.next_u64() % end.max(1) as u64) as usize
    }

    pub(super) fn chance(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    pub(super) fn pick<'a, T>(&mut self, of: &'a [T]) -> Option<&'a T> {
        of.get(self.below(of.len()))
    }
}

/// The number in an environment variable, or another.
pub(super) fn setting(name: &str, otherwise: u64) -> u64 {
    std::env::var(name).ok().and_then(|value| value.parse().ok()).unwrap_or(otherwise)
}

/// Inserts in a random order in which everything comes after what it cites.
pub(super) fn shuffled(made: &[Control], dice: &mut Dice, mut each: impl FnMut(&Group)) -> Group {
    let mut group = Group::begin(made[0].clone()).unwrap();
    let mut waiting: Vec<usize> = (1..made.len()).collect();
    while !waiting.is_empty() {
        let ready: Vec<usize> = (0..waiting.len())
            .filter(|place| deps(&made[waiting[*place]]).iter().all(|id| group.holds(id)))
            .collect();
        let next = waiting.swap_remove(*dice.pick(&ready).expect("an entry whose citations are here"));
        group.insert(made[next].clone()).unwrap();
        each(&group);
    }
    group
}
