//! Circles as they are announced: the entries, and what a room needs to know of the group.
//!
//! Only names of entries are noted; what they say is read from the entries, so that what is taken back or has
//! outlived its time is gone here too. Of a circle itself nothing is here: it lives in [`super::room`].

use std::collections::BTreeMap;

use kith_protocol::admit::Verified;
use kith_protocol::body::{Body, Circle, CircleFormat};
use kith_protocol::circle::Setting;
use kith_protocol::group::Standing;
use kith_protocol::id::{EntryId, LogId, MemberKey, SealKey, ShortId};
use kith_protocol::identity::MemberSecrets;

use super::CellError;
use super::engine::{Engine, Notice};
use crate::api::types;

/// Circles that are listed. Of more, those announced first are not.
const CIRCLES: usize = 200;
/// People can go to a circle from so long before it begins, in milliseconds.
const EARLY: u64 = 30 * 60_000;
/// And until so long after it was to end.
const LATE: u64 = 6 * 3_600_000;
const MINUTE: u64 = 60_000;

const NOTE: &str = "circles";

/// What a room needs to know of the group; taken anew when the group changes.
#[derive(Clone, Debug, Default)]
pub(super) struct Company {
    /// What people are called.
    pub(super) names: BTreeMap<MemberKey, String>,
    /// The keys of the devices of members.
    pub(super) devices: BTreeMap<(MemberKey, LogId), SealKey>,
}

/// With what somebody goes to a circle.
pub(super) struct Ticket {
    pub(super) setting: Setting,
    pub(super) me: MemberSecrets,
    pub(super) log: LogId,
    pub(super) company: Company,
}

impl Engine {
    /// Announces a circle.
    pub(crate) fn announce(&mut self, circle: Circle) -> Result<EntryId, CellError> {
        let group = self.group()?;
        let leads = |member: &MemberKey| {
            group.member(member).is_some_and(|member| member.standing == Standing::Member)
        };
        if !leads(&circle.host) || circle.co_host.as_ref().is_some_and(|co_host| !leads(co_host)) {
            return Err(CellError::NobodyToAsk);
        }
        self.write(Body::Circle(circle))
    }

    /// The circles of the group: those to come and open ones in the order in which they begin, then past ones.
    pub(crate) fn circles_view(&self) -> Result<Vec<types::Circle>, CellError> {
        let mut circles = Vec::new();
        for name in self.circles()? {
            circles.extend(self.circle_view(&name)?);
        }
        let past = |circle: &types::Circle| circle.state == types::CircleState::Past;
        circles.sort_by(|a, b| (past(a), &a.start).cmp(&(past(b), &b.start)));
        Ok(circles)
    }

    /// Whether a circle is on as announced, or about to begin.
    pub(super) fn a_circle_is_on(&self) -> Result<bool, CellError> {
        let now = self.now();
        for name in self.circles()?.iter().rev() {
            let Some((plan, ..)) = self.announced(name)? else { continue };
            let end = plan.start.plus(u64::from(plan.minutes).saturating_mul(MINUTE));
            if plan.start <= now.plus(EARLY) && now < end {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// The names of all circles.
    pub(crate) fn circle_names(&self) -> Result<Vec<EntryId>, CellError> {
        let mut names = Vec::new();
        for name in self.circles()? {
            names.extend(self.announced(&name)?.map(|(.., id)| id));
        }
        Ok(names)
    }

    /// One circle.
    pub(crate) fn circle(&self, circle: &EntryId) -> Result<types::Circle, CellError> {
        self.circle_view(&circle.short())?.ok_or(CellError::NotTheirs)
    }

    /// With what I go to a circle.
    pub(super) fn ticket(&self, circle: &EntryId) -> Result<Ticket, CellError> {
        if self.standing() != Some(Standing::Member) {
            return Err(CellError::NotMember);
        }
        let (plan, _, circle) = self.announced(&circle.short())?.ok_or(CellError::NotTheirs)?;
        match self.when(&plan) {
            types::CircleState::Coming => return Err(CellError::TooSoon(plan.start)),
            types::CircleState::Past => return Err(CellError::Past),
            types::CircleState::Open => {}
        }
        let setting = Setting { group: self.id, circle, plan };
        Ok(Ticket { setting, me: self.secrets.clone(), log: self.own.log(), company: self.company() })
    }

    /// Who is in the group, and with which devices.
    pub(super) fn company(&self) -> Company {
        let Some(group) = &self.group else { return Company::default() };
        let names = group.members().map(|member| (member.key, member.name.clone())).collect();
        let current = group.members().filter(|member| member.standing == Standing::Member);
        let devices = current.flat_map(|member| {
            let live = member.logs.iter().filter(|log| log.live);
            live.map(|log| ((member.key, log.id), log.seal)).collect::<Vec<_>>()
        });
        Company { names, devices: devices.collect() }
    }

    /// Takes note of an announcement.
    pub(super) fn note_circle(&mut self, verified: &Verified) -> Result<(), CellError> {
        let mut names = self.circles()?;
        let name = verified.entry_id().short();
        if !names.contains(&name) {
            names.push(name);
            let beyond = names.len().saturating_sub(CIRCLES);
            names.drain(..beyond);
            self.staged.note(NOTE, minicbor::to_vec(&names).unwrap_or_default());
            self.notices.push(Notice::Changed);
        }
        Ok(())
    }

    fn circles(&self) -> Result<Vec<ShortId>, CellError> {
        Ok(self.noted(NOTE)?.unwrap_or_default())
    }

    fn announced(&self, name: &ShortId) -> Result<Option<(Circle, MemberKey, EntryId)>, CellError> {
        Ok(match self.shown_entry(name)? {
            Some((entry, author, id)) => match entry.body {
                Body::Circle(circle) => Some((circle, author, id)),
                _ => None,
            },
            None => None,
        })
    }

    fn when(&self, plan: &Circle) -> types::CircleState {
        let now = self.now();
        let until = plan.start.plus(u64::from(plan.minutes).saturating_mul(MINUTE)).plus(LATE);
        if now.plus(EARLY) < plan.start {
            types::CircleState::Coming
        } else if now < until {
            types::CircleState::Open
        } else {
            types::CircleState::Past
        }
    }

    fn circle_view(&self, name: &ShortId) -> Result<Option<types::Circle>, CellError> {
        let Some((plan, author, id)) = self.announced(name)? else { return Ok(None) };
        let person = |member: &MemberKey| types::CircleMember {
            member: member.to_string(),
            name: self.name_of(member),
            me: *member == self.me(),
        };
        let state = self.when(&plan);
        Ok(Some(types::Circle {
            circle: id.to_string(),
            group: self.id.to_string(),
            host: person(&plan.host),
            co_host: plan.co_host.as_ref().map(person),
            start: plan.start.to_string(),
            minutes: plan.minutes,
            size: plan.size,
            form: match plan.format {
                CircleFormat::Rounds => types::CircleForm::Rounds,
                CircleFormat::OpenFloor => types::CircleForm::OpenFloor,
                CircleFormat::SupportTurns => types::CircleForm::SupportTurns,
            },
            soft_minutes: plan.soft,
            opening: plan.opening,
            prompts: plan.prompts,
            closing: plan.closing,
            state,
            here: false,
            mine: author == self.me(),
        }))
    }
}
