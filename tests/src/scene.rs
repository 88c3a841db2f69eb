//! A group in which something goes on, so that every page has something to show: for pictures of the pages, and for tests
//! that go through all of them. The people and what they write are made up.

use crate::{Lab, Person, wait};

/// Four people and their group. Ilse and Bram facilitate; Juniper and Wren are members.
#[derive(Debug)]
pub struct Scene {
    /// Opened the group; is on duty.
    pub ilse: Person,
    /// Facilitates, too.
    pub bram: Person,
    /// A member, whose pages are looked at.
    pub juniper: Person,
    /// A member.
    pub wren: Person,
    /// The group.
    pub group: String,
    /// A post of Wren's, which has replies.
    pub coat: String,
    /// A post of Juniper's, which was heard.
    pub birthday: String,
    /// A circle that is about to begin.
    pub circle: String,
}

/// How many times as fast time goes: letters leave within two minutes.
const PACE: u64 = 10;

const CHARTER: &str = r#"
title = "Second Winter"
as = "Ilse"
purpose = "For people who lost a partner, after the first year."
audience = "Anybody who has lived through the first year alone."
agreements = ["What is said here stays here.", "Advice only when it is asked for.", "Anyone may pass, rest or leave.",
  "We speak of ourselves."]
rules = ["No amounts, no methods."]
confidentiality = "Members can copy what they read. We ask everybody not to."
reply_hours = 4
retention_days = 90
language = "en"
"#;

const ITEM: &str = "title = 'Writing a letter that is never sent'\nkind = 'tool'\ntags = ['evenings']\n\
                    text = 'I write to him on Sundays. I put it in the drawer with the others.'\ncost = 'nothing'\n\
                    review_in_days = 365\n";

const CIRCLE: &str = "opening = \"We begin with one slow breath each.\"\n\
                      prompts = [\"What did you carry today?\", \"What can stay here?\"]\n\
                      closing = \"Thank you for being here.\"\n";

impl Scene {
    /// Has everything happen, on nodes of their own, over the command line.
    #[track_caller]
    pub fn plays() -> Scene {
        let base = Lab::now();
        let [ilse, bram, juniper, wren] = ["Ilse", "Bram", "Juniper", "Wren"].map(|name| {
            let mut person = Person::offline(name);
            Lab::hasty(&mut person, base, PACE);
            person
        });
        let opened = ilse.kith(["group", "create", "--from", "-"]).stdin(CHARTER).ok();
        let group = opened["group"].as_str().expect("an id").to_owned();
        for person in [&bram, &juniper, &wren] {
            person.joins(&ilse.invites(&group).link);
        }
        let at_bram = ilse.sees_member(&group, "Bram", "member", "member").member;
        ilse.kith(["member", "promote", &group, &at_bram]).ok();
        for person in [&ilse, &bram, &juniper, &wren] {
            person.sees_member(&group, "Bram", "facilitator", "member");
            person.sees_member(&group, "Wren", "member", "member");
        }
        ilse.kith(["rota", "take", &group, "--for", "12h"]).ok();
        bram.kith(["rota", "take", &group, "--for", "7d", "--task", "greeter"]).ok();

        let writes = |person: &Person, intent: &str, flags: &[&str], text: &str| {
            let post = person.kith(["post", &group, "--intent", intent].iter().chain(flags)).stdin(text).ok();
            post["post"].as_str().expect("an id").to_owned()
        };
        let good = writes(
            &bram,
            "good-news",
            &[],
            "My sister came and I cooked for two. I set the table without \
                          thinking, and only afterwards noticed that I had.",
        );
        let night = writes(
            &wren,
            "hear-me",
            &["--mentions", "medical,loss"],
            "The machine by the bed had a small green \
                           light. I still look for it when I wake up at night.",
        );
        let evenings = writes(
            &wren,
            "advice",
            &[],
            "Between six and nine is the long part of the day. The television \
                              is just noise now.\n\nWhat do you do with your evenings?",
        );
        let birthday = writes(
            &juniper,
            "experiences",
            &[],
            "How did you handle the first birthday that was not the \
                              first? Last year everyone rang. This year I think nobody will.",
        );
        let coat = writes(
            &wren,
            "hear-me",
            &[],
            "I opened the hall cupboard for an umbrella and his coat was there. In \
                          the pocket was a shopping list in his writing. Bread, batteries, stamps.\n\nI sat on the floor \
                          for a while. I don't need anything fixed. I wanted somebody to know that it happened.",
        );
        for person in [&ilse, &bram, &juniper, &wren] {
            person.has_got(&group, &[&good, &night, &evenings, &birthday, &coat]);
        }
        let replies = |person: &Person, post: &str, kind: &str, text: &str| {
            let reply = person.kith(["reply", post, "--kind", kind]).stdin(text).ok();
            reply["post"].as_str().expect("an id").to_owned()
        };
        let listened = replies(
            &ilse,
            &coat,
            "listening",
            "The floor of the hall is a real place to be. I am reading \
                               this and thinking of you there, with the list.",
        );
        let lived = replies(
            &bram,
            &coat,
            "experience",
            "For me it was a bus ticket, used as a bookmark. I read the \
                            whole book again just to reach the page.",
        );
        let asked = replies(&ilse, &birthday, "question", "Would you like somebody to ring?");
        bram.kith(["ack", &birthday, "with-you"]).ok();
        ilse.kith(["ack", &birthday, "hear-you"]).ok();
        juniper.kith(["ack", &coat, "with-you"]).ok();

        let item = ilse.kith(["library", "add", &group, "--from", "-"]).stdin(ITEM).ok();
        let item = item["post"].as_str().expect("an id").to_owned();
        let words = ilse.home().write_beside("circle.toml", CIRCLE).display().to_string();
        let create =
            ["circle", "create", &group, "--in", "10m", "--co-host", &at_bram, "--words-file", &words];
        let circle = ilse.kith(create).ok()["post"].as_str().expect("an id").to_owned();
        for person in [&ilse, &bram, &juniper, &wren] {
            person.has_got(&group, &[&listened, &lived, &asked]);
            wait::until(wait::ARRIVAL, format_args!("{} to see the circle", person.name()), || {
                let list = person.kith(["circle", "list", &group]).ok();
                list["circles"].as_array()?.iter().any(|one| one["circle"] == circle.as_str()).then_some(())
            });
            wait::until(wait::ARRIVAL, format_args!("{} to see the item", person.name()), || {
                let library = person.kith(["library", "list", &group]).ok();
                library["items"].as_array()?.iter().any(|one| one["item"] == item.as_str()).then_some(())
            });
        }
        wren.kith(["library", "check", &item]).ok();
        juniper.kith(["library", "check", &item]).ok();
        juniper.kith(["report", "post", &evenings, "--note-file", "-"]).stdin("It names an amount.").ok();
        wait::until(wait::ARRIVAL, "Ilse to get the report", || {
            let list = ilse.kith(["report", "list", &group]).ok();
            list["received"].as_array().is_some_and(|received| !received.is_empty()).then_some(())
        });
        juniper.kith(["journal", "write"]).stdin("Slept until five. The tea was good.").ok();
        Scene { ilse, bram, juniper, wren, group, coat, birthday, circle }
    }
}
