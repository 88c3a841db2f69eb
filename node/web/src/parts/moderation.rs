//! Why something is not simply shown, in words.

use kith_node::api::types::{Charter, Floor, Measure, Moderation, Rule, RuleName};

use crate::visit::Visit;
use crate::words::Words;

/// What was done, by which rule, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Done {
    /// What, by whom.
    pub what: String,
    /// The rule, in the group's words or those of every group.
    pub rule: String,
    /// The reason, in the words of whoever decided.
    pub reason: String,
}

impl Done {
    /// What was done about a text.
    pub fn of(visit: &Visit, moderation: &Moderation) -> Done {
        let words = &visit.words;
        let name = &moderation.name;
        let what = match (moderation.measure, moderation.until.as_deref()) {
            (Measure::Folded, _) => words.t1("moderated-folded", "name", name),
            (Measure::Held, _) => words.t1("moderated-held", "name", name),
            (Measure::Paused, None) => words.t1("moderated-paused", "name", name),
            (Measure::Paused, Some(until)) => {
                words.t2("moderated-paused-until", "name", name, "when", visit.clock.moment(words, until))
            }
        };
        let rule = moderation.rule_text.clone().unwrap_or_else(|| words.t(rule_words(moderation.rule)));
        Done { what, rule, reason: moderation.reason.clone() }
    }
}

/// The words of a rule that every group has.
pub fn rule_words(rule: RuleName) -> &'static str {
    match rule.0 {
        Rule::Floor(Floor::Methods) => "moderated-rule-methods",
        Rule::Floor(Floor::Numbers) => "moderated-rule-numbers",
        Rule::Floor(Floor::Encouragement) => "moderated-rule-encouragement",
        Rule::Floor(Floor::Pacts) => "moderated-rule-pacts",
        Rule::Floor(Floor::Countdowns) => "moderated-rule-countdowns",
        Rule::Floor(Floor::Identifying) => "moderated-rule-identifying",
        Rule::Content(_) => "moderated-rule-content",
        Rule::Agreement(_) => "moderated-rule-agreement",
    }
}

/// The rules that an act in a group can rest on: by name, and in words.
pub fn rules(words: &Words, charter: &Charter) -> Vec<(String, String)> {
    let floor = Floor::ALL.map(|floor| RuleName(Rule::Floor(floor)));
    let floor = floor.map(|rule| (rule.to_string(), words.t(rule_words(rule))));
    let own = |list: &[String], rule: fn(u16) -> Rule| -> Vec<(String, String)> {
        let named = (0..).zip(list).map(|(place, said)| (RuleName(rule(place)).to_string(), said.clone()));
        named.collect()
    };
    let content = own(&charter.rules, Rule::Content);
    floor.into_iter().chain(content).chain(own(&charter.agreements, Rule::Agreement)).collect()
}
