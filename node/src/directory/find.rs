//! Looking through listings, on this device: by words, language, topic and way of meeting.
//!
//! Nothing is ranked by how many read or join; a listing comes first if it has more of the words, and more of them where it
//! says what it is.

use kith_protocol::directory::{Listing, Portrait, Topic, WayToMeet};

use super::topics;
use crate::search::Query;

/// Words that are looked for, at most. Further ones are not heeded.
const WORDS: usize = 16;

/// What somebody looks for. All of it may be empty.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wanted {
    /// Words, or the beginnings of words: any of them will do, and more are better.
    pub words: String,
    /// Only where this is spoken: `en` is meant in `en-GB` too.
    pub language: Option<String>,
    /// Only what is about this.
    pub topic: Option<Topic>,
    /// Only what meets so.
    pub way: Option<WayToMeet>,
}

/// How well a listing fits; none if it does not.
pub fn found(listing: &Listing, wanted: &Wanted) -> Option<u32> {
    let portrait = &listing.portrait;
    let speaks = wanted.language.as_deref().is_none_or(|language| speaks(portrait, language));
    let about = wanted.topic.is_none_or(|topic| portrait.topics.contains(&topic));
    let meets = wanted.way.is_none_or(|way| portrait.ways.contains(&way));
    if !(speaks && about && meets) {
        return None;
    }
    let words = wanted.words.split_whitespace().take(WORDS).filter_map(|word| Query::parse(word).ok());
    let words: Vec<Query> = words.collect();
    if words.is_empty() {
        return Some(0);
    }
    let topics = portrait.topics.iter().map(|topic| topics::words(*topic).to_owned());
    let names: Vec<String> = topics.chain(portrait.tags.iter().cloned()).collect();
    let what_it_is = format!("{}\n{}", portrait.title, names.join("\n"));
    let beside = [portrait.about.as_str(), &portrait.meets, &portrait.coming_in].join("\n");
    let (mut each, mut sum) = (0_u32, 0_u32);
    for word in &words {
        let worth =
            if word.marks(&what_it_is).is_some() { 3 } else { u32::from(word.marks(&beside).is_some()) };
        each = each.saturating_add(u32::from(worth > 0));
        sum = sum.saturating_add(worth);
    }
    // To have one more of the words is better than to have the others in better places.
    (each > 0).then(|| each.saturating_mul(100).saturating_add(sum))
}

fn speaks(portrait: &Portrait, language: &str) -> bool {
    let main = |tag: &str| tag.trim().split(['-', '_']).next().unwrap_or_default().to_ascii_lowercase();
    portrait.languages.iter().any(|one| main(one) == main(language))
}

#[cfg(test)]
mod tests {
    use kith_protocol::directory::ListingKey;
    use kith_protocol::id::{EntryId, GroupId};
    use kith_protocol::invite::{InviteSecret, Link, Way};
    use kith_protocol::time::Millis;

    use super::*;

    fn listing() -> Listing {
        let link = Link {
            group: GroupId([1; 32]),
            salt: [2; 32],
            invite: EntryId([3; 32]),
            secret: InviteSecret::from_bytes([4; 32]),
            expires: Millis(9),
            uses: 1,
            charter: [5; 32],
            nodes: Vec::new(),
            way: Way::Knock { desk: Vec::new(), questions: Vec::new() },
        };
        let portrait = Portrait {
            title: "Nächte, die zu lang sind".into(),
            about: "For people who lie awake. 昨日は眠れませんでした。".into(),
            topics: vec![Topic(1)],
            tags: vec!["insomnia".into()],
            languages: vec!["de-CH".into()],
            ways: vec![WayToMeet::WRITING],
            ..Portrait::default()
        };
        Listing { key: ListingKey([0; 32]), issued: Millis(0), expires: Millis(9), portrait, link }
    }

    fn words(words: &str) -> Option<u32> {
        found(&listing(), &Wanted { words: words.into(), ..Wanted::default() })
    }

    #[test]
    fn words_are_found_in_any_form_wherever_they_stand() {
        for there in ["nachte", "INSOMN", "awake", "眠れ", "grief", "Trauer", "bereaved"] {
            assert!(words(there).is_some(), "{there}");
        }
        for not in ["diabetes", "onlyx", "橋"] {
            assert_eq!(words(not), None, "{not}");
        }
        assert!(words("insomnia awake") > words("insomnia diabetes"));
        assert!(words("insomnia") > words("awake"), "what it is weighs more");
        assert_eq!(words(" !? "), Some(0), "nothing is looked for: all is shown");
    }

    #[test]
    fn languages_topics_and_ways_leave_out_the_rest() {
        let wanted = |language: Option<&str>, topic: Option<u8>, way: Option<u8>| {
            let wanted = Wanted {
                words: String::new(),
                language: language.map(str::to_owned),
                topic: topic.map(Topic),
                way: way.map(WayToMeet),
            };
            found(&listing(), &wanted).is_some()
        };
        assert!(wanted(Some("DE"), Some(1), Some(1)) && wanted(Some("de-AT"), None, None));
        assert!(
            !wanted(Some("en"), None, None) && !wanted(None, Some(2), None) && !wanted(None, None, Some(2))
        );
    }
}
