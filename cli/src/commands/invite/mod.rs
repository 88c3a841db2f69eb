//! `kith invite`: make, list, show and take back invites.

mod create;
mod list;
mod revoke;
mod show;

use clap::Subcommand;
use kith_node::api::types::{InviteWay, Invited};

use crate::context::Context;
use crate::exit::Outcome;
use crate::{phrase, plain, when};

/// Make, show and take back invites
#[derive(Debug, Subcommand)]
pub enum Cmd {
    Create(create::Cmd),
    List(list::Cmd),
    Show(show::Cmd),
    Revoke(revoke::Cmd),
}

impl Cmd {
    pub fn run(self, context: &Context) -> Outcome {
        match self {
            Cmd::Create(cmd) => cmd.run(context),
            Cmd::List(cmd) => cmd.run(context),
            Cmd::Show(cmd) => cmd.run(context),
            Cmd::Revoke(cmd) => cmd.run(context),
        }
    }
}

/// A link, and what to know before handing it over.
fn words(invited: &Invited) -> String {
    let id = phrase::id(&invited.invite);
    let Some(link) = &invited.link else {
        return format!(
            "It waits for more of you to sign: kith proposal list {}   [{id}]\n\
             Then \"kith invite show {id}\" prints the link.\n",
            phrase::id(&invited.group)
        );
    };
    let mut words = format!("{}\n\n", plain::line(link));
    words.push_str(&format!(
        "It {} {} until {}.   [{}]\n",
        if matches!(invited.way, InviteWay::OnSight | InviteWay::OpenDoor) { "lets in" } else { "is for" },
        phrase::count(invited.uses, "person", "people"),
        when::friendly(&invited.expires),
        id,
    ));
    let group = phrase::id(&invited.group);
    words.push_str(&match invited.way {
        InviteWay::OnSight => {
            "Whoever holds this link can use it. Hand it over in a way that only the right person sees.\n".to_owned()
        }
        InviteWay::Confirm => format!(
            "Nobody is let in before you say so. When the person has used it, both of you see a code of six digits:\n\
             compare it by voice or face to face. \"kith knock list {group}\" shows it, and how to let them in.\n\
             Your node has to be running meanwhile.\n"
        ),
        InviteWay::OpenDoor => open_door(invited),
        InviteWay::Knock => format!(
            "Whoever holds this link can write to the facilitators and ask to be let in. It shows nothing of the group.\n\
             \"kith knock list {group}\" shows who asks.\n"
        ),
    });
    if invited.nodes == 0 {
        words.push_str(
            "It carries no address yet, so nobody can be found with it. Look with \"kith doctor\", then print it\n\
             again with \"kith invite show\".\n",
        );
    } else if invited.loopback_only {
        words.push_str("It works on this device only, because your node listens on this device only.\n");
    }
    words
}

/// What to know of an open door.
fn open_door(invited: &Invited) -> String {
    let end = format!(
        "\"kith invite revoke {}\" ends it: nobody comes in by it any more, and who came stays.\n",
        phrase::id(&invited.invite)
    );
    let mut words = if let Some(told) = &invited.phrase {
        format!(
            "Its phrase:\n\n    {}\n\nTell it by voice, and not where the link is. It is shown once, here, and kept nowhere.\n",
            plain::line(told)
        )
    } else {
        String::new()
    };
    words.push_str(if invited.spoken {
        "Whoever holds this link and knows its phrase is in as soon as they come. "
    } else {
        "Whoever holds this link is in as soon as they come. "
    });
    words.push_str("The link alone opens nothing that was written.\n");
    words.push_str(&end);
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_comes_with_what_to_know() {
        let mut invited = Invited {
            invite: "ab".repeat(32),
            group: "cd".repeat(32),
            link: Some("kith:abc".into()),
            expires: "2020-01-01T00:00:00.000Z".into(),
            uses: 1,
            used: 0,
            nodes: 1,
            loopback_only: true,
            way: InviteWay::OnSight,
            spoken: false,
            phrase: None,
        };
        let shown = words(&invited);
        assert!(shown.starts_with("kith:abc\n\nIt lets in 1 person until "), "{shown}");
        assert!(shown.contains("on this device only"));
        invited.nodes = 0;
        assert!(words(&invited).contains("no address"));
        invited.link = None;
        assert!(words(&invited).starts_with("It waits for more of you to sign"));
    }

    #[test]
    fn an_open_door_says_who_is_in_by_it_and_what_ends_it() {
        let mut invited = Invited {
            invite: "ab".repeat(32),
            group: "cd".repeat(32),
            link: Some("kith:abc".into()),
            expires: "2020-01-01T00:00:00.000Z".into(),
            uses: 3,
            used: 0,
            nodes: 1,
            loopback_only: false,
            way: InviteWay::OpenDoor,
            spoken: false,
            phrase: None,
        };
        let shown = words(&invited);
        assert!(
            shown.contains("It lets in 3 people") && shown.contains("is in as soon as they come"),
            "{shown}"
        );
        assert!(shown.contains("kith invite revoke abababababab"), "{shown}");
        assert!(!shown.contains("phrase"), "{shown}");
        (invited.spoken, invited.phrase) = (true, Some("one two\u{1b} three".into()));
        let shown = words(&invited);
        assert!(shown.contains("\n    one two\u{fffd} three\n") && shown.contains("by voice"), "{shown}");
        invited.phrase = None;
        assert!(words(&invited).contains("knows its phrase"), "also when it is printed again");
    }
}
