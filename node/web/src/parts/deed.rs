//! What was done, or is proposed, by those who look after a group. A signature is never told as if it were the decision.

use kith_node::api::types::{Deed, DeedState, Proposal, Recorded, Role};

use super::changes::{Part, parts};
use super::moderation::rule_words;
use crate::visit::Visit;
use crate::when::When;
use crate::words::Words;

/// One act of the record, for every member to read. What is about one person is told without the reason, which that
/// person reads, and what somebody wrote without their name.
#[derive(Clone, Debug)]
pub struct Act {
    /// What was done, and by whom.
    pub said: String,
    /// The rule it rests on.
    pub rule: Option<String>,
    /// Why: of a change that concerns all.
    pub reason: Option<String>,
    /// What a charter says since.
    pub changes: Vec<Part>,
    /// When, as whoever did it claimed.
    pub when: When,
    /// What became of it, if it did not simply take effect.
    pub outcome: Option<String>,
}

impl Act {
    /// An act of the record.
    pub fn of(visit: &Visit, act: &Recorded) -> Act {
        let words = &visit.words;
        let (reason, changes) = match &act.what {
            Deed::Amended { changes, reason } => (Some(reason.clone()), parts(words, changes)),
            _ => (None, Vec::new()),
        };
        let rule = match &act.what {
            Deed::Moderated { rule, .. } => *rule,
            _ => None,
        };
        Act {
            said: said(words, &act.name, &act.what, act.state == DeedState::Done),
            // Its place in the charter may be another's by now.
            rule: rule.map(|rule| words.t(rule_words(rule))),
            reason,
            changes,
            when: visit.clock.moment(words, &act.time),
            outcome: match act.state {
                DeedState::Awaiting => Some(words.t("deed-awaiting")),
                DeedState::Lapsed => Some(words.t("deed-lapsed")),
                _ => None,
            },
        }
    }
}

/// Something that waits for more to say the same, whole: whoever signs it reads what they sign.
#[derive(Clone, Debug)]
pub struct Proposed {
    /// By what it is named.
    pub id: String,
    /// What it is, and who began it.
    pub said: String,
    /// Why.
    pub reason: Option<String>,
    /// What a charter would say.
    pub changes: Vec<Part>,
    /// Who signed, and how many it takes.
    pub signed: String,
    /// Whether enough signed who did not know of each other.
    pub once_more: bool,
    /// Whether I signed.
    pub mine: bool,
}

impl Proposed {
    /// A proposal.
    pub fn of(words: &Words, proposal: Proposal) -> Proposed {
        let first = proposal.signed.first().cloned().unwrap_or_default();
        let changes = match &proposal.what {
            Deed::Amended { changes, .. } => parts(words, changes),
            _ => Vec::new(),
        };
        let enough = u32::try_from(proposal.signed.len()).is_ok_and(|signed| signed >= proposal.needed);
        let takes = words.tn("deed-takes", "needed", proposal.needed);
        let signed = words.t1("deed-signed-by", "names", proposal.signed.join(", "));
        Proposed {
            said: said(words, &first, &proposal.what, false),
            reason: reason(&proposal.what),
            changes,
            signed: format!("{takes} {signed}"),
            once_more: enough,
            mine: proposal.mine,
            id: proposal.proposal,
        }
    }
}

/// A deed in one sentence; of what is not `done` what was proposed.
fn said(words: &Words, name: &str, deed: &Deed, done: bool) -> String {
    let alone = |id: &str| words.t1(id, "name", name);
    let about = |id: &str, member: &str| words.t2(id, "name", name, "member", member);
    match deed {
        Deed::Founded => alone("deed-founded"),
        Deed::Invited { .. } => alone(if done { "deed-invited" } else { "deed-inviting" }),
        Deed::Revoked => alone("deed-revoked"),
        Deed::Admitted { member } => about(if done { "deed-admitted" } else { "deed-admitting" }, member),
        Deed::Promoted { member, role: Role::Facilitator } => about("deed-promoted-facilitator", member),
        Deed::Promoted { member, .. } => about("deed-promoted-helper", member),
        Deed::Demoted { member, role: Role::Helper, .. } => {
            about(if done { "deed-demoted-helper" } else { "deed-demoting-helper" }, member)
        }
        Deed::Demoted { member, .. } => about(if done { "deed-demoted" } else { "deed-demoting" }, member),
        Deed::SteppedBack => alone("deed-stepped-back"),
        Deed::Listed { .. } => alone("deed-listed"),
        Deed::Unlisted => alone("deed-unlisted"),
        Deed::Removed { member, .. } => about(if done { "deed-removed" } else { "deed-removing" }, member),
        Deed::Left => alone("deed-left"),
        Deed::Voted { member } => about("deed-voted", member),
        Deed::Amended { .. } => alone(if done { "deed-amended" } else { "deed-amending" }),
        Deed::Moderated { measure, post, .. } => alone(match (measure.as_str(), post) {
            ("fold", _) => "deed-folded",
            ("hold", _) => "deed-held",
            ("pause", _) => "deed-paused",
            ("restore", Some(_)) => "deed-restored",
            ("restore", None) => "deed-unpaused",
            _ => "deed-other",
        }),
        Deed::KeeperAdded => alone("deed-keeper-added"),
        Deed::KeeperRemoved => alone("deed-keeper-removed"),
        _ => alone("deed-other"),
    }
}

/// Why something is proposed, as whoever began it says.
fn reason(deed: &Deed) -> Option<String> {
    let reason = match deed {
        Deed::Demoted { reason, .. } | Deed::Removed { reason, .. } | Deed::Amended { reason, .. } => reason,
        _ => return None,
    };
    Some(reason.trim().to_owned()).filter(|reason| !reason.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::Library;

    #[test]
    fn a_signature_is_not_told_as_if_it_were_the_decision() {
        let words = Library::read().speak(Some("en"), None);
        let plain = |said: String| said.replace(['\u{2068}', '\u{2069}'], "");
        let removed = Deed::Removed { member: "Chi".into(), reason: "private".into() };
        assert_eq!(plain(said(&words, "Ana", &removed, true)), "Ana removed Chi.");
        assert_eq!(plain(said(&words, "Ana", &removed, false)), "Ana proposed to remove Chi.");
        let folded = Deed::Moderated {
            member: "Chi".into(),
            post: Some("ab".into()),
            measure: "fold".into(),
            rule: None,
            reason: "It names amounts".into(),
        };
        assert_eq!(plain(said(&words, "Ana", &folded, true)), "Something was folded by Ana.");
    }
}
