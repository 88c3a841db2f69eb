//! Gossipsub as nodes are set up with it: its mesh, what it tells of what it has, and to whom a post is passed on.

use std::collections::BTreeSet;

use super::node::{SECOND, Time};
use super::session::ENVELOPE;
use super::setting::Cost;
use super::world::{Event, World};

/// Peers in the mesh: as many as are wanted, and the bounds between which nothing is changed.
const MESH: usize = 6;
const MESH_LOW: usize = 4;
const MESH_HIGH: usize = 12;
/// Peers outside the mesh that are told what there is: at least so many, and one in four.
const LAZY: usize = 6;
/// Heartbeats for which posts can be asked for, and of which is told.
const HISTORY: usize = 12;
const TOLD: usize = 3;
/// Who was turned away is not asked for so long.
const BACKOFF: Time = 60 * SECOND;
/// Bytes of a message beside its data: the topic's name and framing; of a message about messages, and of each id in it.
const AROUND: u64 = 76;
const ID: u64 = 22;

/// What nodes say to each other.
#[derive(Clone, Debug)]
pub enum Frame {
    Post(u32),
    Have(Vec<u32>),
    Want(Vec<u32>),
    Graft,
    Prune,
}

impl Frame {
    fn size(&self) -> (u64, Cost) {
        match self {
            Frame::Post(_) => (AROUND + ENVELOPE as u64, Cost::Post),
            Frame::Have(ids) => (AROUND + ID * ids.len() as u64, Cost::Talk),
            Frame::Want(ids) => (8 + ID * ids.len() as u64, Cost::Talk),
            Frame::Graft | Frame::Prune => (AROUND, Cost::Talk),
        }
    }
}

impl World {
    fn say(&mut self, from: usize, to: usize, frame: Frame) {
        let (bytes, cost) = frame.size();
        let arrives = self.send(from, to, bytes, cost);
        let lost = self.troubled && self.below(1000) < self.setting.loss;
        let life = self.life(to);
        if !lost && self.nodes[to].online {
            self.at(arrives, Event::Arrive { to, life, from, frame });
        }
    }

    /// Two proved nodes tell each other their topics.
    pub fn subscribed(&mut self, node: usize, peer: usize) {
        self.run.cost[Cost::Talk as usize] += AROUND;
        if self.nodes[node].mesh.len() < MESH_LOW && self.nodes[node].mesh.insert(peer) {
            self.say(node, peer, Frame::Graft);
        }
    }

    /// The author tells everybody who is connected.
    pub fn publish(&mut self, node: usize, post: u32) {
        self.remember(node, post);
        let peers: Vec<usize> = self.nodes[node].peers.keys().copied().collect();
        if peers.is_empty() {
            return;
        }
        for peer in self.shuffled(peers) {
            self.say(node, peer, Frame::Post(post));
        }
    }

    fn remember(&mut self, node: usize, post: u32) {
        let one = &mut self.nodes[node];
        one.seen.insert(post);
        if one.history.is_empty() {
            one.history.push_front(Vec::new());
        }
        one.history[0].push(post);
    }

    pub fn hear(&mut self, node: usize, from: usize, frame: Frame) {
        if !self.nodes[node].peers.contains_key(&from) {
            return;
        }
        match frame {
            Frame::Post(post) => {
                self.nodes[node].origins.entry(post).or_default().insert(from);
                if !self.nodes[node].seen.contains(&post) {
                    self.nodes[node].seen.insert(post);
                    self.admit(node, post, from);
                }
            }
            Frame::Have(ids) => {
                let wanted: Vec<u32> =
                    ids.into_iter().filter(|post| !self.nodes[node].seen.contains(post)).collect();
                if !wanted.is_empty() {
                    self.say(node, from, Frame::Want(wanted));
                }
            }
            Frame::Want(ids) => {
                let there: BTreeSet<u32> = self.nodes[node].history.iter().flatten().copied().collect();
                for post in ids.into_iter().filter(|post| there.contains(post)) {
                    self.say(node, from, Frame::Post(post));
                }
            }
            Frame::Graft => {
                let now = self.now;
                let one = &mut self.nodes[node];
                let outbound = one.peers.get(&from).is_some_and(|peer| peer.dialled);
                let backing = one.peers.get(&from).is_some_and(|peer| peer.backoff > now);
                if one.mesh.contains(&from) {
                } else if backing || (one.mesh.len() >= MESH_HIGH && !outbound) {
                    self.turn_away(node, from);
                } else {
                    one.mesh.insert(from);
                }
            }
            Frame::Prune => {
                let until = self.now + BACKOFF;
                self.nodes[node].mesh.remove(&from);
                if let Some(peer) = self.nodes[node].peers.get_mut(&from) {
                    peer.backoff = until;
                }
            }
        }
    }

    fn turn_away(&mut self, node: usize, peer: usize) {
        let until = self.now + BACKOFF;
        self.nodes[node].mesh.remove(&peer);
        if let Some(peer) = self.nodes[node].peers.get_mut(&peer) {
            peer.backoff = until;
        }
        self.say(node, peer, Frame::Prune);
    }

    /// A post was looked at: one that came by reconciliation meanwhile is not passed on.
    pub fn pass_on(&mut self, node: usize, post: u32, from: usize) {
        let origins = self.nodes[node].origins.remove(&post).unwrap_or_default();
        if !self.hold(node, post) {
            return;
        }
        self.remember(node, post);
        let mesh = self.nodes[node].mesh.iter().copied();
        let to: Vec<usize> = mesh.filter(|peer| *peer != from && !origins.contains(peer)).collect();
        for peer in to {
            self.say(node, peer, Frame::Post(post));
        }
    }

    pub fn heartbeat(&mut self, node: usize) {
        let now = self.now;
        let one = &self.nodes[node];
        let free = |peer: &usize| {
            !one.mesh.contains(peer) && one.peers.get(peer).is_some_and(|peer| peer.backoff <= now)
        };
        if one.mesh.len() < MESH_LOW {
            let room = MESH - one.mesh.len();
            let others: Vec<usize> = one.peers.keys().copied().filter(free).collect();
            for peer in self.shuffled(others).into_iter().take(room) {
                self.nodes[node].mesh.insert(peer);
                self.say(node, peer, Frame::Graft);
            }
        } else if one.mesh.len() > MESH_HIGH {
            let mesh: Vec<usize> = one.mesh.iter().copied().collect();
            for peer in self.shuffled(mesh).into_iter().skip(MESH) {
                self.turn_away(node, peer);
            }
        }
        let one = &self.nodes[node];
        let ids: Vec<u32> = one.history.iter().take(TOLD).flatten().copied().collect();
        if !ids.is_empty() {
            let others: Vec<usize> =
                one.peers.keys().copied().filter(|peer| !one.mesh.contains(peer)).collect();
            let many = LAZY.max(others.len() / 4);
            for peer in self.shuffled(others).into_iter().take(many) {
                self.say(node, peer, Frame::Have(ids.clone()));
            }
        }
        let history = &mut self.nodes[node].history;
        history.push_front(Vec::new());
        history.truncate(HISTORY);
    }
}
