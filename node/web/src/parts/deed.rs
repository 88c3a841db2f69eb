//! What was done, or is proposed, by those who look after a group, in one sentence.

use kith_node::api::types::{Deed, Floor, Role, Rule, RuleName};

use crate::words::Words;

/// A deed in one sentence.
pub fn said(words: &Words, deed: &Deed) -> String {
    match deed {
        Deed::Founded => words.t("deed-founded"),
        Deed::Invited { .. } => words.t("deed-invited"),
        Deed::Revoked => words.t("deed-revoked"),
        Deed::Admitted { member } => words.t1("deed-admitted", "member", member),
        Deed::Promoted { member, role } => {
            words.t2("deed-promoted", "member", member, "role", words.t(role_words(*role)))
        }
        Deed::Demoted { member, role, .. } => {
            words.t2("deed-demoted", "member", member, "role", words.t(role_words(*role)))
        }
        Deed::SteppedBack => words.t("deed-stepped-back"),
        Deed::Removed { member, .. } => words.t1("deed-removed", "member", member),
        Deed::Left => words.t("deed-left"),
        Deed::Voted { member } => words.t1("deed-voted", "member", member),
        Deed::Amended { .. } => words.t("deed-amended"),
        Deed::Moderated { member, measure, post, .. } => {
            let id = match (measure.as_str(), post) {
                ("fold", _) => "deed-folded",
                ("hold", _) => "deed-held",
                ("pause", _) => "deed-paused",
                ("restore", Some(_)) => "deed-restored",
                ("restore", None) => "deed-unpaused",
                _ => "deed-other",
            };
            words.t1(id, "member", member)
        }
        _ => words.t("deed-other"),
    }
}

/// Why it was done, as its author said.
pub fn reason(deed: &Deed) -> Option<String> {
    let reason = match deed {
        Deed::Demoted { reason, .. }
        | Deed::Removed { reason, .. }
        | Deed::Amended { reason, .. }
        | Deed::Moderated { reason, .. } => reason,
        _ => return None,
    };
    (!reason.is_empty()).then(|| reason.clone())
}

/// The rule that was named, if one was.
pub fn rule(words: &Words, deed: &Deed) -> Option<String> {
    match deed {
        Deed::Moderated { rule: Some(rule), .. } => Some(rule_words(words, rule, &[], &[])),
        _ => None,
    }
}

/// A role in a word.
pub fn role_words(role: Role) -> &'static str {
    match role {
        Role::Facilitator => "role-facilitator",
        Role::Helper => "role-helper",
        Role::Member => "role-member",
    }
}

/// A rule in words: those of the charter as they stand there, where they are known.
pub fn rule_words(words: &Words, rule: &RuleName, rules: &[String], agreements: &[String]) -> String {
    let at = |list: &[String], place: u16| list.get(usize::from(place)).cloned();
    let number = |place: u16| u64::from(place).saturating_add(1);
    match rule.0 {
        Rule::Floor(floor) => words.t(match floor {
            Floor::Methods => "rule-methods",
            Floor::Numbers => "rule-numbers",
            Floor::Encouragement => "rule-encouragement",
            Floor::Pacts => "rule-pacts",
            Floor::Countdowns => "rule-countdowns",
            Floor::Identifying => "rule-identifying",
        }),
        Rule::Content(place) => {
            at(rules, place).unwrap_or_else(|| words.tn("rule-content", "number", number(place)))
        }
        Rule::Agreement(place) => {
            at(agreements, place).unwrap_or_else(|| words.tn("rule-agreement", "number", number(place)))
        }
    }
}
