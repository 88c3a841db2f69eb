//! A group with many posts, written by many people.

use std::thread;
use std::time::Duration;

use kith_tests::seed::Chance;
use kith_tests::{Api, Person, Seed, wait};

/// How many people write.
pub const AUTHORS: u64 = 50;
/// Bytes of text in a post.
pub const TEXT: usize = 400;
/// How long filling a group may take.
const FILLED: Duration = Duration::from_secs(3600);

/// A text of [`TEXT`] bytes that is nobody else's.
pub fn text(chance: &mut Chance) -> String {
    hex::encode(chance.bytes(TEXT / 2))
}

/// Writes posts over several connections at once.
pub fn write(socket: &std::path::Path, group: &str, posts: u64, hands: u64, seed: u64) {
    thread::scope(|scope| {
        for hand in 0..hands {
            scope.spawn(move || {
                let mut chance = Seed::or(seed).stream(hand);
                let mut api = Api::connect(socket);
                for _ in 0..posts / hands + u64::from(hand < posts % hands) {
                    api.post(group, &text(&mut chance));
                }
            });
        }
    });
}

/// How many posts a node has of a group.
pub fn entries(api: &mut Api, group: &str) -> u64 {
    let status = api.get("status");
    let groups = status["groups"].as_array().expect("groups");
    groups.iter().find(|one| one["group"] == group).and_then(|one| one["entries"].as_u64()).unwrap_or(0)
}

/// Waits until a node has so many posts.
pub fn has(api: &mut Api, group: &str, posts: u64) {
    wait::until(FILLED, format_args!("{posts} posts"), || (entries(api, group) >= posts).then_some(()));
}

/// Ana's group: `posts` posts, as many by each of [`AUTHORS`] people, of whom only Ana still runs.
pub fn group_of(posts: u64) -> (Person, String) {
    let mut ana = Person::untiring("Ana");
    let group = ana.opens_with("Benchmark", "Many words.", &["--size", "200"]);
    let link = ana.invites_with(&group, &["--uses", "200"]).link;
    let mut api = ana.node().api();
    let each = posts / AUTHORS;
    write(&ana.node().socket(), &group, posts - each * (AUTHORS - 1), 16, 0);
    let mut written = posts - each * (AUTHORS - 1);
    for author in 1..AUTHORS {
        let mut person = Person::untiring("Author");
        person.joins(&link);
        write(&person.node().socket(), &group, each, 16, author);
        written += each;
        has(&mut api, &group, written);
        person.is_cut_off();
    }
    (ana, group)
}
