//! What facilitators and helpers do about what somebody wrote, and what a person hides for themselves.

use std::fmt;
use std::str::FromStr;

use kith_protocol::charter::{Floor, Rule};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{ActState, Id, Time};

/// What holds for something somebody wrote.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Measure {
    /// It is shown folded, behind the reason.
    Folded,
    /// It is not shown, but to its author and to who may restore it.
    Held,
    /// Likewise, for it was written while its author's posting was paused; it is shown when that ends.
    Paused,
}

/// Why something is not simply shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Moderation {
    /// What holds.
    pub measure: Measure,
    /// The rule it rests on.
    pub rule: RuleName,
    /// That rule in the group's own words; none for a rule that every group has.
    pub rule_text: Option<String>,
    /// Why, in words for everybody.
    pub reason: String,
    /// Who decided: member id.
    pub by: Id,
    /// What that member is called.
    pub name: String,
    /// When a pause ends.
    pub until: Option<Time>,
}

/// What to do about a post or reply.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Act {
    /// Show it folded.
    Fold,
    /// Do not show it.
    Hold,
    /// Take back what was done.
    Restore,
}

/// An act of moderation on a post or reply.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Moderate {
    /// What to do.
    pub act: Act,
    /// The rule it rests on; needed for all but restoring.
    #[serde(default)]
    pub rule: Option<RuleName>,
    /// Why, in words for everybody: 1 to 2048 bytes.
    pub reason: String,
}

/// A pause of somebody's posting, or its end.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Pause {
    /// How long, in seconds; none ends one.
    #[serde(default)]
    pub lasts: Option<u64>,
    /// The rule it rests on; needed for a pause.
    #[serde(default)]
    pub rule: Option<RuleName>,
    /// Why, in words for everybody: 1 to 2048 bytes.
    pub reason: String,
}

/// How an act of moderation went.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Moderated {
    /// Whose writing it is about.
    pub member: Id,
    /// What that member is called.
    pub name: String,
    /// What of it; none if it is about all they write.
    pub post: Option<Id>,
    /// Whether it has its full effect.
    pub state: ActState,
}

/// Whether a member is hidden from me.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Mute {
    /// Whether they are.
    pub muted: bool,
}

/// A member hidden from me, or shown again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Muted {
    /// The member.
    pub member: Id,
    /// What they are called.
    pub name: String,
    /// Whether what they write is hidden.
    pub muted: bool,
    /// Whether they are blocked: then what they write is hidden all the same.
    #[serde(default)]
    pub blocked: bool,
}

/// Whether a member is blocked by me.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Block {
    /// Whether they are.
    pub blocked: bool,
}

/// A member blocked by me, or no more.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Blocked {
    /// The member.
    pub member: Id,
    /// What they are called.
    pub name: String,
    /// Whether what they write is hidden, and their letters are not kept.
    pub blocked: bool,
    /// Whether they are muted: then what they write is hidden all the same.
    #[serde(default)]
    pub muted: bool,
}

/// A rule by name: `methods`, `numbers`, `encouragement`, `pacts`, `countdowns`, `identifying` (which every group
/// has), `rule:N` or `agreement:N` (of the charter, counted from 1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(try_from = "String", into = "String")]
#[schema(value_type = String, example = "numbers")]
pub struct RuleName(pub Rule);

const FLOOR: [(&str, Floor); 6] = [
    ("methods", Floor::Methods),
    ("numbers", Floor::Numbers),
    ("encouragement", Floor::Encouragement),
    ("pacts", Floor::Pacts),
    ("countdowns", Floor::Countdowns),
    ("identifying", Floor::Identifying),
];

impl fmt::Display for RuleName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Rule::Floor(floor) => {
                let named = FLOOR.iter().find(|(_, other)| *other == floor);
                f.write_str(named.map_or("", |(name, _)| name))
            }
            Rule::Content(place) => write!(f, "rule:{}", u32::from(place).saturating_add(1)),
            Rule::Agreement(place) => write!(f, "agreement:{}", u32::from(place).saturating_add(1)),
        }
    }
}

impl FromStr for RuleName {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<RuleName, &'static str> {
        const HOW: &str = "name a rule: methods, numbers, encouragement, pacts, countdowns, identifying, \
                           or one of the charter, such as rule:1 or agreement:2";
        let place =
            |number: &str| number.parse::<u16>().ok().and_then(|number| number.checked_sub(1)).ok_or(HOW);
        if let Some((_, floor)) = FLOOR.iter().find(|(name, _)| *name == text) {
            return Ok(RuleName(Rule::Floor(*floor)));
        }
        match text.split_once(':') {
            Some(("rule", number)) => Ok(RuleName(Rule::Content(place(number)?))),
            Some(("agreement", number)) => Ok(RuleName(Rule::Agreement(place(number)?))),
            _ => Err(HOW),
        }
    }
}

impl TryFrom<String> for RuleName {
    type Error = &'static str;

    fn try_from(text: String) -> Result<RuleName, &'static str> {
        text.parse()
    }
}

impl From<RuleName> for String {
    fn from(name: RuleName) -> String {
        name.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_are_named_as_people_count() {
        for name in [
            "methods",
            "numbers",
            "encouragement",
            "pacts",
            "countdowns",
            "identifying",
            "rule:1",
            "agreement:20",
        ] {
            assert_eq!(name.parse::<RuleName>().unwrap().to_string(), name);
        }
        assert_eq!("agreement:2".parse(), Ok(RuleName(Rule::Agreement(1))));
        for wrong in ["", "rule", "rule:0", "agreement:x", "Methods", "rule:99999"] {
            assert!(wrong.parse::<RuleName>().is_err(), "{wrong}");
        }
    }
}
