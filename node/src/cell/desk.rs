//! Those who knock, as those see them who decide: one queue for all facilitators, kept alike by letters among them.
//!
//! A knock is on this node alone until somebody is let in: the group's entries say nothing of who was declined.

use kith_protocol::admit::{self, Statement};
use kith_protocol::body::{Admit, Body, Doorstep, InviteMode, Role};
use kith_protocol::epoch::mint::Recipient;
use kith_protocol::group::{Control, InviteState, Right, Standing};
use kith_protocol::id::{EntryId, MemberKey, SealKey};
use kith_protocol::knock::{CodeSecret, Left, ReplyKey, Word};
use kith_protocol::letter::{Heard, Knock, Message};
use kith_protocol::limits;
use kith_protocol::time::Millis;
use minicbor::bytes::{ByteArray, ByteVec};
use minicbor::{Decode, Encode};

use super::CellError;
use super::engine::Engine;
use super::letters::Name;
use crate::api::types::{self, KnockSide};

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
    name: ByteArray<16>,
    #[n(1)]
    join: ByteVec,
    #[n(2)]
    entry: EntryId,
    #[n(3)]
    member: MemberKey,
    #[n(4)]
    called: String,
    #[n(5)]
    invite: EntryId,
    #[n(6)]
    reply: ByteArray<32>,
    #[n(7)]
    lines: Vec<Line>,
    #[n(8)]
    time: Millis,
    /// Who said no, if somebody did.
    #[n(9)]
    declined: Option<MemberKey>,
    /// Whether somebody else came on an invite that is for one.
    #[n(10)]
    several: bool,
    /// The logs it was sealed to.
    #[n(11)]
    desk: Vec<SealKey>,
}

#[derive(Clone, Encode, Decode)]
#[cbor(map)]
struct Line {
    /// Who of the group said it; nobody: who knocked.
    #[n(0)]
    by: Option<MemberKey>,
    #[n(1)]
    text: String,
    #[n(2)]
    time: Millis,
    /// The message that brought it.
    #[n(3)]
    name: ByteArray<16>,
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

    /// Lets somebody in who knocked: their join, an admit that names it, the keys, and word to them.
    pub(crate) fn let_knock_in(&mut self, name: &Name) -> Result<(), CellError> {
        let mut request = self.request(name)?.ok_or(CellError::NotMine)?;
        let now = self.now();
        let opened = admit::open_signed(&request.join, &self.id, self.group.as_ref(), now);
        let statement = opened.map_err(|why| CellError::Unfit(why.to_string()))?;
        self.group()?.weigh(&control(&statement)).map_err(CellError::Right)?;
        self.admit(statement)?;
        request.declined = None;
        if self.standing_of(&request.member) == Some(Standing::Member) {
            self.leave_word(&ReplyKey::from_bytes(*request.reply), Word::Admitted)?;
        }
        self.keep_request(request)
    }

    /// Confirms a join that is here already and does not stand by its invite.
    pub(crate) fn let_join_in(&mut self, join: &EntryId) -> Result<(), CellError> {
        let author = self.group()?.entry(join).map(|control| control.author).ok_or(CellError::NotMine)?;
        self.write_admit(*join)?;
        self.wrap_for(&author)
    }

    fn admit(&mut self, statement: Statement) -> Result<(), CellError> {
        let (join, author) = (*statement.id(), *statement.author());
        if !self.group()?.holds(&join) {
            self.seal_in(statement)?;
        }
        self.write_admit(join)?;
        self.wrap_for(&author)
    }

    /// Gives somebody who is a member from now on the keys they are owed.
    fn wrap_for(&mut self, member: &MemberKey) -> Result<(), CellError> {
        if self.standing_of(member) != Some(Standing::Member) {
            return Ok(()); // It takes more to sign.
        }
        self.prepare()?;
        let answers = self.ring.welcome(self.group()?, member);
        for answer in answers {
            let to: Vec<Recipient> = answer.wrap_to.clone();
            self.wrap(&answer.epoch, &to)?;
        }
        Ok(())
    }

    fn write_admit(&mut self, join: EntryId) -> Result<(), CellError> {
        let body = Body::Admit(Admit { join });
        let group = self.group()?;
        let mut cite = group.heads();
        if !cite.iter().any(|head| group.precedes(&join, head)) {
            cite.truncate(limits::DEPS.saturating_sub(1));
            cite.push(join);
        }
        group.judge(&self.me(), &cite, &body).map_err(CellError::Right)?;
        let epoch = self.prepare()?;
        self.cite = cite;
        let written = self.write_under(body, &epoch, None);
        self.cite.clear();
        written.map(drop)
    }

    /// Those who knocked and whom I may let in, the newest first; and joins that their invite does not settle.
    pub(crate) fn desk_view(&self) -> Result<Vec<types::KnockReceived>, CellError> {
        let mut list = Vec::new();
        for request in self.requests()?.into_iter().rev() {
            list.extend(self.shown(request)?);
        }
        list.extend(self.disputed());
        Ok(list)
    }

    /// The names of knocks that reached me.
    pub(crate) fn desk_names(&self) -> Result<Vec<Name>, CellError> {
        Ok(self.requests()?.iter().map(|request| *request.name).collect())
    }

    /// Joins that wait for somebody to confirm them.
    pub(crate) fn disputed_joins(&self) -> Vec<EntryId> {
        let members = self.group.iter().flat_map(|group| group.members());
        let waiting = members.filter(|one| one.standing == Standing::Waiting).map(|one| one.joined);
        let office = self.role_of(&self.me()) > Some(Role::Member);
        waiting.filter(|join| office && self.entered_on_sight(join)).collect()
    }

    fn disputed(&self) -> impl Iterator<Item = types::KnockReceived> {
        let joins = self.disputed_joins().into_iter().filter_map(|join| self.group.as_ref()?.entry(&join));
        joins.filter_map(|control| {
            let Body::Join(join) = &control.entry.body else { return None };
            Some(types::KnockReceived {
                knock: control.id.to_string(),
                group: self.id.to_string(),
                name: join.name.clone(),
                invite: join.invite.to_string(),
                way: types::InviteWay::OnSight,
                state: types::DeskState::Waiting,
                by: None,
                code: None,
                several: true,
                lines: Vec::new(),
                time: control.entry.time.to_string(),
            })
        })
    }

    fn entered_on_sight(&self, join: &EntryId) -> bool {
        let group = self.group.as_ref();
        let body = group.and_then(|group| group.entry(join)).map(|control| &control.entry.body);
        let Some(Body::Join(join)) = body else { return false };
        group.and_then(|group| group.invite(&join.invite)).is_some_and(|state| state.invite.mode.lets_in())
    }

    fn shown(&self, request: Request) -> Result<Option<types::KnockReceived>, CellError> {
        let Some(state) = self.asking(&request.invite).filter(|state| self.may_decide(state)) else {
            return Ok(None);
        };
        let confirm = state.invite.mode == InviteMode::Confirm;
        let secret = if confirm && !request.several { self.code_secret(&request.invite)? } else { None };
        let signed = self.group()?.holds(&request.entry);
        let (stands, by) = match self.standing_of(&request.member) {
            Some(Standing::Member) => (types::DeskState::Admitted, None),
            Some(Standing::Removed | Standing::Left) => (types::DeskState::Gone, None),
            _ if request.declined.is_some() => (types::DeskState::Declined, request.declined),
            _ if signed => (types::DeskState::Signing, None),
            _ => (types::DeskState::Waiting, None),
        };
        let line = |line: Line| types::KnockLine {
            side: if line.by.is_some() { KnockSide::Inside } else { KnockSide::Outside },
            name: line.by.map(|by| self.name_of(&by)),
            text: line.text,
            time: line.time.to_string(),
        };
        Ok(Some(types::KnockReceived {
            knock: hex::encode(*request.name),
            group: self.id.to_string(),
            name: request.called,
            invite: request.invite.to_string(),
            way: if confirm { types::InviteWay::Confirm } else { types::InviteWay::Knock },
            state: stands,
            by: by.map(|by| self.name_of(&by)),
            code: secret.map(|secret| secret.code(&request.entry)),
            several: request.several,
            lines: request.lines.into_iter().filter(|line| !line.text.is_empty()).map(line).collect(),
            time: request.time.to_string(),
        }))
    }

    /// An invite that asks.
    fn asking(&self, invite: &EntryId) -> Option<InviteState> {
        let state = self.group.as_ref()?.invite(invite)?;
        (!state.invite.mode.lets_in()).then(|| state.clone())
    }

    /// Whether all facilitators decide about it.
    fn is_shared(&self, request: &Request) -> bool {
        self.asking(&request.invite).is_some_and(|state| state.invite.mode == InviteMode::Knock)
    }

    /// Whether it is mine to decide who comes in on an invite: of one on confirmation whoever made it, of others a
    /// facilitator.
    fn may_decide(&self, state: &InviteState) -> bool {
        let role = self.role_of(&self.me());
        match state.invite.mode {
            InviteMode::Confirm => state.author == self.me() && role > Some(Role::Member),
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
    fn leave_word(&mut self, reply: &ReplyKey, word: Word) -> Result<(), CellError> {
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

    fn standing_of(&self, member: &MemberKey) -> Option<Standing> {
        Some(self.group.as_ref()?.member(member)?.standing)
    }

    fn requests(&self) -> Result<Vec<Request>, CellError> {
        let names: Vec<ByteArray<16>> = self.noted(NAMES_NOTE)?.unwrap_or_default();
        let mut requests = Vec::new();
        for name in &names {
            requests.extend(self.request(name)?.filter(|one| self.now().since(one.time) < LASTS));
        }
        Ok(requests)
    }

    fn request(&self, name: &Name) -> Result<Option<Request>, CellError> {
        self.noted(&request_name(name))
    }

    fn keep_request(&mut self, request: Request) -> Result<(), CellError> {
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

    /// The secret of the code of an invite that I made on this device.
    fn code_secret(&self, invite: &EntryId) -> Result<Option<CodeSecret>, CellError> {
        let noted: Option<ByteArray<32>> = self.noted(&code_name(invite))?;
        Ok(noted.map(|bytes| CodeSecret::from_bytes(*bytes)))
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

    /// The logs that a knock on an invite is sealed to: of its author's or the facilitators', each one's newest first.
    pub(super) fn desk(&self, invite: &InviteState) -> Vec<SealKey> {
        let Some(group) = &self.group else { return Vec::new() };
        let people = match invite.invite.mode {
            InviteMode::Confirm => vec![invite.author],
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

fn control(statement: &Statement) -> Control {
    Control { id: *statement.id(), author: *statement.author(), entry: statement.entry().clone() }
}

fn request_name(name: &Name) -> String {
    format!("desk/one/{}", hex::encode(name))
}

fn code_name(invite: &EntryId) -> String {
    format!("invite/code/{invite}")
}
