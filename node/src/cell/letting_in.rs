//! Letting in who asked: their join, an admit that names it, and the keys they are owed.

use kith_protocol::admit::{self, Statement};
use kith_protocol::body::{Admit, Body, Role};
use kith_protocol::epoch::mint::Recipient;
use kith_protocol::group::Standing;
use kith_protocol::id::{EntryId, MemberKey};
use kith_protocol::knock::{ReplyKey, Word};
use kith_protocol::limits;

use super::CellError;
use super::desk::control;
use super::engine::Engine;
use super::letters::Name;

impl Engine {
    /// Lets somebody in who knocked: their join, an admit that names it, the keys, and word to them.
    pub(crate) fn let_knock_in(&mut self, name: &Name) -> Result<(), CellError> {
        let mut request = self.request(name)?.ok_or(CellError::NotMine)?;
        let now = self.now();
        let opened = admit::open_signed(&request.join, &self.id, self.group.as_ref(), now);
        let statement = opened.map_err(|why| CellError::Unfit(why.to_string()))?;
        self.group()?.weigh(&control(&statement)).map_err(CellError::Right)?;
        self.has_place(&request.member)?;
        self.admit(statement)?;
        request.declined = None;
        request.signed = true;
        self.keep_request(request)?;
        self.tell_who_is_in()
    }

    /// Leaves word for those whom I signed for, once enough have, and they are in.
    pub(super) fn tell_who_is_in(&mut self) -> Result<(), CellError> {
        for mut request in self.requests()? {
            if request.signed && self.standing_of(&request.member) == Some(Standing::Member) {
                self.leave_word(&ReplyKey::from_bytes(*request.reply), Word::Admitted)?;
                request.signed = false;
                self.keep_request(request)?;
            }
        }
        Ok(())
    }

    /// Confirms a join that is here already and does not stand by its invite.
    pub(crate) fn let_join_in(&mut self, join: &EntryId) -> Result<(), CellError> {
        let author = self.group()?.entry(join).map(|control| control.author).ok_or(CellError::NotMine)?;
        self.has_place(&author)?;
        self.write_admit(*join)?;
        self.wrap_for(&author)
    }

    /// Whether the charter has room for one more, as far as this node knows.
    fn has_place(&self, newcomer: &MemberKey) -> Result<(), CellError> {
        let most = usize::try_from(self.group()?.charter().size).unwrap_or(usize::MAX);
        let members = usize::try_from(self.member_count()).unwrap_or(usize::MAX);
        let place = members < most || self.standing_of(newcomer) == Some(Standing::Member);
        if place { Ok(()) } else { Err(CellError::NoPlace) }
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

    /// Joins that wait for somebody to confirm them.
    pub(crate) fn disputed_joins(&self) -> Vec<EntryId> {
        let members = self.group.iter().flat_map(|group| group.members());
        let waiting = members.filter(|one| one.standing == Standing::Waiting).map(|one| one.joined);
        let office = self.role_of(&self.me()) > Some(Role::Member);
        waiting.filter(|join| office && self.came_in_alone(join)).collect()
    }

    fn came_in_alone(&self, join: &EntryId) -> bool {
        let group = self.group.as_ref();
        let body = group.and_then(|group| group.entry(join)).map(|control| &control.entry.body);
        let Some(Body::Join(join)) = body else { return false };
        group.and_then(|group| group.invite(&join.invite)).is_some_and(|state| state.invite.mode.lets_in())
    }
}
