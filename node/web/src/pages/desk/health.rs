//! How a group does, in sentences about all of it, and about nobody in it.

use kith_node::api::types::GroupHealth;

use crate::words::Words;

/// How much of something is so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Share {
    All,
    Most,
    Some,
    None,
}

impl Share {
    fn of(part: u32, whole: u32) -> Share {
        match part {
            part if part >= whole => Share::All,
            0 => Share::None,
            part if part.saturating_mul(2) >= whole => Share::Most,
            _ => Share::Some,
        }
    }
}

/// How the group does.
pub fn health(words: &Words, health: &GroupHealth) -> Vec<String> {
    let mut said = vec![match health.posts {
        0 => words.t("health-no-posts"),
        posts => {
            let id = match Share::of(health.heard_in_time, posts) {
                Share::All => "health-heard-all",
                Share::Most => "health-heard-most",
                Share::Some => "health-heard-some",
                Share::None => "health-heard-none",
            };
            words.tn(id, "hours", health.reply_hours)
        }
    }];
    said.extend(health.first_reply_minutes.map(|minutes| match minutes {
        0..=119 => words.tn("health-first-minutes", "minutes", minutes.max(1)),
        more => words.tn("health-first-hours", "hours", more / 60),
    }));
    if health.newcomers > 0 {
        said.push(words.t(match Share::of(health.greeted_in_time, health.newcomers) {
            Share::All => "health-greeted-all",
            Share::Most => "health-greeted-most",
            Share::Some | Share::None => "health-greeted-few",
        }));
    }
    if health.posts > 0 {
        said.push(words.t(match Share::of(health.gave_and_received, health.members) {
            Share::All | Share::Most => "health-both-most",
            Share::Some => "health-both-some",
            Share::None => "health-both-none",
        }));
    }
    said
}

#[cfg(test)]
mod tests {
    use kith_node::api::types::DutyHours;

    use super::*;
    use crate::words::Library;

    #[test]
    fn it_is_told_of_all_and_of_nobody() {
        let words = Library::read().speak(Some("en"), None);
        let of = GroupHealth {
            group: "ab".repeat(32),
            days: 30,
            reply_hours: 24,
            posts: 12,
            heard_in_time: 11,
            first_reply_minutes: Some(150),
            newcomers: 2,
            greeted_in_time: 2,
            gave_and_received: 1,
            members: 9,
            duty: vec![DutyHours { member: "cd".repeat(32), name: "Ana".into(), hours: 12 }],
            open_reports: 1,
        };
        let said = health(&words, &of).join(" ").replace(['\u{2068}', '\u{2069}'], "");
        assert!(said.starts_with("Most posts of the last month were heard within 24 hours."), "{said}");
        assert!(!said.contains("Ana") && !said.contains("12") && !said.contains('9'), "{said}");
        let nothing = GroupHealth { posts: 0, newcomers: 0, first_reply_minutes: None, ..of };
        assert_eq!(health(&words, &nothing).len(), 1);
        assert_eq!(
            [Share::of(0, 0), Share::of(1, 2), Share::of(1, 3)],
            [Share::All, Share::Most, Share::Some]
        );
    }
}
