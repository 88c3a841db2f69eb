//! `kith status`: how the node and its groups do.

use clap::Args;
use kith_node::api::types::{GroupState, GroupStatus, KnockState, ProxyWord, Status, Term, TermState, ToDo};

use super::welcome;
use crate::client::Route;
use crate::context::Context;
use crate::exit::{Ending, Outcome};
use crate::{phrase, plain, when};

/// Show how your node and your groups do
#[derive(Args, Debug)]
pub struct Cmd {}

impl Cmd {
    pub fn run(self, context: &Context) -> Outcome {
        let route = Route::new(&["status"])?;
        let status: Status = context.node(async |node| node.get(route).await)?;
        context.output.answer(&status, || words(&status))?;
        Ok(Ending::Done)
    }
}

fn words(status: &Status) -> String {
    let since = when::friendly(&status.started);
    let mut words =
        format!("Your node is running (version {}, since {since}).\n", plain::line(&status.version));
    if let Some(proxy) = status.proxy.as_ref().filter(|proxy| proxy.state != ProxyWord::Missing) {
        let at = plain::line(&proxy.address);
        words.push_str(&if proxy.only {
            format!("Others are reached through the proxy at {at}, and by no other way.\n")
        } else {
            format!("Onion services are reached through the proxy at {at}, all else directly.\n")
        });
    }
    if status.lan {
        words.push_str(
            "It looks for members' nodes on your local network, where others can see that it runs.\n",
        );
    }
    if status.groups.is_empty() {
        words.push_str("You are not in a group yet. \"kith join\" takes an invite; \"kith group create\" opens a group.\n");
    }
    for one in &status.groups {
        words.push('\n');
        words.push_str(&group(one));
    }
    for notice in &status.notices {
        words.push_str(&format!("\n{}\n{}\n", plain::block(&notice.message), plain::block(&notice.hint)));
    }
    words
}

fn group(group: &GroupStatus) -> String {
    let mut words = format!("{}   [{}]\n", phrase::title(group.title.as_deref()), phrase::id(&group.group));
    let id = phrase::id(&group.group);
    let asked = |knock: &KnockState| match group.state {
        GroupState::Waiting => true,
        GroupState::Refused => *knock == KnockState::Declined,
        _ => false,
    };
    match group.knock.filter(asked) {
        Some(knock) => words.push_str(&format!(
            "    You asked to be let in. {}\n    What was said: kith knock list {id}\n",
            phrase::knock(knock)
        )),
        None => {
            if group.state != GroupState::Joined {
                words.push_str(&format!("    {}\n", phrase::standing(group.state)));
            }
            if group.state != GroupState::Refused {
                words.push_str(&reachable(group));
            }
        }
    }
    for to_do in &group.to_do {
        words.push_str(&match to_do {
            ToDo::Knock => format!("    Somebody asks to be let in: kith knock list {id}\n"),
            ToDo::Report => format!("    A report waits for your answer: kith report list {id}\n"),
            ToDo::Circle => format!("    A circle is on, or begins soon: kith circle list {id}\n"),
            ToDo::Welcome => {
                format!("    Somebody is new here, and has not been greeted: kith welcome list {id}\n")
            }
            ToDo::NeedsReply => format!("    Somebody waits for an answer: kith needs-reply {id}\n"),
            ToDo::Unheard => {
                format!(
                    "    Somebody has waited long for an answer, or still needs one: kith needs-reply {id}\n"
                )
            }
            ToDo::Asked => {
                format!("    Somebody asks you something: kith dm list {id}, kith buddy list {id}\n")
            }
            ToDo::Proposal => {
                format!("    Something is proposed that takes more than one: kith proposal list {id}\n")
            }
        });
    }
    if let Some(quiet) = &group.quiet {
        words.push_str(&format!("    {}\n", phrase::quiet(quiet)));
    }
    if let Some(steps) = &group.first_steps {
        words.push_str(&welcome::steps(steps, id, "    "));
    }
    if let Some(term) = group.term.as_ref().filter(|term| term.state != TermState::Running) {
        words.push_str(&format!("    {}\n", self::term(term)));
    }
    if let Some(progress) = group.catching_up {
        words.push_str(&format!("    {}\n", phrase::catching_up(progress)));
    }
    // Before somebody is in, nothing that is here opens.
    if group.pending > 0 && group.state != GroupState::Waiting {
        words.push_str(&format!(
            "    {} for something that has not arrived yet.\n",
            phrase::count(group.pending, "message is waiting", "messages are waiting")
        ));
    }
    words
}

fn reachable(group: &GroupStatus) -> String {
    if group.peers > 0 {
        let nodes = phrase::count(group.peers, "member's node is", "members' nodes are");
        format!("    {nodes} connected now.\n")
    } else if group.state == GroupState::Joined && group.keeper {
        "    No member's node is reachable now. You can still write: a keeper of the group holds it for them.\n".to_owned()
    } else if group.state == GroupState::Joined {
        "    No member's node is reachable now. You can still write; it will go out later.\n".to_owned()
    } else if group.state == GroupState::Waiting && group.keeper {
        "    No member's node is reachable now. A keeper of the group holds that you came, until one is.\n"
            .to_owned()
    } else {
        "    No member's node is reachable now.\n".to_owned()
    }
}

/// What to say to somebody whose term ends.
fn term(term: &Term) -> String {
    let day = when::day(&term.ends);
    let ends = if term.state == TermState::Ended { "ended" } else { "ends" };
    format!(
        "Your term of office {ends} on {day}. You can step back (kith member step-back), or another facilitator asks you to stay (kith \
         member promote). Until then all stays as it is."
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use kith_node::api::types::CatchingUp;

    fn example(state: GroupState, peers: u32) -> GroupStatus {
        GroupStatus {
            group: "ab".repeat(32),
            title: Some("Tues\u{1b}day".into()),
            state,
            peers,
            keeper: false,
            entries: 1,
            pending: 2,
            state_hash: "cd".repeat(32),
            catching_up: None,
            last_exchange: None,
            term: None,
            to_do: vec![ToDo::Knock],
            quiet: None,
            first_steps: None,
            knock: None,
        }
    }

    #[test]
    fn a_group_is_told_in_words() {
        assert_eq!(
            group(&example(GroupState::Joined, 1)),
            "Tues�day   [abababababab]\n    1 member's node is connected now.\n    Somebody asks to be let in: kith knock list \
             abababababab\n    \
             2 messages are waiting for something that has not arrived yet.\n"
        );
        assert!(group(&example(GroupState::Joined, 0)).contains("You can still write; it will go out later"));
        let kept = GroupStatus { keeper: true, ..example(GroupState::Joined, 0) };
        assert!(group(&kept).contains("a keeper of the group holds it for them"));
        let catching_up = Some(CatchingUp { arrived: 40, of: 500 });
        let status = GroupStatus { catching_up, ..example(GroupState::Joined, 1) };
        assert!(group(&status).contains("    Catching up: 40 of about 500 messages have arrived.\n"));
        assert!(group(&example(GroupState::Waiting, 0)).contains("Waiting to be let in"));
        let kept = GroupStatus { keeper: true, ..example(GroupState::Waiting, 0) };
        assert!(group(&kept).contains("A keeper of the group holds that you came"));
        let knocks = GroupStatus { knock: Some(KnockState::Received), ..example(GroupState::Waiting, 0) };
        let shown = group(&knocks);
        assert!(shown.contains("You asked to be let in. It has reached somebody who decides."), "{shown}");
        assert!(shown.contains("kith knock list abababababab"), "{shown}");
        let no = GroupStatus { knock: Some(KnockState::Declined), ..example(GroupState::Refused, 0) };
        assert!(group(&no).contains("They decided not to let you in this time.\n    What was said: "));
        let used_up = group(&example(GroupState::Refused, 0));
        assert!(!used_up.contains("reachable"), "nobody is looked for: {used_up}");
    }
}
