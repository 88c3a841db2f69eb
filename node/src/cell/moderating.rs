//! What is shown of what people wrote, after what facilitators did about it and what this person hides.

use kith_protocol::body::{Body, Demote, Elect, Measure, Moderate, Role, StepBack};
use kith_protocol::charter::Rule;
use kith_protocol::group::{Group, Moderated, Standing};
use kith_protocol::id::{EntryId, MemberKey};
use kith_protocol::time::Millis;

use super::CellError;
use super::engine::Engine;
use crate::api::types::{self, Moderation, RuleName};

impl Engine {
    /// Gives up my office.
    pub(crate) fn step_back(&mut self) -> Result<EntryId, CellError> {
        self.write(Body::StepBack(StepBack {}))
    }

    /// Sets somebody back, or signs towards it.
    pub(crate) fn demote(
        &mut self,
        member: MemberKey,
        role: Role,
        reason: String,
    ) -> Result<EntryId, CellError> {
        self.write(Body::Demote(Demote { member, role, reason }))
    }

    /// Votes for somebody.
    pub(crate) fn elect(&mut self, member: MemberKey) -> Result<EntryId, CellError> {
        self.write(Body::Elect(Elect { member }))
    }

    /// Does something about what a member wrote.
    pub(crate) fn moderate(&mut self, act: Moderate) -> Result<EntryId, CellError> {
        if act.rule.is_some_and(|rule| rule_text(self.group.as_ref(), rule).is_none()) {
            return Err(CellError::NoSuchRule);
        }
        self.write(Body::Moderate(act))
    }

    /// Whether an act of moderation holds.
    pub(crate) fn holds(&self, member: &MemberKey, entry: Option<&EntryId>, measure: Measure) -> bool {
        let now = self.group.as_ref().and_then(|group| group.moderated(member, entry));
        now.map_or(Measure::Restore, |moderated| moderated.measure) == measure
    }

    /// Whose writing an entry is, if it is content that is here.
    pub(crate) fn author_of(&self, entry: &EntryId) -> Result<Option<MemberKey>, CellError> {
        let held = self.store.entry(&entry.short())?;
        Ok(held.and_then(|held| self.read_held(&held)).map(|(_, author)| author))
    }

    /// Until when my posting is paused, and the act that says so.
    pub(crate) fn paused(&self) -> Option<(Millis, Moderation)> {
        let moderated = self.group.as_ref()?.moderated(&self.me(), None)?;
        match moderated.measure {
            Measure::Pause(until) if self.now() < until => Some((until, self.moderation(&moderated)?)),
            _ => None,
        }
    }

    /// What holds for an entry of somebody's, written when it says it was.
    pub(super) fn moderation_of(
        &self,
        author: &MemberKey,
        entry: &EntryId,
        time: Millis,
    ) -> Option<Moderation> {
        let group = self.group.as_ref()?;
        if let Some(moderated) = group.moderated(author, Some(entry)) {
            return self.moderation(&moderated);
        }
        let pause = group.moderated(author, None)?;
        let since = group.entry(&pause.by)?.entry.time;
        match pause.measure {
            Measure::Pause(until) if since <= time && time < until && self.now() < until => {
                self.moderation(&pause)
            }
            _ => None,
        }
    }

    /// Whether I may read what is held of somebody's: my own, or as one who may restore it.
    pub(super) fn may_read_held(&self, author: &MemberKey) -> bool {
        let me = self.me();
        let member = self.group.as_ref().and_then(|group| group.member(&me));
        *author == me || member.is_some_and(|me| me.standing == Standing::Member && me.role > Role::Member)
    }

    fn moderation(&self, moderated: &Moderated) -> Option<Moderation> {
        let group = self.group.as_ref()?;
        let control = group.entry(&moderated.by)?;
        let Body::Moderate(act) = &control.entry.body else { return None };
        let rule = act.rule?;
        let (measure, until) = match moderated.measure {
            Measure::Fold => (types::Measure::Folded, None),
            Measure::Hold => (types::Measure::Held, None),
            Measure::Pause(until) => (types::Measure::Paused, Some(until.to_string())),
            Measure::Restore => return None,
        };
        let words = match rule {
            Rule::Floor(_) => None,
            Rule::Content(_) | Rule::Agreement(_) => {
                group.charter_of(&moderated.by).and_then(|charter| words(&charter, rule))
            }
        };
        Some(Moderation {
            measure,
            rule: RuleName(rule),
            rule_text: words,
            reason: act.reason.clone(),
            by: control.author.to_string(),
            name: group.member(&control.author).map(|by| by.name.clone()).unwrap_or_default(),
            until,
        })
    }
}

/// The words of a rule as the charter is now; none if there is no such rule.
fn rule_text(group: Option<&Group>, rule: Rule) -> Option<String> {
    match rule {
        Rule::Floor(_) => Some(String::new()),
        Rule::Content(_) | Rule::Agreement(_) => words(group?.charter(), rule),
    }
}

fn words(charter: &kith_protocol::charter::Charter, rule: Rule) -> Option<String> {
    let (list, place) = match rule {
        Rule::Floor(_) => return None,
        Rule::Content(place) => (&charter.rules, place),
        Rule::Agreement(place) => (&charter.agreements, place),
    };
    list.get(usize::from(place)).cloned()
}
