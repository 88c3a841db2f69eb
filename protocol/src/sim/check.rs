//! What must hold of every group once everybody who belongs has met.
//!
//! One list, in [`Life::check`]; each says in words what is wrong.

use std::collections::{BTreeMap, BTreeSet};

use super::life::{Life, Said};
use super::node::Node;
use crate::body::{Body, Role};
use crate::charter::{Charter, Inviters};
use crate::envelope::Envelope;
use crate::epoch::Keyring;
use crate::group::{Control, Group, Standing};
use crate::id::{EntryId, EpochId, MemberKey};

/// What a run came to.
#[derive(Clone, Copy, Debug, Default)]
pub struct Tally {
    /// Posts of honest people.
    pub posts: usize,
    /// Posts compared with a reader.
    pub read: usize,
    /// Posts compared with somebody who was out.
    pub shut_out: usize,
    /// Honest nodes that belong at the end.
    pub inside: usize,
    /// Entries of hostile people that count.
    pub hostile: usize,
    /// People who asked to come in, and were admitted.
    pub admitted: usize,
    /// People who asked, and are not in.
    pub unanswered: usize,
}

impl std::ops::AddAssign for Tally {
    fn add_assign(&mut self, other: Tally) {
        self.posts += other.posts;
        self.read += other.read;
        self.shut_out += other.shut_out;
        self.inside += other.inside;
        self.hostile += other.hostile;
        self.admitted += other.admitted;
        self.unanswered += other.unanswered;
    }
}

impl Life {
    /// Lets everybody meet, and looks at what came of it.
    ///
    /// # Errors
    /// A sentence that says which rule was broken.
    pub fn check(&mut self) -> Result<Tally, String> {
        self.world.rest();
        let inside = self.inside()?;
        let mut tally = Tally { posts: self.said.len(), inside: inside.len(), ..Tally::default() };
        if let Some(blame) = self.world.blamed.first() {
            return Err(format!("an honest node is blamed: {blame}"));
        }
        self.nobody_in_unasked()?;
        self.one_state(&inside)?;
        self.facilitators_stay(&inside)?;
        self.one_timeline(&inside)?;
        (tally.admitted, tally.unanswered) = self.who_was_let_in_is_in(&inside)?;
        tally.hostile = self.right_in_their_past(&inside)?;
        tally.read = self.everybody_reads(&inside)?;
        tally.shut_out = self.nobody_out_reads()?;
        self.everybody_can_write(&inside)?;
        self.withdrawn_stays_away(&inside)?;
        Ok(tally)
    }

    /// The honest nodes whose people belong, as the facilitator knows who knows most.
    pub(super) fn inside(&self) -> Result<Vec<usize>, String> {
        let nodes = &self.world.nodes;
        let honest = (0..nodes.len()).filter(|who| !self.world.hostile.contains(who));
        let belongs = |who: &usize| nodes[*who].is_current(&nodes[*who].key());
        let rank = |who: &usize| {
            let member = nodes[*who].group().member(&nodes[*who].key());
            (member.map(|member| member.role), nodes[*who].controls().len())
        };
        let reference = honest.clone().filter(belongs).max_by_key(rank).ok_or("nobody is left")?;
        Ok(honest.filter(|who| nodes[reference].is_current(&nodes[*who].key())).collect())
    }

    /// All have the same control entries, and they say the same to all.
    fn one_state(&self, inside: &[usize]) -> Result<(), String> {
        let nodes = &self.world.nodes;
        let first = &nodes[inside[0]];
        for node in inside.iter().map(|who| &nodes[*who]) {
            if node.controls() != first.controls() {
                return Err(format!("{} and {} hold other control entries", node.name, first.name));
            }
            if node.group().state_hash() != first.group().state_hash() {
                return Err(format!(
                    "{} and {} make something else of the same entries",
                    node.name, first.name
                ));
            }
        }
        Ok(())
    }

    /// There is a facilitator, and no honest founder lost their seat: none of them leaves, and nobody honest
    /// votes against them.
    fn facilitators_stay(&self, inside: &[usize]) -> Result<(), String> {
        let group = self.world.nodes[inside[0]].group();
        if group.seats().is_empty() {
            return Err("nobody has a seat".into());
        }
        let founders =
            (0..self.size.honest + self.size.hostile).filter(|who| !self.world.hostile.contains(who));
        for node in founders.map(|who| &self.world.nodes[who]) {
            let member = group.member(&node.key());
            if !member.is_some_and(|member| member.standing == Standing::Member && member.role == Role::Seat)
            {
                return Err(format!("{} lost a seat, and nobody honest voted for that", node.name));
            }
        }
        Ok(())
    }

    /// Whatever counts of hostile people they had the right to do, as those know who know its past and nothing
    /// else. How much that is.
    fn right_in_their_past(&self, inside: &[usize]) -> Result<usize, String> {
        let node = &self.world.nodes[inside[0]];
        let (group, all) = (node.group(), node.controls_in_order());
        let hostile: BTreeSet<MemberKey> =
            self.world.hostile.iter().map(|who| self.world.nodes[*who].key()).collect();
        let theirs = |control: &&Control| hostile.contains(&control.author) && group.counts(&control.id);
        let mut counting = 0;
        for control in all.iter().skip(1).filter(theirs) {
            let mut past = Group::begin(all[0].clone()).map_err(|error| error.to_string())?;
            for earlier in all.iter().skip(1).filter(|earlier| group.precedes(&earlier.id, &control.id)) {
                past.insert(earlier.clone()).map_err(|error| error.to_string())?;
            }
            past.weigh(control)
                .map_err(|why| format!("{} counts, and {why}", super::world::word(&control.entry.body)))?;
            let role = past.member(&control.author).filter(|member| member.standing == Standing::Member);
            let least = least_role(&control.entry.body, past.charter(), control, &past);
            if least > Some(Role::Member) && role.map(|member| member.role) < least {
                return Err(format!(
                    "{} counts without the office for it",
                    super::world::word(&control.entry.body)
                ));
            }
            counting += 1;
        }
        Ok(counting)
    }

    /// What two nodes can both read, they show in the same order.
    fn one_timeline(&self, inside: &[usize]) -> Result<(), String> {
        let lines: Vec<Vec<(EntryId, String)>> =
            inside.iter().map(|who| self.world.nodes[*who].timeline()).collect();
        let sets: Vec<BTreeSet<EntryId>> =
            lines.iter().map(|line| line.iter().map(|(id, _)| *id).collect()).collect();
        for other in 1..lines.len() {
            let both = |line: &[(EntryId, String)], set: &BTreeSet<EntryId>| -> Vec<EntryId> {
                line.iter().map(|(id, _)| *id).filter(|id| set.contains(id)).collect()
            };
            if both(&lines[0], &sets[other]) != both(&lines[other], &sets[0]) {
                let [one, other] = [inside[0], inside[other]].map(|who| &self.world.nodes[who].name);
                return Err(format!("{one} and {other} show posts in another order"));
            }
        }
        Ok(())
    }

    /// What an honest member wrote is readable by every member who may have it; what somebody wrote who is no
    /// member now, by all of those or none. And nobody loses what they wrote.
    fn everybody_reads(&self, inside: &[usize]) -> Result<usize, String> {
        let texts: Vec<BTreeSet<String>> = inside.iter().map(|who| self.world.nodes[*who].texts()).collect();
        let mut read = 0;
        for said in self.said.iter().filter(|said| !said.withdrawn) {
            let author = &self.world.nodes[said.author];
            let kept =
                author.own.iter().any(|bytes| Envelope::decode(bytes).is_ok_and(|e| e.id() == said.envelope));
            if !kept {
                return Err(format!("{} lost what they wrote: {:?}", author.name, said.text));
            }
            let belongs = inside.contains(&said.author);
            let someone = belongs || texts.iter().any(|texts| texts.contains(&said.text));
            for (who, texts) in inside.iter().zip(&texts) {
                let node = &self.world.nodes[*who];
                read += 1;
                if someone
                    && node.ring.owed(&said.epoch, &node.key(), node.group())
                    && !texts.contains(&said.text)
                {
                    return Err(format!("{} cannot read {:?} by {}", node.name, said.text, author.name));
                }
            }
        }
        Ok(read)
    }

    /// What somebody took back is nowhere where that is known, and that is known to all who may know it.
    fn withdrawn_stays_away(&self, inside: &[usize]) -> Result<(), String> {
        for said in self.said.iter().filter(|said| said.withdrawn) {
            let belongs = inside.contains(&said.author);
            for (who, node) in self.world.nodes.iter().enumerate() {
                let known = node.held.was_taken_back(&said.envelope);
                let here = node.held.envelopes.contains_key(&said.envelope);
                if known && here {
                    return Err(format!("{} keeps {:?}, which was taken back", node.name, said.text));
                }
                let shown = || node.timeline().iter().any(|(_, text)| *text == said.text);
                if belongs && inside.contains(&who) && shown() {
                    return Err(format!("{} shows {:?}, which was taken back", node.name, said.text));
                }
            }
        }
        Ok(())
    }

    /// Nobody whose end the author knew of opens a post, although all of them pool every key they ever got. A
    /// hostile person who was still inside can hand on anything: what such people gave away is left out while
    /// the author did not know that they are out. Nor is it meant of somebody who belongs after all: a removal by one
    /// does nothing to whom a quorum gave a seat beside it, and they are owed what was said meanwhile.
    fn nobody_out_reads(&self) -> Result<usize, String> {
        let nodes = &self.world.nodes;
        let all: Vec<(usize, Envelope)> = self.clear_parts();
        let honest: Vec<&Envelope> = all
            .iter()
            .filter(|(author, _)| !self.world.hostile.contains(author))
            .map(|(_, envelope)| envelope)
            .collect();
        let everything: Vec<&Envelope> = all.iter().map(|(_, envelope)| envelope).collect();
        let of_honest: Vec<BTreeSet<EpochId>> =
            nodes.iter().map(|node| reach(node, false, &honest)).collect();
        let of_all: Vec<BTreeSet<EpochId>> =
            nodes.iter().map(|node| reach(node, true, &everything)).collect();
        let hostile: BTreeSet<MemberKey> = self.world.hostile.iter().map(|who| nodes[*who].key()).collect();
        let inside = self.inside()?;
        let group = nodes[inside[0]].group();
        // Who waited then may have been let in since by somebody who fell later, or for an honest person who was cut
        // off from those who know better: hostile people inside could hand on the same keys.
        let let_in = |key: &MemberKey| {
            nodes[inside[0]].controls_in_order().iter().any(|control| {
                let Body::Admit(admit) = &control.entry.body else { return false };
                let theirs = group.entry(&admit.join).is_some_and(|join| join.author == *key);
                theirs && group.weigh(control).is_ok()
            })
        };
        let honest_nodes = || nodes.iter().filter(|node| !hostile.contains(&node.key()));
        let never_in = |key: &&MemberKey| {
            let waits = group.member(key).is_none_or(|member| member.standing == Standing::Waiting);
            waits && !let_in(key) && !honest_nodes().any(|node| node.is_current(key))
        };
        let out_still =
            |key: &&MemberKey| group.member(key).is_none_or(|member| member.standing != Standing::Member);
        let mut compared = 0;
        for said in &self.said {
            let out: BTreeSet<&MemberKey> =
                said.out.iter().filter(out_still).chain(said.late.iter().filter(never_in)).collect();
            let alone = hostile.iter().all(|key| out.contains(key));
            let reached = if alone { &of_all } else { &of_honest };
            for (node, epochs) in nodes.iter().zip(reached).filter(|(node, _)| out.contains(&node.key())) {
                compared += 1;
                if epochs.contains(&said.epoch) {
                    let author = &nodes[said.author].name;
                    return Err(format!(
                        "{} opens {:?}, whose author {author} knew them to be out",
                        node.name, said.text
                    ));
                }
            }
        }
        Ok(compared)
    }

    /// The envelopes that bring keys, and whose node wrote each.
    fn clear_parts(&self) -> Vec<(usize, Envelope)> {
        let authors: BTreeMap<MemberKey, usize> =
            self.world.nodes.iter().enumerate().map(|(who, node)| (node.key(), who)).collect();
        let mut found = BTreeMap::new();
        for verified in self.world.nodes.iter().flat_map(|node| node.held.envelopes.values()) {
            if !verified.envelope().clear().is_empty()
                && let Some(author) = authors.get(verified.author())
            {
                found
                    .entry(*verified.envelope_id())
                    .or_insert_with(|| (*author, verified.envelope().clone()));
            }
        }
        found.into_values().collect()
    }

    /// After one mint at most, everybody who belongs can write.
    fn everybody_can_write(&mut self, inside: &[usize]) -> Result<(), String> {
        for who in inside {
            if self.world.act(*who, |node| node.ready()).is_none() {
                let node = &self.world.nodes[*who];
                return Err(format!("{} cannot write: {:?}", node.name, node.best()));
            }
            self.world.go(1000);
        }
        Ok(())
    }

    /// The post of this text, for a story.
    pub fn post_of(&self, text: &str) -> Option<&Said> {
        self.said.iter().find(|said| said.text == text)
    }
}

/// The least office it takes to do something, told in the plainest way: to be compared with what the fold says.
fn least_role(body: &Body, charter: &Charter, control: &Control, past: &Group) -> Option<Role> {
    Some(match body {
        Body::Invite(_) if charter.inviters == Inviters::Facilitators => Role::Deputy,
        Body::Revoke(revoke) if past.invite(&revoke.invite)?.author != control.author => Role::Deputy,
        Body::Admit(_) | Body::Remove(_) => Role::Deputy,
        Body::Promote(_) | Body::Demote(_) | Body::Amend(_) => Role::Seat,
        _ => Role::Member,
    })
}

/// The epochs that somebody reaches whole: with everything they hold, or with their own secrets alone, from
/// these envelopes.
fn reach(node: &Node, all: bool, envelopes: &[&Envelope]) -> BTreeSet<EpochId> {
    let mut ring = if all { node.ring.clone() } else { Keyring::new(*node.ring.group()) };
    ring.own(node.secrets.seal(&node.log));
    while envelopes.iter().any(|envelope| !ring.learn(envelope).is_empty()) {}
    ring.kept().map(|key| key.id()).collect()
}
