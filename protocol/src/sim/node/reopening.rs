//! What a crash does to a node, and how it comes back.

use super::{Flaw, Node};
use crate::admit::Waiting;
use crate::envelope::Stub;
use crate::epoch::Keyring;
use crate::id::EnvelopeId;
use crate::sim::held::Held;

impl Node {
    /// Stops and starts again from what is durable: everything it wrote and had taken in by then, and its keys. Of
    /// what came since it last wrote, up to `lost` envelopes are gone, and so is whatever waited.
    pub fn reopen(&mut self, lost: usize) {
        let own =
            |id: &EnvelopeId| self.held.envelopes.get(id).is_some_and(|held| held.entry().log == self.log);
        let mut since = self.held.order.iter().rev().take_while(|id| !own(id)).count();
        if self.flaw == Some(Flaw::Forgetful) {
            since = self.held.order.len();
            self.own.truncate(self.own.len().saturating_sub(lost));
        }
        let kept = self.held.order.iter().take(self.held.order.len() - lost.min(since));
        let copy = kept.filter_map(|id| self.held.bytes(id)).collect();
        self.restore(copy);
    }

    /// Starts again from a copy of what was held, and from what it wrote.
    pub fn restore(&mut self, copy: Vec<Vec<u8>>) {
        let mut ring = Keyring::new(*self.ring.group());
        ring.own(self.secrets.seal(&self.log));
        for key in self.ring.kept() {
            ring.keep(key.clone());
        }
        self.ring = ring;
        self.group = None;
        self.waiting = Waiting::default();
        self.held = Held::default();
        let (stubs, whole): (Vec<_>, Vec<_>) =
            copy.into_iter().partition(|bytes| Stub::decode(bytes).is_ok());
        for bytes in whole.into_iter().chain(self.own.clone()) {
            self.receive(bytes, 0);
        }
        for stub in stubs.iter().filter_map(|bytes| Stub::decode(bytes).ok()) {
            self.held.keep_stub(&stub);
        }
    }
}
