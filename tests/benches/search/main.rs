//! Searching: what the index of a group costs to build and to keep, and how long somebody waits for what they look for.
//!
//! `cargo bench -p kith-tests --bench search [-- POSTS]`; 100 000 posts if no number is given. First the index alone, on
//! one core; then a whole node, asked over its local API, from a restart on: what it was asked first, what others waited
//! while it read, what it answers when it has read everything.

mod texts;

use std::fs;
use std::thread;
use std::time::{Duration, Instant};

use kith_node::search::{Filter, Index, Item, Kind, Query};
use kith_protocol::id::{MemberKey, ShortId};
use kith_protocol::time::Millis;
use kith_tests::{Api, Person, Seed, wait};

use texts::Writer;

/// Posts, if no number is given.
const POSTS: u64 = 100_000;
/// Questions of each kind.
const QUESTIONS: usize = 500;
/// People who write.
const AUTHORS: u64 = 50;
/// Connections that write at once.
const HANDS: u64 = 32;
/// Between two posts.
const MINUTES: u64 = 20 * 60_000;
/// A first answer within this many milliseconds, for 99 of 100 questions.
const AT_MOST: f64 = 50.0;

fn main() {
    // Cargo adds `--bench`.
    let posts = std::env::args().skip(1).find_map(|argument| argument.parse().ok()).unwrap_or(POSTS);
    let mut chance = Seed::or(1).stream(0);
    let spaced = Writer::spaced(&mut chance);
    println!("{posts} posts\n");
    index("words with spaces", &spaced, posts);
    index("letters without", &Writer::unspaced(), posts);
    node(&spaced, posts);
}

fn row(what: &str, value: f64, unit: &str) {
    println!("| {what} | {value:.2} {unit} |");
}

/// Memory of this process, in bytes.
fn resident() -> u64 {
    let status = fs::read_to_string("/proc/self/status").expect("Linux");
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).expect("Linux tells memory");
    line.trim().trim_end_matches(" kB").parse::<u64>().expect("a number") << 10
}

fn item(number: u64, text: String) -> Item {
    let mut entry = [0; ShortId::LEN];
    entry[..8].copy_from_slice(&number.to_be_bytes());
    let author = MemberKey([(number % AUTHORS) as u8; 32]);
    let kind = if number.is_multiple_of(3) { Kind::Post } else { Kind::Reply };
    Item { entry: ShortId(entry), author, kind, time: Millis(number * MINUTES), tags: Vec::new(), text }
}

fn index(name: &str, writer: &Writer, posts: u64) {
    println!("### The index alone: {name}\n\n| | |\n| --- | --- |");
    let mut chance = Seed::or(1).stream(1);
    let items: Vec<Item> = (0..posts).map(|number| item(number, writer.text(&mut chance))).collect();
    let bytes: usize = items.iter().map(|item| item.text.len()).sum();
    row("a text", bytes as f64 / posts as f64, "bytes");
    let (before, begun) = (resident(), Instant::now());
    let mut index = Index::new();
    items.iter().for_each(|item| index.put(item));
    row("built", begun.elapsed().as_secs_f64(), "s");
    row("memory while built, as counted", index.bytes() as f64 / posts as f64, "bytes a post");
    let begun = Instant::now();
    index.sweep();
    row("swept", begun.elapsed().as_secs_f64() * 1e3, "ms");
    row("memory, as counted", index.bytes() as f64 / posts as f64, "bytes a post");
    row(
        "memory, as the system sees it",
        resident().saturating_sub(before) as f64 / posts as f64,
        "bytes a post",
    );
    let now = Millis(posts * MINUTES);
    for (kind, question) in questions(writer) {
        let times = (0..QUESTIONS).map(|_| {
            let query = Query::parse(&question(&mut chance)).expect("words");
            let begun = Instant::now();
            let found = index.ranked(&query, &Filter::default(), now, None).take(20).count();
            std::hint::black_box(found);
            begun.elapsed().as_secs_f64() * 1e3
        });
        quantiles(kind, times.collect());
    }
    println!();
}

type Question<'a> = Box<dyn Fn(&mut kith_tests::seed::Chance) -> String + 'a>;

fn questions(writer: &Writer) -> Vec<(&'static str, Question<'_>)> {
    let begun = |word: &str, letters: usize| word.chars().take(letters).collect::<String>();
    vec![
        ("a word, as often as people say it", Box::new(|chance| format!("{} ", writer.word(chance)))),
        ("the word that is said most", Box::new(|_| format!("{} ", writer.nth(0)))),
        ("two words", Box::new(|chance| format!("{} {} ", writer.word(chance), writer.word(chance)))),
        ("the first letter of a word", Box::new(move |chance| begun(writer.word(chance), 1))),
        (
            "a word and three letters",
            Box::new(move |chance| format!("{} {}", writer.word(chance), begun(writer.word(chance), 3))),
        ),
    ]
}

fn quantiles(what: &str, mut times: Vec<f64>) {
    times.sort_by(f64::total_cmp);
    let at = |part: usize| times[(times.len() * part / 100).min(times.len() - 1)];
    println!(
        "| {what}: p50 / p99 / most | {:.2} / {:.2} / {:.2} ms |",
        at(50),
        at(99),
        times.last().expect("something was measured")
    );
    if at(99) > AT_MOST {
        println!("| **more than {AT_MOST} ms** | |");
    }
}

fn node(writer: &Writer, posts: u64) {
    println!("### A whole node\n\n| | |\n| --- | --- |");
    let mut ana = Person::untiring("Ana");
    let group = ana.opens("Benchmark", "Many words.");
    let socket = ana.node().socket();
    let begun = Instant::now();
    thread::scope(|scope| {
        for hand in 0..HANDS {
            let (socket, group) = (&socket, &group);
            scope.spawn(move || {
                let mut chance = Seed::or(1).stream(100 + hand);
                let mut api = Api::connect(socket);
                for _ in 0..posts / HANDS {
                    api.post(group, &writer.text(&mut chance));
                }
            });
        }
    });
    row("written", begun.elapsed().as_secs_f64(), "s");
    ana.goes_offline();
    ana.comes_online();
    let mut api = ana.node().api();
    api.get(&format!("groups/{group}/posts?limit=50"));
    let before = ana.node().memory().0;
    let mut chance = Seed::or(1).stream(2);
    let search = |api: &mut Api, words: &str| {
        let words = words.replace(' ', "%20");
        api.get(&format!("search?group={group}&q={words}"))
    };
    let begun = Instant::now();
    let first = search(&mut api, writer.nth(50));
    row("the first search, of what is read by then", begun.elapsed().as_secs_f64() * 1e3, "ms");
    println!("| found by then | {} |", first["found"].as_array().map_or(0, Vec::len));
    // Somebody else reads meanwhile.
    let mut pages = Vec::new();
    let mut other = ana.node().api();
    wait::until(Duration::from_secs(600), "everything to be read", || {
        let asked = Instant::now();
        other.get(&format!("groups/{group}/posts?limit=50"));
        pages.push(asked.elapsed().as_secs_f64() * 1e3);
        (pages.len().is_multiple_of(50) && search(&mut api, "bada")["reading"] == false).then_some(())
    });
    row("everything read, from the first search on", begun.elapsed().as_secs_f64(), "s");
    quantiles("a page of 50, meanwhile", pages);
    let pages = (0..QUESTIONS).map(|_| {
        let asked = Instant::now();
        other.get(&format!("groups/{group}/posts?limit=50"));
        asked.elapsed().as_secs_f64() * 1e3
    });
    quantiles("a page of 50, afterwards", pages.collect());
    row("memory for it", ana.node().memory().0.saturating_sub(before) as f64 / posts as f64, "bytes a post");
    for (kind, question) in questions(writer) {
        let times = (0..QUESTIONS).map(|_| {
            let words = question(&mut chance);
            let begun = Instant::now();
            search(&mut api, &words);
            begun.elapsed().as_secs_f64() * 1e3
        });
        quantiles(kind, times.collect());
    }
    let times = (0..QUESTIONS / 5).map(|number| {
        let post = api.post(&group, &format!("quetzal{number} {}", writer.text(&mut chance)));
        let begun = Instant::now();
        let found = search(&mut api, &format!("quetzal{number}"));
        assert_eq!(
            found["found"][0]["post"]["post"],
            post.as_str(),
            "a post is found as soon as it is written"
        );
        begun.elapsed().as_secs_f64() * 1e3
    });
    quantiles("a post that was just written", times.collect());
}
