//! People, as pebbles: the first letter of what somebody is called, on one of six shapes. No pictures.

use std::collections::BTreeMap;

use kith_node::api::types::{Member, Role};

use crate::oops::Oops;
use crate::visit::Visit;

/// How many shapes there are.
const SHAPES: u8 = 6;

/// A pebble.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pebble {
    /// The class of its shape: `p1` to `p6`.
    pub shape: String,
    /// The letter on it.
    pub letter: String,
}

impl Pebble {
    /// The pebble of a member: its shape comes from the id, so that it is the same on every page of this group.
    pub fn of(member: &str, name: &str) -> Pebble {
        let id = u8::from_str_radix(member.get(..2).unwrap_or_default(), 16).unwrap_or_default();
        let letter = name.chars().find(|letter| letter.is_alphanumeric());
        Pebble {
            shape: format!("p{}", (id % SHAPES).saturating_add(1)),
            letter: letter.map_or_else(|| "?".to_owned(), |letter| letter.to_uppercase().to_string()),
        }
    }
}

/// What is said beside the names of a group's members.
#[derive(Clone, Debug, Default)]
pub struct People(BTreeMap<String, Member>);

impl People {
    /// Those of a group.
    ///
    /// # Errors
    /// As the service.
    pub async fn of(visit: &Visit, group: &str) -> Result<People, Oops> {
        let members = visit.service().member_list(group).await?.members;
        Ok(People(members.into_iter().map(|member| (member.member.clone(), member)).collect()))
    }

    /// Whether somebody is shown as new.
    pub fn is_new(&self, member: &str) -> bool {
        self.0.get(member).is_some_and(|member| member.new_here)
    }

    /// What somebody is in the group beside a member: the id of its words.
    pub fn role(&self, member: &str) -> Option<&'static str> {
        match self.0.get(member)?.role {
            Role::Member => None,
            Role::Helper => Some("role-helper"),
            Role::Facilitator => Some("role-facilitator"),
        }
    }

    /// Who facilitates, but for me and for one more: id and name.
    pub fn facilitators(&self, but: &str) -> Vec<(String, String)> {
        let facilitators = self.0.values().filter(|one| one.role == Role::Facilitator && !one.me);
        facilitators
            .filter(|one| one.member != but)
            .map(|one| (one.member.clone(), one.name.clone()))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pebble_has_a_letter_whatever_the_name() {
        for (name, letter) in
            [("wren", "W"), ("  é", "É"), ("\u{202e}b", "B"), ("", "?"), ("—", "?"), ("ß", "SS")]
        {
            assert_eq!(Pebble::of("ff", name).letter, letter, "{name:?}");
        }
        assert_eq!(Pebble::of("00ab", "x").shape, "p1");
        assert_eq!(Pebble::of("", "x").shape, "p1");
    }
}
