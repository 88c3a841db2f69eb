//! Who can read what, at random: groups in which people come in, go, are removed, revoke, write and hand keys
//! around, in partitions that reshuffle, with real envelopes, mints, wraps and links.
//!
//! Two things must hold in every run. Nobody opens a post whose author knew that they are out, although all who
//! are out pool every key any of them ever got, and stale members go on wrapping for them. And once everybody
//! has met and calls for keys were answered, nobody who belongs is locked out of anything they are owed, and all
//! can write after one mint at most.
//!
//! Whoever belongs keeps the rules here: a member can always hand keys and texts to anybody.
//!
//! `SEED=n` replays one run, `SEEDS=n` runs as many as that.

use std::collections::BTreeSet;
use std::ops::Range;

use kith_protocol::body::Body;
use kith_protocol::charter::History;
use kith_protocol::envelope::Envelope;
use kith_protocol::epoch::{Choice, Recipient};
use kith_protocol::group::Standing;
use kith_protocol::id::{EntryId, EpochId, MemberKey};
use kith_protocol::sim::meeting::{heal, meet, meet_all};
use kith_protocol::sim::{Dice, Node, Shared, Ticket};

const STEPS: usize = 60;
/// Devices in one group; more would only make a run longer.
const NODES: usize = 12;

struct Said {
    text: String,
    epoch: EpochId,
    author: String,
    /// Whom its author knew to be out.
    out: BTreeSet<MemberKey>,
    /// Whom its author had not heard of, come in on an invite that its author knew to be at an end. They were
    /// out if nobody else had vouched for them, as the whole set will tell.
    late: BTreeSet<MemberKey>,
}

struct World {
    nodes: Vec<Node>,
    /// Which invite each node's person came in on.
    came_on: Vec<Option<EntryId>>,
    side: Vec<usize>,
    tickets: Vec<Ticket>,
    said: Vec<Said>,
    dice: Dice,
}

#[derive(Default, Debug)]
struct Tally {
    posts: usize,
    mints: usize,
    removals: usize,
    shut_out: usize,
    checked: usize,
}

#[test]
fn with_history_nobody_out_reads_on_and_nobody_inside_is_locked_out() {
    runs(History::All);
}

#[test]
fn without_history_nobody_out_reads_on_and_nobody_inside_is_locked_out() {
    runs(History::None);
}

fn runs(history: History) {
    let number = |name: &str| std::env::var(name).ok().and_then(|text| text.parse::<u64>().ok());
    let seeds: Range<u64> = match (number("SEED"), number("SEEDS")) {
        (Some(seed), _) => seed..seed + 1,
        (None, count) => 0..count.unwrap_or(150),
    };
    let many = seeds.end - seeds.start >= 100;
    let mut tally = Tally::default();
    for seed in seeds {
        let run = std::panic::catch_unwind(|| World::new(seed, history).run());
        let one = run.unwrap_or_else(|_| panic!("SEED={seed} breaks it, {history:?}"));
        tally.posts += one.posts;
        tally.mints += one.mints;
        tally.removals += one.removals;
        tally.shut_out += one.shut_out;
        tally.checked += one.checked;
    }
    println!("{history:?}: {tally:?}");
    assert!(!many || tally.shut_out > 300, "hardly anybody was out: {tally:?}");
}

impl World {
    fn new(seed: u64, history: History) -> World {
        let dice = Dice::new(seed, "model");
        let mut nodes = Node::founders(&["ada", "ben", "cam"], history);
        let shared = Shared::default();
        for node in &mut nodes {
            node.shared = Some(shared.clone());
        }
        let mut came_on = vec![None; 3];
        let ticket = nodes[0].invite(500).unwrap();
        for name in ["dov", "eli", "fay"] {
            let node = Node::join(name, &ticket, &mut nodes[0]).unwrap();
            nodes.push(node);
            came_on.push(Some(ticket.invite));
        }
        meet_all(&mut nodes.iter_mut().collect::<Vec<_>>());
        let side = vec![0; nodes.len()];
        World { nodes, came_on, side, tickets: vec![ticket], said: Vec::new(), dice }
    }

    fn run(mut self) -> Tally {
        let mut tally = Tally::default();
        for step in 0..STEPS {
            let removed = self.step(step);
            tally.removals += usize::from(removed);
        }
        self.finish(&mut tally);
        tally.posts = self.said.len();
        tally.mints = self.nodes.iter().map(|node| node.mints).sum();
        tally
    }

    fn pick(&mut self, n: usize) -> usize {
        self.dice.place(n)
    }

    /// Somebody who believes to belong.
    fn somebody(&mut self) -> Option<usize> {
        let i = self.pick(self.nodes.len());
        let node = &self.nodes[i];
        (node.group.is_some() && node.is_current(&node.key())).then_some(i)
    }

    /// Whether two nodes talk: in one partition, and neither knows the other to be out.
    fn talk(&self, i: usize, j: usize) -> bool {
        let knows_out = |a: &Node, b: &Node| {
            let member = a.group.as_ref().and_then(|group| group.member(&b.key()));
            member.is_some_and(|member| member.standing != Standing::Member)
        };
        let (a, b) = (&self.nodes[i], &self.nodes[j]);
        i != j && self.side[i] == self.side[j] && !knows_out(a, b) && !knows_out(b, a)
    }

    fn pair(&mut self, i: usize, j: usize) -> (&mut Node, &mut Node) {
        let (low, high) = self.nodes.split_at_mut(i.max(j));
        let (first, second) = (&mut low[i.min(j)], &mut high[0]);
        if i < j { (first, second) } else { (second, first) }
    }

    fn add(&mut self, node: Node, came_on: Option<EntryId>, side: usize) {
        self.nodes.push(node);
        self.came_on.push(came_on);
        self.side.push(side);
    }

    /// One random act; whether it was a removal.
    fn step(&mut self, step: usize) -> bool {
        let act = self.pick(100);
        let Some(mut i) = self.somebody() else { return false };
        let j = self.pick(self.nodes.len());
        let side = self.side[i];
        match act {
            0..30 if self.talk(i, j) => {
                let (a, b) = self.pair(i, j);
                meet(a, b);
            }
            30..52 => self.post(i, step),
            52..60 if self.nodes.len() < NODES => {
                let n = self.pick(self.tickets.len());
                let ticket = self.tickets[n].clone();
                if let Some(node) = Node::join(&format!("new {step}"), &ticket, &mut self.nodes[i]) {
                    self.add(node, Some(ticket.invite), side);
                }
            }
            60..64 => {
                let uses = [1, 3, 50][self.pick(3)];
                let ticket = self.nodes[i].invite(uses);
                self.tickets.extend(ticket);
            }
            64..78 => {
                let target = self.nodes[j].key();
                i = j % 3;
                if j > 2 && self.nodes[i].is_current(&target) {
                    self.nodes[i].remove(&target);
                    return true;
                }
            }
            78..81 => {
                i = j % 3;
                let n = self.pick(self.tickets.len());
                let invite = self.tickets[n].invite;
                if self.nodes[i].group().invite(&invite).is_some_and(|invite| invite.live) {
                    self.nodes[i].revoke(invite);
                }
            }
            81..82 if i > 2 => {
                self.nodes[i].leave();
            }
            82..89 => self.wrap_old(i, j),
            89..93 if self.talk(i, j) => {
                let (a, b) = self.pair(i, j);
                a.asks(b);
            }
            93..96 => {
                self.nodes[i].answer();
            }
            96..98 if self.nodes.len() < NODES && self.talk(i, j) && self.nodes[j].group.is_some() => {
                let name = self.nodes[i].name.clone();
                let mut device = Node::new(&name, step as u8 + 1, *self.nodes[i].ring.group());
                device.shared = self.nodes[i].shared.clone();
                device.now = self.nodes[i].now;
                if device.enter_by_log(&mut self.nodes[j]) {
                    let came_on = self.came_on[i];
                    self.add(device, came_on, side);
                }
            }
            98.. => {
                for n in 0..self.nodes.len() {
                    self.side[n] = self.pick(3);
                }
            }
            _ => {}
        }
        false
    }

    fn post(&mut self, i: usize, step: usize) {
        let text = format!("{} at {step}", self.nodes[i].name);
        let (out, late) = (self.known_out(i), self.late(i));
        if let Some(post) = self.nodes[i].post(&text) {
            let author = self.nodes[i].name.clone();
            self.said.push(Said { text, epoch: *post.epoch(), author, out, late });
        }
    }

    fn known_out(&self, i: usize) -> BTreeSet<MemberKey> {
        let members = self.nodes[i].group().members();
        members.filter(|member| member.standing != Standing::Member).map(|member| member.key).collect()
    }

    fn late(&self, i: usize) -> BTreeSet<MemberKey> {
        let group = self.nodes[i].group();
        let people = self.nodes.iter().zip(&self.came_on);
        let unheard = people.filter(|(node, _)| group.member(&node.key()).is_none());
        let late = unheard.filter(|(_, invite)| {
            invite.and_then(|id| group.invite(&id)).is_some_and(|invite| !invite.revoked.is_empty())
        });
        late.map(|(node, _)| node.key()).collect()
    }

    /// Somebody who may be behind the times wraps any epoch they hold, for anybody they think belongs.
    fn wrap_old(&mut self, i: usize, j: usize) {
        let to = self.nodes[j].key();
        let held: Vec<EpochId> = self.nodes[i].ring.kept().map(|key| key.id()).collect();
        if held.is_empty() || !self.nodes[i].is_current(&to) {
            return;
        }
        let epoch = held[self.pick(held.len())];
        let node = &mut self.nodes[i];
        let minted = node
            .held
            .envelopes
            .values()
            .any(|verified| matches!(&verified.entry().body, Body::Mint(mint) if mint.epoch == epoch));
        let owed = node.ring.owed(&epoch, &to, node.group());
        let logs = node.group().member(&to).map(|member| member.logs.clone()).unwrap_or_default();
        let wrap_to: Vec<_> = logs.iter().map(|log| Recipient { member: to, seal: log.seal }).collect();
        if !minted || !owed {
            return;
        }
        let Some(keys) = node.ready() else { return };
        let Ok(Some((body, clear))) = node.ring.wrap(&epoch, &wrap_to, &mut node.dice) else { return };
        let entry = node.entry(Body::Wrap(body));
        node.write(entry, &keys, Some(clear)).unwrap();
    }

    fn finish(&mut self, tally: &mut Tally) {
        self.side.fill(0);
        loop {
            let before: usize = self.nodes.iter().map(|node| node.held.envelopes.len()).sum();
            for i in 0..self.nodes.len() {
                for j in 0..i {
                    if self.talk(i, j) {
                        let (a, b) = self.pair(i, j);
                        meet(a, b);
                    }
                }
            }
            if self.nodes.iter().map(|node| node.held.envelopes.len()).sum::<usize>() == before {
                break;
            }
        }
        let belongs: Vec<bool> = {
            let ada = &self.nodes[0];
            self.nodes.iter().map(|node| ada.is_current(&node.key())).collect()
        };
        let mut everything: Vec<Envelope> = self.nodes.iter().flat_map(clear_parts).collect();
        let (mut inside, mut outside) = (Vec::new(), Vec::new());
        for (node, belongs) in self.nodes.iter_mut().zip(&belongs) {
            if *belongs { inside.push(node) } else { outside.push(node) }
        }
        heal(&mut inside);
        for node in &inside {
            assert_eq!(node.controls(), inside[0].controls(), "{} and ada differ", node.name);
            assert_eq!(node.group().state_hash(), inside[0].group().state_hash(), "{}", node.name);
        }
        for said in &self.said {
            let readers = inside.iter().filter(|node| node.texts().contains(&said.text)).count();
            for node in &inside {
                let owed = node.ring.owed(&said.epoch, &node.key(), node.group());
                tally.checked += 1;
                assert!(
                    !owed || readers == 0 || node.texts().contains(&said.text),
                    "{} is locked out of {:?} by {}",
                    node.name,
                    said.text,
                    said.author
                );
            }
        }
        // One mint of a facilitator, at most, and everybody can write.
        inside[0].ready().expect("ada can write");
        meet_all(&mut inside);
        for node in &mut inside {
            let minted = node.mints;
            assert!(node.ready().is_some(), "{} cannot write: {:?}", node.name, node.best());
            assert_eq!(node.mints, minted, "{} had to mint", node.name);
            assert!(matches!(node.best(), Choice::Send { .. }));
        }
        // All who are out get every mint and wrap there ever was, and pool what they make of it.
        for node in &inside {
            everything.extend(clear_parts(node));
        }
        for node in &mut outside {
            while everything.iter().any(|envelope| !node.ring.learn(envelope).is_empty()) {}
        }
        for said in &self.said {
            let never_in = |key: &MemberKey| {
                let member = inside[0].group().member(key);
                member.is_none_or(|member| member.standing == Standing::Waiting)
            };
            let late = said.late.iter().filter(|key| never_in(key));
            let out: BTreeSet<&MemberKey> = said.out.iter().chain(late).collect();
            tally.shut_out += out.len();
            let mut pool = outside.iter().filter(|node| out.contains(&node.key()));
            let reader = pool.find(|node| node.whole(&said.epoch));
            assert!(
                reader.is_none(),
                "{} reads {:?}, whose author {} knew them to be out",
                reader.unwrap().name,
                said.text,
                said.author
            );
        }
    }
}

/// The envelopes a node holds that bring keys.
fn clear_parts(node: &Node) -> Vec<Envelope> {
    let envelopes = node.held.envelopes.values().map(|verified| verified.envelope());
    envelopes.filter(|envelope| !envelope.clear().is_empty()).cloned().collect()
}
