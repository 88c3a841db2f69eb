//! How people and devices come in, in a life: invites, what ends them, and second devices.

use super::life::Life;
use super::node::{Node, Ticket};
use crate::body::{Body, Invite, InviteMode};
use crate::id::EntryId;
use crate::limits;
use crate::porch::PorchSecret;

impl Life {
    pub(super) fn invite(&mut self, who: usize) {
        let uses = [1, 1, 3, 50][self.dice.place(4)];
        let mode = self.mode();
        let porch = (mode == InviteMode::OpenDoor).then(|| PorchSecret::from_bytes([1; 32]));
        let probe = Body::Invite(Invite { key: [1; 32], mode, uses, expires: crate::time::Millis(0), porch });
        if self.may(who, &probe)
            && let Some(ticket) = self.world.act(who, |node| node.invite_as(mode, uses))
        {
            self.tickets.push((ticket, self.world.hostile.contains(&who)));
        }
    }

    /// How an invite lets in: as often by itself as not.
    pub(super) fn mode(&mut self) -> InviteMode {
        let modes = [InviteMode::OnSight, InviteMode::OpenDoor, InviteMode::Confirm, InviteMode::Knock];
        self.dice.pick(&modes).copied().unwrap_or(InviteMode::OnSight)
    }

    /// Somebody comes in at a member's node, on any link there is.
    pub(super) fn comes_in(&mut self, sponsor: usize) {
        let honest: Vec<Ticket> =
            self.tickets.iter().filter(|(_, hostile)| !hostile).map(|(ticket, _)| ticket.clone()).collect();
        let Some(ticket) = self.dice.pick(&honest).cloned() else { return self.invite(sponsor) };
        if self.world.nodes.len() >= self.size.devices || !self.world.network.online(sponsor) {
            return;
        }
        if self.asks(&ticket.invite) {
            self.knock(sponsor, &ticket);
        } else {
            self.enters(sponsor, &ticket, "p");
        }
    }

    /// Somebody new comes in on a link, at somebody's node.
    pub(super) fn enters(&mut self, sponsor: usize, ticket: &Ticket, kind: &str) -> Option<usize> {
        let name = format!("{kind}{}", self.world.nodes.len());
        let mut node = self.world.act(sponsor, |sponsor| Node::join(&name, ticket, sponsor))?;
        node.flaw = self.world.nodes[sponsor].flaw;
        self.came_on.push(Some(ticket.invite));
        Some(self.world.add(node, sponsor))
    }

    pub(super) fn revoke(&mut self, who: usize) {
        let live: Vec<EntryId> = {
            let invites = self.world.nodes[who].group().invites();
            invites.filter(|invite| invite.live).map(|invite| invite.id).collect()
        };
        if let Some(invite) = self.dice.pick(&live).copied() {
            self.world.act(who, |node| node.revoke(invite));
        }
    }

    /// Somebody adds a device, at whoever's node they reach.
    pub(super) fn second_device(&mut self, who: usize, step: usize) {
        let reached: Vec<usize> = (0..self.world.nodes.len())
            .filter(|other| self.world.talk(who, *other) && !self.world.hostile.contains(other))
            .filter(|other| self.world.nodes[*other].group.is_some())
            .collect();
        let Some(other) = self.dice.pick(&reached).copied() else { return };
        // One more than there are live logs would shut out the first.
        let mine = self.world.nodes[who].key();
        let devices = self.world.nodes.iter().filter(|node| node.key() == mine).count();
        if self.world.nodes.len() >= self.size.devices || devices >= limits::LOGS {
            return;
        }
        let old = &self.world.nodes[who];
        let mut device = Node::new(&old.name, (step % 250) as u8 + 1, *old.ring.group());
        device.flaw = old.flaw;
        device.now = self.world.clock(who);
        if self.world.act(other, |other| device.enter_by_log(other)) {
            let came_on = self.came_on[who];
            self.came_on.push(came_on);
            self.world.add(device, other);
        }
    }
}
