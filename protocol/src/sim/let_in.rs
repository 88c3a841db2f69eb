//! Nobody is in whom nobody let in: what must hold, at every moment and on every honest node, of people who came on
//! invites that let nobody in alone.
//!
//! Told in the plainest way and from pasts alone: *somebody's word* for a person is an admit of a join of theirs,
//! with the join in its past, by who held an office there, and was there by somebody's word themselves if they need
//! one. The fold may heed less than every such word, and never anything else.

use std::collections::{BTreeMap, BTreeSet};

use super::life::Life;
use super::node::Node;
use crate::body::{Body, InviteMode, Role};
use crate::epoch::wrap;
use crate::group::{Control, Group, Standing};
use crate::id::{EntryId, MemberKey, SealKey};

/// What was looked at already.
#[derive(Clone, Debug, Default)]
pub(super) struct Looked {
    /// Of admits, whether they are somebody's word: their pasts do not change.
    words: BTreeMap<EntryId, bool>,
    /// Entries that bring keys.
    keys: BTreeSet<EntryId>,
    /// How much each node held.
    held: BTreeMap<usize, usize>,
    /// What was wrong first.
    broken: Option<String>,
}

/// What one node knows of who needs a word.
struct Book<'a> {
    group: &'a Group,
    all: Vec<Control>,
    /// Joins of people who have no other way in than an admit.
    asked: BTreeMap<MemberKey, Vec<EntryId>>,
}

impl Life {
    /// Looks at every honest node that has something new, and remembers what is wrong first.
    pub(super) fn watch(&mut self) {
        for who in 0..self.world.nodes.len() {
            let node = &self.world.nodes[who];
            let new = self.looked.held.insert(who, node.held.order.len()) != Some(node.held.order.len());
            let honest = !self.world.hostile.contains(&who) && node.group.is_some();
            if new && honest && self.looked.broken.is_none() {
                let mut looked = std::mem::take(&mut self.looked);
                looked.broken = self.in_unasked(node, &mut looked).err();
                self.looked = looked;
            }
        }
    }

    /// Nobody ever had any effect whom nobody let in, on any honest node.
    pub(super) fn nobody_in_unasked(&mut self) -> Result<(), String> {
        self.watch();
        self.looked.broken.clone().map_or(Ok(()), Err)
    }

    /// Whom a founder who is honest admitted is in, or was removed or left. How many were admitted, and how many who
    /// asked are not in.
    pub(super) fn who_was_let_in_is_in(&self, inside: &[usize]) -> Result<(usize, usize), String> {
        let node = &self.world.nodes[inside[0]];
        let book = Book::of(node);
        let founders: BTreeSet<MemberKey> = (0..self.size.honest + self.size.hostile)
            .filter(|who| !self.world.hostile.contains(who))
            .map(|who| self.world.nodes[who].key())
            .collect();
        let honest = |control: &&Control| founders.contains(&control.author);
        for control in book.all.iter().filter(honest) {
            let Body::Admit(admit) = &control.entry.body else { continue };
            let Some(join) = book.group.entry(&admit.join) else { continue };
            let standing = book.group.member(&join.author).map(|member| member.standing);
            if matches!(standing, None | Some(Standing::Waiting)) {
                return Err(format!(
                    "{} admitted {}, who waits still",
                    self.name(&control.author),
                    self.name(&join.author)
                ));
            }
        }
        let admitted = book.asked.keys().filter(|who| book.group.member(who).is_some_and(is_in)).count();
        let asked: BTreeSet<&MemberKey> =
            book.asked.keys().chain(self.knocks.iter().map(|knock| &knock.author)).collect();
        Ok((admitted, asked.len() - admitted))
    }

    fn in_unasked(&self, node: &Node, looked: &mut Looked) -> Result<(), String> {
        let book = Book::of(node);
        let group = book.group;
        for who in book.asked.keys() {
            let blame = |what: &str| {
                Err(format!("at {}, {} {what}, and nobody let them in", node.name, self.name(who)))
            };
            let counts = |id: &EntryId| group.counts(id);
            let theirs = || book.all.iter().filter(|control| control.author == *who);
            for control in theirs().filter(|control| group.counts(&control.id)) {
                let known = |id: &EntryId| group.precedes(id, &control.id);
                let bare = matches!(control.entry.body, Body::Join(_) | Body::OpenLog(_));
                if !bare && !book.is_in(who, &known, looked) {
                    return blame(&format!("did something ({})", super::world::word(&control.entry.body)));
                }
            }
            if book.is_in(who, &counts, looked) {
                continue;
            }
            if group.member(who).is_some_and(is_in) {
                return blame("is in");
            }
            if let Some(act) = theirs().find(|control| group.counts(&control.id)) {
                return blame(&format!("has an entry that counts ({})", super::world::word(&act.entry.body)));
            }
            let shown = |verified: &&crate::admit::Verified| {
                let entry = verified.entry();
                let content = !entry.body.kind().is_control() && verified.author() == who;
                content && group.shows(who, &entry.log, entry.seq)
            };
            if node.held.in_order().any(|verified| shown(&verified)) {
                return blame("is heard");
            }
        }
        self.keys_for_nobody(node, &book, looked)
    }

    /// No honest node gave a key to somebody of whom it did not know that they were let in.
    fn keys_for_nobody(&self, node: &Node, book: &Book<'_>, looked: &mut Looked) -> Result<(), String> {
        for verified in node.held.in_order().filter(|verified| *verified.author() == node.key()) {
            let (id, clear) = (verified.entry_id(), verified.envelope().clear());
            let Some(clear) = crate::epoch::Clear::decode(clear).ok().filter(|_| looked.keys.insert(*id))
            else {
                continue;
            };
            let known = |other: &EntryId| book.group.precedes(other, id);
            for who in book.asked.keys() {
                let mut tags = book.seals(who).map(|seal| wrap::tag(&clear.epoch(), &seal));
                let given = tags.any(|tag| clear.wraps().iter().any(|wrap| wrap.tag == tag));
                if given && !book.is_in(who, &known, looked) {
                    return Err(format!("{} gave a key to {}, who waits", node.name, self.name(who)));
                }
            }
        }
        Ok(())
    }
}

fn is_in(member: &crate::group::Member) -> bool {
    matches!(member.standing, Standing::Member | Standing::Left)
}

impl Book<'_> {
    fn of(node: &Node) -> Book<'_> {
        let all = node.controls_in_order();
        let group = node.group();
        let (mut asked, mut free): (BTreeMap<MemberKey, Vec<EntryId>>, BTreeSet<MemberKey>) =
            Default::default();
        for control in &all {
            match &control.entry.body {
                Body::Genesis(genesis) => free.extend(&genesis.founders),
                Body::Join(join) => {
                    let invite = group.entry(&join.invite).map(|invite| &invite.entry.body);
                    match invite {
                        Some(Body::Invite(invite))
                            if matches!(invite.mode, InviteMode::Confirm | InviteMode::Knock) =>
                        {
                            asked.entry(control.author).or_default().push(control.id);
                        }
                        _ => drop(free.insert(control.author)),
                    }
                }
                _ => {}
            }
        }
        asked.retain(|who, _| !free.contains(who));
        Book { group, all, asked }
    }

    /// The keys that keys could be wrapped to for somebody.
    fn seals(&self, who: &MemberKey) -> impl Iterator<Item = SealKey> {
        let theirs = self.all.iter().filter(move |control| control.author == *who);
        theirs.filter_map(|control| match &control.entry.body {
            Body::Join(join) => Some(join.seal),
            Body::OpenLog(open) => Some(open.seal),
            _ => None,
        })
    }

    /// Whether among these entries is somebody's word for a person; or what gave them a seat, which lets in by itself,
    /// once there had been such a word.
    fn is_in(&self, who: &MemberKey, among: &dyn Fn(&EntryId) -> bool, looked: &mut Looked) -> bool {
        let Some(joins) = self.asked.get(who) else { return true };
        self.all.iter().filter(|control| among(&control.id)).any(|control| match &control.entry.body {
            Body::Admit(admit) => joins.contains(&admit.join) && self.is_word(control, &admit.join, looked),
            Body::Promote(promote) if promote.member == *who && promote.role == Role::Seat => {
                self.is_in(who, &|id| self.group.precedes(id, &control.id), looked)
            }
            Body::Elect(elect) if elect.member == *who => {
                self.is_in(who, &|id| self.group.precedes(id, &control.id), looked)
            }
            _ => false,
        })
    }

    /// Whether an admit is the word of somebody who could give it, in its own past.
    fn is_word(&self, admit: &Control, join: &EntryId, looked: &mut Looked) -> bool {
        if let Some(known) = looked.words.get(&admit.id) {
            return *known;
        }
        let known = |id: &EntryId| self.group.precedes(id, &admit.id);
        let past = self.past(&known);
        let office = past
            .member(&admit.author)
            .is_some_and(|member| member.standing == Standing::Member && member.role >= Role::Deputy);
        let right = past.entry(join).is_some_and(|join| past.weigh(join).is_ok());
        let word = office && right && self.is_in(&admit.author, &known, looked);
        looked.words.insert(admit.id, word);
        word
    }

    /// The group as those know it who know these entries.
    fn past(&self, known: &dyn Fn(&EntryId) -> bool) -> Group {
        let mut past = Group::begin(self.all[0].clone()).expect("the genesis comes first");
        for control in self.all.iter().skip(1).filter(|control| known(&control.id)) {
            past.insert(control.clone()).expect("a past is closed");
        }
        past
    }
}
