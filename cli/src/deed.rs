//! What facilitators did or propose, as half a sentence behind a name.

use kith_node::api::types::Deed;

use crate::{phrase, plain};

/// Behind the name of who did it: "removed Chi. The reason: …".
pub fn done(deed: &Deed) -> String {
    let name = |name: &str| plain::line(name).into_owned();
    let why = |reason: &str| match reason.trim() {
        "" => ".".to_owned(),
        reason => format!(". The reason: {}", plain::line(reason)),
    };
    match deed {
        Deed::Founded => "opened the group.".to_owned(),
        Deed::Invited { uses } => format!("made an invite for {}.", phrase::count(*uses, "person", "people")),
        Deed::Revoked => "took an invite back.".to_owned(),
        Deed::Admitted { member } => format!("let {} in.", name(member)),
        Deed::Promoted { member, role } => format!("spoke for {} as {}.", name(member), phrase::role(*role)),
        Deed::Demoted { member, role, reason } => {
            format!("spoke for {} as {} only{}", name(member), phrase::role(*role), why(reason))
        }
        Deed::SteppedBack => "stepped back.".to_owned(),
        Deed::Removed { member, reason } => format!("removed {}{}", name(member), why(reason)),
        Deed::Left => "left.".to_owned(),
        Deed::Voted { member } => format!("voted for {} as facilitator.", name(member)),
        Deed::Amended { fields, reason } => {
            format!("changed the charter ({}){}", fields.join(", ").replace('_', " "), why(reason))
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
        _ => "did something that this program does not know.".to_owned(),
    }
}
