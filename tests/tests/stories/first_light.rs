//! The main job: people on separate nodes form a group, talk, go offline, come back, and miss nothing.

use std::thread;

use kith_tests::person::{agree, is_causal};
use kith_tests::texts::{self, LENGTHS, SAYINGS};
use kith_tests::{Person, Post, Seed, wait};

/// Ana, Ben, Chi and Dan, from the first post to a device that was lost and replaced. One story, since each
/// part stands on what the parts before left behind on real disks.
#[test]
fn four_people_talk_leave_and_come_back_and_miss_nothing() {
    let seed = Seed::or(22);

    let mut ana = Person::untiring("Ana");
    let mut ben = Person::untiring("Ben");
    let mut chi = Person::new("Chi");
    let group = ana.opens("Sleepless", "For nights that are too long.");
    for person in [&ben, &chi] {
        let joined = person.joins(&ana.invites(&group).link);
        assert_eq!(joined, group, "{} came into another group than the one of the link", person.name());
    }
    for person in [&ana, &ben, &chi] {
        person.meets(&group, 2);
    }

    everybody_reads_every_byte_live(&group, [&ana, &ben, &chi], &seed);

    chi.goes_offline();
    let (by_ana, by_ben) = five_hundred_posts(&group, &ana, &ben);
    chi.comes_online();
    let written: Vec<&String> = by_ana.iter().chain(&by_ben).collect();
    let read = chi.has_got(&group, &written);
    is_causal(&read, &[&by_ana, &by_ben]);
    agree(&group, &[&ana, &ben, &chi]);

    the_founder_hands_over(&group, &ana, &ben, &chi);
    ana.is_cut_off();
    ana.home().lose();
    let without_ana = chi.posts(&group, "Ana's lamp is out. I'm still here.");
    ben.has_got(&group, &[&without_ana]);
    chi.has_got(&group, &[&ben.replies(&without_ana, "So am I. We go on.")]);

    let mut dan = Person::new("Dan");
    dan.joins(&ben.invites(&group).link);
    let history = dan.has_got(&group, &written);
    is_causal(&history, &[&by_ana, &by_ben]);
    agree(&group, &[&ben, &chi, &dan]);

    dan.goes_offline();
    let unseen = chi_is_removed(&group, &ben, &chi);
    dan.comes_online();
    dan.has_got(&group, &[&unseen]);
    dan.sees_member(&group, "Chi", "member", "removed");
    let after = dan.posts(&group, "I was away. What did I miss? I read it all now.");
    ben.has_got(&group, &[&after]);
    agree(&group, &[&ben, &dan]);
    for post in [&unseen, &after] {
        let chis: Vec<Post> = chi.reads(&group);
        assert!(chis.iter().all(|read| read.post != *post), "Chi, removed, still reads what is written.");
    }

    let as_before = dan.sees_member(&group, "Ben", "facilitator", "member");
    let link = ben.invites(&group).link;
    let words = ben.words().to_owned();
    ben.goes_offline();
    ben.home().lose();
    let mut ben = Person::recovered("Ben", &words);
    ben.comes_online();
    assert_eq!(ben.joins(&link), group, "Ben came back into another group");
    let back = ben.posts(&group, "New machine, same me.");
    let read = dan.has_got(&group, &[&back]);
    assert_eq!(
        read.iter().find(|post| post.post == back).map(|post| &post.author),
        Some(&as_before.member),
        "Ben came back as somebody else"
    );
    let bens: Vec<_> = dan.lists_members(&group).into_iter().filter(|member| member.name == "Ben").collect();
    assert_eq!(bens, [as_before], "Ben is not the one member he was");
    let everything = agree(&group, &[&ben, &dan]);
    for post in written.into_iter().chain([&without_ana, &unseen, &after, &back]) {
        assert!(everything.iter().any(|one| one.post == *post), "After Ben's recovery post {post} was lost");
    }
}

/// Everybody writes and answers, in every script and of every length, while everybody watches.
fn everybody_reads_every_byte_live(group: &str, people: [&Person; 3], seed: &Seed) {
    let mut chance = seed.stream(1);
    let watches = people.map(|person| (person.name(), person.watches(group)));
    let lengths: Vec<String> = LENGTHS.iter().map(|length| texts::of_length(*length, &mut chance)).collect();
    let mut written: Vec<(String, &str)> = Vec::new();
    for (turn, text) in SAYINGS.iter().copied().chain(lengths.iter().map(String::as_str)).enumerate() {
        let author = people[turn % people.len()];
        let answered = written.last().filter(|_| chance.below(3) == 0);
        let post = match answered {
            None => author.posts(group, text),
            Some((parent, _)) => {
                author.has_got(group, &[parent]);
                author.replies(parent, text)
            }
        };
        written.push((post, text));
    }
    for (name, watch) in &watches {
        for (post, text) in &written {
            let shown = watch.shows(post);
            assert_eq!(shown.text, *text, "{name} was shown another text than was written");
        }
        let shown = watch.shown();
        let once = |post: &Post| shown.iter().filter(|other| other.post == post.post).count() == 1;
        assert!(shown.iter().all(once), "{name} was shown a post twice");
    }
    let [ana, ben, chi] = people;
    let read = agree(group, &[ana, ben, chi]);
    assert_eq!(read.len(), written.len(), "there are other posts than were written");
    for (post, text) in &written {
        let found = read.iter().find(|one| one.post == *post);
        assert_eq!(found.map(|one| one.text.as_str()), Some(*text), "a text is not the one that was written");
    }
    is_causal(&read, &[]);
}

/// Two people write 250 posts each at the same time, some of them answers to their own.
fn five_hundred_posts(group: &str, ana: &Person, ben: &Person) -> (Vec<String>, Vec<String>) {
    let many = |author: &Person| {
        let mut written: Vec<String> = Vec::new();
        for number in 0..250 {
            let text = format!("{}, {number}: the tram is late again, and the sky is pink.", author.name());
            let post = match written.last().filter(|_| number % 10 == 9) {
                Some(before) => author.replies(before, &text),
                None => author.posts(group, &text),
            };
            written.push(post);
        }
        written
    };
    thread::scope(|scope| {
        let by_ben = scope.spawn(|| many(ben));
        (many(ana), by_ben.join().expect("Ben wrote his posts"))
    })
}

/// Ana makes Ben a facilitator, and everybody learns of it while she is there.
fn the_founder_hands_over(group: &str, ana: &Person, ben: &Person, chi: &Person) {
    let member = ana.sees_member(group, "Ben", "member", "member").member;
    let done = ana.kith(["member", "promote", group, &member]).ok();
    assert_eq!(done["state"], "done", "The only facilitator's word makes another: {done}");
    for person in [ana, ben, chi] {
        person.sees_member(group, "Ben", "facilitator", "member");
    }
    agree(group, &[ana, ben, chi]);
}

/// Ben removes Chi, whose node learns of it; gives a post that Ben wrote afterwards.
fn chi_is_removed(group: &str, ben: &Person, chi: &Person) -> String {
    let member = ben.sees_member(group, "Chi", "member", "member").member;
    let done = ben.kith(["member", "remove", group, &member]).ok();
    assert_eq!(done["state"], "done", "A facilitator removes a member alone: {done}");
    ben.sees_member(group, "Chi", "member", "removed");
    wait::until(wait::ARRIVAL, "Chi's node to tell her that she was removed", || {
        (chi.kith(["group", "show", group]).ok()["state"] == "removed").then_some(())
    });
    let refused = chi.kith(["post", group]).stdin("Can you hear me?").fails(5);
    assert_eq!(refused.code, "not_member");
    ben.posts(group, "I had to ask Chi to leave. I'm sorry it came to this.")
}

/// Nobody needs to be there at the same time as somebody else: a post travels through whoever is.
#[test]
fn what_is_written_offline_arrives_through_a_third_person() {
    let mut ana = Person::untiring("Ana");
    let mut ben = Person::untiring("Ben");
    let mut chi = Person::new("Chi");
    let group = ana.opens("Letters", "Slowly is fine.");
    ben.joins(&ana.invites(&group).link);
    chi.joins(&ana.invites(&group).link);
    ana.meets(&group, 2);

    ben.goes_offline();
    chi.goes_offline();
    ana.goes_offline();
    ben.comes_online();
    let alone = ben.kith(["post", &group]).stdin("Nobody is here. I write anyway.").ok();
    assert_eq!(alone["nodes"], 0, "Nobody can have it yet: {alone}");
    assert!(["saved", "waiting"].contains(&alone["state"].as_str().unwrap_or_default()), "{alone}");
    let post = alone["post"].as_str().expect("an id").to_owned();

    ana.comes_online();
    ana.has_got(&group, &[&post]);
    ben.knows_held(&post);
    ben.goes_offline();
    chi.comes_online();
    let read = chi.has_got(&group, &[&post]);
    assert_eq!(read.iter().find(|one| one.post == post).map(|one| one.name.as_str()), Some("Ben"));
}
