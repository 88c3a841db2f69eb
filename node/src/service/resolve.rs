//! Finding what a person means by an id, the beginning of one, or a title.

use super::ServiceError;
use crate::api::types::{Code, PREFIX_LEAST};

/// What kind of thing is meant, for the words of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Thing {
    /// A group, which may also be named by its exact title.
    Group,
    /// A post or reply.
    Post,
    /// An invite.
    Invite,
    /// A member.
    Member,
    /// A report that reached me.
    Report,
    /// What somebody wrote to me alone, in a conversation.
    Line,
    /// Somebody who knocked, or my own knock.
    Knock,
    /// Something that waits for more to say the same.
    Proposal,
    /// An item of the library.
    Item,
    /// A circle.
    Circle,
    /// An event.
    Event,
    /// A keeper, by its place.
    Keeper,
    /// A letter with kind words.
    Letter,
    /// Something I keep for myself.
    Mine,
    /// A directory that I read, which may also be named by its exact name.
    Directory,
    /// What a group says of itself in a directory.
    Listing,
}

impl Thing {
    fn word(self) -> &'static str {
        match self {
            Thing::Group => "group",
            Thing::Post => "post",
            Thing::Invite => "invite",
            Thing::Member => "member",
            Thing::Proposal => "proposal",
            Thing::Report => "report",
            Thing::Line => "line",
            Thing::Knock => "knock",
            Thing::Item => "item",
            Thing::Circle => "circle",
            Thing::Event => "event",
            Thing::Keeper => "keeper",
            Thing::Letter => "letter with kind words",
            Thing::Mine => "such thing",
            Thing::Directory => "directory",
            Thing::Listing => "listing",
        }
    }

    fn where_listed(self) -> &'static str {
        match self {
            Thing::Group => "\"kith group list\" shows them all.",
            Thing::Post => "\"kith read\" shows the posts of a group with their ids.",
            Thing::Invite => "\"kith invite list\" shows the invites of a group.",
            Thing::Member => "\"kith member list\" shows the members of a group.",
            Thing::Line => "\"kith dm show\" shows what somebody wrote to you, with its name.",
            Thing::Knock => "\"kith knock list\" shows who knocked, and your own knock.",
            Thing::Mine => "The \"list\" of the same command shows them with their ids.",
            Thing::Directory => "\"kith directory list\" shows those that you read.",
            Thing::Listing => {
                "\"kith directory browse\" shows those that hold now. Listings end, and are taken back."
            }
            Thing::Report => "\"kith report list\" shows those that reached you.",
            Thing::Item => "\"kith library list\" shows what is in the library of a group.",
            Thing::Circle => "\"kith circle list\" shows the circles of a group.",
            Thing::Keeper => "\"kith group keeper list\" shows the keepers of a group.",
            Thing::Letter => "\"kith letters\" shows the letters that reached you.",
            Thing::Event => "\"kith event list --all\" shows the events of a group.",
            Thing::Proposal => {
                "\"kith proposal list\" shows what waits for more facilitators; \"kith group record\" shows what was decided."
            }
        }
    }

    /// That nothing fits.
    pub fn unknown(self, given: &str) -> ServiceError {
        ServiceError::new(
            Code::UnknownId,
            format!("There is no {} here that goes by \"{}\".", self.word(), shown(given)),
            self.where_listed(),
        )
    }

    /// That more than one fits.
    pub fn ambiguous(self, given: &str) -> ServiceError {
        ServiceError::new(
            Code::AmbiguousId,
            format!("More than one {} here goes by \"{}\".", self.word(), shown(given)),
            format!("Give more characters of the id. {}", self.where_listed()),
        )
    }
}

/// At most this much of what was given is repeated in an answer.
const SHOWN: usize = 80;

fn shown(given: &str) -> String {
    let mut short: String = given.chars().take(SHOWN).collect();
    if short.len() < given.len() {
        short.push('…');
    }
    short
}

/// The beginning of an id, in lower case, if `given` can be one: hex, between [`PREFIX_LEAST`] and 64
/// characters.
pub fn prefix(given: &str) -> Option<String> {
    let fits = (PREFIX_LEAST..=64).contains(&given.len()) && given.bytes().all(|b| b.is_ascii_hexdigit());
    fits.then(|| given.to_ascii_lowercase())
}

/// Finds the one candidate, given as (hex id, title, what to return), that `given` names.
///
/// A whole id wins over a title, a title over the beginning of an id, so that nobody can hide a group behind
/// a title that looks like another's id.
///
/// # Errors
/// [`Code::UnknownId`], [`Code::AmbiguousId`].
pub fn one<'a, T>(
    thing: Thing,
    given: &str,
    candidates: impl IntoIterator<Item = (String, Option<&'a str>, T)>,
) -> Result<T, ServiceError> {
    let prefix = prefix(given);
    let (mut titled, mut begun) = (Vec::new(), Vec::new());
    for (id, title, value) in candidates {
        if id.eq_ignore_ascii_case(given) {
            return Ok(value);
        }
        if matches!(thing, Thing::Group | Thing::Directory) && title == Some(given) {
            titled.push(value);
        } else if prefix.as_ref().is_some_and(|prefix| id.starts_with(prefix)) {
            begun.push(value);
        }
    }
    let mut found = if titled.is_empty() { begun } else { titled };
    match (found.pop(), found.is_empty()) {
        (Some(value), true) => Ok(value),
        (Some(_), false) => Err(thing.ambiguous(given)),
        (None, _) => Err(thing.unknown(given)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn groups() -> Vec<(String, Option<&'static str>, u8)> {
        vec![
            (format!("abcdef01{}", "0".repeat(56)), Some("Tuesday"), 1),
            (format!("abcdef02{}", "0".repeat(56)), Some("Evening"), 2),
            (format!("123456{}", "a".repeat(58)), Some("Evening"), 3),
            (format!("777777{}", "a".repeat(58)), Some("abcdef01"), 4),
        ]
    }

    fn group(given: &str) -> Result<u8, Code> {
        one(Thing::Group, given, groups()).map_err(|error| error.code)
    }

    #[test]
    fn an_id_a_beginning_or_a_title_names_one() {
        assert_eq!(group(&groups()[0].0), Ok(1));
        assert_eq!(group(&groups()[0].0.to_uppercase()), Ok(1));
        assert_eq!(group("abcdef02"), Ok(2));
        assert_eq!(group("123456"), Ok(3));
        assert_eq!(group("Tuesday"), Ok(1));
        assert_eq!(group("abcdef01"), Ok(4), "an exact title is what the person typed");
    }

    #[test]
    fn what_fits_several_or_none_is_said() {
        assert_eq!(group("abcdef"), Err(Code::AmbiguousId));
        assert_eq!(group("Evening"), Err(Code::AmbiguousId));
        assert_eq!(group("12345"), Err(Code::UnknownId), "too short to be meant as an id");
        assert_eq!(group("tuesday"), Err(Code::UnknownId));
        assert_eq!(group(""), Err(Code::UnknownId));
        let members = [("abcdef99".to_owned(), Some("Ana"), ())];
        assert_eq!(one(Thing::Member, "Ana", members).unwrap_err().code, Code::UnknownId);
    }

    #[test]
    fn a_long_guess_is_not_repeated_whole() {
        assert!(Thing::Post.unknown(&"x".repeat(5000)).message.len() < 200);
    }
}
