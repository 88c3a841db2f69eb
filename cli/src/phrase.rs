//! Sentences that more than one command says, in one place so that they agree.

use kith_node::api::types::{
    CatchingUp, Code, Delivery, DeliveryState, Floor, GroupState, History, KnockState, Measure, Moderation,
    Post, Problem, Quiet, Role, Rule, RuleName, Unshown,
};

use crate::{attach, hearing, plain, when};

/// An id as people see it: long enough to be unique in any group, short enough to copy.
pub fn id(id: &str) -> &str {
    id.get(..12).unwrap_or(id)
}

/// A title, or what is said while it is not known.
pub fn title(title: Option<&str>) -> String {
    title.map_or_else(
        || "(a group whose title is not here yet)".to_owned(),
        |title| plain::line(title).into_owned(),
    )
}

/// A number with its noun: `1 post`, `2 posts`.
pub fn count(number: impl Into<u64>, one: &str, more: &str) -> String {
    let number = number.into();
    format!("{number} {}", if number == 1 { one } else { more })
}

/// How far a catching-up has come.
pub fn catching_up(progress: CatchingUp) -> String {
    format!("Catching up: {} of about {} messages have arrived.", progress.arrived, progress.of)
}

/// How far something I wrote has come.
pub fn delivery(delivery: &Delivery) -> String {
    travelled(delivery.state, delivery.nodes)
}

/// As [`delivery()`], of anything that travels.
pub fn travelled(state: DeliveryState, nodes: u32) -> String {
    match state {
        DeliveryState::Saved => "Saved on this device.".to_owned(),
        DeliveryState::Waiting => {
            "Saved on this device. It will go out when another member's node is reachable.".to_owned()
        }
        DeliveryState::Kept => "A keeper of the group holds it until the others come.".to_owned(),
        DeliveryState::Passed => format!("Passed to {}.", count(nodes, "node", "nodes")),
        DeliveryState::Held => format!("Held by {}.", count(nodes, "member's node", "members' nodes")),
    }
}

/// What newcomers can read.
pub fn history(history: History) -> &'static str {
    match history {
        History::All => "Newcomers can read what was written before they came.",
        History::None => "Newcomers can read only what is written after they came.",
    }
}

/// What I can read of the time before I came.
pub fn history_for_me(history: History) -> &'static str {
    match history {
        History::All => {
            "You can read what was written before you came, and those who come later can read you."
        }
        History::None => {
            "You can read what is written from now on. Those who come later cannot read what came before them."
        }
    }
}

/// How I stand in a group.
pub fn standing(state: GroupState) -> &'static str {
    match state {
        GroupState::Joined => "You are in this group.",
        GroupState::Waiting => "Waiting to be let in. Your node goes on trying by itself.",
        GroupState::Refused => "The invite did not open this group.",
        GroupState::Left => "You left this group. What you received stays readable here.",
        GroupState::Removed => "You were removed from this group. What you received stays readable here.",
    }
}

/// How far one's own knock has come.
pub fn knock(state: KnockState) -> &'static str {
    match state {
        KnockState::Saved => "Saved on this device. It goes out when a member's node is reachable.",
        KnockState::PassedOn => {
            "A member's node has it, and cannot read it. It is on its way to those who decide."
        }
        KnockState::Received => {
            "It has reached somebody who decides. They are people, and may need a day or two."
        }
        KnockState::Admitted => "You are let in.",
        KnockState::Declined => "They decided not to let you in this time.",
    }
}

/// A role.
pub fn role(role: Role) -> &'static str {
    match role {
        Role::Member => "member",
        Role::Helper => "helper",
        Role::Facilitator => "facilitator",
    }
}

/// A post as people read it: who and when on one line, then the text, indented; of a folded one only if it is to be
/// `unfolded`.
pub fn written(post: &Post, unfolded: bool) -> String {
    let mut shown = format!("{}, {}", plain::line(&post.name), when::friendly(&post.time));
    shown.push_str(&format!("   [{}]", id(&post.post)));
    if let Some(parent) = &post.reply_to {
        shown.push_str(&format!("  in answer to [{}]", id(parent)));
        if post.parent_missing {
            shown.push_str(" (that message is not here yet)");
        }
    }
    if post.mine {
        shown.push_str(match post.state {
            DeliveryState::Saved | DeliveryState::Waiting => "  (waiting to send)",
            DeliveryState::Kept => "  (with a keeper)",
            DeliveryState::Passed => "  (passed on)",
            DeliveryState::Held => "",
        });
    }
    if let Some(manner) = hearing::manner(post) {
        shown.push_str(&format!("  ({manner})"));
    }
    if post.edited {
        shown.push_str("  (changed by the author)");
    }
    shown.push('\n');
    if post.withdrawn {
        shown.push_str("    (Taken back by the author.)\n");
        return shown;
    }
    match &post.unshown {
        Some(Unshown::Removed(reason)) if reason.is_empty() => {
            shown
                .push_str("    (The others do not see this: you were removed before it had reached them.)\n");
        }
        Some(Unshown::Removed(reason)) => shown.push_str(&format!(
            "    (The others do not see this: you were removed before it had reached them. The reason: {})\n",
            plain::line(reason)
        )),
        Some(Unshown::Waiting) => {
            shown.push_str("    (The others do not see this while you wait to be let in.)\n");
        }
        None => {}
    }
    let moderation = post.moderation.as_deref();
    if let Some(moderation) = moderation {
        shown.push_str(&format!("    ({})\n", self::moderation(moderation)));
    }
    let folded = moderation.is_some_and(|moderation| moderation.measure == Measure::Folded);
    if folded && !unfolded {
        let id = id(&post.post);
        shown.push_str(&format!("    (To read it all the same: kith thread {id} --unfold)\n"));
        return shown;
    }
    if let Some(fold) = hearing::fold(post).filter(|_| !unfolded) {
        shown.push_str(&format!("    ({fold})\n"));
        return shown;
    }
    if let Some(notes) = hearing::notes(&post.notes) {
        shown.push_str(&format!("    ({notes})\n"));
    }
    for line in plain::block(&post.text).lines() {
        shown.push_str("    ");
        shown.push_str(line);
        shown.push('\n');
    }
    shown.push_str(&attach::lines(&post.post, &post.attachments));
    shown.push_str(&hearing::after(post));
    shown
}

/// That something is left out because this reader wishes so, and what shows it.
pub fn left_out(command: &str) -> String {
    format!("(Something is left out, as you chose. Show: {command})\n")
}

/// Why something is not simply shown.
pub fn moderation(moderation: &Moderation) -> String {
    let name = plain::line(&moderation.name);
    let what = match (moderation.measure, &moderation.until) {
        (Measure::Folded, _) => format!("Folded by {name}."),
        (Measure::Held, _) => {
            format!("Held by {name}: only its author, facilitators and helpers see the text.")
        }
        (Measure::Paused, None) => format!("Held: {name} paused this member's posting."),
        (Measure::Paused, Some(until)) => {
            format!("Held until {}: {name} paused this member's posting.", when::friendly(until))
        }
    };
    let rule = match &moderation.rule_text {
        Some(rule) => format!("\"{}\"", plain::line(rule)),
        None => floor(moderation.rule).to_owned(),
    };
    format!("{what} The rule: {rule}. The reason: {}", plain::line(&moderation.reason))
}

/// A rule that every group has, in words.
pub fn floor(rule: RuleName) -> &'static str {
    match rule.0 {
        Rule::Floor(Floor::Methods) => "nothing about how to harm oneself",
        Rule::Floor(Floor::Numbers) => "no amounts or numbers of self-harm or eating",
        Rule::Floor(Floor::Encouragement) => "no encouragement to self-harm",
        Rule::Floor(Floor::Pacts) => "no agreements to harm oneself together",
        Rule::Floor(Floor::Countdowns) => "no farewell notes or countdowns",
        Rule::Floor(Floor::Identifying) => "nothing that tells who somebody else is",
        Rule::Content(_) => "a rule of the charter as it was",
        Rule::Agreement(_) => "an agreement of the charter as it was",
    }
}

/// The words by which a group is known, and what to do with them.
pub fn key_words(words: &str) -> String {
    format!(
        "Key words: {}\n\
         Read them to somebody of the group, by voice. If theirs are others, it is not the same group: do not write there, and\n\
         ask whoever invited you.\n",
        plain::line(words)
    )
}

/// That something must be said by an option, where nobody can be asked.
pub fn say_it(what: &str, option: &str) -> Problem {
    Problem::new(
        Code::Usage,
        format!("{what} is needed, and there is nobody to ask."),
        format!("Give it with {option}."),
    )
}

/// That nobody is on duty, and what there is all the same.
pub fn quiet(quiet: &Quiet) -> String {
    let until = quiet.until.as_deref().map(|until| format!(" until {}", when::to_come(until)));
    format!(
        "No facilitator is on duty{}. Members may still be reading. Help numbers: kith crisis card",
        until.as_deref().unwrap_or(" now")
    )
}

/// A title or id as it is repeated in a command to be given.
pub fn argument(given: &str) -> String {
    let given = plain::line(given);
    if given.contains(' ') { format!("\"{given}\"") } else { given.into_owned() }
}

#[cfg(test)]
pub mod tests {
    use kith_node::api::types::{Choice, ContentNotes};

    use super::*;

    /// A post of a stranger, with what terminals obey in it.
    pub fn example() -> Post {
        Post {
            post: "0123456789abcdef".repeat(4),
            group: "a".repeat(64),
            author: "b".repeat(64),
            name: "Ana\u{1b}[1m".into(),
            text: "one\n\u{202e}two\n".into(),
            time: "2020-01-01T00:00:00.000Z".into(),
            reply_to: None,
            parent_missing: false,
            state: DeliveryState::Held,
            mine: false,
            moderation: None,
            intent: None,
            kind: None,
            notes: ContentNotes::default(),
            attachments: Vec::new(),
            choice: Choice::Show,
            muted: false,
            proposed: Vec::new(),
            heard: false,
            unasked: false,
            acks: Vec::new(),
            asking: Vec::new(),
            unanswered: None,
            edited: false,
            withdrawn: false,
            unshown: None,
            much: false,
        }
    }

    #[test]
    fn a_post_is_shown_harmless_and_indented() {
        let shown = written(&example(), false);
        let lines: Vec<_> = shown.lines().collect();
        assert!(lines[0].starts_with("Ana�[1m, ") && lines[0].ends_with("[0123456789ab]"), "{shown}");
        assert_eq!(&lines[1..], ["    one", "    two"]);
    }

    #[test]
    fn what_others_do_not_see_is_said_with_the_reason() {
        let unshown = Some(Unshown::Removed("Two warnings\u{1b}[2J.".into()));
        let shown = written(&Post { mine: true, unshown, ..example() }, false);
        assert!(shown.contains("The reason: Two warnings�[2J.)\n    one\n"), "{shown}");
    }

    #[test]
    fn what_is_not_here_yet_or_not_sent_yet_is_said() {
        let post = Post {
            reply_to: Some("ffffffffffffffff0000".into()),
            parent_missing: true,
            mine: true,
            state: DeliveryState::Waiting,
            ..example()
        };
        let shown = written(&post, false);
        assert!(
            shown.contains("in answer to [ffffffffffff] (that message is not here yet)  (waiting to send)")
        );
    }

    #[test]
    fn numbers_and_nouns_agree() {
        assert_eq!(
            travelled(DeliveryState::Kept, 0),
            "A keeper of the group holds it until the others come."
        );
        assert_eq!(travelled(DeliveryState::Passed, 1), "Passed to 1 node.");
        assert_eq!(travelled(DeliveryState::Held, 3), "Held by 3 members' nodes.");
    }
}
