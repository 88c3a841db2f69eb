//! What follows a proof: a peer is let in, or may try another key, or is sent away.

use kith_protocol::keeper::{PlaceRefused, Standing, Told};
use libp2p::PeerId;
use tokio::task::JoinSet;
use tokio::time::timeout;

use super::counters::Counters;
use super::door::{Failure, Judged};
use super::guests::Guest;
use super::place::Pass;
use super::task::{Done, Task};
use crate::swarm::PROVE_WITHIN;

impl Task {
    /// Lets a peer in, or not, and then tells it.
    pub(super) fn judged(
        &mut self,
        peer: PeerId,
        result: Result<Box<Judged>, Failure>,
        jobs: &mut JoinSet<Done>,
    ) {
        let judged = match result {
            Ok(judged) => judged,
            Err(error) => return self.failed(&peer, &error),
        };
        let answer = match judged.found {
            Ok((pass, told)) => self.let_in(&peer, pass, told),
            Err(why) => Err(why),
        };
        if judged.by_grant {
            match judged.found {
                Ok((pass, _)) => {
                    Counters::add(&self.counters.grants);
                    self.granted(pass);
                }
                Err(_) => Counters::add(&self.counters.grants_refused),
            }
        }
        jobs.spawn(async move {
            let answering = timeout(PROVE_WITHIN, judged.answer(answer)).await;
            Done::Answered { peer, result: answering.unwrap_or_else(|late| Err(late.into())) }
        });
    }

    fn let_in(&mut self, peer: &PeerId, pass: Pass, told: Told) -> Result<Told, PlaceRefused> {
        if !self.guests.has_room(pass.place, told.standing, peer) {
            return Err(PlaceRefused::Busy);
        }
        if !self.guests.settle(peer, pass, told.standing) {
            return Err(PlaceRefused::Unknown);
        }
        if told.standing == Standing::Member {
            let behaviour = self.swarm.behaviour_mut();
            behaviour.relay.open(*peer);
            behaviour.dial_back.open(*peer);
        }
        Ok(told)
    }

    /// Somebody was refused, who may have another key.
    pub(super) fn refused(&mut self, peer: &PeerId) {
        Counters::add(&self.counters.proofs_failed);
        if self.guests.all.get_mut(peer).is_some_and(Guest::tries) {
            self.disconnect(peer);
        }
    }

    pub(super) fn failed(&mut self, peer: &PeerId, error: &Failure) {
        Counters::add(&self.counters.proofs_failed);
        tracing::debug!(%error, "a proof failed");
        self.disconnect(peer);
    }
}
