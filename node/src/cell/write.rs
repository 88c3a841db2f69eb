//! Writing: what this member says, and the keys that have to go before it.
//!
//! Every entry is signed, sealed and then goes through the same door as a stranger's. It is in the own log
//! before anybody is told that it was written.

use std::collections::BTreeSet;

use kith_protocol::admit;
use kith_protocol::body::{
    Body, ContentNotes, Genesis, Leave, LogHead, Post, Promote, Remove, Reply, Revoke, Role,
};
use kith_protocol::entry::{Entry, Links};
use kith_protocol::epoch::choose::Choice;
use kith_protocol::epoch::mint::{Plan, Recipient};
use kith_protocol::epoch::{Clear, EpochKey};
use kith_protocol::group::Standing;
use kith_protocol::hearing::Intent;
use kith_protocol::id::{AttachmentId, DropMark, EntryId, EpochId, LogId, MemberKey, ShortId};
use kith_protocol::limits;

use super::CellError;
use super::engine::{Engine, Notice};
use super::pace;
use super::sets::Sets;

/// Wraps or mints that may have to go before an entry: one of each, and one for good measure.
const PREPARATIONS: usize = 3;

impl Engine {
    /// Writes a post; without an intent, with what the charter says of those who do not say.
    pub(crate) fn post(
        &mut self,
        text: String,
        intent: Option<Intent>,
        notes: ContentNotes,
        attachments: &[AttachmentId],
    ) -> Result<EntryId, CellError> {
        let intent = intent.unwrap_or_else(|| self.usual_intent());
        let attachments = self.prepared_attachments(attachments)?;
        let written = self.write(Body::Post(Post { text, intent, notes, attachments }))?;
        self.took_step(|steps| steps.hello = true)?;
        Ok(written)
    }

    /// Writes a reply, unless it is advice that nobody asked for.
    pub(crate) fn reply(
        &mut self,
        mut reply: Reply,
        attachments: &[AttachmentId],
    ) -> Result<EntryId, CellError> {
        reply.attachments = self.prepared_attachments(attachments)?;
        self.may_advise(&reply.to, reply.kind)?;
        let written = self.write(Body::Reply(reply))?;
        self.took_step(|steps| steps.hello = true)?;
        Ok(written)
    }

    /// Gives a member a role, or signs towards it.
    pub(crate) fn promote(&mut self, member: MemberKey, role: Role) -> Result<EntryId, CellError> {
        self.write(Body::Promote(Promote { member, role }))
    }

    /// Takes an invite back.
    pub(crate) fn revoke(&mut self, invite: EntryId) -> Result<EntryId, CellError> {
        let revoked = self.write(Body::Revoke(Revoke { invite }))?;
        self.prepare()?;
        Ok(revoked)
    }

    /// Removes a member, or signs towards it, and begins the epoch they have no part in: one act.
    pub(crate) fn remove(&mut self, member: MemberKey, reason: String) -> Result<EntryId, CellError> {
        let heads = self.heads_of(&member)?;
        let removed = self.write(Body::Remove(Remove { member, reason, heads }))?;
        if let Some(invite) = self.open_invite_of(&member)? {
            // They hold its link, and would be let in again at once.
            self.write(Body::Revoke(Revoke { invite }))?;
        }
        self.prepare()?;
        Ok(removed)
    }

    /// Leaves the group.
    pub(crate) fn leave(&mut self, goodbye: Option<String>) -> Result<EntryId, CellError> {
        self.write(Body::Leave(Leave { goodbye }))
    }

    /// Writes an entry under the best epoch, after whatever keys have to go before it.
    pub(crate) fn write(&mut self, body: Body) -> Result<EntryId, CellError> {
        if self.own.stale() {
            if self.standing() != Some(Standing::Member) || self.ring.kept().next().is_none() {
                return Err(CellError::StillWaiting);
            }
            self.open_log()?;
        }
        self.may(&body)?;
        self.is_in_measure(&body)?;
        let epoch = self.prepare()?;
        let (text, act) = (pace::is_text(&body), pace::is_act(&body));
        let written = self.write_under(body, &epoch, None)?;
        self.was_written(text, act);
        Ok(written)
    }

    /// Writes a control entry that cites these and nothing else, as one who knows no more.
    pub(super) fn write_citing(&mut self, body: Body, cite: Vec<EntryId>) -> Result<(), CellError> {
        let epoch = self.prepare()?;
        let links = Links::Control { prev: self.own.prev(), deps: cite };
        self.write_as(body, &epoch, None, links).map(drop)
    }

    /// Begins a group: its genesis, and the first epoch, under which the genesis itself is sealed.
    pub(super) fn begin(&mut self, genesis: Genesis) -> Result<EntryId, CellError> {
        let seal = genesis.seal;
        let history = genesis.charter.history == kith_protocol::charter::History::All;
        let key = EpochKey::generate(&mut rand::rng());
        let epoch = key.id();
        self.ring.keep(key.clone());
        let first = self.write_under(Body::Genesis(genesis), &epoch, None)?;
        let wrap_to = vec![Recipient { member: self.me(), seal }];
        let plan = Plan { wrap_to, from: Vec::new(), history, cite: vec![first] };
        self.mint(&plan, key)?;
        Ok(first)
    }

    /// Refuses, with a reason for a person, what would not count.
    fn may(&self, body: &Body) -> Result<(), CellError> {
        body.check().map_err(|error| CellError::Unfit(error.to_string()))?;
        if self.clocks.ahead() {
            return Err(CellError::ClockAhead);
        }
        let group = self.group()?;
        if body.kind().is_control() {
            return group.judge(&self.me(), &group.heads(), body).map_err(CellError::Right);
        }
        match self.standing() {
            Some(Standing::Member) => match self.paused() {
                Some(pause) if matches!(body, Body::Post(_) | Body::Reply(_)) => {
                    Err(CellError::Paused(Box::new(pause)))
                }
                _ => Ok(()),
            },
            Some(Standing::Left | Standing::Removed) => Err(CellError::NotMember),
            Some(Standing::Waiting) | None => Err(CellError::StillWaiting),
        }
    }

    /// Finds the epoch to send under. Wraps it for members who lack it, or begins one, as the rule asks.
    pub(super) fn prepare(&mut self) -> Result<EpochId, CellError> {
        if let Some(epoch) = self.prepared {
            return Ok(epoch);
        }
        let me = self.me();
        for _ in 0..PREPARATIONS {
            let choice = self.ring.best(self.group()?, &me);
            match choice {
                Choice::Send { epoch, wrap_to } => {
                    if wrap_to.is_empty() || !self.wrap(&epoch, &wrap_to)? {
                        self.prepared = Some(epoch);
                        return Ok(epoch);
                    }
                }
                Choice::Mint(plan) => self.mint(&plan, EpochKey::generate(&mut rand::rng()))?,
                Choice::Ask => return Err(CellError::StillWaiting),
                Choice::Out => return Err(CellError::NotMember),
            }
        }
        Err(CellError::Keys)
    }

    /// Wraps an epoch for further logs. Says whether that could be done for any of them.
    pub(super) fn wrap(&mut self, epoch: &EpochId, to: &[Recipient]) -> Result<bool, CellError> {
        let wrapped = self.ring.wrap(epoch, to, &mut rand::rng());
        let Some((body, clear)) = wrapped.map_err(|error| CellError::Unfit(error.to_string()))? else {
            return Ok(false);
        };
        self.write_under(Body::Wrap(body), epoch, Some(clear))?;
        Ok(true)
    }

    pub(super) fn mint(&mut self, plan: &Plan, key: EpochKey) -> Result<(), CellError> {
        let epoch = key.id();
        let minted = self.ring.mint(plan, key.clone(), &mut rand::rng());
        let minted = minted.map_err(|error| CellError::Unfit(error.to_string()))?;
        self.ring.keep(key);
        self.cite = plan.cite.clone();
        let written = self.write_under(Body::Mint(minted.body), &epoch, Some(minted.clear));
        self.cite.clear();
        written.map(|_| ())
    }

    /// Signs, seals and lets in an entry of mine; nothing of it is published before it is durable.
    pub(super) fn write_under(
        &mut self,
        body: Body,
        epoch: &EpochId,
        clear: Option<Clear>,
    ) -> Result<EntryId, CellError> {
        let mut links = self.links(body.kind().is_control());
        if let (Body::Letter(_), Links::Content { content, .. }) = (&body, &mut links) {
            // What it answers would say what it is about.
            content.clear();
        }
        self.write_as(body, epoch, clear, links)
    }

    fn write_as(
        &mut self,
        body: Body,
        epoch: &EpochId,
        clear: Option<Clear>,
        links: Links,
    ) -> Result<EntryId, CellError> {
        let control = body.kind().is_control();
        let (log, seq) = (self.own.log(), self.own.next_seq());
        let entry = Entry {
            author: self.me().author(),
            log,
            seq,
            links,
            lamport: self.lamport.saturating_add(1),
            time: self.now(),
            body,
        };
        let keys = self.ring.keys(epoch).ok_or(CellError::StillWaiting)?;
        let drop =
            if control { DropMark([0; DropMark::LEN]) } else { self.secrets.drop_secret(&log).mark(seq) };
        let opened = admit::write(&entry, self.secrets.signing(), &self.id, keys, clear, drop)
            .map_err(|why| CellError::Unfit(why.to_string()))?;
        let verified = self.hold_own(opened)?;
        self.own.append(&verified);
        let header = verified.envelope().header();
        let set = Sets::name(header.control, header.hour);
        let id = *verified.envelope_id();
        let place = (log, seq);
        self.deliveries.follow(*verified.entry_id(), id, set, place, BTreeSet::new());
        self.publish(&verified);
        Ok(*verified.entry_id())
    }

    /// Passes an envelope on to the others once it is durable.
    pub(super) fn publish(&mut self, verified: &admit::Verified) {
        self.notices
            .push(Notice::Publish { entry: *verified.entry_id(), bytes: verified.envelope().encode() });
    }

    fn links(&self, control: bool) -> Links {
        let known = self.group.as_ref().map(|group| group.heads()).unwrap_or_default();
        if control {
            let mut deps = if self.cite.is_empty() { known } else { self.cite.clone() };
            if let Some(own) = self.own.last_control().filter(|own| !deps.contains(own)) {
                let led_to =
                    |group: &kith_protocol::group::Group| deps.iter().any(|dep| group.precedes(&own, dep));
                if !self.group.as_ref().is_some_and(led_to) {
                    deps.truncate(limits::DEPS.saturating_sub(1));
                    deps.push(own);
                }
            }
            Links::Control { prev: self.own.prev(), deps }
        } else {
            Links::Content {
                prev: self.own.prev().map_or(ShortId([0; 16]), |id| id.short()),
                control: known.iter().map(EntryId::short).collect(),
                content: self.heads.cite(),
            }
        }
    }

    /// The invite a removed member came in on, if somebody could still come in on it.
    fn open_invite_of(&self, member: &MemberKey) -> Result<Option<EntryId>, CellError> {
        let group = self.group()?;
        let Some(member) = group.member(member).filter(|member| member.standing == Standing::Removed) else {
            return Ok(None);
        };
        let invite = match group.entry(&member.joined).map(|control| &control.entry.body) {
            Some(Body::Join(join)) => group.invite(&join.invite),
            _ => None,
        };
        Ok(invite.filter(|invite| invite.live).map(|invite| invite.id))
    }

    /// How far each log of a member has come here: what of it stays shown after they are removed.
    fn heads_of(&self, member: &MemberKey) -> Result<Vec<LogHead>, CellError> {
        let author = member.author();
        let logs: Vec<LogId> = self
            .group()?
            .member(member)
            .map(|member| member.logs.iter().map(|log| log.id).collect())
            .unwrap_or_default();
        let mut heads: Vec<LogHead> = self
            .store
            .log_heads()?
            .into_iter()
            .filter(|((by, log), _)| *by == author && logs.contains(log))
            .map(|((_, log), seq)| LogHead { log, seq })
            .collect();
        heads.truncate(limits::REMOVAL_HEADS);
        Ok(heads)
    }
}
