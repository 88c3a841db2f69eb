//! `kith group health`.

use clap::Args;
use clap::builder::NonEmptyStringValueParser;
use kith_node::api::types::GroupHealth;

use crate::client::Route;
use crate::context::Context;
use crate::exit::{Ending, Outcome};
use crate::{phrase, plain};

/// See how a group you look after did in the last 30 days
///
/// For facilitators and helpers. It is reckoned on this device from what is here, and never sent anywhere. Nobody is ranked.
#[derive(Args, Debug)]
pub struct Cmd {
    /// The group: its id, the beginning of it (6 characters or more), or its exact title
    #[arg(value_name = "GROUP", value_parser = NonEmptyStringValueParser::new())]
    group: String,
}

impl Cmd {
    pub fn run(self, context: &Context) -> Outcome {
        let route = Route::new(&["groups", &self.group, "health"])?;
        let health: GroupHealth = context.node(async |node| node.get(route).await)?;
        context.output.answer(&health, || words(&health))?;
        Ok(Ending::Done)
    }
}

fn words(health: &GroupHealth) -> String {
    let mut words = format!("The last {} days, as this device saw them. It stays here.\n", health.days);
    words.push_str(&match health.posts {
        0 => "No post has waited for its time yet.\n".to_owned(),
        posts => {
            let posts = phrase::count(posts, "post", "posts");
            format!("Of {posts}, {} heard within {} hours.\n", were(health.heard_in_time), health.reply_hours)
        }
    });
    if let Some(minutes) = health.first_reply_minutes {
        words.push_str(&format!("Half of the first answers came within {}.\n", span(minutes)));
    }
    if health.newcomers > 0 {
        let newcomers = phrase::count(health.newcomers, "newcomer", "newcomers");
        words.push_str(&format!(
            "Of {newcomers}, {} greeted within two days.\n",
            were(health.greeted_in_time)
        ));
    }
    let members = phrase::count(health.members, "member", "members");
    words
        .push_str(&format!("Of {members}, {} both gave and received an answer.\n", health.gave_and_received));
    for duty in &health.duty {
        let hours = phrase::count(duty.hours, "hour", "hours");
        words.push_str(&format!("{} was on duty for {hours}.\n", plain::line(&duty.name)));
    }
    if health.open_reports > 0 {
        let reports = phrase::count(health.open_reports, "report waits", "reports wait");
        words.push_str(&format!("{reports} for an answer: kith report list\n"));
    }
    words
}

fn were(count: u32) -> String {
    format!("{count} {}", if count == 1 { "was" } else { "were" })
}

fn span(minutes: u64) -> String {
    let count = |number: u64| u32::try_from(number).unwrap_or(u32::MAX);
    match minutes {
        0..=1 => "a minute".to_owned(),
        2..=119 => phrase::count(count(minutes), "minute", "minutes"),
        _ => phrase::count(count(minutes / 60), "hour", "hours"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kith_node::api::types::DutyHours;

    #[test]
    fn it_is_told_in_sentences() {
        let health = GroupHealth {
            group: "ab".repeat(32),
            days: 30,
            reply_hours: 24,
            posts: 12,
            heard_in_time: 1,
            first_reply_minutes: Some(150),
            newcomers: 0,
            greeted_in_time: 0,
            gave_and_received: 5,
            members: 9,
            duty: vec![DutyHours { member: "cd".repeat(32), name: "Ana\n".into(), hours: 12 }],
            open_reports: 1,
        };
        assert_eq!(
            words(&health),
            "The last 30 days, as this device saw them. It stays here.\nOf 12 posts, 1 was heard within 24 hours.\nHalf of the \
             first answers came within 2 hours.\nOf 9 members, 5 both gave and received an answer.\nAna  was on duty for 12 \
             hours.\n1 report waits for an answer: kith report list\n"
        );
    }
}
