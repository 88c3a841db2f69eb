//! Newcomers: who has not been greeted yet, whom that is told, and the first steps that a newcomer may take.
//!
//! That somebody came is their word and this node's clock. The first steps are noted here alone, and go nowhere.

use std::collections::BTreeSet;

use kith_protocol::admit::Verified;
use kith_protocol::body::{Body, ContentNotes, Task, Welcome};
use kith_protocol::group::{Member, Standing};
use kith_protocol::hearing::{self, Intent};
use kith_protocol::id::{EntryId, MemberKey, ShortId};
use kith_protocol::time::Millis;
use minicbor::{Decode, Encode};

use super::CellError;
use super::engine::Engine;
use crate::api::types;

/// Welcomes that are looked at. Of more, those that came first are not.
const WELCOMES: usize = 1000;
/// For so long greeters are told of a newcomer first, in milliseconds; then everybody on duty is.
const GREETERS_FIRST: u64 = 24 * 3_600_000;

const WELCOMES_NOTE: &str = "welcome/all";
const STEPS_NOTE: &str = "welcome/steps";

/// First steps that I took, and whether I wish to see them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub(crate) struct Steps {
    #[n(0)]
    pub(crate) charter: bool,
    #[n(1)]
    pub(crate) heard: bool,
    #[n(2)]
    pub(crate) hello: bool,
    #[n(3)]
    pub(crate) hidden: bool,
}

/// What welcomes say, all together.
#[derive(Default)]
struct Said {
    greeted: BTreeSet<MemberKey>,
    /// Those who do not wish to be shown as new.
    settled: BTreeSet<MemberKey>,
    /// Posts that greet, with who wrote them.
    greetings: BTreeSet<(ShortId, MemberKey)>,
}

impl Engine {
    /// Newcomers who have not been greeted, those who came first at the beginning.
    pub(crate) fn newcomers_view(&self) -> Result<Vec<types::Newcomer>, CellError> {
        let now = self.now();
        let newcomers = self.newcomers()?.into_iter().map(|(came, member)| types::Newcomer {
            member: member.to_string(),
            group: self.id.to_string(),
            name: self.name_of(&member),
            came: came.to_string(),
            pressing: now.since(came) >= GREETERS_FIRST,
        });
        Ok(newcomers.collect())
    }

    /// Greets a newcomer in a post, or says that I did in another way.
    pub(crate) fn greet(&mut self, member: MemberKey, words: Option<String>) -> Result<EntryId, CellError> {
        if member == self.me() || !self.came_lately(&member) {
            return Err(CellError::NotTheirs);
        }
        let post = words.map(|text| self.post(text, Some(Intent::HEAR_ME), ContentNotes::default(), &[]));
        let post = post.transpose()?;
        let said = self.write(Body::Welcome(Welcome { member, post: post.map(|post| post.short()) }))?;
        Ok(post.unwrap_or(said))
    }

    /// Says that I am not to be shown as new here.
    pub(crate) fn settle_in(&mut self) -> Result<EntryId, CellError> {
        self.write(Body::Welcome(Welcome { member: self.me(), post: None }))
    }

    /// My first steps, while I am new, have not taken all, and do not hide them.
    pub(crate) fn first_steps(&self) -> Result<Option<types::FirstSteps>, CellError> {
        if !self.came_lately(&self.me()) {
            return Ok(None);
        }
        let Steps { charter, heard, hello, hidden } = self.steps()?;
        let done = charter && heard && hello;
        Ok((!hidden && !done).then_some(types::FirstSteps { charter, heard, hello }))
    }

    /// Notes a step that I took.
    pub(crate) fn took_step(&mut self, take: impl FnOnce(&mut Steps)) -> Result<(), CellError> {
        if self.came_lately(&self.me()) {
            let mut steps = self.steps()?;
            let before = steps;
            take(&mut steps);
            if steps != before {
                self.staged.note(STEPS_NOTE.to_owned(), minicbor::to_vec(steps).unwrap_or_default());
            }
        }
        Ok(())
    }

    /// Whether a newcomer waits to be greeted, and it is me who is told.
    pub(super) fn is_to_greet(&self) -> Result<bool, CellError> {
        let newcomers = self.newcomers()?;
        let Some((first, _)) = newcomers.first() else { return Ok(false) };
        let (me, greeters, on_duty) =
            (self.me(), self.there_for(Task::Greeter)?, self.there_for(Task::OnDuty)?);
        let looks_after = if on_duty.is_empty() { self.in_charge(&me) } else { on_duty.contains(&me) };
        let pressing = greeters.is_empty() || self.now().since(*first) >= GREETERS_FIRST;
        Ok(greeters.contains(&me) || (pressing && looks_after))
    }

    /// Whether a member is shown as new here.
    pub(super) fn is_shown_new(&self, member: &MemberKey) -> Result<bool, CellError> {
        Ok(self.came_lately(member) && !self.said()?.settled.contains(member))
    }

    /// Posts that greet somebody, with who wrote them: they wait for no answer.
    pub(super) fn greetings(&self) -> Result<BTreeSet<(ShortId, MemberKey)>, CellError> {
        Ok(self.said()?.greetings)
    }

    /// Takes note of a welcome.
    pub(super) fn heed_welcome(&mut self, verified: &Verified) -> Result<(), CellError> {
        self.changed = true;
        self.enlist(WELCOMES_NOTE.to_owned(), WELCOMES, verified)
    }

    fn newcomers(&self) -> Result<Vec<(Millis, MemberKey)>, CellError> {
        let Some(group) = &self.group else { return Ok(Vec::new()) };
        let (said, me) = (self.said()?, self.me());
        let is_one = |member: &&Member| {
            let key = &member.key;
            let waits = !said.greeted.contains(key) && !said.settled.contains(key);
            *key != me && waits && self.came_lately(key) && !self.hidden.has(key)
        };
        let came = |member: &Member| Some((group.entry(&member.joined)?.entry.time, member.key));
        let mut newcomers: Vec<_> = group.members().filter(is_one).filter_map(came).collect();
        newcomers.sort_unstable();
        Ok(newcomers)
    }

    /// Whether a member came in lately, by a door: founders are no newcomers.
    pub(crate) fn came_lately(&self, member: &MemberKey) -> bool {
        let Some(group) = &self.group else { return false };
        let joined =
            group.member(member).filter(|one| one.standing == Standing::Member).map(|one| one.joined);
        let by_door = joined.and_then(|joined| group.entry(&joined));
        let by_door = by_door.is_some_and(|joined| matches!(joined.entry.body, Body::Join(_)));
        by_door && self.came_within(member, hearing::NEW)
    }

    fn said(&self) -> Result<Said, CellError> {
        let mut said = Said::default();
        for name in self.listed(WELCOMES_NOTE)? {
            let Some((entry, by, _)) = self.shown_entry(&name)? else { continue };
            let Body::Welcome(welcome) = entry.body else { continue };
            said.greetings.extend(welcome.post.map(|post| (post, by)));
            if welcome.member == by {
                said.settled.insert(by)
            } else {
                said.greeted.insert(welcome.member)
            };
        }
        Ok(said)
    }

    fn steps(&self) -> Result<Steps, CellError> {
        Ok(self.noted(STEPS_NOTE)?.unwrap_or_default())
    }
}
