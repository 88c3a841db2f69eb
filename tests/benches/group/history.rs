//! The control entries of a large group that is years old.

use std::collections::VecDeque;

use ed25519_dalek::{Signer, SigningKey};
use kith_protocol::body::{
    Body, Genesis, Invite, InviteMode, Join, Measure, Moderate, OpenLog, Promote, Pulse, Remove, Revoke,
    Role, Wrap,
};
use kith_protocol::charter::{Charter, Floor, History as Newcomers, Inviters, Rule};
use kith_protocol::entry::{Entry, Links};
use kith_protocol::group::{Control, Group};
use kith_protocol::id::{EntryId, EpochId, GroupId, LogId, MemberKey, SealKey};
use kith_protocol::time::Millis;
use kith_tests::seed::Chance;

/// Founding facilitators.
const FOUNDERS: usize = 5;
/// People who may come in on one invite.
const USES: u32 = 50;

/// What an entry does.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Sign,
    Wrap,
    OpenLog,
    Invite,
    Revoke,
    Join,
    Promote,
    Moderate,
    Remove,
}

/// Who does not know of whom.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Apart {
    /// Everybody knows everything.
    Never,
    /// Five of a hundred do not know the one before.
    Often,
    /// For a while two halves of the group each know what was there before and their own; then they meet.
    Long,
    /// Everybody knows everything but one early entry, which nobody ever comes to know of.
    Forgotten,
}

/// So many entries long are two halves apart, and as many together.
const STRETCH: usize = 1000;
/// After so many entries comes the one that is forgotten.
const EARLY: usize = 100;

/// Everything that was decided, in the order in which it was.
pub struct History {
    pub entries: Vec<Control>,
    id: GroupId,
    charter: Charter,
    door: SigningKey,
    members: Vec<MemberKey>,
    /// Members who were not removed, by place in `members`.
    current: Vec<usize>,
    invites: VecDeque<(EntryId, u32)>,
    heads: Vec<EntryId>,
    /// What the other half of the group cites, while it is apart.
    others: Vec<EntryId>,
    /// The heads before the last entry.
    before: Vec<EntryId>,
    chance: Chance,
    made: u64,
}

impl History {
    /// So many entries. Of the members some are removed, and others come in their place.
    pub fn of(entries: usize, members: usize, apart: Apart) -> History {
        let mut history = History::begin();
        while history.entries.len() < entries {
            history.part(apart);
            let coming = history.members.len() < members;
            let kind = match history.chance.below(1000) {
                0..100 if coming => Kind::Join,
                0..420 => Kind::Wrap,
                420..650 => Kind::Sign,
                650..800 => Kind::OpenLog,
                800..880 => Kind::Moderate,
                880..940 => Kind::Invite,
                940..960 => Kind::Revoke,
                960..980 => Kind::Promote,
                980..982 if !coming => Kind::Remove,
                _ => Kind::Sign,
            };
            // What several people do at once is mostly of the plain kind.
            let plain = matches!(kind, Kind::Wrap | Kind::Sign | Kind::OpenLog);
            let made = if plain && !history.others.is_empty() && history.chance.below(2) == 0 {
                let made = history.on(kind, history.others.clone());
                history.others = vec![made.id];
                made
            } else {
                let top = !plain || apart != Apart::Often || history.chance.below(100) >= 5;
                history.one(kind, top)
            };
            history.entries.push(made);
        }
        history.meet();
        history
    }

    /// Sees to it that those are apart who are.
    fn part(&mut self, apart: Apart) {
        let made = self.entries.len();
        match apart {
            Apart::Long if (made / STRETCH).is_multiple_of(2) => self.meet(),
            Apart::Long if self.others.is_empty() => self.others.clone_from(&self.heads),
            Apart::Forgotten if made == EARLY => {
                let forgotten = self.on(Kind::Sign, self.heads.clone());
                self.entries.push(forgotten);
            }
            _ => {}
        }
    }

    /// What the others know everybody knows from now on.
    fn meet(&mut self) {
        self.heads.append(&mut self.others);
    }

    /// What somebody cites who knows nothing of the last tenth.
    pub fn old(&self) -> Vec<EntryId> {
        vec![self.entries[self.entries.len() / 10 * 9].id]
    }

    /// The group these entries make.
    pub fn fold(&self) -> Group {
        let mut group = Group::begin(self.entries[0].clone()).expect("a genesis");
        for control in &self.entries[1..] {
            group.insert(control.clone()).expect("what it cites is here");
        }
        group
    }

    fn begin() -> History {
        let charter = Charter {
            purpose: "a large group".into(),
            history: Newcomers::All,
            size: 500,
            inviters: Inviters::Members,
            shared_power: false,
            ..Charter::default()
        };
        let members: Vec<MemberKey> = (0..FOUNDERS).map(member).collect();
        let genesis = Genesis {
            salt: [1; 32],
            title: "Years".into(),
            founders: members.clone(),
            charter: charter.clone(),
            seal: SealKey([9; 32]),
            name: "first".into(),
        };
        let id = genesis.group_id();
        let mut history = History {
            entries: Vec::new(),
            id,
            charter,
            door: SigningKey::from_bytes(&[7; 32]),
            current: (0..FOUNDERS).collect(),
            members,
            invites: VecDeque::new(),
            heads: Vec::new(),
            others: Vec::new(),
            before: Vec::new(),
            chance: Chance::of([3; 32]),
            made: 0,
        };
        let first = history.control(0, log(0), Body::Genesis(genesis), Vec::new());
        history.heads = vec![first.id];
        history.before = vec![first.id];
        history.entries.push(first);
        let invite = history.one(Kind::Invite, true);
        history.entries.push(invite);
        history
    }

    /// One more entry of a kind; `top`: its author knows everything.
    pub fn one(&mut self, kind: Kind, top: bool) -> Control {
        let deps = if top { self.heads.clone() } else { self.before.clone() };
        match kind {
            Kind::Join => self.join(),
            Kind::Revoke if self.invites.len() < 2 => self.one(Kind::Invite, top),
            _ => {
                let made = self.on(kind, deps.clone());
                if kind == Kind::Invite {
                    self.invites.push_front((made.id, 0));
                }
                self.goes_on(&made, &deps);
                made
            }
        }
    }

    /// An entry of a kind that cites these, and that nobody knows of.
    pub fn on(&mut self, kind: Kind, deps: Vec<EntryId>) -> Control {
        let seat = self.chance.below(FOUNDERS as u64) as usize;
        let anybody = self.somebody();
        let target = loop {
            let target = self.somebody();
            if target >= FOUNDERS || self.current.len() == FOUNDERS {
                break target;
            }
        };
        let (by, in_log, body) = match kind {
            Kind::Sign => (seat, log(seat), Body::Pulse(Pulse {})),
            Kind::Wrap => {
                (anybody, log(anybody), Body::Wrap(Wrap { epoch: EpochId([4; 32]), clear: [5; 32] }))
            }
            Kind::OpenLog => {
                let open = OpenLog {
                    seal: SealKey(self.bytes()),
                    member: self.members[anybody],
                    retires: None,
                    name: None,
                };
                (anybody, LogId(self.bytes()), Body::OpenLog(open))
            }
            Kind::Invite => {
                let key = self.door.verifying_key().to_bytes();
                let expires = Millis(self.made);
                (
                    seat,
                    log(seat),
                    Body::Invite(Invite { key, mode: InviteMode::OnSight, uses: USES, expires, porch: None }),
                )
            }
            Kind::Revoke => {
                let (invite, _) = self.invites.pop_back().expect("not the last");
                (seat, log(seat), Body::Revoke(Revoke { invite }))
            }
            Kind::Join => unreachable!("a join cites its invite alone"),
            Kind::Promote => {
                (seat, log(seat), Body::Promote(Promote { member: self.members[target], role: Role::Deputy }))
            }
            Kind::Moderate => {
                let moderate = Moderate {
                    member: self.members[target],
                    entry: Some(EntryId(self.bytes())),
                    measure: Measure::Fold,
                    rule: Some(Rule::Floor(Floor::Numbers)),
                    reason: "numbers".into(),
                };
                (seat, log(seat), Body::Moderate(moderate))
            }
            Kind::Remove => {
                self.current.retain(|place| *place != target);
                let remove =
                    Remove { member: self.members[target], reason: "harm".into(), heads: Vec::new() };
                (seat, log(seat), Body::Remove(remove))
            }
        };
        self.control(by, in_log, body, deps)
    }

    /// Somebody new, on the newest invite; what lets them in they know, and no more.
    fn join(&mut self) -> Control {
        let full = self.invites.front().is_none_or(|(_, used)| *used >= USES);
        if full {
            let invite = self.one(Kind::Invite, true);
            self.entries.push(invite);
        }
        let new = self.members.len();
        self.members.push(member(new));
        self.current.push(new);
        let (invite, used) = self.invites.front_mut().expect("just made");
        *used += 1;
        let invite = *invite;
        let said = Join::invited(&self.id, &self.members[new], &log(new));
        let join = Join {
            member: self.members[new],
            seal: SealKey(self.bytes()),
            name: "new".into(),
            invite,
            invited: self.door.sign(&said).to_bytes(),
            charter: self.charter.hash(),
        };
        let made = self.control(new, log(new), Body::Join(join), vec![invite]);
        self.goes_on(&made, &[invite]);
        made
    }

    fn goes_on(&mut self, made: &Control, deps: &[EntryId]) {
        self.before.clone_from(&self.heads);
        self.heads.retain(|head| !deps.contains(head));
        self.heads.push(made.id);
    }

    fn somebody(&mut self) -> usize {
        self.current[self.chance.below(self.current.len() as u64) as usize]
    }

    fn control(&mut self, by: usize, log: LogId, body: Body, deps: Vec<EntryId>) -> Control {
        self.made += 1;
        let author = self.members[by];
        let links = Links::Control { prev: None, deps };
        let (seq, lamport, time) = (self.made, self.made, Millis(self.made));
        let entry = Entry { author: author.author(), log, seq, links, lamport, time, body };
        Control { id: EntryId(self.bytes()), author, entry }
    }

    fn bytes<const N: usize>(&mut self) -> [u8; N] {
        self.chance.bytes(N).try_into().expect("as many as asked for")
    }
}

fn member(place: usize) -> MemberKey {
    let mut seed = [0; 32];
    seed[..8].copy_from_slice(&(place as u64).to_be_bytes());
    MemberKey(Chance::of(seed).bytes(32).try_into().expect("32 bytes"))
}

fn log(place: usize) -> LogId {
    LogId((place as u64).to_be_bytes())
}
