//! What a crash does to a node, and how it comes back.

use super::{Flaw, Node};
use crate::admit::Waiting;
use crate::epoch::Keyring;
use crate::id::EnvelopeId;

impl Node {
    /// Stops and starts again from what is durable: everything it wrote and had taken in by then, and its keys. Of
    /// what came since it last wrote, up to `lost` envelopes are gone, and so is whatever waited.
    pub fn reopen(&mut self, lost: usize) {
        let own = |id: &EnvelopeId| self.held.envelopes[id].entry().log == self.log;
        let mut since = self.held.order.iter().rev().take_while(|id| !own(id)).count();
        if self.flaw == Some(Flaw::Forgetful) {
            since = self.held.order.len();
            self.own.truncate(self.own.len().saturating_sub(lost));
        }
        let held = std::mem::take(&mut self.held);
        let mut ring = Keyring::new(*self.ring.group());
        ring.own(self.secrets.seal(&self.log));
        for key in self.ring.kept() {
            ring.keep(key.clone());
        }
        self.ring = ring;
        self.group = None;
        self.waiting = Waiting::default();
        for id in held.order.iter().take(held.order.len() - lost.min(since)) {
            self.receive(held.envelopes[id].envelope().encode(), 0);
        }
        for bytes in self.own.clone() {
            self.receive(bytes, 0);
        }
    }
}
