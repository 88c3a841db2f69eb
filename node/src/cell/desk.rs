//! Those who knock, as those see them who decide: one queue for all facilitators, kept alike by letters among them.
//!
//! A knock is on this node alone until somebody is let in: the group's entries say nothing of who was declined.

use kith_protocol::admit::{self, Statement};
use kith_protocol::body::{Body, Doorstep, InviteMode, Role};
use kith_protocol::group::{Control, InviteState, Right, Standing};
use kith_protocol::id::{EntryId, MemberKey, SealKey};
use kith_protocol::knock::{Left, ReplyKey, Word};
use kith_protocol::letter::{Heard, Knock, Message};
use kith_protocol::time::Millis;
use minicbor::bytes::{ByteArray, ByteVec};
use minicbor::{Decode, Encode};

use super::CellError;
use super::engine::Engine;
use super::letters::Name;

/// Knocks that are kept. Of more, the oldest that were decided go, then the oldest.
const KNOCKS: usize = 128;
/// Things said about one knock that are kept.
const LINES: usize = 64;
/// How long a knock is kept, in milliseconds: 60 days.
const LASTS: u64 = 60 * 24 * 3_600_000;

const NAMES_NOTE: &str = "desk/names";

/// Somebody who knocked.
#[derive(Clone, Encode, Decode)]
#[cbor(map)]
pub(super) struct Request {
    #[n(0)]
    pub(super) name: ByteArray<16>,
    #[n(1)]
    pub(super) join: ByteVec,
    #[n(2)]
    pub(super) entry: EntryId,
    #[n(3)]
    pub(super) member: MemberKey,
    #[n(4)]
    pub(super) called: String,
    #[n(5)]
    pub(super) invite: EntryId,
    #[n(6)]
    pub(super) reply: ByteArray<32>,
    #[n(7)]
    pub(super) lines: Vec<Line>,
    #[n(8)]
    pub(super) time: Millis,
    /// Who said no, if somebody did.
    #[n(9)]
    pub(super) declined: Option<MemberKey>,
    /// Whether somebody else came on an invite that is for one.
    #[n(10)]
    pub(super) several: bool,
    /// The logs it was sealed to.
    #[n(11)]
    pub(super) desk: Vec<SealKey>,
    /// Whether I signed that they come in, and others have to.
    #[n(12)]
    #[cbor(default)]
    pub(super) signed: bool,
}

#[derive(Clone, Encode, Decode)]
#[cbor(map)]
pub(super) struct Line {
    /// Who of the group said it; nobody: who knocked.
    #[n(0)]
    pub(super) by: Option<MemberKey>,
    #[n(1)]
    pub(super) text: String,
    #[n(2)]
    pub(super) time: Millis,
    /// The message that brought it.
    #[n(3)]
    pub(super) name: ByteArray<16>,
}

impl Engine {
    /// A knock that came in a letter, straight from a member's node or handed on by one of the desk.
    pub(super) fn knocked(&mut self, name: Name, knock: &Knock, time: Millis) -> Result<(), CellError> {
        if self.request(&name)?.is_some() {
            return Ok(());
        }
        let reply = ReplyKey::from_bytes(knock.reply);
        let now = self.now();
        let opened = admit::open_signed(&knock.join, &self.id, self.group.as_ref(), now);
        let Ok(statement) = opened else { return Ok(()) };
        let Body::Join(join) = &statement.entry().body else { return Ok(()) };
        let (invite, called) = (join.invite, join.name.clone());
        let Some(state) = self.asking(&invite) else { return Ok(()) };
        if !self.may_decide(&state) {
            return Ok(());
        }
        match self.group()?.weigh(&control(&statement)) {
            Ok(()) => {}
            Err(Right::Removed | Right::Left | Right::SameKey) => {
                return self.leave_word_soon(&reply, Word::Known);
            }
            Err(_) => return Ok(()),
        }
        let mut request = Request {
            name: name.into(),
            join: knock.join.clone(),
            entry: *statement.id(),
            member: *statement.author(),
            called,
            invite,
            reply: knock.reply.into(),
            lines: vec![Line { by: None, text: knock.text.clone(), time, name: name.into() }],
            time,
            declined: None,
            several: false,
            desk: knock.desk.clone(),
            signed: false,
        };
        match state.invite.mode {
            InviteMode::Confirm => self.confirm(&mut request, &reply)?,
            _ if self.doorstep(&reply.tag())?.is_empty() => self.leave_word_soon(&reply, Word::Received)?,
            _ => {}
        }
        if state.invite.mode == InviteMode::Knock {
            self.hand_on(&name, &Message::Knock(knock.clone()), &knock.desk)?;
        }
        self.keep_request(request)
    }

    /// Tells the first who comes on an invite for one what the code comes from, and no other.
    fn confirm(&mut self, request: &mut Request, reply: &ReplyKey) -> Result<(), CellError> {
        let others: Vec<Request> = self
            .requests()?
            .into_iter()
            .filter(|other| other.invite == request.invite && other.entry != request.entry)
            .collect();
        if others.is_empty()
            && let Some(secret) = self.code_secret(&request.invite)?
        {
            return self.leave_word_soon(reply, Word::Code { secret: *secret.expose() });
        }
        request.several = true;
        for mut other in others {
            other.several = true;
            self.keep_request(other)?;
        }
        Ok(())
    }

    /// What somebody who knocked says after that.
    pub(super) fn further(
        &mut self,
        name: Name,
        reply: &[u8; 32],
        text: String,
        time: Millis,
    ) -> Result<(), CellError> {
        let found = self.requests()?.into_iter().find(|request| *request.reply == *reply);
        let Some(mut request) = found else { return Ok(()) };
        if !request.says(Line { by: None, text: text.clone(), time, name: name.into() }) {
            return Ok(());
        }
        if self.is_shared(&request) {
            self.hand_on(&name, &Message::Further { reply: *reply, text }, &request.desk)?;
        }
        self.keep_request(request)
    }

    /// What another of those who decide did about a knock.
    pub(super) fn heard_about(
        &mut self,
        from: &MemberKey,
        of: &Name,
        name: Name,
        what: Heard,
        (text, time): (String, Millis),
    ) -> Result<(), CellError> {
        let office = self.role_of(from) > Some(Role::Member);
        let Some(mut request) = self.request(of)?.filter(|_| office) else { return Ok(()) };
        if what == Heard::Declined {
            request.declined = Some(*from);
        }
        request.says(Line { by: Some(*from), text, time, name: name.into() });
        self.keep_request(request)
    }

    /// Says something to who knocked; the others at the desk see it.
    pub(crate) fn say_at_the_door(&mut self, name: &Name, text: String) -> Result<(), CellError> {
        let request = self.request(name)?.ok_or(CellError::NotMine)?;
        self.answer(request, Word::Said { text: text.clone() }, Heard::Said, text)
    }

    /// Tells who knocked that they are not let in, and why.
    pub(crate) fn decline(&mut self, name: &Name, reason: String) -> Result<(), CellError> {
        let mut request = self.request(name)?.ok_or(CellError::NotMine)?;
        request.declined = Some(self.me());
        self.answer(request, Word::Declined { reason: reason.clone() }, Heard::Declined, reason)
    }

    fn answer(
        &mut self,
        mut request: Request,
        word: Word,
        what: Heard,
        text: String,
    ) -> Result<(), CellError> {
        self.leave_word(&ReplyKey::from_bytes(*request.reply), word)?;
        let others = self.others_in_charge();
        if self.is_shared(&request) && !others.is_empty() {
            self.send(&Message::Heard { of: *request.name, what, text: text.clone() }, &others)?;
        }
        let (by, time) = (Some(self.me()), self.now());
        request.says(Line { by, text, time, name: rand::random::<Name>().into() });
        self.keep_request(request)
    }

    /// An invite that asks.
    pub(super) fn asking(&self, invite: &EntryId) -> Option<InviteState> {
        let state = self.group.as_ref()?.invite(invite)?;
        (!state.invite.mode.lets_in()).then(|| state.clone())
    }

    /// Whether all facilitators decide about it.
    fn is_shared(&self, request: &Request) -> bool {
        self.asking(&request.invite).is_some_and(|state| state.invite.mode == InviteMode::Knock)
    }

    /// Whether it is mine to decide who comes in on an invite: of one on confirmation whoever made it, of others a
    /// facilitator.
    pub(super) fn may_decide(&self, state: &InviteState) -> bool {
        let role = self.role_of(&self.me());
        match state.invite.mode {
            InviteMode::Confirm => {
                let mine = state.author == self.me() || matches!(self.code_secret(&state.id), Ok(Some(_)));
                mine && role > Some(Role::Member)
            }
            _ => role == Some(Role::Seat),
        }
    }

    /// Hands a message about a knock on to facilitators whom it did not reach, if I am the first whom it did.
    fn hand_on(&mut self, name: &Name, message: &Message, desk: &[SealKey]) -> Result<(), CellError> {
        let me = self.me();
        let group = self.group()?;
        let mine: Vec<SealKey> =
            group.member(&me).iter().flat_map(|me| &me.logs).map(|log| log.seal).collect();
        let first = desk.iter().find(|log| self.decides(log));
        if !first.is_some_and(|log| mine.contains(log)) || self.role_of(&me) != Some(Role::Seat) {
            return Ok(());
        }
        let without = |key: &MemberKey| {
            let logs = self.group.as_ref().and_then(|group| group.member(key)).map(|member| &member.logs);
            !logs.is_some_and(|logs| logs.iter().any(|log| desk.contains(&log.seal)))
        };
        let to: Vec<MemberKey> = self.others_in_charge().into_iter().filter(without).collect();
        if to.is_empty() { Ok(()) } else { self.send_as(*name, message, &to) }
    }

    /// Leaves a word of this person's.
    pub(super) fn leave_word(&mut self, reply: &ReplyKey, word: Word) -> Result<(), CellError> {
        let doorstep = self.word_for(reply, word)?;
        self.write(Body::Doorstep(doorstep)).map(drop)
    }

    /// Leaves a word of this node's, while something is being let in: it is written soon after.
    fn leave_word_soon(&mut self, reply: &ReplyKey, word: Word) -> Result<(), CellError> {
        let doorstep = self.word_for(reply, word)?;
        self.leave_soon(doorstep);
        Ok(())
    }

    fn word_for(&self, reply: &ReplyKey, word: Word) -> Result<Doorstep, CellError> {
        let left = Left { word, time: self.now() };
        let doorstep = reply.leave(&left, &self.id, &mut rand::rng());
        doorstep.ok_or_else(|| CellError::Unfit("this is too long".into()))
    }

    pub(super) fn role_of(&self, member: &MemberKey) -> Option<Role> {
        let member = self.group.as_ref()?.member(member)?;
        (member.standing == Standing::Member).then_some(member.role)
    }

    pub(super) fn standing_of(&self, member: &MemberKey) -> Option<Standing> {
        Some(self.group.as_ref()?.member(member)?.standing)
    }

    pub(super) fn requests(&self) -> Result<Vec<Request>, CellError> {
        let names: Vec<ByteArray<16>> = self.noted(NAMES_NOTE)?.unwrap_or_default();
        let mut requests = Vec::new();
        for name in &names {
            requests.extend(self.request(name)?.filter(|one| self.now().since(one.time) < LASTS));
        }
        Ok(requests)
    }

    pub(super) fn request(&self, name: &Name) -> Result<Option<Request>, CellError> {
        self.noted(&request_name(name))
    }

    pub(super) fn keep_request(&mut self, request: Request) -> Result<(), CellError> {
        let mut names: Vec<ByteArray<16>> = self.noted(NAMES_NOTE)?.unwrap_or_default();
        if !names.contains(&request.name) {
            names.push(request.name);
            if names.len() > KNOCKS {
                let decided = |name: &ByteArray<16>| {
                    self.request(name).ok().flatten().is_none_or(|one| {
                        one.declined.is_some() || self.standing_of(&one.member) == Some(Standing::Member)
                    })
                };
                let gone = names.remove(names.iter().position(decided).unwrap_or(0));
                self.staged.unnote(request_name(&gone));
            }
            self.staged.note(NAMES_NOTE, minicbor::to_vec(&names).unwrap_or_default());
        }
        self.staged.note(request_name(&request.name), minicbor::to_vec(&request).unwrap_or_default());
        self.changed = true;
        Ok(())
    }
}

impl Request {
    /// Takes in a line; says whether it is new.
    fn says(&mut self, line: Line) -> bool {
        let fresh = self.lines.iter().all(|one| one.name != line.name) && self.lines.len() < LINES;
        if fresh {
            self.lines.push(line);
        }
        fresh
    }
}

pub(super) fn control(statement: &Statement) -> Control {
    Control { id: *statement.id(), author: *statement.author(), entry: statement.entry().clone() }
}

fn request_name(name: &Name) -> String {
    format!("desk/one/{}", hex::encode(name))
}
