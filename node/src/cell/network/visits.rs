//! With whom to reconcile, and when: whoever may have missed something, now and then everybody, keepers more rarely; and what
//! follows a reconciliation.

use std::time::Duration;

use kith_protocol::id::MemberKey;
use kith_protocol::keeper::Standing;
use kith_protocol::sync::Role;
use rand::RngExt;
use tokio::time::Instant;

use super::super::engine::Engine;
use super::super::errands;
use super::super::sessions::{Synced, ask_in, reconcile};
use super::{Done, NEWCOMERS, NetworkTask, Owed, Proved, TICK};
use crate::swarm::{Direction, Kind, PeerId, Who};

/// A keeper is reconciled with so many times as rarely: it says when it has something new.
const KEEPER_RESTS: u32 = 10;
/// A connected peer is reconciled with at least this often, and at most twice as often.
const RECONCILE_EVERY: Duration = Duration::from_secs(120);

impl NetworkTask {
    pub(super) fn proved(&mut self, peer: PeerId, who: Who, direction: Direction) {
        let busy = self.peers.get(&peer).is_some_and(|before| before.busy);
        // Who proves more while a session runs waits no longer than for its end.
        let again = busy && direction == Direction::Outbound;
        // The side that dialled begins; the other leaves it a moment.
        let wait = if direction == Direction::Outbound { Duration::ZERO } else { TICK * 2 };
        let now = Instant::now();
        let (rest, due, owed) = (now + wait, now + RECONCILE_EVERY, Owed::default());
        self.peers.insert(peer, Proved { who, dirty: true, busy, again, rest, due, owed });
        self.state.send_modify(|_| {});
        self.fetching.came(&peer);
        if direction == Direction::Outbound {
            self.approach(peer);
        }
    }

    /// Asks to be let in if this node is not, else reconciles.
    pub(super) fn approach(&mut self, peer: PeerId) {
        // Whoever is alone asks a keeper more often where the others are.
        let alone = !self.peers.values().any(|proved| matches!(proved.who, Who::Member { .. }));
        let Some(proved) = self.peers.get_mut(&peer).filter(|proved| !proved.busy) else { return };
        if matches!(proved.who, Who::Invite { .. }) {
            return; // They come to us.
        }
        proved.busy = true;
        // From here on: what comes up while the session runs is for the next one.
        proved.dirty = false;
        let rests = if proved.is_keeper() && !alone { KEEPER_RESTS } else { 1 };
        proved.due = Instant::now() + (RECONCILE_EVERY * rests).mul_f64(rand::rng().random_range(1.0..2.0));
        let (engine, network) = (self.engine.clone(), self.network.clone());
        let (who, state) = (proved.who, self.state.clone());
        let host = who.device().map(|(key, _)| key);
        let asks = !proved.is_keeper();
        self.tasks.spawn(async move {
            if asks && let Ok(Some(question)) = engine.read(move |engine| engine.question(host)).await {
                if let Err(error) = ask_in(&engine, &network, peer, question).await {
                    tracing::debug!(%error, "a question to be let in was not answered");
                    return Done::Asked(peer);
                }
                if let Ok(Some(pause)) = engine.read(|engine| engine.pause_at_the_door()).await {
                    return Done::Knocked(peer, pause);
                }
            }
            match network.open(peer, Kind::Sync).await {
                Ok(stream) => {
                    Done::Synced(peer, reconcile(engine, stream, peer, who, Role::Initiator, state).await)
                }
                Err(_) => Done::Synced(peer, Synced::default()),
            }
        });
    }

    pub(super) async fn finished(&mut self, done: Done) {
        match done {
            Done::Synced(peer, synced) => {
                if let Some(proved) = self.peers.get_mut(&peer) {
                    proved.busy = false;
                    proved.dirty |= !synced.complete;
                    proved.rest = Instant::now() + TICK;
                    if std::mem::take(&mut proved.again) {
                        self.approach(peer);
                    }
                }
                self.run_errands(peer, synced);
                self.pass_on(peer, synced).await;
            }
            Done::Served(peer, synced) => {
                if let Some(proved) = self.peers.get_mut(&peer) {
                    proved.dirty |= !synced.complete;
                }
                self.run_errands(peer, synced);
                self.pass_on(peer, synced).await;
            }
            Done::Ran(peer, ran) => {
                let proved = self.peers.get_mut(&peer);
                match (ran, proved.map(|proved| &mut proved.who)) {
                    (Ok(now), Some(Who::Keeper { told, .. })) => *told = now,
                    (Err(error), _) => tracing::debug!(%error, "a keeper was not told everything"),
                    _ => {}
                }
            }
            Done::Asked(peer) => {
                if let Some(proved) = self.peers.get_mut(&peer) {
                    proved.busy = false;
                    proved.dirty = true;
                    proved.rest = Instant::now() + TICK * 5;
                }
            }
            Done::Knocked(peer, pause) => {
                if let Some(proved) = self.peers.get_mut(&peer) {
                    proved.busy = false;
                    proved.again = false;
                    proved.dirty = false;
                    (proved.rest, proved.due) = (Instant::now() + TICK, Instant::now() + pause);
                }
            }
            Done::LetIn(peer) => {
                if self.let_in.len() >= NEWCOMERS {
                    self.let_in.pop_first();
                }
                self.let_in.insert(peer);
            }
            Done::Receipt(peer, arrived) => self.receipt_ended(peer, arrived),
            Done::Other => {}
        }
    }

    /// What has been compared with a keeper may be followed by what it is to know.
    fn run_errands(&mut self, peer: PeerId, synced: Synced) {
        let Some(Who::Keeper { place, told }) = self.peers.get(&peer).map(|proved| proved.who) else {
            return;
        };
        if synced.complete && told.standing == Standing::Member {
            let (engine, network) = (self.engine.clone(), self.network.clone());
            self.tasks.spawn(async move {
                Done::Ran(peer, errands::run(&engine, &network, peer, place, told).await)
            });
        }
    }

    /// What came from one is news for the others; whoever broke the rules is left alone.
    async fn pass_on(&mut self, from: PeerId, synced: Synced) {
        if synced.wrong {
            // A network that has closed has let go of everybody.
            let _ = self.network.blame(from).await;
        }
        if synced.received > 0 {
            let others = self.peers.iter_mut().filter(|(peer, _)| **peer != from);
            others.for_each(|(_, proved)| proved.dirty = true);
        }
    }

    /// Once a second: what the engine owes, and who is to be reconciled with.
    pub(super) async fn look_after(&mut self) {
        let connected: Vec<MemberKey> = self
            .peers
            .values()
            .filter_map(|proved| match proved.who {
                Who::Member { key, .. } => Some(key),
                _ => None,
            })
            .collect();
        let kept = self.peers.values().any(|proved| proved.who.keeps());
        let look = move |engine: &mut Engine| {
            engine.look_after(&connected, kept)?;
            Ok(engine.owed_receipts())
        };
        if let Ok(receipts) = self.engine.write(look).await {
            self.send_receipts(&receipts);
        }
        self.fetch().await;
        let now = Instant::now();
        let ready =
            |proved: &Proved| !proved.busy && proved.rest <= now && (proved.dirty || proved.due <= now);
        let due: Vec<PeerId> =
            self.peers.iter().filter(|(_, proved)| ready(proved)).map(|(peer, _)| *peer).collect();
        for peer in due {
            self.approach(peer);
        }
    }

    pub(super) fn mark_dirty(&mut self, peer: PeerId) {
        if let Some(proved) = self.peers.get_mut(&peer) {
            proved.dirty = true;
        }
    }

    pub(super) fn mark_all_dirty(&mut self) {
        self.peers.values_mut().for_each(|proved| proved.dirty = true);
    }
}
