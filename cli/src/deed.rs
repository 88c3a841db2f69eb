//! What facilitators did or propose, as half a sentence behind a name.

use kith_node::api::types::{Deed, DeedState, Role};

use crate::{charter, phrase, plain};

/// Behind the name of who did it: "removed Chi. The reason: …".
pub fn words(deed: &Deed, state: DeedState) -> String {
    let name = |name: &str| plain::line(name).into_owned();
    let came = match state {
        DeedState::Awaiting => "; it waits for more facilitators",
        DeedState::Lapsed => "; too few did the same, and it came to nothing",
        _ => "",
    };
    let why = |reason: &str| match reason.trim() {
        "" => format!("{came}."),
        reason => format!("{came}. The reason: {}", plain::line(reason)),
    };
    let done = state == DeedState::Done;
    match deed {
        Deed::Founded => "opened the group.".to_owned(),
        Deed::Invited { uses } => {
            format!("made an invite for {}{came}.", phrase::count(*uses, "person", "people"))
        }
        Deed::Revoked => "took an invite back.".to_owned(),
        Deed::Admitted { member } => format!("let {} in{came}.", name(member)),
        Deed::Promoted { member, role: Role::Facilitator } => {
            format!("spoke for {} as facilitator{came}.", name(member))
        }
        Deed::Promoted { member, role } => format!("made {} a {}.", name(member), phrase::role(*role)),
        Deed::Demoted { member, role, reason } => {
            format!("spoke for {} as {} only{}", name(member), phrase::role(*role), why(reason))
        }
        Deed::Listed { title } => {
            format!("listed the group in public, as \"{}\".", plain::line(title))
        }
        Deed::Unlisted => "ended the public listing of the group.".to_owned(),
        Deed::SteppedBack => "stepped back.".to_owned(),
        Deed::Removed { member, reason } => {
            let did = if done { "removed" } else { "proposed to remove" };
            format!("{did} {}{}", name(member), why(reason))
        }
        Deed::Left => "left.".to_owned(),
        Deed::Voted { member } => format!("voted for {} as facilitator.", name(member)),
        Deed::Amended { changes, reason } => {
            let did = if done { "changed" } else { "proposed to change" };
            format!("{did} the charter ({}){}", charter::names(changes), why(reason))
        }
        Deed::Moderated { member, post, measure, rule, reason } => {
            let what = match post {
                Some(post) => format!("a post of {} [{}]", name(member), phrase::id(post)),
                None => format!("{}'s posting", name(member)),
            };
            let did = match (measure.as_str(), post) {
                ("fold", _) => "folded",
                ("hold", _) => "held",
                ("pause", _) => "paused",
                ("restore", None) => "ended a pause of",
                _ => "restored",
            };
            let rule = rule.map(|rule| format!(" by the rule {rule}")).unwrap_or_default();
            format!("{did} {what}{rule}{}", why(reason))
        }
        Deed::KeeperAdded => {
            "brought a keeper in, which holds what is written here without reading it.".to_owned()
        }
        Deed::KeeperRemoved => "took a keeper away.".to_owned(),
        _ => "did something that this program does not know.".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signature_is_not_told_as_if_it_were_the_decision() {
        let removed = Deed::Removed { member: "Chi\u{1b}".into(), reason: "rude".into() };
        assert_eq!(words(&removed, DeedState::Done), "removed Chi�. The reason: rude");
        assert_eq!(
            words(&removed, DeedState::Awaiting),
            "proposed to remove Chi�; it waits for more facilitators. The reason: rude"
        );
        let promoted = Deed::Promoted { member: "Ben".into(), role: Role::Facilitator };
        assert_eq!(
            words(&promoted, DeedState::Lapsed),
            "spoke for Ben as facilitator; too few did the same, and it came to nothing."
        );
    }
}
