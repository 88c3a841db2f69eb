//! The charter, what waits for more signatures, and the record of what was done.

use kith_protocol::body::{Accept, Amend, Body, Keep, Measure};
use kith_protocol::charter::{self, Changes};
use kith_protocol::group::{Control, Effect, Group};
use kith_protocol::id::{EntryId, MemberKey};

use super::CellError;
use super::engine::Engine;
use super::views::{count, history, inviters, role};
use crate::api::types::{
    Advice, Charter, CharterChanges, Deed, DeedState, GroupCharter, History, Inviters, Proposal, Recorded,
    RuleName,
};

impl Engine {
    /// The charter as it is.
    pub(crate) fn charter_view(&self) -> Result<GroupCharter, CellError> {
        let (group, me) = (self.group()?, self.me());
        let accepted = group.accepted(&me);
        let then = group.consents(&me).next().filter(|_| !accepted);
        Ok(GroupCharter {
            group: self.id.to_string(),
            title: group.title().to_owned(),
            charter: shown(group.charter()),
            accepted,
            changed: then.map(|then| parts(&Changes::between(&then, group.charter()))).unwrap_or_default(),
        })
    }

    /// Changes the charter, or signs towards it. Says whether it is in effect, and whether members are asked;
    /// `None` if there is nothing to change.
    pub(crate) fn amend(
        &mut self,
        wished: CharterChanges,
        reason: String,
    ) -> Result<Option<(bool, bool)>, CellError> {
        let old = self.group()?.charter().clone();
        let new = read(&wished.over(shown(&old)));
        let changes = Changes::between(&old, &new);
        if changes.is_empty() {
            return Ok(None);
        }
        let material = changes.is_material();
        self.write(Body::Amend(Amend { changes, reason }))?;
        Ok(Some((self.group()?.charter() == &new, material)))
    }

    /// Accepts the charter as it is.
    pub(crate) fn accept(&mut self) -> Result<(), CellError> {
        let group = self.group()?;
        if !group.accepted(&self.me()) {
            let terms = group.charter().terms();
            self.write(Body::Accept(Accept { terms }))?;
        }
        Ok(())
    }

    /// What waits for more to say the same.
    pub(crate) fn proposals_view(&self) -> Result<Vec<Proposal>, CellError> {
        let (group, me) = (self.group()?, self.me());
        let mut shown = Vec::new();
        for proposal in group.proposals() {
            let first = proposal.entries.iter().find_map(|entry| group.entry(entry));
            let Some(what) = first.and_then(|control| deed(group, control)) else { continue };
            shown.push(Proposal {
                proposal: first.map(|control| control.id.to_string()).unwrap_or_default(),
                what,
                signed: proposal.signers.iter().map(|signer| name(group, signer)).collect(),
                needed: count(proposal.needed),
                mine: proposal.signers.contains(&me),
            });
        }
        Ok(shown)
    }

    /// The entries by which proposals are named: any of those that signed it.
    pub(crate) fn proposed(&self) -> Vec<EntryId> {
        let open = self.group.iter().flat_map(|group| group.proposals());
        open.flat_map(|proposal| proposal.entries.iter().copied()).collect()
    }

    /// Says the same as a proposal. Whether it has its full effect then.
    pub(crate) fn sign(&mut self, proposal: &EntryId) -> Result<bool, CellError> {
        let group = self.group()?;
        let same = |one: &&kith_protocol::group::Proposal| one.entries.contains(proposal);
        let found = group.proposals().find(same).ok_or(CellError::NotMine)?;
        // Enough who did not know of each other are too few, until one of them says it again.
        let signed = found.signers.contains(&self.me()) && found.signers.len() < found.needed;
        let act = found.act;
        let body = group.entry(proposal).map(|control| control.entry.body.clone());
        match body.filter(|_| !signed) {
            Some(Body::Remove(remove)) => self.remove(remove.member, remove.reason).map(drop)?,
            Some(body) => self.write(body).map(drop)?,
            None => {}
        }
        Ok(!self.group()?.proposals().any(|one| one.act == act))
    }

    /// What facilitators, helpers and voters did that counts, the newest first.
    pub(crate) fn record(&self) -> Result<Vec<Recorded>, CellError> {
        let group = self.group()?;
        let mut acts: Vec<_> =
            group.counting().filter_map(|control| Some((control, deed(group, control)?))).collect();
        acts.sort_by_key(|(control, _)| std::cmp::Reverse((control.entry.lamport, control.id)));
        let recorded = |(control, what): (&Control, Deed)| Recorded {
            entry: control.id.to_string(),
            time: control.entry.time.to_string(),
            by: control.author.to_string(),
            name: name(group, &control.author),
            what,
            state: match group.effect(&control.id) {
                Some(Effect::Awaited) => DeedState::Awaiting,
                // Who is it already was asked to stay: that takes one, and came to something.
                Some(Effect::Lapsed) if !stays(group, control) => DeedState::Lapsed,
                _ => DeedState::Done,
            },
        };
        Ok(acts.into_iter().map(recorded).collect())
    }

    /// Whether I am asked to accept the charter anew.
    pub(super) fn asked(&self) -> bool {
        self.settled() && self.group.as_ref().is_some_and(|group| !group.accepted(&self.me()))
    }
}

fn name(group: &Group, member: &MemberKey) -> String {
    group.member(member).map(|member| member.name.clone()).unwrap_or_default()
}

/// What an entry did, if it is for the record.
fn deed(group: &Group, control: &Control) -> Option<Deed> {
    let member = |key: &MemberKey| name(group, key);
    Some(match &control.entry.body {
        Body::Genesis(_) => Deed::Founded,
        Body::Invite(invite) => Deed::Invited { uses: invite.uses },
        Body::Revoke(_) => Deed::Revoked,
        Body::Admit(admit) => Deed::Admitted {
            member: group.entry(&admit.join).map(|join| member(&join.author)).unwrap_or_default(),
        },
        Body::Promote(promote) => {
            Deed::Promoted { member: member(&promote.member), role: role(promote.role) }
        }
        Body::Demote(demote) => Deed::Demoted {
            member: member(&demote.member),
            role: role(demote.role),
            reason: demote.reason.clone(),
        },
        Body::Listed(listed) => Deed::Listed { title: listed.portrait.title.clone() },
        Body::Unlisted(_) => Deed::Unlisted,
        Body::StepBack(_) => Deed::SteppedBack,
        Body::Remove(remove) => {
            Deed::Removed { member: member(&remove.member), reason: remove.reason.clone() }
        }
        Body::Leave(_) => Deed::Left,
        Body::Elect(elect) => Deed::Voted { member: member(&elect.member) },
        Body::Amend(amend) => Deed::Amended { changes: parts(&amend.changes), reason: amend.reason.clone() },
        Body::Moderate(act) => Deed::Moderated {
            member: member(&act.member),
            post: act.entry.as_ref().map(ToString::to_string),
            measure: match act.measure {
                Measure::Restore => "restore",
                Measure::Fold => "fold",
                Measure::Hold => "hold",
                Measure::Pause(_) => "pause",
            }
            .to_owned(),
            rule: act.rule.map(RuleName),
            reason: act.reason.clone(),
        },
        // Whoever names a place that another named is one more steward of it, which is no act of theirs.
        Body::Keep(keep) if first_to_name(group, control, keep) => Deed::KeeperAdded,
        Body::Unkeep(_) => Deed::KeeperRemoved,
        _ => return None,
    })
}

fn first_to_name(group: &Group, control: &Control, keep: &Keep) -> bool {
    let same = |other: &&Control| matches!(&other.entry.body, Body::Keep(other) if other.place == keep.place);
    let first = group.counting().filter(same).min_by_key(|other| (other.entry.lamport, other.id));
    first.is_some_and(|first| first.id == control.id)
}

/// Whether somebody was spoken for who holds a seat now.
fn stays(group: &Group, control: &Control) -> bool {
    match &control.entry.body {
        Body::Promote(promote) => group.seats().contains(&promote.member),
        _ => false,
    }
}

/// Changes of a charter, as they are shown.
fn parts(changes: &Changes) -> CharterChanges {
    let changes = changes.clone();
    CharterChanges {
        purpose: changes.purpose,
        audience: changes.audience,
        agreements: changes.agreements,
        rules: changes.rules,
        confidentiality: changes.confidentiality,
        reply_hours: changes.reply_hours,
        retention_days: changes.retention_days,
        advice: changes.advice.map(advice),
        language: changes.language,
        questions: changes.questions,
        term_days: changes.term_days,
        attachment_kib: changes.attachment.map(|cap| cap.0),
        history: changes.history.map(history),
        size: changes.size,
        invites: changes.inviters.map(inviters),
    }
}

fn advice(advice: charter::Advice) -> Advice {
    match advice {
        charter::Advice::IfAsked => Advice::IfAsked,
        charter::Advice::Welcome => Advice::Welcome,
    }
}

fn shown(charter: &charter::Charter) -> Charter {
    Charter {
        purpose: charter.purpose.clone(),
        audience: charter.audience.clone(),
        agreements: charter.agreements.clone(),
        rules: charter.rules.clone(),
        confidentiality: charter.confidentiality.clone(),
        reply_hours: charter.reply_hours,
        retention_days: charter.retention_days,
        advice: advice(charter.advice),
        language: charter.language.clone(),
        questions: charter.questions.clone(),
        term_days: charter.term_days,
        attachment_kib: charter.attachment.0,
        history: history(charter.history),
        size: charter.size,
        invites: inviters(charter.inviters),
        shared_power: charter.shared_power,
    }
}

/// A charter as the protocol has it.
pub(crate) fn read(wished: &Charter) -> charter::Charter {
    charter::Charter {
        purpose: wished.purpose.clone(),
        audience: wished.audience.clone(),
        agreements: wished.agreements.clone(),
        rules: wished.rules.clone(),
        confidentiality: wished.confidentiality.clone(),
        reply_hours: wished.reply_hours,
        retention_days: wished.retention_days,
        advice: match wished.advice {
            Advice::IfAsked => charter::Advice::IfAsked,
            Advice::Welcome => charter::Advice::Welcome,
        },
        language: wished.language.clone(),
        questions: wished.questions.clone(),
        term_days: wished.term_days,
        attachment: charter::AttachmentCap(wished.attachment_kib),
        history: match wished.history {
            History::All => charter::History::All,
            History::None => charter::History::None,
        },
        size: wished.size,
        inviters: match wished.invites {
            Inviters::Facilitators => charter::Inviters::Facilitators,
            Inviters::Members => charter::Inviters::Members,
        },
        shared_power: wished.shared_power,
    }
}
