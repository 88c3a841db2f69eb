//! Invites: making them, and printing their link with the addresses known today.

use kith_protocol::body::{Body, Invite, InviteMode, Role};
use kith_protocol::charter::Inviters;
use kith_protocol::group::{InviteState as Invited, Right};
use kith_protocol::id::{EntryId, MemberKey, SealKey};
use kith_protocol::invite::{InviteSecret, Link, Way};
use kith_protocol::knock::CodeSecret;
use kith_protocol::limits;
use kith_protocol::time::Millis;
use minicbor::bytes::ByteArray;

use super::CellError;
use super::engine::Engine;
use crate::api::types::{InviteState, InviteSummary, InviteWay};

impl Engine {
    /// Makes an invite that lets `uses` people in until `expires`; of an open door see [`Engine::open_door`].
    pub(crate) fn invite(
        &mut self,
        mode: InviteMode,
        uses: u32,
        expires: Millis,
    ) -> Result<EntryId, CellError> {
        let secret = InviteSecret::generate(&mut rand::rng());
        if mode == InviteMode::Confirm && self.role_of(&self.me()) <= Some(Role::Member) {
            return Err(CellError::Right(Right::NeedsDeputy));
        }
        let id = self.write(Body::Invite(Invite { key: secret.key(), mode, uses, expires, porch: None }))?;
        self.keep_invite_secret(&id, &secret);
        if mode == InviteMode::Confirm {
            self.keep_code_secret(&id, &CodeSecret::generate(&mut rand::rng()));
        }
        Ok(id)
    }

    /// The link of an invite made on this device; none for others'. `nodes` are the addresses to put in it.
    pub(crate) fn link(&self, invite: &EntryId, nodes: Vec<Vec<String>>) -> Result<Option<Link>, CellError> {
        let group = self.group()?;
        let Some(secret) = self.invite_secret(invite)? else { return Ok(None) };
        let invite = &self.carrying(invite);
        // What the invite's author knew of it is what a join on it has to accept.
        let charter = group.charter_of(invite).unwrap_or_else(|| group.charter().clone());
        let Some(state) = group.invite(invite) else { return Ok(None) };
        let desk = self.desk(state);
        let way = match state.invite.mode {
            InviteMode::OnSight => Way::OnSight,
            InviteMode::Confirm => Way::Confirm { desk, code: self.code_commitment(invite)? },
            InviteMode::OpenDoor => {
                Way::OpenDoor { check: self.door_check(invite)?, keepers: self.keepers_at() }
            }
            InviteMode::Knock => Way::Knock { desk, questions: group.charter().questions.clone() },
        };
        Ok(Some(Link {
            group: self.id,
            salt: *group.salt(),
            invite: *invite,
            secret,
            expires: state.invite.expires,
            uses: state.invite.uses,
            charter: charter.hash(),
            nodes,
            way,
        }))
    }

    /// The entries that are one invite: where everybody facilitates, each who signs it writes it once more.
    pub(super) fn same_invite(&self, invite: &EntryId) -> Vec<EntryId> {
        let Some(group) = self.group.as_ref().filter(|group| group.charter().shared_power) else {
            return vec![*invite];
        };
        let Some(body) = group.invite(invite).map(|state| &state.invite) else { return vec![*invite] };
        let others = group.invites().filter(|state| state.id != *invite && state.invite == *body);
        std::iter::once(*invite).chain(others.map(|state| state.id)).collect()
    }

    /// Of the entries that are one invite the one that lets in, if there is one.
    fn carrying(&self, invite: &EntryId) -> EntryId {
        let live = |id: &&EntryId| {
            self.group.as_ref().and_then(|group| group.invite(id)).is_some_and(|state| state.live)
        };
        self.same_invite(invite).iter().find(live).copied().unwrap_or(*invite)
    }

    /// How an invite lets people in.
    pub(crate) fn invite_way(&self, invite: &EntryId) -> InviteWay {
        let state = self.group.as_ref().and_then(|group| group.invite(invite));
        state.map_or(InviteWay::OnSight, |state| way(state.invite.mode))
    }

    /// The secret of the code of an invite that I made on this device.
    pub(super) fn code_secret(&self, invite: &EntryId) -> Result<Option<CodeSecret>, CellError> {
        let noted: Option<ByteArray<32>> = self.noted_of(invite, code_name)?;
        Ok(noted.map(|bytes| CodeSecret::from_bytes(*bytes)))
    }

    /// What this device noted of an invite, under whichever of the entries that are this invite.
    pub(super) fn noted_of<T: for<'b> minicbor::Decode<'b, ()>>(
        &self,
        invite: &EntryId,
        name: impl Fn(&EntryId) -> String,
    ) -> Result<Option<T>, CellError> {
        for entry in self.same_invite(invite) {
            if let Some(noted) = self.noted(&name(&entry))? {
                return Ok(Some(noted));
            }
        }
        Ok(None)
    }

    /// What the link of an invite on confirmation commits to.
    pub(super) fn code_commitment(&self, invite: &EntryId) -> Result<[u8; 32], CellError> {
        Ok(self.code_secret(invite)?.map(|secret| secret.commitment()).unwrap_or_default())
    }

    /// Keeps the secret of the code of an invite just made.
    pub(super) fn keep_code_secret(&mut self, invite: &EntryId, secret: &CodeSecret) {
        let bytes = minicbor::to_vec(ByteArray::from(*secret.expose())).unwrap_or_default();
        self.staged.note(code_name(invite), bytes);
    }

    /// The logs that a knock on an invite of mine is sealed to: mine or the facilitators', each one's newest first.
    pub(super) fn desk(&self, invite: &Invited) -> Vec<SealKey> {
        let Some(group) = &self.group else { return Vec::new() };
        let people = match invite.invite.mode {
            InviteMode::Confirm => vec![self.me()],
            _ => group.seats(),
        };
        let live = |key: &MemberKey| -> Vec<SealKey> {
            let logs = group.member(key).map(|member| member.logs.as_slice()).unwrap_or_default();
            logs.iter().rev().filter(|log| log.live).map(|log| log.seal).collect()
        };
        let logs: Vec<Vec<SealKey>> = people.iter().map(live).collect();
        let most = logs.iter().map(Vec::len).max().unwrap_or(0);
        let ranks = (0..most).flat_map(|rank| logs.iter().filter_map(move |logs| logs.get(rank).copied()));
        ranks.take(limits::DESK).collect()
    }

    /// How I may let people in: nothing for who may not invite.
    pub(crate) fn may_invite(&self) -> Result<Vec<InviteWay>, CellError> {
        let charter = self.group()?.charter();
        let least = match charter.inviters {
            _ if charter.shared_power => Role::Seat,
            Inviters::Facilitators => Role::Deputy,
            Inviters::Members => Role::Member,
        };
        let role = self.role_of(&self.me()).filter(|role| *role >= least && self.settled());
        Ok(match role {
            None => Vec::new(),
            Some(Role::Member) => vec![InviteWay::OnSight, InviteWay::OpenDoor, InviteWay::Knock],
            Some(_) => vec![InviteWay::OnSight, InviteWay::Confirm, InviteWay::OpenDoor, InviteWay::Knock],
        })
    }

    /// All invites of the group.
    pub(crate) fn invite_ids(&self) -> Vec<EntryId> {
        self.group.iter().flat_map(|group| group.invites()).map(|invite| invite.id).collect()
    }

    /// How an invite stands; none if there is no such invite.
    pub(crate) fn invite_stands(&self, invite: &EntryId) -> Result<Option<InviteState>, CellError> {
        Ok(self.group()?.invite(&self.carrying(invite)).map(|invite| self.invite_state(invite)))
    }

    /// The invites, the newest first.
    pub(crate) fn invites_view(&self) -> Result<Vec<InviteSummary>, CellError> {
        let group = self.group()?;
        let mut invites: Vec<(Millis, InviteSummary)> = Vec::new();
        for invite in group.invites() {
            let same = self.same_invite(&invite.id);
            if same.iter().any(|other| self.eldest(other) < self.eldest(&invite.id)) {
                continue; // Another facilitator's signature on the same.
            }
            let written = group.entry(&invite.id).map_or(Millis(0), |control| control.entry.time);
            let summary = InviteSummary {
                invite: invite.id.to_string(),
                author: invite.author.to_string(),
                name: group.member(&invite.author).map(|author| author.name.clone()).unwrap_or_default(),
                state: self.invite_stands(&invite.id)?.unwrap_or(InviteState::Awaiting),
                uses: invite.invite.uses,
                used: invite.used,
                expires: invite.invite.expires.to_string(),
                mine: self.invite_secret(&invite.id)?.is_some(),
                way: way(invite.invite.mode),
            };
            invites.push((written, summary));
        }
        invites.sort_by_key(|(written, _)| std::cmp::Reverse(*written));
        Ok(invites.into_iter().map(|(_, summary)| summary).collect())
    }

    /// Orders entries that say the same by when they were written, each by its author's count.
    fn eldest(&self, entry: &EntryId) -> (u64, EntryId) {
        let written = self.group.as_ref().and_then(|group| group.entry(entry));
        (written.map_or(u64::MAX, |control| control.entry.lamport), *entry)
    }

    /// How an invite stands, by this node's clock.
    fn invite_state(&self, invite: &Invited) -> InviteState {
        let shared = self.group.as_ref().is_some_and(|group| group.charter().shared_power);
        if !invite.revoked.is_empty() {
            InviteState::Revoked
        } else if invite.used >= invite.invite.uses {
            InviteState::Used
        } else if invite.invite.expires < self.now() {
            InviteState::Expired
        } else if !invite.live {
            // It does not count: more have to sign it, or whoever wrote it had no right to when they did.
            if shared { InviteState::Awaiting } else { InviteState::Revoked }
        } else {
            InviteState::Live
        }
    }

    /// How many came in on an invite.
    pub(crate) fn invite_used(&self, invite: &EntryId) -> u32 {
        let state = self.group.as_ref().and_then(|group| group.invite(invite));
        state.map_or(0, |state| state.used)
    }
}

fn code_name(invite: &EntryId) -> String {
    format!("invite/code/{invite}")
}

/// How invites of a mode let people in, as the API says it.
pub(super) fn way(mode: InviteMode) -> InviteWay {
    match mode {
        InviteMode::OnSight => InviteWay::OnSight,
        InviteMode::Confirm => InviteWay::Confirm,
        InviteMode::OpenDoor => InviteWay::OpenDoor,
        InviteMode::Knock => InviteWay::Knock,
    }
}
