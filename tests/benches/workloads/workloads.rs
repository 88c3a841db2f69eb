//! W1 to W8.

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::os::unix::fs::MetadataExt;
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::time::Instant;

use kith_tests::node::run as run_node;
use kith_tests::{Node, Person, Seed, wait};

use super::fixture::{entries, group_of, has, text, write};
use super::table::Table;

/// How often each figure is measured.
const REPEATS: u64 = 3;
/// Posts written one after another, each durable before the next.
const ONE_BY_ONE: u64 = 1000;
/// Connections that write at once in the batch.
const HANDS: u64 = 32;
/// Posts that one node lacks.
const MISSING: u64 = 100;
/// Posts whose way from node to node is timed.
const TIMED: u64 = 300;

/// Measures everything at one size.
pub fn run(posts: u64, column: usize, table: &mut Table) {
    eprintln!("{posts} posts:");
    author(posts, column, table);
    let (mut ana, group) = group_of(posts);
    latest(&mut ana, &group, column, table);
    live(&mut ana, &group, column, table);
    fetch(&mut ana, &group, column, table);
    difference(&mut ana, &group, column, table);
    disk(&ana, &group, column, table);
    open(&mut ana, &group, column, table);
}

/// W1: one person writes, alone.
fn author(posts: u64, column: usize, table: &mut Table) {
    let (mut batch, mut single) = (Vec::new(), Vec::new());
    for repeat in 0..REPEATS {
        let mut ana = Person::untiring("Ana");
        let group = ana.opens("Benchmark", "Many words.");
        let socket = ana.node().socket();
        let begun = Instant::now();
        write(&socket, &group, posts, HANDS, repeat);
        batch.push(posts as f64 / begun.elapsed().as_secs_f64());
        let begun = Instant::now();
        write(&socket, &group, ONE_BY_ONE, 1, 1000 + repeat);
        single.push(ONE_BY_ONE as f64 / begun.elapsed().as_secs_f64());
    }
    table.enter(column, "W1 author, 32 at once over the API, each durable", "posts/s", batch);
    table.enter(column, "W1 author, one by one over the API, each durable", "posts/s", single);
}

/// W2, W3: a newcomer's node comes in and fetches everything: opens, verifies, dedupes, stores.
fn fetch(ana: &mut Person, group: &str, column: usize, table: &mut Table) {
    let (mut seconds, mut rate, mut wire, mut memory) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for _ in 0..REPEATS {
        let link = ana.invites(group).link;
        let posts = entries(&mut ana.node().api(), group);
        let mut ben = Person::untiring("Ben");
        let mut api = ben.node().api();
        let (begun, before) = (Instant::now(), loopback());
        ben.kith(["join", &link, "--as", "Ben"]).ok();
        has(&mut api, group, posts);
        let took = begun.elapsed().as_secs_f64();
        seconds.push(took);
        rate.push(posts as f64 / took);
        wire.push((loopback() - before) as f64 / posts as f64);
        memory.push(ben.node().memory().1 as f64 / 1e6);
    }
    table.enter(column, "W3 newcomer joins and has everything", "s", seconds);
    table.enter(column, "W2, W3 fetched, verified and stored", "posts/s", rate);
    table.enter(column, "W3 wire, both ways, IP headers and joining included", "B/post", wire);
    table.enter(column, "W3 greatest memory of the newcomer's node", "MB", memory);
}

/// W4: everything in common but 100 posts that one node lacks, anywhere among the others.
fn difference(ana: &mut Person, group: &str, column: usize, table: &mut Table) {
    let mut ben = Person::untiring("Ben");
    ben.joins(&ana.invites(group).link);
    let (mut milliseconds, mut wire) = (Vec::new(), Vec::new());
    for repeat in 0..REPEATS {
        let all = entries(&mut ana.node().api(), group);
        has(&mut ben.node().api(), group, all);
        ben.goes_offline();
        write(&ana.node().socket(), group, MISSING, 1, 2000 + repeat);
        let before = loopback();
        ben.comes_online();
        let begun = Instant::now();
        let mut api = ben.node().api();
        has(&mut api, group, all + MISSING);
        milliseconds.push(begun.elapsed().as_secs_f64() * 1e3);
        wire.push((loopback() - before) as f64 / 1e3);
    }
    table.enter(column, "W4 100 missing: from ready, dialling and proof included", "ms", milliseconds);
    table.enter(column, "W4 wire, both ways, dialling and proof included", "kB", wire);
}

/// W5: from the start of the process to the line that says it serves; memory at rest.
fn open(ana: &mut Person, group: &str, column: usize, table: &mut Table) {
    let (mut milliseconds, mut memory) = (Vec::new(), Vec::new());
    ana.goes_offline();
    for _ in 0..REPEATS {
        let begun = Instant::now();
        let node = Node::start_as(run_node(&ana.home().path(), &[]).command());
        milliseconds.push(begun.elapsed().as_secs_f64() * 1e3);
        entries(&mut node.api(), group);
        memory.push(node.memory().0 as f64 / 1e6);
        node.terminate();
    }
    ana.comes_online();
    table.enter(column, "W5 process started to serving", "ms", milliseconds);
    table.enter(column, "W5 memory when open", "MB", memory);
}

/// W6: the latest 50, opened and decrypted.
fn latest(ana: &mut Person, group: &str, column: usize, table: &mut Table) {
    let mut api = ana.node().api();
    let route = format!("groups/{group}/posts?limit=50");
    let mut runs = Vec::new();
    for _ in 0..REPEATS {
        let mut times: Vec<f64> = (0..100)
            .map(|_| {
                let begun = Instant::now();
                let page = api.get(&route);
                assert_eq!(page["posts"].as_array().map(Vec::len), Some(50));
                begun.elapsed().as_secs_f64() * 1e3
            })
            .collect();
        times.sort_by(f64::total_cmp);
        runs.push(times[50]);
    }
    table.enter(column, "W6 latest 50 over the API, median of 100", "ms", runs);
}

/// W7: from asking Ana's node to post until Ben's node tells it to who watches there.
fn live(ana: &mut Person, group: &str, column: usize, table: &mut Table) {
    let mut ben = Person::untiring("Ben");
    ben.joins(&ana.invites(group).link);
    ben.meets(group, 1);
    let all = entries(&mut ana.node().api(), group);
    has(&mut ben.node().api(), group, all);
    let mut feed = Feed::open(&ben.node().socket(), group);
    let mut api = ana.node().api();
    let mut chance = Seed::or(3000).stream(0);
    let (mut middle, mut slow) = (Vec::new(), Vec::new());
    for _ in 0..REPEATS {
        let mut times: Vec<f64> = (0..TIMED)
            .map(|_| {
                let text = text(&mut chance);
                let begun = Instant::now();
                let post = api.post(group, &text);
                feed.until(&post);
                begun.elapsed().as_secs_f64() * 1e3
            })
            .collect();
        times.sort_by(f64::total_cmp);
        middle.push(times[times.len() / 2]);
        slow.push(times[times.len() * 99 / 100]);
    }
    table.enter(column, "W7 live, API to API, durable at both ends: p50", "ms", middle);
    table.enter(column, "W7 live, API to API, durable at both ends: p99", "ms", slow);
}

/// W8: what the group's folder takes on the disk, after an end in order.
fn disk(ana: &Person, group: &str, column: usize, table: &mut Table) {
    let posts = ana.status(group)["entries"].as_u64().expect("a number");
    let bytes: u64 = ana.home().cells().iter().map(|cell| blocks(cell)).sum();
    table.enter(column, "W8 disk, blocks of the cell's folder", "B/post", vec![bytes as f64 / posts as f64]);
}

fn blocks(path: &Path) -> u64 {
    let found = fs::metadata(path).expect("a readable file");
    let inside = if found.is_dir() {
        fs::read_dir(path)
            .expect("a readable folder")
            .map(|item| blocks(&item.expect("readable").path()))
            .sum()
    } else {
        0
    };
    found.blocks() * 512 + inside
}

/// Bytes that went over loopback since the machine started: IP headers included, link headers (14 bytes) not.
fn loopback() -> u64 {
    let devices = fs::read_to_string("/proc/net/dev").expect("Linux");
    let line = devices.lines().find_map(|line| line.trim().strip_prefix("lo:")).expect("loopback");
    let mut numbers = line.split_whitespace().filter_map(|number| number.parse::<u64>().ok());
    let (bytes, packets) = numbers.next().zip(numbers.next()).expect("two numbers");
    bytes - 14 * packets
}

/// A group watched over the local API.
struct Feed(BufReader<UnixStream>);

impl Feed {
    fn open(socket: &Path, group: &str) -> Feed {
        let mut stream = UnixStream::connect(socket).expect("the node listens");
        stream.set_read_timeout(Some(wait::ARRIVAL)).expect("a limit can be set");
        let request = format!("GET /api/v1/groups/{group}/watch HTTP/1.1\r\nHost: kith\r\n\r\n");
        stream.write_all(request.as_bytes()).expect("the node listens");
        let mut feed = Feed(BufReader::new(stream));
        feed.until("\r\n");
        feed
    }

    fn until(&mut self, what: &str) {
        let mut line = String::new();
        while !line.contains(what) {
            line.clear();
            assert!(self.0.read_line(&mut line).expect("the feed goes on") > 0, "the feed ended");
        }
    }
}
